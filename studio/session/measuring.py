"""The notes of a recording with their vibrato: asked of the compute worker once, kept while the project is open."""

from functools import partial
from pathlib import Path
from typing import NamedTuple

import msgspec
from PySide6.QtCore import QObject, Signal

from studio.errors import StudioError
from studio.model.notes import Note
from studio.model.project import Media, MediaId, MelodyPiece
from studio.model.sheet import SungNote
from studio.protocol.common import JobId
from studio.protocol.jobs import MeasureNotes, NotesMeasured
from studio.protocol.messages import Job, Result
from studio.session.document import Document
from studio.session.jobs import JobRow, Jobs
from studio.session.settings_file import SettingsFile


class _Written(NamedTuple):
    """What a person wrote that the figures have to follow."""

    melody: tuple[MelodyPiece, ...] = ()
    notes: tuple[SungNote, ...] | None = None
    a4_hz: float = 440.0


_decode = msgspec.json.Decoder(tuple[Note, ...]).decode


class Measuring(QObject):
    """Starts one job for each medium that somebody looks at. UI thread only."""

    changed = Signal(object)  # MediaId: its notes are known now

    def __init__(self, document: Document, jobs: Jobs, settings: SettingsFile, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document, self._jobs, self._settings = document, jobs, settings
        self._known: dict[MediaId, tuple[_Written, tuple[Note, ...]]] = {}
        self._asked: dict[MediaId, tuple[_Written, JobId]] = {}
        document.folder_changed.connect(self._forget)

    def notes(self, media: MediaId) -> tuple[Note, ...] | None:
        """The notes of a medium, in seconds from its beginning; None while they are not known as they are now."""
        found = self._known.get(media)
        return found[1] if found is not None and found[0] == self._written(media) else None

    def row(self, media: MediaId) -> JobRow | None:
        """The job that looks for them, while it is listed."""
        return self._jobs.row(self._asked[media][1]) if media in self._asked else None

    def measure(self, media: Media, name: str = "") -> None:
        """Look for the notes of a medium, or measure those that a person wrote; unless that is done or going on."""
        written, row = self._written(media.id), self.row(media.id)
        asked = row is not None and not row.is_over and self._asked[media.id][0] == written
        if self.notes(media.id) is not None or asked:
            return
        folder, pitch = self._document.folder, self._settings.value.pitch

        def make(job: JobId) -> Job:
            return MeasureNotes(
                job=job,
                media=media,
                project_dir=str(folder),
                low_hz=pitch.low_hz,
                high_hz=pitch.high_hz,
                melody=written.melody,
                notes=written.notes,
                a4_hz=written.a4_hz,
            )

        title = f"Measuring the notes of {name or media.name}"
        job = self._jobs.start(make, title, partial(self._keep, media.id, written, folder))
        self._asked[media.id] = (written, job)

    def _written(self, media: MediaId) -> _Written:
        """What a person wrote of the notes and the melody of a medium; nothing where both are as they were found."""
        project = self._document.project
        sheet, melody = project.sheet_of(media), project.melody_of(media)
        repaired = any("repaired" in piece.pitch.lineage.settings for piece in melody)
        if sheet is None and not repaired:
            return _Written()
        return _Written(melody, None if sheet is None else sheet.notes, project.a4_hz)

    def _keep(self, media: MediaId, written: _Written, folder: Path, result: Result) -> None:
        assert isinstance(result, NotesMeasured)
        if folder != self._document.folder:
            return
        self._known[media] = (written, read_notes(folder, result))
        self.changed.emit(media)

    def _forget(self) -> None:
        self._known.clear()
        self._asked.clear()


def read_notes(folder: Path, result: NotesMeasured) -> tuple[Note, ...]:
    """The notes that a job has found; StudioError where its file cannot be read."""
    try:
        return _decode((folder / result.file).read_bytes())
    except (OSError, msgspec.DecodeError) as error:
        raise StudioError(
            "notes.unreadable",
            "The notes cannot be shown.",
            cause="The file with them cannot be read.",
            remedy="Look for them again.",
        ) from error
