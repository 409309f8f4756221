"""What the built-in separator costs, and what it leaves of the sample's band and of the sample's speaker alone."""

import json
import time

import numpy as np
import pytest
import soxr

from studio import paths
from studio.engines import recipe as recipes
from studio.engines import sample
from studio.engines.base import Effort, Sound, Whole
from studio.engines.sample import Part
from studio.engines.separation.builtin import BuiltinSeparator
from studio.engines.separation.spectrum import RATE_HZ

pytestmark = pytest.mark.benchmark_suite

_CHUNK_S = 20
_WHOLE = Whole(length_s=60.0, mean=0.0, std=0.1, peak=0.5, side_db=0.0)


def test_the_builtin_separator_needs_less_than_a_third_of_the_time_and_leaves_little_of_either_alone() -> None:
    separator = BuiltinSeparator()
    recipe = recipes.load(paths.resources() / "sample" / "recipe.toml")

    def at_rate(part: Part) -> Sound:
        frames = np.repeat(part.frames, 3 - part.frames.shape[1], axis=1)
        return np.asarray(soxr.resample(frames, recipe.rate_hz, RATE_HZ)[: _CHUNK_S * RATE_HZ], np.float32)

    def vocals(mix: Sound) -> Sound:
        made = separator.separate(
            mix, RATE_HZ, count=2, whole=_WHOLE, settings={}, effort=Effort(), report=lambda _share, _doing: None
        )
        return np.asarray(made[0])

    def left_db(rest: Sound, whole: Sound) -> float:
        return float(10 * np.log10(np.square(rest).sum() / np.square(whole).sum() + 1e-12))

    band, said, sung = (at_rate(make(recipe)) for make in (sample.backing, sample.narration, sample.voice))
    vocals(band[:RATE_HZ])  # what is loaded once
    began_s = time.process_time()
    band_vocals = vocals(band)
    figures = {
        "core_s_per_s": (time.process_time() - began_s) / (len(band) / RATE_HZ),
        "band_alone_in_vocals_db": left_db(band_vocals, band),
        "speaker_alone_in_accompaniment_db": left_db(said - vocals(said), said),
        "singer_alone_in_accompaniment_db": left_db(sung - vocals(sung), sung),
    }
    print(json.dumps({name: round(value, 3) for name, value in figures.items()}))
    assert figures.pop("core_s_per_s") <= 0.3
    assert max(figures.values()) <= -20
