"""Files that a verb writes: whole or not at all, and never beside the point."""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, TextIO

from studio.errors import StudioError


@contextmanager
def new_text(path: Path) -> Iterator[TextIO]:
    """A text file that takes its name when the block ends well, and vanishes when it does not."""
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with part.open("w", encoding="utf-8", newline="") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError as error:
        raise unwritable(path, error) from error
    finally:
        if part.exists():
            part.unlink()


def new_folder(path: Path) -> Path:
    """Make a folder, with those above it, where there is none yet."""
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise unwritable(path, error) from error
    return path


def readable(path: Path) -> Path:
    """The absolute path of a file that is there."""
    if not path.exists():
        raise StudioError(
            "input.missing", f"{path.name} could not be opened.", cause=f"There is no {path}.", remedy="Check the path."
        )
    return path.absolute()


def unwritable(path: Path, error: OSError) -> StudioError:
    """Why a file or folder could not be written, in words."""
    there = next(parent for parent in path.absolute().parents if parent.is_dir() or parent == parent.parent)
    remedy = "Choose another folder."
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        cause, remedy = "The disk is full.", "Make room there, or choose another folder."
    elif path.is_dir():
        cause, remedy = "There is a folder of that name.", "Choose another name."
    elif error.errno == errno.ENOENT and path.absolute().parent != there:
        cause, remedy = f"There is no folder {path.absolute().parent}.", "Make it, or choose another folder."
    elif error.errno in _FORBIDDEN:
        cause = f"Nothing can be written in {there}."
    else:
        cause = f"The system says of {there}: {error.strerror or error}."
    return StudioError("output.unwritable", f"{path.name} was not written.", cause=cause, remedy=remedy)


_FORBIDDEN: Final = (errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOENT, errno.ENOTDIR)
