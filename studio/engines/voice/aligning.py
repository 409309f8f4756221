"""Where each phone of a text begins and ends in a recording of it.

First the carrier (eSpeak's rendering, whose phones are known) is warped onto the recording; then Gaussians of three
states a phone are fitted to all recordings at once, with the carrier's mapped states as what is believed beforehand.
"""

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from studio.engines.base import Report
from studio.engines.voice.frames import Matrix
from studio.engines.voice.phones import SILENCE, Segment, with_pauses
from studio.engines.voice.warping import warp

_STATES: Final = 3
_ROUNDS: Final = 6
_BELIEF: Final = 8.0
_SHARPNESS: Final = 0.35
_STAY: Final = 0.75
_STAY_SILENT: Final = 0.98
_NARROWEST: Final = 0.08
_BROAD: Final = 0.4
_BROAD_WEIGHT: Final = 20.0
_ENOUGH: Final = 20

Ints = NDArray[np.int64]


class Pair(NamedTuple):
    """A recording's frames, the carrier's frames, and what is said in both."""

    recording: Matrix
    carrier: Matrix
    segments: tuple[Segment, ...]


class Aligned(NamedTuple):
    """Segments with their frames in the recording, shapes (segments,); pauses that were not made are left out."""

    segments: tuple[Segment, ...]
    starts: Ints
    stops: Ints
    fit: NDArray[np.float32]
    """How well each segment fits its phone: mean log likelihood a frame, less that of all frames of the phone."""


class _Line(NamedTuple):
    frames: Matrix
    segments: tuple[Segment, ...]
    states: Ints
    optional: NDArray[np.bool_]
    owners: Ints


def align(pairs: Sequence[Pair], report: Report) -> tuple[Aligned, ...]:
    """Align all recordings of one reader."""
    recording_norm, carrier_norm = _norm([pair.recording for pair in pairs]), _norm([pair.carrier for pair in pairs])
    recordings = [(pair.recording - recording_norm[0]) / recording_norm[1] for pair in pairs]
    carriers = [(pair.carrier - carrier_norm[0]) / carrier_norm[1] for pair in pairs]
    report(0.0, "Laying the text over the recordings")
    warped = warp(list(zip(carriers, recordings, strict=True)))
    index = {phone: i for i, phone in enumerate(sorted({s.phone for p in pairs for s in p.segments} | {SILENCE}))}
    believed = _believed(pairs, [warped.mapped(carrier) for carrier in carriers], index)
    lines = [_line(rows, pair.segments, index) for rows, pair in zip(recordings, pairs, strict=True)]
    variance = np.var(np.vstack(recordings), axis=0)
    taken = [
        _first_guess(pair, way, len(rows), index)
        for pair, way, rows in zip(pairs, warped.paths, recordings, strict=True)
    ]
    places: list[Ints] = []
    likely: list[Matrix] = []
    for round_ in range(_ROUNDS + 1):
        report((round_ + 1) / (_ROUNDS + 2), "Finding each sound of speech")
        means, variances = _fitted(recordings, taken, believed, variance, index, _BELIEF * (2 if round_ == 0 else 1))
        likely = [_likelihoods(rows, means, variances) for rows in recordings]
        places = [_best_path(line, rows) for line, rows in zip(lines, likely, strict=True)]
        taken = [line.states[place] for line, place in zip(lines, places, strict=True)]
    return tuple(_aligned(line, place, rows) for line, place, rows in zip(lines, places, likely, strict=True))


