"""Jobs: the newest one as a line in the transport, all of them in a popover above it."""

from PySide6.QtCore import QEvent, QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QProgressBar, QVBoxLayout, QWidget

from studio.protocol.common import JobId
from studio.session.jobs import JobRow, Jobs
from studio.ui.controls import Button, Elided, IconButton, Text, caption, keeps_escape, scrolled, surface
from studio.ui.messages import ExplanationView
from studio.ui.theme import Theme, wear
from studio.ui.words import job_line

_WIDTH_PX = 400
_HIGHEST_PX = 420


class JobLine(QWidget):
    """The job that runs now, or waits first: what, how far, how long still, and the button that calls it off."""

    opened = Signal()

    def __init__(self, jobs: Jobs, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._jobs = jobs
        self._line = Elided("", theme)
        self._line.setFont(theme.font(figures=True))
        self._line.setAlignment(Qt.AlignmentFlag.AlignRight)
        self._bar = QProgressBar(self)
        self._bar.setRange(0, 1000)
        self._bar.setTextVisible(False)
        self._bar.setAccessibleName("Progress of the job")
        self._stop = IconButton("Stop the job", "close", theme, self)
        self._stop.clicked.connect(self._cancel)
        words = QVBoxLayout()
        words.setSpacing(4)
        words.addStretch(1)
        words.addWidget(self._line)
        words.addWidget(self._bar)
        words.addStretch(1)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        row.addLayout(words, 1)
        row.addWidget(self._stop)
        jobs.changed.connect(self._show)
        self._show()

    def set_theme(self, theme: Theme) -> None:
        """The digits keep their width."""
        self._line.setFont(theme.font(figures=True))

    @property
    def row(self) -> JobRow | None:
        """The job it shows."""
        rows = [row for row in self._jobs.rows if not row.is_over]
        return next((row for row in rows if row.state == "running"), rows[0] if rows else None)

    def _show(self) -> None:
        row = self.row
        self.setVisible(row is not None)
        if row is None:
            return
        waiting = sum(other.state == "waiting" for other in self._jobs.rows) - (row.state == "waiting")
        self._line.setText(job_line(row) + (f"  (+{waiting})" if waiting else ""))
        self._bar.setValue(round(row.fraction * 1000))
        self._stop.name(f"Stop {row.title[:1].lower()}{row.title[1:]}")

    def _cancel(self) -> None:
        row = self.row
        if row is not None:
            self._jobs.cancel(row.id)


class JobCard(QWidget):
    """One job of the list, with what can be done about it."""

    def __init__(self, jobs: Jobs, row: JobRow, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._jobs, self._id, self._state = jobs, row.id, row.state
        self._title = Elided(row.title, theme)
        self._note = Text("", theme, size="label", tone="secondary", figures=True)
        self._bar = QProgressBar(self)
        self._bar.setRange(0, 1000)
        self._bar.setTextVisible(False)
        self._bar.setAccessibleName(f"Progress of {row.title}")
        words = QVBoxLayout()
        words.setSpacing(4)
        words.addWidget(self._title)
        words.addWidget(self._bar)
        words.addWidget(self._note)
        top = QHBoxLayout()
        top.setSpacing(4)
        top.addLayout(words, 1)
        if row.state in ("failed", "stopped"):
            verb = "Go on" if row.has_kept else "Try again"
            again = IconButton(f"{verb}: {row.title}", "retry", theme, self)
            again.clicked.connect(lambda: jobs.retry(self._id))
            top.addWidget(again, 0, Qt.AlignmentFlag.AlignTop)
        verb = "Take off the list" if row.is_over else "Stop"
        end = IconButton(f"{verb}: {row.title}", "close", theme, self)
        end.clicked.connect(self._end)
        top.addWidget(end, 0, Qt.AlignmentFlag.AlignTop)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(12, 8, 4, 8)
        rows.setSpacing(8)
        rows.addLayout(top)
        if row.why is not None:
            rows.addWidget(ExplanationView(row.why, theme, self, closable=False))
        self.refresh(row)

    @property
    def state(self) -> str:
        """The state for which it was built."""
        return self._state

    def refresh(self, row: JobRow) -> None:
        """Show how far the job is now."""
        self._bar.setVisible(row.state == "running")
        self._bar.setValue(round(row.fraction * 1000))
        line = job_line(row).removeprefix(f"{row.title}, ")
        stage = f"{row.stage}, " if row.stage else ""
        self._note.setText(f"{stage}{line}" if row.state == "running" else line[:1].upper() + line[1:])
        if row.warning:
            self._note.setText(row.warning)
            self._note.setWordWrap(True)
            self._note.set_tone("warning")
        elif row.state == "failed":
            self._note.set_tone("error")

    def _end(self) -> None:
        row = self._jobs.row(self._id)
        if row is not None and row.is_over:
            self._jobs.dismiss(self._id)
        else:
            self._jobs.cancel(self._id)


class JobsPopover(QFrame):
    """Everything that runs, waits, or is over, newest first. Escape closes it."""

    def __init__(self, jobs: Jobs, theme: Theme, window: QWidget) -> None:
        super().__init__(window)
        surface(self, "popover")
        self.setAccessibleName("Jobs")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._jobs, self._theme, self._window = jobs, theme, window
        self._cards: dict[JobId, JobCard] = {}
        self._empty = Text("Nothing is running. Imports, pitch and exports appear here.", theme, tone="secondary")
        self._empty.setWordWrap(True)
        self._empty.setContentsMargins(12, 4, 12, 12)
        clear = Button("Clear the list", kind="quiet")
        clear.clicked.connect(self._clear)
        self._clear_button = clear
        head = QHBoxLayout()
        head.setContentsMargins(12, 8, 8, 0)
        head.addWidget(caption("Jobs", theme), 1)
        head.addWidget(clear)
        inner = self._inner = QWidget(self)
        self._list = QVBoxLayout(inner)
        self._list.setContentsMargins(0, 0, 0, 4)
        self._list.setSpacing(0)
        self._list.addStretch(1)
        self._scroll = scrolled(inner, self)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(1, 1, 1, 1)
        rows.setSpacing(0)
        rows.addLayout(head)
        rows.addWidget(self._empty)
        rows.addWidget(self._scroll, 1)
        self.hide()
        jobs.changed.connect(self._refresh)

    def set_theme(self, theme: Theme) -> None:
        """Remember it for the next card."""
        self._theme = theme

    def open_above(self, anchor: QWidget) -> None:
        """Show it over a button, its right edge at the button's."""
        self._anchor = anchor
        self._refresh(force=True)
        self.show()
        self._place()
        self.raise_()
        self.setFocus(Qt.FocusReason.PopupFocusReason)

    def event(self, event: QEvent) -> bool:
        return keeps_escape(event) or super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.hide()
            self._anchor.setFocus(Qt.FocusReason.PopupFocusReason)
        else:
            super().keyPressEvent(event)

    def _refresh(self, force: bool = False) -> None:
        if not (self.isVisible() or force):
            return
        rows = {row.id: row for row in self._jobs.rows}
        for old in [job for job, card in self._cards.items() if job not in rows or rows[job].state != card.state]:
            card = self._cards.pop(old)
            self._list.removeWidget(card)
            card.hide()
            card.deleteLater()
        for place, row in enumerate(reversed(rows.values())):
            if row.id not in self._cards:
                card = self._cards[row.id] = JobCard(self._jobs, row, self._theme, self)
                self._list.insertWidget(place, card)
                wear(self._theme, card)
            self._cards[row.id].refresh(row)
        self._empty.setVisible(not rows)
        self._scroll.setVisible(bool(rows))
        self._clear_button.setVisible(any(row.is_over for row in rows.values()))
        if self.isVisible():
            self._place()

    def _place(self) -> None:
        wanted = 52 + (self._inner.sizeHint().height() if self._cards else 32)
        corner = self._anchor.mapTo(self._window, QPoint(self._anchor.width(), 0))
        height = min(wanted, _HIGHEST_PX, max(120, corner.y() - 60))
        left = max(8, min(corner.x() - _WIDTH_PX, self._window.width() - _WIDTH_PX - 8))
        self.setGeometry(left, corner.y() - height - 8, _WIDTH_PX, height)

    def _clear(self) -> None:
        for row in self._jobs.rows:
            self._jobs.dismiss(row.id)
