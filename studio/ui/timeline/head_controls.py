"""The controls on the head of a track: the lettered switches, the volume, the colours to choose from."""

from typing import Final

from PySide6.QtCore import QRectF, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QColor, QIcon, QMouseEvent, QPainter, QPaintEvent, QPen, QPixmap, QWheelEvent
from PySide6.QtWidgets import QAbstractButton, QSlider, QWidget

from studio.model.levels import gain_text
from studio.ui.theme import Theme

BUTTON_PX: Final = 24
_KNOB_PX: Final = 12
_STEPS_PER_DB: Final = 10
_QUIETEST_DB: Final = -60
_LOUDEST_DB: Final = 12


class LetterButton(QAbstractButton):
    """A switch with a letter, such as M; on, it is filled, and a screen reader says so."""

    def __init__(self, letter: str, name: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._letter = letter
        self._ground = self._ink = self._rest = self._line = self._ring = QColor()
        self._theme: Theme | None = None
        self.setCheckable(True)
        self.setAccessibleName(name)
        self.setFixedSize(BUTTON_PX, BUTTON_PX)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)

    def set_colours(self, theme: Theme, ground: QColor) -> None:
        """The colour it is filled with while it is on."""
        self._theme = theme
        self._ground, self._ink = ground, theme.on_track
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = self._theme
        if theme is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        on = self.isChecked()
        box = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        rest = theme.hover if self.underMouse() else theme.raised
        painter.setPen(QPen(self._ground if on else theme.strong_line, 1))
        painter.setBrush(self._ground if on else rest)
        painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
        painter.setPen(self._ink if on else theme.secondary if self.isEnabled() else theme.disabled)
        painter.setFont(theme.font("label"))
        painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), self._letter)
        if self.hasFocus():
            painter.setPen(QPen(theme.accent, 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(box, 5, 5)
        painter.end()


class ThinSlider(QSlider):
    """A thin line with a round knob; a click goes there."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._theme: Theme | None = None
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def set_theme(self, theme: Theme) -> None:
        """Paint with another palette."""
        self._theme = theme
        self.update()

    def _knob_x(self) -> float:
        part = (self.value() - self.minimum()) / (self.maximum() - self.minimum())
        return _KNOB_PX / 2 + 2 + part * (self.width() - _KNOB_PX - 4)

    def _value_at(self, x: float) -> int:
        part = (x - _KNOB_PX / 2 - 2) / (self.width() - _KNOB_PX - 4)
        return round(self.minimum() + min(max(part, 0.0), 1.0) * (self.maximum() - self.minimum()))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.setSliderDown(True)
            if abs(event.position().x() - self._knob_x()) > _KNOB_PX:
                self.setValue(self._value_at(event.position().x()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self.isSliderDown():
            self.setValue(self._value_at(event.position().x()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self.setSliderDown(False)

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()  # the wheel scrolls the tracks; a volume must not change in passing

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = self._theme
        if theme is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        middle, x = self.height() / 2, self._knob_x()
        painter.setBrush(theme.strong_line)
        painter.drawRoundedRect(QRectF(2, middle - 2, self.width() - 4, 4), 2, 2)
        painter.setBrush(theme.secondary)
        painter.drawRoundedRect(QRectF(2, middle - 2, x - 2, 4), 2, 2)
        painter.setBrush(theme.accent if self.isSliderDown() or self.underMouse() else theme.text)
        painter.drawEllipse(QRectF(x - _KNOB_PX / 2, middle - _KNOB_PX / 2, _KNOB_PX, _KNOB_PX))
        if self.hasFocus():
            painter.setPen(QPen(theme.accent, 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 6, 6)
        painter.end()


class GainSlider(ThinSlider):
    """A volume from -60 to 12 dB; the arrow keys go by half a decibel, a double click goes to 0 dB."""

    gain_changed = Signal(float)  # dB

    def __init__(self, name: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setRange(_QUIETEST_DB * _STEPS_PER_DB, _LOUDEST_DB * _STEPS_PER_DB)
        self.setSingleStep(_STEPS_PER_DB // 2)
        self.setPageStep(3 * _STEPS_PER_DB)
        self.setAccessibleName(name)
        self.valueChanged.connect(lambda value: self.gain_changed.emit(value / _STEPS_PER_DB))

    def show_gain(self, gain_db: float) -> None:
        """Show a volume without saying so; a knob that is being dragged stays where the hand is."""
        if not self.isSliderDown():
            with QSignalBlocker(self):
                self.setValue(round(gain_db * _STEPS_PER_DB))
        self.setAccessibleDescription(gain_text(gain_db))

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.setSliderDown(False)
        self.setValue(0)


def swatch(colour: QColor) -> QIcon:
    """A round sample of a colour, for a menu."""
    picture = QPixmap(16, 16)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    painter.drawEllipse(3, 3, 10, 10)
    painter.end()
    return QIcon(picture)
