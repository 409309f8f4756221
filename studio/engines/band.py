"""A small band of sines: electric piano, pad, bass and a shaker, for the backing of the sample project."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from studio.engines.base import Mono
from studio.engines.recipe import Recipe, midi_of

Stereo = NDArray[np.float64]
"""Shape (samples, 2)."""

_ROOM_S: Final = 1.6
_ROOM_LEVEL: Final = 0.22
_PATTERN: Final = (0, 2, 1, 3, 2, 1, 3, 2)  # which note of the chord each quaver plays
_ACCENTS: Final = (1.0, 0.6, 0.75, 0.6, 0.9, 0.6, 0.75, 0.65)


def play(recipe: Recipe, rate_hz: int) -> Stereo:
    """The whole backing, the room's tail cut where the piece ends. The same every time."""
    bar_s = recipe.beats_per_bar * recipe.beat_s
    out = np.zeros((round((recipe.length_s + _ROOM_S) * rate_hz), 2))
    random = np.random.default_rng(7)
    last = len(recipe.backing.bars) - 1
    for index, (bass, chord) in enumerate(recipe.backing.bars):
        parts = list(zip(bass.split(), chord.split("|"), strict=True))
        part_s = bar_s / len(parts)
        for part, (low, names) in enumerate(parts):
            start_s = index * bar_s + part * part_s
            notes = [midi_of(name) for name in names.split()]
            _pad(out, rate_hz, start_s, part_s, notes)
            _bass(out, rate_hz, start_s, part_s * (1.6 if index == last else 1.0), midi_of(low))
            _piano_part(out, rate_hz, start_s, part_s, recipe.beat_s, notes, random, rolled=index == last)
        if index != last and index >= recipe.intro_bars - 1:
            _shaker(out, rate_hz, index * bar_s, recipe.beat_s, recipe.beats_per_bar, random)
    wet = _room(out, rate_hz)
    whole = (out + _ROOM_LEVEL * wet)[: round(recipe.length_s * rate_hz)]
    tail = round(0.9 * bar_s * rate_hz)
    whole[-tail:] *= np.cos(np.linspace(0, np.pi / 2, tail))[:, None] ** 1.5
    return np.asarray(whole)


def room(samples: Mono, rate_hz: int, level: float) -> Mono:
    """A voice with a little of a small room around it, as long as before."""
    stereo = np.repeat(samples.astype(np.float64)[:, None], 2, axis=1)
    wet = _room(stereo, rate_hz, decay_s=0.7)[:, 0]
    return np.asarray(samples + level * wet, np.float32)


def _piano_part(
    out: Stereo,
    rate_hz: int,
    start_s: float,
    length_s: float,
    beat_s: float,
    notes: list[int],
    random: np.random.Generator,
    *,
    rolled: bool,
) -> None:
    if rolled:
        for step, note in enumerate(notes):
            _piano(out, rate_hz, start_s + 0.09 * step, 3.5, note, 0.8, -0.3 + 0.2 * step)
        return
    for step in range(round(length_s / (beat_s / 2))):
        note = notes[_PATTERN[step % len(_PATTERN)] % len(notes)]
        late_s = random.normal(0, 0.004)
        strength = _ACCENTS[step % len(_ACCENTS)] * random.uniform(0.92, 1.0)
        place = 0.35 * (note - 60) / 12
        _piano(out, rate_hz, max(0.0, start_s + step * beat_s / 2 + late_s), 1.9, note, 0.62 * strength, place)


def _piano(
    out: Stereo, rate_hz: int, start_s: float, length_s: float, note: int, strength: float, place: float
) -> None:
    """Soft electric piano: a tine that fades, partials that fade faster the higher they are."""
    t = np.arange(round(length_s * rate_hz)) / rate_hz
    hz = _hz(note)
    tone = np.zeros(len(t))
    for partial, level in enumerate((1.0, 0.34, 0.13, 0.08, 0.03), 1):
        stretched = hz * partial * (1 + 2e-4 * partial**2)
        tone += level * np.sin(2 * np.pi * stretched * t) * np.exp(-t * (1.6 + 1.3 * partial))
    tone += 0.05 * np.sin(2 * np.pi * hz * 7.1 * t) * np.exp(-t * 28)
    tone *= np.minimum(1.0, t / 0.004) * np.minimum(1.0, (length_s - t) / 0.05)
    _add(out, rate_hz, start_s, 0.16 * strength * tone, place)


