"""The files of a batch: what is done with each, what came of it, and how its results are laid out to be written."""

from pathlib import Path
from typing import Literal

from msgspec import Struct

from studio.errors import Explanation
from studio.model.project import Clip, ClipId, Media, Project, Track, TrackId
from studio.protocol.jobs import CleanStep, ExportSpec
from studio.session import stems
from studio.session.recipes import Recipe

RowState = Literal["waiting", "running", "done", "failed", "stopped"]
Work = Recipe | CleanStep
"""What is done with each file: taken apart, or cleaned."""


class BatchRow(Struct, frozen=True, kw_only=True):
    """One file of a batch and what came of it."""

    id: int
    path: Path
    state: RowState = "waiting"
    stage: str = ""
    fraction: float = 0.0
    why: Explanation | None = None
    note: str = ""
    made: tuple[Path, ...] = ()
    goes_on: bool = False

    @property
    def is_over(self) -> bool:
        """Whether nothing more will happen by itself."""
        return self.state in ("done", "failed", "stopped")


class Task(Struct, frozen=True):
    """What is done with every file, and where what comes of it goes."""

    work: Work
    out: Path
    spec: ExportSpec


def suffix(spec: ExportSpec) -> str:
    """The end of the name of a file."""
    return f".{spec.container}"


def takes_apart(work: Work) -> bool:
    """Whether stems come of it, and not one cleaned sound."""
    return isinstance(work, Recipe) and work.stems > 1


def laid_out(made: tuple[Media, ...], name: str, *, apart: bool) -> Project:
    """A project with one track a sound, named after its stem."""
    tracks = tuple(
        Track(
            id=TrackId(f"t.{number}"),
            name=title if apart else name,
            clips=(Clip(id=ClipId(f"c.{number}"), media=media.id, source_start=0, start=0, length=media.length),),
        )
        for number, (media, title) in enumerate(zip(made, stems.names_of(made), strict=True))
        if media.length
    )
    media = tuple({one.id: one for one in made}.values())
    return Project(name=name, rate_hz=made[0].rate_hz, media=media, tracks=tracks)
