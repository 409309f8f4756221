"""The separator that every installation has: voice and accompaniment, without a download."""

import hashlib
from typing import TYPE_CHECKING, ClassVar, Final, NamedTuple

import numpy as np

from studio.engines.base import Chunking, Effort, EngineInfo, Report, Settings, Sound, Stems, Whole
from studio.engines.separation import ear, speech
from studio.engines.separation.amounts import settle
from studio.engines.separation.belief import believed
from studio.engines.separation.cues import Cues, cues, spread
from studio.engines.separation.ear import Ear
from studio.engines.separation.fusion import Fusion, weights
from studio.engines.separation.spectrum import RATE_HZ, Mask, Spectrum, sound_of, spectrum
from studio.engines.separation.speech import Listener

if TYPE_CHECKING:
    from swift_f0 import SwiftF0

_SILENT: Final = 1e-5


class BuiltinSeparator:
    """Voice and accompaniment by the voice's pitch, its place and its consonants, weighed by a small network."""

    info: ClassVar = EngineInfo(
        id="builtin",
        task="separate",
        name="built-in (basic)",
        licence="GPL-3.0-or-later",
        about="Takes voice and accompaniment apart without a download. Demucs does it far better.",
        needs=("swift_f0", "onnxruntime", "soxr", "scipy"),
        version_of="swift-f0",
        stems=(2,),
    )
    enough: ClassVar[float] = 1.0

    def __init__(self) -> None:
        self._networks: _Networks | None = None

    def chunking(self, settings: Settings) -> Chunking:
        """Twenty seconds at 44.1 kHz: long enough to tell what in a mix is steady."""
        del settings
        return Chunking(rate_hz=RATE_HZ, chunk_s=20.0, overlap_s=2.0)

    def efforts(self, settings: Settings) -> tuple[Effort, ...]:
        """One way only, on the processor."""
        del settings
        return (Effort(),)

    def model_hash(self, settings: Settings) -> str:
        """The network that came with this version of the studio, and those that listen beside it."""
        del settings
        return hashlib.blake2b(weights() + ear.weights() + speech.weights(), digest_size=16).hexdigest()

    def stems(self, count: int) -> tuple[str, ...]:
        """Vocals, accompaniment."""
        if count != 2:
            raise ValueError(f"the built-in separator makes 2 stems, not {count}")
        return ("vocals", "accompaniment")

    def listen(self, mix: Sound, rate_hz: int, *, settings: Settings, report: Report) -> float:
        """How far to believe that somebody is in this chunk; see `ListensFirst`."""
        del settings
        assert rate_hz == RATE_HZ
        if not len(mix) or float(np.abs(mix).max()) < _SILENT:
            return 0.0

        def told(fraction: float, _stage: str) -> None:
            report(fraction, "Listening for a voice")

        both = spectrum(mix)
        known = self._told(both, len(mix), told)
        return self._heard(both, known, self._loaded().fusion.masks(known)[0], len(mix))

    def separate(
        self, mix: Sound, rate_hz: int, *, count: int, whole: Whole, settings: Settings, effort: Effort, report: Report
    ) -> Stems:
        """The voice in `mix`; see `Separator`."""
        del settings, effort
        assert rate_hz == RATE_HZ
        assert self.stems(count)
        if not len(mix) or float(np.abs(mix).max()) < _SILENT:
            return np.zeros((1, *mix.shape), np.float32)
        both = spectrum(mix)
        known = self._told(both, len(mix), report)
        report(0.65, "Taking the voice out")
        masks = self._loaded().fusion.masks(known)
        heard = whole.heard
        if heard < self.enough:
            heard = max(heard, self._heard(both, known, masks[0], len(mix)))
        middle, side = both.mean(0), (both[0] - both[-1]) / 2
        of_middle, of_side = settle(middle.real**2 + middle.imag**2, *map(spread, masks), heard=heard)
        report(0.9, "Taking the voice out")
        middle, side = middle * of_middle, side * of_side
        voice = np.stack([middle + side, middle - side] if len(both) > 1 else [middle])
        return sound_of(voice.astype(np.complex64), len(mix))[None]

    def _told(self, both: Spectrum, samples: int, report: Report) -> Cues:
        report(0.0, "Listening for the voice")
        return cues(both, samples, self._loaded().tracker, report)

    def _heard(self, both: Spectrum, told: Cues, mask: Mask, samples: int) -> float:
        """How far to believe that the middle which a mask lets through is somebody."""
        taken = sound_of((both.mean(0) * spread(mask))[None].astype(np.complex64), samples)[:, 0]
        loaded = self._loaded()
        return believed(loaded.ear.heard(told, mask), loaded.listener.heard(taken))

    def _loaded(self) -> "_Networks":
        if self._networks is None:
            from swift_f0 import SwiftF0

            self._networks = _Networks(SwiftF0(threads=1, spin=False), Fusion(), Ear(), Listener())
        return self._networks


class _Networks(NamedTuple):
    tracker: "SwiftF0"
    fusion: Fusion
    ear: Ear
    listener: Listener
