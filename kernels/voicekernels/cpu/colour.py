"""Screen pixels to picture planes, compiled: see `voicekernels.reference.colour`. Equal to it within 1 of 255."""

import numpy as np
from numba import njit
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]
_Packed = NDArray[np.uint32]
_Pairs = NDArray[np.uint64]

# BT.709 limited range in 16-bit fixed point. The chroma rows sum to 0, so that grey stays grey.
_YR, _YG, _YB = 11966, 40254, 4064
_UR, _UG, _UB = -6596, -22189, 28785
_VR, _VG, _VB = 28785, -26145, -2640
_Y0 = (16 << 16) + (1 << 15)
_C0 = (128 << 18) + (1 << 17)  # chroma is made of the sum of four pixels


def to_i420(bgra: Pixels, y: Pixels, u: Pixels, v: Pixels) -> None:
    _to_i420(*_packed(bgra), y, u, v)


def update(new: Pixels, old: Pixels, y: Pixels, u: Pixels, v: Pixels, forced: NDArray[np.bool_]) -> int:
    return int(_update(*_packed(new), _packed(old)[0], y, u, v, forced))


def blend(over: Pixels, y: Pixels, u: Pixels, v: Pixels, left: int, top: int) -> None:
    _blend(*_packed(over), y, u, v, left, top)


