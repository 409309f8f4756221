"""What a grid of scores holds on both sides of a course, in Triton: a program for each frame."""

import torch
import triton
import triton.language as tl


def around(scores: torch.Tensor, course: torch.Tensor, reach: int, outside: float) -> torch.Tensor:
    """See `reference.ridge.around`; float32, the result on the same device. Within 1e-4."""
    if scores.ndim != 2 or course.shape != scores.shape[:1]:
        raise ValueError(f"each frame needs a place: {tuple(scores.shape)}, {tuple(course.shape)}")
    if reach < 0:
        raise ValueError(f"nothing lies {reach} columns around a course")
    frames, columns = scores.shape
    width = 2 * reach + 1
    found = torch.empty((frames, width), dtype=torch.float32, device=scores.device)
    if frames:
        _around[(frames,)](
            scores.contiguous(),
            course.contiguous(),
            found,
            columns,
            reach,
            width,
            outside,
            WIDTH=triton.next_power_of_2(width),
        )
    return found


@triton.jit  # type: ignore[untyped-decorator]  # triton has no types
def _around(scores, course, found, columns, reach, width, outside, WIDTH: tl.constexpr):  # type: ignore[no-untyped-def]  # noqa: N803
    frame = tl.program_id(0)
    j = tl.arange(0, WIDTH)
    place = tl.load(course + frame)
    left = tl.floor(place)
    share = place - left
    at = left.to(tl.int32) - reach + j
    row = scores + frame * columns
    here = tl.load(row + at, mask=(at >= 0) & (at < columns), other=outside)
    following = tl.load(row + at + 1, mask=(at + 1 >= 0) & (at + 1 < columns), other=outside)
    tl.store(found + frame * width + j, here + share * (following - here), mask=j < width)
