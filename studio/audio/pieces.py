"""What an export cuts a project into, and names for the files that every system can hold."""

import re
import unicodedata
from pathlib import Path
from typing import Final, Literal, NamedTuple

from studio.audio.mix import audible
from studio.model.project import Project, TrackId

Split = Literal["mix", "tracks", "markers"]

_LONGEST_BYTES: Final = 120
_FORBIDDEN: Final = re.compile(r'[<>:"/\\|?*]')
_RESERVED: Final = re.compile(r"(?i)^(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(?=\.|$)")


class Piece(NamedTuple):
    """One file to come: a stretch of the timeline, of all audible tracks or of those named."""

    name: str
    start: int
    stop: int
    tracks: tuple[TrackId, ...] | None = None


def pieces_of(project: Project, start: int, stop: int, split: Split) -> tuple[Piece, ...]:
    """Return the files that an export makes of a stretch; `stop` 0 means to the end of the project.

    By tracks: one for each track that is heard, all of the same length, so that they add up to the mix. By markers:
    one for each region, and one from each point marker to the next point, beginning with what lies before the first.
    """
    stop = stop or project.length
    if split == "tracks":
        return tuple(Piece(track.name, start, stop, (track.id,)) for track in audible(project) if track.clips)
    if split == "markers":
        return tuple(_between_markers(project, start, stop))
    return (Piece(project.name, start, stop),)


def _between_markers(project: Project, start: int, stop: int) -> list[Piece]:
    regions = [Piece(marker.text, marker.start, marker.end) for marker in project.markers if marker.length]
    points = sorted((marker.start, marker.text) for marker in project.markers if not marker.length)
    if points:
        edges = [(0, project.name), *points, (stop, "")]
        regions += [Piece(name, at, edges[index + 1][0]) for index, (at, name) in enumerate(edges[:-1])]
    inside = [piece._replace(start=max(piece.start, start), stop=min(piece.stop, stop)) for piece in regions]
    return sorted((piece for piece in inside if piece.start < piece.stop), key=lambda piece: piece.start)


def safe_name(text: str) -> str:
    """Return a file name, without a suffix, as close to `text` as every system, cloud and archive can hold."""
    plain = unicodedata.normalize("NFC", text.encode("utf-8", "ignore").decode())
    plain = "".join(" " if unicodedata.category(letter) in ("Cc", "Zl", "Zp") else letter for letter in plain)
    plain = "".join(letter for letter in plain if unicodedata.category(letter) not in ("Cf", "Cs", "Co", "Cn"))
    plain = " ".join(_FORBIDDEN.sub("-", plain).split())
    plain = plain.encode()[:_LONGEST_BYTES].decode("utf-8", "ignore").lstrip(" .-~").rstrip(" .")
    return _RESERVED.sub(r"\1_", plain) or "Untitled"


def paths_for(pieces: tuple[Piece, ...], folder: Path, suffix: str, *, numbered: bool) -> tuple[Path, ...]:
    """Return a path below `folder` for each piece, no two alike on any system, none that exists already."""
    taken = {_as_seen(path.name) for path in folder.iterdir()} if folder.is_dir() else set()
    digits = max(2, len(str(len(pieces))))
    found = []
    for number, piece in enumerate(pieces, 1):
        name = safe_name(f"{number:0{digits}} {piece.name}" if numbered else piece.name)
        attempt, again = f"{name}{suffix}", 1
        while _as_seen(attempt) in taken:
            again += 1
            attempt = f"{name} ({again}){suffix}"
        taken.add(_as_seen(attempt))
        found.append(folder / attempt)
    return tuple(found)


def _as_seen(name: str) -> str:
    """Two names that some system takes for the same are equal here."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFC", name).casefold())
