"""Missing sound: which media have no file, and where below a folder the same sound lies under whatever name."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final, NamedTuple

from studio.errors import StudioError
from studio.media.disk import Disk, not_saved
from studio.media.identity import content_id
from studio.media.wav import Layout, MappedWav, read_layout
from studio.model.edits import Relink
from studio.model.project import Media, MediaId, Project

_SOUND: Final = (".wav", ".wave", ".rf64")

Report = Callable[[float, str], None]
"""Tell how far along we are, 0 to 1, and what is being looked at. Raises `Cancelled` to call it off."""


class FoundSound(NamedTuple):
    """A file that can stand in for a missing medium; `same_content` says that every sample is the same."""

    media: Media
    path: Path
    same_content: bool


def missing_media(folder: Path, project: Project) -> tuple[Media, ...]:
    """The media whose files are not there, are no sound, or are shorter than what the project uses of them."""
    return tuple(medium for medium in project.media if not _is_there(folder / medium.file, medium))


def look_for(
    missing: tuple[Media, ...], folder: Path, *, report: Report = lambda _f, _s: None
) -> tuple[FoundSound, ...]:
    """Find missing media below a folder: by content, or else by name where length, rate and channels fit too."""
    candidates = [(path, layout) for path in _sound_below(folder) if (layout := _layout_of(path)) is not None]
    found: dict[MediaId, FoundSound] = {}
    for number, (path, layout) in enumerate(candidates):
        fitting = [
            medium
            for medium in missing
            if _fits(layout, medium) and not (medium.id in found and found[medium.id].same_content)
        ]
        if not fitting:
            continue

        def part_done(fraction: float, number: int = number, name: str = path.name) -> None:
            report((number + fraction) / len(candidates), name)

        try:
            content = content_id(MappedWav.open(path), report=part_done)
        except (StudioError, OSError):
            continue
        for medium in fitting:
            if medium.id == content:
                found[medium.id] = FoundSound(medium, path, same_content=True)
            elif medium.id not in found and path.name in (Path(medium.file).name, Path(medium.original).name):
                found[medium.id] = FoundSound(medium, path, same_content=False)
    report(1.0, "")
    return tuple(found[medium.id] for medium in missing if medium.id in found)


def bring_in(folder: Path, found: FoundSound, *, disk: Disk | None = None) -> Relink | None:
    """Copy found sound into the project's folder, where it is not there already, and return the edit that says so.

    None where the file now lies where the project looks for it, so that nothing has to be edited.
    """
    disk = disk or Disk()
    inside = _below(folder, found.path)
    if inside is None:
        inside = found.media.file
        target = folder / inside
        if os.path.lexists(target):  # something else is in its place, and stays there
            inside = f"media/{found.media.id}-found.wav"
            target = folder / inside
        try:
            disk.make_folder(target.parent)
            disk.copy(found.path, target)
            disk.sync_folder(target.parent)
        except OSError as error:
            raise not_saved(error) from error
    return Relink(media=found.media.id, file=inside) if inside != found.media.file else None


def _is_there(path: Path, medium: Media) -> bool:
    layout = _layout_of(path)
    return layout is not None and layout.length >= medium.length and layout.channels == medium.channels


def _layout_of(path: Path) -> Layout | None:
    try:
        return read_layout(path)
    except (StudioError, OSError):
        return None


def _fits(layout: Layout, medium: Media) -> bool:
    return (layout.length, layout.rate_hz, layout.channels) == (medium.length, medium.rate_hz, medium.channels)


def _sound_below(folder: Path) -> Iterator[Path]:
    for parent, folders, names in os.walk(folder):
        folders.sort()
        for name in sorted(names):
            if name.lower().endswith(_SOUND):
                yield Path(parent, name)


def _below(folder: Path, path: Path) -> str | None:
    """The path as the project writes it, where the file lies in its folder."""
    try:
        return path.resolve().relative_to(folder.resolve()).as_posix()
    except ValueError:
        return None
