"""Speech by eSpeak NG, the rule-based synthesiser that needs no model: used for the sample project.

The library keeps its state in globals: one thread at a time may use it, a process initialises it once, and the same
calls in the same order give the same sound only in a fresh process.
"""

import ctypes
from functools import cache
from typing import Final

import numpy as np

from studio.engines.base import Mono
from studio.errors import StudioError

_SYNCHRONOUS: Final = 2
_NO_EXIT: Final = 0x8000
_UTF8: Final = 1
_PHONEMES: Final = 0x100
_END_PAUSE: Final = 0x1000
_RATE: Final = 1
_PITCH: Final = 3
_RANGE: Final = 4
_NAME_BYTES: Final = 64

_Callback = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p)


def speak(text: str, *, voice: str, words_per_minute: int = 165, pitch: int = 50, range_: int = 50) -> tuple[Mono, int]:
    """Return speech and its rate in Hz.

    Parameters
    ----------
    text : may hold phonemes in double brackets, such as "[[h@l'oU]]"
    voice : an eSpeak voice with an optional variant, such as "en-us+f3"
    pitch, range_ : 0 to 100, eSpeak's own scale
    """
    library, rate_hz = _library()
    if library.espeak_SetVoiceByName(voice.encode()[:_NAME_BYTES]) != 0:
        raise StudioError(
            "speech.voice",
            "The text could not be spoken.",
            cause=f"eSpeak NG has no voice called {voice}.",
            remedy="Choose another voice.",
        )
    for parameter, value in ((_RATE, words_per_minute), (_PITCH, pitch), (_RANGE, range_)):
        library.espeak_SetParameter(parameter, value, 0)
    pieces: list[Mono] = []

    def take(wave: "ctypes._Pointer[ctypes.c_short]", count: int, events: int | None) -> int:
        del events
        if count > 0:
            pieces.append(np.asarray(wave[:count], np.float32) / np.float32(32768))
        return 0

    keep = _Callback(take)  # eSpeak holds only the address: it has to live until the end
    library.espeak_SetSynthCallback(keep)
    library.espeak_ng_SetRandSeed(1)  # the breath in its voices is made of random numbers
    data = text.encode() + b"\0"
    flags = _UTF8 | _PHONEMES | _END_PAUSE
    if library.espeak_Synth(data, len(data), 0, 0, 0, flags, None, None) != 0 or not pieces:
        raise StudioError(
            "speech.failed",
            "The text could not be spoken.",
            cause="eSpeak NG gave no sound for it.",
            remedy="Try another text.",
        )
    library.espeak_Synchronize()
    return np.concatenate(pieces), rate_hz


@cache
def _library() -> tuple[ctypes.CDLL, int]:
    import espeakng_loader

    library = ctypes.CDLL(espeakng_loader.get_library_path())
    library.espeak_Synth.argtypes = (
        ctypes.c_char_p,
        ctypes.c_size_t,
        ctypes.c_uint,
        ctypes.c_int,
        ctypes.c_uint,
        ctypes.c_uint,
        ctypes.c_void_p,
        ctypes.c_void_p,
    )
    data = str(espeakng_loader.get_data_path()).encode()
    rate_hz = int(library.espeak_Initialize(_SYNCHRONOUS, 0, data, _NO_EXIT))
    if rate_hz <= 0:
        raise StudioError(
            "speech.missing",
            "The text could not be spoken.",
            cause="eSpeak NG did not start: its data could not be read.",
            remedy="Run packaging/run --setup again; the folder of the studio may have too long a path.",
        )
    return library, rate_hz
