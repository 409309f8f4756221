"""Projects that have no name yet: how their folders are called, and what a person sees instead."""

from datetime import datetime
from pathlib import Path
from typing import Final

UNTITLED: Final = "Untitled"
_FOLDER_NAMES: Final = "%Y-%m-%d %H.%M.%S"
_STAMP_LENGTH: Final = 19


def fresh_folder(parent: Path) -> Path:
    """A folder that is not there yet, named by the time."""
    name = datetime.now().astimezone().strftime(_FOLDER_NAMES)
    number, folder = 1, parent.absolute() / name
    while folder.exists():
        number += 1
        folder = folder.with_name(f"{name} {number}")
    return folder


def began(folder: Path) -> datetime | None:
    """When an untitled project began, by the name of its folder; None for a folder that a person named."""
    try:
        return datetime.strptime(folder.name[:_STAMP_LENGTH], _FOLDER_NAMES).astimezone()
    except ValueError:
        return None


def untitled_name(when: datetime) -> str:
    """The name of a project that has none: "Untitled, 12 Nov 14:02"."""
    return f"{UNTITLED}, {when.day} {when:%b %H:%M}"
