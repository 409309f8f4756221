"""From a stretch of sound to its likeliest pitch in each frame, and what speaks for a voice there."""

from dataclasses import dataclass
from functools import cache
from typing import Final, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from studio.engines.base import FRAMES_PER_S, Mono
from studio.engines.melody import course
from voicekernels.reference.comb import density, teeth
from voicekernels.reference.harmonics import HALF, HARMONICS, POINTS, Measured

RATE_HZ: Final = 8000
"""What the tracker works at: a voice's harmonics above 4 kHz say little about its pitch."""

HOP: Final = RATE_HZ // FRAMES_PER_S
LOWEST_HZ: Final = 40.0
HIGHEST_HZ: Final = 1400.0
GUESSES: Final = 4
"""How many pitches are kept for each frame."""

REACH: Final = 256
"""Samples before a frame that say something of its pitch."""

SIGHT_S: Final = 0.01
"""From one frame that `sight` looks at to the next."""

_COLUMNS_AN_OCTAVE: Final = 48
_STRIDE: Final = 2  # frames of the shared grid from one spectrum to the next
_WINDOWS: Final = (512, 256, 128)
_PERIODS_A_WINDOW: Final = 6.0
_STEP: Final = 0.008
_LEAP: Final = 0.8
_HIGHEST_HARMONIC_HZ: Final = 3400.0
_LEAPS: Final = 0.2  # share from one frame to the next beyond which a pitch has leapt, not glided
_LEAST_CENTS: Final = 2.0  # how far off a pitch is where nothing but harmonics sounds
_UNCLEAR_OCTAVES: Final = 10.0  # how often that doubles on the way to where there are none

Series = NDArray[np.float32]


@dataclass(frozen=True)
class _Look:
    """How a contour is made more exact."""

    harmonics: int
    doubt: float
    bend_cents: float
    """How much a voice's glide changes from frame to frame."""
    straight: float
    """Octaves from one frame to the next beyond which a contour is not smoothed."""


_ROUGH: Final = _Look(8, 25.0, 4.0, 0.08)  # more harmonics would not tell where a guess is that is a quarter tone off
_FINE: Final = _Look(HARMONICS, 2.0, 6.0, 0.12)


