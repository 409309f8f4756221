"""How alike neighbouring periods are, in Triton: a program for each frame."""

import torch
import triton
import triton.language as tl

from voicekernels.reference.harmonics import POINTS, POINTS_A_PERIOD


def compare(periods: torch.Tensor) -> torch.Tensor:
    """See `reference.likeness.compare`; float32, the result on the same device. Within 1e-4."""
    if periods.ndim != 2 or periods.shape[1] != POINTS:
        raise ValueError(f"windows have {POINTS} points, not {tuple(periods.shape)}")
    out = torch.empty((len(periods), 4), dtype=torch.float32, device=periods.device)
    if len(periods):
        _compare[(len(periods),)](periods.contiguous(), out, POINTS=POINTS, PERIOD=POINTS_A_PERIOD)
    return out


@triton.jit  # type: ignore[untyped-decorator]  # triton has no types
def _compare(periods, out, POINTS: tl.constexpr, PERIOD: tl.constexpr):  # type: ignore[no-untyped-def]  # noqa: N803
    frame = tl.program_id(0)
    middle = periods + frame * POINTS + POINTS // 2 + tl.arange(0, PERIOD)
    before, here, after = (
        tl.load(middle - 3 * PERIOD // 2),
        tl.load(middle - PERIOD // 2),
        tl.load(middle + PERIOD // 2),
    )
    left, right = tl.load(middle - PERIOD), tl.load(middle)
    to_before = tl.sum(before * here, axis=0) / tl.sqrt(
        tl.sum(before * before, axis=0) * tl.sum(here * here, axis=0) + 1e-18
    )
    to_after = tl.sum(here * after, axis=0) / tl.sqrt(
        tl.sum(here * here, axis=0) * tl.sum(after * after, axis=0) + 1e-18
    )
    across = tl.sum(left * right, axis=0) / tl.sqrt(tl.sum(left * left, axis=0) * tl.sum(right * right, axis=0) + 1e-18)
    tl.store(out + 4 * frame, to_before)
    tl.store(out + 4 * frame + 1, to_after)
    tl.store(out + 4 * frame + 2, across)
    tl.store(out + 4 * frame + 3, tl.sum(here * here, axis=0) / PERIOD)
