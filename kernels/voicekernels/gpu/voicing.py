"""Where a voice sounds, in Triton: two states, one program."""

import torch
import triton
import triton.language as tl


def decide(odds: torch.Tensor, price: float) -> torch.Tensor:
    """See `reference.voicing.decide`; float32 (frames,), bool on the same device. Equal but where sums are even."""
    if odds.ndim != 1 or price < 0:
        raise ValueError(f"not odds: {tuple(odds.shape)} at a price of {price}")
    voiced = torch.zeros(len(odds), dtype=torch.int32, device=odds.device)
    if len(odds):
        back = torch.zeros((len(odds), 2), dtype=torch.int32, device=odds.device)
        _decide[(1,)](odds.double().contiguous(), back, voiced, len(odds), price)
    return voiced.bool()


@triton.jit
def _decide(odds, back, voiced, frames, price):  # type: ignore[no-untyped-def]
    t = 0
    silent = tl.load(odds) * 0.0
    sounding = silent
    while t < frames:
        tl.store(back + 2 * t, (sounding - price > silent).to(tl.int32))
        tl.store(back + 2 * t + 1, (silent - price <= sounding).to(tl.int32))
        ended = tl.maximum(silent, sounding - price)
        sounding = tl.maximum(sounding, silent - price) + tl.load(odds + t)
        silent = ended
        t += 1
    state = (sounding > silent).to(tl.int32)
    tl.debug_barrier()
    t = frames - 1
    while t >= 0:
        tl.store(voiced + t, state)
        state = tl.load(back + 2 * t + state)
        t -= 1
