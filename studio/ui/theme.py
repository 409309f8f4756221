"""The look as a value: the colours of both palettes, the type sizes, and the dress that Qt gets from them.

A widget that paints by itself is given a `Theme` and offers `set_theme(theme)`; `wear` hands the new one to every
such widget below a window, so dark and light change places without a restart.
"""

import math
from functools import lru_cache
from typing import Final, Literal, Protocol, runtime_checkable

from msgspec import Struct
from PySide6.QtGui import QColor, QFont, QFontDatabase, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication, QWidget

from studio.ui.qss import sheet
from studio.ui.svg import tinted_file

Name = Literal["dark", "light", "contrast"]
Choice = Literal["system", "dark", "light", "contrast"]
Role = Literal[
    "app",
    "panel",
    "raised",
    "hover",
    "line",
    "strong_line",
    "text",
    "secondary",
    "disabled",
    "accent",
    "pitch",
    "engine",
    "good",
    "warning",
    "error",
    "accent_text",
    "pitch_text",
    "engine_text",
    "good_text",
    "warning_text",
    "error_text",
    "on_accent",
]
Size = Literal["label", "body", "heading", "reading"]

SIZES_PX: Final[dict[Size, int]] = {"label": 11, "body": 13, "heading": 20, "reading": 44}
CONTROL_PX: Final = 28
TRANSPORT_PX: Final = 36
RADIUS_PX: Final = 6
_PREFERRED_FACE: Final = "Inter"


class Theme(Struct, frozen=True, kw_only=True):
    """One palette. `*_text` roles are the same hue for words; the plain ones are only for lines and shapes."""

    name: Name
    app: QColor
    panel: QColor
    raised: QColor
    hover: QColor
    line: QColor
    strong_line: QColor
    text: QColor
    secondary: QColor
    disabled: QColor
    accent: QColor
    pitch: QColor
    engine: QColor
    good: QColor
    warning: QColor
    error: QColor
    accent_text: QColor
    pitch_text: QColor
    engine_text: QColor
    good_text: QColor
    warning_text: QColor
    error_text: QColor
    accent_fill: QColor
    on_accent: QColor
    on_track: QColor
    tracks: tuple[QColor, ...]

    @property
    def is_dark(self) -> bool:
        """Whether light is written on dark."""
        return self.name != "light"

    def role(self, role: Role) -> QColor:
        """The colour of a role by its name."""
        colour: QColor = getattr(self, role)
        return colour

    def track(self, index: int) -> QColor:
        """The colour of a track; indices beyond the eighth begin again."""
        return self.tracks[index % len(self.tracks)]

    def font(self, size: Size = "body", *, figures: bool = False, bold: bool = False) -> QFont:
        """The interface face in one of the four sizes; `figures` makes every digit equally wide."""
        return _font(size, figures, bold or size in ("heading", "reading"))

    def apply(self, application: QApplication) -> None:
        """Dress the whole program: Fusion, palette, font and the small style sheet."""
        application.setStyle("Fusion")
        application.setPalette(self.palette())
        application.setFont(self.font())
        application.setStyleSheet(sheet(self._sheet_values()))

    def _sheet_values(self) -> dict[str, str]:
        colours = {name: getattr(self, name).name() for name in _COLOURS}
        return colours | {
            "arrow": tinted_file("chevron-down", colours["secondary"]),
            "chevron": tinted_file("chevron-right", colours["secondary"]),
            "check": tinted_file("check", colours["text"]),
            "tick": tinted_file("check", colours["on_accent"]),
            "dot_on": tinted_file("dot", colours["on_accent"]),
        }

    def palette(self) -> QPalette:
        """The colours in Qt's own roles, for every widget that Fusion draws."""
        palette = QPalette()
        of, group = QPalette.ColorRole, QPalette.ColorGroup
        for role, colour in (
            (of.Window, self.panel),
            (of.WindowText, self.text),
            (of.Base, self.raised),
            (of.AlternateBase, self.panel),
            (of.ToolTipBase, self.raised),
            (of.ToolTipText, self.text),
            (of.PlaceholderText, self.secondary),
            (of.Text, self.text),
            (of.Button, self.raised),
            (of.ButtonText, self.text),
            (of.BrightText, self.error_text),
            (of.Light, self.hover),
            (of.Midlight, self.hover),
            (of.Mid, self.line),
            (of.Dark, self.strong_line),
            (of.Shadow, self.app),
            (of.Highlight, self.accent_fill),
            (of.HighlightedText, self.on_accent),
            (of.Accent, self.accent),
            (of.Link, self.accent_text),
            (of.LinkVisited, self.engine_text),
        ):
            palette.setColor(role, colour)
        for role in (of.WindowText, of.Text, of.ButtonText):
            palette.setColor(group.Disabled, role, self.disabled)
        return palette


@runtime_checkable
class Themed(Protocol):
    """A widget that paints with the theme itself and so wants to be told of a new one."""

    def set_theme(self, theme: Theme) -> None: ...


def wear(theme: Theme, root: QWidget) -> None:
    """Hand a theme to a widget and to everything below it that asked for one."""
    for widget in (root, *root.findChildren(QWidget)):
        if isinstance(widget, Themed):
            widget.set_theme(theme)


def chosen(choice: Choice) -> Theme:
    """The theme for a setting; "system" asks the desktop, and dark is taken where it has no opinion."""
    if choice == "system":
        # By name: the namespace `Qt` makes its hundred enumerations when it is imported (20 ms before the first paint).
        return LIGHT if QGuiApplication.styleHints().colorScheme().name == "Light" else DARK
    return {"dark": DARK, "light": LIGHT, "contrast": CONTRAST}[choice]


