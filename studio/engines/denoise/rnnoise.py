"""RNNoise, a recurrent network of 22 bands (Valin, MMSP 2018), from the library that `pyrnnoise` brings.

The library is called without that package's Python: it would round each sample to 16 bits, and import a plotter.
"""

import ctypes
import importlib.util
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import ClassVar, Final

import numpy as np

from studio.engines.base import Chunking, Effort, EngineInfo, Mono, Report, Settings, Sound, Whole
from studio.engines.denoise.without_model import WithoutModel
from studio.errors import StudioError

RATE_HZ: Final = 48000
_FRAME: Final = 480
_FULL_SCALE: Final = np.float32(32768)
_LATE: Final = 2 * _FRAME
_BEAT_FRAMES: Final = 100
_STAGE: Final = "Taking out the noise"
_FILES: Final = {"darwin": "librnnoise.dylib", "win32": "rnnoise.dll"}


class RnNoise(WithoutModel):
    """Small and quick, for speech in noise of any kind; music it takes for noise."""

    pieces: ClassVar = Chunking(rate_hz=RATE_HZ, chunk_s=30.0, overlap_s=2.0)
    info: ClassVar = EngineInfo(
        id="rnnoise",
        task="denoise",
        name="RNNoise",
        licence="BSD-3-Clause (RNNoise), Apache-2.0 (pyrnnoise)",
        about="A small network that knows speech from noise. Not for music or singing with instruments.",
        needs=("pyrnnoise",),
        extra="engines",
        version_of="pyrnnoise",
    )

    def denoise(
        self,
        sound: Sound,
        rate_hz: int,
        *,
        strength: float,
        whole: Whole,
        settings: Settings,
        effort: Effort,
        report: Report,
    ) -> Sound:
        del whole, settings, effort
        if rate_hz != RATE_HZ:
            raise ValueError(f"{rate_hz} Hz where {RATE_HZ} were asked for")
        report(0.0, _STAGE)
        share = np.float32(min(max(strength, 0.0), 1.0))
        out = np.nan_to_num(sound, posinf=0.0, neginf=0.0)
        channels = sound.shape[1]
        for channel in range(channels) if share > 0 else ():
            clean = _cleaned(out[:, channel], report, channel / channels, (channel + 1) / channels)
            out[:, channel] += share * (clean - out[:, channel])
        report(1.0, _STAGE)
        return out


def _cleaned(samples: Mono, report: Report, first: float, last: float) -> Mono:
    """One channel at 48 kHz, in time with `samples`: the library's answer comes late by a known number of samples."""
    library = _library()
    frames = -(-(len(samples) + _LATE) // _FRAME)
    sound = np.zeros(frames * _FRAME, np.float32)
    sound[: len(samples)] = samples * _FULL_SCALE
    with _state(library) as state:
        for frame in range(frames):
            if frame % _BEAT_FRAMES == 0:
                report(first + (last - first) * frame / frames, _STAGE)
            place = sound.ctypes.data + frame * _FRAME * sound.itemsize
            library.rnnoise_process_frame(state, place, place)
    return sound[_LATE : _LATE + len(samples)] / _FULL_SCALE


@contextmanager
def _state(library: ctypes.CDLL) -> Iterator[int]:
    state = library.rnnoise_create(None)
    if not state:
        raise MemoryError
    try:
        yield state
    finally:
        library.rnnoise_destroy(state)


def _library() -> ctypes.CDLL:
    spec = importlib.util.find_spec("pyrnnoise")
    folders = list(spec.submodule_search_locations or ()) if spec else []
    file = Path(folders[0] if folders else "", _FILES.get(sys.platform, "librnnoise.so"))
    try:
        library = ctypes.CDLL(str(file))
    except OSError as error:
        raise StudioError(
            "rnnoise.library",
            "RNNoise could not be started.",
            cause=f"Its library cannot be used on this computer: {error}.",
            remedy="Choose another engine, or install pyrnnoise again.",
        ) from error
    library.rnnoise_create.argtypes = [ctypes.c_void_p]
    library.rnnoise_create.restype = ctypes.c_void_p
    library.rnnoise_destroy.argtypes = [ctypes.c_void_p]
    library.rnnoise_destroy.restype = None
    library.rnnoise_process_frame.argtypes = [ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p]
    library.rnnoise_process_frame.restype = ctypes.c_float
    return library
