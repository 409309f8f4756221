"""Where the weights of a Demucs network lie on this machine. Looks at names of files only, until one is hashed."""

import hashlib
import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final

from studio import paths
from studio.engines.base import Settings
from studio.engines.demucs.families import Family
from studio.errors import StudioError

SETTING: Final = "weights"
"""The setting with which a person names a file or a folder of their own."""

_SUFFIXES: Final = (".safetensors", ".th")


def folder() -> Path:
    """Where the studio itself keeps these weights. Not made here: a card is only looked at."""
    return paths.data() / "models" / "demucs"


def found(family: Family, settings: Settings) -> tuple[Path, ...]:
    """Return the files of a family's networks in their order, or of the one network that the settings name.

    A `StudioError` says which are missing and where they may come from.
    """
    named = settings.get(SETTING)
    if not named:
        return _all(family, list(_places(family)))
    own = Path(str(named)).expanduser()
    if own.is_dir():
        return _all(family, [own])
    if own.is_file() and own.suffix in _SUFFIXES:
        return (own,)
    kind = "a folder, a .safetensors file or a .th file"
    raise StudioError(
        "demucs.weights",
        f"{family.name} could not be started.",
        cause=f"{own} is not {kind}." if own.exists() else f"There is no {own}.",
        remedy=f"Choose {kind} with the weights.",
    )


def lacking(family: Family) -> str:
    """What a card says where weights are missing, "" where all of them are here."""
    try:
        found(family, {})
    except StudioError as error:
        return f"{error.explanation.cause} {error.explanation.remedy}"
    return ""


def fingerprint(files: tuple[Path, ...]) -> str:
    """What tells these files from all others: SHA-256 over theirs, 16 hexadecimal digits."""
    whole = hashlib.sha256()
    for file in files:
        state = file.stat()
        whole.update(sha256(file, state.st_size, state.st_mtime_ns).encode())
    return whole.hexdigest()[:16]


@cache
def sha256(file: Path, size: int, mtime_ns: int) -> str:
    """The hash of a file's content, remembered as long as its size and time stay the same."""
    del size, mtime_ns
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def _all(family: Family, places: list[Path]) -> tuple[Path, ...]:
    files = {network: _file(network, family, places) for network in family.networks}
    missing = [network for network, file in files.items() if file is None]
    if missing:
        names = ", ".join(f"{network}.safetensors" for network in missing)
        raise StudioError(
            "demucs.weights",
            f"{family.name} could not be started.",
            cause=f"It needs its weights, which are not on this computer: {names}.",
            remedy=f"Get them from https://huggingface.co/{family.repository} and put them into {folder()}.",
        )
    return tuple(file for file in files.values() if file is not None)


def _file(network: str, family: Family, places: list[Path]) -> Path | None:
    stems = [network, family.id] if len(family.networks) == 1 else [network]
    for place in places:
        for suffix in _SUFFIXES:
            for stem in stems:
                if (plain := place / f"{stem}{suffix}").is_file():
                    return plain
                if checked := sorted(place.glob(f"{stem}-????????{suffix}")):
                    return checked[0]
    return None


def _places(family: Family) -> Iterator[Path]:
    """The studio's folder, then the caches of the hub and of torch, where the package itself would look."""
    yield folder() / family.id
    yield folder()
    home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    hub = os.environ.get("HF_HUB_CACHE") or Path(os.environ.get("HF_HOME") or home / "huggingface") / "hub"
    yield from Path(hub).glob(f"models--{family.repository.replace('/', '--')}/snapshots/*")
    yield Path(os.environ.get("TORCH_HOME") or home / "torch") / "hub" / "checkpoints"
