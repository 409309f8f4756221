"""Writes voices whose pitch is known: `python -m voicing.material OUT [--recordings FOLDER] [--lively] [--high]`.

Sentences spoken by eSpeak, and recordings of readers where a folder of them is given, are taken apart by WORLD and put
together again on another contour, spoken or sung: that contour is the truth. Each voice is written clean and in noise
as NAME.CONDITION.wav, its truth as NAME.csv with rows `time,f0` each 5 ms, 0 Hz where unvoiced. Lively voices move
their pitch more, and less evenly, than the sources; high ones are all sung.
"""

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import numpy as np
import parselmouth
import pyworld
import soundfile
import soxr
from numpy.typing import NDArray

from studio.engines import espeak

RATE_HZ: Final = 48000
STEP_S: Final = 0.005
NOISES: Final = (
    ("clean", None, 0.0),
    ("pink20", 20.0, 0.5),
    ("pink10", 10.0, 0.5),
    ("pink5", 5.0, 0.5),
    ("white10", 10.0, 0.0),
)
"""Condition, voice to noise in dB while the voice sounds, and how steeply the noise falls: amplitude to frequency to
the power of minus so much."""

_SENTENCES: Final = (
    ("en-us+m3", "The quick brown fox jumps over the lazy dog, and what a wonderful morning it was."),
    ("en-us+f3", "Nobody sings louder than seven sisters who share one small kitchen."),
    ("de+m1", "Zwei Boxkämpfer jagen Eva quer durch den großen Wald, und niemand weiß warum."),
    ("fr+f2", "Portez ce vieux whisky au juge blond qui fume, dit la dame en riant."),
    ("it+m7", "Quel vecchio marinaio raccontava sempre la stessa storia di mare e di vento."),
    ("es+f4", "La luna llena ilumina la plaza mientras los niños cantan despacio."),
)
_LONGEST_S: Final = 6.0
_SHORTEST_RUN: Final = 6
_LEAP_OCTAVES: Final = 0.15
_FURTHEST_OCTAVES: Final = 0.9  # from the median: what lies further away is Praat's mistake

Sound = NDArray[np.float64]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--recordings", type=Path)
    parser.add_argument("--lively", action="store_true")
    parser.add_argument("--high", action="store_true")
    parser.add_argument("--seed", type=int, default=11)
    wanted = parser.parse_args()
    wanted.out.mkdir(parents=True, exist_ok=True)
    draw = np.random.default_rng(wanted.seed)
    for index, source in enumerate(_sources(wanted.recordings)):
        sung = wanted.high or index % 3 == 2
        sound, truth_hz = _voice(source, draw, sung=sung, lively=wanted.lively, lowest_hz=280 if wanted.high else 75)
        name = f"voice{index:03}"
        np.savetxt(
            wanted.out / f"{name}.csv",
            np.stack((np.arange(len(truth_hz)) * STEP_S, truth_hz), axis=1),
            fmt="%.6f",
            delimiter=",",
        )
        for condition, ratio_db, steepness in NOISES:
            heard = sound if ratio_db is None else sound + noise(sound, truth_hz, ratio_db, steepness, draw)
            heard = heard / max(1.0, float(np.abs(heard).max()) * 1.01)
            soundfile.write(wanted.out / f"{name}.{condition}.wav", heard.astype(np.float32), RATE_HZ)
        print(f"{name}: {len(sound) / RATE_HZ:.1f} s, median {np.median(truth_hz[truth_hz > 0]):.0f} Hz", flush=True)


def _sources(recordings: Path | None) -> Iterator[Sound]:
    for voice, text in _SENTENCES:
        for pitch in (30, 60):
            samples, rate_hz = espeak.speak(text, voice=voice, pitch=pitch, range_=80)
            yield _at_full_rate(samples.astype(np.float64), rate_hz)
    for path in sorted(recordings.iterdir()) if recordings else ():
        if path.suffix in {".wav", ".flac", ".ogg"}:
            samples, rate_hz = soundfile.read(path)
            yield _at_full_rate(samples if samples.ndim == 1 else samples.mean(axis=1), rate_hz)


def _at_full_rate(samples: Sound, rate_hz: int) -> Sound:
    resampled: Sound = soxr.resample(samples, rate_hz, RATE_HZ, "HQ")[: int(_LONGEST_S * RATE_HZ)]
    return np.ascontiguousarray(resampled)


