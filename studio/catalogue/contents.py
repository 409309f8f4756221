"""Whether a file can be what its name says, told from its bytes and without loading it.

A captive portal answers every question with a web page, a person may choose the wrong file, and a pickle can run
programs: none of them may lie where an engine looks for a model.
"""

import json
import zipfile
from pathlib import Path
from typing import Final

_HEAD_BYTES: Final = 512
_MOST_HEADER_BYTES: Final = 100 << 20
_MOST_TEXT_BYTES: Final = 64 << 20
_TEXT: Final = (".json", ".yaml", ".yml", ".txt")
_ONNX_FIRST: Final = (0x08, 0x12, 0x0A, 0x3A, 0x42)
"""What a serialised ONNX model begins with: its version, producer, graph, or opset, whichever was written first."""


def wrong_with(path: Path, name: str) -> str:
    """Say why a file cannot be installed under `name`, as the end of a sentence; "" when nothing is seen."""
    with path.open("rb") as file:
        head = file.read(_HEAD_BYTES)
    suffix = Path(name).suffix.lower()
    if not head:
        return "is empty"
    if head.lstrip()[:1] == b"<" and suffix not in (".xml", ".svg"):
        return "is a web page, not a model"
    if _is_pickle(path, head):
        return "is a pickle, which can run programs when it is opened"
    match suffix:
        case ".safetensors":
            return "" if _is_safetensors(path) else "is not in the safetensors format, or is damaged"
        case ".onnx":
            return "" if head[0] in _ONNX_FIRST else "is no ONNX network"
        case ".bin" | ".npz":
            return "" if _is_arrays(path) else "is no archive of arrays"
        case _ if suffix in _TEXT:
            return "" if _is_text(path, suffix) else "cannot be read as text"
        case ".model":
            return "" if head[0] == 0x0A else "is no SentencePiece model"
        case _:
            return f"is of a kind that is never loaded ({suffix or 'no suffix'})"


def _is_pickle(path: Path, head: bytes) -> bool:
    """A bare pickle, protocol 2 or later, or an archive as torch writes it, with one inside."""
    if head[0] == 0x80 and head[1:2] <= b"\x05":
        return True
    if not zipfile.is_zipfile(path):
        return False
    with zipfile.ZipFile(path) as archive:
        return any(name.endswith((".pkl", ".pickle")) for name in archive.namelist())


def _is_safetensors(path: Path) -> bool:
    size = path.stat().st_size
    with path.open("rb") as file:
        length = int.from_bytes(file.read(8), "little")
        if not 2 <= length <= min(size - 8, _MOST_HEADER_BYTES):
            return False
        try:
            header = json.loads(file.read(length))
        except ValueError:
            return False
    if not isinstance(header, dict):
        return False
    ends = [one["data_offsets"][1] for key, one in header.items() if key != "__metadata__"]
    return size == 8 + length + max(ends, default=0)


def _is_arrays(path: Path) -> bool:
    """A NumPy archive whose members are arrays of numbers; one of objects would be a pickle inside."""
    if not zipfile.is_zipfile(path):
        return False
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            with archive.open(name) as member:
                if member.read(6) != b"\x93NUMPY" or b"'descr': '|O" in member.read(120):
                    return False
    return True


def _is_text(path: Path, suffix: str) -> bool:
    if path.stat().st_size > _MOST_TEXT_BYTES:
        return False
    try:
        text = path.read_text(encoding="utf-8")
        if suffix == ".json":
            json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True
