"""A short try before the whole: begin it, see how far it is, hear what came of it."""

from collections.abc import Mapping

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QVBoxLayout, QWidget

from studio.protocol.common import JobId
from studio.session.jobs import Jobs
from studio.session.listening import Listening
from studio.ui.controls import Button, Elided, IconButton
from studio.ui.messages import ExplanationView
from studio.ui.theme import Theme
from studio.ui.words import job_line


class Tryout(QWidget):
    """Idle → running → one button a version to hear, or the failure. `wanted` asks for the job."""

    wanted = Signal()

    def __init__(self, jobs: Jobs, listening: Listening, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._jobs, self._listening, self._theme = jobs, listening, theme
        self._job: JobId | None = None
        self.versions: dict[str, Button] = {}
        self.button = Button("Preview", self)
        self.button.clicked.connect(self.wanted)
        self._line = Elided("", theme, tone="secondary")
        self._bar = QProgressBar(self)
        self._bar.setRange(0, 1000)
        self._bar.setTextVisible(False)
        self._bar.setAccessibleName("Progress of the preview")
        self._end = IconButton("Stop the preview", "close", theme, self)
        self._end.clicked.connect(self._cancel)
        words = QVBoxLayout()
        words.setSpacing(4)
        words.addWidget(self._line)
        words.addWidget(self._bar)
        self._row = QHBoxLayout()
        self._row.setSpacing(4)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.button)
        row.addLayout(self._row)
        row.addLayout(words, 1)
        row.addWidget(self._end)
        self._rows = QVBoxLayout(self)
        self._rows.setContentsMargins(0, 0, 0, 0)
        self._rows.setSpacing(8)
        self._rows.addLayout(row)
        self._failure: ExplanationView | None = None
        jobs.changed.connect(self._show_job)
        listening.changed.connect(self._show_heard)
        self._show_job()

    def set_theme(self, theme: Theme) -> None:
        """Remember it for the next card."""
        self._theme = theme

    @property
    def running(self) -> bool:
        """Whether the try is still being made."""
        row = self._jobs.row(self._job) if self._job is not None else None
        return row is not None and not row.is_over

    def begin(self, job: JobId) -> None:
        """Follow this job."""
        self.clear()
        self._job = job
        self._show_job()

    def show_versions(self, titles: Mapping[str, str]) -> None:
        """Offer what can be heard now, by key and title."""
        self._drop_buttons()
        for key, title in titles.items():
            button = Button(title, self, kind="tab")
            button.setCheckable(True)
            button.setAccessibleName(f"Hear: {title}")
            button.setToolTip(f"Hear: {title}\nAgain: stop")
            button.clicked.connect(lambda _on=False, which=key: self._listening.hear(which))
            self._row.addWidget(button)
            self.versions[key] = button
        self._show_job()
        self._show_heard()

    def clear(self) -> None:
        """Forget the last try."""
        self._listening.stop()
        if self.running:
            self._cancel()
        self._job = None
        self._drop_buttons()
        if self._failure is not None:
            self._failure.hide()
            self._failure.deleteLater()
            self._failure = None
        self._show_job()

    def _drop_buttons(self) -> None:
        for button in self.versions.values():
            self._row.removeWidget(button)
            button.hide()
            button.deleteLater()
        self.versions = {}

    def _cancel(self) -> None:
        if self._job is not None:
            self._jobs.cancel(self._job)

    def _show_job(self) -> None:
        row = self._jobs.row(self._job) if self._job is not None else None
        running = row is not None and not row.is_over
        self._bar.setVisible(running)
        self._end.setVisible(running)
        self.button.setEnabled(not running)
        if row is None:
            self._line.setText("")
            return
        self._bar.setValue(round(row.fraction * 1000))
        if running:
            stage = f"{row.stage}, " if row.stage else ""
            self._line.setText(stage + job_line(row).removeprefix(f"{row.title}, "))
        else:
            self._line.setText(row.warning if row.state == "done" else "Stopped" if row.state == "stopped" else "")
        if row.state == "failed" and row.why is not None and self._failure is None:
            self._failure = ExplanationView(row.why, self._theme, self, closable=False)
            self._rows.addWidget(self._failure)

    def _show_heard(self) -> None:
        for key, button in self.versions.items():
            button.setChecked(key == self._listening.heard)
