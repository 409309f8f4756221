"""Writes trained weights as the file that the studio reads: `python -m separator.export OUT.onnx WEIGHTS...`.

Of several networks the masks are averaged: they err in different places.
"""

import argparse
from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import Tensor, nn

from separator.network import Fusion
from studio.engines.separation.cues import BAND_CUES, BANDS, FRAME_CUES

_FRAMES = 43


class _Masks(nn.Module):
    """The networks without the answer that only their training asked for."""

    def __init__(self, many: int) -> None:
        super().__init__()
        self.inside = nn.ModuleList(Fusion() for _ in range(many))

    def forward(self, bands: Tensor, frames: Tensor) -> Tensor:
        return torch.stack([network(bands, frames)[0] for network in self.inside]).mean(0)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("weights", type=Path, nargs="+")
    wanted = parser.parse_args()
    network = _Masks(len(wanted.weights))
    for one, path in zip(network.inside, wanted.weights, strict=True):
        missing, strange = one.load_state_dict(load_file(path), strict=False)
        assert not strange
        assert {name.partition(".")[0] for name in missing} <= {"presence"}
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
