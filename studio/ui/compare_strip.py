"""Source against result, in the transport: which of the two is heard, and by how much it was turned down."""

from PySide6.QtWidgets import QHBoxLayout, QWidget

from studio.session.compare import Compare
from studio.ui.controls import Button, IconButton, Text
from studio.ui.theme import Theme


class CompareStrip(QWidget):
    """Two buttons, the one that is heard pressed, the matched gain beside them; hidden while nothing is compared."""

    def __init__(self, compare: Compare, theme: Theme, keys: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._compare = compare
        self.setAccessibleName("Compare")
        self.source = self._side("Source", True, keys)
        self.result = self._side("Result", False, keys)
        self.gain = Text("", theme, tone="secondary", figures=True)
        self.gain.setAccessibleName("Matched gain")
        self.close_button = IconButton("Stop comparing", "close", theme, self)
        self.close_button.clicked.connect(compare.stop)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.source)
        row.addWidget(self.result)
        row.addSpacing(8)
        row.addWidget(self.gain)
        row.addSpacing(4)
        row.addWidget(self.close_button)
        compare.changed.connect(self._show)
        self._show()

    def set_theme(self, theme: Theme) -> None:
        """Measure the number in the face of another theme."""
        self.gain.setFont(theme.font(figures=True))

    def _side(self, name: str, is_source: bool, keys: str) -> Button:
        button = Button(name, self, kind="tab", keys=keys)
        button.setCheckable(True)
        button.setAccessibleName(f"Hear the {name.lower()}")
        button.clicked.connect(lambda: self._hear(is_source))
        return button

    def _hear(self, source: bool) -> None:
        if self._compare.comparing and self._compare.on_source != source:
            self._compare.toggle()
        self._show()

    def _show(self) -> None:
        compare = self._compare
        self.setVisible(compare.comparing or compare.measuring)
        self.source.setChecked(compare.comparing and compare.on_source)
        self.result.setChecked(compare.comparing and not compare.on_source)
        for side in (self.source, self.result):
            side.setEnabled(compare.comparing)
        if compare.measuring:
            self.gain.setText("Measuring loudness…")
        elif not compare.was_measured:
            self.gain.setText("not matched: too short to measure")
        else:
            self.gain.setText(f"{compare.offset_db:.1f} dB matched".replace("-0.0", "0.0").replace("-", "−"))