def _voice(
    source: Sound, draw: np.random.Generator, *, sung: bool, lively: bool = False, lowest_hz: float = 75
) -> tuple[Sound, Sound]:
    """The source on another contour, its throat longer or shorter to suit, and that contour."""
    hz = _contour(source)
    times = np.arange(len(hz)) * STEP_S
    shape = pyworld.cheaptrick(source, hz, times, RATE_HZ)
    breath = pyworld.d4c(source, hz, times, RATE_HZ)
    median = float(np.median(hz[hz > 0]))
    wanted = float(np.exp(draw.uniform(np.log(lowest_hz), np.log(850 if sung else 330))))
    bins = np.arange(shape.shape[1]) / np.clip((wanted / median) ** 0.3, 0.8, 1.25)
    bins = np.minimum(bins, shape.shape[1] - 1)
    places = np.arange(shape.shape[1])
    shape = np.exp(np.stack([np.interp(bins, places, row) for row in np.log(shape)]))
    breath = np.stack([np.interp(bins, places, row) for row in breath])
    if sung:
        slower = np.repeat(np.arange(len(hz)), 2)
        shape, breath, hz = shape[slower], breath[slower], hz[slower]
        truth_hz = np.where(hz > 0, wanted * 2 ** (_sung(hz, median, draw) / 12), 0.0)
    else:
        truth_hz = _spoken(hz, median, draw) * wanted if lively else hz * (wanted / median)
    sound = pyworld.synthesize(truth_hz, np.ascontiguousarray(shape), np.ascontiguousarray(breath), RATE_HZ, 5.0)
    return sound / np.abs(sound).max() * 0.5, truth_hz


def _sung(hz: Sound, median: float, draw: np.random.Generator) -> Sound:
    """Whole notes that follow what was said, with portamento, a vibrato that comes and goes, and a little tremble."""
    times = np.arange(len(hz)) * STEP_S
    frames = np.arange(len(hz))
    spoken = np.interp(frames, frames[hz > 0], hz[hz > 0])
    steps = np.round(12 * np.log2(spoken / median))[frames // 60 * 60]
    window = np.hanning(13) / np.hanning(13).sum()
    steps = np.convolve(np.pad(steps, 6, mode="edge"), window, "valid")
    rate, extent = draw.uniform(4.5, 7), draw.uniform(0.2, 1.0)
    vibrato = extent * np.sin(2 * np.pi * rate * times) * (np.sin(2 * np.pi * 0.4 * times) > -0.3)
    tremble = 0.05 * np.convolve(draw.standard_normal(len(hz)), np.ones(9) / 3, "same")
    contour: Sound = steps + vibrato + tremble
    return contour


def _spoken(hz: Sound, median: float, draw: np.random.Generator) -> Sound:
    """The contour relative to its median, with more of its own movement, and other movement slow and quick."""
    frames = np.arange(len(hz))
    octaves = np.log2(np.interp(frames, frames[hz > 0], hz[hz > 0]) / median) * draw.uniform(1, 1.8)
    moved = np.clip(octaves, -0.8, 0.8)
    for length, least, most in ((41, 0.05, 0.14), (9, 0.003, 0.012)):
        window = np.hanning(length) / np.sqrt(np.sum(np.hanning(length) ** 2))
        moved = moved + np.convolve(draw.standard_normal(len(hz)), window, "same") * draw.uniform(least, most)
    contour: Sound = np.where(hz > 0, 2**moved, 0.0)
    return contour


def _contour(sound: Sound) -> Sound:
    """Praat's contour each 5 ms, 0 where unvoiced, without short runs and leaps."""
    pitch = parselmouth.Sound(sound, RATE_HZ).to_pitch_ac(
        time_step=STEP_S, pitch_floor=60, pitch_ceiling=600, very_accurate=True
    )
    frames = int(len(sound) / RATE_HZ / STEP_S) + 1
    place = np.round((np.arange(frames) * STEP_S - pitch.xs()[0]) / STEP_S).astype(int)
    hz = np.array(pitch.selected_array["frequency"][np.clip(place, 0, len(pitch.xs()) - 1)], np.float64)
    octaves = np.log2(np.maximum(hz, 1.0))
    hz[np.abs(octaves - np.median(octaves[hz > 0])) > _FURTHEST_OCTAVES] = 0.0
    leaps = 1 + np.flatnonzero((np.abs(np.diff(octaves)) >= _LEAP_OCTAVES) & (hz[1:] > 0) & (hz[:-1] > 0))
    hz[leaps - 1] = 0.0
    edges = np.flatnonzero(np.diff(np.concatenate(([False], hz > 0, [False])).astype(np.int8)))
    for start, stop in zip(edges[::2], edges[1::2], strict=True):
        if stop - start < _SHORTEST_RUN:
            hz[start:stop] = 0.0
    return hz


def noise(sound: Sound, truth_hz: Sound, ratio_db: float, steepness: float, draw: np.random.Generator) -> Sound:
    """Noise so many dB below a voice while it sounds, its amplitude as frequency to the power of `-steepness`."""
    spectrum = np.fft.rfft(draw.standard_normal(len(sound)))
    hz = np.maximum(np.fft.rfftfreq(len(sound), 1 / RATE_HZ), 40.0)
    hiss = np.fft.irfft(spectrum * hz**-steepness, len(sound))
    sounding = truth_hz[np.minimum((np.arange(len(sound)) / RATE_HZ / STEP_S).astype(int), len(truth_hz) - 1)] > 0
    scaled: Sound = hiss / hiss.std() * np.sqrt(np.mean(sound[sounding] ** 2)) * 10 ** (-ratio_db / 20)
    return scaled


if __name__ == "__main__":
    main()
