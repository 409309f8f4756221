"""Writing the notes of a recording: which are in hand, and what is done with them. Every change is an edit."""

import math
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

import numpy as np
from PySide6.QtCore import QObject, Signal

from studio.media.curve import read_curve
from studio.model.edits import (
    DeleteNotes,
    DrawNote,
    Edit,
    FindNotes,
    JoinNotes,
    PitchNotes,
    Several,
    SplitNote,
    TrimNote,
)
from studio.model.pitch import PitchCurve
from studio.model.project import Clip, ClipId, Pitch, Project
from studio.model.sheet import SungNote
from studio.protocol.common import JobId
from studio.protocol.jobs import MeasureNotes, NotesMeasured
from studio.protocol.messages import Job, Result
from studio.session.document import Document
from studio.session.jobs import Jobs
from studio.session.measuring import read_notes
from studio.session.settings_file import SettingsFile
from studio.settings.scales import nearest

SHORTEST_S = 0.03
"""No hand leaves a note shorter than this."""


class InHand(NamedTuple):
    """A note that a person has chosen, where it is seen: in which clip, and where it begins in the clip's medium."""

    clip: ClipId
    start: int


class Grip(NamedTuple):
    """A note as it was before its ends were moved, and how far they can go, in samples of the medium."""

    clip: Clip
    note: SungNote
    first: int
    last: int


