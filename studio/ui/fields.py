"""Fields for numbers and times: they show a value, say its unit, and tell when a drag or typing has ended."""

from PySide6.QtCore import QEvent, QLocale, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QValidator, QWheelEvent
from PySide6.QtWidgets import QAbstractSpinBox, QDoubleSpinBox, QLineEdit, QWidget

from studio.errors import StudioError
from studio.model.time import format_clock, parse_clock
from studio.ui.controls import keeps_escape, restyle, tip
from studio.ui.theme import Theme


class NumberField(QDoubleSpinBox):
    """A number with its unit. `edited` comes with every step, `ended` when the person is done with it.

    The wheel turns it only while it has the keyboard, so that scrolling a panel changes nothing.
    """

    edited = Signal(float)
    ended = Signal()

    def __init__(
        self,
        name: str,
        theme: Theme,
        low: float,
        high: float,
        *,
        unit: str = "",
        decimals: int = 1,
        step: float = 1.0,
        signed: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._signed = signed
        self.setLocale(QLocale.c())
        self.setRange(low, high)
        self.setDecimals(decimals)
        self.setSingleStep(step)
        self.setSuffix(f" {unit}" if unit else "")
        self.setButtonSymbols(QAbstractSpinBox.ButtonSymbols.NoButtons)
        self.setKeyboardTracking(False)
        self.setFont(theme.font(figures=True))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(name)
        self.setToolTip(tip(name, "", "Up and Down change it."))
        self.valueChanged.connect(self.edited)
        self.editingFinished.connect(self.ended)

    def show_value(self, value: float) -> None:
        """Show what the project says, without telling anybody."""
        with QSignalBlocker(self):
            self.setValue(value)

    def textFromValue(self, value: float) -> str:
        text = f"{abs(value):.{self.decimals()}f}"
        zero = float(text) == 0
        sign = "−" if value < 0 and not zero else "+" if self._signed and value > 0 and not zero else ""
        return sign + text

    def valueFromText(self, text: str) -> float:
        return _number(text.removesuffix(self.suffix()), self.value())

    def validate(self, text: str, position: int) -> object:
        """Accept what can become a number, with either kind of minus and a comma for the point."""
        bare = _plain(text.removesuffix(self.suffix()).removesuffix(self.suffix().strip()))
        state = QValidator.State.Acceptable
        if bare in ("", "-", "+", ".", "-.", "+."):
            state = QValidator.State.Intermediate
        else:
            try:
                if not self.minimum() <= float(bare) <= self.maximum():
                    state = QValidator.State.Intermediate
            except ValueError:
                state = QValidator.State.Invalid
        return state, text, position

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.selectAll()


class ClockField(QLineEdit):
    """A time as minutes and seconds. `entered` carries samples once a time that can be read was typed."""

    entered = Signal(object)  # int: Qt's own int ends at 12 hours of samples

    def __init__(self, name: str, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._samples, self._rate_hz = 0, 48000
        self.setFont(theme.font(figures=True))
        self.setAccessibleName(name)
        self.setToolTip(tip(name, "", "Minutes and seconds, as in 1:02.5."))
        self.textEdited.connect(lambda _text: self._mark(False))
        self.editingFinished.connect(self._enter)

    def show_samples(self, samples: int, rate_hz: int) -> None:
        """Show a position or a length."""
        self._samples, self._rate_hz = samples, rate_hz
        self._mark(False)
        self.setText(format_clock(samples, rate_hz))

    def event(self, event: QEvent) -> bool:
        return keeps_escape(event) or super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.show_samples(self._samples, self._rate_hz)
            self.clearFocus()
        else:
            super().keyPressEvent(event)

    def _enter(self) -> None:
        if self.text() == format_clock(self._samples, self._rate_hz):
            return
        try:
            samples = parse_clock(self.text(), self._rate_hz)
        except StudioError as error:
            self._mark(True)
            self.setToolTip(error.explanation.sentence)
            return
        self._mark(False)
        if samples != self._samples:
            self.entered.emit(samples)
        else:
            self.show_samples(samples, self._rate_hz)

    def _mark(self, wrong: bool) -> None:
        if bool(self.property("invalid")) != wrong:
            self.setProperty("invalid", wrong)
            restyle(self)


class NameField(QLineEdit):
    """A name that can be changed in place. `entered` carries it when it is another one; Escape takes it back."""

    entered = Signal(str)

    def __init__(self, name: str, parent: QWidget | None = None, *, kind: str = "") -> None:
        super().__init__(parent)
        self._shown = ""
        self.setMaxLength(200)
        self.setAccessibleName(name)
        self.setToolTip(name)
        if kind:
            self.setProperty("kind", kind)
        self.editingFinished.connect(self._enter)

    def show_name(self, text: str) -> None:
        """Show what the project says."""
        self._shown = text
        self.setToolTip(f"{self.accessibleName()}: {text}")
        if self.text() != text:
            self.setText(text)
            self.setCursorPosition(0)

    def event(self, event: QEvent) -> bool:
        return keeps_escape(event) or super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.setText(self._shown)
            self.clearFocus()
        else:
            super().keyPressEvent(event)
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self.clearFocus()

    def _enter(self) -> None:
        text = self.text().strip()
        if not text:
            self.setText(self._shown)
        elif text != self._shown:
            self._shown = text
            self.entered.emit(text)


def _plain(text: str) -> str:
    return text.strip().replace("−", "-").replace(",", ".")


def _number(text: str, otherwise: float) -> float:
    try:
        return float(_plain(text))
    except ValueError:
        return otherwise
