"""What is laid over a picture that is recorded: a layout as a value, in shares of the picture's sides."""

from typing import Final, Literal

from msgspec import Struct

OverlayKind = Literal["speaking", "waveform", "level", "pitch", "text", "image"]

SMALLEST: Final = 0.01
MOST: Final = 24


class Overlay(Struct, frozen=True, kw_only=True):
    """One thing of a layout, later ones above earlier ones. `text` is for words, `path` for a picture file."""

    id: str
    kind: OverlayKind
    left: float
    top: float
    width: float
    height: float
    text: str = ""
    path: str = ""

    def __post_init__(self) -> None:
        inside = 0 <= self.left <= 1 and 0 <= self.top <= 1
        if not inside or not SMALLEST <= self.width <= 1 or not SMALLEST <= self.height <= 1:
            raise ValueError("an overlay lies on the picture and is not larger than it")
