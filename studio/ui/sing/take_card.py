"""One take along the bottom: its name, how long it is, and its sound."""

from typing import Final

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QWidget

from studio.model.project import Clip, Project
from studio.model.time import format_clock
from studio.ui.controls import elide, tip
from studio.ui.theme import RADIUS_PX, Theme

WIDTH_PX: Final = 168
HEIGHT_PX: Final = 52
_LEFT: Final = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)


class TakeCard(QAbstractButton):
    """Pressed, it shows the notes of its take. Checked while it is the one that is shown."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._name, self._line = "", ""
        self.clip: Clip | None = None
        self.setCheckable(True)
        self.setFixedSize(WIDTH_PX, HEIGHT_PX)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def sizeHint(self) -> QSize:
        return QSize(WIDTH_PX, HEIGHT_PX)

    def set_theme(self, theme: Theme) -> None:
        """Paint in another theme."""
        self._theme = theme
        self.update()

    def show_clip(self, clip: Clip, project: Project) -> None:
        """Show a take."""
        if clip == self.clip:
            return
        self.clip = clip
        self._name = clip.name or project.medium(clip.media).name
        where = format_clock(clip.start, project.rate_hz).rpartition(".")[0]
        self._line = f"{clip.length / project.rate_hz:.1f} s · at {where}"
        self.setAccessibleName(f"{self._name}, {self._line}")
        self.setToolTip(tip(self._name, "", f"{self._line}. Shows its notes; a double click plays it."))
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme, painter = self._theme, QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        lit = self.hasFocus() or self.isChecked()
        painter.setPen(QPen(theme.accent if lit else theme.line, 2 if self.hasFocus() else 1))
        painter.setBrush(theme.hover if self.underMouse() or self.isChecked() else theme.raised)
        inset = 1.0 if self.hasFocus() else 0.5
        painter.drawRoundedRect(self.rect().toRectF().adjusted(inset, inset, -inset, -inset), RADIUS_PX, RADIUS_PX)
        room = QRectF(12, 6, self.width() - 24, 20)
        painter.setPen(theme.text)
        painter.setFont(theme.font())
        painter.drawText(room, _LEFT, elide(self._name, QFontMetrics(theme.font()), round(room.width())))
        painter.setPen(theme.secondary)
        painter.setFont(theme.font("label", figures=True))
        painter.drawText(room.translated(0, 20), _LEFT, self._line)
