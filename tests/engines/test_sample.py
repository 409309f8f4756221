"""The sample project's sounds: in tune with their score, at the right level, and the same on every machine."""

import subprocess
import sys
import time

import numpy as np
import pyloudnorm
import pytest

from studio import paths
from studio.engines import recipe as recipes
from studio.engines import registry, sample
from studio.engines.recipe import Recipe
from studio.engines.sample import Part


def quiet(fraction: float, stage: str) -> None:
    del fraction, stage


@pytest.fixture(scope="module")
def recipe() -> Recipe:
    return recipes.load(paths.resources() / "sample" / "recipe.toml")


@pytest.fixture(scope="module")
def made(recipe: Recipe) -> tuple[dict[str, Part], float]:
    """The parts by their names, and the seconds of work that they took."""
    begun_s = time.process_time()
    parts = {part.name: part for part in sample.make(recipe, quiet)}
    return parts, time.process_time() - begun_s


@pytest.fixture
def parts(made: tuple[dict[str, Part], float]) -> dict[str, Part]:
    return made[0]


def test_every_note_is_within_15_cents_of_its_score(recipe: Recipe, parts: dict[str, Part]) -> None:
    voice = parts["Voice"]
    curve = registry.pitch_tracker("praat").track(
        voice.frames[:, 0], recipe.rate_hz, low_hz=75, high_hz=900, report=quiet
    )
    notes = [note for syllable in recipes.score(recipe) for note in syllable.notes]
    assert len(notes) > 30
    for note in notes:
        length_s = note.stop_s - note.start_s
        first = round((note.start_s - voice.start_s + min(0.12, 0.3 * length_s)) * 200)
        last = round((note.stop_s - voice.start_s - 0.25 * length_s) * 200)
        off = 1200 * np.log2(curve.hz[first:last] / (440 * 2 ** ((note.midi - 69) / 12)))
        assert np.mean(np.isnan(off)) < 0.1
        assert abs(np.nanmean(off)) < 15


def test_the_mix_is_as_loud_as_the_recipe_says_and_does_not_clip(recipe: Recipe, parts: dict[str, Part]) -> None:
    mix = np.zeros((round(recipe.length_s * recipe.rate_hz) + recipe.rate_hz, 2))
    for part in parts.values():
        start = round(part.start_s * recipe.rate_hz)
        mix[start : start + len(part.frames)] += part.frames

    assert pyloudnorm.Meter(recipe.rate_hz).integrated_loudness(mix) == pytest.approx(recipe.loudness_lufs, abs=0.3)
    assert np.abs(mix).max() < 0.95


def test_nothing_begins_before_the_piece_or_ends_after_it(recipe: Recipe, parts: dict[str, Part]) -> None:
    for part in parts.values():
        assert part.start_s >= 0
        assert part.start_s + len(part.frames) / recipe.rate_hz <= recipe.length_s + 0.01
    spoken_until_s = parts["Narration"].start_s + len(parts["Narration"].frames) / recipe.rate_hz
    assert spoken_until_s < recipes.verse_starts_s(recipe)[0]


def test_the_same_recipe_gives_the_same_sound_in_every_fresh_process() -> None:
    code = """if True:
        import hashlib
        from msgspec.structs import replace
        from studio import paths
        from studio.engines import recipe, sample
        short = recipe.load(paths.resources() / "sample" / "recipe.toml")
        verse = replace(short.verse[0], syllables=short.verse[0].syllables[:3])
        short = replace(short, verse=(verse,), backing=replace(short.backing, bars=short.backing.bars[:2]))
        for part in sample.make(short, lambda fraction, stage: None):
            print(hashlib.blake2b(part.frames.tobytes()).hexdigest())
    """
    first, second = (
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
        for _ in range(2)
    )

    assert len(first.split()) == 3
    assert first == second


def test_it_is_made_in_less_than_fifteen_seconds_of_work(made: tuple[dict[str, Part], float]) -> None:
    assert made[1] < 15


@pytest.mark.parametrize(("name", "midi"), [("C4", 60), ("A4", 69), ("F#4", 66), ("Bb3", 58)])
def test_notes_are_numbered_as_in_midi(name: str, midi: int) -> None:
    assert recipes.midi_of(name) == midi


def test_what_is_no_note_is_refused() -> None:
    with pytest.raises(ValueError, match="H4 is no note"):
        recipes.midi_of("H4")
