"""Voices to train on: what eSpeak NG, flite and festival say, as it is or sung through the WORLD vocoder."""

import subprocess
from pathlib import Path
from typing import Final

import numpy as np
import pyworld
import soundfile
import soxr
from numpy.typing import NDArray

from studio.engines.espeak import speak

RATE_HZ: Final = 44100
Sound = NDArray[np.float64]
"""One channel, shape (samples,)."""

_FRAME_S: Final = 0.005
_BINS: Final = 1025
_WORDS: Final = (Path(__file__).parent / "words.txt").read_text(encoding="utf-8").split()
_SUNG: Final = ("la la la", "oh oh oh", "ah ah", "na na na na", "ooh ooh", "hey hey", "mm mm", "yeah yeah", "do re mi")
_LANGUAGES: Final = (
    "en-us",
    "en-gb-x-rp",
    "en-gb-scotland",
    "es",
    "fr",
    "de",
    "it",
    "pt",
    "pl",
    "sv",
    "fi",
    "nl",
    "hu",
    "cs",
    "id",
    "la",
    "el",
)
_ESPEAK_VARIANTS: Final = (
    *("", "+m1", "+m2", "+m3", "+m4", "+m5", "+m6", "+m7", "+f1", "+f2", "+f3", "+f4", "+f5"),
    *("+klatt", "+klatt2", "+klatt3", "+klatt4", "+croak", "+whisper"),
)
_FLITE: Final = ("slt", "rms", "awb", "kal16")
_FESTIVAL: Final = ("lp_diphone", "pc_diphone", "kal_diphone", "ked_diphone", "cmu_us_slt_arctic_hts")
_SCALES: Final = ((0, 2, 4, 5, 7, 9, 11), (0, 2, 3, 5, 7, 8, 10), (0, 2, 4, 7, 9), (0, 3, 5, 7, 10))
_RANGES: Final = ((40, 60), (43, 63), (48, 67), (52, 72), (55, 76), (57, 80))


def voice(random: np.random.Generator, work: Path) -> Sound:
    """Some seconds of one voice at `RATE_HZ`, peaking at 0.8: three in five sung, the others spoken.

    `work` is a folder for the files that the speaking programs write.
    """
    sung = random.random() < 0.6
    spoken, rate_hz = _say(random, work, sung=sung)
    sound = soxr.resample(spoken.astype(np.float64), rate_hz, RATE_HZ)
    sound *= 0.7 / (np.abs(sound).max() + 1e-9)
    if sung or random.random() < 0.55:
        sound = _through_world(random, sound, min(rate_hz, 22050), sung=sung)
    return np.asarray(sound * (0.8 / (np.abs(sound).max() + 1e-9)))


