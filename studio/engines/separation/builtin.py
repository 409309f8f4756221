"""The separator that every installation has: voice and accompaniment, without a download."""

import hashlib
from typing import TYPE_CHECKING, ClassVar, Final

import numpy as np

from studio.engines.base import Chunking, Effort, EngineInfo, Report, Settings, Sound, Stems, Whole
from studio.engines.separation import speech
from studio.engines.separation.amounts import settle
from studio.engines.separation.cues import cues
from studio.engines.separation.fusion import Fusion, weights
from studio.engines.separation.spectrum import RATE_HZ, sound_of, spectrum
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

    def separate(
        self, mix: Sound, rate_hz: int, *, count: int, whole: Whole, settings: Settings, effort: Effort, report: Report
    ) -> Stems:
        """The voice in `mix`; see `Separator`."""
        del whole, settings, effort
        assert rate_hz == RATE_HZ
        assert self.stems(count)
        if not len(mix) or float(np.abs(mix).max()) < _SILENT:
            return np.zeros((1, *mix.shape), np.float32)
        report(0.0, "Listening for the voice")
        both = spectrum(mix)
        tracker, fusion, listener = self._loaded()
        told = cues(both, len(mix), tracker, report)
        report(0.65, "Taking the voice out")
        middle, side = both.mean(0), (both[0] - both[-1]) / 2
        masks = fusion.masks(told)
        taken = sound_of((middle * masks[0])[None].astype(np.complex64), len(mix))[:, 0]
        of_middle, of_side = settle(middle.real**2 + middle.imag**2, *masks, heard=listener.heard(taken))
        report(0.9, "Taking the voice out")
        middle, side = middle * of_middle, side * of_side
        voice = np.stack([middle + side, middle - side] if len(both) > 1 else [middle])
        return sound_of(voice.astype(np.complex64), len(mix))[None]

    def _loaded(self) -> "tuple[SwiftF0, Fusion, Listener]":
        if self._tracker is None or self._fusion is None or self._listener is None:
            from swift_f0 import SwiftF0

            self._tracker, self._fusion, self._listener = SwiftF0(threads=1, spin=False), Fusion(), Listener()
        return self._tracker, self._fusion, self._listener
