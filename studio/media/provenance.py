"""Sound files that say of themselves that a machine spoke: the comment that players and editors show."""

import os
import shutil
import struct
from collections.abc import Container, Iterator
from pathlib import Path
from typing import Final

from studio.media.wav import HEADER_BYTES, header
from studio.model.project import Media, MediaId, Project, TrackId

SYNTHETIC: Final = "Synthetic speech in the cloned voice {voice}, made with Melisma Studio by the engine {engine}."
_SOFTWARE: Final = "Melisma Studio"


def comment_on(project: Project, tracks: Container[TrackId], start: int, stop: int) -> str:
    """What is to be said of a stretch of some tracks of a project: in whose cloned voices a machine speaks there."""
    heard = {
        clip.media
        for track in project.tracks
        if track.id in tracks
        for clip in track.clips
        if clip.start < stop and start < clip.end
    }
    by_id = {media.id: media for media in project.media}
    said = {sentence: None for one in sorted(heard) for sentence in _said_of(by_id, one, set())}
    return " ".join(said)


def _said_of(by_id: dict[MediaId, Media], id: MediaId, seen: set[MediaId]) -> Iterator[str]:
    """The sentences on a sound and on what it was made from, in order."""
    media = by_id.get(id)
    if media is None or media.lineage is None or id in seen:
        return
    seen.add(id)
    lineage = media.lineage
    name = lineage.settings.get("voice_name")
    if isinstance(name, str) and name and lineage.settings.get("stem") != "accompaniment":
        yield SYNTHETIC.format(voice=name, engine=lineage.engine)
    for source in lineage.made_from:
        yield from _said_of(by_id, source, seen)


def with_comment(made: Path, target: Path, rate_hz: int, channels: int, comment: str) -> None:
    """Copy a float WAV of ours to `target` with a comment before its sound; an `OSError` where that is not possible."""
    told = b"".join(_entry(name, text) for name, text in ((b"ICMT", comment), (b"ISFT", _SOFTWARE)))
    chunk = struct.pack("<4sI4s", b"LIST", 4 + len(told), b"INFO") + told
    data_bytes = made.stat().st_size - HEADER_BYTES
    plain = header(data_bytes, rate_hz, channels)
    with made.open("rb") as source, target.open("wb") as file:
        source.seek(HEADER_BYTES)
        file.write(plain[:4] + struct.pack("<I", HEADER_BYTES - 8 + len(chunk) + data_bytes) + plain[8:-8])
        file.write(chunk + plain[-8:])
        shutil.copyfileobj(source, file, 1 << 20)


def put_with_comment(made: Path, target: Path, rate_hz: int, channels: int, comment: str) -> None:
    """As `with_comment`; `target` is there whole or not at all."""
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        with_comment(made, part, rate_hz, channels, comment)
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)


def _entry(name: bytes, text: str) -> bytes:
    raw = text.encode() + b"\0"
    return struct.pack("<4sI", name, len(raw)) + raw + b"\0" * (len(raw) % 2)
