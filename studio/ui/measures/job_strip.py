"""One job at the foot of a dialog: how far it is, a way to stop it, and what went wrong with it."""

from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QVBoxLayout, QWidget

from studio.protocol.common import JobId
from studio.session.jobs import Jobs
from studio.ui.controls import Button, Elided
from studio.ui.messages import ExplanationView
from studio.ui.theme import Theme
from studio.ui.words import job_line

_STEPS: Final = 1000


class JobStrip(QWidget):
    """Follows one job after another; empty while there is none. `changed` says that its height may be another."""

    changed = Signal()

    def __init__(self, jobs: Jobs, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._jobs, self._theme = jobs, theme
        self._job: JobId | None = None
        self._failure: ExplanationView | None = None
        self._line = Elided("", theme, tone="secondary")
        self._bar = QProgressBar(self)
        self._bar.setRange(0, _STEPS)
        self._bar.setTextVisible(False)
        self._bar.setAccessibleName("Progress")
        self._stop = Button("Stop", self)
        self._stop.clicked.connect(self._cancel)
        top = QHBoxLayout()
        top.setSpacing(8)
        top.addWidget(self._line, 1)
        top.addWidget(self._stop)
        self._rows = QVBoxLayout(self)
        self._rows.setContentsMargins(0, 0, 0, 0)
        self._rows.setSpacing(8)
        self._rows.addLayout(top)
        self._rows.addWidget(self._bar)
        jobs.changed.connect(self._show)
        self._show()

    @property
    def running(self) -> bool:
        """Whether the job is not over yet."""
        row = self._jobs.row(self._job) if self._job is not None else None
        return row is not None and not row.is_over

    @property
    def failure(self) -> str:
        """What went wrong, "" while nothing did."""
        return self._failure.why.sentence if self._failure is not None else ""

    def follow(self, job: JobId) -> None:
        """Show another job from now on."""
        self.clear()
        self._job = job
        self._show()

    def clear(self) -> None:
        """Forget a job that is over."""
        self._job = None
        if self._failure is not None:
            self._failure.hide()
            self._failure.deleteLater()
            self._failure = None
        self._show()

    def set_theme(self, theme: Theme) -> None:
        """Paint in another theme."""
        self._theme = theme

    def _cancel(self) -> None:
        if self._job is not None:
            self._jobs.cancel(self._job)

    def _show(self) -> None:
        row = self._jobs.row(self._job) if self._job is not None else None
        running = self.running
        for widget in (self._line, self._bar, self._stop):
            widget.setVisible(running)
        if row is not None:
            self._line.setText(job_line(row) if running else "")
            self._bar.setValue(round(row.fraction * _STEPS))
            if row.state == "failed" and row.why is not None and self._failure is None:
                self._failure = ExplanationView(row.why, self._theme, self, closable=False)
                self._failure.resized.connect(self.changed)
                self._rows.addWidget(self._failure)
        self.setVisible(running or self._failure is not None)
        self.changed.emit()
