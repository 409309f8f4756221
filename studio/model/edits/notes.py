"""Edits of the notes of a recording. A note is known by its medium and the sample at which it begins."""

from typing import ClassVar

from msgspec.structs import replace

from studio.model.edits.base import EditBase
from studio.model.project import MediaId, Project
from studio.model.sheet import NoteSheet, SungNote


class FindNotes(EditBase, frozen=True):
    """List the notes that were found in a medium; they take the place of those that it had."""

    label: ClassVar[str] = "Find notes"
    media: MediaId
    notes: tuple[SungNote, ...]

    def change(self, project: Project) -> Project:
        return _with(project, NoteSheet(media=self.media, notes=self.notes))


class DrawNote(EditBase, frozen=True):
    """Put a note where a person drew it; what was there gives way."""

    label: ClassVar[str] = "Draw note"
    media: MediaId
    note: SungNote

    def change(self, project: Project) -> Project:
        sheet = project.sheet_of(self.media) or NoteSheet(media=self.media)
        return _with(project, sheet.with_note(self.note))


class SplitNote(EditBase, frozen=True):
    """Cut a note in two, strictly inside it; both keep its pitch."""

    label: ClassVar[str] = "Split note"
    media: MediaId
    start: int
    at: int

    def change(self, project: Project) -> Project:
        sheet = _sheet(project, self.media)
        whole = sheet.note(self.start)
        if not whole.start < self.at < whole.stop:
            raise ValueError("the cut does not lie inside the note")
        halves = (replace(whole, stop=self.at), replace(whole, start=self.at))
        notes = (part for note in sheet.notes for part in (halves if note == whole else (note,)))
        return _with(project, replace(sheet, notes=tuple(notes)))


class JoinNotes(EditBase, frozen=True):
    """Make one note from the first to the last of some, with all that lies between; the longest gives its pitch."""

    label: ClassVar[str] = "Join notes"
    media: MediaId
    starts: tuple[int, ...]

    def change(self, project: Project) -> Project:
        sheet = _sheet(project, self.media)
        chosen = [sheet.note(start) for start in self.starts]
        if len(set(self.starts)) < 2:
            raise ValueError("one note alone has nothing to be joined to")
        longest = max(chosen, key=lambda note: (note.length, -note.start))
        start, stop = min(note.start for note in chosen), max(note.stop for note in chosen)
        return _with(project, sheet.with_note(replace(longest, start=start, stop=stop)))


class TrimNote(EditBase, frozen=True):
    """Move the ends of a note, as far as its neighbours and its medium allow."""

    label: ClassVar[str] = "Move the end of a note"
    media: MediaId
    start: int
    new_start: int
    new_stop: int

    @property
    def gesture(self) -> str:
        return f"note {self.media} {self.start}"

    def change(self, project: Project) -> Project:
        sheet = _sheet(project, self.media)
        note = sheet.note(self.start)
        first, last = sheet.room(note, project.medium(self.media).length)
        new_start = min(max(self.new_start, first), last - 1)
        moved = replace(note, start=new_start, stop=max(min(self.new_stop, last), new_start + 1))
        return _with(project, sheet.without(note).with_note(moved))


class PitchNotes(EditBase, frozen=True):
    """Say on which pitch some notes were meant, each as where it begins and a note number; None follows the voice."""

    media: MediaId
    pitches: tuple[tuple[int, float | None], ...]

    @property
    def label(self) -> str:  # type: ignore[override]  # both ways lead here
        """Which of the two it was."""
        given = any(midi is not None for _, midi in self.pitches)
        return "Set the pitch of notes" if given else "Let notes follow the voice"

    def change(self, project: Project) -> Project:
        sheet = _sheet(project, self.media)
        meant = dict(self.pitches)
        for start in meant:
            sheet.note(start)
        notes = (replace(note, midi=meant[note.start]) if note.start in meant else note for note in sheet.notes)
        return _with(project, replace(sheet, notes=tuple(notes)))


class DeleteNotes(EditBase, frozen=True):
    """Take notes away; the melody stays as it is."""

    label: ClassVar[str] = "Delete notes"
    media: MediaId
    starts: tuple[int, ...]

    def change(self, project: Project) -> Project:
        sheet = _sheet(project, self.media)
        return _with(project, sheet.without(*(sheet.note(start) for start in self.starts)))


def _sheet(project: Project, media: MediaId) -> NoteSheet:
    sheet = project.sheet_of(media)
    if sheet is None:
        raise KeyError(f"notes of {media}")
    return sheet


def _with(project: Project, sheet: NoteSheet) -> Project:
    if sheet.notes and sheet.notes[-1].stop > project.medium(MediaId(sheet.media)).length:
        raise ValueError("a note would end after its sound does")
    others = tuple(other for other in project.sheets if other.media != sheet.media)
    return replace(project, sheets=(*others, sheet))
