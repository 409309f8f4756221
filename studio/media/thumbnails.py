"""Small pictures of a whole video in one file, a cache: made by a worker, mapped by the lane that shows them.

The file: `MTH1`, then width, height and count as uint32, then the pictures as BGRA, evenly over the video's length.
"""

import hashlib
import mmap
import struct
from pathlib import Path
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

from studio import paths

_HEADER: Final = struct.Struct("<4sIII")
_MAGIC: Final = b"MTH1"
_BYTES_A_PIXEL: Final = 4


class Thumbnails:
    """A file of `count` pictures, each shown for the same share of the video. Those not made yet are black."""

    def __init__(self, path: Path, file: mmap.mmap) -> None:
        self.path = path
        magic, self.width, self.height, self.count = _HEADER.unpack_from(file, 0)
        size = self.width * self.height * _BYTES_A_PIXEL
        if magic != _MAGIC or len(file) < _HEADER.size + self.count * size:
            raise ValueError(f"no thumbnails: {path}")
        self._pictures = np.frombuffer(file, np.uint8, self.count * size, _HEADER.size).reshape(
            self.count, self.height, self.width, _BYTES_A_PIXEL
        )

    @classmethod
    def create(cls, path: Path, width: int, height: int, count: int) -> Self:
        """Make an empty file that can be written to."""
        with path.open("wb") as file:
            file.write(_HEADER.pack(_MAGIC, width, height, count))
            file.truncate(_HEADER.size + count * width * height * _BYTES_A_PIXEL)
        with path.open("r+b") as file:
            return cls(path, mmap.mmap(file.fileno(), 0))

    @classmethod
    def open(cls, path: Path) -> Self:
        """Map a file for reading; `OSError` or `ValueError` where it is none."""
        with path.open("rb") as file:
            return cls(path, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))

    def put(self, index: int, picture: NDArray[np.uint8]) -> None:
        """Write one, shape (height, width, 4)."""
        self._pictures[index] = picture

    def picture(self, index: int) -> NDArray[np.uint8]:
        """One of them, read-only, shape (height, width, 4)."""
        one: NDArray[np.uint8] = self._pictures[index]
        return one


def file_for(video: Path, begins_s: float, length_s: float) -> Path:
    """Where the thumbnails of a video lie: another file when the video changes. `OSError` where it is not there."""
    known = video.stat()
    what = f"{video.absolute()}|{known.st_size}|{known.st_mtime_ns}|{begins_s:.3f}|{length_s:.3f}"
    folder = paths.cache() / "thumbnails"
    folder.mkdir(exist_ok=True)
    key = hashlib.blake2b(what.encode("utf-8", "surrogateescape"), digest_size=10).hexdigest()
    return folder / f"{key}.thumbs"
