"""The notes of a recording with their vibrato: asked of the compute worker once, kept while the project is open."""

from functools import partial
from pathlib import Path

import msgspec
from PySide6.QtCore import QObject, Signal

from studio.errors import StudioError
from studio.model.notes import Note
from studio.model.project import Media, MediaId
from studio.protocol.common import JobId
from studio.protocol.jobs import MeasureNotes, NotesMeasured
from studio.protocol.messages import Job, Result
from studio.session.document import Document
from studio.session.jobs import JobRow, Jobs
from studio.session.settings_file import SettingsFile

_decode = msgspec.json.Decoder(tuple[Note, ...]).decode


class Measuring(QObject):
    """Starts one job for each medium that somebody looks at. UI thread only."""

    changed = Signal(object)  # MediaId: its notes are known now

    def __init__(self, document: Document, jobs: Jobs, settings: SettingsFile, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document, self._jobs, self._settings = document, jobs, settings
        self._known: dict[MediaId, tuple[Note, ...]] = {}
        self._asked: dict[MediaId, JobId] = {}
        document.folder_changed.connect(self._forget)

    def notes(self, media: MediaId) -> tuple[Note, ...] | None:
        """The notes of a medium, in seconds from its beginning; None while they are not known."""
        return self._known.get(media)

    def row(self, media: MediaId) -> JobRow | None:
        """The job that looks for them, while it is listed."""
        return self._jobs.row(self._asked[media]) if media in self._asked else None

    def measure(self, media: Media, name: str = "") -> None:
        """Look for the notes of a medium, unless they are known or are being looked for."""
        row = self.row(media.id)
        if media.id in self._known or (row is not None and not row.is_over):
            return
        folder, pitch = self._document.folder, self._settings.value.pitch

        def make(job: JobId) -> Job:
            return MeasureNotes(
                job=job, media=media, project_dir=str(folder), low_hz=pitch.low_hz, high_hz=pitch.high_hz
            )

        title = f"Measuring the notes of {name or media.name}"
        self._asked[media.id] = self._jobs.start(make, title, partial(self._keep, media.id, folder))

    def _keep(self, media: MediaId, folder: Path, result: Result) -> None:
        assert isinstance(result, NotesMeasured)
        if folder != self._document.folder:
            return
        try:
            self._known[media] = _decode((folder / result.file).read_bytes())
        except (OSError, msgspec.DecodeError) as error:
            raise StudioError(
                "notes.unreadable",
                "The notes cannot be shown.",
                cause="The file with them cannot be read.",
                remedy="Look for them again.",
            ) from error
        self.changed.emit(media)

    def _forget(self) -> None:
        self._known.clear()
        self._asked.clear()
