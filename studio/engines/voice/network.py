"""A small convolutional network from what is known of a text to how the reader would sound.

Learnt with torch on one thread; run with numpy, so that speaking needs no torch.
"""

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from studio.engines.base import Report
from studio.engines.voice.frames import Matrix

Weights = Mapping[str, NDArray[np.float32]]

_WIDTH: Final = 128
_DILATIONS: Final = (1, 2, 4)
_TAPS: Final = 5
_DROP: Final = 0.2
_BATCH: Final = 6
_STRETCH: Final = 250
_SLOPE_WEIGHT: Final = 3.0


def prepare() -> None:
    """Load torch, which takes long and lets no other thread run meanwhile: before any progress is told."""
    import torch  # noqa: F401


def learn(
    inputs: Sequence[Matrix],
    outputs: Sequence[Matrix],
    importance: NDArray[np.float32],
    *,
    steps: int,
    seed: int,
    report: Report,
) -> Weights:
    """Fit the network to recordings, shapes (frames, inputs) and (frames, outputs), the latter of unit variance."""
    import torch
    from torch import nn

    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    kept = torch.random.get_rng_state()
    torch.manual_seed(seed)
    random = np.random.default_rng(seed)
    wide, deep = inputs[0].shape[1], outputs[0].shape[1]
    into = nn.Conv1d(wide, _WIDTH, 1)
    through = nn.ModuleList(
        nn.Conv1d(_WIDTH, _WIDTH, _TAPS, padding=_TAPS // 2 * dilation, dilation=dilation) for dilation in _DILATIONS
    )
    out = nn.Conv1d(_WIDTH, deep, 1)
    whole = nn.ModuleList([into, *through, out])
    drop_first, drop = nn.Dropout(_DROP / 2), nn.Dropout(_DROP)
    optimiser = torch.optim.AdamW(whole.parameters(), 2e-3, weight_decay=0.02)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, 3e-3, total_steps=steps)
    rows = [torch.from_numpy(np.ascontiguousarray(part.T)) for part in inputs]
    wanted = [torch.from_numpy(np.ascontiguousarray(part.T)) for part in outputs]
    lengths = np.array([part.shape[1] for part in rows], np.float64)
    weight = torch.from_numpy(importance)[None, :, None]
    try:
        for step in range(steps):
            if step % 4 == 0:
                report(step / steps, "Learning the voice")
            batch = torch.zeros(_BATCH, wide, _STRETCH)
            goal = torch.zeros(_BATCH, deep, _STRETCH)
            mask = torch.zeros(_BATCH, 1, _STRETCH)
            for place in range(_BATCH):
                chosen = int(random.choice(len(rows), p=lengths / lengths.sum()))
                start = int(random.integers(0, max(int(lengths[chosen]) - _STRETCH, 0) + 1))
                length = min(_STRETCH, int(lengths[chosen]))
                batch[place, :, :length] = rows[chosen][:, start : start + length]
                goal[place, :, :length] = wanted[chosen][:, start : start + length]
                mask[place, :, :length] = 1
            hidden = nn.functional.silu(into(drop_first(batch)))
            for layer in through:
                hidden = hidden + drop(nn.functional.silu(layer(hidden)))
            missed = out(hidden) - goal
            slopes = missed[:, :, 1:] - missed[:, :, :-1]
            loss = (missed**2 * weight * mask).mean() + _SLOPE_WEIGHT * (slopes**2 * weight * mask[:, :, 1:]).mean()
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            schedule.step()
    finally:
        torch.random.set_rng_state(kept)
        torch.set_num_threads(threads)
    return {
        f"{i}.{name}": parameter.detach().numpy().astype(np.float32)
        for i, layer in enumerate(whole)
        for name, parameter in layer.named_parameters()
    }


def predict(weights: Weights, rows: Matrix) -> Matrix:
    """What the network makes of rows, shape (frames, outputs)."""
    hidden = _silu(rows @ weights["0.weight"][:, :, 0].T + weights["0.bias"])
    for layer, dilation in enumerate(_DILATIONS, start=1):
        kernel = weights[f"{layer}.weight"]
        reach = _TAPS // 2 * dilation
        padded = np.pad(hidden, ((reach, reach), (0, 0)))
        total = np.broadcast_to(weights[f"{layer}.bias"], hidden.shape).copy()
        for tap in range(_TAPS):
            total += padded[tap * dilation : tap * dilation + len(hidden)] @ kernel[:, :, tap].T
        hidden = hidden + _silu(total)
    last = len(_DILATIONS) + 1
    made: Matrix = hidden @ weights[f"{last}.weight"][:, :, 0].T + weights[f"{last}.bias"]
    return made


def _silu(values: Matrix) -> Matrix:
    made: Matrix = values / (1 + np.exp(-np.clip(values, -60, 60)))
    return made
