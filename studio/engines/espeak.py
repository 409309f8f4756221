"""Speech by eSpeak NG, the rule-based synthesiser that needs no model, with the exact time of each sound of speech.

The library keeps its state in globals, and that state outlives its own end. One thread at a time uses it, and it is
loaded anew for each text, so that the same text always gives the same sound. Other packages load the same file and
never let go of it, which would keep its state alive: so it is a copy in memory that is loaded.
"""

import _ctypes
import ctypes
import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np

from studio.engines.base import Mono
from studio.errors import StudioError

RATE_HZ: Final = 22050
"""Of all its voices."""

_SYNCHRONOUS: Final = 2
_NO_EXIT: Final = 0x8000
_TELL_PHONES: Final = 1
_UTF8: Final = 1
_PHONEMES: Final = 0x100
_END_PAUSE: Final = 0x1000
_RATE: Final = 1
_PITCH: Final = 3
_RANGE: Final = 4
_NAME_BYTES: Final = 64
_WORD: Final = 1
_PHONE: Final = 7

_one_at_a_time: Final = threading.Lock()


class _Id(ctypes.Union):
    _fields_ = (("number", ctypes.c_int), ("name", ctypes.c_char_p), ("letters", ctypes.c_char * 8))


class _Event(ctypes.Structure):
    """As in eSpeak NG's `speak_lib.h`."""

    _fields_ = (
        ("type", ctypes.c_int),
        ("unique", ctypes.c_uint),
        ("text_position", ctypes.c_int),
        ("length", ctypes.c_int),
        ("audio_position", ctypes.c_int),
        ("sample", ctypes.c_int),
        ("user_data", ctypes.c_void_p),
        ("id", _Id),
    )


_Callback = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.POINTER(_Event))


class Phone(NamedTuple):
    """A sound of speech as eSpeak writes it, from sample `start` to `stop`, in the word of that number."""

    name: str
    start: int
    stop: int
    word: int


class Spoken(NamedTuple):
    """A text as eSpeak says it. `places` says of words 1, 2 … at about which letter of the text each begins."""

    samples: Mono
    rate_hz: int
    phones: tuple[Phone, ...]
    places: tuple[int, ...] = ()


def speak(text: str, *, voice: str, words_per_minute: int = 165, pitch: int = 50, range_: int = 50) -> tuple[Mono, int]:
    """Return speech and its rate in Hz.

    Parameters
    ----------
    text : may hold phonemes in double brackets, such as "[[h@l'oU]]"
    voice : an eSpeak voice with an optional variant, such as "en-us+f3"
    pitch, range_ : 0 to 100, eSpeak's own scale
    """
    spoken = render(text, voice=voice, words_per_minute=words_per_minute, pitch=pitch, range_=range_, pause=True)
    return spoken.samples, spoken.rate_hz


def render(
    text: str, *, voice: str, words_per_minute: int = 165, pitch: int = 50, range_: int = 50, pause: bool = False
) -> Spoken:
    """Return speech with its phones, which follow each other without a gap; `pause` has it end with a silence."""
    with _one_at_a_time, _library() as (library, rate_hz):
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
        phones: list[tuple[int, str]] = []
        words: list[tuple[int, int]] = []

        def take(wave: "ctypes._Pointer[ctypes.c_short]", count: int, events: "ctypes._Pointer[_Event]") -> int:
            if count > 0:
                pieces.append(np.ctypeslib.as_array(wave, (count,)).astype(np.float32) / np.float32(32768))
            index, told = 0, ctypes.cast(events, ctypes.c_void_p).value
            while told and events[index].type:
                event = events[index]
                if event.type == _PHONE:
                    phones.append((event.sample, bytes(event.id.letters).decode("utf-8", "replace")))
                elif event.type == _WORD:
                    words.append((event.sample, max(event.text_position - 1, 0)))
                index += 1
            return 0

        keep = _Callback(take)  # eSpeak holds only the address: it has to live until the end
        library.espeak_SetSynthCallback(keep)
        library.espeak_ng_SetRandSeed(1)  # the breath in its voices is made of random numbers
        data = text.encode() + b"\0"
        flags = _UTF8 | _PHONEMES | (_END_PAUSE if pause else 0)
        if library.espeak_Synth(data, len(data), 0, 0, 0, flags, None, None) != 0 or not pieces:
            raise StudioError(
                "speech.failed",
                "The text could not be spoken.",
                cause="eSpeak NG gave no sound for it.",
                remedy="Try another text.",
            )
        library.espeak_Synchronize()
    samples = np.concatenate(pieces)
    words.sort(key=lambda word: word[0])
    sounding = _phones(phones, [sample for sample, _ in words], len(samples))
    return Spoken(samples, rate_hz, sounding, tuple(place for _, place in words))


def _phones(told: list[tuple[int, str]], words: list[int], length: int) -> tuple[Phone, ...]:
    """Phones as stretches; eSpeak tells of those that it leaves out by giving them no length."""
    starts = [start for start, _ in told]
    of_word = np.searchsorted(np.sort(np.array(words, np.int64)), np.array(starts, np.int64), side="right")
    return tuple(
        Phone(name, start, stop, int(word))
        for (start, name), stop, word in zip(told, [*starts[1:], length], of_word, strict=True)
        if stop > start
    )


@contextmanager
def _library() -> Iterator[tuple[ctypes.CDLL, int]]:
    """The library as it is before its first word, with the rate of its voices."""
    import espeakng_loader

    library = ctypes.CDLL(_own_copy(espeakng_loader.get_library_path()))
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
    try:
        data = str(espeakng_loader.get_data_path()).encode()
        rate_hz = int(library.espeak_Initialize(_SYNCHRONOUS, 0, data, _NO_EXIT | _TELL_PHONES))
        if rate_hz <= 0:
            raise StudioError(
                "speech.missing",
                "The text could not be spoken.",
                cause="eSpeak NG did not start: its data could not be read.",
                remedy="Run packaging/run --setup again; the folder of the studio may have too long a path.",
            )
        yield library, rate_hz
        library.espeak_Terminate()
    finally:
        _ctypes.dlclose(library._handle)


@cache
def _own_copy(file: str) -> str:
    """A copy of a library that nobody else in this process has loaded, where the system can hold one without a file."""
    if sys.platform != "linux":
        return file
    copy = os.memfd_create("espeak-ng")
    with os.fdopen(os.dup(copy), "wb") as writing:
        writing.write(Path(file).read_bytes())
    return f"/proc/self/fd/{copy}"
