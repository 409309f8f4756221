"""The recipes that come with the program: they can be done with what is built in, and say what they are."""

from pathlib import Path

from studio.engines import registry
from studio.protocol.common import EngineCard
from studio.protocol.jobs import CleanStep
from studio.session import stems
from studio.session.ready_recipes import ReadyRecipe, ReadyStep, ready_recipes
from studio.session.recipes import Recipe, Recipes, saved_recipes

BUILT_IN = EngineCard(id="builtin", task="separate", name="built-in", licence="GPL", stems=(2,))
ROOM = EngineCard(id="dereverb", task="dereverb", name="Less room", licence="GPL")
NOISE = EngineCard(id="spectral", task="denoise", name="Steady noise", licence="GPL")
ABSENT = EngineCard(id="rnnoise", task="denoise", name="RNNoise", licence="BSD", missing="It is not installed.")


def test_every_recipe_can_be_done_with_what_is_built_in() -> None:
    recipes = ready_recipes()
    assert [one.id for one in recipes] == ["dry-vocal", "karaoke", "noisy-speech", "voice-for-cloning"]
    for one in recipes:
        assert one.about
        made = one.made((BUILT_IN, ROOM, NOISE, ABSENT), "builtin")
        assert made is not None, one.id
        assert set(made.keep) <= set(stems.NAMES.get(made.stems, ()))
        assert {step.stem for step in made.chain if step.stem} <= set(made.keep)


def test_every_engine_that_is_named_exists() -> None:
    known = {info.id for info, _missing in registry.cards()}
    named = {engine for one in ready_recipes() for step in one.steps for engine in step.engines}
    assert named <= known


def test_the_first_engine_that_can_run_is_used() -> None:
    steps = (ReadyStep(engines=("rnnoise", "spectral"), strength=0.9),)
    recipe = ReadyRecipe(id="x", name="X", about="", stems=1, steps=steps)
    assert recipe.made((BUILT_IN, NOISE, ABSENT), "builtin") == Recipe(
        engine="", stems=1, chain=(CleanStep(engine="spectral", strength=0.9),)
    )
    assert recipe.made((BUILT_IN, ABSENT), "builtin") is None


def test_a_recipe_that_the_separator_cannot_do_is_not_offered() -> None:
    four = ReadyRecipe(id="x", name="X", about="", stems=4)
    assert four.made((BUILT_IN,), "builtin") is None
    assert four.made((), "builtin") is None


def test_own_recipes_are_renamed_and_are_on_the_disk(tmp_path: Path) -> None:
    (tmp_path / "config").mkdir()
    recipes = Recipes(tmp_path / "config" / "recipes.json")
    recipes.save("Old", Recipe(keep=("vocals",)))
    recipes.save("Other", Recipe(stems=4))
    recipes.rename("Old", "New")
    recipes.rename("gone", "never")
    recipes.close()
    assert [(one.name, one.recipe.keep) for one in saved_recipes()] == [("Other", ()), ("New", ("vocals",))]

    again = Recipes(tmp_path / "config" / "recipes.json")
    again.rename("New", "Other")
    assert [(one.name, one.recipe.stems) for one in again.all] == [("Other", 2)]
    again.close()
