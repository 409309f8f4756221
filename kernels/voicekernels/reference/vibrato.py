"""A vibrato as a sinusoid that sets in, over a drift: least squares on a contour in cents.

The fit of a frequency is by variable projection (Golub & Pereyra, SIAM Journal on Numerical Analysis 10(2), 1973): what
is linear (drift, cosine, sine) is solved for, what is not (rate, its change, onset) is searched. Error bars come from
the curvature at the minimum and from what the fit leaves over, as in any text on nonlinear regression (Seber & Wild,
1989), widened for what neighbouring frames share.
"""

from collections.abc import Callable
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

Series = NDArray[np.float64]

SLOWEST_HZ: Final = 3.0
FASTEST_HZ: Final = 10.0
FEWEST_CYCLES: Final = 3.0
SHORTEST_S: Final = 0.4
DRIFTS: Final = 4
SHORTEST_RAMP_S: Final = 0.02

_RATES: Final = 71
_RAMPS_S: Final = (0.06, 0.15, 0.3)
_ROUNDS: Final = 12
_BLUR: Final = 11  # frames


class Fit(NamedTuple):
    """A vibrato as it was found; times in seconds after the first frame."""

    rate_hz: float
    half_extent_cents: float
    onset_s: float
    steady_s: float
    """When the vibrato has reached its full extent."""
    rate_error_hz: float
    extent_error_cents: float
    explained: float
    """The share of the contour's movement about its drift that the vibrato explains, 0 to 1; what is too quick for a
    voice does not count as movement."""
    curve: Series
    """Drift and vibrato together, in cents, float64 (frames,)."""


def scan(cents: Series, weights: Series, frames_per_s: float, shapes: Series) -> Series:
    """Return what each shape of a vibrato leaves of a contour: the weighted sum of squares, float64 (shapes,).

    `shapes` is float64 (shapes, 4): rate in Hz, its change over the note in Hz, onset and ramp in seconds. The weights
    count against the largest of them. Raises ValueError as `fit` does, and for shapes of another shape.
    """
    check(cents, weights)
    check_shapes(shapes)
    if not len(cents) or not weights.any():
        return np.zeros(len(shapes))
    time = np.arange(len(cents)) / frames_per_s
    root = np.sqrt(weights / weights.max())
    drift, length = drifts(len(cents), frames_per_s), len(cents) / frames_per_s
    return np.array([_left(_columns(drift, time, length, shape), cents, root)[1] for shape in shapes])


Scan = Callable[[Series, Series, float, Series], Series]


def fit(cents: Series, weights: Series, frames_per_s: float, scanned: Scan = scan) -> Fit | None:
    """Return the vibrato of one note, or None where the note is too short to have one.

    `scanned` is what looks at many shapes at once: `scan`, or its like in `voicekernels.cpu.vibrato`.

    Parameters
    ----------
    cents : float64 (frames,)
        Finite; interpolate gaps and give them no weight.
    weights : float64 (frames,), >= 0
        How exact each frame is.
    frames_per_s : float

    Raises
    ------
    ValueError
        For shapes that differ, or values that are no numbers.
    """
    check(cents, weights)
    frames = len(cents)
    if frames < SHORTEST_S * frames_per_s or np.count_nonzero(weights) < SHORTEST_S * frames_per_s:
        return None
    time = np.arange(frames) / frames_per_s
    length = frames / frames_per_s
    root = np.sqrt(weights / weights.max())
    drift = drifts(frames, frames_per_s)
    straight = drift @ _left(drift, cents, root)[0]
    rates = np.array([(rate, 0.0, 0.0, _RAMPS_S[0]) for rate in np.linspace(SLOWEST_HZ, FASTEST_HZ, _RATES)])
    rate = float(rates[int(np.argmin(scanned(cents, weights, frames_per_s, rates))), 0])
    onsets = np.arange(0.0, 0.7 * length, 0.05)
    starts = np.array([(rate, 0.0, onset, ramp) for onset in onsets for ramp in _RAMPS_S])
    start = starts[int(np.argmin(scanned(cents, weights, frames_per_s, starts)))]
    found = start.copy()
    found, covariance = _refine(drift, time, length, found, cents, root)
    rate, change, onset, ramp = (float(value) for value in found)
    columns = _columns(drift, time, length, (rate, change, onset, ramp))
    linear = _left(columns, cents, root)[0]
    extent = float(np.hypot(linear[-2], linear[-1]))
    steady = min(onset + ramp, length)
    middle = 0.5 * (steady + length) / length - 0.5
    spread = np.sqrt(np.maximum(np.diag(covariance), 0.0))
    return Fit(
        rate_hz=rate + change * middle,
        half_extent_cents=extent,
        onset_s=max(onset, 0.0),
        steady_s=max(steady, 0.0),
        rate_error_hz=float(np.hypot(spread[0], spread[1] * middle)),
        extent_error_cents=float(spread[4]),
        explained=1.0 - _slow(cents - columns @ linear, root) / max(_slow(cents - straight, root), 1e-12),
        curve=columns @ linear,
    )


def drifts(frames: int, frames_per_s: float) -> Series:
    """Return the columns that a slow movement of the pitch is made of, float64 (frames, `DRIFTS`)."""
    time = np.arange(frames) / frames_per_s
    length = frames / frames_per_s
    return np.asarray(np.polynomial.chebyshev.chebvander(2 * time / length - 1, DRIFTS - 1), np.float64)


