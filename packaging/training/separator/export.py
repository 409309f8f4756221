"""Writes trained weights as the file that the studio reads: `python -m separator.export WEIGHTS OUT.onnx`."""

import argparse
from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import Tensor, nn

from separator.network import Fusion
from studio.engines.separation.cues import BAND_CUES, BANDS, FRAME_CUES

_FRAMES = 43


class _Masks(nn.Module):
    """The network without the answer that only its training asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.inside = Fusion()

    def forward(self, bands: Tensor, frames: Tensor) -> Tensor:
        masks: Tensor = self.inside(bands, frames)[0]
        return masks


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("weights", type=Path)
    parser.add_argument("out", type=Path)
    wanted = parser.parse_args()
    network = _Masks()
    network.inside.load_state_dict(load_file(wanted.weights))
    network.eval()
    example = torch.zeros(1, BAND_CUES, BANDS, _FRAMES), torch.zeros(1, FRAME_CUES, _FRAMES)
    torch.onnx.export(
        network,
        example,
        str(wanted.out),
        input_names=["bands", "frames"],
        output_names=["masks"],
        dynamic_axes={"bands": {3: "time"}, "frames": {2: "time"}, "masks": {3: "time"}},
        opset_version=17,
        dynamo=False,
    )


if __name__ == "__main__":
    main()
