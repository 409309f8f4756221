"""What is seen, as a file: a PNG or SVG exactly as on the screen, and the melody behind it as CSV."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from PySide6.QtCore import QRect, QSize
from PySide6.QtGui import QImage, QPainter
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtWidgets import QWidget

from studio.errors import StudioError
from studio.model.pitch import cents_off, hz_to_midi, note_name
from studio.model.project import Clip
from studio.ui.timeline.melody import Melody

Paint = Callable[[QPainter], None]


def save_picture(path: Path, widgets: tuple[tuple[QWidget, Paint], ...]) -> None:
    """Paint widgets side by side into a PNG (at the screen's resolution) or, by the suffix, an SVG with real lines."""
    size = QSize(sum(widget.width() for widget, _ in widgets), max(widget.height() for widget, _ in widgets))
    as_svg = path.suffix.lower() == ".svg"
    part = path.with_name(f".{path.stem}.{os.getpid()}.part{'.svg' if as_svg else '.png'}")
    try:
        if as_svg:
            _save_svg(part, size, widgets)
        else:
            _save_png(part, size, widgets)
        part.replace(path)
    except OSError as error:
        raise _not_saved(path, error.strerror or str(error)) from error
    finally:
        part.unlink(missing_ok=True)


def _paint_all(painter: QPainter, widgets: tuple[tuple[QWidget, Paint], ...]) -> None:
    left = 0
    for widget, paint in widgets:
        painter.save()
        painter.translate(left, 0)
        painter.setClipRect(QRect(0, 0, widget.width(), widget.height()))
        paint(painter)
        painter.restore()
        left += widget.width()


def _save_svg(path: Path, size: QSize, widgets: tuple[tuple[QWidget, Paint], ...]) -> None:
    generator = QSvgGenerator()
    generator.setFileName(str(path))
    generator.setSize(size)
    generator.setViewBox(QRect(0, 0, size.width(), size.height()))
    painter = QPainter()
    if not painter.begin(generator):
        raise OSError(0, "the folder cannot be written to")
    _paint_all(painter, widgets)
    painter.end()


def _save_png(path: Path, size: QSize, widgets: tuple[tuple[QWidget, Paint], ...]) -> None:
    scale = widgets[0][0].devicePixelRatioF()
    image = QImage(size * scale, QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(scale)
    painter = QPainter(image)
    _paint_all(painter, widgets)
    painter.end()
    if not image.save(str(path)):
        raise OSError(0, "the folder cannot be written to")


def melody_rows(
    shown: list[tuple[Clip, Melody]], start: float, stop: float, rate_hz: int, a4_hz: float
) -> Iterator[str]:
    """The melody between two timeline samples as lines of CSV; an unvoiced frame has 0 Hz and no note."""
    yield "time_s,f0_hz,confidence,note,cents\n"
    for clip, melody in shown:
        first, last = melody.within(clip, start, stop)
        for frame in range(first, last):
            hz = float(melody.curve.hz[frame])
            time_s = melody.sample_of(clip, frame) / rate_hz
            sure = float(melody.curve.confidence[frame])
            if hz > 0:
                midi = hz_to_midi(hz, a4_hz)
                yield f"{time_s:.6f},{hz:.3f},{sure:.4f},{note_name(midi)},{cents_off(midi)}\n"
            else:
                yield f"{time_s:.6f},0,{0.0 if np.isnan(sure) else sure:.4f},,\n"


def save_lines(path: Path, lines: Iterator[str]) -> None:
    """Write lines to a file that appears whole or not at all."""
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with part.open("w", encoding="utf-8", newline="") as file:
            file.writelines(lines)
        part.replace(path)
    except OSError as error:
        raise _not_saved(path, error.strerror or str(error)) from error
    finally:
        part.unlink(missing_ok=True)


def _not_saved(path: Path, cause: str) -> StudioError:
    return StudioError(
        "picture.not_saved",
        f"{path.name} was not saved.",
        cause=f"The system says: {cause}.",
        remedy="Choose another folder, or make room on the disk.",
    )
