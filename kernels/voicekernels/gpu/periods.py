"""A sound along its own pitch in Triton: a program for each frame walks to either side, from frame to frame."""

import math

import torch
import triton
import triton.language as tl


def unroll(sound: torch.Tensor, pitch: torch.Tensor, hop: int, half: float, points: int, leap: float) -> torch.Tensor:
    """See `reference.periods.unroll`; float32 on one device, the result there too. Within 2e-3 of the loudest."""
    if sound.ndim != 1 or pitch.ndim != 1 or hop < 1 or points < 2 or half <= 0:
        raise ValueError(f"not a sound with a pitch: {tuple(sound.shape)}, {tuple(pitch.shape)}, {hop=}, {points=}")
    frames = len(pitch)
    out = torch.empty((frames, points), dtype=torch.float32, device=sound.device)
    if not frames:
        return out
    if not bool((pitch > 0).all()):
        raise ValueError("a pitch has to be above 0")
    exact = pitch.double() * points / (2 * half)
    linked = torch.zeros(frames, dtype=torch.int32, device=pitch.device)
    linked[:-1] = torch.abs(torch.diff(torch.log(exact))) < math.log1p(leap)
    grown = torch.zeros_like(exact)
    grown[1:] = torch.cumsum(0.5 * (exact[1:] + exact[:-1]) * hop * linked[:-1], 0)
    index = torch.arange(frames, device=pitch.device)
    starts = torch.ones(frames, dtype=torch.bool, device=pitch.device)
    starts[1:] = linked[:-1] == 0
    first = torch.cummax(torch.where(starts, index, 0), 0).values
    middle = grown - grown[first]
    offset = (torch.round(middle - 0.5) - points // 2 + 1 - middle).float()
    reach = math.ceil((points / 2 + 2) / (float(exact.min()) * hop)) + 2
    _unroll[(frames,)](
        sound.contiguous(), exact.float(), linked, offset, out, len(sound), frames, hop, points, reach,
        POINTS=triton.next_power_of_2(points),
    )  # fmt: skip
    return out


@triton.jit  # type: ignore[untyped-decorator]  # triton has no types
def _unroll(sound, pitch, linked, offset, out, samples, frames, hop, points, reach, POINTS: tl.constexpr):  # type: ignore[no-untyped-def]  # noqa: N803
    frame = tl.program_id(0)
    j = tl.arange(0, POINTS)
    wanted = tl.load(offset + frame) + j
    ahead = wanted >= 0
    rest = tl.abs(wanted)
    way = tl.zeros([POINTS], tl.float32)
    walking = j < points
    k = 0
    while k < reach:  # Triton's interpreter cannot count to an argument with range
        right, left = tl.minimum(frame + k, frames - 1), tl.maximum(frame - k, 0)
        right_on = tl.load(linked + right)
        left_on = tl.load(linked + tl.maximum(left - 1, 0), mask=left > 0, other=0)
        right_speed, left_speed = tl.load(pitch + right), tl.load(pitch + left)
        right_next = tl.load(pitch + tl.minimum(right + 1, frames - 1), mask=right_on > 0, other=0.0)
        left_next = tl.load(pitch + tl.maximum(left - 1, 0), mask=left_on > 0, other=0.0)
        on = tl.where(ahead, right_on, left_on) > 0
        speed = tl.where(ahead, right_speed, left_speed)
        following = tl.where(on, tl.where(ahead, right_next, left_next), speed)
        turns = 0.5 * (speed + following) * hop
        change = (following - speed) / hop
        here = 2.0 * rest / (speed + tl.sqrt(tl.maximum(speed * speed + 2.0 * change * rest, 0.0)))
        ends = walking & ((rest < turns) | (on == 0))
        way = tl.where(ends, k * hop + here, way)
        walking = walking & (ends == 0)
        rest = tl.where(walking, rest - turns, rest)
        k += 1
    way = tl.where(ahead, way, -way)
    left_of = tl.floor(way)
    share = way - left_of
    i = frame.to(tl.int64) * hop + left_of.to(tl.int64)
    a = tl.load(sound + i - 1, mask=(i >= 1) & (i <= samples), other=0.0)
    b = tl.load(sound + i, mask=(i >= 0) & (i < samples), other=0.0)
    c = tl.load(sound + i + 1, mask=(i >= -1) & (i < samples - 1), other=0.0)
    d = tl.load(sound + i + 2, mask=(i >= -2) & (i < samples - 2), other=0.0)
    bow = 2.0 * a - 5.0 * b + 4.0 * c - d
    twist = 3.0 * (b - c) + d - a
    found = b + 0.5 * share * (c - a + share * (bow + share * twist))
    tl.store(out + frame * points + j, found, mask=j < points)
