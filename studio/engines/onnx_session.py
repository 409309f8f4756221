"""ONNX networks with one thread, and with a seed where they draw random numbers themselves.

ONNX Runtime seeds a network's generators when the network is loaded, never after. So one that draws is loaded anew
for each sentence, and what it says depends on the seed alone; one that does not is loaded once.
"""

import mmap
from pathlib import Path
from typing import TYPE_CHECKING, Final

from studio.errors import StudioError, is_out_of_memory

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

_DRAWING: Final = (b"RandomNormal", b"RandomUniform", b"Multinomial", b"Bernoulli")
_MASK: Final = 0x7FFFFFFF


def session(path: Path, seed: int = 0) -> "InferenceSession":
    """The network of a file on the CPU; a `StudioError` where it is none."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 4
    onnxruntime.set_seed(seed & _MASK)
    try:
        return onnxruntime.InferenceSession(str(path), sess_options=options, providers=["CPUExecutionProvider"])
    except Exception as error:
        if is_out_of_memory(error):
            raise
        raise StudioError(
            "onnx.file",
            f"{path.name} could not be loaded.",
            cause="It is damaged, or no network in the ONNX format.",
            remedy="Delete the model and install it again, or choose another engine.",
        ) from error


def draws(path: Path) -> bool:
    """Whether a network draws random numbers."""
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        return any(content.find(name) >= 0 for name in _DRAWING)
