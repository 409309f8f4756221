"""The person's voices on the disk: a folder each, with `profile.json`, the recordings, and what engines learnt.

A voice appears by rename, whole or not at all. As one file it is a ZIP of those same plain files.
"""

import os
import re
import shutil
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import Final
from uuid import uuid4

import msgspec

from studio import paths
from studio.errors import StudioError
from studio.model.voice import VOICE_FORM, Voice

SUFFIX: Final = ".voice"
_PROFILE: Final = "profile.json"
_PART: Final = ".making-"
_TAIL: Final = re.compile("-[0-9a-f]{8}$")  # what tells the ids of two voices of one name apart
_KINDS: Final = frozenset({".json", ".wav", ".safetensors", ".onnx"})
_MOST_FILES: Final = 4000
_MOST_BYTES: Final = 4 << 30
_PROFILE_BYTES: Final = 4 << 20
_BLOCK: Final = 1 << 20
_ID: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,79}")


def folder() -> Path:
    """Where all voices are."""
    found = paths.data() / "voices"
    found.mkdir(exist_ok=True)
    return found


def folder_of(voice: Voice) -> Path:
    """Where one voice is."""
    return folder() / voice.id


def all_voices() -> tuple[Voice, ...]:
    """Every voice that can be read, by name."""
    found = [voice for path in folder().iterdir() if not path.name.startswith(".") and (voice := _read(path))]
    return tuple(sorted(found, key=lambda voice: (voice.name.casefold(), voice.id)))


def find(name: str) -> Voice:
    """The voice of that name or id; a `StudioError` where there is none, or more than one."""
    voices = all_voices()
    exact = [voice for voice in voices if voice.id == name]
    found = exact or [voice for voice in voices if voice.name.casefold() == name.casefold()]
    if len(found) == 1:
        return found[0]
    if found:
        raise StudioError(
            "voice.ambiguous",
            f"Which {name} is meant is not clear.",
            cause=f"{len(found)} voices are called {name}.",
            remedy=f"Name one by its id: {', '.join(voice.id for voice in found)}.",
        )
    known = ", ".join(voice.name for voice in voices)
    raise StudioError(
        "voice.unknown",
        f"The voice {_TAIL.sub('', name)} was not found.",
        cause="There is none of that name in the library.",
        remedy=f"Choose one of these: {known}." if known else "Make one with New voice… or studio clone.",
    )


def new_id(name: str) -> str:
    """An id that says the name and that no other voice has."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return f"{re.sub('[^a-z0-9]+', '-', plain).strip('-')[:40] or 'voice'}-{uuid4().hex[:8]}"


@contextmanager
def making(id: str) -> Iterator[Path]:
    """A folder that becomes the voice's when the block ends well, and vanishes when it does not."""
    remove_leftovers()
    part = folder() / f"{_PART}{os.getpid()}-{id}"
    part.mkdir()
    try:
        yield part
        part.rename(folder() / id)
    finally:
        shutil.rmtree(part, ignore_errors=True)


def write_profile(voice: Voice, into: Path) -> None:
    """Write a voice's profile, whole or not at all."""
    part = into / f".{_PROFILE}.part"
    with part.open("wb") as file:
        file.write(msgspec.json.format(msgspec.json.encode(voice), indent=2))
        file.flush()
        os.fsync(file.fileno())
    part.replace(into / _PROFILE)


def remove(voice: Voice) -> None:
    """Take a voice out of the library, at once."""
    gone = folder() / f"{_PART}{os.getpid()}-gone-{voice.id}"
    folder_of(voice).rename(gone)
    shutil.rmtree(gone, ignore_errors=True)


def remove_leftovers() -> None:
    """Remove what processes that are gone had begun."""
    for part in folder().glob(f"{_PART}*"):
        owner = part.name.removeprefix(_PART).partition("-")[0]
        if owner.isdigit() and not Path(f"/proc/{owner}").exists():
            shutil.rmtree(part, ignore_errors=True)


