"""The separator that every installation has: voice and accompaniment, without a download."""

import hashlib
from typing import TYPE_CHECKING, ClassVar, Final

import numpy as np

from studio.engines.base import Chunking, Effort, EngineInfo, Report, Settings, Sound, Stems, Whole
from studio.engines.separation import speech
from studio.engines.separation.amounts import HEARD, settle
from studio.engines.separation.cues import cues
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
    enough: ClassVar[float] = HEARD

    def __init__(self) -> None:
        self._tracker: SwiftF0 | None = None
        self._fusion: Fusion | None = None
        self._listener: Listener | None = None

    def chunking(self, settings: Settings) -> Chunking:
        """Twenty seconds at 44.1 kHz: long enough to tell what in a mix is steady."""
        del settings
        return Chunking(rate_hz=RATE_HZ, chunk_s=20.0, overlap_s=2.0)

    def efforts(self, settings: Settings) -> tuple[Effort, ...]:
        """One way only, on the processor."""
        del settings
        return (Effort(),)

    def model_hash(self, settings: Settings) -> str:
        """The network that came with this version of the studio, and the one that listens beside it."""
        del settings
        return hashlib.blake2b(weights() + speech.weights(), digest_size=16).hexdigest()

    def stems(self, count: int) -> tuple[str, ...]:
        """Vocals, accompaniment."""
        if count != 2:
            raise ValueError(f"the built-in separator makes 2 stems, not {count}")
        return ("vocals", "accompaniment")

    def listen(self, mix: Sound, rate_hz: int, *, settings: Settings, report: Report) -> float:
        """How much like a voice sounds what would be taken out of this chunk; see `ListensFirst`."""
        del settings
        assert rate_hz == RATE_HZ
        if not len(mix) or float(np.abs(mix).max()) < _SILENT:
            return 0.0

        def told(fraction: float, _stage: str) -> None:
            report(fraction, "Listening for a voice")

        both = spectrum(mix)
        return self._heard(both, self._masks(both, len(mix), told)[0], len(mix))

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
        masks = self._masks(both, len(mix), report)
        heard = whole.heard if whole.heard >= self.enough else max(whole.heard, self._heard(both, masks[0], len(mix)))
        middle, side = both.mean(0), (both[0] - both[-1]) / 2
        of_middle, of_side = settle(middle.real**2 + middle.imag**2, *masks, heard=heard)
        report(0.9, "Taking the voice out")
        middle, side = middle * of_middle, side * of_side
        voice = np.stack([middle + side, middle - side] if len(both) > 1 else [middle])
        return sound_of(voice.astype(np.complex64), len(mix))[None]

    def _masks(self, both: Spectrum, samples: int, report: Report) -> tuple[Mask, Mask]:
        """What the network takes for the voice, in the middle and on the sides."""
        report(0.0, "Listening for the voice")
        tracker, fusion, _ = self._loaded()
        told = cues(both, samples, tracker, report)
        report(0.65, "Taking the voice out")
        return fusion.masks(told)

    def _heard(self, both: Spectrum, mask: Mask, samples: int) -> float:
        """How much like a voice the middle sounds that a mask lets through."""
        return self._loaded()[2].heard(sound_of((both.mean(0) * mask)[None].astype(np.complex64), samples)[:, 0])

    def _loaded(self) -> "tuple[SwiftF0, Fusion, Listener]":
        if self._tracker is None or self._fusion is None or self._listener is None:
            from swift_f0 import SwiftF0

            self._tracker, self._fusion, self._listener = SwiftF0(threads=1, spin=False), Fusion(), Listener()
        return self._tracker, self._fusion, self._listener
