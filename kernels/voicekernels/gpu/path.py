"""The likeliest path in Triton: the best way to each column has no short cut here, all pairs are looked at at once."""

import torch
import triton
import triton.language as tl


def likeliest(scores: torch.Tensor, step: float, leap: float) -> torch.Tensor:
    """See `reference.path.likeliest`; float32 (frames, columns), int32 (frames,) on the same device."""
    frames, columns = _checked(scores, step, leap)
    path = torch.zeros(frames, dtype=torch.int32, device=scores.device)
    if frames:
        back = torch.zeros((frames, columns), dtype=torch.int32, device=scores.device)
        width = triton.next_power_of_2(columns)
        _likeliest[(1,)](scores.contiguous(), back, path, frames, columns, step, leap, WIDTH=width)
    return path


def onward(scores: torch.Tensor, step: float, leap: float) -> torch.Tensor:
    """See `reference.path.onward`; float32 (frames, columns), float32 (columns,) on the same device, within 1e-4."""
    frames, columns = _checked(scores, step, leap)
    if not frames:
        raise ValueError("no frames to go on from")
    gained = torch.empty(columns, dtype=torch.float32, device=scores.device)
    width = triton.next_power_of_2(columns)
    _onward[(1,)](scores.contiguous(), gained, frames, columns, step, leap, WIDTH=width)
    return gained


def _checked(scores: torch.Tensor, step: float, leap: float) -> tuple[int, int]:
    """Frames and columns of a grid of scores; ValueError for anything else, or a negative cost."""
    if scores.ndim != 2 or (len(scores) and not scores.shape[1]):
        raise ValueError(f"scores must be (frames, columns), not {tuple(scores.shape)}")
    if step < 0 or leap < 0:
        raise ValueError(f"a step cannot cost {step}, nor a leap {leap}")
    frames, columns = scores.shape
    return frames, columns


@triton.jit  # type: ignore[untyped-decorator]  # triton has no types
def _likeliest(scores, back, path, frames, columns, step, leap, WIDTH: tl.constexpr):  # type: ignore[no-untyped-def]  # noqa: N803
    c = tl.arange(0, WIDTH)
    there = c < columns
    away = tl.abs(c[:, None] - c[None, :]).to(tl.float32)
    cost = tl.minimum(away * step, leap)
    best = tl.load(scores + c, mask=there, other=float("-inf"))
    t = 1
    while t < frames:  # Triton's interpreter cannot count to an argument with range
        reached = best[None, :] - cost
        tl.store(back + t * columns + c, tl.argmax(reached, axis=1).to(tl.int32), mask=there)
        score = tl.load(scores + t * columns + c, mask=there, other=float("-inf"))
        best = tl.max(reached, axis=1) - tl.max(best, axis=0) + score
        best = tl.where(there, best, float("-inf"))
        t += 1
    at = tl.argmax(best, axis=0).to(tl.int32)
    tl.store(path + frames - 1, at)
    tl.debug_barrier()
    t = frames - 1
    while t > 0:
        at = tl.load(back + t * columns + at)
        tl.store(path + t - 1, at)
        t -= 1


@triton.jit  # type: ignore[untyped-decorator]  # triton has no types
def _onward(scores, gained, frames, columns, step, leap, WIDTH: tl.constexpr):  # type: ignore[no-untyped-def]  # noqa: N803
    c = tl.arange(0, WIDTH)
    there = c < columns
    cost = tl.minimum(tl.abs(c[:, None] - c[None, :]).to(tl.float32) * step, leap)
    best = tl.load(scores + c, mask=there, other=float("-inf"))
    t = 1
    while t < frames:  # as in `_likeliest`
        score = tl.load(scores + t * columns + c, mask=there, other=float("-inf"))
        best = tl.max(best[None, :] - cost, axis=1) - tl.max(best, axis=0) + score
        t += 1
    reached = tl.where(there, tl.max(best[None, :] - cost, axis=1), float("-inf"))
    tl.store(gained + c, reached - tl.max(reached, axis=0), mask=there)
