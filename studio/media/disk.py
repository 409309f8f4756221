"""Every call by which a project reaches the disk, in one place, so that tests can make any one of them fail."""

import errno
import os
import shutil
from contextlib import suppress
from pathlib import Path

from studio.errors import StudioError


class Disk:
    """The real disk. Failures are `OSError`, as the system gives them."""

    def open(self, path: Path, *, empty: bool) -> int:
        """Open a file for writing, made if it is not there; `empty` throws away what it held."""
        return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC | (os.O_TRUNC if empty else 0), 0o644)

    def write(self, file: int, data: bytes, offset: int) -> None:
        """Write all of `data` at `offset`; what the system takes only in part is offered again until it fails."""
        left = memoryview(data)
        while left:
            written = os.pwrite(file, left, offset)
            left, offset = left[written:], offset + written

    def truncate(self, file: int, length: int) -> None:
        """Cut a file to its first `length` bytes."""
        os.ftruncate(file, length)

    def fsync(self, file: int) -> None:
        """Return only when the file would survive a power cut."""
        os.fsync(file)

    def replace(self, old: Path, new: Path) -> None:
        """Rename in one step; afterwards `new` is wholly the one or wholly the other."""
        os.replace(old, new)

    def link(self, old: Path, new: Path) -> None:
        """Give a file a second name."""
        os.link(old, new)

    def remove(self, path: Path) -> None:
        """Remove a file."""
        path.unlink()

    def make_folder(self, path: Path) -> None:
        """Make a folder and those above it, where they are not there yet."""
        path.mkdir(parents=True, exist_ok=True)

    def sync_folder(self, path: Path) -> None:
        """Return only when the names in a folder would survive a power cut."""
        if os.name == "nt":  # folders cannot be opened there
            return
        folder = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def free_bytes(self, path: Path) -> int:
        """How much fits on the disk on which a folder lies."""
        return shutil.disk_usage(path).free

    def write_new(self, path: Path, data: bytes) -> int:
        """Make a file of `data`, safe on the disk, and return it open."""
        file = self.open(path, empty=True)
        try:
            self.write(file, data, 0)
            self.fsync(file)
        except OSError:
            os.close(file)
            raise
        return file

    def write_whole(self, path: Path, data: bytes) -> None:
        """Put `data` where `path` is: readers see the old file or the new one, never a part. Sync the folder after."""
        beside = path.with_name(f"{path.name}.tmp")
        try:
            os.close(self.write_new(beside, data))
            self.replace(beside, path)
        except OSError:
            with suppress(OSError):
                beside.unlink()
            raise

    def copy(self, old: Path, new: Path) -> None:
        """Copy a file whole or not at all, safe on the disk."""
        beside = new.with_name(f"{new.name}.tmp")
        try:
            shutil.copyfile(old, beside)
            file = self.open(beside, empty=False)
            try:
                self.fsync(file)
            finally:
                os.close(file)
            self.replace(beside, new)
        except OSError:
            with suppress(OSError):
                beside.unlink()
            raise


def not_saved(error: OSError) -> StudioError:
    """What a person is told when a project could not be written."""
    code, title = _reason(error)
    return StudioError(
        f"save.{code}",
        f"Not saved: {title}.",
        cause="Your last save is intact, and nothing that you made since is lost while the studio stays open.",
        remedy=f"{_REMEDIES[code]} Or save to another folder.",
    )


def _reason(error: OSError) -> tuple[str, str]:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return "disk_full", "the disk is full"
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return "forbidden", "the project's folder cannot be written to"
    if error.errno in (errno.ENOENT, errno.ENOTDIR, errno.ESTALE, errno.ENODEV):
        return "folder_gone", "the project's folder is gone"
    return "disk_error", f"the disk reported an error ({os.strerror(error.errno or 0)})"


_REMEDIES = {
    "disk_full": "Free some space: saving is tried again by itself.",
    "forbidden": "Allow writing there: saving is tried again by itself.",
    "folder_gone": "Put the folder or the drive back.",
    "disk_error": "Check the drive.",
}
