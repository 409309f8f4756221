"""How well a comb of harmonics fits a spectrum, in Triton: a program for each frame and each 32 pitches."""

import torch
import triton
import triton.language as tl

from voicekernels.reference.comb import DIM, DOUBT

_PITCHES = 32


def strengths(power: torch.Tensor, noise: torch.Tensor, density: torch.Tensor, teeth: torch.Tensor) -> torch.Tensor:
    """See `reference.comb.strengths`; float32 on one device, the result there too. Within 1e-4."""
    frames, bins = power.shape
    if not bins == len(noise) == len(density) == len(teeth):
        raise ValueError(f"shapes do not go together: {power.shape}, {noise.shape}, {density.shape}, {teeth.shape}")
    pitches = teeth.shape[1]
    out = torch.empty((frames, pitches), dtype=torch.float32, device=power.device)
    if frames and pitches:
        _strengths[(frames, triton.cdiv(pitches, _PITCHES))](
            power.contiguous(), noise.contiguous(), density.contiguous(), teeth.contiguous(), out, bins, pitches,
            DOUBT, DIM, BINS=triton.next_power_of_2(bins), PITCHES=_PITCHES,
        )  # fmt: skip
    return out


@triton.jit  # type: ignore[untyped-decorator]  # triton has no types
def _strengths(power, noise, density, teeth, out, bins, pitches, doubt, dim, BINS: tl.constexpr, PITCHES: tl.constexpr):  # type: ignore[no-untyped-def]  # noqa: N803
    frame = tl.program_id(0)
    b = tl.arange(0, BINS)
    p = tl.program_id(1) * PITCHES + tl.arange(0, PITCHES)
    here = b < bins
    loud = tl.load(power + frame * bins + b, mask=here, other=0.0)
    floor = tl.load(noise + b, mask=here, other=0.0)
    weight = tl.load(density + b, mask=here, other=0.0)
    root = tl.sqrt(tl.sqrt(loud * (loud / (loud + doubt * floor + 1e-12))))
    quiet = tl.sqrt(tl.sqrt(floor * (floor / (floor + doubt * floor + 1e-12))))
    felt = root * tl.sqrt(root)
    felt = felt / tl.sqrt(tl.maximum(tl.sum((felt * felt + dim * quiet * quiet * quiet) * weight, axis=0), 1e-12))
    comb = tl.load(teeth + b[:, None] * pitches + p[None, :], mask=here[:, None] & (p < pitches)[None, :], other=0.0)
    tl.store(out + frame * pitches + p, tl.sum(felt[:, None] * comb, axis=0), mask=p < pitches)
