"""A contour as smooth as its exactness asks for.

Whittaker, "On a new method of graduation", Proceedings of the Edinburgh Mathematical Society 41, 1923.
"""

import numpy as np
from numpy.typing import NDArray


def smooth(
    values: NDArray[np.float32], weights: NDArray[np.float32], stiffness: float, jump: float
) -> NDArray[np.float32]:
    """Return what minimises `sum(weights * (z - values)**2) + stiffness * sum(bends(z)**2)`.

    `values` and `weights` are float32 (frames,), weights > 0. A bend is a second difference; one that lies across
    two values more than `jump` apart is free. Raises ValueError for shapes that differ.
    """
    check(values, weights)
    frames = len(values)
    system = np.diag(weights.astype(np.float64))
    steps = np.abs(np.diff(values))
    for t in range(1, frames - 1):
        if steps[t - 1] < jump and steps[t] < jump:
            bend = np.zeros(frames)
            bend[t - 1 : t + 2] = 1, -2, 1
            system += stiffness * np.outer(bend, bend)
    return np.linalg.solve(system, weights.astype(np.float64) * values).astype(np.float32)


def check(values: NDArray[np.float32], weights: NDArray[np.float32]) -> None:
    """Raise ValueError unless each value has a weight."""
    if values.ndim != 1 or values.shape != weights.shape:
        raise ValueError(f"each value needs a weight: {values.shape}, {weights.shape}")
