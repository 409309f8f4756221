"""The File menu."""

from functools import partial
from pathlib import Path
from typing import Final

from studio.commands.base import Command
from studio.commands.measures import IN_FILE
from studio.commands.reasons import busy, empty, first_of, nothing_to_see, read_only, recording
from studio.errors import Explanation
from studio.session import opening, templates
from studio.session.desk import Desk


def new(desk: Desk) -> None:
    """Open an untitled project in the place of the present one, which is safe on the disk."""
    if _may_leave(desk):
        opening.open_new(desk)


def new_from_template(desk: Desk, name: str, folder: Path | None = None) -> None:
    """Begin an untitled project with the tracks of a template, by default one that comes with the program."""
    if _may_leave(desk):
        opening.open_template(desk, name, folder or templates.shipped_folder())


def open_project(desk: Desk) -> None:
    """Ask for a project's folder and open it."""
    if _may_leave(desk):
        folder = desk.asks.open_folder("Open project")
        if folder is not None:
            opening.open_path(desk, folder)


def open_recent(desk: Desk, folder: str) -> None:
    """Open a project of the library's list."""
    if _may_leave(desk):
        opening.open_path(desk, Path(folder))


def open_previous(desk: Desk) -> None:
    """Open the project that was open before this one."""
    before = _previous(desk)
    if before is not None:
        open_recent(desk, before)


def import_files(desk: Desk) -> None:
    """Ask for sound or video files and put each on a track."""
    desk.importing.add(desk.asks.open_files("Import sound or video"))


def save_as(desk: Desk) -> None:
    """Ask where the project shall live, and move on from there."""
    folder = desk.asks.save_path("Save project as", opening.suggested_name(desk))
    if folder is not None:
        opening.save_as(desk, folder)


def find_video(desk: Desk) -> None:
    """Ask where the video lies now that is to be seen here."""
    from studio.session.video_finding import find_video  # most projects have nothing to see

    find_video(desk)


def collect(desk: Desk) -> None:
    """Ask for a place and put a copy there that stands on nothing outside itself."""
    folder = desk.asks.save_path("Collect project", f"{opening.suggested_name(desk)} collected")
    if folder is not None:
        opening.collect(desk, folder)


def _previous(desk: Desk) -> str | None:
    here = str(desk.document.folder) if desk.document.is_open else ""
    return next((one.folder for one in desk.library.recent if one.folder != here and one.is_there), None)


def _no_previous(desk: Desk) -> str:
    return "" if _previous(desk) is not None else "No other project was open yet"


def _may_leave(desk: Desk) -> bool:
    if not desk.jobs.busy:
        return True
    why = Explanation(
        code="file.jobs_running",
        title="Jobs are still running.",
        cause="Their results belong to this project and would not be added to another.",
        remedy="Wait until they are done, or stop them.",
    )
    if not desk.asks.confirm(why, "Stop the jobs"):
        return False
    desk.jobs.cancel_all()
    return True


def _no_media(desk: Desk) -> str:
    return "" if desk.document.project.media else "The project has no sound yet"


FROM_TEMPLATE: Final = "New from template"
"""The submenu of templates; a person's own ones are in it, too."""

FILE: tuple[Command, ...] = (
    Command(id="file.new", title="New project", group="File", keys="Ctrl+N", run=new, unavailable=recording),
    *(
        Command(
            id=f"file.new_{one.name}",
            title=f"{FROM_TEMPLATE}: {one.title}",
            group="File",
            run=partial(new_from_template, name=one.name),
            unavailable=recording,
            about=one.about,
            submenu=FROM_TEMPLATE,
        )
        for one in templates.shipped()
    ),
    Command(
        id="file.open", title="Open project…", group="File", keys="Ctrl+O", run=open_project, unavailable=recording
    ),
    Command(
        id="file.open_recent",
        title="Open the previous project",
        group="File",
        run=open_previous,
        unavailable=first_of(recording, _no_previous),
    ),
    Command(
        id="file.import",
        title="Import sound or video…",
        group="File",
        keys="Ctrl+Shift+I",
        run=import_files,
        unavailable=first_of(read_only, recording),
        icon="import",
    ),
    Command(
        id="file.save_as",
        title="Save as…",
        group="File",
        keys="Ctrl+Shift+S; Ctrl+S",
        run=save_as,
        unavailable=first_of(recording, busy),
        about="Every change is on the disk at once; this gives the project a name and a place.",
    ),
    Command(
        id="file.collect",
        title="Collect into one folder…",
        group="File",
        run=collect,
        unavailable=first_of(recording, busy),
        about="A copy with all its sound, for another computer or an archive.",
    ),
    Command(
        id="file.models",
        title="Models…",
        group="File",
        run=lambda desk: desk.asks.models(),
        icon="model",
        about="What engines need beyond the studio itself: download, import, check, delete.",
    ),
    Command(
        id="file.relink",
        title="Find missing sound…",
        group="File",
        run=opening.find_missing,
        unavailable=first_of(read_only, recording, _no_media),
        about="For sound that was moved or renamed outside the studio.",
    ),
    Command(
        id="file.relink_video",
        title="Find the video…",
        group="File",
        run=find_video,
        unavailable=first_of(read_only, nothing_to_see),
        about="For a video that was moved or renamed outside the studio.",
    ),
    Command(
        id="file.export",
        title="Export sound…",
        group="File",
        keys="Ctrl+Shift+E",
        run=lambda desk: desk.asks.export_dialog(),
        unavailable=empty,
        icon="export",
    ),
    *IN_FILE,
    Command(
        id="file.preferences",
        title="Preferences…",
        group="File",
        keys="Ctrl+,; Ctrl+P",
        run=lambda desk: desk.asks.preferences(),
        icon="settings",
    ),
    Command(id="file.quit", title="Quit", group="File", keys="Ctrl+Q", run=lambda desk: desk.asks.close_window()),
)
