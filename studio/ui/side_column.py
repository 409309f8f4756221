"""The column at the right of a workspace: sections below each other that scroll where there is little room."""

from collections.abc import Sequence

from PySide6.QtWidgets import QVBoxLayout, QWidget

from studio.ui.controls import line, scrolled, surface


def side_column(sections: Sequence[QWidget], width_px: int, parent: QWidget, *, last: QWidget | None = None) -> QWidget:
    """Lay out sections with lines between them; `last` takes the room that is left."""
    inner = QWidget(parent)
    rows = QVBoxLayout(inner)
    rows.setContentsMargins(0, 0, 0, 0)
    rows.setSpacing(0)
    for section in sections:
        rows.addWidget(section)
        rows.addWidget(line(inner))
    if last is not None:
        rows.addWidget(last, 1)
    else:
        rows.addStretch(1)
    panel = QWidget(parent)
    surface(panel, "panel", "left")
    panel.setFixedWidth(width_px)
    inside = QVBoxLayout(panel)
    inside.setContentsMargins(1, 0, 0, 0)
    inside.addWidget(scrolled(inner, panel))
    return panel
