"""What the models worker is asked and answers: the models that can be installed, and what happens to one."""

from typing import Literal

from msgspec import Struct

from studio.protocol.common import JobId, Message

ModelState = Literal["absent", "partly", "installed", "damaged"]


class ModelFileCard(Struct, frozen=True, kw_only=True):
    """A file of an installed model; `checked_by` says what it was held against when it came."""

    name: str
    size_bytes: int
    sha256: str
    checked_by: Literal["catalogue", "publisher", "size", "nothing"]


class ModelCard(Struct, frozen=True, kw_only=True):
    """A model on the list, or installed, or both. Sizes of absent ones are estimates.

    `terms` is the page on which the publisher wants terms to be accepted before a download, "" where there are none.
    """

    id: str
    name: str
    engine: str
    publisher: str
    licence: str
    page: str
    languages: tuple[str, ...]
    about: str
    size_bytes: int
    memory_bytes: int
    state: ModelState
    have_bytes: int = 0
    folder: str = ""
    source: Literal["", "download", "import"] = ""
    when: str = ""
    revision: str = ""
    terms: str = ""
    recommended: bool = False
    files: tuple[ModelFileCard, ...] = ()


class ListModels(Message, frozen=True, kw_only=True):
    """Say what can be installed and what is. Answered by `ModelsListed`."""

    job: JobId


class InstallModel(Message, frozen=True, kw_only=True):
    """Download a model, or the rest of one that was begun. Answered by `ModelChanged`."""

    job: JobId
    model: str


class ImportModel(Message, frozen=True, kw_only=True):
    """Install a model from a folder, or from beside the file named; `model` "" has it recognised.

    Answered by `ModelChanged`.
    """

    job: JobId
    path: str
    model: str = ""


class VerifyModel(Message, frozen=True, kw_only=True):
    """Read every file of a model and hold it against what was installed. Answered by `ModelChanged`, or `Failed`."""

    job: JobId
    model: str


class RemoveModel(Message, frozen=True, kw_only=True):
    """Delete a model, or what is here of it. Answered by `ModelRemoved`."""

    job: JobId
    model: str


class ModelsListed(Message, frozen=True, kw_only=True):
    """Every model that is known here, in the order in which they are shown."""

    job: JobId
    models: tuple[ModelCard, ...]
    folder: str
    free_bytes: int


class ModelChanged(Message, frozen=True, kw_only=True):
    """The model is as its card says now."""

    job: JobId
    model: ModelCard


class ModelRemoved(Message, frozen=True, kw_only=True):
    """The model is gone."""

    job: JobId
    model: str
    freed_bytes: int
