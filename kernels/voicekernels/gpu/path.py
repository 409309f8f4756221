"""The likeliest path in Triton: the best way to each column has no short cut here, all pairs are looked at at once."""

import torch
import triton
import triton.language as tl


def likeliest(scores: torch.Tensor, step: float, leap: float) -> torch.Tensor:
    """See `reference.path.likeliest`; float32 (frames, columns), int32 (frames,) on the same device."""
    frames, columns = scores.shape
    if frames and not columns:
        raise ValueError(f"scores must be (frames, columns), not {tuple(scores.shape)}")
    if step < 0 or leap < 0:
        raise ValueError(f"a step cannot cost {step}, nor a leap {leap}")
    path = torch.zeros(frames, dtype=torch.int32, device=scores.device)
    if frames:
        back = torch.zeros((frames, columns), dtype=torch.int32, device=scores.device)
        width = triton.next_power_of_2(columns)
        _likeliest[(1,)](scores.contiguous(), back, path, frames, columns, step, leap, WIDTH=width)
    return path


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
