"""How high a window has to be for wrapped words at its width, which a size hint does not know."""

from PySide6.QtWidgets import QWidget


def fit(window: QWidget) -> None:
    """Make a window exactly as high as its layout needs at its present width."""
    layout = window.layout()
    if layout is None:
        return
    layout.activate()
    width = max(window.width(), window.minimumWidth())
    height = layout.totalHeightForWidth(width) if layout.hasHeightForWidth() else layout.totalSizeHint().height()
    room = window.screen().availableGeometry().height()
    window.setMinimumHeight(min(height, room - 80))
    window.resize(width, min(height, room - 80))