class Noting(QObject):
    """Keeps which notes are in hand and whether the next drag draws one. UI thread only."""

    changed = Signal()

    def __init__(self, document: Document, jobs: Jobs, settings: SettingsFile, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document, self._jobs, self._settings = document, jobs, settings
        self._in_hand: tuple[InHand, ...] = ()
        self._told: tuple[InHand, ...] = ()
        self._checked = document.project
        self._draws = False
        document.changed.connect(self._keep_to)

    # What is in hand

    @property
    def in_hand(self) -> tuple[InHand, ...]:
        """The notes that were chosen and that the project has, the one clicked last at the end."""
        project = self._document.project
        if project is not self._checked:  # whoever hears of an edit before this does must find no note that is gone
            self._checked, self._in_hand = project, _still_there(self._in_hand, project)
        return self._in_hand

    @property
    def draws(self) -> bool:
        """Whether a drag in the pitch lane draws a note."""
        return self._draws

    def pick(self, *notes: InHand) -> None:
        """Take these notes in hand, and no others."""
        if notes != self._told:
            self._in_hand, self._told, self._checked = notes, notes, self._document.project
            self.changed.emit()

    def set_draws(self, on: bool) -> None:
        """Let a drag in the pitch lane draw a note, or not."""
        if on != self._draws:
            self._draws = on
            self.changed.emit()

    def place(self, one: InHand) -> tuple[int, int]:
        """From where to where a note in hand lasts, in timeline samples."""
        clip, note = self._found(one)
        shift = clip.start - clip.source_start
        return note.start + shift, note.stop + shift

    # What is done

    def find(self, clips: Sequence[Clip]) -> None:
        """Look for the notes of the media of some clips, along the melody where it is known."""
        for media in dict.fromkeys(clip.media for clip in clips):
            self._find(self._document.project, next(clip for clip in clips if clip.media == media))

    def draw(self, clip: Clip, start: int, stop: int, midi: float | None) -> bool:
        """Put a note of that pitch (None: of what is sung) from a timeline sample to another; False where it is short.

        What lies outside of the clip is left out.
        """
        start, stop = max(start, clip.start), min(stop, clip.end)
        if stop - start < self._shortest:
            return False
        shift = clip.source_start - clip.start
        self._do(DrawNote(clip.media, SungNote(start=start + shift, stop=stop + shift, midi=midi)))
        self.pick(InHand(clip.id, start + shift))
        return True

    def split(self, at: int) -> bool:
        """Cut the note in hand at a timeline sample, or in its middle where that lies outside; False without one."""
        if len(self.in_hand) != 1:
            return False
        (one,) = self.in_hand
        clip, note = self._found(one)
        cut = at + clip.source_start - clip.start
        if not note.start + self._shortest <= cut <= note.stop - self._shortest:
            cut = (note.start + note.stop) // 2
        self._do(SplitNote(clip.media, note.start, cut))
        self.pick(InHand(one.clip, cut))
        return True

    def join(self) -> None:
        """Make one note of those in hand; of a single one, with the note after it."""
        clip, note = self._found(self.in_hand[-1])
        starts = [one.start for one in self.in_hand if one.clip == clip.id]
        if len(starts) == 1:
            starts.append(self._next(clip, note).start)
        self._do(JoinNotes(clip.media, tuple(sorted(starts))))
        self.pick(InHand(clip.id, min(starts)))

    def why_not_join(self) -> str:
        """Why there is nothing to join; "" where there is."""
        if not self.in_hand:
            return "Click a note in the pitch lane first"
        clip, note = self._found(self.in_hand[-1])
        several = len([one for one in self.in_hand if one.clip == clip.id]) > 1
        return "" if several or self._next(clip, note) != note else "No note follows this one"

    def grab(self, one: InHand) -> Grip:
        """A note whose ends are about to be moved."""
        clip, note = self._found(one)
        sheet = self._document.project.sheet_of(clip.media)
        assert sheet is not None
        return Grip(clip, note, *sheet.room(note, self._document.project.medium(clip.media).length))

    def trim(self, grip: Grip, start: int | None, stop: int | None) -> None:
        """Move an end of a note to a timeline sample; None leaves it. A drag goes on until `Document.end_gesture`."""
        clip, note, first, last = grip
        shift = clip.source_start - clip.start
        new_start = note.start if start is None else min(max(start + shift, first), note.stop - self._shortest)
        new_stop = note.stop if stop is None else max(min(stop + shift, last), note.start + self._shortest)
        self._document.do(TrimNote(clip.media, note.start, new_start, new_stop))
        self.pick(InHand(clip.id, new_start))

    def move(self, semitones: float) -> None:
        """Move what is in hand by so many semitones, from the pitch that it was given or is sung at."""
        self._pitch(lambda midi: midi + semitones)

    def snap(self) -> None:
        """Put what is in hand onto the nearest notes of the chosen scale, in the project's tuning."""
        chosen = self._settings.value.pitch
        self._pitch(lambda midi: nearest(midi, chosen.snap_key, chosen.snap_scale))

    def follow(self) -> None:
        """Let what is in hand have the pitch that is sung there."""
        self._pitch(lambda _midi: None)

    def delete(self) -> None:
        """Take what is in hand away."""
        edits = [DeleteNotes(clip.media, starts) for clip, starts in self._by_clip()]
        self.pick()
        self._do(*edits)

    def sung_midi(self, clip: Clip, note: SungNote, read: Callable[[Pitch], PitchCurve | None] | None = None) -> float:
        """The mean of what is sung in a note, as a note number; NaN where nobody sings. `read` opens curves."""
        project, found = self._document.project, []
        for piece in project.melody_of(clip.media):
            if piece.start < note.stop and note.start < piece.stop:
                curve = read_curve(self._document.folder, piece.pitch) if read is None else read(piece.pitch)
                begin, end = max(note.start, piece.start), min(note.stop, piece.stop)
                start_s, stop_s = ((at - piece.pitch.start) / project.rate_hz for at in (begin, end))
                if curve is not None:
                    found.append(curve.between(start_s, stop_s).midi(project.a4_hz))
        sung = np.concatenate(found) if found else np.zeros(0)
        sung = sung[~np.isnan(sung)]
        return float(sung.mean()) if len(sung) else math.nan

    def _pitch(self, wanted: Callable[[float], float | None]) -> None:
        edits = []
        for clip, starts in self._by_clip():
            pitches = []
            for start in starts:
                note = self._found(InHand(clip.id, start))[1]
                midi = note.midi if note.midi is not None else self.sung_midi(clip, note)
                if math.isnan(midi):  # nobody sings there, so there is nothing to begin from
                    continue
                meant = wanted(midi)
                if meant is None or 0 <= meant <= 127:
                    pitches.append((start, meant))
            edits.append(PitchNotes(clip.media, tuple(pitches)))
        self._do(*(edit for edit in edits if edit.pitches))

    def _do(self, *edits: Edit) -> None:
        self._document.end_gesture()
        if len(edits) == 1:
            self._document.do(edits[0])
        elif edits:
            self._document.do(Several(edits[0].label, tuple(edits)))

    def _find(self, project: Project, clip: Clip) -> None:
        media, folder, pitch = project.medium(clip.media), self._document.folder, self._settings.value.pitch

        def make(job: JobId) -> Job:
            return MeasureNotes(
                job=job,
                media=media,
                project_dir=str(folder),
                low_hz=pitch.low_hz,
                high_hz=pitch.high_hz,
                melody=self._document.project.melody_of(media.id),
            )

        def then(result: Result) -> None:
            assert isinstance(result, NotesMeasured)
            if folder != self._document.folder:
                return
            found = []
            for note in read_notes(folder, result):
                start, stop = (round(at_s * media.rate_hz) for at_s in (note.start_s, note.end_s))
                found.append(SungNote(start=start, stop=min(stop, media.length)))
            self._do(FindNotes(media.id, tuple(found)))

        self._jobs.start(make, f"Finding the notes of {clip.name or media.name}", then)

    @property
    def _shortest(self) -> int:
        return round(SHORTEST_S * self._document.project.rate_hz)

    def _found(self, one: InHand) -> tuple[Clip, SungNote]:
        project = self._document.project
        clip = project.clip(one.clip)
        sheet = project.sheet_of(clip.media)
        if sheet is None:
            raise KeyError(f"notes of {clip.media}")
        return clip, sheet.note(one.start)

    def _next(self, clip: Clip, note: SungNote) -> SungNote:
        """The note after another; that one itself where it is the last."""
        sheet = self._document.project.sheet_of(clip.media)
        after = [other for other in (sheet.notes if sheet is not None else ()) if other.start > note.start]
        return after[0] if after else note

    def _by_clip(self) -> Iterable[tuple[Clip, tuple[int, ...]]]:
        """What is in hand, medium by medium: a note that two clips show is one note."""
        chosen: dict[str, tuple[Clip, list[int]]] = {}
        for one in self.in_hand:
            clip = self._document.project.clip(one.clip)
            starts = chosen.setdefault(clip.media, (clip, []))[1]
            if one.start not in starts:
                starts.append(one.start)
        return [(clip, tuple(sorted(starts))) for clip, starts in chosen.values()]

    def _keep_to(self, _project: Project) -> None:
        """Let go of notes that the project has no more."""
        self.pick(*self.in_hand)


def _still_there(notes: Sequence[InHand], project: Project) -> tuple[InHand, ...]:
    clips = {clip.id: clip for clip in project.clips}
    there = {sheet.media: {note.start for note in sheet.notes} for sheet in project.sheets}
    return tuple(one for one in notes if one.clip in clips and one.start in there.get(clips[one.clip].media, ()))
