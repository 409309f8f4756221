"""What an engine is: one protocol a task, and the card that the rest of the program knows it by.

To add an engine:
1. Write one file here (or in a package of your own) with a class that has `info` and the verb of its task.
   Import its library inside the methods, never at the top: a card has to be drawn where the library is missing.
2. Name the class under `[project.entry-points."studio.engines"]` in `pyproject.toml`, with its id as the key.
   The built-ins come in by the same door. Install again (`packaging/run --setup`), since pip writes the list down.
3. `python -m pytest tests/engines` runs the contract of its task over it: shapes, units, silence, cancel, rates.
"""

from collections.abc import Callable
from typing import Literal, Protocol

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from studio.model.pitch import PitchCurve

Mono = NDArray[np.float32]
"""One channel, 0 dBFS at ±1, shape (samples,). May be mapped from a file: read it piece by piece."""

Report = Callable[[float, str], None]
"""Tell how far along we are, 0 to 1, and with what. Raises `Cancelled` when nobody wants the result any more."""

Task = Literal["pitch", "separate", "denoise", "learn", "speak", "convert", "recognise", "detect"]

FRAMES_PER_S = 200
"""The one grid of every pitch tracker: frame `i` is centred on sample `i * rate_hz / FRAMES_PER_S`."""


class EngineInfo(Struct, frozen=True, kw_only=True):
    """Who an engine is, what it needs and what it can do; the interface draws its controls from this.

    `needs` are the modules it imports, looked for without importing them. `extra` is the optional part of the
    studio that brings them.
    """

    id: str
    task: Task
    name: str
    licence: str
    about: str = ""
    languages: tuple[str, ...] = ()
    can: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    extra: str = ""
    version_of: str = ""
    """The distribution whose version makes a result repeatable, such as `praat-parselmouth`."""
    lowest_hz: float = 0.0
    highest_hz: float = 0.0


class Engine(Protocol):
    """What every engine has, whatever its task. Made once a worker and kept, so it may hold a loaded model."""

    @property
    def info(self) -> EngineInfo:
        """The engine's card. Also readable from the class, without making an engine."""
        ...


class PitchTracker(Engine, Protocol):
    """Finds the melody of one voice."""

    def track(self, samples: Mono, rate_hz: int, *, low_hz: float, high_hz: float, report: Report) -> PitchCurve:
        """Return F0 and confidence on the shared grid, `ceil(samples * FRAMES_PER_S / rate_hz)` frames.

        F0 is in Hz, NaN where unvoiced and never outside `low_hz` to `high_hz`; confidence lies in 0 to 1 and is
        also given where unvoiced. `report` is called at least each half second of work. The same input gives the
        same result.
        """
        ...
