"""What an earlier run left behind, as an offer above the work. Nothing is deleted, whatever the answer."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Final

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from studio.errors import StudioError, explain
from studio.media import captures
from studio.protocol.common import JobId
from studio.session import opening
from studio.session.desk import Desk
from studio.session.recovery import Kind, LeftBehind
from studio.ui import words
from studio.ui.controls import Button, Elided, IconButton, Text, keeps_escape, surface
from studio.ui.icons import picture
from studio.ui.theme import Theme

_MOST_ROWS = 4
_VERBS: Final[dict[Kind, str]] = {
    "take": "Keep take",
    "project": "Open project",
    "work": "Go on",
    "files": "Go on",
    "speech": "Go on",
    "capture": "Import its sound",
}
_TITLES: Final[dict[Kind, tuple[str, str]]] = {
    "take": ("An interrupted take was recovered.", "{} interrupted takes were recovered."),
    "project": ("A project without a name was left open.", "{} projects without a name were left open."),
    "work": ("A job on this project was not finished.", "{} jobs on this project were not finished."),
    "capture": (
        "A recording of the screen was interrupted. It plays up to its last second.",
        "{} recordings of the screen were interrupted. They play up to their last second.",
    ),
    "speech": ("Some lines were not spoken to the end.", "Some lines were not spoken to the end."),
    "files": ("Some files are not finished.", "Some files are not finished."),
}


class RecoveryView(QWidget):
    """One row a thing found, with the one thing to do about it; "Later" keeps everything where it is."""

    done = Signal()

    def __init__(self, desk: Desk, found: Sequence[LeftBehind], theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        surface(self, "raised")
        self.setAccessibleName("Recovered work")
        self._icon = QLabel(self)
        self._icon.setFixedSize(20, 20)
        title = Text(_title(found), theme)
        more = Text("Everything is kept until you delete it yourself.", theme, tone="secondary")
        later = IconButton("Later", "close", theme, self)
        later.clicked.connect(self.done)
        head = QHBoxLayout()
        head.setSpacing(12)
        head.addWidget(self._icon)
        head.addWidget(title)
        head.addWidget(more, 1)
        head.addWidget(later)
        self._rows = QVBoxLayout(self)
        self._rows.setContentsMargins(12, 8, 8, 8)
        self._rows.setSpacing(4)
        self._rows.addLayout(head)
        self._waiting = 0
        self._speech: QWidget | None = None
        if any(one.kind == "speech" for one in found):
            desk.speaking.changed.connect(self._speech_changed)
        for one in found[:_MOST_ROWS]:
            self._rows.addWidget(self._row(one, theme))
            self._waiting += 1
        if len(found) > _MOST_ROWS:
            rest = Text(f"and {len(found) - _MOST_ROWS} more under Open recent", theme, tone="secondary")
            rest.setContentsMargins(32, 0, 0, 4)
            self._rows.addWidget(rest)
        self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        """Paint in another theme."""
        self._icon.setPixmap(picture("history", theme, "good"))

    def event(self, event: QEvent) -> bool:
        return keeps_escape(event) or super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.done.emit()
        else:
            super().keyPressEvent(event)

    def _row(self, one: LeftBehind, theme: Theme) -> QWidget:
        row = QWidget(self)
        if one.kind == "speech":
            self._speech = row
        line = QHBoxLayout(row)
        line.setContentsMargins(32, 0, 36, 0)
        line.setSpacing(8)
        line.addWidget(Elided(one.name, theme))
        length = f"{words.length(one.length_s)}, " if one.length_s else ""
        line.addWidget(Text(f"{length}{_when(one.found_at)}", theme, tone="secondary"))
        line.addStretch(1)
        if one.kind in ("take", "project", "capture"):
            show = Button("Show in folder", row, kind="quiet")
            show.clicked.connect(lambda: self._desk.asks.reveal(Path(one.folder)))
            line.addWidget(show)
        act = Button(_VERBS[one.kind], row)
        act.setAccessibleName(f"{_VERBS[one.kind]}: {one.name}")
        act.clicked.connect(lambda: self._take(one, row))
        line.addWidget(act)
        if one.kind == "capture":
            dismiss = Button("Dismiss", row, kind="quiet")
            dismiss.setAccessibleName(f"Dismiss: {one.name}")
            dismiss.clicked.connect(lambda: self._see(one, row))
            line.addWidget(dismiss)
        return row

    def _take(self, one: LeftBehind, row: QWidget) -> None:
        if one.kind == "project":
            self.done.emit()
            opening.open_path(self._desk, Path(one.folder))
            return
        if one.kind == "take":
            self._desk.takes.keep(one.take)
        elif one.kind == "work":
            self._desk.jobs.retry(JobId(one.job))
        elif one.kind == "speech":
            try:
                self._desk.speaking.go_on()
            except StudioError as error:
                self._desk.asks.show(explain(error))
            return  # `_speech_changed` sees it begin
        elif one.kind == "capture":
            self._desk.importing.add([Path(one.folder) / one.name])
            captures.seen(Path(one.take))
        else:
            self._desk.separating.batch.go_on()
            self._desk.asks.separation("batch")
        self._put_away(row)

    def _see(self, one: LeftBehind, row: QWidget) -> None:
        """The person knows of it now; the file stays where it is."""
        captures.seen(Path(one.take))
        self._put_away(row)

    def _speech_changed(self) -> None:
        """There is nothing to go on with once the lines are being spoken, from here or from anywhere else."""
        if self._speech is not None and not self._desk.speaking.left_behind:
            row, self._speech = self._speech, None
            self._put_away(row)

    def _put_away(self, row: QWidget) -> None:
        row.hide()
        self._waiting -= 1
        if not self._waiting:
            self.done.emit()


def _title(found: Sequence[LeftBehind]) -> str:
    kinds = {one.kind for one in found}
    if len(kinds) > 1:
        return f"{len(found)} things were left behind by an earlier run."
    one, several = _TITLES[found[0].kind]
    return one if len(found) == 1 else several.format(len(found))


def _when(text: str) -> str:
    try:
        when = datetime.fromisoformat(text)
    except ValueError:
        return text
    return f"{when.day} {when:%b %H:%M}"
