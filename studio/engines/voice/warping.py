"""Two readings of one text laid over each other: dynamic time warping, and the map from one voice to the other."""

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from studio.engines.voice.frames import Matrix

Path = NDArray[np.int64]
"""Frames that belong together, shape (steps, 2): of the first reading, of the second."""

_BAND: Final = 1600  # 16 s of 10 ms frames around the straight line: more than any reader strays
_SLANTED: Final = 1.5
_STRIDE: Final = 2
_ROUNDS: Final = 3
_RIDGE: Final = 0.01


class Warped(NamedTuple):
    """The paths of all pairs, and the weights that turn frames of the first reader into those of the second."""

    paths: tuple[Path, ...]
    weights: Matrix

    def mapped(self, rows: Matrix) -> Matrix:
        """Frames of the first reader as the second would have them."""
        return applied(rows, self.weights)


def applied(rows: Matrix, weights: Matrix) -> Matrix:
    """Rows, with a constant, times weights."""
    made: Matrix = rows @ weights[:-1] + weights[-1]
    return made


def ridge(rows: Matrix, wanted: Matrix, strength: float) -> Matrix:
    """The linear map with a constant from rows to what is wanted, kept small by `strength`."""
    full = np.hstack([rows, np.ones((len(rows), 1), rows.dtype)]).astype(np.float64)
    square = full.T @ full + strength * np.eye(full.shape[1])
    solved: Matrix = np.linalg.solve(square, full.T @ wanted).astype(np.float32)
    return solved


def warp(pairs: list[tuple[Matrix, Matrix]]) -> Warped:
    """Lay pairs of readings over each other, learning between the rounds how one voice differs from the other."""
    weights: Matrix | None = None
    paths: list[Path] = []
    for _ in range(_ROUNDS):
        firsts = [first if weights is None else applied(first, weights) for first, _ in pairs]
        paths = [
            path(first[::_STRIDE], second[::_STRIDE]) * _STRIDE
            for first, (_, second) in zip(firsts, pairs, strict=True)
        ]
        rows = np.vstack([first[way[:, 0]] for way, (first, _) in zip(paths, pairs, strict=True)])
        wanted = np.vstack([second[way[:, 1]] for way, (_, second) in zip(paths, pairs, strict=True)])
        weights = ridge(rows, wanted, len(rows) * _RIDGE)
    assert weights is not None
    return Warped(tuple(paths), weights)


def path(first: Matrix, second: Matrix) -> Path:
    """The cheapest way through both, by euclidean distance; steps of (1, 1), (1, 2), (2, 1), (1, 0) and (0, 1).

    Row by row: what a run of (0, 1) steps costs is a running sum, so that its best start is a running minimum.
    """
    rows, columns = len(first), len(second)
    width = min(columns, 2 * _BAND)
    starts = np.clip(np.arange(rows) * columns // rows - width // 2, 0, columns - width)
    squares = (second**2).sum(1)
    totals = np.full((rows, width), np.inf, np.float32)
    costs = np.empty((rows, width), np.float32)
    for row in range(rows):
        at = int(starts[row])
        near = second[at : at + width]
        cost = np.sqrt(np.maximum(squares[at : at + width] - 2 * (near @ first[row]) + (first[row] ** 2).sum(), 0))
        costs[row] = cost
        if row == 0:
            best = np.full(width, np.inf, np.float32)
            best[0] = cost[0]
        else:
            before = _shifted(totals[row - 1], at - int(starts[row - 1]))
            best = np.minimum(_right(before, 1) + cost, before + _SLANTED * cost)
            best = np.minimum(best, _right(before, 2) + _SLANTED * cost)
            if row > 1:
                earlier = _shifted(totals[row - 2], at - int(starts[row - 2]))
                best = np.minimum(best, _right(earlier, 1) + _SLANTED * cost)
        running = np.cumsum(_SLANTED * cost, dtype=np.float64)
        totals[row] = running + np.minimum.accumulate(best - running)
    return _traced(totals, costs, starts)


def _traced(totals: Matrix, costs: Matrix, starts: NDArray[np.int64]) -> Path:
    rows, width = totals.shape

    def total(row: int, column: int) -> float:
        at = column - int(starts[row]) if row >= 0 else -1
        return float(totals[row, at]) if 0 <= at < width else np.inf

    row, column = rows - 1, int(starts[-1]) + width - 1
    way = [(row, column)]
    while row > 0 or column > 0:
        cost = _SLANTED * float(costs[row, column - int(starts[row])])
        steps = (
            (total(row - 1, column - 1) + cost / _SLANTED, row - 1, column - 1),
            (total(row - 1, column - 2) + cost, row - 1, column - 2),
            (total(row - 2, column - 1) + cost, row - 2, column - 1),
            (total(row - 1, column) + cost, row - 1, column),
            (total(row, column - 1) + cost, row, column - 1),
        )
        least, row, column = min(steps)
        if not np.isfinite(least):
            break
        way.append((row, column))
    return np.array(way[::-1], np.int64)


def _right(row: NDArray[np.float32], places: int) -> NDArray[np.float32]:
    moved = np.full_like(row, np.inf)
    moved[places:] = row[:-places]
    return moved


def _shifted(row: NDArray[np.float32], left: int) -> NDArray[np.float32]:
    """A row as seen from a window that begins `left` columns further on."""
    if left == 0:
        return row
    moved = np.full_like(row, np.inf)
    moved[:-left] = row[left:]
    return moved
