"""The sounds of the sample project, from its recipe: a narration, a sung voice and a backing."""

from collections.abc import Callable
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from studio.engines import band, espeak, singing
from studio.engines.base import Mono, Report
from studio.engines.recipe import Recipe, Syllable, score

_AMONG: Final = {"Narration": -0.5, "Voice": 0.0, "Backing": -4.5}
"""How loud each part is beside the voice, in LU."""

_VOICE_LUFS: Final = -18.0
_BREATH_S: Final = 0.03


class Part(NamedTuple):
    """One sound of the project: float32 of shape (samples, channels), beginning at `start_s` on the timeline."""

    name: str
    frames: NDArray[np.float32]
    start_s: float


def make(recipe: Recipe, report: Report) -> tuple[Part, ...]:
    """Make every part at the recipe's rate, balanced against the others. The same in every fresh process."""
    parts = []
    makers: tuple[Callable[[Recipe], Part], ...] = (narration, voice, backing)
    for done, maker in enumerate(makers):
        report(done / len(makers), "Making the sample")
        parts.append(_levelled(maker(recipe), recipe.rate_hz))
    gain = 10 ** ((recipe.loudness_lufs - _loudness(_mixed(parts, recipe.rate_hz), recipe.rate_hz)) / 20)
    return tuple(part._replace(frames=(part.frames * gain).astype(np.float32)) for part in parts)


def narration(recipe: Recipe) -> Part:
    """The spoken welcome."""
    told = recipe.narration
    spoken, rate_hz = espeak.speak(
        told.text, voice=told.voice, words_per_minute=told.words_per_minute, pitch=told.pitch
    )
    sound = band.room(_at(_trimmed(spoken, rate_hz), rate_hz, recipe.rate_hz), recipe.rate_hz, 0.05)
    return Part("Narration", sound[:, None], told.at_s)


def voice(recipe: Recipe) -> Part:
    """The sung line, from the first syllable's beat on; with a quarter of a second before it for its consonant."""
    syllables = score(recipe)
    singer = recipe.voice
    start_s = syllables[0].start_s - 0.25
    stop_s = syllables[-1].stop_s + 0.6
    rate_hz = espeak_rate = 0
    line: Mono = np.zeros(0, np.float32)
    for index, syllable in enumerate(syllables):
        spoken, espeak_rate = _spoken(syllable, recipe)
        if not rate_hz:
            rate_hz = espeak_rate
            line = np.zeros(round((stop_s - start_s) * rate_hz), np.float32)
        sung, at_s = singing.sing(spoken, rate_hz, syllable, singer, seed=index)
        first = round((at_s - start_s) * rate_hz)
        line[first : first + len(sung)] += sung[: len(line) - first]
    sound = band.room(_at(line, rate_hz, recipe.rate_hz), recipe.rate_hz, 0.06)
    return Part("Voice", sound[:, None], start_s)


def backing(recipe: Recipe) -> Part:
    """The band."""
    return Part("Backing", band.play(recipe, recipe.rate_hz).astype(np.float32), 0.0)


def _spoken(syllable: Syllable, recipe: Recipe) -> tuple[Mono, int]:
    singer = recipe.voice
    spoken, rate_hz = espeak.speak(
        f"[[{syllable.phonemes}]]", voice=singer.voice, words_per_minute=singer.words_per_minute, range_=0
    )
    return spoken / np.float32(max(1e-6, float(np.sqrt(np.mean(_trimmed(spoken, rate_hz) ** 2))) * 10)), rate_hz


def _trimmed(spoken: Mono, rate_hz: int) -> Mono:
    loud = np.flatnonzero(np.abs(spoken) > 0.003 * np.abs(spoken).max())
    around = round(_BREATH_S * rate_hz)
    return spoken[max(0, loud[0] - around) : loud[-1] + around]


def _at(samples: Mono, rate_hz: int, wanted_hz: int) -> Mono:
    import soxr

    resampled: Mono = soxr.resample(samples, rate_hz, wanted_hz, quality="VHQ").astype(np.float32)
    return resampled


def _levelled(part: Part, rate_hz: int) -> Part:
    gain = 10 ** ((_VOICE_LUFS + _AMONG[part.name] - _loudness(part.frames, rate_hz)) / 20)
    return part._replace(frames=(part.frames * gain).astype(np.float32))


def _loudness(frames: NDArray[np.float32], rate_hz: int) -> float:
    import pyloudnorm

    return float(pyloudnorm.Meter(rate_hz).integrated_loudness(frames.astype(np.float64)))


def _mixed(parts: list[Part], rate_hz: int) -> NDArray[np.float32]:
    """All parts together, as they sound when nobody has touched the project yet."""
    starts = [round(part.start_s * rate_hz) for part in parts]
    mix = np.zeros((max(start + len(part.frames) for start, part in zip(starts, parts, strict=True)), 2), np.float32)
    for start, part in zip(starts, parts, strict=True):
        mix[start : start + len(part.frames)] += part.frames
    return mix
