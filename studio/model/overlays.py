"""What is laid over a picture that is recorded: a layout as a value, in shares of the picture's sides."""

from typing import Final, Literal

from msgspec import Struct

OverlayKind = Literal["speaking", "waveform", "level", "pitch", "text", "lyrics", "image", "avatar", "camera"]

SMALLEST: Final = 0.01
MOST: Final = 24
TEST_CAMERA: Final = "test"
"""The camera that every computer has: a picture that moves, to lay out and to try with."""


class Overlay(Struct, frozen=True, kw_only=True):
    """One thing of a layout, later ones above earlier ones. `text` is for words, `path` for a picture file.

    Of "lyrics" `path` is the file with their times. An "avatar" is the picture `path`, and while somebody speaks the
    picture `speaking_path`; without that it is brighter then.
    `device` is for a camera, "" for the first there is, and `mirrored` shows it as in a mirror.
    """

    id: str
    kind: OverlayKind
    left: float
    top: float
    width: float
    height: float
    text: str = ""
    path: str = ""
    speaking_path: str = ""
    device: str = ""
    mirrored: bool = False

    def __post_init__(self) -> None:
        inside = 0 <= self.left <= 1 and 0 <= self.top <= 1
        if not inside or not SMALLEST <= self.width <= 1 or not SMALLEST <= self.height <= 1:
            raise ValueError("an overlay lies on the picture and is not larger than it")
