"""Overlays that stand still: text, an image."""

from pathlib import Path
from typing import TYPE_CHECKING, cast

import av
import numpy as np

from studio.capture import look
from studio.capture.screen import Pixels
from studio.errors import StudioError

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

    def draw(self, picture: Pixels) -> None:
        from PIL import Image, ImageDraw

        rows, columns = picture.shape[:2]
        size = max(8.0, rows * 0.75)
        image = Image.new("L", (columns, rows))
        edges = Image.new("L", (columns, rows))
        width = ImageDraw.Draw(image).textlength(self._words, font=font_of(size))
        font = font_of(size * min(1.0, (columns - 4) / max(1.0, width)))
        stroke = max(1, round(font.size / 12))
        at = (columns / 2 if self._centred else stroke + 1, rows / 2)
        anchor = "mm" if self._centred else "lm"
        ImageDraw.Draw(image).text(at, self._words, fill=255, font=font, anchor=anchor)
        ImageDraw.Draw(edges).text(at, self._words, fill=200, font=font, anchor=anchor, stroke_width=stroke)
        letters, edge = np.asarray(image, np.uint16), np.asarray(edges, np.uint16)
        for channel in range(3):
            picture[..., channel] = letters * look.TEXT[channel] // 255
        picture[..., 3] = np.maximum(letters, edge)


class PictureFile(_Standing):
    """A picture file, as large as fits."""

    def __init__(self, path: str) -> None:
        try:
            with av.open(path) as file:
                self._frame = next(file.decode(video=0))
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
