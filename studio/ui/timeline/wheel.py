"""What the mouse wheel does over anything that shows time."""

from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QWheelEvent

from studio.ui.timeline.sight import Sight

_WHEEL_NOTCH: Final = 120
_WHEEL_PX: Final = 96
_ZOOM_A_NOTCH: Final = 1.25


def wheel(sight: Sight, event: QWheelEvent, *, vertical: bool) -> bool:
    """Zoom at the mouse with Ctrl, scroll in time with Shift, else up and down; whether the event was used."""
    keys = event.modifiers()
    pixels, notches = event.pixelDelta(), event.angleDelta()
    along = notches.y() or notches.x()
    if keys & Qt.KeyboardModifier.ControlModifier:
        sight.zoom(_ZOOM_A_NOTCH ** (along / _WHEEL_NOTCH), event.position().x())
    elif keys & Qt.KeyboardModifier.ShiftModifier:
        sight.pan(-along / _WHEEL_NOTCH * _WHEEL_PX)
    else:
        if notches.x():
            sight.pan(-(pixels.x() or notches.x() / _WHEEL_NOTCH * _WHEEL_PX))
        if vertical and notches.y():
            sight.set_top(sight.top - (pixels.y() or notches.y() / _WHEEL_NOTCH * _WHEEL_PX / 2))
        elif not notches.x():
            return False
    event.accept()
    return True
