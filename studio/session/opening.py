"""Opening and keeping projects: what the File menu, the start and a drop on the window have in common."""

from collections.abc import Iterable
from pathlib import Path
from typing import Final

from studio import paths
from studio.errors import Explanation, StudioError, explain
from studio.media.collect import Collected
from studio.media.collect import collect as collect_project
from studio.media.relink import bring_in, look_for, missing_media
from studio.model.edits import Relink, Several
from studio.model.project import Media
from studio.protocol.jobs import MakeSample
from studio.protocol.messages import Result
from studio.session import templates
from studio.session.background import Report
from studio.session.desk import Desk
from studio.session.library import Library
from studio.session.pictures import peaks_path

SAMPLE_NAME: Final = "Sample song"
_MAKING_SAMPLE: Final = "Making the sample project"


def open_new(desk: Desk) -> None:
    """A new untitled project."""
    _prepare(desk)
    desk.document.new_untitled()
    _opened(desk)


def open_template(desk: Desk, name: str, folder: Path) -> None:
    """A new untitled project with the tracks of a template, the first of which is chosen: a take goes there.

    The tracks are what the project begins with, not a step: undo does not take them away.
    """
    try:
        template = templates.load(name, folder)
        _prepare(desk)
        desk.document.new_untitled(template.project(desk.settings.value.pitch.a4_hz))
    except StudioError as error:
        desk.asks.show(explain(error))
        return
    _opened(desk)
    desk.selection.set_tracks((desk.document.project.tracks[0].id,))


def open_path(desk: Desk, path: Path) -> bool:
    """Open a project's folder, or its project.json; anything else is imported into the open project."""
    folder = project_folder(path)
    if folder is None:
        return _import_instead(desk, path)
    try:
        _prepare(desk)
        desk.document.open(folder.resolve())
    except StudioError as error:
        desk.asks.show(explain(error))
        return False
    _opened(desk)
    return True


def open_dropped(desk: Desk, paths: Iterable[Path], at: int | None = None) -> None:
    """Files and folders dropped on the window: a single project opens, everything else is imported."""
    dropped = tuple(paths)
    if len(dropped) == 1 and project_folder(dropped[0]) is not None and not desk.transport.recording:
        open_path(desk, dropped[0])
    elif dropped:
        desk.importing.add(dropped, at)


def open_sample(desk: Desk) -> None:
    """Open the sample project; it is made first where it was never made, and again where it was removed."""
    folder = paths.data() / "sample" / SAMPLE_NAME
    if (folder / "project.json").is_file():
        open_path(desk, folder)
        return
    if any(row.title == _MAKING_SAMPLE and not row.is_over for row in desk.jobs.rows):
        return

    def then(_result: Result) -> None:
        if not desk.transport.recording:
            open_path(desk, folder)

    desk.jobs.start(lambda job: MakeSample(job=job, folder=str(folder)), _MAKING_SAMPLE, then)


def save_as(desk: Desk, folder: Path) -> None:
    """Give the project a place; it takes the folder's name when it had none of its own."""
    was_untitled, before = desk.document.is_untitled, str(desk.document.folder)
    try:
        desk.document.save_as(folder)
        if was_untitled:
            desk.library.forget(before)
    except StudioError as error:
        desk.asks.show(explain(error))
        return
    desk.library.note_opened(desk.document.folder, desk.document.project.name)
    desk.asks.toast(f"Saved as {folder.name}")


def collect(desk: Desk, folder: Path) -> None:
    """Copy the project with all its sound to a folder that does not exist yet, while the work goes on."""
    desk.document.flush()
    here = desk.document.folder
    desk.asks.toast(f"Collecting into {folder.name}…")

    def then(collected: Collected) -> None:
        lost = f"; not found: {', '.join(collected.missing)}" if collected.missing else ""
        desk.asks.toast(f"Collected into {folder.name}{lost}", "Show", lambda: desk.asks.reveal(folder))

    desk.background.do(lambda report: collect_project(here, folder, report=report), then)


def find_missing(desk: Desk) -> None:
    """Look for sound that is no longer where the project has it, in a folder that the person names."""
    here, project = desk.document.folder, desk.document.project

    def ask(missing: tuple[Media, ...]) -> None:
        if not missing:
            desk.asks.toast("No sound is missing")
            return
        names = ", ".join(media.name for media in missing[:3])
        where = desk.asks.open_folder(f"Where is {names}{' and more' if len(missing) > 3 else ''}?")
        if where is not None:
            desk.background.do(lambda report: _bring_in(here, missing, where, report), relink)

    def relink(found: tuple[int, tuple[Relink, ...]]) -> None:
        count, edits = found
        if edits and desk.document.is_open and desk.document.folder == here:
            desk.document.do(Several(label_text="Find missing sound", edits=edits))
        what = f"Found {count} sounds" if count != 1 else "Found 1 sound"
        desk.asks.toast(what if count else "None of the missing sound is in that folder")

    desk.background.do(lambda _report: missing_media(here, project), ask)


def _bring_in(here: Path, missing: tuple[Media, ...], where: Path, report: Report) -> tuple[int, tuple[Relink, ...]]:
    found = look_for(missing, where, report=report)
    edits = [bring_in(here, one) for one in found]
    return len(found), tuple(edit for edit in edits if edit is not None)


def project_folder(path: Path) -> Path | None:
    """The project's folder that a path names: itself, or the `project.json` in it; None when it is no project."""
    folder = path.parent if path.name == "project.json" else path
    return folder if (folder / "project.json").is_file() else None


def last_project(library: Library) -> Path | None:
    """The project that was open last and still is there."""
    return next((Path(recent.folder) for recent in library.recent if recent.is_there), None)


def pictures_are_there(desk: Desk) -> bool:
    """Whether the peaks of every medium on the timeline are built; one whose file is gone will never have any."""
    project, folder = desk.document.project, desk.document.folder
    media = {clip.media for clip in project.clips}
    return all(peaks_path(one).is_file() or not (folder / project.medium(one).file).is_file() for one in media)


def suggested_name(desk: Desk) -> str:
    """What a project that is saved for the first time may be called."""
    name = desk.document.project.name
    if name.startswith("Untitled"):
        return next((track.name for track in desk.document.project.tracks if track.clips), name)
    return name


def _prepare(desk: Desk) -> None:
    desk.compare.stop()
    desk.transport.stop()


def _opened(desk: Desk) -> None:
    desk.selection.reset()
    desk.clipboard.clear()
    desk.library.note_opened(desk.document.folder, desk.document.project.name)
    desk.view.zoom_fit()
    desk.takes.look()


def _import_instead(desk: Desk, path: Path) -> bool:
    if not path.exists():
        desk.asks.show(
            Explanation(
                code="open.missing",
                title=f"{path.name} was not opened.",
                cause="There is no such file or folder.",
                remedy="Check the name, or look for it with Open.",
                detail=str(path),
            )
        )
        return False
    desk.importing.add([path])
    return True
