"""What an earlier run left behind: projects that never got a name, and takes that were interrupted. Deletes nothing."""

import datetime as dt
import time
from pathlib import Path
from typing import Literal

import psutil
from msgspec import Struct
from PySide6.QtCore import QLockFile

from studio import paths
from studio.errors import StudioError
from studio.media import captures
from studio.media.moving import carry_sound
from studio.media.store import TAKES, ProjectStore
from studio.media.takes import RecoveredTake, recover
from studio.model.project import Project
from studio.session.document import LOCK
from studio.session.untitled import UNTITLED, untitled_name

Kind = Literal["project", "take", "work", "files", "capture", "speech"]


class LeftBehind(Struct, frozen=True, kw_only=True):
    """Something that was found at the start.

    Keep puts a take into its project, Open opens a project, Go on does the rest of a job ("work"), of many files, or of
    lines that were to be spoken ("speech"). A "capture" is a file in which the screen was recorded; `take` is the path
    of its note.
    """

    kind: Kind
    folder: str
    name: str
    length_s: float
    found_at: str
    take: str = ""
    job: int = 0


def captures_left() -> tuple[LeftBehind, ...]:
    """Recordings of the screen whose process died, oldest first. Their files play as they are."""
    return tuple(
        LeftBehind(
            kind="capture", folder=str(file.parent), name=file.name, length_s=0, found_at=one.began, take=str(note)
        )
        for note, one in captures.interrupted()
        for file in map(Path, one.files)
    )


def untitled_left(opened: Path) -> tuple[LeftBehind, ...]:
    """Untitled projects with something in them that were open when the studio died, newest first; not the open one."""
    found = []
    for folder in sorted(paths.untitled().iterdir(), reverse=True):
        if folder == opened or not (folder / "project.json").is_file() or not was_abandoned(folder):
            continue
        try:
            project = read_project(folder)
        except (StudioError, OSError):  # it opens read-only or not at all: the person is told when opening it
            continue
        if project.length or any((folder / "takes").glob("*/take.json")):
            found.append(_project(folder, project))
    return tuple(found)


def was_abandoned(folder: Path) -> bool:
    """Whether a project is still locked by a process that is no longer there: it was never closed."""
    if not (folder / LOCK).exists():
        return False
    pid, _host, _name = QLockFile(str(folder / LOCK)).getLockInfo()
    return not psutil.pid_exists(pid)


def interrupted_takes(folder: Path, project: Project) -> tuple[RecoveredTake, ...]:
    """Takes in the project's folder that no medium of the project stands on."""
    used = {media.file.rpartition("/")[0] for media in project.media}
    return tuple(take for take in recover(folder, also_complete=True) if f"takes/{take.take}" not in used)


def bring_home(folder: Path, elsewhere: Path | None = None) -> None:
    """Put takes that were written elsewhere, because this project's folder could not be, into it now that it can.

    Nothing is deleted: on the same drive the files get a second name, what stood elsewhere is only set aside, and so is
    the beginning of a take that went on there: it stays beside the whole one, as a take of its own.
    """
    elsewhere = elsewhere or paths.rescued(folder)
    if not (elsewhere / TAKES).is_dir():
        return
    for take in sorted((elsewhere / TAKES).iterdir()):
        begun = folder / TAKES / take.name
        if _is_another(begun, take):
            begun.rename(begun.with_name(f"{take.name}-begun-{time.time_ns()}"))
    carry_sound(elsewhere, folder)
    aside = elsewhere.with_name(f"{elsewhere.name}.brought-home-{time.time_ns()}")
    elsewhere.rename(aside)


def _is_another(begun: Path, take: Path) -> bool:
    """Whether a take of this name is in the project already, with other sound than this one."""
    return any(
        (begun / part.name).is_file() and (begun / part.name).stat().st_size != part.stat().st_size
        for part in take.glob("*.wav")
    )


def read_project(folder: Path) -> Project:
    """The project in a folder as it was left, without locking it."""
    opened = ProjectStore.open(folder)
    opened.store.close()
    return opened.history.project


def _project(folder: Path, project: Project) -> LeftBehind:
    when = dt.datetime.fromtimestamp((folder / "project.json").stat().st_mtime).astimezone()
    return LeftBehind(
        kind="project",
        folder=str(folder),
        name=project.name if project.name != UNTITLED else untitled_name(when),
        length_s=project.length / project.rate_hz,
        found_at=when.isoformat(timespec="seconds"),
    )
