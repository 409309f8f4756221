"""How alike two voices are, by the speaker network that comes with the package Resemblyzer; none of its code runs.

Wan, Wang, Papir & Lopez Moreno, "Generalized end-to-end loss for speaker verification", ICASSP 2018.
"""

import importlib.util
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from studio.engines.base import Mono
from studio.engines.voice.frames import resampled
from studio.errors import StudioError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from torch import Tensor, nn

Print = NDArray[np.float32]
"""Where a voice lies among all voices: 256 numbers of length 1."""

_RATE_HZ: Final = 16000
_WINDOW: Final = 400
_HOP: Final = 160
_MELS: Final = 40
_FRAMES: Final = 160
_STEP: Final = 77
_LEAST_COVERED: Final = 0.75
_LEVEL_DBFS: Final = -30.0
_WIDTH: Final = 256
_LAYERS: Final = 3
_LEAST_S: Final = 0.5

_LINEAR_HZ: Final = 1000.0
_HZ_A_MEL: Final = 200.0 / 3
_LOG_STEP: Final = np.log(6.4) / 27


def is_there() -> bool:
    """Whether the network is installed; imports nothing."""
    return _weights() is not None


def similarity(sounds: Sequence[Mono], rate_hz: int, like: Print) -> float | None:
    """The cosine between some speech and a print, about 0.9 for the same reader; None where there is too little."""
    found = print_of([(sound, rate_hz) for sound in sounds])
    return None if found is None else float(found @ like)


def print_of(sounds: Sequence[tuple[Mono, int]]) -> Print | None:
    """The print of sounds of one voice, each with its rate in Hz; None where they are too short or silent.

    StudioError where the file of the network is damaged, or is something else.
    """
    parts = [part for sound, rate_hz in sounds for part in _parts(resampled(sound, rate_hz, _RATE_HZ))]
    if not parts:
        return None
    return _unit(_read(np.stack(parts)))


def _read(mels: NDArray[np.float32]) -> Print:
    import torch

    lstm, linear = _network()
    with torch.no_grad():
        _, (hidden, _cells) = lstm(torch.from_numpy(mels))
        made = torch.relu(linear(hidden[-1]))
        middle: Print = (made / made.norm(dim=1, keepdim=True).clamp(min=1e-9)).mean(0).numpy()
    return middle


def _parts(sound: Mono) -> list[NDArray[np.float32]]:
    """Stretches of 1.6 s as the network sees them, half over each other, at the level that it was trained with."""
    power = float(np.mean(np.square(sound, dtype=np.float64))) if len(sound) else 0.0
    if len(sound) < _LEAST_S * _RATE_HZ or not power:
        return []
    sound = sound * np.float32(max(1.0, 10 ** (_LEVEL_DBFS / 20) / np.sqrt(power)))
    frames = -(-(len(sound) + 1) // _HOP)
    starts = list(range(0, max(1, frames - _FRAMES + _STEP + 1), _STEP))
    covered = (len(sound) - starts[-1] * _HOP) / (_FRAMES * _HOP)
    if covered < _LEAST_COVERED and len(starts) > 1:
        starts.pop()
    missing = (starts[-1] + _FRAMES) * _HOP - len(sound)
    mels = _mels(np.pad(sound, (0, max(missing, 0))))
    return [mels[start : start + _FRAMES] for start in starts]


def _mels(sound: Mono) -> NDArray[np.float32]:
    """Power in 40 bands each 10 ms, shape (frames, 40)."""
    window = np.hanning(_WINDOW + 1)[:-1]
    rows = np.lib.stride_tricks.sliding_window_view(np.pad(sound, _WINDOW // 2), _WINDOW)[::_HOP]
    power = np.abs(np.fft.rfft(rows * window, axis=1)) ** 2
    return (power @ _filters().T).astype(np.float32)


@lru_cache(maxsize=1)
def _filters() -> NDArray[np.float64]:
    """Triangles of area 1, evenly spaced on Slaney's mel scale, shape (40, bins)."""
    bins_hz = np.fft.rfftfreq(_WINDOW, 1 / _RATE_HZ)
    edges_hz = _hz(np.linspace(0.0, _mel(_RATE_HZ / 2), _MELS + 2))
    rising = (bins_hz - edges_hz[:-2, None]) / (edges_hz[1:-1] - edges_hz[:-2])[:, None]
    falling = (edges_hz[2:, None] - bins_hz) / (edges_hz[2:] - edges_hz[1:-1])[:, None]
    triangles = np.maximum(0.0, np.minimum(rising, falling))
    scaled: NDArray[np.float64] = triangles * (2.0 / (edges_hz[2:] - edges_hz[:-2]))[:, None]
    return scaled


def _mel(hz: float) -> float:
    """Slaney's scale for frequencies of 1 kHz and above."""
    return float(_LINEAR_HZ / _HZ_A_MEL + np.log(hz / _LINEAR_HZ) / _LOG_STEP)


def _hz(mels: NDArray[np.float64]) -> NDArray[np.float64]:
    knee = _LINEAR_HZ / _HZ_A_MEL
    return np.where(mels < knee, mels * _HZ_A_MEL, _LINEAR_HZ * np.exp(_LOG_STEP * (mels - knee)))


@lru_cache(maxsize=1)
def _network() -> "tuple[nn.LSTM, nn.Linear]":
    import torch

    torch.set_num_threads(1)
    file = _weights()
    lstm, linear = torch.nn.LSTM(_MELS, _WIDTH, _LAYERS, batch_first=True), torch.nn.Linear(_WIDTH, _WIDTH)
    try:
        assert file is not None
        said = torch.load(file, map_location="cpu", weights_only=True)["model_state"]
        lstm.load_state_dict(_below(said, "lstm."))
        linear.load_state_dict(_below(said, "linear."))
    except Exception as error:  # whatever a foreign file makes of itself
        raise StudioError(
            "voiceprint.file",
            "The similarity of the voices was not measured.",
            cause="The network of Resemblyzer is damaged, or is something else.",
            remedy="Install the package again: pip install --force-reinstall --no-deps resemblyzer.",
        ) from error
    return lstm, linear


def _below(said: "Mapping[str, Tensor]", prefix: str) -> "dict[str, Tensor]":
    return {name.removeprefix(prefix): rows for name, rows in said.items() if name.startswith(prefix)}


def _weights() -> Path | None:
    package = importlib.util.find_spec("resemblyzer")
    if package is None or package.origin is None or importlib.util.find_spec("torch") is None:
        return None
    file = Path(package.origin).with_name("pretrained.pt")
    return file if file.is_file() else None


def _unit(row: Print) -> Print | None:
    length = float(np.linalg.norm(row))
    return (row / np.float32(length)).astype(np.float32) if length > 0 else None
