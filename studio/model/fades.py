"""The curves of fades, once, for the mixer that applies them and the view that draws them.

To add a shape: its name in `FadeShape`, its curve in `_CURVES`.
"""

from collections.abc import Callable
from typing import Final

import numpy as np
from numpy.typing import NDArray

from studio.model.project import Fade, FadeShape

_Curve = NDArray[np.float64]
_STEPS: Final = 4096  # linear between them: off by 2e-8 at most, less than a float32 can hold


def _linear(rise: _Curve) -> _Curve:
    return rise


def _equal_power(rise: _Curve) -> _Curve:
    return np.sin(rise * (np.pi / 2))


def _smooth(rise: _Curve) -> _Curve:
    return rise * rise * (3 - 2 * rise)


_CURVES: Final[dict[FadeShape, Callable[[_Curve], _Curve]]] = {
    "linear": _linear,
    "equal_power": _equal_power,
    "smooth": _smooth,
}
_TABLES: Final = {shape: curve(np.minimum(np.arange(_STEPS + 2) / _STEPS, 1.0)) for shape, curve in _CURVES.items()}


def rise(shape: FadeShape, part: _Curve) -> _Curve:
    """Return the gain, 0 to 1, at each `part` of the way, 0 to 1, through a fade-in.

    A fade-out is its mirror image: `rise(shape, 1 - part)`. Two linear or two smooth fades that cross add up to 1,
    two equal-power ones to the power 1. Each value depends on its own `part` alone, to the last bit: the library's
    own sine does not promise that, table and interpolation do.
    """
    table = _TABLES[shape]
    place = np.clip(part, 0.0, 1.0) * _STEPS
    index = place.astype(np.intp)
    low = table[index]
    return low + (table[index + 1] - low) * (place - index)


def gain_in(fade: Fade, start: int, stop: int) -> NDArray[np.float32]:
    """Return the gain of a fade-in at samples `start` to `stop` of its clip; 1 after the fade."""
    return _gain(fade, np.arange(start, stop, dtype=np.float64))


def gain_out(fade: Fade, length: int, start: int, stop: int) -> NDArray[np.float32]:
    """Return the gain of a fade-out at samples `start` to `stop` of a clip of `length` samples; 1 before the fade."""
    return _gain(fade, length - 1 - np.arange(start, stop, dtype=np.float64))


def _gain(fade: Fade, samples: _Curve) -> NDArray[np.float32]:
    if not fade.length:
        return np.ones(len(samples), np.float32)
    return rise(fade.shape, (samples + 0.5) / fade.length).astype(np.float32)
