"""What was said or sung, again in a learnt voice: its timing, melody and vibrato stay, its timbre does not.

Voiced sound goes through WORLD; consonants without a voice and breaths are the recording's own, in the colour of the
reader's: left as they were they cost a third of what is gained in likeness.
"""

from collections.abc import Iterator
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from studio.engines.base import Mono, Pieces, Report
from studio.engines.melody.tracker import Melisma
from studio.engines.voice.colouring import coloured, colouring, unvoiced_mean
from studio.engines.voice.frames import HOP_S, ORDER, Matrix, Row, frame_count, resampled
from studio.engines.voice.learning import moved_to
from studio.engines.voice.reader import Reader

_HIGHEST_HZ: Final = 1100.0
_LOWEST_HZ: Final = 55.0
_RANGE: Final = (10, 95)
_BELOW: Final = 0.7
_ABOVE: Final = 1.4
_CHUNK: Final = round(15 / HOP_S)
_SEARCH: Final = round(6 / HOP_S)
_KNOWN_BY: Final = round(60 / HOP_S)
_SHAPE: Final = slice(1, 25)
_NEIGHBOURS: Final = 6
_MOST_FRAMES: Final = 12000
_AT_ONCE: Final = 1000
_STEADY: Final = 5
_FADE_FRAMES: Final = 3
_QUIETEST: Final = 25


class Wish(NamedTuple):
    """How to convert: semitones (`None`: to the middle of the voice), semitones of formants, 0 to 1.

    With `octaves` it is moved to the middle by whole octaves only.
    """

    transpose: float | None
    formant: float
    strength: float
    octaves: bool = False


class _Source(NamedTuple):
    """Mean and spread of the voiced frames of what is converted, and the mean of the others where there are enough."""

    mean: Row
    spread: Row
    unvoiced: Row | None


class _Melody(NamedTuple):
    f0_hz: NDArray[np.float64]
    times: NDArray[np.float64]


def converted(
    samples: Mono, rate_hz: int, reader: Reader, wish: Wish, report: Report, pieces: Pieces | None = None
) -> Mono:
    """Return the sound in the voice of `reader`, of the same rate and length; `pieces` holds the melody and stretches.

    Each stretch depends on nothing but the sound, the melody and the statistics of the whole: those that were kept
    are what they would become again.
    """
    facts = reader.facts
    sound = np.ascontiguousarray(resampled(samples, rate_hz, facts.rate_hz), np.float64)
    if len(sound) < facts.rate_hz // 20 or not np.abs(sound).max():
        return samples.copy()
    report(0.0, "Listening to the melody")
    melody = _kept_melody(sound, facts.rate_hz, report, pieces)
    voiced = melody.f0_hz > 0
    if voiced.sum() < _STEADY:
        return samples.copy()
    semitones = wish.transpose
    if semitones is None:
        semitones = 12 / np.log(2) * (facts.log_f0 - float(np.median(np.log(melody.f0_hz[voiced]))))
        semitones = 12 * round(semitones / 12) if wish.octaves else semitones
    made = np.zeros(len(sound), np.float32)
    own = _Own(reader)
    hop = facts.rate_hz * HOP_S
    stretches = list(_stretches(voiced))
    source = _statistics(sound, facts.rate_hz, melody, stretches)
    rest = sound.astype(np.float32)
    gains = None
    if source.unvoiced is not None and own.unvoiced is not None:
        gains = colouring(source.unvoiced, own.unvoiced, facts.rate_hz, wish.strength)
    for number, (first, last) in enumerate(stretches):
        report(0.1 + 0.9 * number / len(stretches), "Converting")
        start, stop = round(first * hop), min(round(last * hop), len(sound))
        if gains is not None:
            rest[start:stop] = coloured(sound[start:stop], gains)
        if voiced[first:last].any():
            kept = pieces.find(f"stretch-{number}") if pieces is not None else None
            if kept is not None:
                made[start:stop] = np.frombuffer(kept, "<f4")
                continue
            part = _Melody(melody.f0_hz[first:last], np.arange(last - first, dtype=np.float64) * HOP_S)
            spoken = _voiced(sound[start:stop], facts.rate_hz, part, source, own, wish, float(semitones))
            made[start:stop] = spoken
            if pieces is not None:
                pieces.keep(f"stretch-{number}", spoken.astype("<f4").tobytes())
    share = _share(voiced, len(sound), hop)
    mixed = made * share + rest * (1 - share)
    back = resampled(mixed, facts.rate_hz, rate_hz)[: len(samples)]
    return np.pad(back, (0, len(samples) - len(back))).astype(np.float32)


