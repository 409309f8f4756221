"""The pictures that belong to a sound: a reference to the video that it was imported from."""

import math

from msgspec import Struct


class Pictures(Struct, frozen=True, kw_only=True):
    """The pictures of a video whose sound is a medium. They stay in its file, which is never written to.

    `begins_s` is the time in the file at which the medium's first sample is heard; `length_s` how long the pictures
    last from there; `width` and `height` are pixels as they are to be shown.
    """

    path: str
    width: int
    height: int
    fps: float
    begins_s: float
    length_s: float

    def __post_init__(self) -> None:
        if not self.path or self.width <= 0 or self.height <= 0:
            raise ValueError(f"no pictures: {self}")
        if not all(map(math.isfinite, (self.fps, self.begins_s, self.length_s))):
            raise ValueError(f"not a time: {self}")
