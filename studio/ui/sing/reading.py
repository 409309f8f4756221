"""The one large reading: the note and how far from it, in words that stand still."""

import math
from typing import Final

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from studio.model.pitch import cents_off, note_name, note_text
from studio.ui.theme import Theme

IN_TUNE_CENTS: Final = 10
OUT_OF_TUNE_CENTS: Final = 25
_WIDTH_PX: Final = 248
_CENTS_PX: Final = 140
_HEIGHT_PX: Final = 84
_NOTE_PX: Final = 102
_LEFT: Final = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)


class Reading(QWidget):
    """A note with its cents at 44 px, the frequency below. What was sung last stays, paler, when nobody sings."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._midi, self._hz, self._against_cents = math.nan, math.nan, math.nan
        self._against = ""
        self._flats = self._sings = False
        self._words = ""
        self.setFixedSize(self.sizeHint())
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAccessibleName("Note that is sung")

    @property
    def text(self) -> str:
        """The note as it is read: "A4 +12 ¢"; "–" before anything was sung."""
        return note_text(self._midi, flats=self._flats)

    @property
    def sings(self) -> bool:
        """Whether what is read is sung now."""
        return self._sings

    def sizeHint(self) -> QSize:
        return QSize(_WIDTH_PX, _HEIGHT_PX)

    def set_theme(self, theme: Theme) -> None:
        """Paint in another theme."""
        self._theme = theme
        self.update()

    def show_pitch(
        self,
        midi: float,
        hz: float,
        *,
        sings: bool,
        flats: bool = False,
        against_cents: float = math.nan,
        against: str = "the reference",
    ) -> None:
        """Show a note number with its fraction, its frequency, and how far from a reference it lies; NaN is nothing."""
        self._against_cents, self._against = against_cents, against
        before = (self._words, self._sings)
        self._midi, self._hz, self._sings, self._flats = midi, hz, sings, flats
        self._words = f"{self.text} · {self._hertz()}"
        if (self._words, sings) != before:
            self.setAccessibleDescription(self._words if sings else f"{self._words}, not sung now")
            self.update()

    def _hertz(self) -> str:
        if math.isnan(self._hz):
            return ""
        off = round(self._against_cents) if not math.isnan(self._against_cents) else None
        more = "" if off is None else f" · {'−' if off < 0 else '+'}{abs(off)} ¢ from {self._against}"
        return f"{self._hz:.1f} Hz{more}"

    def _ink(self) -> QColor:
        theme = self._theme
        if not self._sings:
            return theme.disabled
        cents = abs(cents_off(self._midi))
        return (
            theme.good_text
            if cents <= IN_TUNE_CENTS
            else theme.text
            if cents <= OUT_OF_TUNE_CENTS
            else theme.warning_text
        )

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme, painter = self._theme, QPainter(self)
        painter.setFont(theme.font("reading", figures=True))
        painter.setPen(theme.text if self._sings else theme.disabled)
        if math.isnan(self._midi):
            painter.drawText(QRectF(0, 0, self.width(), 56), _LEFT, "–")
            return
        painter.drawText(QRectF(0, 0, _NOTE_PX, 56), _LEFT, note_name(self._midi, flats=self._flats))
        painter.setPen(self._ink())
        cents = cents_off(self._midi)
        right = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        number = f"{'−' if cents < 0 else '+'}{abs(cents)} ¢"
        painter.drawText(QRectF(_NOTE_PX, 0, _CENTS_PX, 56), right, number)
        painter.setFont(theme.font("body", figures=True))
        painter.setPen(theme.secondary if self._sings else theme.disabled)
        painter.drawText(QRectF(2, 58, self.width(), 20), _LEFT, self._hertz())
