"""Named shared memory that no other process can take away, and the janitor that removes what dead ones left.

Python's own `SharedMemory` is not used: on 3.11 a process that merely attached unlinks the segment when it
ends (python/cpython#82300), and a segment larger than /dev/shm kills its first user with SIGBUS (#114390).
"""

import contextlib
import errno
import itertools
import mmap
import os
import platform
import tempfile
import threading
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from studio.errors import StudioError

_PREFIX: Final = "melisma"
_LINUX_FOLDER: Final = Path("/dev/shm")  # noqa: S108 that is where Linux keeps shared memory; shm_open does no more
_FOLDER: Final = _LINUX_FOLDER if _LINUX_FOLDER.is_dir() else Path(tempfile.gettempdir())
_KEEPS_ORDER: Final = platform.machine().lower() in ("x86_64", "amd64", "i686")
# Every page is there from the start: an audio callback must not wait for one.
_MAPPING: Final = mmap.MAP_SHARED | getattr(mmap, "MAP_POPULATE", 0)
_numbers = itertools.count()
_gate = threading.Lock()


def fence() -> None:
    """Let nothing written before this call be seen after something written later, nor read later than it.

    x86 keeps that order by itself. Elsewhere a lock is taken and released twice: no memory access passes a
    release that is followed by an acquire.
    """
    if not _KEEPS_ORDER:
        with _gate:
            pass
        with _gate:
            pass


class Segment:
    """Shared memory of a fixed size under a name. Its creator unlinks it; those that attached only unmap it."""

    def __init__(self, name: str, memory: mmap.mmap, *, owned: bool) -> None:
        self.name = name
        self.memory = memory
        self._owned = owned

    @classmethod
    def create(cls, size_bytes: int) -> Self:
        """Reserve `size_bytes` of zeros; StudioError when the shared memory of this machine cannot hold them."""
        name = f"{_PREFIX}-{os.getpid()}-{_start_time(os.getpid())}-{next(_numbers)}"
        path = _FOLDER / name
        descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR | os.O_CLOEXEC, 0o600)
        try:
            os.posix_fallocate(descriptor, 0, size_bytes)
            return cls(name, mmap.mmap(descriptor, size_bytes, flags=_MAPPING), owned=True)
        except OSError as error:
            path.unlink()
            if error.errno in (errno.ENOSPC, errno.ENOMEM):
                raise _too_small(size_bytes) from error
            raise
        finally:
            os.close(descriptor)

    @classmethod
    def attach(cls, name: str) -> Self:
        """Map a segment that another process made; StudioError when it is no longer there."""
        try:
            descriptor = os.open(_FOLDER / name, os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW)
        except FileNotFoundError as error:
            raise StudioError(
                "memory.gone",
                "Part of the studio lost the connection to another part.",
                cause=f"The shared memory {name} is gone, because the process that made it has ended.",
                remedy="It is started again by itself. Try once more.",
            ) from error
        try:
            return cls(name, mmap.mmap(descriptor, 0, flags=_MAPPING), owned=False)
        finally:
            os.close(descriptor)

    @property
    def size_bytes(self) -> int:
        return len(self.memory)

    def close(self) -> None:
        """Unmap, and as the creator unlink. Others that have it mapped keep it until they close."""
        if self._owned:
            self._owned = False
            (_FOLDER / self.name).unlink(missing_ok=True)
        with contextlib.suppress(BufferError):  # someone still holds a view: the memory goes when the view does
            self.memory.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def sweep() -> tuple[str, ...]:
    """Remove the segments whose creator is dead, and return their names. Those of the living are left alone."""
    removed = []
    for path in sorted(_FOLDER.glob(f"{_PREFIX}-*")):
        if _is_left_behind(path.name):
            path.unlink(missing_ok=True)
            removed.append(path.name)
    return tuple(removed)


def _is_left_behind(name: str) -> bool:
    match name.split("-"):
        case [_, pid, began, _] if pid.isdigit() and began.isdigit():
            return _start_time(int(pid)) != int(began)  # the pid may have been given to another process since
        case _:
            return False


def _start_time(pid: int) -> int | None:
    """Clock ticks from boot to the start of a process, or None when there is no such process (or it is a zombie)."""
    try:
        after_name = Path(f"/proc/{pid}/stat").read_bytes().rpartition(b") ")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None
    return None if after_name[0] in (b"Z", b"X") else int(after_name[19])


def _too_small(size_bytes: int) -> StudioError:
    info = os.statvfs(_FOLDER)
    free_mib = info.f_bavail * info.f_frsize / 2**20
    return StudioError(
        "memory.shared",
        "The studio could not reserve shared memory.",
        cause=f"It needs {size_bytes / 2**20:.1f} MiB of {_FOLDER}, which has {free_mib:.1f} MiB free.",
        remedy="Close other programs, or in a container allow more (docker run --shm-size=256m).",
    )
