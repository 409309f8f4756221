"""Trains the network that says whether it is a voice: `python -m separator.hearing OUT.onnx LESSONS --minutes 10`.

The lessons are those of `separator.material`; what it hears is what the separator's own network lets through of them.
"""

import argparse
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.ndimage import uniform_filter1d
from torch import Tensor, nn

from studio.engines.separation import fusion
from studio.engines.separation.cues import Cues
from studio.engines.separation.ear import COARSE, STRIDE, TERMS, let_through, terms

_INSIDE: Final = 48
_BATCH: Final = 16
_FRAMES: Final = 258
_BAND_ALONE: Final = 0.4
"""How often, beyond chance, a band alone is taken; those of which most is let through most often."""

_EVERY_OTHER: Final = 2
_NEAR: Final = 43  # frames: a second
_FAR: Final = 173
_THERE: Final = 0.03
_NOT_THERE: Final = 1e-3


class Ear(nn.Module):
    """Terms in, shape (batch, TERMS, frames); out come log odds for every second frame, 3.5 s around it heard."""

    def __init__(self) -> None:
        super().__init__()
        self.enter = nn.Conv1d(TERMS, _INSIDE, 5, padding=2, stride=STRIDE)
        self.further = nn.ModuleList(
            nn.Conv1d(_INSIDE, _INSIDE, 5, padding=2 * apart, dilation=apart) for apart in (2, 4, 8)
        )
        self.leave = nn.Conv1d(_INSIDE, 1, 1)
        self.drop = nn.Dropout(0.15)

    def forward(self, heard: Tensor) -> Tensor:
        heard = torch.relu(self.enter(heard))
        for layer in self.further:
            heard = heard + torch.relu(layer(self.drop(heard)))
        return torch.as_tensor(self.leave(heard)[:, 0])


class Lesson(NamedTuple):
    """What is heard, where a voice is, which of that is clear, and how much of the mix is let through."""

    terms: NDArray[np.float32]
    voice: NDArray[np.float32]
    clear: NDArray[np.float32]
    taken: float


def lessons(folders: Sequence[Path]) -> list[Lesson]:
    """Every lesson with a band alone, and half of the others."""
    paths = sorted(path for folder in folders for path in folder.glob("l*.npz"))
    session, made = fusion.session_of(fusion.weights()), list[Lesson]()
    for index, place in enumerate(np.random.default_rng(1).permutation(len(paths))):
        with np.load(paths[place], allow_pickle=False) as arrays:
            own = arrays["own"].astype(np.float32).sum((0, 1))
            if own.any() and index % _EVERY_OTHER:
                continue
            told = Cues(arrays["bands"].astype(np.float32), arrays["frames"].astype(np.float32))
            whole, shared = (arrays[name].astype(np.float32).sum((0, 1)) for name in ("all", "shared"))
        (found,) = session.run(None, {"bands": told.bands[None], "frames": told.frames[None]})
        through = let_through(told, np.asarray(found[0, 0], np.float32))
        taken = float(through.taken.sum() / through.whole.sum())
        made.append(Lesson(terms(told, through), *_truth(own, whole, shared), taken))
    return made


def _truth(
    own: NDArray[np.float32], whole: NDArray[np.float32], shared: NDArray[np.float32]
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Where within a second there is a voice, and where that, or that there is none within four, is beyond doubt."""
    voice, band = (uniform_filter1d(part, _NEAR) for part in (own, np.maximum(whole - 2 * shared + own, 0)))
    share = voice / (voice + band + 1e-3)
    far = uniform_filter1d(own, _FAR) / (uniform_filter1d(whole, _FAR) + 1e-3)
    there = share > _THERE
    clear = (there | (far < _NOT_THERE)) & (uniform_filter1d(whole, _NEAR) > 1)
    return there[::STRIDE].astype(np.float32), clear[::STRIDE].astype(np.float32)


def _batch(random: np.random.Generator, known: Sequence[Lesson], alone: Sequence[int]) -> tuple[Tensor, Tensor, Tensor]:
    """Stretches of lessons, each with another tone and level; sometimes nothing is told of the melodies."""
    often = np.array([0.05 + known[index].taken for index in alone])
    picked: list[tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]] = []
    for _ in range(_BATCH):
        band_alone = random.random() < _BAND_ALONE
        lesson = known[int(random.choice(alone, p=often / often.sum()) if band_alone else random.integers(len(known)))]
        start = STRIDE * int(random.integers((lesson.terms.shape[1] - _FRAMES) // STRIDE))
        heard = lesson.terms[:, start : start + _FRAMES].copy()
        tone = 0.5 * np.convolve(random.normal(0, 1, COARSE + 6), np.ones(7) / 7, "valid")
        tone += random.normal(0, 0.3) * np.linspace(-1, 1, COARSE) + random.normal(0, 0.3)
        heard[:COARSE] += tone[:, None].astype(np.float32)
        if random.random() < 0.3:
            heard[2 * COARSE :] = 0
        at = slice(start // STRIDE, (start + _FRAMES) // STRIDE)
        picked.append((heard, lesson.voice[at], lesson.clear[at]))
    heard_all, voice, clear = (torch.from_numpy(np.stack(parts)) for parts in zip(*picked, strict=True))
    return heard_all, voice, clear


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("lessons", type=Path, nargs="+")
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--rate", type=float, default=2e-3)
    wanted = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(1)
    random, network = np.random.default_rng(0), Ear()
    known = lessons(wanted.lessons)
    alone = [index for index, lesson in enumerate(known) if not lesson.voice.any()]
    print(f"{len(known)} lessons, {len(alone)} of them a band alone")
    optimiser = torch.optim.AdamW(network.parameters(), wanted.rate, weight_decay=1e-2)
    began, step, losses = time.monotonic(), 0, list[float]()
    while (share := (time.monotonic() - began) / (60 * wanted.minutes)) < 1:
        for group in optimiser.param_groups:
            group["lr"] = wanted.rate * min(1.0, (step + 1) / 100) * max(0.02, (1 + np.cos(np.pi * share)) / 2)
        heard, voice, clear = _batch(random, known, alone)
        wrong = nn.functional.binary_cross_entropy_with_logits(network(heard), voice, reduction="none")
        loss = (wrong * clear).sum() / (clear.sum() + 1)
        optimiser.zero_grad()
        torch.autograd.backward(loss)
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimiser.step()
        losses.append(loss.item())
        step += 1
        if step % 400 == 0:
            print(f"{step} {share:.2f} {np.mean(losses[-200:]):.4f}", flush=True)
    _export(network.eval(), wanted.out)


def _export(network: Ear, out: Path) -> None:
    torch.onnx.export(
        network,
        (torch.zeros(1, TERMS, _FRAMES),),
        str(out),
        input_names=["terms"],
        output_names=["odds"],
        dynamic_axes={"terms": {2: "frames"}, "odds": {1: "halves"}},
        opset_version=17,
        dynamo=False,
    )


if __name__ == "__main__":
    main()
