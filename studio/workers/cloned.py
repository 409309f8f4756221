"""How speech that a machine made leaves a worker: marked, and with a comment that says so."""

import os
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from studio.audio.mark import Marker
from studio.engines.base import Mono
from studio.errors import StudioError
from studio.media.provenance import SYNTHETIC, put_with_comment
from studio.media.wav import WavWriter


def write(blocks: Iterable[Mono], target: Path, rate_hz: int, *, voice: str, engine: str, title: str) -> int:
    """Write a new float WAV, whole or not at all, and return its length in samples."""
    plain = target.with_name(f".{target.name}.{os.getpid()}.plain")
    marker = Marker(rate_hz)
    try:
        plain.unlink(missing_ok=True)
        with WavWriter(plain, rate_hz, 1) as wav:
            for block in blocks:
                wav.write(np.ascontiguousarray(marker.feed(block)[:, None]))
            wav.write(np.ascontiguousarray(marker.rest()[:, None]))
            length = wav.length
        put_with_comment(plain, target, rate_hz, 1, SYNTHETIC.format(voice=voice, engine=engine))
    except OSError as error:
        raise StudioError(
            "speech.file",
            title,
            cause=f"{target} could not be written: {error.strerror or error}.",
            remedy="Choose another place, or make room there.",
        ) from error
    finally:
        plain.unlink(missing_ok=True)
    return length
