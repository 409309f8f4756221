"""Any number of channels as one or two, by the usual coefficients (ITU-R BS.775: centre and surround at -3 dB)."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from studio.media.wav import Frames

_HALF: Final = float(np.sqrt(0.5))
_SIDES: Final[dict[str, tuple[float, float]]] = {
    "FL": (1.0, 0.0),
    "FR": (0.0, 1.0),
    "FC": (_HALF, _HALF),
    "LFE": (0.0, 0.0),
    "LFE2": (0.0, 0.0),
    "BL": (_HALF, 0.0),
    "BR": (0.0, _HALF),
    "SL": (_HALF, 0.0),
    "SR": (0.0, _HALF),
    "BC": (0.5, 0.5),
    "FLC": (1.0, 0.0),
    "FRC": (0.0, 1.0),
    "WL": (1.0, 0.0),
    "WR": (0.0, 1.0),
    "DL": (1.0, 0.0),
    "DR": (0.0, 1.0),
}


_SYSTEMS: Final = {6: "5.1 surround", 7: "6.1 surround", 8: "7.1 surround"}


def told(names: tuple[str, ...]) -> str:
    """What a person should know of a sound with more channels than two, in a sentence; nothing of any other."""
    if len(names) <= 2:
        return ""
    if not all(name in _SIDES for name in names):
        return f"Its {len(names)} channels were mixed down to one sound in the middle."
    system = f" ({_SYSTEMS[len(names)]})" if len(names) in _SYSTEMS else ""
    bass = ", without the bass channel" if any(name.startswith("LFE") for name in names) else ""
    return f"Its {len(names)} channels{system} were mixed down to stereo{bass}."


def to_channels(frames: Frames, names: tuple[str, ...], channels: int) -> Frames:
    """Return the sound with `channels` (1 or 2) channels; `names` are FFmpeg's names of those that it has."""
    if frames.shape[1] == channels:
        return frames
    if frames.shape[1] == 1:
        return np.repeat(frames, channels, axis=1)
    if channels == 1:
        return np.asarray(to_channels(frames, names, 2).mean(axis=1, keepdims=True), np.float32)
    return np.asarray(frames @ _matrix(names, frames.shape[1]), np.float32)


def _matrix(names: tuple[str, ...], count: int) -> NDArray[np.float32]:
    """Gains of shape (count, 2). Where a channel has no known place, all are heard in the middle, as their mean."""
    if len(names) == count and all(name in _SIDES for name in names):
        return np.array([_SIDES[name] for name in names], np.float32)
    return np.full((count, 2), 1 / count, np.float32)
