"""Icons: our own SVG files, drawn in a colour of the theme, crisp at every pixel ratio.

To add an icon: an SVG of 20 x 20 with 1.5 px strokes in `currentColor` in resources/icons; its file name is its name.
"""

from functools import lru_cache
from typing import Final

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QGuiApplication, QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from studio.ui.svg import tinted
from studio.ui.theme import Role, Theme

BOX_PX: Final = 20


def icon(name: str, theme: Theme, role: Role = "secondary", *, on: Role | None = None, size: int = BOX_PX) -> QIcon:
    """An icon in the colour of a role, greyed when disabled; `on` is the role of its checked state."""
    return _icon(
        name, theme.name, theme.role(role).name(), theme.disabled.name(), _on(theme, role, on), size, _ratios()
    )


def picture(name: str, theme: Theme, role: Role = "secondary", *, size: int = BOX_PX, ratio: float = 0.0) -> QPixmap:
    """The same as a pixmap, for a label or a painter; `ratio` 0 means the sharpest screen's."""
    return _render(name, theme.role(role).name(), size, ratio or max(_ratios()))


def _on(theme: Theme, role: Role, on: Role | None) -> str:
    return theme.role(on or role).name()


def _ratios() -> tuple[float, ...]:
    return tuple(sorted({screen.devicePixelRatio() for screen in QGuiApplication.screens()})) or (1.0,)


@lru_cache(maxsize=512)
def _icon(name: str, _theme: str, normal: str, disabled: str, on: str, size: int, ratios: tuple[float, ...]) -> QIcon:
    made = QIcon()
    for ratio in ratios:
        made.addPixmap(_render(name, normal, size, ratio), QIcon.Mode.Normal, QIcon.State.Off)
        if on != normal:
            made.addPixmap(_render(name, on, size, ratio), QIcon.Mode.Normal, QIcon.State.On)
        made.addPixmap(_render(name, disabled, size, ratio), QIcon.Mode.Disabled, QIcon.State.Off)
    return made


@lru_cache(maxsize=1024)
def _render(name: str, colour: str, size: int, ratio: float) -> QPixmap:
    pixmap = QPixmap(round(size * ratio), round(size * ratio))
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    QSvgRenderer(QByteArray(tinted(name, colour))).render(painter, QRectF(0, 0, size, size))
    painter.end()
    return pixmap
