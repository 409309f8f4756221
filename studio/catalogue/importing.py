"""Models from disk: files that a person got elsewhere, held against the list, or known by what they are."""

import shutil
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import msgspec
from msgspec import Struct

from studio.catalogue import store
from studio.catalogue.contents import wrong_with
from studio.catalogue.entries import Entry, entries, entry
from studio.catalogue.fetching import CheckedBy
from studio.catalogue.store import Installed, InstalledFile, Report
from studio.errors import StudioError

_TITLE: Final = "The model was not imported."
_OWN: Final = "own-"


class _PiperAudio(Struct):
    sample_rate: int


class _PiperEspeak(Struct):
    voice: str


class _Piper(Struct):
    """What a Piper voice's `.onnx.json` says, as far as it tells us what this is."""

    audio: _PiperAudio
    espeak: _PiperEspeak
    phoneme_id_map: dict[str, list[int]]


def import_model(path: Path, report: Report, *, id: str = "") -> Installed:
    """Install the model whose files lie in a folder, or beside the file named; `id` says which, "" lets us see.

    Files are copied and stay where they are. Raises `StudioError` where nothing here is a model that an engine
    knows, or where a file is not what the list says it is.
    """
    report(0.0, "Looking at the files")
    if not path.exists():
        raise _refused("missing", f"There is no {path}.", "Check the path.")
    names = {one.name: one for one in sorted((path if path.is_dir() else path.parent).iterdir()) if one.is_file()}
    wanted = entry(id) if id else _recognised(names)
    if wanted is not None:
        return _of_the_list(wanted, names, report)
    return _piper(path, names, report)


def _recognised(names: Iterable[str]) -> Entry | None:
    there = set(names)
    return next((one for one in entries() if {file.name for file in one.files} <= there), None)


def _of_the_list(wanted: Entry, names: dict[str, Path], report: Report) -> Installed:
    missing = [file.name for file in wanted.files if file.name not in names]
    if missing:
        raise _refused("incomplete", f"{wanted.name} also needs {' and '.join(missing)}.", "Put all into one folder.")
    files = []
    for number, file in enumerate(wanted.files):
        report(number / len(wanted.files) / 2, f"Checking {file.name}")
        path = names[file.name]
        if file.size_bytes not in (0, path.stat().st_size):
            raise _refused("differs", f"{file.name} has not the size that the list says.", "Get it again.")
        found = _file(path, "catalogue" if file.sha256 else "size" if file.size_bytes else "nothing")
        if file.sha256 not in ("", found.sha256):
            raise _refused("differs", f"{file.name} is not the file that the list means.", "Get it again.")
        files.append(found)
    made = store.of_entry(wanted, tuple(files), "import")
    return _adopt(made, {file.name: names[file.name] for file in files}, report)


def _piper(path: Path, names: dict[str, Path], report: Report) -> Installed:
    """A Piper voice of the person's own: `NAME.onnx` with `NAME.onnx.json` beside it."""
    found = [path] if path.is_file() else [one for one in names.values() if f"{one.name}.json" in names]
    network = next((one for one in found if one.suffix == ".onnx" and f"{one.name}.json" in names), None)
    if network is None:
        raise _refused(
            "unknown",
            f"No engine here knows what lies in {path.name}.",
            "Choose the folder with all files of a model on the list, or a Piper voice with its .onnx.json beside it.",
        )
    card = names[f"{network.name}.json"]
    try:
        said = msgspec.json.decode(card.read_bytes(), type=_Piper)
    except (msgspec.MsgspecError, ValueError) as error:
        raise _refused("wrong", f"{card.name} does not describe a Piper voice: {error}.", "Get it again.") from error
    files = tuple(_file(one, "nothing") for one in (network, card))
    made = Installed(
        id=f"{_OWN}{network.stem}"[:100],
        name=network.stem,
        engine="piper",
        publisher="your own file",
        licence="as you got it",
        page="",
        languages=(said.espeak.voice,),
        about=f"A Piper voice of yours, {said.audio.sample_rate} Hz.",
        memory_mb=max(1, 2 * files[0].size_bytes // 1_000_000),
        files=files,
        when=datetime.now(UTC).isoformat(timespec="seconds"),
        source="import",
    )
    return _adopt(made, {one.name: one for one in (network, card)}, report)


def _file(path: Path, checked_by: CheckedBy) -> InstalledFile:
    wrong = wrong_with(path, path.name)
    if wrong:
        raise _refused("wrong", f"{path.name} {wrong}.", "Get it again from where it came.")
    return InstalledFile(
        name=path.name, size_bytes=path.stat().st_size, sha256=store.sha256_of(path), checked_by=checked_by
    )


def _adopt(made: Installed, sources: dict[str, Path], report: Report) -> Installed:
    def fill(folder: Path) -> None:
        for number, file in enumerate(made.files):
            report(0.5 + number / len(made.files) / 2, f"Copying {file.name}")
            shutil.copyfile(sources[file.name], folder / file.name)
            if store.sha256_of(folder / file.name) != file.sha256:
                raise _refused("differs", f"{file.name} changed while it was copied.", "Try again.")

    try:
        store.adopt(made, fill)
    except OSError as error:
        raise _refused("folder", f"The system says: {error.strerror or error}.", "Free some space.") from error
    report(1.0, "Imported")
    return made


def _refused(code: str, cause: str, remedy: str) -> StudioError:
    return StudioError(f"import.{code}", _TITLE, cause=cause, remedy=remedy)
