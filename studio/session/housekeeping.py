"""Old work that nobody went on with is removed a while after the start, off the UI thread, as the settings say."""

import logging
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Final

import psutil
from PySide6.QtCore import QObject

from studio.media import leftovers, readings
from studio.session import batch_list
from studio.session.background import Background, Report
from studio.session.document import Document
from studio.session.jobs import Jobs
from studio.session.settings_file import SettingsFile

_DAY_S: Final = 24 * 3600.0
_GB: Final = 1e9
_OWNER: Final = "owner"  # in a folder of the command line, the process that has it

_log = logging.getLogger(__name__)


class Housekeeping(QObject):
    """Sweeps the cache once a run, and each project's folder when it is opened and nothing is being done in it."""

    def __init__(
        self,
        document: Document,
        jobs: Jobs,
        settings: SettingsFile,
        background: Background,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._document, self._jobs, self._settings, self._background = document, jobs, settings, background

    def begin(self) -> None:
        """Sweep the cache, what was read aloud, and the open project, and from now on every project that is opened."""
        settings = self._settings.value
        video_gb = settings.video.room_gb if settings.video.prepare else 0.0
        self._sweep(leftovers.places_in_cache, settings.separation.keep_gb)
        self._sweep(leftovers.places_of_videos, video_gb)
        self._background.do(lambda _report: readings.sweep(), _log_takes)
        self._document.folder_changed.connect(self._project_opened)
        self._project_opened()

    def _project_opened(self) -> None:
        if self._document.is_open and self._document.read_only is None and not self._jobs.busy:
            places = partial(leftovers.places_in_project, self._document.folder)
            self._sweep(places, self._settings.value.separation.keep_gb)

    def _sweep(self, places: Callable[[], tuple[Path, ...]], most_gb: float) -> None:
        keep_s, most_bytes = self._settings.value.separation.keep_days * _DAY_S, most_gb * _GB

        def work(report: Report) -> tuple[Path, ...]:
            return leftovers.sweep(places(), keep_s, most_bytes, in_use=is_in_use, report=report)

        self._background.do(work, lambda gone: _log.info("removed %d old work folders", len(gone)) if gone else None)


def _log_takes(count: int) -> None:
    if count:
        _log.info("removed %d sentences that nobody wanted", count)


def is_in_use(path: Path) -> bool:
    """Whether a process that lives works in a folder of the cache, or may come back to it in this run."""
    if batch_list.is_in_use(path):
        return True
    try:
        owner = int((path / _OWNER).read_text())
    except (OSError, ValueError):
        return False
    return bool(psutil.pid_exists(owner))
