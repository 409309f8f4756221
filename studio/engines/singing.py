"""Makes a spoken syllable sing: Praat's PSOLA stretches its vowel to the notes and puts it on their pitch."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from studio.engines.base import Mono
from studio.engines.recipe import Note, Singer, Syllable

_STEP_S: Final = 0.01
_GLIDE_S: Final = 0.06
_EDGE_S: Final = 0.006
_VOWEL: Final = (0.25, 0.55)  # the part of what is voiced that is held: the first half of a diphthong, not its glide
_CONSONANT_OF_NOTE: Final = 0.35
_DRIFT_CENTS: Final = 4.0
_LOWEST_HZ: Final = 75.0
_HIGHEST_HZ: Final = 600.0


def sing(spoken: Mono, rate_hz: int, syllable: Syllable, singer: Singer, seed: int) -> tuple[Mono, float]:
    """Return the sung syllable and when it begins, in seconds: its consonant comes before the beat.

    What is voiced fills the notes from first to last; the pitch follows `melody_cents`.
    """
    import parselmouth
    from parselmouth.praat import call, run

    sound = parselmouth.Sound(spoken.astype(np.float64), float(rate_hz))
    begin_s, end_s = _voiced(sound)
    first_s, last_s = _audible(spoken, rate_hz)
    onset_s = max(begin_s - first_s, 0.0)
    coda_s = min(max(last_s - end_s, 0.0), _CONSONANT_OF_NOTE * (syllable.stop_s - syllable.start_s))
    wanted_s = syllable.stop_s - syllable.start_s - coda_s
    held_from, held_to = (begin_s + part * (end_s - begin_s) for part in _VOWEL)
    natural_s = (end_s - begin_s) - (held_to - held_from)
    factor = (wanted_s - natural_s) / (held_to - held_from)
    if factor < 0.25:  # a short note: everything voiced gives way, not the vowel alone
        held_from, held_to, factor = begin_s, end_s, wanted_s / (end_s - begin_s)

    manipulation = call(sound, "To Manipulation", _STEP_S, _LOWEST_HZ, _HIGHEST_HZ)
    durations = call("Create DurationTier", "stretch", 0.0, sound.duration)
    for at_s, stretch in ((held_from - 1e-4, 1.0), (held_from, factor), (held_to, factor), (held_to + 1e-4, 1.0)):
        call(durations, "Add point", at_s, stretch)
    pitch = call("Create PitchTier", "melody", 0.0, sound.duration)
    after_s = np.arange(-onset_s, wanted_s + coda_s, _STEP_S)
    before_s = _unstretched(after_s, begin_s, held_from, held_to, factor)
    hz = 440 * np.exp2((melody_cents(syllable.notes, after_s + syllable.start_s, singer, seed) - 6900) / 1200)
    for at_s, value in zip(before_s, hz, strict=True):
        call(pitch, "Add point", float(at_s), float(value))
    call([durations, manipulation], "Replace duration tier")
    call([pitch, manipulation], "Replace pitch tier")
    run(f"random_initializeWithSeedUnsafelyButPredictably ({seed + 1})")  # Praat hisses at random where unvoiced
    sung = call(manipulation, "Get resynthesis (overlap-add)").values[0]

    start = round(first_s * rate_hz)
    length = round((onset_s + wanted_s + coda_s) * rate_hz)
    piece: Mono = sung[start : start + length].astype(np.float32)
    edge = min(round(_EDGE_S * rate_hz), len(piece) // 2)
    ramp = np.sin(np.linspace(0, np.pi / 2, edge)).astype(np.float32)
    piece[:edge] *= ramp
    piece[len(piece) - edge :] *= ramp[::-1]
    return piece, syllable.start_s - onset_s


def melody_cents(notes: tuple[Note, ...], at_s: NDArray[np.float64], singer: Singer, seed: int) -> NDArray[np.float64]:
    """The pitch at given times in MIDI cents (6900 is A4): a scoop, glides between notes, a late vibrato, a drift."""
    centre = np.full(len(at_s), 100.0 * notes[0].midi)
    vibrato = np.zeros(len(at_s))
    for index, note in enumerate(notes):
        if index:
            share = np.clip((at_s - note.start_s) / _GLIDE_S + 0.5, 0, 1)
            step = 100.0 * (note.midi - notes[index - 1].midi)
            centre += step * (3 * share**2 - 2 * share**3)
        inside = (at_s >= note.start_s) & (at_s < note.stop_s)
        since_s = at_s - note.start_s - singer.vibrato_after_s
        swell = np.clip(since_s / 0.35, 0, 1)
        wave = np.sin(2 * np.pi * singer.vibrato_hz * np.maximum(since_s, 0))
        vibrato += np.where(inside, singer.vibrato_cents * swell * wave, 0.0)
    since_s = at_s - notes[0].start_s
    scoop = -singer.scoop_cents * np.exp(-np.maximum(since_s, 0) / (singer.scoop_s / 2))
    phases = np.random.default_rng(seed).uniform(0, 2 * np.pi, 2)
    drift = (
        _DRIFT_CENTS
        * (np.sin(2 * np.pi * 0.9 * since_s + phases[0]) + np.sin(2 * np.pi * 2.3 * since_s + phases[1]))
        / 2
    )
    return np.asarray(centre + vibrato + scoop + drift)


def _voiced(sound: "object") -> tuple[float, float]:
    """When the voiced part of a syllable begins and ends, in seconds."""
    from parselmouth import Sound

    assert isinstance(sound, Sound)
    pitch = sound.to_pitch_ac(time_step=0.005, pitch_floor=_LOWEST_HZ, pitch_ceiling=_HIGHEST_HZ)
    times_s = pitch.xs()[pitch.selected_array["frequency"] > 0]
    if not len(times_s):
        raise ValueError("a syllable without a voiced sound cannot be sung")
    return float(times_s[0]), float(times_s[-1])


def _audible(spoken: Mono, rate_hz: int) -> tuple[float, float]:
    loud = np.flatnonzero(np.abs(spoken) > 0.01 * np.abs(spoken).max())
    return float(loud[0] / rate_hz), float((loud[-1] + 1) / rate_hz)


def _unstretched(
    after_s: NDArray[np.float64], begin_s: float, held_from: float, held_to: float, factor: float
) -> NDArray[np.float64]:
    """Where in the spoken syllable each moment of the sung one lies; 0 of the sung one is where its voice begins."""
    held_after = (held_from - begin_s, held_from - begin_s + (held_to - held_from) * factor)
    known_after = (held_after[0] - 10, held_after[0], held_after[1], held_after[1] + 10)
    known_before = (held_from - 10, held_from, held_to, held_to + 10)
    return np.interp(after_s, known_after, known_before)
