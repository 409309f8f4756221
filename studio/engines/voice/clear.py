"""Speech as clear as eSpeak's with the sound of the reader: frames of both blended, through WORLD."""

from collections.abc import Sequence
from typing import Final

import numpy as np

from studio.engines.base import Mono
from studio.engines.voice.frames import ORDER, Matrix, World, analysed, resampled, synthesised
from studio.engines.voice.learning import moved_to
from studio.engines.voice.plan import Plan, livened
from studio.engines.voice.reader import Reader
from studio.engines.voice.units import Half, Pause

_SMOOTHED: Final = 6
_QUIET_DB: Final = -0.2


def blended(reader: Reader, plan: Plan, chosen: Sequence[Half | Pause], share: float, smooth: float = 0.3) -> Mono:
    """Speech whose envelopes are the reader's to `share`, those made of recordings and of expectation (`smooth`)."""
    facts, statistics = reader.facts, reader.statistics
    carrier = analysed(
        resampled(plan.spoken.samples, plan.spoken.rate_hz, facts.rate_hz), facts.rate_hz, aperiodic=False
    )
    frames = min(carrier.frames, len(plan.expected))
    own, noise = _own(reader, plan, chosen, smooth)
    moved = moved_to(
        carrier.envelope[:frames],
        statistics.carrier_mean,
        statistics.carrier_spread,
        statistics.reader_mean,
        statistics.reader_spread,
    )
    moved += _shifts(reader, plan)[:frames]
    envelope = share * own[:frames] + (1 - share) * moved
    voiced = carrier.f0_hz[:frames] > 0
    log_f0 = np.log(np.maximum(carrier.f0_hz[:frames], 1.0))
    tune = (log_f0 - facts.carrier_log_f0) / facts.carrier_log_f0_spread
    tune = np.clip(tune, -2.5, 2.5) * facts.log_f0_spread * 0.8 + facts.log_f0
    f0 = np.where(voiced, np.exp(tune), 0).astype(np.float32)
    noise = noise[:frames].copy()
    noise[~voiced] = np.maximum(noise[~voiced], _QUIET_DB)
    return synthesised(World(f0, envelope, noise), facts.rate_hz)


def _own(reader: Reader, plan: Plan, chosen: Sequence[Half | Pause], smooth: float) -> tuple[Matrix, Matrix]:
    """The reader's envelope and aperiodicity in each frame of the plan."""
    expected = livened(reader, plan.expected)
    envelope, noise = expected[:, :ORDER].copy(), np.minimum(expected[:, ORDER:-2], 0).astype(np.float32)
    world = reader.material.world
    joins, before = [], None
    for one in chosen:
        if isinstance(one, Half):
            length = one.wanted_stop - one.wanted_start
            if length <= 0:
                continue
            at = np.clip(
                one.start + (np.arange(length) + 0.5) / length * (one.stop - one.start) - 0.5, 0, world.frames - 1
            )
            low = np.floor(at).astype(np.int64)
            part = (at - low)[:, None].astype(np.float32)
            high = np.minimum(low + 1, world.frames - 1)
            place = slice(one.wanted_start, one.wanted_stop)
            taken = world.envelope[low] * (1 - part) + world.envelope[high] * part
            envelope[place] = (1 - smooth) * taken + smooth * envelope[place]
            noise[place] = world.aperiodicity[low]
            if not (isinstance(before, Half) and before.stop == one.start):
                joins.append(one.wanted_start)
        before = one
    return _eased(envelope, joins), noise


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


def _shifts(reader: Reader, plan: Plan) -> Matrix:
    """What the moved carrier lacks, phone by phone, changing over 50 ms."""
    from scipy.ndimage import uniform_filter1d

    index, shifts = reader.numbers, reader.statistics.shifts
    rows = np.zeros((int(plan.starts[-1]), ORDER), np.float32)
    for segment, start, stop in zip(plan.segments, plan.starts, plan.starts[1:], strict=False):
        if segment.phone in index and not segment.is_silence:
            rows[start:stop] = shifts[index[segment.phone]]
    smoothed: Matrix = uniform_filter1d(rows, 10, axis=0)
    return smoothed
