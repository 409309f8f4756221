"""A melody for drawing: frames where a person looks closely, minima and maxima of more and more frames further away."""

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from studio.model.pitch import A4_MIDI, PitchCurve
from studio.model.project import Clip, Pitch

_FACTOR: Final = 8
_SMALLEST_LEVEL: Final = 2048

Line = NDArray[np.float32]


class _Level(NamedTuple):
    low_hz: Line
    high_hz: Line
    confidence: Line


class Envelope(NamedTuple):
    """What each pixel column holds of a melody: lowest and highest note number, and confidence; NaN where unvoiced."""

    low_midi: NDArray[np.float64]
    high_midi: NDArray[np.float64]
    confidence: Line


class Points(NamedTuple):
    """Frames one by one: timeline samples, note numbers (NaN where unvoiced) and confidence."""

    samples: NDArray[np.float64]
    midi: NDArray[np.float64]
    confidence: Line


class Melody:
    """The curve of one `Pitch`, mapped, with levels for looking at hours of it at once."""

    def __init__(self, pitch: Pitch, curve: PitchCurve, rate_hz: int) -> None:
        self.pitch = pitch
        self.curve = curve
        self._rate_hz = rate_hz
        self._levels = _levels(curve)

    @property
    def samples_per_frame(self) -> float:
        """How far apart frames lie, in samples."""
        return self._rate_hz / self.pitch.frames_per_s

    def frame_of(self, clip: Clip, sample: float) -> float:
        """The frame (with a fraction) that lies at a timeline sample of a clip."""
        return (sample - clip.start + clip.source_start - self.pitch.start) / self.samples_per_frame

    def sample_of(self, clip: Clip, frame: float) -> float:
        """The timeline sample at which a frame of a clip's sound lies."""
        return self.pitch.start + frame * self.samples_per_frame + clip.start - clip.source_start

    def within(self, clip: Clip, start: float, stop: float) -> tuple[int, int]:
        """The frames (half-open) of a clip between two timeline samples."""
        first = np.ceil(self.frame_of(clip, max(start, clip.start)))
        last = np.ceil(self.frame_of(clip, min(stop, clip.end)))
        count = len(self.curve.hz)
        return int(min(max(first, 0), count)), int(min(max(last, first, 0), count))

    def points(self, clip: Clip, start: float, stop: float, a4_hz: float) -> Points:
        """The frames of a clip between two timeline samples."""
        first, last = self.within(clip, start, stop)
        hz = self.curve.hz[first:last]
        samples = self.sample_of(clip, 0) + np.arange(first, last, dtype=np.float64) * self.samples_per_frame
        return Points(samples, to_midi(hz, a4_hz), self.curve.confidence[first:last])

    def envelope(self, clip: Clip, start: float, samples_per_px: float, count: int, a4_hz: float) -> Envelope:
        """Columns from a timeline sample on; what lies outside of the clip is unvoiced."""
        low, high = np.full(count, np.nan, np.float32), np.full(count, np.nan, np.float32)
        confidence = np.zeros(count, np.float32)
        each = samples_per_px / self.samples_per_frame
        depth = 0
        while depth + 1 < len(self._levels) and _FACTOR ** (depth + 1) <= each:
            depth += 1
        level, bin_frames = self._levels[depth], _FACTOR**depth
        first_frame, last_frame = self.within(clip, start, start + count * samples_per_px)
        edges = (self.frame_of(clip, start) + np.arange(count + 1) * each) / bin_frames
        bins = np.floor(edges).astype(np.int64)
        begin, end = first_frame // bin_frames, -(-last_frame // bin_frames)
        inside = np.flatnonzero((bins[:-1] >= begin) & (bins[:-1] < end))
        if len(inside):
            cuts = bins[inside] - bins[inside[0]]
            stop = min(int(bins[inside[-1] + 1]), end)
            part = slice(int(bins[inside[0]]), max(stop, int(bins[inside[-1]]) + 1))
            low[inside] = np.fmin.reduceat(level.low_hz[part], cuts)
            high[inside] = np.fmax.reduceat(level.high_hz[part], cuts)
            confidence[inside] = np.maximum.reduceat(level.confidence[part], cuts)
        return Envelope(to_midi(low, a4_hz), to_midi(high, a4_hz), confidence)

    def span(self, clip: Clip, a4_hz: float) -> NDArray[np.float64]:
        """A few thousand voiced note numbers of a clip at most, for finding the range that is sung."""
        first, last = self.within(clip, clip.start, clip.end)
        step = max((last - first) // 4000, 1)
        hz = self.curve.hz[first:last:step]
        sure = self.curve.confidence[first:last:step] >= 0.4
        midi = to_midi(hz[sure], a4_hz)
        return midi[~np.isnan(midi)]


def to_midi(hz: Line, a4_hz: float) -> NDArray[np.float64]:
    """Note numbers with their fraction; NaN where there is no frequency."""
    voiced = np.where(hz > 0, hz, np.nan).astype(np.float64)
    return A4_MIDI + 12.0 * np.log2(voiced / a4_hz)


def _levels(curve: PitchCurve) -> tuple[_Level, ...]:
    """Minimum, maximum and confidence of 1, 8, 64 … frames, until there are few enough."""
    levels = [_Level(curve.hz, curve.hz, curve.confidence)]
    while len(levels[-1].low_hz) > _SMALLEST_LEVEL:
        low, high, confidence = levels[-1]
        levels.append(
            _Level(
                _reduced(np.fmin, low, np.float32(np.nan)),
                _reduced(np.fmax, high, np.float32(np.nan)),
                _reduced(np.maximum, confidence, np.float32(0)),
            )
        )
    return tuple(levels)


def _reduced(function: np.ufunc, values: Line, padding: np.float32) -> Line:
    whole = len(values) // _FACTOR * _FACTOR
    reduced: Line = function.reduce(values[:whole].reshape(-1, _FACTOR), axis=1)
    if whole < len(values):
        rest = np.full(_FACTOR, padding, np.float32)
        rest[: len(values) - whole] = values[whole:]
        reduced = np.append(reduced, function.reduce(rest))
    return reduced
