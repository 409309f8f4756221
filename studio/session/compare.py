"""Source against result on one key: an earlier state of the project and the present one, equally loud."""

import tempfile
from pathlib import Path
from typing import Final

from msgspec import Struct
from msgspec.structs import replace
from PySide6.QtCore import QObject, Signal

from studio.model.edits import AddMedia, Edit, Several
from studio.model.history import History
from studio.model.project import Media, Project
from studio.protocol.common import JobId
from studio.protocol.jobs import Exported, ExportSpec
from studio.protocol.messages import Result
from studio.session.document import Document
from studio.session.importing import Importing
from studio.session.jobs import JobRow, Jobs
from studio.session.selection import Selection
from studio.session.transport import Transport

_LONGEST_S: Final = 60
"""No more than this is measured; loudness that is heard side by side is that of a passage, not of an hour."""
_MOST_DB: Final = 24.0


class Passage(Struct, frozen=True):
    """The half-open stretch of the timeline whose loudness is matched."""

    start: int
    stop: int


class Compare(QObject):
    """Lets the ear switch between `source` (an earlier history position) and `result` (now) while it plays.

    Idle → measuring → listening, with `on_source` true or false; any edit leads back to idle. Both versions are
    rendered once by the compute worker to learn their loudness; the louder one is turned down, never the
    quieter one up, so nothing can clip that did not clip before.
    """

    changed = Signal()

    def __init__(
        self,
        document: Document,
        selection: Selection,
        transport: Transport,
        jobs: Jobs,
        importing: Importing,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._document = document
        self._selection = selection
        self._transport = transport
        self._jobs = jobs
        self._importing = importing
        self._position: int | None = None
        self._on_source = False
        self._source: Project | None = None
        self._loudness: dict[str, float | None] = {}
        self._waiting: dict[JobId, str] = {}
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        document.changed.connect(self._project_changed)
        jobs.failed.connect(self._job_failed)
        jobs.changed.connect(self._jobs_changed)

    @property
    def comparing(self) -> bool:
        """Whether one of the two versions is heard, equally loud, instead of the project as it is."""
        return self._source is not None and not self.measuring

    @property
    def was_measured(self) -> bool:
        """Whether both loudnesses are known; silence and what is shorter than a moment has none."""
        return None not in (self._loudness.get("source"), self._loudness.get("result"))

    @property
    def on_source(self) -> bool:
        """Whether the source is being heard instead of the result."""
        return self._on_source

    @property
    def measuring(self) -> bool:
        """Whether the two versions are being rendered for their loudness."""
        return bool(self._waiting)

    @property
    def position(self) -> int:
        """The history position that is the source: the one chosen, or that after the newest sound came in."""
        return source_position(self._document.history) if self._position is None else self._position

    @property
    def offset_db(self) -> float:
        """What is added to the version that is heard now, 0 or less."""
        return matched(self._loudness.get("source"), self._loudness.get("result"))[0 if self._on_source else 1]

    def choose(self, position: int | None) -> None:
        """Compare with this history position from now on; None lets the studio choose."""
        self._position = position
        self._reset()

    def why_not(self) -> str:
        """Why there is nothing to compare; "" when there is."""
        if self.measuring:
            return "The loudness is being measured"
        if self._document.history.position <= self.position:
            return "Nothing was changed since the sound came in"
        return ""

    def toggle(self) -> None:
        """Switch to the other version, after measuring both when that was not done since the last edit."""
        if self.why_not():
            return
        if self._source is None:
            self._measure()
        else:
            self._listen(not self._on_source)

    def stop(self) -> None:
        """Hear the project again, as loud as it is."""
        self._reset()

    def _measure(self) -> None:
        now = self._document.project
        before = project_at(self._document.history, self.position)
        passage = self._passage(now)
        self._folder = tempfile.TemporaryDirectory(prefix="melisma-compare-")
        self._source = before
        for version, project in (("source", before), ("result", now)):
            if passage.start >= project.length:
                self._loudness[version] = None
                continue
            spec = ExportSpec(
                container="wav", sample_format="float32", start=passage.start, stop=min(passage.stop, project.length)
            )
            path = Path(self._folder.name) / f"{version}.wav"
            job = self._importing.export(path, spec, self._measured, project=project, title="Measuring loudness")
            self._waiting[job] = version
        if not self._waiting:
            self._listen(True)
        self.changed.emit()

    def _measured(self, result: Result) -> None:
        assert isinstance(result, Exported)
        version = self._waiting.pop(result.job, None)
        if version is None:  # the project was changed while this was rendered
            return
        self._loudness[version] = result.files[0].loudness.integrated_lufs if result.files else None
        if not self._waiting:
            self._remove_files()
            self._listen(True)

    def _listen(self, to_source: bool) -> None:
        self._on_source = to_source
        version = self._source if to_source else self._document.project
        assert version is not None
        offset_db = self.offset_db
        self._transport.audition(version if offset_db == 0.0 and not to_source else turned(version, offset_db))
        self.changed.emit()

    def _passage(self, project: Project) -> Passage:
        longest = _LONGEST_S * project.rate_hz
        if self._selection.is_range:
            start, stop = self._selection.start, self._selection.stop
        else:
            start = max(0, int(self._transport.position()) - longest // 2)
            stop = start + longest
        start = min(start, max(0, project.length - 1))
        return Passage(start, max(start + 1, min(stop, start + longest, max(project.length, start + 1))))

    def _job_failed(self, row: JobRow) -> None:
        if row.id in self._waiting:
            self._reset()

    def _jobs_changed(self) -> None:
        """Forget about it when the person has called the measuring off."""
        rows = (self._jobs.row(job) for job in tuple(self._waiting))
        if any(row is not None and row.state == "stopped" for row in rows):
            self._reset()

    def _project_changed(self, _project: Project) -> None:
        if self._position is not None and self._position > len(self._document.history.steps):
            self._position = None
        self._reset()

    def _reset(self) -> None:
        was_idle, was_comparing = self._source is None, self.comparing
        waiting, self._waiting = self._waiting, {}
        for job in waiting:
            self._jobs.cancel(job)
        self._source = None
        self._loudness = {}
        self._on_source = False
        if was_comparing:
            self._transport.audition(None)
        self._remove_files()
        if not was_idle:
            self.changed.emit()

    def _remove_files(self) -> None:
        folder, self._folder = self._folder, None
        if folder is not None:
            folder.cleanup()


def project_at(history: History, position: int) -> Project:
    """The project after so many steps."""
    return history.go_to(position).project


def source_position(history: History) -> int:
    """The position right after the newest step in force that brought sound in; 0 when none did.

    Sound that an engine made of sound that was there, as stems or a cleaned clip, is compared with the state before.
    """
    for index in range(history.position - 1, -1, -1):
        brought = _brought(history.steps[index].edit)
        if brought:
            made = all(media.lineage is not None and media.lineage.made_from for media in brought)
            return index if made else index + 1
    return 0


def matched(source_lufs: float | None, result_lufs: float | None) -> tuple[float, float]:
    """What to add to source and result, in dB, so that both are as loud as the quieter one."""
    if source_lufs is None or result_lufs is None:
        return 0.0, 0.0
    quieter = min(source_lufs, result_lufs)
    return max(quieter - source_lufs, -_MOST_DB), max(quieter - result_lufs, -_MOST_DB)


def turned(project: Project, by_db: float) -> Project:
    """The project with every track louder by so much."""
    return replace(project, tracks=tuple(replace(track, gain_db=track.gain_db + by_db) for track in project.tracks))


def _brought(edit: Edit) -> tuple[Media, ...]:
    if isinstance(edit, Several):
        return tuple(media for part in edit.edits for media in _brought(part))
    return (edit.media,) if isinstance(edit, AddMedia) else ()
