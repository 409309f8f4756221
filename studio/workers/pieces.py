"""What a long work has finished, piece by piece on the disk: the same work begun again has only the rest to do.

A piece lies in a file with its own sum before it, and appears by rename; one that does not fit its sum is made anew.
"""

import os
import shutil
from collections.abc import Mapping
from hashlib import blake2b
from pathlib import Path
from typing import Final

import msgspec
import numpy as np

from studio import __version__
from studio.engines import registry
from studio.engines.base import Engine, Mono
from studio.media.disk import Disk

_FORM: Final = 1
_SUM_BYTES: Final = 16
_SUFFIX: Final = ".piece"


class KeptPieces:
    """A folder of pieces, in `parent` under the name of the work; those of other works there are removed."""

    def __init__(self, parent: Path, work: str) -> None:
        self._folder = parent / work
        parent.mkdir(parents=True, exist_ok=True)
        for other in parent.iterdir():
            if other != self._folder:
                shutil.rmtree(other, ignore_errors=True)
        self._folder.mkdir(exist_ok=True)
        os.utime(self._folder)
        self._found_bytes = self._made_bytes = 0

    @property
    def resumed(self) -> float:
        """How much of what was asked for was found finished, 0 to 1."""
        return self._found_bytes / max(1, self._found_bytes + self._made_bytes)

    def find(self, name: str) -> bytes | None:
        """See `Pieces`."""
        try:
            kept = (self._folder / f"{name}{_SUFFIX}").read_bytes()
        except OSError:
            return None
        made = kept[_SUM_BYTES:]
        if _sum(name, made) != kept[:_SUM_BYTES]:
            return None
        self._found_bytes += len(made)
        return made

    def keep(self, name: str, made: bytes) -> None:
        """See `Pieces`."""
        disk = Disk()
        disk.write_whole(self._folder / f"{name}{_SUFFIX}", _sum(name, made) + made)
        disk.sync_folder(self._folder)
        self._made_bytes += len(made)


def work_name(engine: Engine, learnt: str, settings: Mapping[str, object], samples: Mono, rate_hz: int) -> str:
    """What tells the conversion of a sound into a voice from any other, but not from itself asked again."""
    made_by = (engine.info.id, registry.installed_version(engine.info), learnt)
    asked = msgspec.json.encode([_FORM, __version__, made_by, dict(settings), rate_hz], order="deterministic")
    digest = blake2b(asked, digest_size=8)
    digest.update(np.ascontiguousarray(samples).data)
    return digest.hexdigest()


def _sum(name: str, made: bytes) -> bytes:
    return blake2b(made, key=name.encode(), digest_size=_SUM_BYTES).digest()