@dataclass(frozen=True, eq=False, kw_only=True)
class Floor:
    """The noise under a sound: the power of each bin of each window, from its quietest moments."""

    power: tuple[Series, ...]

    @classmethod
    def under(cls, sound: Mono) -> Self:
        """Look into moments spread evenly over a sound that may be long and mapped."""
        frames = max(1, -(-len(sound) // HOP))
        chosen = np.unique(np.linspace(0, frames - 1, _MOMENTS).astype(np.intp))
        pieces = _around(sound, chosen * HOP)
        return cls(power=tuple(_quiet(_spectra(pieces, window)) for window in _WINDOWS))


class Heard(NamedTuple):
    """What a stretch of sound holds, a row each frame."""

    octaves: Series
    """The likeliest pitch as log2 of Hz, voiced or not, shape (frames,)."""
    signs: Series
    """What speaks for or against a voice, shape (frames, 9); see `voicing`."""
    guesses_hz: Series
    """Other pitches it may be, the strongest first, 0 where there are no more, shape (frames, GUESSES)."""


class Way:
    """How a melody that is heard stretch by stretch came here: what each pitch has gained before a stretch begins."""

    def __init__(self) -> None:
        self._worth: Series | None = None
        self._gained: Series | None = None
        self._over = 0

    def go_on(self, frames: int) -> None:
        """The next stretch begins so many frames after the last: what lies before it is over."""
        from voicekernels.cpu import path

        self._over += frames
        rows, left = divmod(self._over, _STRIDE)  # an odd frame counts with the next
        if self._worth is not None and rows:
            self._gained = path.onward(self._worth[:rows], _STEP, _LEAP)
            self._over = left

    def add(self, worth: Series) -> Series:
        """What the pitches of a stretch are worth, shape (rows, columns), with what they gained before in the first."""
        if self._gained is not None:
            worth[0] += self._gained
        self._worth = worth
        return worth


def hear(
    sound: Mono,
    floor: Floor,
    low_hz: float,
    high_hz: float,
    *,
    whole: bool = True,
    past: int = 0,
    way: Way | None = None,
) -> Heard:
    """Find the pitch in all frames of `sound`, at `RATE_HZ`; the first frame is centred on sample `past`.

    Where it is not the `whole` that is heard but the newest of it, there are no guesses, shape (frames, 0), and the
    course is not amended: that takes what comes after. `way` is how a melody came to the first frame, where it began
    before.
    """
    from voicekernels.cpu import likeness

    frames = -(-(len(sound) - past) // HOP)
    around = sight(sound, floor, low_hz, high_hz, past=past, way=way)
    sound = sound[past:]
    lowest, strength = _octaves(around.lowest), around.strength
    columns = course.amended(around) if whole else around.guess
    octaves, strength = _onto_frames((lowest + columns / _COLUMNS_AN_OCTAVE).astype(np.float32), strength, frames)
    octaves, (found, unrolled) = _refined(sound, octaves, HOP, _FINE)
    alike = likeness.compare(unrolled)
    signs = np.stack(
        (
            np.maximum(alike[:, 0], alike[:, 1]),
            np.minimum(alike[:, 0], alike[:, 1]),
            alike[:, 2],
            found.clear,
            found.pure,
            strength,
            np.log10(alike[:, 3] + np.float32(1e-10)),
            np.log10(found.weight + np.float32(1e-3)),
            octaves,
        ),
        axis=1,
    )
    others = _guesses(around.scores, lowest, frames) if whole else np.zeros((frames, 0), np.float32)
    return Heard(octaves, signs, others)


def sight(
    sound: Mono, floor: Floor, low_hz: float, high_hz: float, *, past: int = 0, way: Way | None = None
) -> course.Sight:
    """What is known of the pitch in each second frame before its course is amended; see `hear`."""
    from voicekernels.cpu import path

    scores, first = _scores(sound, past, -(-(len(sound) - past) // HOP), floor, low_hz, high_hz)
    worth = np.square(np.maximum(scores, 0))
    columns, strength = _read(scores, path.likeliest(worth if way is None else way.add(worth), _STEP, _LEAP))
    lowest = _octaves(first)
    octaves = (lowest + columns / _COLUMNS_AN_OCTAVE).astype(np.float32)
    octaves, (found, _) = _refined(sound[past:], octaves, HOP * _STRIDE, _ROUGH)
    guess = (octaves - lowest) * np.float32(_COLUMNS_AN_OCTAVE)
    return course.Sight(scores, guess, columns, strength, found.clear, first)


def _refined(sound: Mono, octaves: Series, hop: int, how: _Look) -> tuple[Series, tuple[Measured, Series]]:
    """A contour with a frame each `hop` samples made exact, and what it was made exact by."""
    from voicekernels.cpu import contour, harmonics, periods

    hz = np.exp2(octaves)
    count = np.minimum(np.maximum(_HIGHEST_HARMONIC_HZ / hz, 1), how.harmonics).astype(np.int32)
    unrolled = periods.unroll(sound, (hz / RATE_HZ).astype(np.float32), hop, HALF, POINTS, _LEAPS)
    found = harmonics.measure(unrolled, count, how.doubt)
    spread = np.float32(_LEAST_CENTS) * np.exp2((1 - found.clear) * np.float32(_UNCLEAR_OCTAVES))
    bend = how.bend_cents * (hop / HOP) ** 2
    exact = octaves + np.log2(1 + found.offset)
    return contour.smooth(exact, 1 / np.square(spread), 1 / bend**2, how.straight * hop / HOP), (found, unrolled)


_MOMENTS: Final = 256
_QUIETEST: Final = 0.1


def _around(sound: Mono, centres: NDArray[np.intp]) -> Series:
    """The longest window around some samples, shape (centres, samples)."""
    place = centres[:, None] + np.arange(-_WINDOWS[0] // 2, _WINDOWS[0] // 2)
    inside = (place >= 0) & (place < len(sound))
    return np.where(inside, sound[np.clip(place, 0, len(sound) - 1)], 0)


def _spectra(pieces: Series, window: int) -> Series:
    """Power spectra of the middle of some pieces, shape (pieces, window / 2 + 1)."""
    import scipy.fft

    from voicekernels.cpu import comb

    middle = pieces[:, (pieces.shape[1] - window) // 2 :][:, :window]
    return comb.power(scipy.fft.rfft(middle * _hann(window), axis=1))


@cache
def _hann(window: int) -> Series:
    return np.hanning(window + 1)[:window].astype(np.float32)


def _quiet(power: Series) -> Series:
    """The mean of the quietest tenth in each bin, smoothed over its neighbours."""
    count = max(1, int(len(power) * _QUIETEST))
    lowest = np.partition(power, count - 1, axis=0)[:count].mean(axis=0)
    return np.convolve(np.pad(lowest, 4, mode="edge"), np.full(8, 1 / 8, np.float32), "valid")[: len(lowest)]


def _scores(sound: Mono, past: int, frames: int, floor: Floor, low_hz: float, high_hz: float) -> tuple[Series, int]:
    """How well each pitch of the range fits each second frame, and which column of the widest range is the first."""
    import scipy.fft

    from voicekernels.cpu import comb

    first, last = _column(low_hz) - 1, _column(high_hz) + 2
    count = -(-frames // _STRIDE)
    padded = np.zeros(len(sound) - past + 2 * REACH + 2 * HOP * _STRIDE, np.float32)
    padded[REACH - past : REACH - past + len(sound)] = sound
    total = np.zeros((count, last - first), np.float32)
    for window, noise in zip(_WINDOWS, floor.power, strict=True):
        weights, comb_of, columns = _comb(window, first, last)
        stride = 2 if window == _WINDOWS[0] else 1  # so long a window changes little in 10 ms
        shape = (-(-count // stride), window)
        strides = (4 * HOP * _STRIDE * stride, 4)
        start = 4 * (REACH - window // 2)
        pieces = np.ndarray(shape, np.float32, padded, start, strides)  # made in a tenth of the time of a view
        power = comb.power(scipy.fft.rfft(pieces * _hann(window), axis=1))
        found = comb.strengths(power, noise, weights, comb_of)
        if window == _WINDOWS[-1]:
            found = _calmed(found)
        total[::stride, columns] += found
        if stride == 2:
            following = np.concatenate((found[1:], found[-1:]))
            total[1::2, columns] += 0.5 * (found + following)[: count // 2]
    return total, first


def _calmed(scores: Series) -> Series:
    """Each frame with a little of its neighbours: so short a window hears more noise than any glide asks for."""
    around = np.concatenate((scores[:1], scores, scores[-1:]))
    calm: Series = 0.5 * scores + 0.25 * (around[:-2] + around[2:])
    return calm


def column(hz: NDArray[np.float64]) -> NDArray[np.float64]:
    """Where pitches lie among the columns of the widest range."""
    place: NDArray[np.float64] = np.log2(hz / LOWEST_HZ) * _COLUMNS_AN_OCTAVE
    return place


def _column(hz: float) -> int:
    return round(float(np.log2(hz / LOWEST_HZ)) * _COLUMNS_AN_OCTAVE)


def _octaves(column: int) -> float:
    return float(np.log2(LOWEST_HZ) + column / _COLUMNS_AN_OCTAVE)


@cache
def _comb(window: int, first: int, last: int) -> tuple[Series, Series, slice]:
    """Density and teeth of one window, and the columns it is for.

    A pitch belongs to those two windows whose lengths lie around its ideal one.
    """
    pitches = LOWEST_HZ * np.exp2(np.arange(first, last) / _COLUMNS_AN_OCTAVE)
    ideal = np.log2(np.clip(_PERIODS_A_WINDOW * RATE_HZ / pitches, _WINDOWS[-1], _WINDOWS[0]))
    share = np.maximum(0.0, 1.0 - np.abs(ideal - np.log2(window))).astype(np.float32)
    bins, width_hz = window // 2 + 1, RATE_HZ / window
    used = np.flatnonzero(share)
    columns = slice(int(used[0]), int(used[-1]) + 1) if len(used) else slice(0, 0)
    comb = np.ascontiguousarray((teeth(bins, width_hz, pitches) * share)[:, columns])
    return density(bins, width_hz), comb, columns


def _read(scores: Series, path: NDArray[np.int32]) -> tuple[Series, Series]:
    """Where the ridge near a path runs, in fractions of a column, and how strong it is there."""
    rows = np.arange(len(path))
    at = path.astype(np.intp)
    last = scores.shape[1] - 1
    for _ in range(2):  # the path may cut a corner: climb to the ridge
        left, here, right = _beside(scores, rows, at)
        down, up = (left >= here) & (left >= right), right > np.maximum(left, here)
        at = np.minimum(np.maximum(at - down + up, 0), last)
    left, here, right = _beside(scores, rows, at)
    bend = left - 2 * here + right
    shift = np.where(bend < -1e-9, 0.5 * (left - right) / np.minimum(bend, -1e-9), 0)
    return (at + np.where(np.abs(shift) <= 0.5, shift, 0)).astype(np.float32), here


def _beside(scores: Series, rows: NDArray[np.intp], at: NDArray[np.intp]) -> tuple[Series, Series, Series]:
    last = scores.shape[1] - 1
    return scores[rows, np.maximum(at - 1, 0)], scores[rows, at], scores[rows, np.minimum(at + 1, last)]


def _onto_frames(octaves: Series, strength: Series, frames: int) -> tuple[Series, Series]:
    """From each second frame to each; a glide is drawn through, a leap is not."""
    place = np.arange(frames) / np.float32(_STRIDE)
    left = place.astype(np.intp)
    right = np.minimum(left + 1, len(octaves) - 1)
    share = (place - left).astype(np.float32)
    glides = np.abs(octaves[right] - octaves[left]) < 0.3
    share_octaves = np.where(glides, share, np.round(share))
    blend = octaves[left] * (1 - share_octaves) + octaves[right] * share_octaves
    return blend.astype(np.float32), strength[left] * (1 - share) + strength[right] * share


def _guesses(scores: Series, lowest: float, frames: int) -> Series:
    """The pitches of the highest peaks in each frame, strongest first."""
    from voicekernels.cpu import summits

    column = summits.highest(scores, GUESSES).column
    hz = np.where(column >= 0, np.exp2(lowest + column / _COLUMNS_AN_OCTAVE), 0).astype(np.float32)
    return np.repeat(hz, _STRIDE, axis=0)[:frames]
