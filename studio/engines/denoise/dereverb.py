"""The built-in de-reverberation: what can be foretold from the sound a moment ago is the room."""

from typing import ClassVar, Final

import numpy as np
from numpy.typing import NDArray

from studio.engines.base import Chunking, Effort, EngineInfo, Report, Settings, Sound, Whole
from studio.engines.denoise.frames import sound_of, spectra, window_size
from studio.engines.denoise.without_model import WithoutModel

_WINDOW_S: Final = 0.064
_DELAY: Final = 3  # frames: a voice foretells itself for about 50 ms, and early reflections are part of its sound
_LOW_HZ: Final = 1000.0
_TAPS_LOW: Final = 24
_TAPS_HIGH: Final = 14
_ROUNDS: Final = 3
_LOADING: Final = 1e-4
_QUIET: Final = 1e-3  # of a bin's mean power: what is quieter counts no more, or silence would decide
_BINS_AT_ONCE: Final = 32
_STAGE: Final = "Taking out the room"


class Dereverb(WithoutModel):
    """Weighted prediction error (Nakatani et al., IEEE TASLP 2010), each bin by itself, over all channels."""

    pieces: ClassVar = Chunking(chunk_s=20.0, overlap_s=2.0)
    info: ClassVar = EngineInfo(
        id="dereverb",
        task="dereverb",
        name="Less room",
        licence="GPL-3.0-or-later",
        about="Takes late reverberation out of a voice by foretelling it from what came before. Built in.",
        needs=("scipy",),
        version_of="scipy",
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
        report(0.0, _STAGE)
        if strength <= 0 or not len(sound):
            report(1.0, _STAGE)
            return sound.copy()
        size = window_size(rate_hz, _WINDOW_S)
        found = spectra(sound, size)
        bins = found.shape[2]
        low = round(_LOW_HZ * size / rate_hz)
        for start in range(0, bins, _BINS_AT_ONCE):
            report(start / bins, _STAGE)
            stop = min(start + _BINS_AT_ONCE, bins)
            heard = np.ascontiguousarray(found[:, :, start:stop].transpose(2, 0, 1)).astype(np.complex128)
            room = _late(heard, _TAPS_LOW if start < low else _TAPS_HIGH)
            found[:, :, start:stop] -= (min(strength, 1.0) * room.transpose(1, 2, 0)).astype(np.complex64)
        cleaned = sound_of(found, size, len(sound))
        report(1.0, _STAGE)
        return cleaned


def _late(heard: NDArray[np.complex128], taps: int) -> NDArray[np.complex128]:
    """The part of each bin that earlier frames foretell, shape (bins, channels, frames) as `heard`."""
    bins, channels, frames = heard.shape
    room = np.zeros_like(heard)
    if frames <= _DELAY + taps:
        return room
    earlier = np.zeros((bins, taps * channels, frames), np.complex128)
    for tap in range(taps):
        back = _DELAY + tap
        earlier[:, tap * channels : (tap + 1) * channels, back:] = heard[:, :, : frames - back]
    least = np.maximum(_QUIET * np.mean(np.abs(heard) ** 2, axis=(1, 2)), 1e-12)[:, None]
    for _ in range(_ROUNDS):
        power = np.maximum(np.mean(np.abs(heard - room) ** 2, axis=1), least)
        weighted = earlier / power[:, None]
        among = weighted @ earlier.conj().transpose(0, 2, 1)
        with_now = weighted @ heard.conj().transpose(0, 2, 1)
        mean = np.trace(among, axis1=1, axis2=2).real / among.shape[1]
        among += (_LOADING * mean + 1e-12)[:, None, None] * np.eye(among.shape[1])
        weights = np.linalg.solve(among, with_now)
        room = weights.conj().transpose(0, 2, 1) @ earlier
    return room
