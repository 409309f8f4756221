"""Trains the network on a folder of lessons: `python -m separator.train LESSONS OUT --minutes 25`.

Lessons may still be written while it trains; the weights are kept every few minutes, as a safetensors file.
"""

import argparse
import time
from pathlib import Path
from typing import Final

import numpy as np
import torch
from safetensors.torch import load_file, save_file
from torch import Tensor

from separator.network import Fusion

_BATCH: Final = 2
_FRAMES: Final = 172
_STEPS_BETWEEN_LOOKS: Final = 25
_READ_AT_ONCE: Final = 80
_FLOOR: Final = 2e-3
"""Errors 27 dB below the mix are good enough: what is nearly pure must not drown the rest."""


class Lessons:
    """The lessons of a folder, kept in memory as they come."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._known: set[Path] = set()
        self.taken: list[dict[str, Tensor]] = []

    def look(self) -> None:
        """Read what was written since."""
        for path in sorted(set(self._folder.glob("l*.npz")) - self._known, key=lambda path: path.name[::-1])[
            :_READ_AT_ONCE
        ]:
            self._known.add(path)
            with np.load(path, allow_pickle=False) as arrays:
                self.taken.append({name: torch.from_numpy(arrays[name]) for name in arrays.files})

    def batch(self, random: np.random.Generator) -> dict[str, Tensor]:
        """A few stretches of a few lessons."""
        picked: list[dict[str, Tensor]] = []
        for _ in range(_BATCH):
            lesson = self.taken[random.integers(len(self.taken))]
            start = int(random.integers(lesson["bands"].shape[-1] - _FRAMES + 1))
            picked.append({name: part[..., start : start + _FRAMES].float() for name, part in lesson.items()})
        return {name: torch.stack([one[name] for one in picked]) for name in picked[0]}


def loss(masks: Tensor, batch: dict[str, Tensor]) -> Tensor:
    """The error beside the mix, in natural log, the mean over the batch; silence teaches nothing."""
    error = batch["own"] - 2 * masks * batch["shared"] + masks**2 * batch["all"]
    left = torch.clamp(error, min=0).sum((1, 2, 3))
    whole = batch["all"].sum((1, 2, 3)) + 1e-3
    # The first term is what SI-SDR sees; the second gives quiet frames and treble a voice as well.
    energy = torch.log(left / whole + _FLOOR)
    level = torch.sqrt(batch["all"].sum(1, keepdim=True).sum(2, keepdim=True) + 1.0)
    even = (torch.sqrt(torch.clamp(error, min=0) + 1e-4) / level).sum((1, 2, 3))
    amount = (torch.sqrt(batch["all"] + 1e-4) / level).sum((1, 2, 3))
    return (energy + 0.5 * even / amount).mean()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("lessons", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--minutes", type=float, default=25.0)
    parser.add_argument("--rate", type=float, default=3e-3)
    parser.add_argument("--resume", type=Path, help="weights to go on from")
    parser.add_argument("--threads", type=int, default=1)
    wanted = parser.parse_args()
    torch.set_num_threads(wanted.threads)
    torch.manual_seed(0)
    random = np.random.default_rng(0)
    lessons, network = Lessons(wanted.lessons), Fusion()
    if wanted.resume:
        network.load_state_dict(load_file(wanted.resume))
    for part in network.parameters():
        if part.dim() == 4:  # a third quicker on a processor
            part.data = part.data.contiguous(memory_format=torch.channels_last)
    optimiser = torch.optim.AdamW(network.parameters(), wanted.rate, weight_decay=1e-3)
    began, step, losses = time.monotonic(), 0, list[float]()
    print(f"{sum(part.numel() for part in network.parameters())} parameters")
    while (share := (time.monotonic() - began) / (60 * wanted.minutes)) < 1:
        if step % _STEPS_BETWEEN_LOOKS == 0:
            lessons.look()
            save_file({name: part.contiguous() for name, part in network.state_dict().items()}, wanted.out)
            print(f"{step} {share:.2f} {len(lessons.taken)} {np.mean(losses[-100:] or [0]):.4f}", flush=True)
        for group in optimiser.param_groups:
            group["lr"] = wanted.rate * min(1.0, (step + 1) / 30) * max(0.02, (1 + np.cos(np.pi * share)) / 2)
        batch = lessons.batch(random)
        found = loss(network(batch["bands"], batch["frames"]), batch)
        optimiser.zero_grad()
        torch.autograd.backward(found)
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimiser.step()
        losses.append(found.item())
        step += 1
    save_file({name: part.contiguous() for name, part in network.state_dict().items()}, wanted.out)
    print(f"{step} steps")


if __name__ == "__main__":
    main()
