"""Pickles that make a folder when somebody loads them: whoever finds none was careful."""

import io
import os
import zipfile
from pathlib import Path

import numpy as np


class _Sings:
    def __init__(self, path: Path) -> None:
        self._path = path

    def __reduce__(self) -> tuple[object, ...]:
        return os.mkdir, (str(self._path),)


def bare_canary(path: Path) -> bytes:
    """A pickle as it is; loading it makes the folder `path`."""
    said = str(path).encode()
    return b"\x80\x02cposix\nmkdir\nX" + len(said).to_bytes(4, "little") + said + b"\x85R."


def torch_canary(path: Path) -> bytes:
    """The same as torch packs it."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("model/data.pkl", bare_canary(path))
        archive.writestr("model/version", "3\n")
    return buffer.getvalue()


def canary_arrays(path: Path) -> bytes:
    """The same inside a NumPy archive, as an array of objects."""
    buffer = io.BytesIO()
    np.savez(buffer, good=np.zeros((4, 1, 8), np.float32), evil=np.array([_Sings(path)], object))
    return buffer.getvalue()
