"""`reference.quality` on a batch of frames on the GPU: its own transforms, then a program for each frame."""

import numpy as np
import torch
import triton
import triton.language as tl

from voicekernels.reference.quality import FEWEST_SAMPLES, FINER, TINY


def harmonicities(frames: torch.Tensor, rate_hz: int, low_hz: float = 75.0, high_hz: float = 1000.0) -> torch.Tensor:
    """See `reference.quality.harmonicities`; float32 (frames, samples), the result on the same device.

    Equal to it within 0.1 dB up to 40 dB: the search is in single precision.
    """
    _check(frames)
    count, width = frames.shape
    window = torch.from_numpy(np.hanning(width + 2)[1:-1]).to(frames.device)
    size = 1 << (2 * width - 1).bit_length()
    first = int(FINER * rate_hz / high_hz)
    last = min(int(np.ceil(FINER * rate_hz / low_hz)), FINER * width // 2)
    if last <= first + 1 or not count:
        return torch.full((count,), torch.nan, dtype=torch.float32, device=frames.device)
    exact = frames.double()
    alike = _correlated((exact - exact.mean(1, keepdim=True)) * window, size, last + 2)
    own = _correlated(window[None], size, last + 2)[0]
    ratio = (alike / alike[:, :1] / (own / own[0])).float().contiguous()
    out = torch.empty(count, dtype=torch.float32, device=frames.device)
    _highest[(count,)](ratio, out, last + 2, first, last, BLOCK=triton.next_power_of_2(last - first + 1))
    return out


def cepstral_peaks(frames: torch.Tensor, rate_hz: int, low_hz: float = 60.0, high_hz: float = 330.0) -> torch.Tensor:
    """See `reference.quality.cepstral_peaks`; float32 (frames, samples), the result on the same device. Within 0.05."""
    _check(frames)
    count, width = frames.shape
    if not count:
        return torch.empty(0, dtype=torch.float32, device=frames.device)
    window = torch.from_numpy(np.hanning(width)).to(frames.device)
    power = torch.fft.rfft(frames.double() * window, dim=1).abs() ** 2
    cepstrum = torch.fft.irfft(10 * torch.log10(power + TINY), dim=1).abs()
    heights = (20 * torch.log10(cepstrum + TINY)).float().contiguous()
    columns = heights.shape[1]
    delay_s = np.arange(columns) / rate_hz
    trend = np.flatnonzero((delay_s >= 0.001) & (delay_s <= min(0.05, delay_s[-1] / 2)))
    inside = np.flatnonzero((delay_s >= 1 / high_hz) & (delay_s <= min(1 / low_hz, delay_s[-1] / 2)))
    if not len(inside) or len(trend) < 2:
        return torch.full((count,), torch.nan, dtype=torch.float32, device=frames.device)
    out = torch.empty(count, dtype=torch.float32, device=frames.device)
    spans = (int(trend[0]), int(trend[-1]) + 1, int(inside[0]), int(inside[-1]) + 1)
    _prominence[(count,)](heights, out, columns, *spans, BLOCK=triton.next_power_of_2(columns))
    silent = ~(power > 0).any(1)
    out[silent] = torch.nan
    return out


def _check(frames: torch.Tensor) -> None:
    if frames.ndim != 2 or frames.shape[1] < FEWEST_SAMPLES:
        raise ValueError(f"frames have {FEWEST_SAMPLES} samples or more: {tuple(frames.shape)}")


def _correlated(sound: torch.Tensor, size: int, steps: int) -> torch.Tensor:
    power = torch.fft.rfft(sound, size, dim=1).abs() ** 2
    correlated: torch.Tensor = torch.fft.irfft(power, FINER * size, dim=1)[:, :steps]
    return correlated


@triton.jit  # type: ignore[untyped-decorator]  # triton has no types
def _highest(ratio, out, columns, first, last, BLOCK: tl.constexpr):  # type: ignore[no-untyped-def]  # noqa: N803
    frame = tl.program_id(0)
    step = first + tl.arange(0, BLOCK)
    row = ratio + frame * columns
    heights = tl.load(row + step, mask=step <= last, other=-2.0)
    best = tl.max(heights, axis=0)
    at = tl.min(tl.where(heights == best, step, last), axis=0)
    left, right = tl.load(row + at - 1), tl.load(row + at + 1)
    bend = left - 2 * best + right
    best = tl.where(bend < 0, best - (right - left) * (right - left) / (8 * tl.where(bend < 0, bend, -1.0)), best)
    best = tl.where(best > 1, 1 / best, best)
    best = tl.minimum(tl.maximum(best, 1e-10), 1 - 1e-7)
    there = tl.load(row) > 0
    tl.store(out + frame, tl.where(there, 4.3429448 * tl.log(best / (1 - best)), float("nan")))


@triton.jit  # type: ignore[untyped-decorator]  # triton has no types
def _prominence(heights, out, columns, begin, end, low, high, BLOCK: tl.constexpr):  # type: ignore[no-untyped-def]  # noqa: N803
    frame = tl.program_id(0)
    at = tl.arange(0, BLOCK)
    row = tl.load(heights + frame * columns + at, mask=at < columns, other=0.0)
    trend = (at >= begin) & (at < end)
    count = (end - begin).to(tl.float32)
    middle = 0.5 * (begin + end - 1).to(tl.float32)
    off = tl.where(trend, at.to(tl.float32) - middle, 0.0)
    mean = tl.sum(tl.where(trend, row, 0.0), axis=0) / count
    slope = tl.sum(off * row, axis=0) / tl.sum(off * off, axis=0)
    inside = (at >= low) & (at < high)
    best = tl.max(tl.where(inside, row, -1e9), axis=0)
    place = tl.min(tl.where(inside & (row == best), at, BLOCK), axis=0)
    tl.store(out + frame, best - (mean + slope * (place.to(tl.float32) - middle)))
