"""The frequencies of a take below its notes, on the same stretch of time."""

import math
from pathlib import Path

import numpy as np
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from studio.model.project import Media
from studio.session.desk import Desk
from studio.ui.sing.slice import Shades, Sliced, paint_octaves
from studio.ui.sing.take_canvas import TakeCanvas
from studio.ui.theme import Theme
from studio.ui.timeline.keyboard import WIDTH as KEYS_WIDTH
from studio.ui.timeline.spectrogram import Spectrograms


class SpectrumStrip(Sliced):
    """Names octaves at the left, as the keyboard above it names notes. Pictures are made on a thread."""

    def __init__(self, desk: Desk, canvas: TakeCanvas, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(desk, theme, "Spectrogram of the take", parent)
        self._canvas = canvas
        self._spectrograms = Spectrograms(self, theme, self)
        self.tell_wide(self._spectrograms.set_wide)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self._spectrograms.ready.connect(lambda _media: self.update())
        canvas.viewed.connect(self.update)

    def path(self, medium: Media) -> Path:
        """Where the sound of a medium is."""
        return self._desk.document.folder / medium.file

    def wait(self) -> None:
        """Return when every picture that was asked for is there."""
        self._spectrograms.wait()

    def set_theme(self, theme: Theme) -> None:
        """Paint in another theme."""
        self._theme = theme
        self._spectrograms.set_theme(theme)
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme, painter, clip, view = self._theme, QPainter(self), self._canvas.clip, self._canvas.viewport
        painter.fillRect(self.rect(), theme.panel)
        painter.fillRect(QRectF(0, 0, self.width(), 1), theme.strong_line)
        if clip is None:
            return
        medium = self._desk.document.project.medium(clip.media)
        paint_octaves(painter, theme, self.height(), medium.rate_hz, self._desk.document.project.a4_hz)
        left = max(round(view.x_of(clip.start)), 0)
        width = min(round(view.x_of(clip.end)), view.width_px) - left
        if width <= 0:
            return
        start = clip.source_start + view.sample_at(left) - clip.start
        picture = self._spectrograms.picture(medium, start, view.samples_per_px, width, self.height() - 1, "log")
        if picture is not None:
            painter.drawImage(KEYS_WIDTH + left, 1, picture)
        if self.mouse is not None:
            painter.fillRect(QRectF(round(self.mouse.x()), 0, 1, self.height()), theme.secondary)
        shades = self._column(picture, left)
        self.paint_slice(painter, KEYS_WIDTH + self._canvas.now_x, shades, medium.rate_hz)

    def _column(self, picture: QImage | None, left: int) -> Shades | None:
        """The shades under the mouse, or at the playhead; None where neither is in the take."""
        x = self._canvas.playhead_x if self.mouse is None else math.floor(self.mouse.x()) - KEYS_WIDTH
        if picture is None or not left <= x < left + picture.width():
            return None
        rows = np.frombuffer(picture.constBits(), np.uint8).reshape(picture.height(), picture.bytesPerLine())
        return rows[:, x - left].copy()
