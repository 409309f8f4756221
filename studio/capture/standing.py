"""Overlays that stand still: text, an image."""

import math
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING, Final, cast

import av
import numpy as np

from studio.capture import look
from studio.capture.screen import Pixels
from studio.errors import StudioError

_MOST_LINES: Final = 4
_LOOSE: Final = 4
_ANY_PX: Final = 12.0

if TYPE_CHECKING:
    from PIL.ImageFont import FreeTypeFont


class _Standing:
    """Looks the same at all times, and at nothing else."""

    def state(self, now_s: float) -> int:
        return 0

    def close(self) -> None:
        pass


class Words(_Standing):
    """Words, as large as fits, with a soft dark edge that makes them readable on any picture."""

    def __init__(self, words: str, *, centred: bool = False) -> None:
        self._words, self._centred = words, centred
        font_of(_ANY_PX)  # what draws letters is loaded here, and not while a picture waits for it

    def draw(self, picture: Pixels) -> None:
        from PIL import Image, ImageDraw

        rows, columns = picture.shape[:2]
        image = Image.new("L", (columns, rows))
        edges = Image.new("L", (columns, rows))
        size, words = max(_set_in(self._words, lines, columns, rows) for lines in range(1, _MOST_LINES + 1))
        font = font_of(size)
        stroke = max(1, round(font.size / 12))
        at = (columns / 2 if self._centred else stroke + 1, rows / 2)
        anchor = "mm" if self._centred else "lm"
        align = "center" if self._centred else "left"
        ImageDraw.Draw(image).text(at, words, fill=255, font=font, anchor=anchor, align=align)
        ImageDraw.Draw(edges).text(at, words, fill=200, font=font, anchor=anchor, align=align, stroke_width=stroke)
        letters, edge = np.asarray(image, np.uint16), np.asarray(edges, np.uint16)
        for channel in range(3):
            picture[..., channel] = letters * look.TEXT[channel] // 255
        picture[..., 3] = np.maximum(letters, edge)


def _set_in(words: str, lines: int, columns: int, rows: int) -> tuple[float, str]:
    """How large words can be in about so many lines, and where they are broken."""
    broken = "\n".join(textwrap.wrap(words, max(1, math.ceil(len(words) / lines)) + _LOOSE * (lines > 1)))
    size = max(8.0, rows * 0.75 / (1 + 1.3 * broken.count("\n")))
    width = max((font_of(size).getlength(line) for line in broken.split("\n")), default=0.0)
    return size * min(1.0, (columns - 4) / max(1.0, width)), broken


class PictureFile(_Standing):
    """A picture file, as large as fits."""

    def __init__(self, path: str) -> None:
        try:
            with av.open(path) as file:
                self._frame = next(file.decode(video=0))
            if not any(part.is_alpha for part in self._frame.format.components):
                self._frame = self._frame.reformat(format="rgb24")  # from YUV to BGRA FFmpeg 8.1 leaves pixels out
        except (OSError, av.FFmpegError, StopIteration, IndexError) as error:
            raise StudioError(
                "overlay.image",
                f"{Path(path).name} is not shown in the recording.",
                cause=f"It cannot be read as a picture: {error if str(error) else 'there is none in it'}.",
                remedy="Choose a PNG or JPEG file.",
            ) from error

    def draw(self, picture: Pixels) -> None:
        rows, columns = picture.shape[:2]
        scale = min(columns / self._frame.width, rows / self._frame.height)
        width, height = max(2, round(self._frame.width * scale)), max(2, round(self._frame.height * scale))
        scaled = self._frame.reformat(width=width, height=height, format="bgra").to_ndarray()
        alpha = scaled[..., 3:].astype(np.uint16)
        picture[:height, :width, :3] = scaled[..., :3] * alpha // 255
        picture[:height, :width, 3] = scaled[..., 3]


def font_of(size: float) -> "FreeTypeFont":
    """The letters of overlays, of that size in pixels; a rough one where the system has none of ours."""
    from PIL import ImageFont

    for name in ("NotoSans-Regular.ttf", "DejaVuSans.ttf", "Arial.ttf"):
        try:
            return ImageFont.truetype(name, size)
        except OSError:
            continue
    return cast("FreeTypeFont", ImageFont.load_default(size))  # Pillow is built with FreeType
