"""The network that weighs the rules against each other, run without the library that trained it."""

from typing import TYPE_CHECKING, Final

import numpy as np

from studio import paths
from studio.engines.separation.cues import Cues
from studio.engines.separation.spectrum import Mask
from studio.errors import StudioError

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

_FILE: Final = "separation/fusion.onnx"


class Fusion:
    """Masks for the middle and the side of a mix; `packaging/training/separator` made its weights."""

    def __init__(self) -> None:
        self._session = session_of(weights())

    def masks(self, told: Cues) -> tuple[Mask, Mask]:
        """How much of each band is the voice's, in the middle and on the sides; `spread` makes bins of them."""
        (found,) = self._session.run(None, {"bands": told.bands[None], "frames": told.frames[None]})
        middle, side = np.asarray(found, np.float32)[0]
        return middle, side


def weights() -> bytes:
    """The network as it lies in the resources."""
    return (paths.resources() / _FILE).read_bytes()


def session_of(model: bytes) -> "InferenceSession":
    """A network ready to run on one thread, so that the same sound always gives the same."""
    from onnxruntime import InferenceSession, SessionOptions

    options = SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    try:
        return InferenceSession(model, options, providers=["CPUExecutionProvider"])
    except Exception as error:
        raise StudioError(
            "separation.weights",
            "The built-in separator did not start.",
            cause=f"Its weights could not be read: {error}",
            remedy="Run packaging/run --setup again.",
        ) from error
