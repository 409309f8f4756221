"""Speech as clear as eSpeak's with the sound of the reader: frames of both blended, through WORLD."""

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from studio.engines.base import Mono
from studio.engines.voice.frames import HOP_S, ORDER, Matrix, Row, World, enveloped, resampled, synthesised
from studio.engines.voice.learning import moved_to
from studio.engines.voice.plan import Plan, livened
from studio.engines.voice.reader import Reader
from studio.engines.voice.units import Half, Pause

_SMOOTHED: Final = 6
_OVERLAP: Final = 3
_SOON: Final = 100
_LATER: Final = 400
_QUIET_DB: Final = -0.2
_SHARPER: Final = 1.15
_MELODY_FRAMES: Final = 2.0


class _Own(NamedTuple):
    """What the reader's own frames say of each frame of a plan."""

    envelope: Matrix
    noise: Matrix
    log_f0: Row
    voiced: NDArray[np.bool_]


def blended(reader: Reader, plan: Plan, chosen: Sequence[Half | Pause], share: float) -> Iterator[Mono]:
    """Yield speech in the carrier's timing and the reader's melody, whose envelopes are the reader's to `share`."""
    from scipy.ndimage import gaussian_filter1d

    facts, statistics = reader.facts, reader.statistics
    frames = min(len(plan.carrier.cepstra), len(plan.expected))
    heard = plan.carrier.voiced[:frames] > 0.5
    f0_hz = np.where(heard, np.exp(plan.carrier.log_f0[:frames]), 0).astype(np.float32)
    carrier = resampled(plan.spoken.samples, plan.spoken.rate_hz, facts.rate_hz)
    own = _own(reader, plan, chosen)
    moved = moved_to(
        enveloped(carrier, facts.rate_hz, f0_hz),
        statistics.carrier_mean,
        statistics.carrier_spread,
        statistics.reader_mean,
        statistics.reader_spread,
    )
    moved += _shifts(reader, plan)[:frames]
    envelope = _sharpened(share * own.envelope[:frames] + (1 - share) * moved)
    voiced = heard | own.voiced[:frames]
    f0 = np.where(voiced, np.exp(gaussian_filter1d(own.log_f0[:frames], _MELODY_FRAMES)), 0).astype(np.float32)
    noise = own.noise[:frames].copy()
    noise[~voiced] = np.maximum(noise[~voiced], _QUIET_DB)
    yield from _streamed(World(f0, envelope, noise), facts.rate_hz)


def _streamed(world: World, rate_hz: int) -> Iterator[Mono]:
    """The sound of frames, a piece at a time, cut where there is no voice: so the first is there soon."""
    first, hop = 0, rate_hz * HOP_S
    tail = np.zeros(0, np.float32)
    for last in (*_cuts(world.f0_hz), world.frames):
        ahead = min(last + _OVERLAP, world.frames)
        sound = synthesised(World(*(rows[first:ahead] for rows in world)), rate_hz)
        over = min(len(tail), len(sound))
        rise = (np.arange(over, dtype=np.float32) + 0.5) / max(over, 1)
        sound[:over] = sound[:over] * rise + tail[:over] * (1 - rise)
        kept = len(sound) if ahead == world.frames and last == ahead else round((last - first) * hop)
        yield sound[:kept]
        tail, first = sound[kept:], last


def _cuts(f0_hz: Row) -> Iterator[int]:
    """Frames without a voice at which a sound may be cut: the first soon, the others some seconds apart."""
    wanted = _SOON
    quiet = np.flatnonzero(_voice_after(f0_hz > 0) == 0)
    while len(later := quiet[quiet >= wanted]) and later[0] < len(f0_hz) - _SOON:
        yield int(later[0])
        wanted = int(later[0]) + _LATER


def _voice_after(voiced: NDArray[np.bool_]) -> NDArray[np.float64]:
    """How much voice there is within the overlap after each frame."""
    sums = np.concatenate([[0.0], np.cumsum(np.pad(voiced.astype(np.float64), (0, _OVERLAP)))])
    after: NDArray[np.float64] = sums[_OVERLAP:][: len(voiced)] - sums[: len(voiced)]
    return after


def _own(reader: Reader, plan: Plan, chosen: Sequence[Half | Pause]) -> _Own:
    """The chosen halves in the timing of the plan; what is expected of the reader where there is none."""
    world = reader.material.world
    expected = livened(reader, plan.expected)
    envelope, noise = expected[:, :ORDER].copy(), np.minimum(expected[:, ORDER:-2], 0).astype(np.float32)
    melody = np.full(len(envelope), np.nan, np.float32)
    joins: list[int] = []
    before: Half | Pause | None = None
    for one in chosen:
        if isinstance(one, Half) and one.wanted_stop > one.wanted_start:
            length = one.wanted_stop - one.wanted_start
            steps = (np.arange(length) + 0.5) / length * (one.stop - one.start) - 0.5
            at = np.clip(one.start + steps, 0, world.frames - 1)
            low = np.floor(at).astype(np.int64)
            part = (at - low)[:, None].astype(np.float32)
            place = slice(one.wanted_start, one.wanted_stop)
            envelope[place] = (
                world.envelope[low] * (1 - part) + world.envelope[np.minimum(low + 1, world.frames - 1)] * part
            )
            nearest = np.round(at).astype(np.int64)
            noise[place] = world.aperiodicity[nearest]
            f0 = world.f0_hz[nearest]
            melody[place] = np.where(f0 > 0, np.log(np.maximum(f0, 1.0)), np.nan)
            if not (isinstance(before, Half) and before.stop == one.start):
                joins.append(one.wanted_start)
        before = one
    voiced = ~np.isnan(melody)
    line = plan.log_f0.copy()
    if voiced.any():
        places = np.arange(len(line))
        line = np.interp(places, places[voiced], melody[voiced]).astype(np.float32)
    return _Own(_eased(envelope, joins), noise, line, voiced)


def _eased(envelope: Matrix, joins: Sequence[int]) -> Matrix:
    """Each jump spread over the frames on both sides."""
    for join in joins:
        if not 1 < join < len(envelope) - 1:
            continue
        jump = envelope[join] - envelope[join - 1]
        before, after = min(_SMOOTHED, join), min(_SMOOTHED, len(envelope) - join)
        envelope[join - before : join] += np.linspace(0, 0.5, before + 1)[1:, None] * jump
        envelope[join : join + after] -= np.linspace(0.5, 0, after + 1)[:-1, None] * jump
    return envelope


def _sharpened(envelope: Matrix) -> Matrix:
    """Blending makes formants flat: give them back some of their height."""
    made = envelope.copy()
    middle = made[:, 1:].mean(0)
    made[:, 1:] = middle + (made[:, 1:] - middle) * np.float32(_SHARPER)
    return made


def _shifts(reader: Reader, plan: Plan) -> Matrix:
    """What the moved carrier lacks, phone by phone, changing over 50 ms."""
    from scipy.ndimage import uniform_filter1d

    numbers, shifts = reader.numbers, reader.statistics.shifts
    rows = np.zeros((int(plan.starts[-1]), ORDER), np.float32)
    for segment, start, stop in zip(plan.segments, plan.starts[:-1], plan.starts[1:], strict=True):
        if segment.phone in numbers and not segment.is_silence:
            rows[start:stop] = shifts[numbers[segment.phone]]
    smoothed: Matrix = uniform_filter1d(rows, 10, axis=0)
    return smoothed