def _packed(bgra: Pixels) -> tuple[_Packed, _Pairs]:
    """One number a pixel, and one every two: of those the compiler makes fast code, of interleaved bytes slow code."""
    rows = bgra.reshape(bgra.shape[0], -1)
    return rows.view(np.uint32), rows.view(np.uint64)


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]  # numba has no types
def _luma(row: _Packed, y: Pixels) -> None:
    for x in range(row.shape[0]):
        pixel = row[x]
        blue = np.int32(pixel & np.uint32(255))
        green = np.int32((pixel >> np.uint32(8)) & np.uint32(255))
        red = np.int32((pixel >> np.uint32(16)) & np.uint32(255))
        y[x] = np.uint8((np.int32(_YR) * red + np.int32(_YG) * green + np.int32(_YB) * blue + np.int32(_Y0)) >> 16)


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]  # numba has no types
def _chroma(upper: _Pairs, lower: _Pairs, u: Pixels, v: Pixels) -> None:
    every_other_byte = np.uint64(0x00FF00FF00FF00FF)
    byte, pixel = np.uint64(8), np.uint64(32)
    sum_of_four = np.uint32(0x3FF)
    for x in range(u.shape[0]):
        above, below = upper[x], lower[x]
        columns = (above & every_other_byte) + (below & every_other_byte)
        greens = ((above >> byte) & every_other_byte) + ((below >> byte) & every_other_byte)
        both = np.uint32(columns + (columns >> pixel))
        blue = np.int32(both & sum_of_four)
        red = np.int32(both >> np.uint32(16))
        green = np.int32(np.uint32(greens + (greens >> pixel)) & sum_of_four)
        u[x] = np.uint8((np.int32(_UR) * red + np.int32(_UG) * green + np.int32(_UB) * blue + np.int32(_C0)) >> 18)
        v[x] = np.uint8((np.int32(_VR) * red + np.int32(_VG) * green + np.int32(_VB) * blue + np.int32(_C0)) >> 18)


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]  # numba has no types
def _differs(new: _Packed, old: _Packed) -> bool:
    colours = np.uint32(0x00FFFFFF)
    for start in range(0, new.shape[0], 256):  # whole stretches go through vector units; in between it can stop
        difference = np.uint32(0)
        for x in range(start, min(start + 256, new.shape[0])):
            difference |= new[x] ^ old[x]
        if difference & colours:
            return True
    return False


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]  # numba has no types
def _to_i420(packed: _Packed, pairs: _Pairs, y: Pixels, u: Pixels, v: Pixels) -> None:
    for strip in range(u.shape[0]):
        _luma(packed[2 * strip], y[2 * strip])
        _luma(packed[2 * strip + 1], y[2 * strip + 1])
        _chroma(pairs[2 * strip], pairs[2 * strip + 1], u[strip], v[strip])


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]  # numba has no types
def _update(
    new: _Packed, pairs: _Pairs, old: _Packed, y: Pixels, u: Pixels, v: Pixels, forced: NDArray[np.bool_]
) -> int:
    changed = 0
    for strip in range(u.shape[0]):
        upper, lower = 2 * strip, 2 * strip + 1
        differs = _differs(new[upper], old[upper]) or _differs(new[lower], old[lower])
        changed += differs
        if differs or forced[strip]:
            _luma(new[upper], y[upper])
            _luma(new[lower], y[lower])
            _chroma(pairs[upper], pairs[lower], u[strip], v[strip])
    return changed


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]  # numba has no types
def _blend(packed: _Packed, pairs: _Pairs, y: Pixels, u: Pixels, v: Pixels, left: int, top: int) -> None:
    """Rows without branches, in single precision, so that the compiler takes many pixels at once.

    The planes come whole and are cut here: pieces of them would be of other kinds, each compiled when it is first seen.
    """
    columns, half = slice(left, left + packed.shape[1]), slice(left // 2, left // 2 + pairs.shape[1])
    for strip in range(packed.shape[0] // 2):
        row, place = top + 2 * strip, top // 2 + strip
        _blend_luma(packed[2 * strip], y[row, columns])
        _blend_luma(packed[2 * strip + 1], y[row + 1, columns])
        _blend_chroma(pairs[2 * strip], pairs[2 * strip + 1], u[place, half], v[place, half])


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]  # numba has no types
def _blend_luma(row: _Packed, y: Pixels) -> None:
    share, black, half = np.float32(1 / 255), np.float32(16 / 255), np.float32(0.5)
    fixed = np.float32(1 / 65536)
    for x in range(row.shape[0]):
        pixel = row[x]
        blue = np.int32(pixel & np.uint32(255))
        green = np.int32((pixel >> np.uint32(8)) & np.uint32(255))
        red = np.int32((pixel >> np.uint32(16)) & np.uint32(255))
        alpha = np.float32(np.int32(pixel >> np.uint32(24)))
        light = np.float32(np.int32(_YR) * red + np.int32(_YG) * green + np.int32(_YB) * blue) * fixed
        under = np.float32(np.int32(y[x]))
        y[x] = np.uint8(np.int32(under - under * alpha * share + black * alpha + light + half))


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]  # numba has no types
def _blend_chroma(upper: _Pairs, lower: _Pairs, u: Pixels, v: Pixels) -> None:
    every_other_byte = np.uint64(0x00FF00FF00FF00FF)
    byte, pixel = np.uint64(8), np.uint64(32)
    sum_of_four = np.uint32(0x3FF)
    share, grey, half = np.float32(1 / 1020), np.float32(128 / 1020), np.float32(0.5)
    fixed = np.float32(1 / (4 * 65536))
    for x in range(u.shape[0]):
        above, below = upper[x], lower[x]
        columns = (above & every_other_byte) + (below & every_other_byte)
        others = ((above >> byte) & every_other_byte) + ((below >> byte) & every_other_byte)
        both = np.uint32(columns + (columns >> pixel))
        rest = np.uint32(others + (others >> pixel))
        blue = np.int32(both & sum_of_four)
        red = np.int32(both >> np.uint32(16))
        green = np.int32(rest & sum_of_four)
        alpha = np.float32(np.int32(rest >> np.uint32(16)))
        to_u = np.float32(np.int32(_UR) * red + np.int32(_UG) * green + np.int32(_UB) * blue) * fixed
        to_v = np.float32(np.int32(_VR) * red + np.int32(_VG) * green + np.int32(_VB) * blue) * fixed
        under_u, under_v = np.float32(np.int32(u[x])), np.float32(np.int32(v[x]))
        u[x] = np.uint8(np.int32(under_u - under_u * alpha * share + grey * alpha + to_u + half))
        v[x] = np.uint8(np.int32(under_v - under_v * alpha * share + grey * alpha + to_v + half))
