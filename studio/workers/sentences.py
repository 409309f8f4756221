"""Sentences that were spoken, kept on the disk one by one: what was said once is not said again."""

import os
from contextlib import suppress
from hashlib import blake2b
from typing import Final

import msgspec
import numpy as np
from msgspec import Struct

from studio import paths
from studio.audio.trouble import told
from studio.engines.base import Mono
from studio.errors import StudioError
from studio.media.wav import MappedWav, WavWriter

_MOST_BYTES: Final = 4 << 30
_FORM: Final = 1


class Finding(Struct, frozen=True, kw_only=True):
    """How a sentence came to be: with that seed, after so many tries with others, and what was heard of it."""

    seed: int = 0
    tries: int = 1
    heard: str = ""
    wrong: int = 0
    words: int = 0


class KeptSentences:
    """A folder in the cache. A sentence is known by everything that made it; the oldest go when there are too many."""

    def __init__(self, title: str) -> None:
        self._title = title
        self._folder = paths.cache() / "spoken"
        with told(title, self._folder):
            self._folder.mkdir(exist_ok=True)
            self._forget_oldest()

    def name(self, **made_by: object) -> str:
        """The name of a sentence from everything that it depends on."""
        written = msgspec.json.encode([_FORM, made_by], order="deterministic")
        return blake2b(written, digest_size=16).hexdigest()

    def find(self, name: str) -> tuple[Mono, Finding] | None:
        """A sentence that was said before, None where it is not there or cannot be read."""
        try:
            sound = MappedWav.open(self._folder / f"{name}.wav")
            finding = msgspec.json.decode((self._folder / f"{name}.json").read_bytes(), type=Finding)
        except (StudioError, OSError, msgspec.MsgspecError):
            return None
        with suppress(OSError):
            os.utime(self._folder / f"{name}.wav")
        return np.array(sound.frames[:, 0]), finding

    def keep(self, name: str, sound: Mono, rate_hz: int, finding: Finding) -> None:
        """Put a sentence on the disk, whole or not at all."""
        part = self._folder / f".{name}.{os.getpid()}.part"
        with told(self._title, self._folder):
            try:
                part.write_bytes(msgspec.json.encode(finding))
                part.replace(self._folder / f"{name}.json")
                with WavWriter(part, rate_hz, 1) as wav:
                    wav.write(np.ascontiguousarray(sound[:, None]))
                    wav.sync()
                part.replace(self._folder / f"{name}.wav")
            finally:
                part.unlink(missing_ok=True)

    def _forget_oldest(self) -> None:
        files = sorted(((path.stat().st_mtime, path) for path in self._folder.glob("*.wav")), reverse=True)
        room = _MOST_BYTES
        for _, path in files:
            room -= path.stat().st_size
            if room < 0:
                path.unlink(missing_ok=True)
                path.with_suffix(".json").unlink(missing_ok=True)
