"""One file from a server to the disk: resumed where it was cut, checked before it gets its name.

The bytes lie in `NAME.part` until size and hash are what they should be; `NAME.part.json` remembers which file of
the publisher they are a part of. Whatever happens, no file without the suffix is ever half or wrong.
"""

import errno
import hashlib
import http.client
import os
import queue
import shutil
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Final, Literal, NamedTuple
from urllib.parse import urlsplit

import msgspec
from msgspec import Struct

from studio.catalogue import web
from studio.catalogue.contents import wrong_with
from studio.catalogue.entries import ModelFile
from studio.errors import StudioError
from studio.media.disk import Disk

CheckedBy = Literal["catalogue", "publisher", "size", "nothing"]
"""What a file was held against: our list, the publisher's word at that moment, its size alone, or nothing at all."""

Heard = Callable[[int, int], None]
"""Told how many bytes of a file are here and how many there will be (0: nobody knows). May raise `Cancelled`."""

STALL_S: Final = 30.0
_TRIES: Final = 4
_BLOCK_BYTES: Final = 1 << 16
_LOOK_S: Final = 0.2
_QUEUED: Final = 4
_SPARE: Final = 1.1
_TITLE: Final = "The model was not downloaded."
_BROKEN: Final = (OSError, http.client.HTTPException)


class Fetched(NamedTuple):
    """What came of a download."""

    size_bytes: int
    sha256: str
    checked_by: CheckedBy


class _Note(Struct, frozen=True):
    """Which file a part belongs to."""

    url: str
    said: web.Said


class _NotWhatItShouldBe(Exception):
    """The bytes are all here, and wrong."""


def fetch(
    file: ModelFile, target: Path, heard: Heard, *, stall_s: float = STALL_S, disk: Disk | None = None
) -> Fetched:
    """Download a file to `target`, or the rest of it.

    Raises a `StudioError` that says why it is not there; what came is kept where it can still be of use.
    """
    disk = disk or Disk()
    host = urlsplit(file.url).hostname or file.url
    try:
        said = _known(file, _patiently(lambda: web.say(file, stall_s), lambda: heard(0, file.size_bytes)))
        part = _Part(file, target, said, disk)
        for last in (False, True):
            try:
                part.fill(heard, stall_s)
                return part.finish()
            except _NotWhatItShouldBe:
                part.drop()
                if last:
                    raise _failed("differs", f"What {host} sent is not what it said it would send.", _AGAIN) from None
    except _BROKEN as error:
        raise _explained(error, host, target) from error
    raise AssertionError("the last try returns or raises")


