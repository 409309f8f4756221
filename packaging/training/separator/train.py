"""Trains the network on folders of lessons: `python -m separator.train OUT LESSONS --minutes 25`.

Lessons may still be written while it trains; the weights are kept every few minutes, as a safetensors file.
"""

import argparse
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np
import torch
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from separator.network import Fusion

_BATCH: Final = 2
_FRAMES: Final = 172
_STEPS_BETWEEN_LOOKS: Final = 25
_READ_AT_ONCE: Final = 80
_ALONE: Final = 0.08
"""How often, beyond chance, a lesson of a voice alone or a band alone is taken."""

_FLOOR: Final = 1e-2
"""Errors 20 dB below the mix are good enough: a voice alone must not drown the rest (at 27 dB, it did)."""

_WINDOW: Final = 43
_NEAR: Final = 2 * 43
"""Frames on either side within which a voice counts as present: two seconds."""

_THERE: Final = 0.01
_NOT_THERE: Final = 0.001


class Lessons:
    """The lessons of some folders, kept in memory as they come."""

    def __init__(self, folders: Sequence[Path]) -> None:
        self._folders = folders
        self._known: set[Path] = set()
        self.taken: list[dict[str, Tensor]] = []
        self._alone: list[int] = []

    def look(self) -> None:
        """Read what was written since."""
        written = {path for folder in self._folders for path in folder.glob("l*.npz")}
        for path in sorted(written - self._known, key=lambda path: path.name[::-1])[:_READ_AT_ONCE]:
            self._known.add(path)
            with np.load(path, allow_pickle=False) as arrays:
                lesson = {name: torch.from_numpy(arrays[name]) for name in arrays.files}
            voice, whole = (float(lesson[name].float().sum()) for name in ("own", "all"))
            if voice < 1e-3 * whole or abs(voice - whole) < 1e-3 * whole:
                self._alone.append(len(self.taken))
            self.taken.append(lesson)

    def batch(self, random: np.random.Generator) -> dict[str, Tensor]:
        """Stretches of a few lessons, or one whole lesson."""
        picked: list[dict[str, Tensor]] = []
        many = int(random.integers(1, _BATCH + 1))
        frames = _BATCH * _FRAMES // many
        for _ in range(many):
            alone = self._alone and random.random() < _ALONE
            lesson = self.taken[int(random.choice(self._alone)) if alone else random.integers(len(self.taken))]
            start = int(random.integers(lesson["bands"].shape[-1] - frames + 1))
            picked.append({name: part[..., start : start + frames].float() for name, part in lesson.items()})
        return {name: torch.stack([one[name] for one in picked]) for name in picked[0]}


def loss(masks: Tensor, presence: Tensor, batch: dict[str, Tensor]) -> Tensor:
    """The error beside the mix, in natural log, the mean over the batch; silence teaches nothing.

    The log makes a leak where there is no voice, or nothing else, cost as much as an error in a mix.
    """
    error = torch.clamp(batch["own"] - 2 * masks * batch["shared"] + masks**2 * batch["all"], min=0)
    left, whole = error.sum((1, 2)), batch["all"].sum((1, 2))
    # The first term is what SI-SDR sees, the second minds the pauses, the third gives quiet frames and treble a voice.
    energy = torch.log(left.sum(1) / (whole.sum(1) + 1e-3) + _FLOOR)
    here, there = (part.unfold(1, _WINDOW, _WINDOW).sum(2) for part in (left, whole))
    loud = torch.clamp(there / (there.mean(1, keepdim=True) + 1e-3), max=1.0)
    pauses = (loud * torch.log(here / (there + 1e-3) + _FLOOR)).sum(1) / (loud.sum(1) + 1e-6)
    level = torch.sqrt(whole.unsqueeze(1).unsqueeze(1) + 1.0)
    even = (torch.sqrt(error + 1e-4) / level).sum((1, 2, 3))
    amount = (torch.sqrt(batch["all"] + 1e-4) / level).sum((1, 2, 3))
    return (energy + 0.3 * pauses + 0.5 * even / amount).mean() + 0.3 * _doubt(presence, batch)


def _doubt(presence: Tensor, batch: dict[str, Tensor]) -> Tensor:
    """How wrong it is about what there is near each frame; what is neither there nor not there teaches nothing."""
    voice = batch["own"].sum((1, 2))
    band = torch.clamp(batch["all"] - 2 * batch["shared"] + batch["own"], min=0).sum((1, 2))
    near = torch.stack([voice, band], 1)
    near = nn.functional.avg_pool1d(near, 2 * _NEAR + 1, 1, _NEAR, count_include_pad=False)
    share = near / (near.sum(1, keepdim=True) + 1e-3)
    clear = ((share > _THERE) | (share < _NOT_THERE)) & (near.sum(1, keepdim=True) > 1)
    found = nn.functional.binary_cross_entropy_with_logits(presence, (share > _THERE).float(), reduction="none")
    return (found * clear).sum() / (clear.sum() + 1)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("lessons", type=Path, nargs="+")
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
        missing, strange = network.load_state_dict(load_file(wanted.resume), strict=False)
        print(f"begun anew: {', '.join(missing) or 'nothing'}")
        assert not strange
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
        masks, presence = network(batch["bands"], batch["frames"])
        found = loss(masks, presence, batch)
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
