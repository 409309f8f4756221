"""A few periods around each frame in Triton: a program for each frame."""

import torch
import triton
import triton.language as tl

from voicekernels.reference.periods import STEEPEST


def unroll(
    sound: torch.Tensor, centres: torch.Tensor, period: torch.Tensor, glide: torch.Tensor, half: float, points: int
) -> torch.Tensor:
    """See `reference.periods.unroll`; float32 but for `centres`, int64, all on one device. Within 1e-3."""
    if centres.ndim != 1 or not centres.shape == period.shape == glide.shape or points < 1:
        raise ValueError(f"not windows: {centres.shape}, {period.shape}, {glide.shape}, {points} points")
    frames = len(centres)
    out = torch.empty((frames, points), dtype=torch.float32, device=sound.device)
    if frames:
        _unroll[(frames,)](
            sound.contiguous(), centres, period, glide, out, len(sound), half, points, STEEPEST,
            POINTS=triton.next_power_of_2(points),
        )  # fmt: skip
    return out


@triton.jit  # type: ignore[untyped-decorator]  # triton has no types
def _unroll(sound, centres, period, glide, out, samples, half, points, steepest, POINTS: tl.constexpr):  # type: ignore[no-untyped-def]  # noqa: N803
    frame = tl.program_id(0)
    j = tl.arange(0, POINTS)
    length = tl.load(period + frame)
    limit = steepest * length / half
    bend = -0.5 * tl.load(glide + frame) * length * length
    bend = tl.minimum(tl.maximum(bend, -limit), limit)
    phase = (j + 0.5) * (2.0 * half / points) - half
    way = phase * (length + bend * phase)
    left = tl.floor(way)
    share = way - left
    i = tl.load(centres + frame) + left.to(tl.int64)
    a = tl.load(sound + i - 1, mask=(i >= 1) & (i <= samples), other=0.0)
    b = tl.load(sound + i, mask=(i >= 0) & (i < samples), other=0.0)
    c = tl.load(sound + i + 1, mask=(i >= -1) & (i < samples - 1), other=0.0)
    d = tl.load(sound + i + 2, mask=(i >= -2) & (i < samples - 2), other=0.0)
    bow = 2.0 * a - 5.0 * b + 4.0 * c - d
    twist = 3.0 * (b - c) + d - a
    found = b + 0.5 * share * (c - a + share * (bow + share * twist))
    tl.store(out + frame * points + j, found, mask=j < points)