def check_shapes(shapes: Series) -> None:
    """Raise ValueError for what are no shapes of a vibrato."""
    if shapes.ndim != 2 or shapes.shape[1] != 4 or not np.isfinite(shapes).all():
        raise ValueError(f"a shape is a rate, its change, an onset and a ramp, not {shapes.shape}")


def check(cents: Series, weights: Series) -> None:
    """Raise ValueError for shapes that differ, values that are no numbers, or weights below 0."""
    if cents.ndim != 1 or cents.shape != weights.shape:
        raise ValueError(f"each frame needs a weight: {cents.shape}, {weights.shape}")
    if not np.isfinite(cents).all() or not np.isfinite(weights).all() or (weights < 0).any():
        raise ValueError("cents and weights have to be numbers, and weights not below 0")


Shape = tuple[float, float, float, float]


def _columns(drift: Series, time: Series, length: float, shape: Shape | Series) -> Series:
    rate, change, onset, ramp = shape
    turns = rate * time + change * (time * time / (2 * length) - 0.5 * time)
    swell = np.clip((time - onset) / max(float(ramp), SHORTEST_RAMP_S), 0.0, 1.0)
    phase = 2 * np.pi * turns
    return np.column_stack((drift, swell * np.cos(phase), swell * np.sin(phase)))


def _left(columns: Series, cents: Series, root: Series) -> tuple[Series, float]:
    """The linear part, and the sum of squares that it leaves."""
    scaled = columns * root[:, None]
    gram = scaled.T @ scaled
    gram[np.diag_indices_from(gram)] += 1e-9 * np.trace(gram)
    linear = np.asarray(np.linalg.solve(gram, scaled.T @ (cents * root)), np.float64)
    rest = (cents - columns @ linear) * root
    return linear, float(rest @ rest)


def _slow(moved: Series, root: Series) -> float:
    """The energy of a movement that a voice can make."""
    weights = root * root
    window = np.hanning(_BLUR + 2)[1:-1]
    shared = np.convolve(weights, window, "same")
    blurred = np.convolve(moved * weights, window, "same") / np.maximum(shared, 1e-12)
    return float(np.sum(shared * blurred * blurred))


def _refine(
    drift: Series, time: Series, length: float, found: Series, cents: Series, root: Series
) -> tuple[Series, Series]:
    """Levenberg and Marquardt's way down to the minimum; the last part says how sure rate, change and extent are."""
    steps = np.array((1e-4, 1e-4, 1e-3, 1e-3))
    low = np.array((SLOWEST_HZ * 0.8, -2.5, -0.3, 0.03))
    high = np.array((FASTEST_HZ * 1.2, 2.5, 0.75 * length, 0.6))
    columns = _columns(drift, time, length, found)
    linear, rest = _left(columns, cents, root)
    damping = 1e-3
    for _ in range(_ROUNDS):
        residual = (cents - columns @ linear) * root
        slopes = [
            (_columns(drift, time, length, found + np.eye(4)[i] * steps[i]) - columns) @ linear / steps[i]
            for i in range(4)
        ]
        jacobian = np.column_stack((*slopes, columns)) * root[:, None]
        gram = jacobian.T @ jacobian
        move = np.linalg.solve(gram + np.diag(damping * np.diag(gram) + 1e-9 * np.trace(gram)), jacobian.T @ residual)
        tried = np.clip(found + move[:4], low, high)
        tried_columns = _columns(drift, time, length, tried)
        tried_linear, tried_rest = _left(tried_columns, cents, root)
        if tried_rest < rest:
            gained = rest - tried_rest
            found, columns, linear, rest = tried, tried_columns, tried_linear, tried_rest
            damping = max(damping * 0.3, 1e-9)
            if gained < 1e-9 * rest:
                break
        else:
            damping *= 5
    return found, _covariance(drift, time, length, found, columns, linear, rest, root, cents)


def _covariance(
    drift: Series,
    time: Series,
    length: float,
    found: Series,
    columns: Series,
    linear: Series,
    rest: float,
    root: Series,
    cents: Series,
) -> Series:
    """Of rate, change, onset, ramp and extent."""
    steps = np.array((1e-4, 1e-4, 1e-3, 1e-3))
    slopes = [
        (_columns(drift, time, length, found + np.eye(4)[i] * steps[i]) - columns) @ linear / steps[i] for i in range(4)
    ]
    extent = max(float(np.hypot(linear[-2], linear[-1])), 1e-9)
    swing = columns[:, -2:] @ (linear[-2:] / extent)
    turn = columns[:, -2:] @ (np.array((-linear[-1], linear[-2])) / extent)
    jacobian = np.column_stack((*slopes, swing, turn, drift)) * root[:, None]
    gram = jacobian.T @ jacobian
    gram[np.diag_indices_from(gram)] += 1e-9 * np.trace(gram)
    residual = (cents - columns @ linear) * root
    energy = float(residual @ residual) + 1e-12
    shared = float(np.clip(residual[1:] @ residual[:-1] / energy, 0.0, 0.98))
    widened = (1 + shared) / (1 - shared)
    variance = rest / max(len(time) - jacobian.shape[1], 1) * widened
    covariance: Series = (np.linalg.inv(gram) * variance)[:5, :5]
    return covariance
