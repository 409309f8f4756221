"""The models that are installed: a folder each, which appears by rename when everything in it was checked."""

import fcntl
import hashlib
import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Final, Literal

import msgspec
from msgspec import Struct

from studio import paths
from studio.catalogue.entries import Entry
from studio.catalogue.fetching import STALL_S, CheckedBy, fetch
from studio.errors import StudioError
from studio.media.disk import Disk

Report = Callable[[float, str], None]
"""Tell how far along we are, 0 to 1, and with what. Raises `Cancelled` when nobody wants the result any more."""

_NOTE: Final = "installed.json"
_COMING: Final = ".coming"
_GOING: Final = ".going"
_KEPT_S: Final = 7 * 86400
_BLOCK_BYTES: Final = 1 << 20
_MB: Final = 1e6
_WORDS_EVERY_S: Final = 0.5


class InstalledFile(Struct, frozen=True, kw_only=True):
    """A file as it was installed, and what it was held against then."""

    name: str
    size_bytes: int
    sha256: str
    checked_by: CheckedBy


class Installed(Struct, frozen=True, kw_only=True):
    """What lies in a model's folder. It says everything anew, so that it outlives its entry in the list."""

    id: str
    name: str
    engine: str
    publisher: str
    licence: str
    page: str
    languages: tuple[str, ...]
    about: str
    memory_mb: int
    files: tuple[InstalledFile, ...]
    revision: str = ""
    when: str = ""
    source: Literal["download", "import"] = "download"
    format: int = 1

    @property
    def size_bytes(self) -> int:
        """All its files together."""
        return sum(file.size_bytes for file in self.files)


def folder() -> Path:
    """Where models are kept."""
    return paths.data() / "models"


def place(id: str) -> Path:
    """Where a model lies when it is installed."""
    return folder() / id


def installed() -> dict[str, Installed]:
    """Every installed model by its id; what cannot be read is left out."""
    found = {}
    for note in sorted(folder().glob(f"[!.]*/{_NOTE}")):
        with suppress(OSError, msgspec.MsgspecError):
            one = msgspec.json.decode(note.read_bytes(), type=Installed)
            if one.id == note.parent.name:
                found[one.id] = one
    return found


def seems_whole(one: Installed) -> bool:
    """Whether every file is there with its size. `verify` reads them."""
    return all(_size(place(one.id) / file.name) == file.size_bytes for file in one.files)


def bytes_here(id: str) -> int:
    """How much of a download that was not finished is here."""
    coming = folder() / _COMING / id
    return sum(_size(path) for path in coming.iterdir() if path.suffix != ".json") if coming.is_dir() else 0


def install(entry: Entry, report: Report, *, stall_s: float = STALL_S, disk: Disk | None = None) -> Installed:
    """Download a model, or the rest of one, and put it in its place when every file was checked."""
    disk = disk or Disk()
    with _coming(entry.id, disk) as coming:
        sizes = {file.name: file.size_bytes for file in entry.files}
        done = 0
        files = []
        words = _Words(report)
        for file in entry.files:
            target = coming / file.name

            def heard(here: int, of: int, name: str = file.name, done: int = done) -> None:
                sizes[name] = of or sizes[name]
                known = sum(sizes.values())
                words.say(done + here, known if all(sizes.values()) else max(known, entry.about_mb * _MB), name)

            kept = _kept(target)
            fetched = kept or fetch(file, target, heard, stall_s=stall_s, disk=disk)
            one = InstalledFile(
                name=file.name,
                size_bytes=fetched.size_bytes,
                sha256=fetched.sha256,
                checked_by=fetched.checked_by,
            )
            if kept is None:
                disk.write_whole(_kept_note(target), msgspec.json.encode(one))
            done += one.size_bytes
            files.append(one)
        made = of_entry(entry, tuple(files), "download")
        _put(made, coming, disk)
    report(1.0, "Installed")
    return made


def verify(id: str, report: Report) -> Installed:
    """Read every file of a model and hold it against the hash from when it was installed; `StudioError` if not so."""
    one = _there(id)
    done = 0
    for file in one.files:
        path = place(id) / file.name

        def told(here: int, done: int = done, name: str = file.name) -> None:
            report((done + here) / max(1, one.size_bytes), f"Checking {name}")

        try:
            found = sha256_of(path, told)
        except OSError:
            found = ""
        if found != file.sha256:
            raise _damaged(one, file.name)
        done += file.size_bytes
    report(1.0, "Everything is as it was installed")
    return one


def checked(id: str) -> Path:
    """Return the folder of a model whose files are as they were installed: what every engine asks before loading."""
    one = _there(id)
    for file in one.files:
        path = place(id) / file.name
        try:
            state = path.stat()
            same = _remembered(path, state.st_size, state.st_mtime_ns) == file.sha256
        except OSError:
            same = False
        if not same:
            raise _damaged(one, file.name)
    return place(id)


def remove(id: str) -> int:
    """Delete a model, or what is here of it, and return how many bytes that were."""
    freed = 0
    for path in (place(id), folder() / _COMING / id):
        if not path.exists():
            continue
        freed += sum(_size(file) for file in path.rglob("*"))
        gone = folder() / f"{_GOING}-{os.getpid()}-{time.monotonic_ns()}"
        path.rename(gone)
        shutil.rmtree(gone, ignore_errors=True)
    if not freed:
        _there(id)
    return freed


