"""Teaches the tracker where a pitch most likely runs: `python -m course.fit OUT.npz MATERIAL...`.

MATERIAL are folders that `voicing.material` wrote, with and without --lively. Each clean voice is heard in several
noises drawn anew, and the network learns how far the truth lies from the first guess. Every fifth voice is held back
to say how often a frame is more than 50 cents off before and after, on voices that it never met.
"""

import argparse
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
import soundfile
import torch
from numpy.typing import NDArray
from torch import nn

from studio.engines.melody import analysis, course
from studio.engines.melody.resample import at_8k
from voicing.material import RATE_HZ, STEP_S, noise

_TIMES: Final = 6  # that each voice is heard
_CLEAN: Final = 0.15
_HELD_BACK: Final = 5
_WIDTH: Final = 32
_PASSES: Final = 16
_PIECE: Final = 192  # frames that are learnt from together,
_AROUND: Final = 24  # and those heard on both sides of them
_BATCH: Final = 32
_RATE: Final = 6e-3
_BLUR: Final = 0.7  # columns
_NEAR: Final = 2.2  # columns, a little over 50 cents

Series = NDArray[np.float32]


class Lesson(NamedTuple):
    """What the network is given, shape (frames, values), and how many columns off the guess is; NaN where unvoiced."""

    given: Series
    off: Series


