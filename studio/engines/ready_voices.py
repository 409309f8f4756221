"""What speakers have in common that bring voices of their own as ONNX networks, and learn none."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, ClassVar, Final, NamedTuple, Protocol, TypeVar, runtime_checkable

from studio.catalogue.store import Installed
from studio.engines import installed, residents
from studio.engines.base import EngineInfo, Reference, Report, Settings, Speaker
from studio.errors import StudioError

Network = TypeVar("Network")

STAGE: Final = "Speaking"


class ReadyVoice(NamedTuple):
    """A voice that an engine brings: by which id it is asked for, what a person calls it, and what it speaks.

    `language` is "" where nobody says; `network` tells files of the same name apart.
    """

    id: str
    name: str
    language: str = ""
    network: str = ""


@runtime_checkable
class Describes(Protocol):
    """A speaker that can say more of its voices than their ids."""

    def described(self, preset: str) -> ReadyVoice:
        """Return one of the presets, as a person knows it."""
        ...


class ReadyVoices:
    """Says what is missing while no model is installed, and that nothing is learnt here."""

    info: ClassVar[EngineInfo]
    suggestion: ClassVar[str]
    """The model of the catalogue to begin with."""

    @classmethod
    def lacks(cls) -> str:
        """Say that no voice is installed, and how to get one."""
        return installed.lacking(cls.info.id, cls.info.name, cls.suggestion)

    def learn(
        self, references: Sequence[Reference], folder: Path, *, language: str, seed: int, report: Report
    ) -> Mapping[str, str | float]:
        """Refuse: see `Speaker`."""
        raise learns_none(self.info)

    def presets(self) -> tuple[str, ...]:
        """The ids of the voices that are installed: see `Speaker`."""
        raise NotImplementedError

    def described(self, preset: str) -> ReadyVoice:
        """One of the presets, as a person knows it."""
        raise NotImplementedError

    def model(self, settings: Settings, name: str) -> tuple[Installed, Path]:
        """The installed model of that id, with its folder."""
        return installed.chosen(self.info.id, self.info.name, {**settings, installed.SETTING: name}, name)

    def use(self, one: Installed, load: Callable[[], Network]) -> AbstractContextManager[Network]:
        """The loaded network of a model, kept until nobody has used it for a while."""
        key, needs = f"{self.info.id} {one.id} {one.files[0].sha256[:16]}", one.memory_mb * 1_000_000
        return residents.on("cpu").use(key, needs, load)


def ready_voices(speaker: Speaker[Any]) -> tuple[ReadyVoice, ...]:
    """The voices that an engine brings, by name; loads no weights."""
    if isinstance(speaker, Describes):
        found = [speaker.described(preset) for preset in speaker.presets()]
    else:
        found = [ReadyVoice(preset, preset.replace("_", " ").title()) for preset in speaker.presets()]
    return tuple(sorted(found, key=lambda voice: voice.name))


def learns_none(info: EngineInfo) -> StudioError:
    """What an engine says that brings its voices, and is asked to learn one."""
    return StudioError(
        f"{info.id}.cloning",
        "The voice was not learnt.",
        cause=f"{info.name} has its own voices and learns none.",
        remedy="Choose an engine that clones.",
    )


def network_file(one: Installed) -> str:
    """The name of a model's network; "" where it has none."""
    return next((file.name for file in one.files if file.name.endswith(".onnx")), "")