def sweep() -> None:
    """Take away what a killed process left: deletions that were begun, downloads that lay still for a week."""
    for gone in folder().glob(f"{_GOING}-*"):
        shutil.rmtree(gone, ignore_errors=True)
    for coming in (folder() / _COMING).glob("*/"):
        newest = max((path.stat().st_mtime for path in coming.iterdir()), default=0.0)
        if time.time() - newest > _KEPT_S:
            shutil.rmtree(coming, ignore_errors=True)


def sha256_of(path: Path, told: Callable[[int], None] = lambda _bytes: None) -> str:
    """The hash of a file's content, in hexadecimal digits."""
    hashed = hashlib.sha256()
    done = 0
    with path.open("rb") as file:
        while block := file.read(_BLOCK_BYTES):
            hashed.update(block)
            done += len(block)
            told(done)
    return hashed.hexdigest()


def adopt(made: Installed, fill: Callable[[Path], None], disk: Disk | None = None) -> None:
    """Install what `fill` puts into an empty folder: the door for models that come from disk."""
    disk = disk or Disk()
    with _coming(made.id, disk) as coming:
        for old in coming.iterdir():
            old.unlink()
        fill(coming)
        _put(made, coming, disk)


def of_entry(entry: Entry, files: tuple[InstalledFile, ...], source: Literal["download", "import"]) -> Installed:
    """What is noted of a model from the list when it is installed now."""
    return Installed(
        id=entry.id,
        name=entry.name,
        engine=entry.engine,
        publisher=entry.publisher,
        licence=entry.licence,
        page=entry.page,
        languages=entry.languages,
        about=entry.about,
        memory_mb=entry.memory_mb,
        files=files,
        revision=entry.revision,
        when=datetime.now(UTC).isoformat(timespec="seconds"),
        source=source,
    )


class _Words:
    """Says how far a download is, with its speed, often enough for a bar and seldom enough to be read."""

    def __init__(self, report: Report) -> None:
        self._report = report
        self._began_s: float | None = None
        self._at_first = 0.0
        self._said_s = -1.0
        self._stage = ""

    def say(self, here: float, of: float, name: str) -> None:
        now_s = time.monotonic()
        if self._began_s is None:
            self._began_s, self._at_first = now_s, here
        if now_s - self._said_s >= _WORDS_EVERY_S:
            spent_s = now_s - self._began_s
            speed = f", {(here - self._at_first) / spent_s / _MB:.1f} MB/s" if spent_s > _WORDS_EVERY_S else ""
            self._stage = f"Downloading {name}: {here / _MB:.1f} of {of / _MB:.1f} MB{speed}"
            self._said_s = now_s
        self._report(min(0.999, here / of) if of else 0.0, self._stage)


@contextmanager
def _coming(id: str, disk: Disk) -> Iterator[Path]:
    """The folder in which a model is gathered, ours alone."""
    coming = folder() / _COMING / id
    disk.make_folder(coming)
    lock = os.open(folder() / _COMING / f"{id}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise StudioError(
                "model.busy",
                "The model was not installed.",
                cause="Another window or terminal is installing it now.",
                remedy="Wait until that is done.",
            ) from None
        disk.make_folder(coming)
        yield coming
    finally:
        os.close(lock)


def _put(made: Installed, coming: Path, disk: Disk) -> None:
    """Give a gathered model its place, in one step; what lay there goes."""
    for note in coming.glob("*.kept.json"):
        disk.remove(note)
    disk.write_whole(coming / _NOTE, msgspec.json.encode(made))
    disk.sync_folder(coming)
    target = place(made.id)
    old = folder() / f"{_GOING}-{os.getpid()}-{time.monotonic_ns()}"
    if target.exists():
        disk.replace(target, old)
    disk.replace(coming, target)
    disk.sync_folder(folder())
    shutil.rmtree(old, ignore_errors=True)


def _kept_note(target: Path) -> Path:
    return target.with_name(f"{target.name}.kept.json")


def _kept(target: Path) -> InstalledFile | None:
    """A file that an earlier attempt finished, when it is still what it was then."""
    try:
        note = msgspec.json.decode(_kept_note(target).read_bytes(), type=InstalledFile)
        return note if sha256_of(target) == note.sha256 else None
    except (OSError, msgspec.MsgspecError):
        return None


@cache
def _remembered(path: Path, size: int, mtime_ns: int) -> str:
    """The hash of a file, remembered as long as its size and time stay the same."""
    del size, mtime_ns
    return sha256_of(path)


def _there(id: str) -> Installed:
    one = installed().get(id)
    if one is None:
        raise StudioError(
            "model.absent",
            f"The model {id} is not installed.",
            cause=f"There is nothing of that name in {folder()}.",
            remedy="Install it on the models page, or with: studio models install.",
        )
    return one


def _damaged(one: Installed, name: str) -> StudioError:
    return StudioError(
        "model.damaged",
        f"{one.name} was not loaded.",
        cause=f"Its file {name} is no longer what was installed.",
        remedy="Delete the model and install it again.",
    )


def _size(path: Path) -> int:
    try:
        return path.stat().st_size if path.is_file() else 0
    except OSError:
        return 0
