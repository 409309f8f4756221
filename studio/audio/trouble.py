"""What the system says when a file cannot be written, in words."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from studio.errors import StudioError

DISK_FULL: Final = "disk-full"
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_FORBIDDEN = frozenset({errno.EACCES, errno.EPERM, errno.EROFS})


@contextmanager
def told(title: str, folder: Path) -> Iterator[None]:
    """Turn an `OSError` from writing below `folder` into a `StudioError` that begins with `title`."""
    try:
        yield
    except OSError as error:
        raise cannot_write(title, folder, error) from error


def cannot_write(title: str, folder: Path, error: OSError) -> StudioError:
    """Return the explanation of an `OSError` from writing below `folder`."""
    if error.errno in _FULL:
        return disk_full(title, folder)
    if error.errno in _FORBIDDEN:
        return StudioError(
            "folder-forbidden",
            title,
            cause=f"Nothing may be written in {folder}.",
            remedy="Choose another folder, or change its permissions.",
        )
    return StudioError(
        "folder-unwritable",
        title,
        cause=f"Writing in {folder} failed: {error.strerror or error}.",
        remedy="Check that the disk is connected, or choose another folder.",
    )


def disk_full(title: str, folder: Path) -> StudioError:
    """Return the explanation of a disk with no room left."""
    return StudioError(
        DISK_FULL,
        title,
        cause=f"The disk that holds {folder} is full.",
        remedy="Free some space, or choose another disk, and try again.",
    )
