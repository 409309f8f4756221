"""The system check: the same checks as `studio doctor`, made by a process of their own, shown one line each."""

import sys
from typing import Final

import msgspec
from msgspec import Struct
from PySide6.QtCore import QProcess, Qt
from PySide6.QtGui import QGuiApplication, QHideEvent, QKeyEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from studio.errors import Explanation
from studio.session.desk import Desk
from studio.session.doctor import Check, State, report
from studio.ui.controls import Button, Text, line, scrolled
from studio.ui.icons import picture
from studio.ui.messages import ExplanationView
from studio.ui.theme import Role, Theme

_SIZE: Final = (620, 620)
_LOOKS: Final[dict[State, tuple[str, Role]]] = {
    "ok": ("check", "good"),
    "warn": ("warning", "warning"),
    "fail": ("error", "error"),
}
_KILLED_MS: Final = 500
_COMMAND: Final = ("-P", "-m", "studio", "doctor", "--json")


class _Answer(Struct, frozen=True):
    state: State
    checks: tuple[Check, ...]


class SystemCheck(QDialog):
    """Asking → the list, or why there is none. Looking again is always possible."""

    def __init__(self, desk: Desk, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._desk, self._theme = desk, theme
        self._process: QProcess | None = None
        self.checks: tuple[Check, ...] = ()
        self.setWindowTitle("System check")
        self.resize(*_SIZE)
        self._title = Text("Looking…", theme, size="heading")
        self._note = Text("", theme, tone="secondary", wrap=True)
        self._inner = QWidget()
        self._list = QVBoxLayout(self._inner)
        self._list.setContentsMargins(0, 0, 8, 0)
        self._list.setSpacing(0)
        scroll = scrolled(self._inner, self, name="Checks")
        self._again = Button("Check again", self)
        self._again.clicked.connect(self.begin)
        self._copy = Button("Copy report", self)
        self._copy.clicked.connect(self._copy_report)
        close = Button("Close", self, kind="primary")
        close.clicked.connect(self.close)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addWidget(self._copy)
        buttons.addWidget(self._again)
        buttons.addStretch(1)
        buttons.addWidget(close)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(16, 16, 16, 16)
        rows.setSpacing(8)
        rows.addWidget(self._title)
        rows.addWidget(self._note)
        rows.addWidget(scroll, 1)
        rows.addLayout(buttons)

    def set_theme(self, theme: Theme) -> None:
        """Paint in another theme."""
        self._theme = theme
        if self.checks:
            self.show_checks(self.checks)

    def begin(self) -> None:
        """Ask, unless that is going on already."""
        if self._process is not None:
            return
        self._title.setText("Looking…")
        self._note.setText("Devices, engines, codecs, folders and room on the disk.")
        self._again.setEnabled(False)
        self._copy.setEnabled(False)
        process = self._process = QProcess(self)
        process.finished.connect(self._finished)
        process.errorOccurred.connect(self._did_not_start)
        process.start(sys.executable, list(_COMMAND))

    def show_checks(self, checks: tuple[Check, ...]) -> None:
        """Show what was found, the worst first."""
        self.checks = checks
        self._clear()
        order: tuple[State, ...] = ("fail", "warn", "ok")
        for check in sorted(checks, key=lambda one: order.index(one.state)):
            self._list.addWidget(self._row(check))
            self._list.addWidget(line())
        self._list.addStretch(1)
        bad = sum(check.state == "fail" for check in checks)
        odd = sum(check.state == "warn" for check in checks)
        self._title.setText(
            "Something is broken." if bad else "The studio works." if odd else "Everything is in order."
        )
        self._note.setText(f"{bad} broken, {odd} worth a look, {len(checks) - bad - odd} in order.")
        self._copy.setEnabled(True)
        self._again.setEnabled(True)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close()
        else:
            super().keyPressEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        process, self._process = self._process, None
        if process is not None:
            process.finished.disconnect(self._finished)
            process.errorOccurred.disconnect(self._did_not_start)
            process.kill()  # it only looks: its workers end with it, and a killed process is gone within milliseconds
            process.waitForFinished(_KILLED_MS)
            process.deleteLater()

    def _row(self, check: Check) -> QWidget:
        row = QWidget(self._inner)
        row.setAccessibleName(f"{check.title}: {check.state}. {check.found} {check.remedy}".strip())
        sign = QLabel(row)
        name, role = _LOOKS[check.state]
        sign.setPixmap(picture(name, self._theme, role))
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(Text(check.title, self._theme))
        words.addWidget(Text(check.found, self._theme, tone="secondary", wrap=True))
        if check.remedy and check.state != "ok":
            words.addWidget(Text(check.remedy, self._theme, wrap=True))
        across = QHBoxLayout(row)
        across.setContentsMargins(4, 8, 0, 8)
        across.setSpacing(12)
        across.addWidget(sign, 0, Qt.AlignmentFlag.AlignTop)
        across.addLayout(words, 1)
        return row

    def _finished(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        out = bytes(process.readAllStandardOutput().data())
        err = bytes(process.readAllStandardError().data()).decode(errors="replace")
        process.deleteLater()
        try:
            self.show_checks(msgspec.json.decode(out, type=_Answer).checks)
        except msgspec.DecodeError:
            self._failed(err or out.decode(errors="replace"))

    def _did_not_start(self, error: QProcess.ProcessError) -> None:
        if error == QProcess.ProcessError.FailedToStart:
            process, self._process = self._process, None
            self._failed(process.errorString() if process is not None else "")

    def _failed(self, detail: str) -> None:
        self._clear()
        why = Explanation(
            code="check.no_answer",
            title="The system could not be checked.",
            cause="The program that looks did not answer.",
            remedy="Check again; if it happens twice, send us the details.",
            detail=detail,
        )
        self._title.setText("No answer")
        self._note.setText("")
        self._list.addWidget(ExplanationView(why, self._theme, self._inner, closable=False))
        self._list.addStretch(1)
        self._again.setEnabled(True)

    def _clear(self) -> None:
        while (item := self._list.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()

    def _copy_report(self) -> None:
        QGuiApplication.clipboard().setText(report(self.checks))
        self._copy.setText("Copied")
