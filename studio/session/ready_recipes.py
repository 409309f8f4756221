"""Recipes that come with the program: data in `resources/recipes`, made into what can be done with the engines here."""

from collections.abc import Sequence
from functools import cache
from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta, Struct

from studio import paths
from studio.protocol.common import EngineCard
from studio.protocol.jobs import CleanStep
from studio.session.recipes import Name, Recipe

_TASKS: Final = ("denoise", "dereverb")


class ReadyStep(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One cleaning; of `engines` the first that can run does it."""

    engines: Annotated[tuple[str, ...], Meta(min_length=1)]
    strength: Annotated[float, Meta(ge=0.0, le=1.0)] = 1.0
    stem: str = ""


class ReadyRecipe(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A recipe for whatever separator the person likes best."""

    id: Annotated[str, Meta(pattern="^[a-z][a-z-]*$")]
    name: Name
    about: Annotated[str, Meta(max_length=200)]
    stems: Literal[1, 2, 4, 6] = 2
    keep: tuple[str, ...] = ()
    steps: tuple[ReadyStep, ...] = ()

    def made(self, cards: Sequence[EngineCard], engine: str) -> Recipe | None:
        """The recipe with the engines that can run, `engine` to take sound apart; None where one is lacking."""
        able = {card.id: card for card in cards if not card.missing}
        if self.stems > 1 and (engine not in able or self.stems not in able[engine].stems):
            return None
        chain = []
        for step in self.steps:
            found = next((one for one in step.engines if one in able and able[one].task in _TASKS), None)
            if found is None:
                return None
            chain.append(CleanStep(engine=found, strength=step.strength, stem=step.stem))
        return Recipe(engine=engine if self.stems > 1 else "", stems=self.stems, chain=tuple(chain), keep=self.keep)


class _File(Struct, frozen=True, forbid_unknown_fields=True):
    recipes: tuple[ReadyRecipe, ...]


@cache
def ready_recipes() -> tuple[ReadyRecipe, ...]:
    """Every recipe that comes with the program, in the order in which it is offered."""
    content = (paths.resources() / "recipes" / "recipes.toml").read_bytes()
    return msgspec.toml.decode(content, type=_File).recipes