def export(voice: Voice, target: Path) -> None:
    """Write a voice as one file."""
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    home = folder_of(voice)
    try:
        with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED, compresslevel=3) as packed:
            for path in sorted(home.rglob("*")):
                if path.is_file() and path.suffix in _KINDS and not path.name.startswith("."):
                    packed.write(path, path.relative_to(home).as_posix())
        part.replace(target)
    except OSError as error:
        raise StudioError(
            "voice.export",
            "The voice was not exported.",
            cause=f"{target} could not be written: {error.strerror or error}.",
            remedy="Choose another folder, or make room there.",
        ) from error
    finally:
        part.unlink(missing_ok=True)


def import_file(source: Path) -> Voice:
    """Take a voice from such a file into the library, under an id of its own."""
    try:
        with zipfile.ZipFile(source) as packed:
            entries = _checked(source, packed)
            voice = _decoded(source, packed)
            voice = msgspec.structs.replace(voice, id=new_id(voice.name))
            with making(voice.id) as part:
                for entry, place in entries:
                    _unpack(packed, entry, part / place)
                write_profile(voice, part)
            return voice
    except (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError, zlib.error, OSError) as error:
        raise _no_voice(source, f"It cannot be read: {error}.") from error


def _checked(source: Path, packed: zipfile.ZipFile) -> list[tuple[zipfile.ZipInfo, PurePosixPath]]:
    """The entries with their places; a `StudioError` where one would leave its folder or is no part of a voice."""
    entries = [(entry, PurePosixPath(entry.filename)) for entry in packed.infolist() if not entry.is_dir()]
    if len(entries) > _MOST_FILES or sum(entry.file_size for entry, _ in entries) > _MOST_BYTES:
        raise _no_voice(source, "It holds far more than a voice does.")
    seen: set[str] = set()
    for entry, place in entries:
        strange = place.is_absolute() or ".." in place.parts or "\\" in entry.filename or ":" in entry.filename
        hidden = any(part.startswith(".") for part in place.parts)
        is_link = (entry.external_attr >> 16) & 0o170000 == 0o120000
        if strange or hidden or is_link or place.suffix not in _KINDS or entry.filename.casefold() in seen:
            raise _no_voice(source, f"{entry.filename[:80]} is not what a voice is made of.")
        seen.add(entry.filename.casefold())
    return entries


def _decoded(source: Path, packed: zipfile.ZipFile) -> Voice:
    try:
        entry = packed.getinfo(_PROFILE)
        if entry.file_size > _PROFILE_BYTES:
            raise _no_voice(source, "Its profile is too large.")
        voice = msgspec.json.decode(packed.read(entry), type=Voice)
    except (KeyError, msgspec.MsgspecError) as error:
        raise _no_voice(source, f"Its profile cannot be read: {error}.") from error
    if voice.form > VOICE_FORM:
        raise _no_voice(source, "It was made by a newer studio.")
    return voice


def _unpack(packed: zipfile.ZipFile, entry: zipfile.ZipInfo, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    written = 0
    with packed.open(entry) as source, target.open("wb") as file:
        while block := source.read(_BLOCK):
            written += len(block)
            if written > entry.file_size:
                raise zipfile.BadZipFile(f"{entry.filename} is larger than it says")
            file.write(block)


def _read(path: Path) -> Voice | None:
    """The voice in a folder, None where there is none that this studio can read."""
    try:
        voice = msgspec.json.decode((path / _PROFILE).read_bytes(), type=Voice)
    except (OSError, msgspec.MsgspecError):
        return None
    return voice if voice.form <= VOICE_FORM and voice.id == path.name and _ID.fullmatch(voice.id) else None


def _no_voice(source: Path, cause: str) -> StudioError:
    return StudioError(
        "voice.import",
        f"{source.name} was not imported.",
        cause=cause,
        remedy="Choose a file that studio voices export made.",
    )
