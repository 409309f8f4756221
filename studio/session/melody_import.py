"""A melody, or notes, that another program wrote, as those of a clip."""

from collections.abc import Callable
from hashlib import blake2b
from pathlib import Path
from typing import Final

from msgspec.structs import replace

from studio.errors import StudioError
from studio.media.curve import write_curve
from studio.media.interchange.melodies import SUFFIXES, Melody, Played, Written, melody_or_notes, on_frames
from studio.model.edits import AddPitch, FindNotes, Several
from studio.model.pitch import IMPORTED
from studio.model.project import Clip, Lineage, Pitch, PitchId, Project
from studio.model.sheet import NoteSheet, SungNote
from studio.model.time import samples_of
from studio.session.background import Background
from studio.session.document import Document

__all__ = ["SUFFIXES", "import_into", "imported"]

_FRAMES_PER_S: Final = 200


def import_into(
    document: Document, background: Background, clip: Clip, path: Path, then: Callable[[str], None]
) -> None:
    """Read a file beside the window's work, and make what it holds the clip's: one step, told to `then` in words."""
    project, folder = document.project, document.folder

    def put(edit: Several) -> None:
        if folder == document.folder:
            document.do(edit)
            then(" and ".join("Notes" if isinstance(part, FindNotes) else "Pitch" for part in edit.edits).capitalize())

    background.do(lambda _report: imported(project, folder, clip, path), put)


def imported(project: Project, folder: Path, clip: Clip, path: Path) -> Several:
    """The edit that makes a melody or notes those of a clip, time 0 where it begins; writes the melody's file.

    What the file says nothing of stays as it is: a melody after its last point, notes outside of the clip.
    StudioError where it holds nothing for so long a clip.
    """
    found = melody_or_notes(path, project.a4_hz)
    if isinstance(found, Played):
        sung = AddPitch(pitch=_pitch(project, folder, clip, path, found.melody))
        notes = FindNotes(media=clip.media, notes=_notes(project, clip, path, found.notes))
        return Several(label_text="Import pitch and notes", edits=(sung, notes))
    if isinstance(found, Melody):
        return Several(label_text="Import pitch", edits=(AddPitch(pitch=_pitch(project, folder, clip, path, found)),))
    written = FindNotes(media=clip.media, notes=_notes(project, clip, path, found))
    return Several(label_text="Import notes", edits=(written,))


def _pitch(project: Project, folder: Path, clip: Clip, path: Path, melody: Melody) -> Pitch:
    curve = on_frames(melody, _FRAMES_PER_S, clip.length / project.rate_hz)
    if not curve.voiced.any():
        raise _nothing_for(path)
    what = b"".join((f"{clip.media} {clip.source_start} ".encode(), curve.hz.tobytes(), curve.confidence.tobytes()))
    name = f"p{blake2b(what, digest_size=8).hexdigest()}"
    file = f"media/{name}.pitch.wav"
    write_curve(folder / file, curve)
    return Pitch(
        id=PitchId(name),
        media=clip.media,
        file=file,
        start=clip.source_start,
        length=min(clip.length, -(-len(curve.hz) * project.rate_hz // _FRAMES_PER_S)),
        frames_per_s=_FRAMES_PER_S,
        lineage=Lineage(engine=IMPORTED, settings={"file": path.name}, made_from=(clip.media,)),
    )


def _notes(project: Project, clip: Clip, path: Path, written: tuple[Written, ...]) -> tuple[SungNote, ...]:
    """The notes of the whole medium, with those of the clip changed for others."""
    start, stop = clip.source_start, clip.source_end
    sheet = project.sheet_of(clip.media) or NoteSheet(media=clip.media)
    kept = [replace(note, stop=min(note.stop, start)) for note in sheet.notes if note.start < start]
    after = [replace(note, start=max(note.start, stop)) for note in sheet.notes if note.stop > stop]
    fresh = []
    for note in written:
        first, last = (start + samples_of(at_s, project.rate_hz) for at_s in (note.start_s, note.end_s))
        if max(first, start) < min(last, stop):
            fresh.append(SungNote(start=max(first, start), stop=min(last, stop), midi=note.midi))
    if not fresh:
        raise _nothing_for(path)
    return (*kept, *fresh, *after)


def _nothing_for(path: Path) -> StudioError:
    return StudioError(
        "interchange.elsewhere",
        "Nothing was imported.",
        cause=f"All that is in {path.name} lies outside of the clip.",
        remedy="Times are counted from where the clip begins: select the clip that the file was made from.",
    )
