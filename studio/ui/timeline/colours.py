"""The theme's colours as the timeline uses them, worked out once for each theme."""

from msgspec import Struct
from PySide6.QtGui import QColor

from studio.model.project import Track
from studio.ui.theme import Theme
from studio.ui.timeline.wave import Rgb, WaveLook, mix, packed, wave_look

_MUTED = 0.35


class RowColours(Struct, frozen=True):
    """What one track is painted with; everything is blended already, so that nothing has to be while scrolling."""

    plain: QColor
    background: QColor
    header: QColor
    name: QColor
    sliver: QColor
    empty: QColor
    zero_line: QColor
    line: QColor
    fade_line: QColor
    wave: WaveLook


class Colours:
    """Every colour of tracks, ruler and pitch lane."""

    def __init__(self, theme: Theme) -> None:
        self.theme = theme
        self.canvas = theme.app
        self.panel = theme.panel
        self.line = theme.line
        self.strong_line = theme.strong_line
        self.grid = _blend(theme.app, theme.line, 0.55)
        self.text = theme.text
        self.secondary = theme.secondary
        self.accent = theme.accent
        self.selection = _clear(theme.accent, 0.18)
        self.loop = _clear(theme.good, 0.22)
        self.fade_shade = _clear(theme.app, 0.55)
        self.playhead = theme.text
        self._rows: dict[tuple[int, bool], RowColours] = {}

    def track(self, colour: int) -> QColor:
        """One of the eight track colours, by any number."""
        return self.theme.tracks[colour % len(self.theme.tracks)]

    def row(self, track: Track, *, silenced: bool | None = None) -> RowColours:
        """The colours of a track; pale when it is muted, or when it is silenced by another that is soloed."""
        pale = track.muted if silenced is None else silenced
        key = (track.colour, pale)
        if key not in self._rows:
            self._rows[key] = self._make(rgb(self.track(track.colour)), _MUTED if pale else 1.0)
        return self._rows[key]

    def _make(self, colour: Rgb, strength: float) -> RowColours:
        panel, text = rgb(self.theme.panel), rgb(self.theme.text)
        background = mix(panel, colour, 0.11 * strength)
        header = mix(panel, colour, 0.34 * strength)
        return RowColours(
            plain=qcolor(colour),
            background=qcolor(background),
            header=qcolor(header),
            name=qcolor(mix(header, text, 0.92 if strength == 1.0 else 0.6)),
            sliver=qcolor(mix(panel, colour, 0.55 * strength)),
            empty=qcolor(mix(panel, colour, 0.05 * strength)),
            zero_line=qcolor(mix(background, colour, 0.4 * strength)),
            line=qcolor(mix(background, colour, strength)),
            fade_line=qcolor(mix(background, text, 0.8 * strength)),
            wave=wave_look(background, colour, mix(background, colour, 0.4), rgb(self.theme.error), strength),
        )


def rgb(colour: QColor) -> Rgb:
    """Red, green and blue from 0 to 255."""
    return colour.red(), colour.green(), colour.blue()


def qcolor(colour: Rgb) -> QColor:
    """An opaque colour."""
    return QColor.fromRgb(packed(colour))


def _blend(below: QColor, above: QColor, opacity: float) -> QColor:
    return qcolor(mix(rgb(below), rgb(above), opacity))


def _clear(colour: QColor, opacity: float) -> QColor:
    clear = QColor(colour)
    clear.setAlphaF(opacity)
    return clear
