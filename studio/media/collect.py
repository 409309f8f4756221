"""A whole project in one place: every file it stands on, copied into one new folder or one ZIP archive."""

import os
import shutil
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final, NamedTuple

from studio.errors import StudioError
from studio.media.disk import Disk
from studio.media.generation import NEWEST
from studio.media.store import TAKES, ProjectStore
from studio.media.wav import read_layout
from studio.model.history import History
from studio.model.project import Media, Pitch

_ROOM_BYTES: Final = 1 << 20  # for the project file, its folders and its history
_CHUNK_BYTES: Final = 4 << 20

Report = Callable[[float, str], None]
"""Tell how far along we are, 0 to 1, and what is being copied. Raises `Cancelled` to call it off."""


class Collected(NamedTuple):
    """What was collected: where it is, how much, and what could not be found."""

    path: Path
    files: int
    size_bytes: int
    missing: tuple[str, ...]


class _Piece(NamedTuple):
    name: str
    path: Path
    size_bytes: int


def collect(folder: Path, destination: Path, *, report: Report = lambda _f, _s: None) -> Collected:
    """Copy the project of a folder, with its undo and every sound it stands on, into a new folder.

    Sound that the folder only points to (a link to another drive) becomes a real file. The new folder appears by
    rename, whole or not at all. StudioError when there is no room, or something is there already.
    """
    history, pieces, missing = _survey(folder)
    _check_place(destination, pieces)
    part = destination.with_name(f".{destination.name}.{os.getpid()}.part")
    try:
        ProjectStore.create(part, history.project, history=history).close()
        for piece, copied in _in_turn(pieces, report):
            (part / piece.name).parent.mkdir(parents=True, exist_ok=True)
            with (part / piece.name).open("xb") as target:
                for chunk in _chunks(piece, copied):
                    target.write(chunk)
                target.flush()
                os.fsync(target.fileno())
        if destination.is_dir():
            destination.rmdir()  # empty, as checked
        part.rename(destination)
        Disk().sync_folder(destination.parent)
    except OSError as error:
        raise _not_collected(destination, error) from error
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return _collected(destination, pieces, missing)


def collect_zip(folder: Path, archive: Path, *, report: Report = lambda _f, _s: None) -> Collected:
    """Put the project of a folder with every sound it stands on into one ZIP archive, which opens as one folder."""
    history, pieces, missing = _survey(folder)
    _check_place(archive, pieces)
    part = archive.with_name(f".{archive.name}.{os.getpid()}.part")
    scratch = archive.with_name(f".{archive.name}.{os.getpid()}.project")
    inside = archive.stem
    try:
        ProjectStore.create(scratch, history.project, history=history).close()
        with part.open("xb") as target:
            # Sound hardly shrinks, and stored sound can be read where it lies.
            with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED, allowZip64=True) as zipped:
                zipped.write(scratch / NEWEST, f"{inside}/{NEWEST}", zipfile.ZIP_DEFLATED)
                for piece, copied in _in_turn(pieces, report):
                    with zipped.open(f"{inside}/{piece.name}", "w", force_zip64=True) as entry:
                        for chunk in _chunks(piece, copied):
                            entry.write(chunk)
            target.flush()
            os.fsync(target.fileno())
        part.replace(archive)
        Disk().sync_folder(archive.parent)
    except OSError as error:
        raise _not_collected(archive, error) from error
    finally:
        part.unlink(missing_ok=True)
        shutil.rmtree(scratch, ignore_errors=True)
    return _collected(archive, pieces, missing)


def media_of(history: History) -> tuple[tuple[Media, ...], tuple[Pitch, ...]]:
    """Every medium and melody that any state of a history stands on, so that undo finds its sound too."""
    states = (history.base, *(step.after for step in history.steps))
    media = {medium.file: medium for state in states for medium in state.media}
    pitches = {pitch.file: pitch for state in states for pitch in state.pitches}
    return tuple(media.values()), tuple(pitches.values())


def _survey(folder: Path) -> tuple[History, tuple[_Piece, ...], tuple[str, ...]]:
    history = ProjectStore.open(folder).history
    media, pitches = media_of(history)
    pieces: list[_Piece] = []
    missing: list[str] = []
    for name, file in (*((medium.name, medium.file) for medium in media), *(("", pitch.file) for pitch in pitches)):
        path = folder / file
        try:
            read_layout(path)  # what a project calls sound may be a link to anything: only sound is taken along
            pieces.append(_Piece(file, path, path.stat().st_size))
        except (StudioError, OSError):
            missing.append(name or file)
    takes = {Path(piece.name).parent for piece in pieces if piece.name.startswith(f"{TAKES}/")}
    for notes in sorted(take / name for take in takes for name in ("take.json", "take.events")):
        path = folder / notes
        if path.is_file() and not path.is_symlink():
            pieces.append(_Piece(notes.as_posix(), path, path.stat().st_size))
    return history, tuple(pieces), tuple(missing)


def _check_place(destination: Path, pieces: tuple[_Piece, ...]) -> None:
    if destination.exists() and not (destination.is_dir() and not any(destination.iterdir())):
        raise StudioError(
            "collect.taken",
            "The project was not collected.",
            cause=f"There is something called “{destination.name}” already.",
            remedy="Choose another name.",
        )
    need = sum(piece.size_bytes for piece in pieces) + _ROOM_BYTES
    try:
        free = Disk().free_bytes(destination.parent)
    except OSError as error:
        raise _not_collected(destination, error) from error
    if need > free:
        raise StudioError(
            "collect.no_room",
            "The project was not collected.",
            cause=f"It needs {need / 1e6:,.0f} MB, and {free / 1e6:,.0f} MB are free there.",
            remedy="Free some space, or choose another drive.",
        )


def _in_turn(pieces: tuple[_Piece, ...], report: Report) -> Iterator[tuple[_Piece, Callable[[int], None]]]:
    """Each piece with what to call for every chunk of it."""
    total = max(1, sum(piece.size_bytes for piece in pieces))
    done = 0
    for piece in pieces:

        def copied(size: int, name: str = Path(piece.name).name) -> None:
            nonlocal done
            done += size
            report(min(1.0, done / total), name)

        yield piece, copied
    report(1.0, "")


def _chunks(piece: _Piece, copied: Callable[[int], None]) -> Iterator[bytes]:
    with piece.path.open("rb") as source:
        while chunk := source.read(_CHUNK_BYTES):
            yield chunk
            copied(len(chunk))


def _collected(path: Path, pieces: tuple[_Piece, ...], missing: tuple[str, ...]) -> Collected:
    return Collected(path, len(pieces), sum(piece.size_bytes for piece in pieces), missing)


def _not_collected(destination: Path, error: OSError) -> StudioError:
    return StudioError(
        "collect.failed",
        "The project was not collected.",
        cause=f"“{destination.name}” could not be written ({os.strerror(error.errno or 0)}).",
        remedy="Choose another place. The project itself is as it was.",
    )
