"""What the session has to tell, and where it appears: troubles as banners while they last, results in passing."""

from pathlib import Path
from typing import Final

from msgspec.structs import replace
from PySide6.QtCore import QObject

from studio.commands.help import report
from studio.errors import Explanation
from studio.model.project import Project, TrackId
from studio.protocol.jobs import Exported, MediaImported
from studio.protocol.live import Trouble
from studio.protocol.messages import Result
from studio.session import opening, stems
from studio.session.desk import Desk
from studio.session.jobs import JobRow
from studio.ui.dialogs import Dialogs
from studio.ui.messages import Banners, Weight
from studio.ui.toasts import Toasts

_SERIOUS: Final = frozenset({"device_lost", "server_lost", "disk_full", "stalled", "feedback"})
_AUDIO: Final = "audio "
_MISSING_DEVICE: Final = f"{_AUDIO}device.missing"
_ABOUT_DEVICES: Final = frozenset({"device_lost", "server_lost", "rerouted", "silent"})
_ABOUT_HEARING: Final = frozenset({"feedback", "late_monitor"})


class News(QObject):
    """Listens to the session; every sentence that appears by itself comes through here."""

    def __init__(self, desk: Desk, banners: Banners, toasts: Toasts, dialogs: Dialogs, parent: QObject) -> None:
        super().__init__(parent)
        self._desk, self._banners, self._toasts, self._dialogs = desk, banners, toasts, dialogs
        desk.transport.trouble.connect(self._trouble)
        desk.transport.notice.connect(self._audio_notice)
        desk.transport.state_changed.connect(self._audio_works)
        desk.settings.changed.connect(self._devices_chosen)
        desk.takes.notice.connect(self._notice)
        desk.document.trouble.connect(self._document_trouble)
        desk.document.saved.connect(self._saved)
        desk.separating.landed.connect(self._stems_landed)
        desk.jobs.failed.connect(self._job_failed)
        desk.jobs.finished.connect(self._job_finished)
        desk.jobs.changed.connect(self._jobs_changed)
        self._failed: set[int] = set()

    def _trouble(self, trouble: Trouble) -> None:
        key = f"trouble {trouble.kind}"
        if trouble.over:
            self._banners.take(key)
            return
        weight: Weight = "error" if trouble.kind in _SERIOUS else "warning"
        action, run = "", None
        if trouble.kind in _ABOUT_DEVICES:
            action, run = "Choose devices", lambda: self._desk.asks.preferences("recording")
        elif trouble.kind in _ABOUT_HEARING:
            action, run = "Stop hearing yourself", lambda: self._desk.settings.change("recording", monitor=False)
        elif trouble.kind == "media_missing":
            action, run = "Find missing sound", lambda: opening.find_missing(self._desk)
        self._banners.put(key, trouble.why, weight=weight, action=action, run=run, report=self._report)

    def _audio_notice(self, why: Explanation) -> None:
        self._notice(why, _AUDIO)

    def _audio_works(self) -> None:
        """Take away what said that nothing can be played, or recorded, once it can."""
        state = self._desk.transport.state
        if state is None or not (state.playing or state.recording):
            return
        for key in self._banners.keys:
            works = state.recording if key.endswith(".input") else state.playing
            if key.startswith(_AUDIO) and works and key != _MISSING_DEVICE:
                self._banners.take(key)

    def _devices_chosen(self, _settings: object) -> None:
        """Another device may have been chosen; if it is missing too, that is said again."""
        self._banners.take(_MISSING_DEVICE)

    def _notice(self, why: Explanation, about: str = "notice ") -> None:
        if why.detail:
            self._banners.put(f"{about}{why.code}", why, weight="warning", report=self._report)
        else:
            self._toasts.say(why.sentence)

    def _document_trouble(self, why: Explanation) -> None:
        self._banners.put(f"document {why.code}", why, weight="error", report=self._report)

    def _saved(self, _position: int) -> None:
        if self._desk.document.not_saved is None:
            for key in self._banners.keys:
                if key.startswith("document save"):
                    self._banners.take(key)

    def _job_failed(self, row: JobRow) -> None:
        why = row.why
        if why is None or self._desk.jobs.row(row.id) is None:  # whoever asked for it tells of it in its own place
            return
        self._failed.add(row.id)
        jobs = self._desk.jobs
        self._banners.put(
            f"job {row.id}",
            self._as_known(why),
            weight="error",
            action="Go on" if row.has_kept else "Try again",
            run=lambda: jobs.retry(row.id),
            report=self._report,
        )

    def _as_known(self, why: Explanation) -> Explanation:
        """The files in a project's folder have names that nobody chose; the person knows the names of the sounds."""
        title = why.title
        for medium in self._desk.document.project.media:
            title = title.replace(Path(medium.file).name, f"“{medium.name}”")
        return replace(why, title=title)

    def _jobs_changed(self) -> None:
        """Take the banner of a failed job away once it was tried again or taken off the list."""
        jobs = self._desk.jobs
        for job in tuple(self._failed):
            row = next((row for row in jobs.rows if row.id == job), None)
            if row is None or row.state != "failed":
                self._failed.discard(job)
                self._banners.take(f"job {job}")

    def _job_finished(self, row: JobRow, result: Result) -> None:
        asks = self._desk.asks
        if isinstance(result, MediaImported) and result.warning:
            why = Explanation(
                code="import.warning",
                title=f"{result.media.name} was imported in part.",
                cause=result.warning,
                remedy="What could be read is in the project.",
            )
            self._banners.put(f"import {result.media.id}", why, weight="warning")
        elif isinstance(result, MediaImported) and result.note:
            self._toasts.say(f"{result.media.name}: {result.note[:1].lower()}{result.note[1:]}")
        elif isinstance(result, Exported) and result.files and row.title.startswith("Exporting"):
            if self._dialogs.export_is_open:
                return
            path, count = Path(result.files[0].path), len(result.files)
            what = f"Exported {path.name}" if count == 1 else f"Exported {count} files"
            asks.toast(what, "Show in folder", lambda: asks.reveal(path))

    def _stems_landed(self, tracks: tuple[TrackId, ...]) -> None:
        """Say that new tracks are there, and show them when asked; what is selected stays as it is until then."""
        project, selection = self._desk.document.project, self._desk.selection

        def show() -> None:
            now = self._desk.document.project
            clips = [clip.id for track in now.tracks if track.id in tracks[:1] for clip in track.clips]
            selection.set_clips(clips, now)
            self._desk.view.show_tracks(tracks)

        if len(tracks) > 1:
            said = f"{len(tracks)} stems lie below {_source_of(project, tracks[0])}"
            self._toasts.say(said, "Show them", show)

    def _report(self) -> str:
        return report(self._desk)


def _source_of(project: Project, track: TrackId) -> str:
    group = stems.group_of(project, track)
    media = next((one for one in project.media if group is not None and one.id == group.source), None)
    return media.name if media is not None else "their source"
