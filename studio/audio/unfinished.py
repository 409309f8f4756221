"""An import that is not finished: what is decoded already, and all that is needed to go on with it.

A folder below the project's media holds it, named after what was asked for: `sound.wav` grows, and `state.json` says
how far it counts and where in the file of which size, time and content that was. What a killed import wrote beyond
that is cut off again.
"""

import logging
import math
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from hashlib import blake2b
from pathlib import Path
from typing import Final

import av
import msgspec
import numpy as np
from msgspec import Struct

from studio.audio.place import Place
from studio.audio.trouble import DISK_FULL
from studio.errors import StudioError
from studio.media.begun import PREFIX, STATE, Source, Wish, is_used, owner_name
from studio.media.disk import Disk
from studio.media.wav import HEADER_BYTES, Frames

SOUND: Final = "sound.wav"
KEEP_EVERY_S = 0.5
"""How often an import puts on the disk how far it is."""

_FORM: Final = 1
_KEPT_S: Final = 14 * 24 * 3600.0
_LOOKED_AT: Final = 1 << 16

_log = logging.getLogger(__name__)


class State(Struct, frozen=True, kw_only=True):
    """How far an import is: `frames` in its WAV, made of what the decoder gave before `place`.

    `waiting` is how many of those frames the rate conversion still needs; they lie in a file beside, named by `place`.
    """

    wish: Wish
    source: Source
    to_hz: int
    place: Place
    frames: int
    waiting: int


class Unfinished:
    """The folder of one import. `state` is how far an earlier one came; None where it begins at the beginning."""

    def __init__(self, folder: Path, wish: Wish) -> None:
        self._folder = folder
        self._wish = wish
        self._kept_s = -math.inf
        self._source = source_of(Path(wish.path))
        self.sound = folder / SOUND
        self.state = self._found()
        self.changed = self.state is not None and self.state.source != self._source
        if self.changed:
            _log.info("%s has changed: its import begins anew", Path(wish.path).name)
            self.begin_anew()

    @property
    def is_begun(self) -> bool:
        """Whether there is something to go on with."""
        return (self._folder / STATE).exists()

    def begin_anew(self) -> None:
        """Forget how far it was."""
        self.state = None
        for path in self._folder.iterdir():
            path.unlink(missing_ok=True)
        self._own()

    def waiting(self) -> Frames:
        """The frames that the rate conversion had not finished with, shape (n, channels)."""
        assert self.state is not None
        return np.fromfile(self._waiting_path(self.state.place), "<f4").reshape(-1, self.state.place.channels)

    @property
    def is_due(self) -> bool:
        """Whether it is time to keep how far it is."""
        return time.monotonic() - self._kept_s >= KEEP_EVERY_S

    def keep(self, place: Place, to_hz: int, frames: int, waiting: Frames) -> None:
        """Put on the disk how far it is, once the sound itself is there."""
        disk = Disk()
        disk.write_whole(self._waiting_path(place), np.ascontiguousarray(waiting, "<f4").tobytes())
        self.state = State(
            wish=self._wish, source=self._source, to_hz=to_hz, place=place, frames=frames, waiting=len(waiting)
        )
        disk.write_whole(self._folder / STATE, msgspec.json.encode(self.state))
        disk.sync_folder(self._folder)
        for old in self._folder.glob("*.waiting"):
            if old != self._waiting_path(place):
                old.unlink(missing_ok=True)
        self._kept_s = time.monotonic()

    def remove(self) -> None:
        """Nothing is left to go on with."""
        shutil.rmtree(self._folder, ignore_errors=True)

    def let_go(self) -> None:
        """Another process may go on with it; where there is nothing to go on with it is removed."""
        if self.is_begun:
            (self._folder / owner_name(os.getpid())).unlink(missing_ok=True)
        else:
            self.remove()

    def _own(self) -> None:
        (self._folder / owner_name(os.getpid())).touch()

    def _found(self) -> State | None:
        for owner in self._folder.glob(owner_name("*")):
            owner.unlink(missing_ok=True)
        self._own()
        state = read_state(self._folder)
        if state is None:
            return None
        fits = (
            state.wish == self._wish
            and _size(self.sound) >= HEADER_BYTES + 4 * state.frames * state.place.channels
            and _size(self._waiting_path(state.place)) == 4 * state.waiting * state.place.channels
        )
        return state if fits else None

    def _waiting_path(self, place: Place) -> Path:
        return self._folder / f"{place.packets}.waiting"


@contextmanager
def unfinished(project_dir: Path, wish: Wish) -> Iterator[Unfinished]:
    """The folder in which an import is done. It stays, to be gone on with, where that is called off or has no room."""
    media = project_dir / "media"
    media.mkdir(parents=True, exist_ok=True)
    remove_forgotten(media)
    folder = media / f"{PREFIX}{_name(wish)}"
    if is_used(folder):
        folder = folder.with_name(f"{folder.name}-{os.getpid()}")
    folder.mkdir(exist_ok=True)
    os.utime(folder)
    begun = Unfinished(folder, wish)
    try:
        yield begun
    except StudioError as error:
        if error.explanation.code != DISK_FULL:
            begun.remove()
        raise
    finally:
        begun.let_go()


def read_state(folder: Path) -> State | None:
    """How far the import in a folder is; None where that cannot be read."""
    try:
        return msgspec.json.decode((folder / STATE).read_bytes(), type=State)
    except (OSError, msgspec.DecodeError):
        return None


def remove_forgotten(media: Path) -> None:
    """Remove what cannot be gone on with, and what nobody has gone on with for two weeks."""
    for folder in media.glob(f"{PREFIX}*"):
        with suppress(OSError):
            old = time.time() - folder.stat().st_mtime > _KEPT_S
            if not is_used(folder) and (old or not (folder / STATE).exists()):
                shutil.rmtree(folder, ignore_errors=True)


def source_of(path: Path) -> Source:
    """Look at a file; `OSError` where it cannot be read."""
    digest = blake2b(digest_size=16)
    with path.open("rb") as file:
        known = os.fstat(file.fileno())
        digest.update(file.read(_LOOKED_AT))
        file.seek(max(0, known.st_size - _LOOKED_AT))
        digest.update(file.read(_LOOKED_AT))
    return Source(size=known.st_size, mtime_ns=known.st_mtime_ns, digest=digest.hexdigest())


def _name(wish: Wish) -> str:
    what = [_FORM, av.__version__, str(Path(wish.path).absolute()), wish.rate_hz, wish.any_rate]
    return blake2b(msgspec.json.encode([repr(part) for part in what]), digest_size=8).hexdigest()


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return -1
