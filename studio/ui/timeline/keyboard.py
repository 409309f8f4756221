"""What stands at the left of the pitch lane: a keyboard with note names, or frequencies."""

from typing import Final, Protocol

from PySide6.QtCore import QRectF, Qt, SignalInstance
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QWidget

from studio.session.desk import Desk
from studio.ui.theme import Theme
from studio.ui.timeline.pitch_axis import PitchAxis, hz_labels, is_black, note_labels

WIDTH: Final = 52
_BLACK_PART: Final = 0.56
_RIGHT: Final = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)


class HasAxis(Protocol):
    """A canvas whose rows are notes."""

    @property
    def axis(self) -> PitchAxis: ...

    @property
    def in_hertz(self) -> bool: ...

    @property
    def axis_changed(self) -> SignalInstance: ...

    def wheelEvent(self, event: QWheelEvent) -> None: ...


class Keyboard(QWidget):
    """Names the rows of a canvas."""

    def __init__(self, desk: Desk, theme: Theme, canvas: HasAxis, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._theme = theme
        self._canvas = canvas
        self.setFixedWidth(WIDTH)
        self.setAccessibleName("Notes")
        canvas.axis_changed.connect(self.update)

    def set_theme(self, theme: Theme) -> None:
        """Paint with another palette."""
        self._theme = theme
        self.update()

    def wheelEvent(self, event: QWheelEvent) -> None:
        self._canvas.wheelEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        self.paint(painter)
        painter.end()

    def paint(self, painter: QPainter) -> None:
        """Paint with any painter: the screen, a PNG, an SVG."""
        theme = self._theme
        painter.setFont(theme.font("label", figures=True))
        painter.fillRect(QRectF(0, 0, WIDTH, self.height()), theme.panel)
        if self._canvas.in_hertz:
            self._frequencies(painter)
        else:
            self._keys(painter)
        painter.fillRect(QRectF(WIDTH - 1, 0, 1, self.height()), theme.strong_line)

    @property
    def _axis(self) -> PitchAxis:
        axis = self._canvas.axis  # that of a canvas which has not been seen yet has another height
        return axis if axis.height_px == self.height() else axis.resized(self.height())

    def _frequencies(self, painter: QPainter) -> None:
        axis = self._axis
        painter.setPen(self._theme.secondary)
        for note, text in hz_labels(axis, self._desk.document.project.a4_hz):
            painter.drawText(QRectF(0, axis.y_of(note) - 8, WIDTH - 8, 16), _RIGHT, text)

    def _keys(self, painter: QPainter) -> None:
        theme, axis = self._theme, self._axis
        white = QColor("#B9C0CE") if theme.is_dark else QColor("#FFFFFF")
        black = QColor("#1B1F29") if theme.is_dark else QColor("#3A4154")
        crack, ink = QColor("#8E97AA") if theme.is_dark else theme.strong_line, QColor("#171B24")
        painter.fillRect(QRectF(0, 0, WIDTH - 1, self.height()), white)
        for midi in axis.rows:
            top, bottom = round(axis.y_of(midi + 0.5)), round(axis.y_of(midi - 0.5))
            if is_black(midi):
                painter.fillRect(QRectF(0, (top + bottom) // 2, WIDTH, 1), crack)
                painter.fillRect(QRectF(0, top, WIDTH * _BLACK_PART, bottom - top), black)
            elif midi % 12 in (0, 5):
                painter.fillRect(QRectF(0, bottom - 1, WIDTH, 1), crack)
        painter.setPen(ink)
        for note, text in note_labels(axis, flats=self._desk.settings.value.pitch.flats):
            if not is_black(int(note)):
                painter.drawText(QRectF(0, axis.y_of(note) - 8, WIDTH - 6, 16), _RIGHT, text)