def _pad(out: Stereo, rate_hz: int, start_s: float, length_s: float, notes: list[int]) -> None:
    """Warm strings: three slightly different voices a note, swelling in and out over the bar lines."""
    t = np.arange(round((length_s + 0.7) * rate_hz)) / rate_hz
    swell = (
        np.sin(np.pi / 2 * np.clip(t / 0.6, 0, 1)) ** 2
        * np.sin(np.pi / 2 * np.clip((length_s + 0.7 - t) / 0.7, 0, 1)) ** 2
    )
    for index, note in enumerate(notes):
        for cents, place in ((-6, -0.7), (0, 0.0), (6, 0.7)):
            hz = _hz(note + cents / 100)
            phase = 2 * np.pi * hz * t + index + cents
            tone = np.sin(phase) + 0.28 * np.sin(2 * phase) + 0.09 * np.sin(3 * phase)
            _add(out, rate_hz, start_s, 0.012 * swell * tone, place)


def _bass(out: Stereo, rate_hz: int, start_s: float, length_s: float, note: int) -> None:
    t = np.arange(round(length_s * rate_hz)) / rate_hz
    phase = 2 * np.pi * _hz(note) * t
    tone = np.sin(phase) + 0.35 * np.sin(2 * phase) * np.exp(-3 * t) + 0.12 * np.sin(3 * phase) * np.exp(-6 * t)
    shape = np.minimum(1.0, t / 0.012) * np.exp(-0.5 * t) * np.minimum(1.0, (length_s - t) / 0.08)
    _add(out, rate_hz, start_s, 0.13 * tone * shape, 0.0)


def _shaker(out: Stereo, rate_hz: int, start_s: float, beat_s: float, beats: int, random: np.random.Generator) -> None:
    t = np.arange(round(0.09 * rate_hz)) / rate_hz
    for step in range(beats * 2):
        grain = np.diff(random.normal(0, 1, len(t) + 1)) * np.minimum(1, t / 0.012) * np.exp(-t * 55)
        _add(out, rate_hz, start_s + step * beat_s / 2, (0.014 if step % 2 else 0.008) * grain, 0.25)


def _add(out: Stereo, rate_hz: int, start_s: float, tone: NDArray[np.float64], place: float) -> None:
    start = round(start_s * rate_hz)
    tone = tone[: max(0, len(out) - start)]
    angle = (np.clip(place, -1, 1) + 1) * np.pi / 4
    out[start : start + len(tone), 0] += np.cos(angle) * np.sqrt(2) * tone
    out[start : start + len(tone), 1] += np.sin(angle) * np.sqrt(2) * tone


def _room(dry: Stereo, rate_hz: int, decay_s: float = _ROOM_S) -> Stereo:
    """A hall as noise that fades, darker the longer it rings; another one on each side."""
    from scipy.signal import fftconvolve, lfilter

    t = np.arange(round(decay_s * rate_hz)) / rate_hz
    noise = np.random.default_rng(11).normal(0, 1, (len(t), 2)) * np.exp(-t * 6.9 / decay_s)[:, None]
    dark = lfilter([0.25], [1, -0.75], noise, axis=0)
    dark *= np.minimum(1, t / 0.015)[:, None]
    dark /= np.sqrt((dark**2).sum(axis=0))
    wet: Stereo = fftconvolve(dry, dark, axes=0)[: len(dry)]
    return wet


def _hz(note: float) -> float:
    return float(440.0 * 2 ** ((note - 69) / 12))
