"""Networks of the released Demucs architectures with small sizes, which were never trained: they separate nothing.

As a program it saves one where the studio looks for the weights of an engine: `python -m tests.helpers.untrained FILE`.
"""

import json
import sys
from fractions import Fraction
from pathlib import Path
from typing import cast

import torch
from demucs.apply import Model
from demucs.demucs import Demucs
from demucs.hdemucs import HDemucs
from demucs.htdemucs import HTDemucs

FOUR = ["drums", "bass", "other", "vocals"]


def small(kind: type[Model] = HTDemucs, seed: int = 0, sources: list[str] = FOUR, **more: object) -> Model:
    """A network of the released architecture, thin and short, with weights that leave nothing at nothing."""
    torch.manual_seed(seed)
    sizes: dict[type[Model], dict[str, object]] = {
        HTDemucs: {
            "channels": 8,
            "bottom_channels": 32,
            "dconv_mode": 3,
            "t_heads": 4,
            "t_layers": 3,
            "segment": Fraction(3, 5),
        },
        HDemucs: {"channels": 8, "segment": 1},
        Demucs: {"channels": 4, "segment": 1, "depth": 4, "resample": True},
    }
    made: Model = kind(sources, **{**sizes[kind], **more})
    with torch.no_grad():
        for weight in made.parameters():
            weight.add_(torch.randn_like(weight) * 0.05)
    return made.eval()


def save_safely(network: Model, path: Path) -> None:
    """As the package's own tools write the files on the hub."""
    from safetensors.torch import save_file

    def said(value: object) -> object:
        if isinstance(value, Fraction):
            return {"_type": "fraction", "numerator": value.numerator, "denominator": value.denominator}
        raise TypeError(value)

    args, kwargs = cast("tuple[tuple[object, ...], dict[str, object]]", network._init_args_kwargs)
    kind = type(network)
    words = {
        "klass": f"{kind.__module__}.{kind.__name__}",
        "args": json.dumps(args),
        "kwargs": json.dumps(kwargs, default=said),
    }
    save_file({name: tensor.contiguous() for name, tensor in network.state_dict().items()}, path, metadata=words)


if __name__ == "__main__":
    save_safely(small(segment=Fraction(2)), Path(sys.argv[1]))
