"""An amount as a slider with its number beside it."""

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from studio.ui.fields import NumberField
from studio.ui.theme import Theme
from studio.ui.timeline.head_controls import ThinSlider

_FIELD_PX = 88


class AmountRow(QWidget):
    """Shows one number twice; either can be turned."""

    changed = Signal(float)

    def __init__(
        self,
        name: str,
        theme: Theme,
        low: int,
        high: int,
        value: int,
        *,
        unit: str,
        about: str,
        step: int = 1,
        decimals: int = 0,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.slider = ThinSlider(self)
        self.slider.setFixedHeight(24)
        self.slider.set_theme(theme)
        self.slider.setRange(low, high)
        self.slider.setSingleStep(step)
        self.slider.setPageStep(step * 4)
        self.slider.setAccessibleName(name)
        self.slider.setToolTip(f"{name}\n{about}")
        self.field = NumberField(
            f"{name} as a number",
            theme,
            low,
            high,
            unit=unit,
            decimals=decimals,
            step=step,
            signed=low < 0,
            parent=self,
        )
        self.field.setFixedWidth(_FIELD_PX)
        self.slider.valueChanged.connect(self._slid)
        self.field.edited.connect(self._typed)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        row.addWidget(self.slider, 1)
        row.addWidget(self.field)
        self.show_value(value)

    def set_theme(self, theme: Theme) -> None:
        """Paint in another theme."""
        self.slider.set_theme(theme)

    @property
    def value(self) -> float:
        """What it says."""
        return self.field.value()

    def show_value(self, value: float) -> None:
        """Show a number without telling anybody."""
        with QSignalBlocker(self.slider):
            self.slider.setValue(round(value))
        self.slider.update()
        self.field.show_value(value)

    def _slid(self, value: int) -> None:
        self.field.show_value(value)
        self.changed.emit(float(value))

    def _typed(self, value: float) -> None:
        with QSignalBlocker(self.slider):
            self.slider.setValue(round(value))
        self.slider.update()
        self.changed.emit(value)
