"""What the inspector is built of: a titled group of rows, each a label and a field."""

from collections.abc import Callable

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QComboBox,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QPlainTextEdit,
    QSizePolicy,
    QStyle,
    QStyleOptionComboBox,
    QStylePainter,
    QVBoxLayout,
    QWidget,
)

from studio.errors import StudioError, explain
from studio.model.edits import Edit
from studio.session.desk import Desk
from studio.ui.controls import Text, caption, tip
from studio.ui.theme import Theme

LABEL_PX = 64
_ROW_PX = 28
_SWATCH_PX = 24


class Section(QWidget):
    """A title in small grey letters, then rows. Edits go to the document; what it refuses is shown to the person."""

    def __init__(self, title: str, desk: Desk, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.desk, self.theme = desk, theme
        self._tips: dict[QWidget, str] = {}
        self.setAccessibleName(title)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self._rows = QVBoxLayout(self)
        self._rows.setContentsMargins(12, 12, 12, 12)
        self._rows.setSpacing(8)
        self._title = caption(title, theme)
        self._rows.addWidget(self._title)
        self._form = QFormLayout()
        self._form.setContentsMargins(0, 0, 0, 0)
        self._form.setHorizontalSpacing(8)
        self._form.setVerticalSpacing(8)
        self._form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self._form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self._rows.addLayout(self._form)

    def set_theme(self, theme: Theme) -> None:
        """Paint in another theme."""
        self.theme = theme

    def lock(self, reason: str) -> None:
        """Let nothing be changed here and say why in every tooltip; "" lets it be changed again."""
        before, self._tips = self._tips, {}
        for field in self._fields():
            field.setEnabled(not reason)
            if reason:
                self._tips[field] = before.get(field, field.toolTip())
                field.setToolTip(tip(field.accessibleName(), "", reason))
            elif field in before:
                field.setToolTip(before[field])

    def _fields(self) -> tuple[QWidget, ...]:
        kinds = (QLineEdit, QAbstractSpinBox, QComboBox, QPlainTextEdit, QAbstractButton)
        return tuple(
            child
            for child in self.findChildren(QWidget)
            if isinstance(child, kinds) and not isinstance(child.parentWidget(), (QAbstractSpinBox, QComboBox))
        )

    def set_title(self, title: str) -> None:
        """Another title, for instance when several things are shown at once."""
        self._title.setText(title)

    def add(self, name: str, *fields: QWidget, shares: tuple[int, ...] = ()) -> None:
        """A row: its name, and the fields side by side, as wide as their shares."""
        label = Text(name, self.theme, tone="secondary")
        label.setFixedWidth(LABEL_PX)
        for widget in (label, *fields):
            if isinstance(widget, Text):
                widget.setMinimumHeight(_ROW_PX)
        label.setBuddy(fields[0])
        if len(fields) == 1:
            self._form.addRow(label, fields[0])
            return
        row = QHBoxLayout()
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        for field, share in zip(fields, shares or (1,) * len(fields), strict=True):
            field.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
            row.addWidget(field, share)
        self._form.addRow(label, row)

    def add_wide(self, widget: QWidget) -> None:
        """Something that takes the whole width."""
        self._rows.addWidget(widget)

    def do(self, edit: Edit) -> None:
        """Make an edit, or say why not."""
        try:
            self.desk.document.do(edit)
        except StudioError as error:
            self.desk.asks.show(explain(error))
            self.show_now()

    def done(self) -> None:
        """The mouse was released, or the field left."""
        self.desk.document.end_gesture()

    def show_now(self) -> None:
        """Show what the project says; each section says how."""


class Choice(QComboBox):
    """A few words to choose from, each standing for a value. The wheel never turns it."""

    chosen = Signal(object)

    def __init__(self, name: str, choices: dict[object, str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setToolTip(name)
        self.view().setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(4)
        self.set_choices(choices)
        self.activated.connect(lambda _index: self.chosen.emit(self.currentData()))

    def set_choices(self, choices: dict[object, str]) -> None:
        """Offer other choices; the one that was chosen stays where it is still there."""
        now = self.currentData()
        with QSignalBlocker(self):
            self.clear()
            for value, text in choices.items():
                self.addItem(text, value)
            if now in choices:
                self.setCurrentIndex(list(choices).index(now))

    def show_value(self, value: object) -> None:
        """Show what is set; a value that is not offered is added as it is."""
        index = next((i for i in range(self.count()) if self.itemData(i) == value), -1)
        with QSignalBlocker(self):
            if index < 0:
                self.addItem(str(value), value)
                index = self.count() - 1
            self.setCurrentIndex(index)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw it with dots where the words are longer than the field; Qt cuts them off."""
        painter, option = QStylePainter(self), QStyleOptionComboBox()
        self.initStyleOption(option)
        style = self.style()
        field = style.subControlRect(
            QStyle.ComplexControl.CC_ComboBox, option, QStyle.SubControl.SC_ComboBoxEditField, self
        )
        words = self.fontMetrics().elidedText(self.currentText(), Qt.TextElideMode.ElideRight, field.width() - 4)
        option.currentText = words
        painter.drawComplexControl(QStyle.ComplexControl.CC_ComboBox, option)
        painter.drawControl(QStyle.ControlElement.CE_ComboBoxLabel, option)

    def wheelEvent(self, event: object) -> None:
        event.ignore()  # type: ignore[attr-defined]  # always a QWheelEvent; scrolling the panel must change nothing


class Swatch(QAbstractButton):
    """One colour of a track to choose."""

    def __init__(self, name: str, index: int, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._index, self._theme = index, theme
        self.setCheckable(True)
        self.setFixedSize(_SWATCH_PX, _SWATCH_PX)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAccessibleName(name)
        self.setToolTip(name)

    def set_theme(self, theme: Theme) -> None:
        """Paint in another theme."""
        self._theme = theme
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.track(self._index))
        painter.drawEllipse(self.rect().adjusted(5, 5, -5, -5))
        if self.isChecked() or self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(self._theme.accent if self.hasFocus() else self._theme.text, 2))
            painter.drawEllipse(self.rect().adjusted(2, 2, -2, -2))


class Swatches(QWidget):
    """The eight colours of tracks in a row."""

    def __init__(self, theme: Theme, choose: Callable[[int], None], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        names = ("Coral", "Amber", "Lime", "Green", "Cyan", "Blue", "Violet", "Pink")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 2, 0, 2)
        row.setSpacing(0)
        self._swatches = [Swatch(f"Colour {name.lower()}", index, theme, self) for index, name in enumerate(names)]
        for index, swatch in enumerate(self._swatches):
            swatch.clicked.connect(lambda _on=False, which=index: choose(which))
            row.addWidget(swatch, 1)

    def show_colour(self, colour: int) -> None:
        """Ring the colour that is chosen."""
        for index, swatch in enumerate(self._swatches):
            swatch.setChecked(index == colour % len(self._swatches))
