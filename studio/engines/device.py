"""The device that networks run on."""

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch


def torch_device() -> "torch.device":
    """CUDA when it is there and nobody chose otherwise (STUDIO_DEVICE=cpu), else the CPU with one thread."""
    import torch

    if os.environ.get("STUDIO_DEVICE", "").lower() != "cpu" and torch.cuda.is_available():
        return torch.device("cuda")
    torch.set_num_threads(1)  # several threads on a busy machine collapse to a tenth of the speed of one
    return torch.device("cpu")
