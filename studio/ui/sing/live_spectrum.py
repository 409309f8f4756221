"""The frequencies of the voice of this moment, below its trace and on the same stretch of time."""

import math
import time
from collections import deque
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from studio.session.desk import Desk
from studio.session.singing import Hearing, Numbers
from studio.ui.sing.canvas import LONGEST_S, SingCanvas
from studio.ui.sing.slice import HEIGHT_PX, Shades, Sliced, paint_octaves
from studio.ui.theme import Theme
from studio.ui.timeline.keyboard import WIDTH as KEYS_WIDTH
from studio.ui.timeline.spectrogram import WINDOW, colour_map, powers, shaded

COLUMNS_PER_S: Final = 100
_CAPACITY: Final = 1 << 12
_MOST_AT_ONCE: Final = 50
_CLOCK_SLIP: Final = 1e-4
_JUMP_S: Final = 0.1
_KEPT_FRAMES: Final = 2000


class HeardSpectra:
    """A column of shades for each 10 ms that was heard, kept for as long as the widest view shows."""

    def __init__(self, rows: int) -> None:
        self._shades: Shades = np.zeros((rows, _CAPACITY), np.uint8)
        self._sound: NDArray[np.float32] = np.zeros(0, np.float32)
        self._read = 0
        self._origin_s = math.nan
        self._next = 0
        self._wide = False
        assert _CAPACITY > LONGEST_S * COLUMNS_PER_S

    def set_wide(self, wide: bool) -> None:
        """Look at what is heard from now on through a short window, or a long one."""
        self._wide = wide

    def take_in(self, heard: Hearing) -> int:
        """Add what was heard, and return how many columns that made."""
        origin_s = heard.newest_s - (self._read + len(heard.samples)) / heard.rate_hz
        if not heard.is_whole or not abs(origin_s - self._origin_s) < _JUMP_S:
            self._sound, self._read = np.zeros(0, np.float32), 0
            self._origin_s = heard.newest_s - len(heard.samples) / heard.rate_hz
            self._begin(math.ceil((self._origin_s + WINDOW / 2 / heard.rate_hz) * COLUMNS_PER_S))
        else:  # a block is told of late, never early
            self._origin_s = min(self._origin_s + _CLOCK_SLIP, origin_s)
        self._sound = np.concatenate((self._sound, heard.samples))
        self._read += len(heard.samples)
        return self._add(heard.rate_hz)

    def at(self, times_s: Numbers) -> Shades:
        """The shades at some monotonic times, highest frequency on top, (rows, times); 0 where nothing was heard."""
        columns = np.round(times_s * COLUMNS_PER_S).astype(np.int64)
        known = (columns < self._next) & (columns >= self._next - _CAPACITY)
        found: Shades = self._shades[:, columns % _CAPACITY] * known
        return found

    def newest(self) -> Shades | None:
        """The shades that were heard last; None before anything was."""
        return self._shades[:, (self._next - 1) % _CAPACITY] if self._next else None

    def _begin(self, column: int) -> None:
        """Go on at a column; what lies between was not heard."""
        missed = np.arange(max(self._next, column - _CAPACITY), column)
        self._shades[:, missed % _CAPACITY] = 0
        self._next = max(self._next, column)

    def _add(self, rate_hz: int) -> int:
        first = self._read - len(self._sound)  # the number of the first sample that is still there
        last = math.floor((self._origin_s + (self._read - WINDOW / 2) / rate_hz) * COLUMNS_PER_S)
        count = min(last + 1 - self._next, _MOST_AT_ONCE)
        if count > 0:
            step = rate_hz / COLUMNS_PER_S
            begin = (self._next / COLUMNS_PER_S - self._origin_s) * rate_hz - step / 2 - first
            power = powers(self._sound[:, None], begin, step, count, wide=self._wide)
            wanted = np.arange(self._next, self._next + count) % _CAPACITY
            self._shades[:, wanted] = shaded(power, rate_hz, len(self._shades), "log", wide=self._wide)
            self._next += count
        self._sound = self._sound[-rate_hz:]
        return max(count, 0)


class LiveSpectrum(Sliced):
    """Names octaves at the left, flows with the trace above it, and is dark where nothing is sung yet."""

    def __init__(self, desk: Desk, canvas: SingCanvas, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(desk, theme, "Live spectrogram", parent)
        self._canvas = canvas
        self.spectra = HeardSpectra(HEIGHT_PX - 1)
        self.tell_wide(self.spectra.set_wide)
        self.frame_ms: deque[float] = deque(maxlen=_KEPT_FRAMES)
        self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        """Paint in another theme."""
        self._theme = theme
        self._table = np.array(colour_map(theme), np.uint32)
        self.update()

    def tick(self) -> None:
        """Take in what was heard since the last time."""
        heard = self._desk.singing.hear()
        if heard is not None:
            self.spectra.take_in(heard)
        if self.isVisible():
            self.update(KEYS_WIDTH, 0, self.width() - KEYS_WIDTH, self.height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        begin, painter, theme = time.perf_counter(), QPainter(self), self._theme
        painter.fillRect(self.rect(), theme.panel)
        width, now_s = self._canvas.now_x, self._canvas.now_s
        px_per_s = width / self._canvas.window_s
        head = math.floor(now_s * px_per_s)
        times_s = (head - width + 0.5 + np.arange(width, dtype=np.float64)) / px_per_s
        pixels = np.ascontiguousarray(self._table[self.spectra.at(times_s)])
        picture = QImage(pixels.data, width, len(pixels), 4 * width, QImage.Format.Format_RGB32)
        painter.drawImage(KEYS_WIDTH, 1, picture)
        painter.fillRect(QRectF(0, 0, self.width(), 1), theme.strong_line)
        painter.fillRect(QRectF(KEYS_WIDTH + width, 0, 1, self.height()), theme.strong_line)
        state = self._desk.transport.state
        rate_hz = state.rate_hz if state is not None else self._desk.document.project.rate_hz
        paint_octaves(painter, theme, self.height(), rate_hz, self._desk.document.project.a4_hz)
        if self.mouse is not None:
            painter.fillRect(QRectF(round(self.mouse.x()), 0, 1, self.height()), theme.secondary)
        shades = self._column(times_s)
        if shades is not None:
            self.paint_slice(painter, KEYS_WIDTH + width, shades, rate_hz)
        painter.end()
        self.frame_ms.append((time.perf_counter() - begin) * 1000)

    def _column(self, times_s: Numbers) -> Shades | None:
        """The shades under the mouse, else those of this moment, where anything was heard."""
        x = math.floor(self.mouse.x()) - KEYS_WIDTH if self.mouse is not None else -1
        if 0 <= x < len(times_s):
            return self.spectra.at(times_s[x : x + 1])[:, 0]
        return self.spectra.newest()
