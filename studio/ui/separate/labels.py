"""Rows of a label and a field, with every label as wide as the others."""

from typing import Final

from PySide6.QtWidgets import QFormLayout, QWidget

from studio.ui.controls import Text
from studio.ui.theme import Theme

_LABEL_PX: Final = 96
_ROW_PX: Final = 28


def row_form(parent: QWidget | None = None) -> QFormLayout:
    """Room for such rows."""
    form = QFormLayout() if parent is None else QFormLayout(parent)
    form.setContentsMargins(0, 0, 0, 0)
    form.setHorizontalSpacing(12)
    form.setVerticalSpacing(8)
    return form


def row_label(text: str, theme: Theme, field: QWidget | None = None) -> Text:
    """The label of a row."""
    label = Text(text, theme, tone="secondary")
    label.setFixedWidth(_LABEL_PX)
    label.setMinimumHeight(_ROW_PX)
    if field is not None:
        label.setBuddy(field)
    return label
