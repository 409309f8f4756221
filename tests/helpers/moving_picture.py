"""A window that fills a screen: `python -m tests.helpers.moving_picture WIDTH HEIGHT counting|still|flashing`.

"counting" paints its picture's number as 16 white or black squares in the upper left corner, and moves coloured
blocks. "flashing" turns white while a click is heard on the default output, every 1.1 s or so; the click is placed by
the time at which PortAudio says that it meets the converter. Prints a line when the window is there.
"""

import os
import queue
import sys
import time

import numpy as np
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QColor, QExposeEvent, QGuiApplication, QPainter, QPaintEvent, QRasterWindow

SQUARE = 16
FLASH_S = 0.12
RATE_HZ = 48000


class Window(QRasterWindow):
    """Paints what the kind of picture asks for."""

    def __init__(self, kind: str) -> None:
        super().__init__()
        self.number = 0
        self.lit = False
        self._kind = kind
        self._said = False

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 Qt's own name
        with QPainter(self) as painter:
            width, height = self.width(), self.height()
            if self._kind == "flashing":
                painter.fillRect(0, 0, width, height, QColor("white" if self.lit else "black"))
                return
            painter.fillRect(0, 0, width, height, QColor(30, 40, 60))
            for i in range(12):
                left, top = (self.number * 7 + i * 150) % width, (i * 83 + self.number * 3) % height
                painter.fillRect(left, top, 220, 140, QColor.fromHsv((i * 30 + self.number) % 360, 200, 220))
            for bit in range(16):
                colour = QColor("white" if self.number >> bit & 1 else "black")
                painter.fillRect(bit * SQUARE, 0, SQUARE, SQUARE, colour)

    def exposeEvent(self, event: QExposeEvent) -> None:  # noqa: N802 Qt's own name
        super().exposeEvent(event)
        if self.isExposed() and not self._said:
            self._said = True
            QTimer.singleShot(200, lambda: os.write(1, b"shown\n"))

    def count(self) -> None:
        self.number += 1
        self.update()

    def flash(self, lit: bool) -> None:
        self.lit = lit
        self.update()


def play_clicks(flashes: "queue.SimpleQueue[float]") -> object:
    """Play a click now and then, and say when it is heard."""
    import sounddevice

    next_at, written = RATE_HZ, 0
    click = (0.8 * np.sin(2 * np.pi * 2000 * np.arange(480) / RATE_HZ)).astype(np.float32)
    gaps = np.random.default_rng(5)

    def callback(out: np.ndarray, frames: int, times: object, flags: object) -> None:
        nonlocal next_at, written
        out[:] = 0
        if written <= next_at < written + frames - len(click):
            at = next_at - written
            out[at : at + len(click)] = click[:, None]
            heard_s = time.monotonic() + times.outputBufferDacTime - times.currentTime + at / RATE_HZ  # type: ignore[attr-defined]
            flashes.put(heard_s)
            next_at += int(RATE_HZ * gaps.uniform(1.0, 1.3))
        elif next_at < written or next_at < written + frames:
            next_at = written + frames
        written += frames

    stream = sounddevice.OutputStream(
        samplerate=RATE_HZ, channels=2, blocksize=1920, latency=0.06, callback=callback, device="pulse"
    )
    stream.start()
    return stream


def main() -> None:
    width, height, kind = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
    application = QGuiApplication(sys.argv[:1])
    window = Window(kind)
    window.setFlags(Qt.WindowType.FramelessWindowHint)
    window.setGeometry(0, 0, width, height)
    window.show()
    timer = QTimer()
    timer.setTimerType(Qt.TimerType.PreciseTimer)
    flashes: queue.SimpleQueue[float] = queue.SimpleQueue()
    coming: list[float] = []
    if kind == "counting":
        timer.timeout.connect(window.count)
        timer.start(int(sys.argv[4]) if len(sys.argv) > 4 else 33)
    elif kind == "flashing":
        stream = play_clicks(flashes)

        def look() -> None:
            while not flashes.empty():
                coming.append(flashes.get())
            now_s = time.monotonic()
            while coming and now_s > coming[0] + FLASH_S:
                coming.pop(0)
            lit = bool(coming) and now_s >= coming[0]
            if lit != window.lit:
                window.flash(lit)

        timer.timeout.connect(look)
        timer.start(1)
        application.setProperty("stream", id(stream))
    application.exec()


if __name__ == "__main__":
    main()
