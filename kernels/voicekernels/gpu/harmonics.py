"""How far a guessed pitch is off, on the GPU: one matrix product, then a program for each frame."""

from functools import cache

import numpy as np
import torch
import triton
import triton.language as tl

from voicekernels.reference.harmonics import BEST, FAINTEST, HARMONICS, POINTS, basis


def measure(periods: torch.Tensor, count: torch.Tensor, doubt: float) -> torch.Tensor:
    """See `reference.harmonics.measure`; float32 and int32 on one device, its four series as rows. Within 1e-3."""
    if periods.ndim != 2 or periods.shape[1] != POINTS or count.shape != periods.shape[:1]:
        raise ValueError(f"windows have {POINTS} points, not {tuple(periods.shape)} with {tuple(count.shape)} counts")
    out = torch.empty((4, len(periods)), dtype=torch.float32, device=periods.device)
    if len(periods):
        z = (periods @ _basis(str(periods.device))).contiguous()
        _measure[(len(periods),)](
            z, count, out, len(periods), doubt, BEST, FAINTEST, N=HARMONICS, BLOCK=triton.next_power_of_2(HARMONICS)
        )
    return out


@cache
def _basis(device: str) -> torch.Tensor:
    waves = basis(HARMONICS)
    return torch.from_numpy(np.concatenate((waves.real, waves.imag), axis=1).astype(np.float32)).to(device)


@triton.jit  # type: ignore[untyped-decorator]  # triton has no types
def _measure(z, count, out, frames, doubt, best, faintest, N: tl.constexpr, BLOCK: tl.constexpr):  # type: ignore[no-untyped-def]  # noqa: N803
    frame = tl.program_id(0)
    k = tl.arange(0, BLOCK)
    inside = k < tl.load(count + frame)
    re = z + frame * (6 * N + 2)
    im = re + 3 * N + 1
    here_re, here_im = tl.load(re + k, mask=inside, other=0.0), tl.load(im + k, mask=inside, other=0.0)
    change_re, change_im = tl.load(re + N + k, mask=inside, other=0.0), tl.load(im + N + k, mask=inside, other=0.0)
    low_re, low_im = tl.load(re + 2 * N + k, mask=inside, other=0.0), tl.load(im + 2 * N + k, mask=inside, other=0.0)
    high_re = tl.load(re + 2 * N + 1 + k, mask=inside, other=0.0)
    high_im = tl.load(im + 2 * N + 1 + k, mask=inside, other=0.0)
    power = here_re * here_re + here_im * here_im + 1e-12
    noise = 0.5 * (low_re * low_re + low_im * low_im + high_re * high_re + high_im * high_im) + 1e-12
    turned = -(change_im * here_re - change_re * here_im) / power * 0.15915494
    harmonic = tl.sum(tl.where(inside, power, 0.0), axis=0)
    sure = power / (power + doubt * noise + faintest * harmonic)
    number = (k + 1).to(tl.float32)
    trust = tl.where(inside, sure * sure, 0.0)
    offset = tl.sum(trust * turned, axis=0) / tl.maximum(tl.sum(trust * number, axis=0), 1e-12)
    weight = tl.sum(tl.where(inside, number * number * sure * power / (noise + best * power), 0.0), axis=0)
    loud = tl.where(inside, tl.sqrt(tl.sqrt(power)), 0.0)
    clear = tl.sum(loud * power / (power + noise), axis=0) / tl.maximum(tl.sum(loud, axis=0), 1e-12)
    rest = tl.sum(tl.where(inside, noise, 0.0), axis=0)
    tl.store(out + frame, tl.minimum(tl.maximum(offset, -0.1), 0.1))
    tl.store(out + frames + frame, weight)
    tl.store(out + 2 * frames + frame, clear)
    tl.store(out + 3 * frames + frame, harmonic / tl.maximum(harmonic + rest, 1e-12))
