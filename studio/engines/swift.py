"""SwiftF0, a network of 14,386 weights that reads the pitch off a spectrogram (Nieradzik, arXiv 2508.18440)."""

from typing import TYPE_CHECKING, ClassVar, Final

import numpy as np

from studio.engines.base import EngineInfo, Mono, Report
from studio.engines.grid import HOP, RATE_HZ, at_16k, frame_count, is_silent, onto_grid, peak, stretch, unvoiced
from studio.model.pitch import PitchCurve

if TYPE_CHECKING:
    from swift_f0 import SwiftF0 as Network

_NETWORK_HOP: Final = 256
_LOWEST_HZ: Final = 46.875
_HIGHEST_HZ: Final = 2093.75
_STEP: Final = 1.05
_SURE: Final = 0.5  # the network's confidence is calibrated so that a frame is voiced from here on
_WORKING_PEAK: Final = 0.5  # it takes frames that peak below 0.001 for silence, so a quiet recording is raised first

# Blocks start where both hops do: every 1280 samples. The network looks 11 of its frames back and 10 ahead.
_BLOCK: Final = 1280 * 100
_AROUND: Final = 1280 * 4


class SwiftF0:
    """Small and robust: the best of the trackers in noise, and quick without a GPU."""

    info: ClassVar = EngineInfo(
        id="swift-f0",
        task="pitch",
        name="SwiftF0",
        licence="MIT",
        about="A small network that stays right in noise and room sound. Quick without a GPU.",
        needs=("swift_f0", "onnxruntime", "soxr"),
        extra="engines",
        version_of="swift-f0",
        lowest_hz=_LOWEST_HZ,
        highest_hz=_HIGHEST_HZ,
    )

    def __init__(self) -> None:
        self._network: Network | None = None

    def track(self, samples: Mono, rate_hz: int, *, low_hz: float, high_hz: float, report: Report) -> PitchCurve:
        frames = frame_count(len(samples), rate_hz)
        sound = at_16k(samples, rate_hz, report)
        loudest = peak(sound)
        # The network refuses a range narrower than one of its steps: it is given a wider one, filtered below.
        lowest, highest = max(low_hz / _STEP, _LOWEST_HZ), min(high_hz * _STEP, _HIGHEST_HZ)
        if is_silent(loudest) or highest < lowest * _STEP:
            return unvoiced(frames)
        network = self._loaded()
        gain = np.float32(max(1.0, _WORKING_PEAK / loudest))
        curve = unvoiced(frames)
        for start in range(0, frames * HOP, _BLOCK):
            report(start / (frames * HOP), "Finding the pitch")
            first, last = start // HOP, min((start + _BLOCK) // HOP, frames)
            heard = stretch(sound, start - _AROUND, last * HOP + _AROUND) * gain
            found = network.detect(heard, RATE_HZ, lowest, highest)
            voiced = (found.confidence >= _SURE) & (found.pitch_hz >= low_hz) & (found.pitch_hz <= high_hz)
            part = onto_grid(
                np.arange(len(voiced)) * _NETWORK_HOP / RATE_HZ,
                np.where(voiced, found.pitch_hz, np.nan),
                found.confidence,
                last - first,
                first_s=_AROUND / RATE_HZ,
            )
            curve.hz[first:last] = part.hz
            curve.confidence[first:last] = part.confidence
        report(1.0, "Finding the pitch")
        return curve

    def _loaded(self) -> "Network":
        if self._network is None:
            from swift_f0 import SwiftF0 as Network

            # One thread that sleeps when it has nothing to do: more only take turns on a machine that is busy.
            self._network = Network(threads=1, spin=False)
        return self._network