class _Part:
    """The bytes of one file that are here, with their running hash."""

    def __init__(self, file: ModelFile, target: Path, said: web.Said, disk: Disk) -> None:
        self._file, self._target, self._said, self._disk = file, target, said, disk
        self._path = target.with_name(f"{target.name}.part")
        self._note_path = target.with_name(f"{target.name}.part.json")
        note = _Note(file.url, said)
        if not _is_of(self._note_path, note):
            self.drop()
        self._disk.write_whole(self._note_path, msgspec.json.encode(note))
        self._hash = hashlib.sha256()
        self._size = 0
        self._take_in_what_is_there()

    def fill(self, heard: Heard, stall_s: float) -> None:
        """Get everything that is missing, through as many connections as it takes while each brings something."""
        self._check_room()
        handle = self._disk.open(self._path, empty=False)
        try:
            tries = 0
            while not self._is_whole:
                before = self._size
                try:
                    if self._receive(handle, heard, stall_s):
                        return
                    raise http.client.IncompleteRead(b"")
                except _BROKEN as error:
                    tries = 1 if self._size > before else tries + 1
                    if getattr(error, "code", None) == http.client.REQUESTED_RANGE_NOT_SATISFIABLE:
                        self._start_over(handle)
                        continue
                    if _is_of_the_disk(error) or _is_final(error) or tries >= _TRIES:
                        raise
                _wait(0.25 * 2**tries, lambda: heard(self._size, self._said.size_bytes))
            self._disk.fsync(handle)
        finally:
            os.close(handle)

    def finish(self) -> Fetched:
        """Give the file its name when it is what it should be; raise `_NotWhatItShouldBe` otherwise."""
        sha256 = self._hash.hexdigest()
        if self._said.size_bytes not in (0, self._size):
            raise _NotWhatItShouldBe
        wanted = self._file.sha256 or self._said.sha256
        if wanted and sha256 != wanted:
            raise _NotWhatItShouldBe
        if not wanted and self._said.git and _git_hash(self._path, self._size) != self._said.git:
            raise _NotWhatItShouldBe
        wrong = wrong_with(self._path, self._file.name)
        if wrong:
            self.drop()
            raise _failed("wrong", f"What came as {self._file.name} {wrong}.", _PORTAL)
        self._disk.replace(self._path, self._target)
        with suppress(FileNotFoundError):
            self._disk.remove(self._note_path)
        return Fetched(self._size, sha256, self._checked_by)

    def drop(self) -> None:
        """Forget the bytes."""
        with suppress(FileNotFoundError):
            self._disk.remove(self._path)
        self._hash, self._size = hashlib.sha256(), 0

    @property
    def _is_whole(self) -> bool:
        return 0 < self._said.size_bytes <= self._size

    @property
    def _checked_by(self) -> CheckedBy:
        if self._file.sha256:
            return "catalogue"
        if self._said.sha256 or self._said.git:
            return "publisher"
        return "size" if self._said.size_bytes else "nothing"

    def _receive(self, handle: int, heard: Heard, stall_s: float) -> bool:
        """Take in what one connection brings; return whether it ended as it should."""
        hashed = bool(self._said.sha256 or self._said.git)
        start = self._size if hashed or self._said.tag else 0  # else two versions could be mixed and nobody would see
        stream = web.stream(self._file.url, start, "" if hashed else self._said.tag, stall_s)
        try:
            if stream.start != self._size:
                self._start_over(handle)
            for block in _Blocks(stream, stall_s, lambda: heard(self._size, self._said.size_bytes)):
                if not self._size and block.lstrip()[:1] == b"<" and not self._file.name.endswith((".xml", ".svg")):
                    raise _failed("wrong", f"What came as {self._file.name} is a web page, not a model.", _PORTAL)
                self._disk.write(handle, block, self._size)
                self._hash.update(block)
                self._size += len(block)
                if 0 < self._said.size_bytes < self._size:
                    raise _NotWhatItShouldBe
                heard(self._size, self._said.size_bytes)
        finally:
            stream.close()
        return self._size >= (self._said.size_bytes or stream.total_bytes)

    def _start_over(self, handle: int) -> None:
        self._disk.truncate(handle, 0)
        self._hash, self._size = hashlib.sha256(), 0

    def _take_in_what_is_there(self) -> None:
        if not self._path.exists():
            return
        with self._path.open("rb") as file:
            while block := file.read(_BLOCK_BYTES * 16):
                self._hash.update(block)
                self._size += len(block)
        if 0 < self._said.size_bytes < self._size:
            self.drop()

    def _check_room(self) -> None:
        needed = (self._said.size_bytes - self._size) * _SPARE
        free = self._disk.free_bytes(self._path.parent)
        if self._said.size_bytes and needed > free:
            raise _no_room(self._path.parent, round(needed), free)


def _known(file: ModelFile, said: web.Said) -> web.Said:
    """What is to be expected of a file: our list first. Raises where the publisher now has another one."""
    for ours, theirs in ((file.size_bytes, said.size_bytes), (file.sha256, said.sha256)):
        if ours and theirs and ours != theirs:
            raise _failed("changed", f"The publisher has changed {file.name} since it was put on the list.", _NEWER)
    return msgspec.structs.replace(
        said, size_bytes=file.size_bytes or said.size_bytes, sha256=file.sha256 or said.sha256
    )


def _patiently(ask: Callable[[], web.Said], heard: Callable[[], None]) -> web.Said:
    for tried in range(1, _TRIES):
        try:
            return ask()
        except _BROKEN as error:
            if _is_final(error):
                raise
        _wait(0.25 * 2**tried, heard)
    return ask()


