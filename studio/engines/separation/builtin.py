"""The separator that every installation has: voice and accompaniment, without a download."""

from typing import TYPE_CHECKING, ClassVar, Final

import numpy as np

from studio.engines.base import Chunking, Effort, EngineInfo, Report, Settings, Sound, Stems, Whole
from studio.engines.separation import rules
from studio.engines.separation.melody import follow
from studio.engines.separation.place import place
from studio.engines.separation.spectrum import RATE_HZ, sound_of, spectrum
from studio.engines.separation.wiener import refine

if TYPE_CHECKING:
    from swift_f0 import SwiftF0

_SILENT: Final = 1e-5


class BuiltinSeparator:
    """Voice and accompaniment by the voice's pitch, its place in the middle and its consonants."""

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

    def chunking(self, settings: Settings) -> Chunking:
        """Twenty seconds at 44.1 kHz: long enough to tell what in a mix is steady."""
        del settings
        return Chunking(rate_hz=RATE_HZ, chunk_s=20.0, overlap_s=2.0)

    def efforts(self, settings: Settings) -> tuple[Effort, ...]:
        """One way only, on the processor."""
        del settings
        return (Effort(),)

    def model_hash(self, settings: Settings) -> str:
        """It has no weights of its own."""
        del settings
        return ""

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
        where = place(both)
        middle = (where.centre() * rules.above_rumble() * both.mean(0))[None].astype(np.complex64)
        melody = follow(sound_of(middle, len(mix))[:, 0], self._loaded())
        report(0.4, "Taking the voice out")
        voice = refine(both, rules.mask(both, where, melody))
        report(0.8, "Taking the voice out")
        return sound_of(voice, len(mix))[None]

    def _loaded(self) -> "SwiftF0":
        if self._tracker is None:
            from swift_f0 import SwiftF0

            self._tracker = SwiftF0(threads=1, spin=False)
        return self._tracker
