"""Emphasis: a word of a sentence said louder, longer and higher, whatever the sentence was made of."""

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np

from studio.engines.base import Mono
from studio.engines.espeak import Spoken
from studio.engines.voice.frames import HOP_S, World, analysed, synthesised
from studio.engines.voice.phones import Segment
from studio.engines.voice.units import Half, Pause

LOUDER_DB: Final = 3.0
LONGER: Final = 1.2
HIGHER_SEMITONES: Final = 2.5
_EASE_S: Final = 0.03
_AROUND_S: Final = 0.06
_FADE_S: Final = 0.01

Span = tuple[int, int]


class Stretch(NamedTuple):
    """A part of a sound, in seconds."""

    start_s: float
    stop_s: float


def words_in(spoken: Spoken, spans: Sequence[Span]) -> frozenset[int]:
    """The numbers of eSpeak's words that begin within some letters of the text, or at the sign before them."""
    return frozenset(
        number
        for number, place in enumerate(spoken.places, start=1)
        if any(start - 1 <= place < stop for start, stop in spans)
    )


def of_segments(segments: Sequence[Segment], starts: Sequence[float], words: frozenset[int]) -> tuple[Stretch, ...]:
    """Where words lie whose segments begin at such frames, each of them for itself; `starts` has one entry more."""
    made: list[Stretch] = []
    last = -1
    for index, segment in enumerate(segments):
        if segment.is_silence or segment.word not in words:
            continue
        start_s, stop_s = float(starts[index]) * HOP_S, float(starts[index + 1]) * HOP_S
        if segment.word == last:
            made[-1] = Stretch(made[-1].start_s, stop_s)
        else:
            made.append(Stretch(start_s, stop_s))
        last = segment.word
    return tuple(made)


def where_chosen(stretches: Sequence[Stretch], chosen: Sequence[Half | Pause]) -> tuple[Stretch, ...]:
    """The same stretches in a sound in which every half keeps the length that it has in its recording."""
    wanted, real = [0.0], [0.0]
    for one in chosen:
        length = one.stop - one.start if isinstance(one, Half) else one.wanted_stop - one.wanted_start
        wanted.append(one.wanted_stop * HOP_S)
        real.append(real[-1] + length * HOP_S)
    return tuple(Stretch(*np.interp([one.start_s, one.stop_s], wanted, real).tolist()) for one in stretches)


def stressed(sound: Mono, rate_hz: int, stretches: Sequence[Stretch]) -> Mono:
    """Return the sound with these stretches emphasised; what lies between them is not touched."""
    made, at = [], 0
    for start, stop in _together(stretches, len(sound), rate_hz):
        made += [sound[at:start], _emphasised(sound, rate_hz, start, stop)]
        at = stop
    return np.concatenate([*made, sound[at:]]).astype(np.float32)


def _together(stretches: Sequence[Stretch], length: int, rate_hz: int) -> list[Span]:
    """Stretches in samples; words that follow each other are emphasised as one."""
    made: list[Span] = []
    for one in stretches:
        start, stop = round(one.start_s * rate_hz), min(round(one.stop_s * rate_hz), length)
        if made and start - made[-1][1] < round(2 * _AROUND_S * rate_hz):
            made[-1] = (made[-1][0], stop)
        elif stop - start > round(2 * _EASE_S * rate_hz):
            made.append((start, stop))
    return made


def _emphasised(sound: Mono, rate_hz: int, start: int, stop: int) -> Mono:
    """The stretch through WORLD, faded over into what stands beside it."""
    around = round(_AROUND_S * rate_hz)
    first, last = max(start - around, 0), min(stop + around, len(sound))
    world = analysed(sound[first:last], rate_hz)
    before, after = (start - first) / rate_hz / HOP_S, (stop - first) / rate_hz / HOP_S
    length = after - before
    total = round(world.frames + (LONGER - 1) * length)
    frames = np.arange(total, dtype=np.float64)
    source = np.where(frames < before, frames, before + (frames - before) / LONGER)
    end = before + LONGER * length
    source = np.clip(np.where(frames > end, after + frames - end, source), 0, world.frames - 1)
    ease = _EASE_S / HOP_S
    weight = np.clip(np.minimum((frames - before) / ease, (end - frames) / ease), 0, 1)
    at = np.round(source).astype(np.int64)
    envelope = world.envelope[at].copy()
    changed = World(
        (world.f0_hz[at] * 2 ** (weight * HIGHER_SEMITONES / 12)).astype(np.float32), envelope, world.aperiodicity[at]
    )
    said = synthesised(changed, rate_hz)
    gain = np.interp(np.arange(len(said)) / rate_hz / HOP_S, frames, 10 ** (weight * LOUDER_DB / 20))
    said = (said * gain).astype(np.float32)
    head, wanted = start - first, round((stop - start) * LONGER)
    return _faded_in(sound, said, head, wanted, start, stop, rate_hz)


def _faded_in(sound: Mono, said: Mono, head: int, wanted: int, start: int, stop: int, rate_hz: int) -> Mono:
    """The new stretch, whose first and last moments are still the old sound's."""
    made = np.zeros(wanted, np.float32)
    there = said[head : head + wanted]
    made[: len(there)] = there
    fade = min(round(_FADE_S * rate_hz), wanted // 2, stop - start)
    if fade:
        rise = np.linspace(0, 1, fade, dtype=np.float32)
        made[:fade] = made[:fade] * rise + sound[start : start + fade] * (1 - rise)
        made[-fade:] = made[-fade:] * rise[::-1] + sound[stop - fade : stop] * (1 - rise[::-1])
    return made