class Network(nn.Module):
    """As `studio.engines.melody.course` computes it."""

    def __init__(self, values: int) -> None:
        super().__init__()
        widths = (values, *[_WIDTH] * len(course.DILATIONS))
        self.layers = nn.ModuleList(
            nn.Conv1d(before, after, course.SPAN, padding=course.SPAN // 2 * dilation, dilation=dilation)
            for before, after, dilation in zip(widths, widths[1:], course.DILATIONS, strict=False)
        )
        self.last = nn.Conv1d(_WIDTH, 2 * course.REACH + 1, 1)
        self.skip = nn.Parameter(torch.tensor(5.0))

    def forward(self, given: torch.Tensor) -> torch.Tensor:
        """Logits of each place, (pieces, frames, places), of (pieces, frames, values)."""
        hidden = given.transpose(1, 2)
        first = hidden[:, : 2 * course.REACH + 1]
        for layer in self.layers:
            hidden = layer(hidden).relu()
        logits: torch.Tensor = (self.last(hidden) + self.skip * first).transpose(1, 2)
        return logits

    def stored(self) -> dict[str, NDArray[np.float16]]:
        """The weights as the tracker reads them."""
        found = {}
        for i, layer in enumerate(self.layers):
            assert isinstance(layer, nn.Conv1d)
            assert layer.bias is not None
            found[f"weights{i}"] = layer.weight.permute(2, 1, 0).flatten(0, 1)
            found[f"constant{i}"] = layer.bias
        assert self.last.bias is not None
        found |= {"last": self.last.weight[:, :, 0].T, "last_constant": self.last.bias, "skip": self.skip}
        return {name: values.detach().numpy().astype(np.float16) for name, values in found.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("material", type=Path, nargs="+")
    wanted = parser.parse_args()
    torch.manual_seed(0)
    draw = np.random.default_rng(21)
    learnt: list[Lesson] = []
    kept: list[Lesson] = []
    voices = [truth for folder in wanted.material for truth in sorted(folder.glob("*.csv"))]
    for index, truth in enumerate(voices):
        (kept if index % _HELD_BACK == 0 else learnt).extend(_lessons(truth, draw))
    network = _taught(learnt)
    np.savez(wanted.out, allow_pickle=False, **network.stored())
    for name, lessons in (("learnt from", learnt), ("held back", kept)):
        before, after = _misses(network, lessons)
        print(f"{name}: {before:.4f} of the frames were 50 cents off, {after:.4f} are")


def _lessons(truth: Path, draw: np.random.Generator) -> list[Lesson]:
    truth_hz = np.loadtxt(truth, delimiter=",")[:, 1]
    voice, rate_hz = soundfile.read(truth.with_name(f"{truth.stem}.clean.wav"))
    assert rate_hz == RATE_HZ
    return [_lesson(voice, truth_hz, draw) for _ in range(_TIMES)]


def _lesson(voice: NDArray[np.float64], truth_hz: NDArray[np.float64], draw: np.random.Generator) -> Lesson:
    heard = voice
    if draw.uniform() > _CLEAN:
        heard = voice + noise(voice, truth_hz, draw.uniform(2, 24), draw.choice([0.5, 0.5, 0.5, 0.0, 1.0]), draw)
    sound = at_8k((heard / max(1, np.abs(heard).max())).astype(np.float32), RATE_HZ, lambda fraction, stage: None)
    sight = analysis.sight(sound, analysis.Floor.under(sound), 50.0, 1000.0)
    every = round(analysis.SIGHT_S / STEP_S)
    true_hz = truth_hz[::every][: len(sight.guess)]
    column = analysis.column(np.maximum(true_hz, 1.0)) - sight.lowest
    off = np.where(true_hz > 0, column - sight.guess[: len(column)], np.nan).astype(np.float32)
    return Lesson(course.seen(sight)[: len(off)], off)


def _taught(lessons: list[Lesson]) -> Network:
    given, off = (torch.from_numpy(parts) for parts in _pieces(lessons))
    network = Network(given.shape[2])
    steps = _PASSES * (len(given) // _BATCH)
    optimiser = torch.optim.AdamW(network.parameters(), lr=_RATE, weight_decay=1e-3)
    pace = torch.optim.lr_scheduler.OneCycleLR(optimiser, _RATE, total_steps=steps + 1, pct_start=0.1)
    for _ in range(_PASSES):
        order, total = torch.randperm(len(given)), 0.0
        for batch in order[: len(order) // _BATCH * _BATCH].view(-1, _BATCH):
            loss = _loss(network(given[batch]), off[batch])
            optimiser.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]  # torch has no type for it
            optimiser.step()
            pace.step()
            total += loss.item()
        print(f"loss {total / (len(given) // _BATCH):.4f}", flush=True)
    return network


def _pieces(lessons: list[Lesson]) -> tuple[Series, Series]:
    """Pieces of one length with what lies around them, shapes (pieces, frames, values) and (pieces, frames)."""
    given, off = [], []
    length = _PIECE + 2 * _AROUND
    for lesson in lessons:
        for start in range(0, len(lesson.off), _PIECE):
            first, stop = max(start - _AROUND, 0), min(start + _PIECE, len(lesson.off))
            last = min(stop + _AROUND, len(lesson.off))
            at = slice(first - start + _AROUND, last - start + _AROUND)
            here, there = np.zeros((length, lesson.given.shape[1]), np.float32), np.full(length, np.nan, np.float32)
            here[at] = lesson.given[first:last]
            there[_AROUND : _AROUND + stop - start] = lesson.off[start:stop]
            given.append(here)
            off.append(there)
    return np.stack(given), np.stack(off)


def _loss(logits: torch.Tensor, off: torch.Tensor) -> torch.Tensor:
    """Cross-entropy against a narrow bell around the truth, and against being anywhere within 50 cents of it."""
    voiced = off.isfinite() & (off.abs() <= course.REACH)
    away = torch.arange(2 * course.REACH + 1) - course.REACH - off[voiced][:, None]
    bell = torch.exp(-0.5 * (away / _BLUR) ** 2)
    likely = torch.log_softmax(logits[voiced], 1)
    near = (likely.exp() * (away.abs() <= _NEAR)).sum(1)
    exact = -(bell / bell.sum(1, keepdim=True) * likely).sum(1).mean()
    return exact - torch.log(near + 1e-4).mean()


def _misses(network: Network, lessons: list[Lesson]) -> tuple[float, float]:
    """The share of voiced frames more than 50 cents off, before and after."""
    before, after = [], []
    for lesson in lessons:
        voiced = np.isfinite(lesson.off)
        with torch.no_grad():
            moved = course.likeliest(network(torch.from_numpy(lesson.given)[None])[0].numpy())
        before.append(np.abs(lesson.off[voiced]) > 2)
        after.append(np.abs((lesson.off - moved)[voiced]) > 2)
    return float(np.concatenate(before).mean()), float(np.concatenate(after).mean())


if __name__ == "__main__":
    main()
