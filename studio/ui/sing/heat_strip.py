"""Where in a take the voice is off, and which way: sharp above the line, flat below it."""

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from studio.model.project import Clip
from studio.ui.sing.reading import IN_TUNE_CENTS, OUT_OF_TUNE_CENTS
from studio.ui.sing.take_canvas import TakeCanvas
from studio.ui.theme import Theme
from studio.ui.timeline.colours import rgb
from studio.ui.timeline.keyboard import WIDTH as KEYS_WIDTH
from studio.ui.timeline.melody import Melody

HEIGHT_PX: Final = 28
_HALF_PX: Final = 10
_FAR_OFF_CENTS: Final = 50.0
_RIGHT: Final = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)

Cents = NDArray[np.float32]


class HeatStrip(QWidget):
    """In tune within 10 cents, amber from 25, red from 50; what is not sung, or has no target, has no colour."""

    def __init__(self, canvas: TakeCanvas, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._canvas, self._theme = canvas, theme
        self._clip: Clip | None = None
        self._melody: Melody | None = None
        self._ways: Cents = np.full((2, 1), -np.inf, np.float32)  # sharp and flat, and one more column of nothing
        self.setFixedHeight(HEIGHT_PX)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAccessibleName("How far off, moment by moment")
        self.setToolTip("Sharp above the line, flat below: in tune within 10 ¢, amber from 25 ¢, red from 50 ¢")
        canvas.viewed.connect(self.update)

    def set_theme(self, theme: Theme) -> None:
        """Paint in another theme."""
        self._theme = theme
        self.update()

    def clear(self) -> None:
        """Show nothing."""
        self.show_cents(None, None, np.zeros(0, np.float32))

    def show_cents(self, clip: Clip | None, melody: Melody | None, cents: Cents) -> None:
        """Show how far off each frame of a clip's melody is, NaN where there is nothing to say."""
        self._clip, self._melody = clip, melody
        there = np.flatnonzero(~np.isnan(cents))
        self._ways = np.full((2, len(cents) + 1), -np.inf, np.float32)
        self._ways[:, there] = np.stack((cents[there], -cents[there]))
        sung = np.abs(cents[there])
        far = float(np.mean(sung > OUT_OF_TUNE_CENTS)) if len(sung) else math.nan
        self.setAccessibleDescription("" if math.isnan(far) else f"More than 25 cents off in {far:.0%} of what is sung")
        self.update()

    def columns(self) -> tuple[int, NDArray[np.float32]]:
        """The first pixel column of the take, and cents sharp and flat in each from there on, (2, columns).

        Each is the furthest of its frames, at least 0; both are NaN where there is nothing to say.
        """
        clip, melody, view = self._clip, self._melody, self._canvas.viewport
        nothing = np.zeros((2, 0), np.float32)
        if clip is None or melody is None:
            return 0, nothing
        left = max(math.floor(view.x_of(clip.start)), 0)
        right = min(math.ceil(view.x_of(clip.end)), view.width_px)
        if right <= left:
            return 0, nothing
        begins = view.sample_at(0) + np.arange(left, right + 1, dtype=np.float64) * view.samples_per_px
        frames = np.floor((begins - melody.sample_of(clip, 0)) / melody.samples_per_frame).astype(np.int64)
        last = self._ways.shape[1] - 1
        found = np.maximum.reduceat(self._ways, np.clip(frames, 0, last), axis=1)[:, :-1]
        known = (frames[1:] >= 0) & (found.max(axis=0) > -np.inf)
        return left, np.where(known, np.maximum(found, 0), np.nan).astype(np.float32)

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme, painter, middle = self._theme, QPainter(self), HEIGHT_PX // 2
        painter.fillRect(self.rect(), theme.panel)
        painter.fillRect(QRectF(0, 0, self.width(), 1), theme.strong_line)
        painter.setFont(theme.font("label"))
        painter.setPen(theme.secondary)
        painter.drawText(QRectF(0, 0, KEYS_WIDTH - 8, HEIGHT_PX), _RIGHT, "Off")
        left, cents = self.columns()
        if not cents.size:
            return
        pixels = self._shaded(cents)
        picture = QImage(pixels.data, cents.shape[1], len(pixels), 4 * cents.shape[1], QImage.Format.Format_ARGB32)
        painter.drawImage(KEYS_WIDTH + left, middle - _HALF_PX, picture)

    def _shaded(self, cents: NDArray[np.float32]) -> NDArray[np.uint32]:
        """A bar in each column, as long and as coloured as it is off; uint32 (rows, columns), 0 where it is clear."""
        theme = self._theme
        stops = np.array([rgb(ink) for ink in (theme.good, theme.good, theme.warning, theme.error)], np.float64)
        places = (0.0, IN_TUNE_CENTS, OUT_OF_TUNE_CENTS, _FAR_OFF_CENTS)
        known = np.nan_to_num(cents, nan=-1.0)
        furthest = known.max(axis=0)
        red, green, blue = (np.rint(np.interp(furthest, places, stops[:, part])).astype(np.uint32) for part in range(3))
        length = np.where(furthest < 0, 0, np.maximum(np.ceil(known / _FAR_OFF_CENTS * _HALF_PX), 1))
        upper = np.arange(_HALF_PX, 0, -1)[:, None] <= length[0]
        lower = np.arange(1, _HALF_PX + 1)[:, None] <= length[1]
        ink = np.uint32(0xFF000000) | red << 16 | green << 8 | blue
        return np.ascontiguousarray(np.where(np.vstack((upper, lower)), ink, 0).astype(np.uint32))
