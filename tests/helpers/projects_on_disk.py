"""Projects on disk for tests: a disk that fails on request, sound to stand on, and what a person would read."""

import errno
import os
from collections.abc import Iterable
from pathlib import Path

import numpy as np
from msgspec.structs import replace

from studio.media.disk import Disk
from studio.media.identity import content_id
from studio.media.journal import Did, Entry, WentTo
from studio.media.wav import MappedWav, WavWriter
from studio.model.edits import AddMarker, AddTrack, Edit, RenameTrack, SetNotes
from studio.model.history import History
from studio.model.project import Marker, MarkerId, Media, Project, Track, TrackId


class FailingDisk(Disk):
    """Fails call number `fail_at` (and with `for_good` every one after it); counts them all."""

    def __init__(self, fail_at: int = 0, *, for_good: bool = False, error: int = errno.EIO) -> None:
        self.calls = 0
        self.fail_at = fail_at
        self.for_good = for_good
        self.error = error

    def _count(self) -> None:
        self.calls += 1
        if self.calls == self.fail_at or (self.for_good and 0 < self.fail_at <= self.calls):
            raise OSError(self.error, os.strerror(self.error))

    def open(self, path: Path, *, empty: bool) -> int:
        self._count()
        return super().open(path, empty=empty)

    def write(self, file: int, data: bytes, offset: int) -> None:
        try:
            self._count()
        except OSError:  # as a real disk does: a part of it gets through
            super().write(file, data[: len(data) // 2], offset)
            raise
        super().write(file, data, offset)

    def truncate(self, file: int, length: int) -> None:
        self._count()
        super().truncate(file, length)

    def fsync(self, file: int) -> None:
        self._count()
        super().fsync(file)

    def replace(self, old: Path, new: Path) -> None:
        self._count()
        super().replace(old, new)

    def link(self, old: Path, new: Path) -> None:
        self._count()
        super().link(old, new)

    def remove(self, path: Path) -> None:
        self._count()
        super().remove(path)

    def make_folder(self, path: Path) -> None:
        self._count()
        super().make_folder(path)

    def sync_folder(self, path: Path) -> None:
        self._count()
        super().sync_folder(path)


class FullDisk(Disk):
    """Takes so many more bytes and then no more, the last write in part."""

    def __init__(self, room_bytes: int) -> None:
        self.room_bytes = room_bytes

    def write(self, file: int, data: bytes, offset: int) -> None:
        taken = data[: max(0, self.room_bytes)]
        super().write(file, taken, offset)
        self.room_bytes -= len(taken)
        if len(taken) < len(data):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def work(count: int) -> list[Entry]:
    """What a person might do, entry by entry: edits with a few undos and a redo among them."""
    entries: list[Entry] = [Did(AddTrack(Track(id=TrackId("t"), name="Stimme – голос – 声")))]
    for number in range(1, count):
        entry: Entry = Did(RenameTrack(TrackId("t"), f"take {number}"))
        if number % 7 == 3:
            entry = WentTo(position=max(1, number // 2))
        elif number % 2:
            entry = Did(AddMarker(Marker(id=MarkerId(f"k{number}"), start=number, text=f"é{number}")))
        entries += (entry,)
    return entries


def after(history: History, entries: Iterable[Entry]) -> History:
    """The history after some entries, written down independently of the store."""
    for entry in entries:
        match entry:
            case Did(edit, continues):
                history = history.do(edit, continues=continues)
            case WentTo(position):
                history = history.go_to(position)
    return closed(history)


def closed(history: History) -> History:
    """The history as it looks once no drag is going on."""
    return replace(history, open_gesture="")


def states(begin: History, entries: Iterable[Entry]) -> list[History]:
    """The history before and after each entry."""
    found = [begin]
    for entry in entries:
        found.append(after(found[-1], [entry]))
    return found


def note(text: str) -> Edit:
    """An edit that can be recognised."""
    return SetNotes(text)


def write_tone(path: Path, seconds: float = 0.1, *, hz: float = 220.0, rate_hz: int = 48000) -> Path:
    """A WAV that sounds; its folder is made."""
    path.parent.mkdir(parents=True, exist_ok=True)
    time_s = np.arange(round(seconds * rate_hz)) / rate_hz
    with WavWriter(path, rate_hz, 1) as wav:
        wav.write((0.25 * np.sin(2 * np.pi * hz * time_s)).astype(np.float32)[:, None])
    return path


def medium_at(folder: Path, file: str, *, name: str = "tone") -> Media:
    """The medium that a WAV in a project's folder is."""
    sound = MappedWav.open(folder / file)
    return Media(
        id=content_id(sound),
        name=name,
        file=file,
        rate_hz=sound.rate_hz,
        channels=sound.channels,
        length=sound.length,
        original=f"/somewhere/{name}.wav",
    )


EMPTY = History(base=Project(name="Übung"))
