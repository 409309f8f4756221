"""`studio import PROJECT FILE`: a melody or notes of another program become those of a clip of a project."""

from argparse import ArgumentParser
from pathlib import Path

from PySide6.QtCore import QCoreApplication

from studio.cli.output import readable
from studio.cli.verbs import Call, Outcome, WrongCall
from studio.errors import StudioError
from studio.model.edits import FindNotes
from studio.model.project import Clip, Project
from studio.session.document import Document
from studio.session.melody_import import imported


def arguments(parser: ArgumentParser) -> None:
    parser.add_argument("project", type=Path, metavar="PROJECT", help="a project's folder, open in no window")
    parser.add_argument(
        "file", type=Path, metavar="FILE", help="of Praat, Tony, Sonic Visualiser, MIDI, MusicXML or UltraStar"
    )
    parser.add_argument("--clip", metavar="NAME", help="by its name or its track's; needed where there are several")


def run(call: Call) -> Outcome:
    path, folder = readable(call.asked.file), readable(call.asked.project)
    application = QCoreApplication.instance() or QCoreApplication(["studio"])  # saving has its timers
    document = Document(application)
    try:
        document.open(folder)
        if document.read_only is not None:
            raise _closed(document)
        project = document.project
        clip = _chosen(project, call.asked.clip)
        edit = imported(project, document.folder, clip, path)
        document.do(edit)
        written = document.close()
    finally:
        document.close()
    if not written:
        raise StudioError(
            "import.not_written",
            "Nothing was imported.",
            cause=f"{folder.name} could not be written.",
            remedy="Look whether the disk is full, and try again.",
        )
    parts = [part for one in edit.edits for part in ("notes" if isinstance(one, FindNotes) else "pitch",)]
    name = _name(project, clip)
    said = f"{' and '.join(parts).capitalize()} of {path.name} put into {name}"
    return Outcome(text=said, data={"project": project.name, "clip": name, "imported": parts})


def _chosen(project: Project, wanted: str | None) -> Clip:
    """The clip that is meant; `WrongCall` where that is not clear."""
    named = [
        clip
        for track in project.tracks
        for clip in track.clips
        if wanted is None or wanted in (_name(project, clip), track.name)
    ]
    if len(named) == 1:
        return named[0]
    if not list(project.clips):
        raise StudioError(
            "import.empty",
            "Nothing was imported.",
            cause="The project has no clip that it could belong to.",
            remedy="Open the project and import the recording first.",
        )
    known = ", ".join(dict.fromkeys(_name(project, clip) for clip in project.clips))
    if wanted is None:
        raise WrongCall(f"The project has several clips; say which one with --clip: {known}.")
    raise WrongCall(f"{len(named) or 'No'} clips are called {wanted}. There are: {known}.")


def _name(project: Project, clip: Clip) -> str:
    return clip.name or project.medium(clip.media).name


def _closed(document: Document) -> StudioError:
    why = document.read_only
    assert why is not None
    return StudioError(why.code, "Nothing was imported.", cause=why.cause, remedy=why.remedy)
