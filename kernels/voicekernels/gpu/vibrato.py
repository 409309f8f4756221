"""Shapes of a vibrato held against a contour on the GPU: a program for each shape sums, all are solved at once."""

import numpy as np
import torch
import triton
import triton.language as tl
from numpy.typing import NDArray

from voicekernels.reference.vibrato import DRIFTS, SHORTEST_RAMP_S, check, check_shapes, drifts

Series = NDArray[np.float64]

_SUMS = 2 * DRIFTS + 5
_FRAMES_AT_ONCE = 1024


def scan(cents: Series, weights: Series, frames_per_s: float, shapes: Series, device: str = "cuda") -> Series:
    """See `reference.vibrato.scan`; arrays of this machine in and out. Within 1e-3 of the contour's energy."""
    check(cents, weights)
    check_shapes(shapes)
    if not len(cents) or not weights.any() or not len(shapes):
        return np.zeros(len(shapes))
    scaled = weights / weights.max()
    flat = cents - np.average(cents, weights=weights)
    columns = drifts(len(cents), frames_per_s)
    sums = _sums(flat, scaled, columns, frames_per_s, shapes, device).double().cpu()
    steady = torch.from_numpy(columns.T @ (columns * scaled[:, None]))
    gram = torch.zeros(len(shapes), DRIFTS + 2, DRIFTS + 2, dtype=torch.float64)
    gram[:, :DRIFTS, :DRIFTS] = steady
    for row in range(2):
        gram[:, DRIFTS + row, :DRIFTS] = gram[:, :DRIFTS, DRIFTS + row] = sums[:, row * DRIFTS : (row + 1) * DRIFTS]
    cc, cq, qq, yc, yq = sums[:, 2 * DRIFTS :].unbind(1)
    gram[:, DRIFTS, DRIFTS], gram[:, DRIFTS + 1, DRIFTS + 1] = cc, qq
    gram[:, DRIFTS, DRIFTS + 1] = gram[:, DRIFTS + 1, DRIFTS] = cq
    right = torch.empty(len(shapes), DRIFTS + 2, dtype=torch.float64)
    right[:, :DRIFTS] = torch.from_numpy(columns.T @ (scaled * flat))
    right[:, DRIFTS], right[:, DRIFTS + 1] = yc, yq
    little = 1e-9 * gram.diagonal(dim1=1, dim2=2).sum(1)
    gram += little[:, None, None] * torch.eye(DRIFTS + 2, dtype=torch.float64)
    explained = (right * torch.linalg.solve(gram, right)).sum(1)
    rest: Series = float(scaled @ (flat * flat)) - explained.numpy()
    return rest


def _sums(
    cents: Series, weights: Series, drift: Series, frames_per_s: float, shapes: Series, device: str
) -> torch.Tensor:
    def there(array: Series) -> torch.Tensor:
        return torch.from_numpy(np.ascontiguousarray(array, np.float32)).to(device)

    out = torch.zeros((len(shapes), _SUMS), dtype=torch.float32, device=device)
    frames = len(cents)
    for first in range(0, frames, _FRAMES_AT_ONCE):
        count = min(_FRAMES_AT_ONCE, frames - first)
        part = slice(first, first + count)
        _add[(len(shapes),)](
            there(cents[part]),
            there(weights[part]),
            there(drift[part]),
            there(shapes),
            out,
            count,
            first,
            1 / frames_per_s,
            frames / frames_per_s,
            SHORTEST_RAMP_S,
            DRIFTS=DRIFTS,
            BLOCK=triton.next_power_of_2(count),
        )
    return out


@triton.jit  # type: ignore[untyped-decorator]  # triton has no types
def _add(  # type: ignore[no-untyped-def]
    cents,
    weights,
    drift,
    shapes,
    out,
    count,
    first,
    step_s,
    length_s,
    shortest_s,
    DRIFTS: tl.constexpr,  # noqa: N803
    BLOCK: tl.constexpr,  # noqa: N803
):
    shape = tl.program_id(0)
    t = tl.arange(0, BLOCK)
    inside = t < count
    at = (t + first).to(tl.float32) * step_s
    rate, change = tl.load(shapes + 4 * shape), tl.load(shapes + 4 * shape + 1)
    onset, ramp = tl.load(shapes + 4 * shape + 2), tl.maximum(tl.load(shapes + 4 * shape + 3), shortest_s)
    swell = tl.minimum(tl.maximum((at - onset) / ramp, 0.0), 1.0)
    turns = rate * at + change * (at * at / (2 * length_s) - 0.5 * at)
    phase = 6.283185307179586 * (turns - tl.floor(turns))
    weight = tl.load(weights + t, mask=inside, other=0.0)
    heard = tl.load(cents + t, mask=inside, other=0.0)
    c, q = swell * tl.cos(phase), swell * tl.sin(phase)
    row = out + shape * (2 * DRIFTS + 5)
    for i in tl.static_range(DRIFTS):
        slow = tl.load(drift + t * DRIFTS + i, mask=inside, other=0.0) * weight
        tl.store(row + i, tl.load(row + i) + tl.sum(slow * c, axis=0))
        tl.store(row + DRIFTS + i, tl.load(row + DRIFTS + i) + tl.sum(slow * q, axis=0))
    rest = row + 2 * DRIFTS
    tl.store(rest, tl.load(rest) + tl.sum(weight * c * c, axis=0))
    tl.store(rest + 1, tl.load(rest + 1) + tl.sum(weight * c * q, axis=0))
    tl.store(rest + 2, tl.load(rest + 2) + tl.sum(weight * q * q, axis=0))
    tl.store(rest + 3, tl.load(rest + 3) + tl.sum(weight * heard * c, axis=0))
    tl.store(rest + 4, tl.load(rest + 4) + tl.sum(weight * heard * q, axis=0))