def contrast(first: QColor, second: QColor) -> float:
    """WCAG 2 contrast of two opaque colours, from 1 to 21."""
    darker, lighter = sorted((_luminance(first), _luminance(second)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: QColor) -> float:
    def linear(value: float) -> float:
        return value / 12.92 if value <= 0.04045 else math.pow((value + 0.055) / 1.055, 2.4)

    return 0.2126 * linear(colour.redF()) + 0.7152 * linear(colour.greenF()) + 0.0722 * linear(colour.blueF())


@lru_cache(maxsize=1)
def _face() -> str:
    own = QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont).family()
    return _PREFERRED_FACE if QFontDatabase.hasFamily(_PREFERRED_FACE) else own


@lru_cache(maxsize=16)
def _font(size: Size, figures: bool, bold: bool) -> QFont:
    font = QFont(_face())
    font.setPixelSize(SIZES_PX[size])
    font.setWeight(QFont.Weight.DemiBold if bold else QFont.Weight.Normal)
    if figures:
        font.setFeature(QFont.Tag("tnum"), 1)
    return font


def _colours(*names: str) -> tuple[QColor, ...]:
    return tuple(QColor(name) for name in names)


DARK: Final = Theme(
    name="dark",
    app=QColor("#0E1014"),
    panel=QColor("#14171E"),
    raised=QColor("#1B1F29"),
    hover=QColor("#242A37"),
    line=QColor("#262C3A"),
    strong_line=QColor("#394154"),
    text=QColor("#E8EBF2"),
    secondary=QColor("#A0A9BC"),
    disabled=QColor("#667085"),
    accent=QColor("#FF8A5C"),
    pitch=QColor("#35D0BA"),
    engine=QColor("#9B8CFF"),
    good=QColor("#4FD18B"),
    warning=QColor("#FFC857"),
    error=QColor("#FF5464"),
    accent_text=QColor("#FF8A5C"),
    pitch_text=QColor("#35D0BA"),
    engine_text=QColor("#9B8CFF"),
    good_text=QColor("#4FD18B"),
    warning_text=QColor("#FFC857"),
    error_text=QColor("#FF5464"),
    accent_fill=QColor("#FF8A5C"),
    on_accent=QColor("#1A0F0A"),
    on_track=QColor("#0E1014"),
    tracks=_colours("#FF9E7A", "#F2B950", "#B9CC5A", "#62CF96", "#4CC7D9", "#7DAEFF", "#B79BFF", "#F08FC6"),
)

LIGHT: Final = Theme(
    name="light",
    app=QColor("#F4F5F8"),
    panel=QColor("#FFFFFF"),
    raised=QColor("#FFFFFF"),
    hover=QColor("#ECEEF4"),
    line=QColor("#DFE3EB"),
    strong_line=QColor("#C3CAD8"),
    text=QColor("#171B24"),
    secondary=QColor("#525C70"),
    disabled=QColor("#98A1B3"),
    accent=QColor("#D9531E"),
    pitch=QColor("#0B8F7E"),
    engine=QColor("#5B48D6"),
    good=QColor("#1C8F54"),
    warning=QColor("#A86A00"),
    error=QColor("#CF2B3F"),
    # The palette's hues a shade deeper: as words they have to reach 4.5 : 1 on the grey of a hovered row too.
    accent_text=QColor("#B8430F"),
    pitch_text=QColor("#097568"),
    engine_text=QColor("#5B48D6"),
    good_text=QColor("#187A48"),
    warning_text=QColor("#945C00"),
    error_text=QColor("#C4283B"),
    accent_fill=QColor("#BC4513"),
    on_accent=QColor("#FFFFFF"),
    on_track=QColor("#FFFFFF"),
    # The dark theme's eight at 70 % of their OKLab lightness, chroma reduced only where sRGB ends.
    tracks=_colours("#AE5533", "#9A6E04", "#6E7D04", "#028553", "#027C8B", "#3B68B4", "#7356B3", "#A3497F"),
)

CONTRAST: Final = Theme(
    name="contrast",
    app=QColor("#000000"),
    panel=QColor("#000000"),
    raised=QColor("#0A0A0A"),
    hover=QColor("#1F1F1F"),
    line=QColor("#808080"),
    strong_line=QColor("#B0B0B0"),
    text=QColor("#FFFFFF"),
    secondary=QColor("#E0E0E0"),
    disabled=QColor("#9A9A9A"),
    accent=QColor("#FFB38F"),
    pitch=QColor("#5CF0DA"),
    engine=QColor("#C9BFFF"),
    good=QColor("#7CF0AE"),
    warning=QColor("#FFD870"),
    error=QColor("#FF9AA3"),
    accent_text=QColor("#FFB38F"),
    pitch_text=QColor("#5CF0DA"),
    engine_text=QColor("#C9BFFF"),
    good_text=QColor("#7CF0AE"),
    warning_text=QColor("#FFD870"),
    error_text=QColor("#FF9AA3"),
    accent_fill=QColor("#FFB38F"),
    on_accent=QColor("#000000"),
    on_track=QColor("#000000"),
    tracks=_colours("#FFB496", "#FFC95C", "#CFE26A", "#78E5AC", "#66DDEF", "#9CC2FF", "#CDB8FF", "#FFA9DA"),
)

_COLOURS: Final = tuple(field for field in Theme.__struct_fields__ if field not in ("name", "tracks"))
