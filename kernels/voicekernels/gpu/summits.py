"""The highest peaks of each row of a grid, in Triton: a program for each row takes one after the other."""

import torch
import triton
import triton.language as tl


def highest(scores: torch.Tensor, count: int) -> tuple[torch.Tensor, torch.Tensor]:
    """See `reference.summits.highest`; columns int32 and heights float32 on the same device. Equal to it."""
    if scores.ndim != 2 or count < 1:
        raise ValueError(f"cannot look for {count} peaks in {tuple(scores.shape)}")
    frames, columns = scores.shape
    column = torch.full((frames, count), -1, dtype=torch.int32, device=scores.device)
    height = torch.zeros((frames, count), dtype=torch.float32, device=scores.device)
    if frames and columns > 2:
        _highest[(frames,)](scores.contiguous(), column, height, columns, count, WIDTH=triton.next_power_of_2(columns))
    return column, height


@triton.jit  # type: ignore[untyped-decorator]  # triton has no types
def _highest(scores, column, height, columns, count, WIDTH: tl.constexpr):  # type: ignore[no-untyped-def]  # noqa: N803
    row = tl.program_id(0)
    c = tl.arange(0, WIDTH)
    inner = (c > 0) & (c < columns - 1)
    here = tl.load(scores + row * columns + c, mask=inner, other=0.0)
    left = tl.load(scores + row * columns + c - 1, mask=inner, other=0.0)
    right = tl.load(scores + row * columns + c + 1, mask=inner, other=0.0)
    peaks = tl.where(inner & (here > left) & (here >= right) & (here > 0), here, 0.0)
    n = 0
    while n < count:
        top = tl.max(peaks, axis=0)
        at = tl.min(tl.where(peaks == top, c, WIDTH), axis=0)
        tl.store(height + row * count + n, top)
        tl.store(column + row * count + n, tl.where(top > 0, at, -1))
        peaks = tl.where(c == at, 0.0, peaks)
        n += 1