class _Blocks:
    """The blocks of a stream, read on a thread of their own so that nobody waits deaf for a server that is silent."""

    def __init__(self, stream: web.Stream, stall_s: float, waiting: Callable[[], None]) -> None:
        self._stream, self._stall_s, self._waiting = stream, stall_s, waiting
        self._come: queue.Queue[bytes | Exception] = queue.Queue(_QUEUED)
        self._over = threading.Event()
        threading.Thread(target=self._read, name="download", daemon=True).start()

    def __iter__(self) -> "_Blocks":
        return self

    def __next__(self) -> bytes:
        silent_since_s = time.monotonic()
        while True:
            try:
                block = self._come.get(timeout=_LOOK_S)
                break
            except queue.Empty:
                self._look(silent_since_s)
        if isinstance(block, Exception):
            raise block
        if not block:
            raise StopIteration
        return block

    def __del__(self) -> None:
        self._over.set()

    def _look(self, silent_since_s: float) -> None:
        try:
            self._waiting()
            if time.monotonic() - silent_since_s > self._stall_s:
                raise TimeoutError
        except BaseException:
            self._over.set()
            raise

    def _read(self) -> None:
        block: bytes | Exception = b" "
        while block and not isinstance(block, Exception):
            try:
                block = self._stream.read(_BLOCK_BYTES)
            except (*_BROKEN, ValueError, AttributeError) as error:  # the last two: it was closed meanwhile
                block = error if isinstance(error, _BROKEN) else ConnectionAbortedError()
            while not self._over.is_set():
                with suppress(queue.Full):
                    self._come.put(block, timeout=_LOOK_S)
                    break
            else:
                return


def _wait(seconds: float, heard: Callable[[], None]) -> None:
    pause = threading.Event()
    until_s = time.monotonic() + seconds
    while time.monotonic() < until_s:
        heard()
        pause.wait(_LOOK_S)


def _is_of(path: Path, note: _Note) -> bool:
    """Whether the bytes here are of the file that the publisher has now."""
    try:
        before = msgspec.json.decode(path.read_bytes(), type=_Note)
    except (OSError, msgspec.MsgspecError):
        return False
    if note.said.sha256:
        return (before.url, before.said.sha256) == (note.url, note.said.sha256)
    return before == note


def _git_hash(path: Path, size: int) -> str:
    hashed = hashlib.sha1(b"blob %d\0" % size, usedforsecurity=False)
    hashed.update(path.read_bytes())
    return hashed.hexdigest()


def _is_of_the_disk(error: Exception) -> bool:
    return isinstance(error, OSError) and error.errno in (
        errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EACCES, errno.EROFS, errno.EIO, errno.ENOENT,
    )  # fmt: skip


def _is_final(error: Exception) -> bool:
    """Whether trying again at once would be of no use."""
    code = getattr(error, "code", None)
    return isinstance(code, int) and 400 <= code < 500 and code not in (408, 425, 429)


def _explained(error: Exception, host: str, target: Path) -> StudioError:
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return _no_room(target.parent, 0, 0)
    if _is_of_the_disk(error):
        cause = f"{target.parent} cannot be written to: {os.strerror(getattr(error, 'errno', 0) or 0)}."
        return _failed("folder", cause, "Check the folder and the drive, then try again.")
    return _failed(*web.why_not(error, host))


def _no_room(folder: Path, needed: int, free: int) -> StudioError:
    while not folder.exists():
        folder = folder.parent
    free = free or shutil.disk_usage(folder).free
    wanted = f" It needs {needed / 1e6:.0f} MB." if needed else ""
    return _failed("disk_full", f"There are {free / 1e6:.0f} MB free on the disk.{wanted}", _SPACE)


def _failed(code: str, cause: str, remedy: str) -> StudioError:
    return StudioError(f"download.{code}", _TITLE, cause=cause, remedy=remedy)


_AGAIN: Final = "Nothing of it was kept. Try again later, or import the files from disk."
_NEWER: Final = "Look for a newer studio, or get the files yourself and import them from disk."
_PORTAL: Final = "Log in to the network where it asks for that, then try again. Nothing of it was kept."
_SPACE: Final = "Free some space and try again: what is here already is kept."
