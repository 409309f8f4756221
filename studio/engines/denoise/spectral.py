"""The built-in noise reduction: what is steady, or what changes slowly, is lowered bin by bin."""

from typing import ClassVar, Final

import numpy as np

from studio.engines.base import Chunking, Effort, EngineInfo, Report, Settings, Sound, Whole
from studio.engines.denoise import noise, profile
from studio.engines.denoise.frames import Powers, sound_of, spectra, window_size
from studio.engines.denoise.suppression import gains
from studio.engines.denoise.without_model import WithoutModel

_WINDOW_S: Final = 0.05
_CHUNK_S: Final = 30.0
_OVERLAP_S: Final = 2.0
_STAGE: Final = "Taking out the noise"


class _Spectral(WithoutModel):
    """Short spectra, one noise, one gain for all channels, so that nothing moves in the stereo picture."""

    info: ClassVar[EngineInfo]
    pieces: ClassVar = Chunking(chunk_s=_CHUNK_S, overlap_s=_OVERLAP_S)

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
        del settings, effort
        report(0.0, _STAGE)
        if strength <= 0 or not len(sound):
            report(1.0, _STAGE)
            return sound.copy()
        size = window_size(rate_hz, _WINDOW_S)
        found = spectra(sound, size)
        powers = np.mean(found.real**2 + found.imag**2, axis=0)
        report(0.1, _STAGE)
        known = np.asarray(whole.noise, np.float32)
        level = known[None] if known.size else self._level(powers)
        factors = gains(powers, level, strength, lambda share: report(0.3 + 0.5 * share, _STAGE))
        found *= profile.let_through(factors, powers, known, strength) if known.size else factors
        report(0.9, _STAGE)
        cleaned = sound_of(found, size, len(sound))
        report(1.0, _STAGE)
        return cleaned

    def _level(self, powers: Powers) -> Powers:
        raise NotImplementedError


class Spectral(_Spectral):
    """For noise that stays as it is: hum, hiss, a fan."""

    info: ClassVar = EngineInfo(
        id="spectral",
        task="denoise",
        name="Steady noise",
        licence="GPL-3.0-or-later",
        about="Lowers noise that stays as it is, such as hum, hiss or a fan. Built in, for any sound.",
        can=("noise profile",),
        needs=("scipy",),
        version_of="scipy",
    )

    def learn_noise(self, noise: Sound, rate_hz: int) -> tuple[float, ...]:
        """The power of the noise in each bin."""
        return tuple(profile.learnt(noise, window_size(rate_hz, _WINDOW_S)).tolist())

    def _level(self, powers: Powers) -> Powers:
        return noise.steady(powers)[None]


class SpectralChanging(_Spectral):
    """For noise that comes and goes: traffic, rain, other rooms."""

    info: ClassVar = EngineInfo(
        id="spectral-changing",
        task="denoise",
        name="Changing noise",
        licence="GPL-3.0-or-later",
        about="Follows noise that swells and fades, such as traffic or rain. Built in, for voices.",
        needs=("scipy",),
        version_of="scipy",
    )

    def _level(self, powers: Powers) -> Powers:
        return noise.changing(powers)