def _say(random: np.random.Generator, work: Path, *, sung: bool) -> tuple[NDArray[np.float32], int]:
    words = [str(word) for word in random.choice(_WORDS, random.integers(9, 18))]
    if sung and random.random() < 0.35:
        words = [str(random.choice(_SUNG)), *words[:6], str(random.choice(_SUNG))]
    if not sung and random.random() < 0.7:
        words.insert(len(words) // 2, ", ")
    text = " ".join(words)
    program = random.random()
    if program < 0.34:
        name = str(random.choice(_LANGUAGES)) + str(random.choice(_ESPEAK_VARIANTS))
        return speak(
            text,
            voice=name,
            words_per_minute=int(random.integers(110, 190)),
            pitch=int(random.integers(15, 85)),
            range_=int(random.integers(30, 70)),
        )
    into = work / "said.wav"
    if program < 0.68:
        stretch = f"duration_stretch={random.uniform(0.85, 1.3):.2f}"
        order = ["flite", "-voice", str(random.choice(_FLITE)), "--setf", stretch, "-t", text, "-o", str(into)]
    else:
        script = work / "say.scm"
        script.write_text(
            f"(voice_{random.choice(_FESTIVAL)})\n"
            f"(Parameter.set 'Duration_Stretch {random.uniform(0.85, 1.3):.2f})\n"
            f'(set! said (utt.synth (Utterance Text "{text}")))\n'
            f'(utt.save.wave said "{into}" \'riff)\n'
        )
        order = ["festival", "-b", str(script)]
    subprocess.run(order, check=True, capture_output=True)  # noqa: S603
    samples, rate_hz = soundfile.read(into, dtype="float32")
    return samples, rate_hz


def _through_world(random: np.random.Generator, sound: Sound, band_hz: int, *, sung: bool) -> Sound:
    f0, times = pyworld.dio(sound, RATE_HZ, f0_floor=60, f0_ceil=600)
    f0 = pyworld.stonemask(sound, f0, times, RATE_HZ)
    envelope = pyworld.cheaptrick(sound, f0, times, RATE_HZ, fft_size=2 * (_BINS - 1))
    breath = pyworld.d4c(sound, f0, times, RATE_HZ, fft_size=2 * (_BINS - 1))
    voiced = f0 > 0
    if sung:
        stretch = np.where(voiced, random.uniform(1.1, 2.8), random.uniform(0.9, 1.3))
        stretch = np.convolve(np.pad(stretch, 4, "edge"), np.ones(9) / 9, "valid")
    else:
        stretch = np.full(len(f0), random.uniform(0.85, 1.2))
    ends = np.cumsum(stretch)
    taken = np.clip(np.searchsorted(ends, np.arange(int(ends[-1])), "right"), 0, len(f0) - 1)
    f0, envelope, breath, voiced = f0[taken], envelope[taken], breath[taken], voiced[taken]
    new_f0 = np.where(voiced, _melody(random, len(f0)), 0.0) if sung else f0 * 2 ** (random.uniform(-5, 5) / 12)
    envelope = _with_treble(random, envelope, voiced, int(0.46 * band_hz / RATE_HZ * 2 * _BINS))
    envelope = _other_throat(random, envelope)
    more = random.choice([0, 0, 0.1, 0.25, 0.5])
    breath = np.clip(breath + more * (1 - breath) * np.linspace(0.2, 1, _BINS), 0, 1)
    if sung:  # a sung line carries on through its syllables
        power = envelope.sum(1)
        smooth = np.convolve(power, np.ones(60) / 60, "same")
        part = np.where(voiced, random.uniform(0, 0.5), 0.0)
        envelope = envelope * (((smooth + 1e-9) / (power + 1e-7 * power.max() + 1e-12)) ** part)[:, None]
    made = pyworld.synthesize(new_f0, np.ascontiguousarray(envelope), np.ascontiguousarray(breath), RATE_HZ, 5.0)
    return np.asarray(made)


def _melody(random: np.random.Generator, frames: int) -> Sound:
    """F0 in Hz of a walk over a scale: glides, vibrato on held notes, drift."""
    scale, root = _SCALES[random.integers(len(_SCALES))], random.integers(12)
    low, high = _RANGES[random.integers(len(_RANGES))]
    notes = [note for note in range(low, high) if (note - root) % 12 in scale]
    at, unit = int(random.integers(len(notes))), 30 / random.uniform(70, 150) / _FRAME_S
    line: list[int] = []
    while len(line) < frames:
        at = int(np.clip(at + random.choice([-4, -3, -2, -1, -1, 0, 1, 1, 2, 3, 4]), 0, len(notes) - 1))
        line += [notes[at]] * int(random.choice([1, 1, 1, 2, 2, 3, 4]) * unit)
    midi = np.array(line[:frames], float)
    glide = int(random.uniform(4, 22))
    window = np.hanning(glide + 2)[1:-1]
    midi = np.convolve(np.pad(midi, glide, "edge"), window / window.sum(), "same")[glide:-glide]
    held = np.clip(np.convolve(np.abs(np.diff(midi, prepend=midi[0])) < 0.02, np.ones(40) / 40, "same"), 0, 1) ** 2
    depth, rate = random.choice([0, 0.1, 0.2, 0.35, 0.6]), random.uniform(4.8, 6.8)
    drift = np.convolve(random.normal(0, 0.25, frames), np.ones(30) / 30, "same")
    midi = midi + drift + depth * held * np.sin(2 * np.pi * rate * np.arange(frames) * _FRAME_S)
    return np.asarray(440 * 2 ** ((midi - 69) / 12))


def _with_treble(random: np.random.Generator, envelope: Sound, voiced: NDArray[np.bool_], cut: int) -> Sound:
    """Carry the envelope on above bin `cut`, where a narrow-band source has nothing, falling at a random slope."""
    out = envelope.copy()
    if cut >= _BINS - 20:
        return out
    base = np.exp(np.log(envelope[:, cut - 40 : cut] + 1e-14).mean(1))
    slope_db = np.where(voiced, random.uniform(1.2, 2.6), random.uniform(0.5, 1.2))[:, None]
    above = np.arange(_BINS - cut)[None]
    wave_db = random.uniform(-3, 3) * np.sin(above / 90 + random.uniform(0, 6))
    out[:, cut:] = base[:, None] * 10 ** ((wave_db - above / 20 * slope_db) / 10)
    return out


def _other_throat(random: np.random.Generator, frames: Sound) -> Sound:
    """Stretch the spectra along frequency, as a shorter or longer throat does."""
    from_bin = np.clip(np.arange(_BINS) / random.uniform(0.84, 1.2), 0, _BINS - 1)
    low = from_bin.astype(int)
    high = np.minimum(low + 1, _BINS - 1)
    share = from_bin - low
    return np.asarray(np.exp((1 - share) * np.log(frames[:, low] + 1e-14) + share * np.log(frames[:, high] + 1e-14)))
