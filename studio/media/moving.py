"""Taking a whole project to another folder: its sound by second names where the disk allows, by copies elsewhere."""

import errno
import shutil
from pathlib import Path

from studio.errors import StudioError
from studio.media.disk import Disk, not_saved
from studio.media.store import MEDIA, TAKES
from studio.model.history import History

_NO_SECOND_NAMES = (errno.EXDEV, errno.EPERM, errno.ENOTSUP, errno.EMLINK, errno.ENOSYS)


def carry_sound(old: Path, new: Path, *, disk: Disk | None = None) -> None:
    """Have everything in the media and takes of one project's folder in another too; what is there already stays.

    Sound that is finished never changes, so that on the same drive a second name for the same file is a copy that
    takes neither time nor space; to another drive it takes as long as copying does. StudioError when it fails.
    """
    disk = disk or Disk()
    try:
        for part in (MEDIA, TAKES):
            _carry(old / part, new / part, disk)
    except OSError as error:
        raise not_saved(error) from error


def clear(folder: Path, *, keep: bool) -> None:
    """Take back what `carry_sound` and a new store put into a folder that was new, or empty and is to stay."""
    for part in (MEDIA, TAKES):
        shutil.rmtree(folder / part, ignore_errors=True)
    for path in list(folder.iterdir()) if folder.is_dir() else ():
        if path.is_file() and path.name.startswith(("project.", "journal.")):
            path.unlink(missing_ok=True)
    if not keep and folder.is_dir() and not any(folder.iterdir()):
        folder.rmdir()


def told_of(folder: Path, error: StudioError) -> StudioError:
    """A failure to save, told of the new folder: in the old one nothing is lost or gone."""
    there = next(parent for parent in folder.parents if parent.is_dir() or parent == parent.parent)
    kind = error.explanation.code.removeprefix("save.")
    if kind == "disk_full":
        cause, remedy = f"The disk is full where {there} lies.", "Free some space there, or choose another folder"
    elif kind in ("forbidden", "folder_gone"):
        kind, cause, remedy = "unwritable", f"Nothing can be written in {there}.", "Choose another folder"
    else:
        return error
    return StudioError(
        f"save_as.{kind}",
        "The project was not saved there.",
        cause=cause,
        remedy=f"{remedy}; the project is as it was.",
    )


def takes_long(old: Path, new: Path) -> bool:
    """Whether the sound has to be copied, because the new folder is on another drive."""
    try:
        there = next(folder for folder in (new, *new.parents) if folder.exists())
        return old.stat().st_dev != there.stat().st_dev
    except OSError:
        return True


def _carry(old: Path, new: Path, disk: Disk) -> None:
    disk.make_folder(new)
    if not old.is_dir():
        return
    for path in sorted(old.iterdir()):
        if path.is_dir() and not path.is_symlink():
            _carry(path, new / path.name, disk)
        elif path.is_file() and not path.name.endswith((".tmp", ".part")) and not (new / path.name).exists():
            try:
                disk.link(path.resolve(), new / path.name)
            except OSError as error:
                if error.errno not in _NO_SECOND_NAMES:
                    raise
                disk.copy(path, new / path.name)
    disk.sync_folder(new)


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
