"""Taking a whole project to another folder: its sound by second names where the disk allows, by copies elsewhere."""

import errno
import shutil
from pathlib import Path

from studio.media.disk import Disk, not_saved
from studio.media.store import MEDIA, TAKES, ProjectStore
from studio.model.history import History

_NO_SECOND_NAMES = (errno.EXDEV, errno.EPERM, errno.ENOTSUP, errno.EMLINK, errno.ENOSYS)


def carry_over(old: Path, new: Path, history: History, *, disk: Disk | None = None) -> ProjectStore:
    """Make the project of one folder in another, with everything in its media and takes.

    Sound that is finished never changes, so that on the same drive a second name for the same file is a copy that
    takes neither time nor space. StudioError when it does not work; then nothing is left in the new folder.
    """
    disk = disk or Disk()
    existed = new.exists()
    try:
        for part in (MEDIA, TAKES):
            _carry(old / part, new / part, disk)
        return ProjectStore.create(new, history.project, history=history, disk=disk)
    except OSError as error:
        _clear(new, keep=existed)
        raise not_saved(error) from error
    except Exception:
        _clear(new, keep=existed)
        raise


def _carry(old: Path, new: Path, disk: Disk) -> None:
    disk.make_folder(new)
    if not old.is_dir():
        return
    for path in sorted(old.iterdir()):
        if path.is_dir() and not path.is_symlink():
            _carry(path, new / path.name, disk)
        elif path.is_file() and not path.name.endswith(".tmp"):
            try:
                disk.link(path.resolve(), new / path.name)
            except OSError as error:
                if error.errno not in _NO_SECOND_NAMES:
                    raise
                disk.copy(path, new / path.name)
    disk.sync_folder(new)


def _clear(folder: Path, *, keep: bool) -> None:
    """Remove what was begun in a folder that was new or empty before."""
    for part in (MEDIA, TAKES):
        shutil.rmtree(folder / part, ignore_errors=True)
    for path in list(folder.iterdir()) if folder.is_dir() else ():
        if path.is_file() and path.name.startswith(("project.", "journal.")):
            path.unlink(missing_ok=True)
    if not keep:
        shutil.rmtree(folder, ignore_errors=True)


def is_untouched(folder: Path, history: History) -> bool:
    """Whether nothing was ever done in a project: no step, no sound, and no file that a person or a take put there."""
    if history.steps or history.project.media:
        return False
    try:
        return not any(path.is_file() for part in (MEDIA, TAKES) for path in (folder / part).rglob("*"))
    except OSError:
        return False


def remove_project(folder: Path) -> None:
    """Remove a project's folder whose content is empty or stands elsewhere by now."""
    shutil.rmtree(folder, ignore_errors=True)
