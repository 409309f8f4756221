"""Writes trained weights as the file that the studio reads: `python -m separator.export WEIGHTS OUT.onnx`."""

import argparse
from pathlib import Path

import torch
from safetensors.torch import load_file

from separator.network import Fusion
from studio.engines.separation.cues import BAND_CUES, BANDS, FRAME_CUES

_FRAMES = 43


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("weights", type=Path)
    parser.add_argument("out", type=Path)
    wanted = parser.parse_args()
    network = Fusion()
    network.load_state_dict(load_file(wanted.weights))
    network.eval()
    example = torch.zeros(1, BAND_CUES, BANDS, _FRAMES), torch.zeros(1, FRAME_CUES, _FRAMES)
    torch.onnx.export(
        network,
        example,
        str(wanted.out),
        input_names=["bands", "frames"],
        output_names=["masks", "presence"],
        dynamic_axes={"bands": {3: "time"}, "frames": {2: "time"}, "masks": {3: "time"}, "presence": {2: "time"}},
        opset_version=17,
        dynamo=False,
    )


if __name__ == "__main__":
    main()
