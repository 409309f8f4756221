"""The few questions that have to be answered before anything goes on: a name, a number, whether to go ahead."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from studio.errors import Explanation
from studio.ui.controls import Button, Text
from studio.ui.fields import NumberField
from studio.ui.icons import picture
from studio.ui.theme import Theme

_WIDTH_PX = 400


class Question(QDialog):
    """A title, a body, and two buttons: the verb, and Cancel, which is what Escape and Enter on nothing mean."""

    def __init__(self, parent: QWidget, theme: Theme, title: str, verb: str) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setMinimumWidth(_WIDTH_PX)
        self.setModal(True)
        self._body = QVBoxLayout()
        self._body.setSpacing(8)
        self.cancel = Button("Cancel", self)
        self.cancel.clicked.connect(self.reject)
        self.go = Button(verb, self, kind="primary")
        self.go.clicked.connect(self.accept)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addStretch(1)
        buttons.addWidget(self.cancel)
        buttons.addWidget(self.go)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(16, 16, 16, 16)
        rows.setSpacing(16)
        rows.addLayout(self._body)
        rows.addLayout(buttons)

    def add(self, widget: QWidget) -> None:
        """One more thing in the body."""
        self._body.addWidget(widget)


def ask_text(parent: QWidget, theme: Theme, title: str, label: str, value: str) -> str | None:
    """A line of text, or None when called off."""
    question = Question(parent, theme, title, "Rename" if title.startswith("Rename") else "Go on")
    field = QLineEdit(value, question)
    field.setAccessibleName(label)
    field.setMaxLength(200)
    field.selectAll()
    field.returnPressed.connect(question.accept)
    question.add(Text(label, theme, tone="secondary"))
    question.add(field)
    field.setFocus(Qt.FocusReason.PopupFocusReason)
    answered = question.exec() == QDialog.DialogCode.Accepted
    text = field.text()
    question.deleteLater()
    return text if answered else None


def ask_number(
    parent: QWidget, theme: Theme, title: str, label: str, value_low_high: tuple[float, float, float], unit: str
) -> float | None:
    """A number within limits, or None when called off."""
    value, low, high = value_low_high
    question = Question(parent, theme, title, "Set")
    field = NumberField(label, theme, low, high, unit=unit, decimals=1 if unit == "dB" else 2, parent=question)
    field.show_value(value)
    line = field.lineEdit()
    if line is not None:
        line.returnPressed.connect(question.accept)
    question.add(Text(label, theme, tone="secondary"))
    question.add(field)
    field.setFocus(Qt.FocusReason.PopupFocusReason)
    answered = question.exec() == QDialog.DialogCode.Accepted
    field.interpretText()
    number = field.value()
    question.deleteLater()
    return number if answered else None


def ask_whether(parent: QWidget, theme: Theme, why: Explanation, verb: str) -> bool:
    """Whether to go ahead; the safe answer has the keyboard."""
    question = Question(parent, theme, why.title, verb)
    question.setAccessibleName(why.sentence)
    top = QWidget(question)
    row = QHBoxLayout(top)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(12)
    sign = QLabel(top)
    sign.setPixmap(picture("warning", theme, "warning"))
    row.addWidget(sign, 0, Qt.AlignmentFlag.AlignTop)
    words = QVBoxLayout()
    words.setSpacing(4)
    words.addWidget(Text(why.title, theme, wrap=True))
    words.addWidget(Text(f"{why.cause} {why.remedy}".strip(), theme, tone="secondary", wrap=True))
    row.addLayout(words, 1)
    question.add(top)
    question.cancel.setFocus(Qt.FocusReason.PopupFocusReason)
    answered = question.exec() == QDialog.DialogCode.Accepted
    question.deleteLater()
    return answered
