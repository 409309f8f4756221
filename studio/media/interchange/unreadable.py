"""What a person is told of a file that cannot be read."""

from pathlib import Path
from typing import Final

from studio.errors import StudioError

LARGEST_BYTES: Final = 1 << 28
"""A day of labels is far less; a larger file is a mistake."""


def unreadable(kind: str, why: str) -> StudioError:
    """The failure to read a file of some kind: `why` is a sentence."""
    return StudioError(
        "interchange.unreadable",
        f"This {kind} could not be read.",
        cause=why,
        remedy="Save it again in the program that it comes from, or choose another file.",
    )


def whole(path: Path) -> bytes:
    """The bytes of a file that is not too large to be one of ours."""
    try:
        if path.stat().st_size > LARGEST_BYTES:
            raise unreadable("file", f"{path.name} is too large to hold labels.")
        return path.read_bytes()
    except OSError as error:
        raise unreadable("file", f"The system says of {path.name}: {error.strerror or error}.") from error


def text_of(data: bytes) -> str:
    """A text file in whichever way it was saved: UTF-8, UTF-16 with or without its mark, else Latin-1."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return data[len(mark) :].decode(encoding, "replace")
    if len(data) > 1 and data[0] == 0:
        return data.decode("utf-16-be", "replace")
    if len(data) > 1 and data[1] == 0:
        return data.decode("utf-16-le", "replace")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("latin-1")


_MARKS: Final = ((b"\xef\xbb\xbf", "utf-8"), (b"\xfe\xff", "utf-16-be"), (b"\xff\xfe", "utf-16-le"))