class _Own:
    """The reader's voiced frames, to find those that are like a given one."""

    def __init__(self, reader: Reader) -> None:
        world = reader.material.world
        voiced = np.flatnonzero(
            (world.f0_hz > 0) & (world.envelope[:, 0] > np.percentile(world.envelope[:, 0], _QUIETEST))
        )
        chosen = voiced[:: max(1, len(voiced) // _MOST_FRAMES)]
        self.envelope, self.noise = world.envelope[chosen], world.aperiodicity[chosen]
        self.unvoiced = unvoiced_mean(world.envelope, world.f0_hz)
        self.mean, self.spread = self.envelope.mean(0), self.envelope.std(0) + np.float32(1e-6)
        self._shape = ((self.envelope - self.mean) / self.spread)[:, _SHAPE]
        self._squares = (self._shape**2).sum(1)

    def like(self, shape: Matrix) -> tuple[Matrix, Matrix]:
        """The mean of the nearest frames' envelopes and aperiodicities, for normalised frames."""
        envelopes, noises = [], []
        for start in range(0, len(shape), _AT_ONCE):
            rows = shape[start : start + _AT_ONCE, _SHAPE]
            near = np.argpartition(self._squares - 2 * rows @ self._shape.T, _NEIGHBOURS, axis=1)[:, :_NEIGHBOURS]
            envelopes.append(self.envelope[near].mean(1))
            noises.append(self.noise[near].mean(1))
        return np.vstack(envelopes), np.vstack(noises)


def _kept_melody(sound: NDArray[np.float64], rate_hz: int, report: Report, pieces: Pieces | None) -> _Melody:
    """The melody as it was found before, or as it is found now."""
    kept = pieces.find("melody") if pieces is not None else None
    if kept is not None:
        f0_hz = np.frombuffer(kept, "<f8")
        return _Melody(f0_hz, np.arange(len(f0_hz), dtype=np.float64) * HOP_S)
    melody = _melody(sound, rate_hz, report)
    if pieces is not None:
        pieces.keep("melody", melody.f0_hz.astype("<f8").tobytes())
    return melody


def _melody(sound: NDArray[np.float64], rate_hz: int, report: Report) -> _Melody:
    """What our own tracker hears, which neither a hum nor an octave leads astray.

    Where it is not sure of a voice, what DIO finds in the same range: what is taken for a breath stays as it was, and
    with it the other person.
    """
    import pyworld

    heard = Melisma().track(
        sound.astype(np.float32),
        rate_hz,
        low_hz=_LOWEST_HZ,
        high_hz=_HIGHEST_HZ,
        report=lambda _part, stage: report(0.0, stage),
    )
    count = frame_count(len(sound), rate_hz)
    sure = np.nan_to_num(heard.hz.astype(np.float64))[:count]
    sure = np.pad(sure, (0, count - len(sure)))
    times = np.arange(count, dtype=np.float64) * HOP_S
    if (sure > 0).sum() < _STEADY:
        return _Melody(np.zeros(count), times)
    low, high = np.percentile(sure[sure > 0], _RANGE)
    f0, at = pyworld.dio(
        sound,
        rate_hz,
        f0_floor=max(low * _BELOW, _LOWEST_HZ),
        f0_ceil=min(high * _ABOVE, _HIGHEST_HZ),
        frame_period=HOP_S * 1000,
        allowed_range=0.1,
    )
    maybe = pyworld.stonemask(sound, f0, at, rate_hz)[:count]
    maybe = np.pad(maybe, (0, count - len(maybe)))
    return _Melody(np.where(sure > 0, sure, maybe), times)


def _stretches(voiced: NDArray[np.bool_]) -> Iterator[tuple[int, int]]:
    """Pieces of some 15 s that begin and end without a voice where there is such a place."""
    first = 0
    while first < len(voiced):
        last = min(first + _CHUNK, len(voiced))
        if last < len(voiced):
            quiet = np.flatnonzero(~voiced[last - _SEARCH : last])
            last = last - _SEARCH + int(quiet[-1]) if len(quiet) else last
        yield first, last
        first = last


def _envelope(sound: NDArray[np.float64], rate_hz: int, melody: _Melody) -> NDArray[np.float64]:
    import pyworld

    envelope: NDArray[np.float64] = pyworld.cheaptrick(sound, melody.f0_hz, melody.times, rate_hz)
    return envelope


def _statistics(sound: NDArray[np.float64], rate_hz: int, melody: _Melody, stretches: list[tuple[int, int]]) -> _Source:
    """What is known of the source from its first minute."""
    import pyworld

    last = max(stop for _first, stop in stretches if stop <= _KNOWN_BY)
    piece = sound[: round(last * HOP_S * rate_hz)]
    part = _Melody(melody.f0_hz[:last], melody.times[:last])
    coded = pyworld.code_spectral_envelope(_envelope(piece, rate_hz, part), rate_hz, ORDER).astype(np.float32)
    rows = coded[part.f0_hz > 0]
    rows = rows if len(rows) else coded
    rows = rows[rows[:, 0] >= np.percentile(rows[:, 0], _QUIETEST)]
    return _Source(rows.mean(0), rows.std(0) + np.float32(1e-6), unvoiced_mean(coded, part.f0_hz))


def _voiced(
    sound: NDArray[np.float64],
    rate_hz: int,
    melody: _Melody,
    source: _Source,
    own: _Own,
    wish: Wish,
    semitones: float,
) -> Mono:
    """A stretch by WORLD in the reader's voice."""
    import pyworld
    from scipy.ndimage import uniform_filter1d

    coded = pyworld.code_spectral_envelope(_envelope(sound, rate_hz, melody), rate_hz, ORDER).astype(np.float32)
    noise = pyworld.code_aperiodicity(pyworld.d4c(sound, melody.f0_hz, melody.times, rate_hz), rate_hz)
    moved = moved_to(coded, source.mean, source.spread, own.mean, own.spread)
    near, near_noise = own.like((coded - source.mean) / source.spread)
    timbre = 0.5 * moved + 0.5 * uniform_filter1d(near, _STEADY, axis=0)
    level = coded[:, 0].copy()
    mixed = (1 - wish.strength) * coded + wish.strength * timbre
    mixed[:, 0] = level + wish.strength * (own.mean[0] - source.mean[0])
    fft = pyworld.get_cheaptrick_fft_size(rate_hz)
    envelope = pyworld.decode_spectral_envelope(np.ascontiguousarray(mixed, np.float64), rate_hz, fft)
    if wish.formant:
        envelope = _warped(envelope, 2 ** (wish.formant / 12))
    noises = (1 - wish.strength) * noise + wish.strength * uniform_filter1d(near_noise, _STEADY, axis=0)
    aperiodic = pyworld.decode_aperiodicity(np.ascontiguousarray(np.minimum(noises, -1e-9), np.float64), rate_hz, fft)
    f0 = melody.f0_hz * 2 ** (semitones / 12)
    spoken = pyworld.synthesize(np.ascontiguousarray(f0), envelope, aperiodic, rate_hz, HOP_S * 1000)
    spoken = np.pad(spoken, (0, max(0, len(sound) - len(spoken))))[: len(sound)]
    wanted, got = float(np.sqrt((sound**2).mean())), float(np.sqrt((spoken**2).mean()))
    levelled: Mono = (spoken * (wanted / max(got, 1e-9))).astype(np.float32)
    return levelled


def _warped(envelope: NDArray[np.float64], factor: float) -> NDArray[np.float64]:
    """An envelope with its formants moved up by a factor."""
    bins = np.arange(envelope.shape[1])
    at = np.clip(bins / factor, 0, envelope.shape[1] - 1)
    low = np.floor(at).astype(np.int64)
    part = at - low
    high = np.minimum(low + 1, envelope.shape[1] - 1)
    logs = np.log(np.maximum(envelope, 1e-16))
    return np.ascontiguousarray(np.exp(logs[:, low] * (1 - part) + logs[:, high] * part))


def _share(voiced: NDArray[np.bool_], length: int, hop: float) -> Mono:
    """How much of each sample is the converted voice: all where there is one, with short fades."""
    from scipy.ndimage import uniform_filter1d

    smooth = uniform_filter1d(voiced.astype(np.float64), _FADE_FRAMES, mode="nearest")
    share: Mono = np.interp(np.arange(length), np.arange(len(voiced)) * hop, smooth).astype(np.float32)
    return share
