"""The tracker as a plain function, for scorers that take one."""

import numpy as np
from numpy.typing import NDArray

from studio.engines.base import FRAMES_PER_S, Mono
from studio.engines.melody.notes import measure
from studio.engines.melody.tracker import Melisma


def melody(
    samples: Mono, rate_hz: int, low_hz: float = 50.0, high_hz: float = 1000.0
) -> tuple[NDArray[np.float64], NDArray[np.float32]]:
    """Return times in seconds and F0 in Hz, negative where unvoiced: the best guess, as mir_eval has it."""
    found = Melisma().listen(samples, rate_hz, low_hz=low_hz, high_hz=high_hz, report=lambda fraction, stage: None)
    hz = np.where(found.curve.voiced, found.best_hz, -found.best_hz)
    return np.arange(len(hz)) / FRAMES_PER_S, hz


def vibrato(samples: Mono, rate_hz: int) -> tuple[float, float]:
    """Return rate in Hz and half-extent in cents of the longest note that has a vibrato; NaN where none has."""
    notes = measure(samples, rate_hz, report=lambda fraction, stage: None)
    found = [note for note in notes if note.vibrato]
    if not found:
        return float("nan"), float("nan")
    longest = max(found, key=lambda note: note.end_s - note.start_s).vibrato
    assert longest is not None
    return longest.rate_hz, longest.half_extent_cents