def _norm(rows: list[Matrix]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    stacked = np.vstack(rows)
    return stacked.mean(0), stacked.std(0) + np.float32(1e-6)


def _state(index: dict[str, int], phone: str, part: float) -> int:
    """The state of a phone at a part of it, 0 to 1; silence has one."""
    within = 1 if phone == SILENCE else min(int(part * _STATES), _STATES - 1)
    return index[phone] * _STATES + within


def _believed(pairs: Sequence[Pair], mapped: list[Matrix], index: dict[str, int]) -> Matrix:
    """The mean of each state in the carrier, as the reader would sound."""
    total = np.zeros((len(index) * _STATES, mapped[0].shape[1]))
    count = np.zeros(len(total))
    for pair, rows in zip(pairs, mapped, strict=True):
        for segment in pair.segments:
            length = segment.stop - segment.start
            for frame in range(int(segment.start), min(int(segment.stop), len(rows))):
                state = _state(index, segment.phone, max(frame - segment.start, 0.0) / (length + 1e-9))
                total[state] += rows[frame]
                count[state] += 1
    return (total / np.maximum(count, 1)[:, None]).astype(np.float32)


def _line(rows: Matrix, segments: tuple[Segment, ...], index: dict[str, int]) -> _Line:
    paused = with_pauses(segments)
    states, optional, owners = [], [], []
    for i, segment in enumerate(paused):
        for part in (0.5,) if segment.is_silence else (0.0, 0.4, 0.8):
            states.append(_state(index, segment.phone, part))
            optional.append(segment.is_silence)
            owners.append(i)
    return _Line(rows, paused, np.array(states), np.array(optional), np.array(owners))


def _first_guess(pair: Pair, way: Ints, length: int, index: dict[str, int]) -> Ints:
    """The state of each frame of a recording by the warp alone."""
    carrier_at = np.interp(np.arange(length), way[:, 1], way[:, 0])
    starts = np.array([segment.start for segment in pair.segments])
    owner = np.clip(np.searchsorted(starts, carrier_at, side="right") - 1, 0, len(starts) - 1)
    return np.array(
        [
            _state(index, (s := pair.segments[i]).phone, (at - s.start) / max(s.stop - s.start, 1e-9))
            for i, at in zip(owner, carrier_at, strict=True)
        ]
    )


def _fitted(
    recordings: list[Matrix],
    taken: list[Ints],
    believed: Matrix,
    variance: NDArray[np.float32],
    index: dict[str, int],
    belief: float,
) -> tuple[Matrix, Matrix]:
    """Mean and variance of each state: what was seen, and the more of what was believed the less was seen."""
    rows, states = np.vstack(recordings).astype(np.float64), np.concatenate(taken)
    order = np.zeros((len(believed), len(rows)), np.float32)
    order[states, np.arange(len(rows))] = 1.0
    count = order.sum(1)
    total, squares = order @ rows, order @ rows**2
    means = (total + belief * believed) / (count + belief)[:, None]
    silent = index[SILENCE] * _STATES + 1
    if count[silent] > _ENOUGH:
        means[silent] = total[silent] / count[silent]
    spread = (squares + belief * (believed**2 + 0.5 * variance)) / (count + belief)[:, None] - means**2
    spread = np.maximum(spread, _NARROWEST * variance)
    spread = (spread * count[:, None] + _BROAD_WEIGHT * _BROAD * variance) / (count[:, None] + _BROAD_WEIGHT)
    return means.astype(np.float32), spread.astype(np.float32)


def _likelihoods(rows: Matrix, means: Matrix, variances: Matrix) -> Matrix:
    """Log likelihood of each frame in each state, shape (frames, states)."""
    precise = 1.0 / variances
    distance = rows**2 @ precise.T - 2 * rows @ (means * precise).T + (means**2 * precise).sum(1)
    made: Matrix = (-0.5 * _SHARPNESS * (distance + np.log(variances).sum(1))).astype(np.float32)
    return made


def _best_path(line: _Line, likely: Matrix) -> Ints:
    """The place in the line of states of each frame, shape (frames,)."""
    stay = np.log(np.where(line.optional, np.float32(_STAY_SILENT), np.float32(_STAY)))
    go = np.log(np.where(line.optional, np.float32(1 - _STAY_SILENT), np.float32(1 - _STAY)))
    heard = likely[:, line.states]
    frames, places = heard.shape
    came = np.zeros((frames, places), np.int8)
    best = np.full(places, -np.inf, np.float32)
    best[0] = heard[0, 0]
    if line.optional[0] and places > 1:
        best[1] = heard[0, 1]
    may_skip = np.zeros(places, bool)
    may_skip[2:] = line.optional[1:-1]
    for frame in range(1, frames):
        leaving = best + go
        ways = np.full((3, places), -np.inf, np.float32)
        ways[0] = best + stay
        ways[1, 1:] = leaving[:-1]
        ways[2, 2:] = np.where(may_skip[2:], leaving[:-2], -np.inf)
        came[frame] = ways.argmax(0)
        best = ways.max(0) + heard[frame]
    place = places - 1
    if line.optional[-1] and places > 1 and best[-2] > best[-1]:
        place -= 1
    taken = np.empty(frames, np.int64)
    for frame in range(frames - 1, -1, -1):
        taken[frame] = place
        place -= int(came[frame, place])
    return taken


def _aligned(line: _Line, taken: Ints, likely: Matrix) -> Aligned:
    owners = line.owners[taken]
    present, starts, counts = np.unique(owners, return_index=True, return_counts=True)
    own = likely[np.arange(len(taken)), line.states[taken]]
    fit = np.add.reduceat(own, starts) / counts
    segments = tuple(line.segments[i] for i in present)
    return Aligned(
        segments, np.asarray(starts, np.int64), np.asarray(starts + counts, np.int64), fit.astype(np.float32)
    )
