"""Whether it is a voice that was taken out of a mix: asked of Silero VAD, which knows voices and not melodies."""

import importlib.util
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from studio.engines.base import Mono
from studio.engines.separation.fusion import session_of
from studio.engines.separation.spectrum import RATE_HZ

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

_PACKAGE: Final = "silero_vad"
_FILE: Final = "data/silero_vad_16k_sequence.onnx"
_LISTENING_HZ: Final = 16000
_FRAME: Final = 512
_BEFORE: Final = 64
"""So many samples of the frame before come with each frame."""

_STATE: Final = (1, 1, 128)
_WORKING_PEAK: Final = 0.5
_SILENT: Final = 1e-6
_PHRASE: Final = 31  # frames: a second


class Listener:
    """Says how sure it is of a voice. The network comes with `silero-vad`; where that is not, it says nothing."""

    def __init__(self) -> None:
        model = weights()
        self._session: InferenceSession | None = session_of(model) if model else None

    def heard(self, sound: Mono) -> float | None:
        """How voice-like a sound at `RATE_HZ` is over its best second, 0 to 1. Its level makes no difference.

        A second, since a drum or the bow on a string may be like a voice for a moment.
        """
        if self._session is None:
            return None
        probable = self._probable(self._session, sound)
        phrase = min(_PHRASE, len(probable))
        return float(np.convolve(probable, np.ones(phrase) / phrase, "valid").max())

    def _probable(self, session: "InferenceSession", sound: Mono) -> NDArray[np.float32]:
        """The network's answer every 32 ms."""
        import soxr

        brought = soxr.resample(sound, RATE_HZ, _LISTENING_HZ).astype(np.float32)
        loudest = float(np.abs(brought).max(initial=0.0))
        if loudest < _SILENT:
            return np.zeros(1, np.float32)
        frames = np.zeros((-(-len(brought) // _FRAME), _FRAME), np.float32)
        frames.reshape(-1)[: len(brought)] = brought * np.float32(_WORKING_PEAK / loudest)
        before = np.zeros((len(frames), _BEFORE), np.float32)
        before[1:] = frames[:-1, -_BEFORE:]
        state = np.zeros(_STATE, np.float32)
        found, *_ = session.run(None, {"input": np.concatenate([before, frames], axis=1), "h": state, "c": state})
        return np.asarray(found, np.float32)


def weights() -> bytes:
    """The network as its package has it; nothing where it is not installed. The package itself would load torch."""
    found = importlib.util.find_spec(_PACKAGE)
    places = found.submodule_search_locations if found is not None else None
    file = Path(places[0]) / _FILE if places else None
    return file.read_bytes() if file is not None and file.is_file() else b""
