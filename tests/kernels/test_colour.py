"""The compiled picture planes are those that numpy makes, and those that ffmpeg's own scaler makes."""

import av
import numpy as np
import pytest
from av.video.reformatter import Colorspace, VideoReformatter
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.typing import NDArray

from tests.helpers.timing import ratio
from voicekernels.cpu import colour as cpu
from voicekernels.reference import colour as reference

Pixels = NDArray[np.uint8]

halves = st.tuples(st.integers(1, 12), st.integers(1, 150))
pictures = halves.flatmap(lambda sides: hnp.arrays(np.uint8, (2 * sides[0], 2 * sides[1], 4)))


def planes(picture: Pixels) -> tuple[Pixels, Pixels, Pixels]:
    height, width = picture.shape[:2]
    half = (height // 2, width // 2)
    return np.zeros((height, width), np.uint8), np.zeros(half, np.uint8), np.zeros(half, np.uint8)


def apart(ours: tuple[Pixels, ...], theirs: tuple[Pixels, ...]) -> int:
    """The largest difference of any sample."""
    return max(int(np.abs(a.astype(int) - b.astype(int)).max()) for a, b in zip(ours, theirs, strict=True))


def screen() -> Pixels:
    """A 1080p picture with what screens show: flat areas, gradients, sharp thin lines, a patch of noise."""
    picture = np.zeros((1080, 1920, 4), np.uint8)
    picture[:, :960] = (60, 40, 30, 0)
    picture[:540, 960:, 0] = np.linspace(0, 255, 960).astype(np.uint8)
    picture[:540, 960:, 2] = np.linspace(255, 0, 540).astype(np.uint8)[:, None]
    picture[600:1000:9, 100:800] = 230
    picture[600:1000, 100:800:7, :3] = (90, 200, 250)
    y, x = np.mgrid[:200, :300]
    picture[700:900, 1200:1500, :3] = (127 + 100 * np.sin(x / 17) * np.cos(y / 23)).astype(np.uint8)[..., None]
    return picture


@given(picture=pictures)
def test_the_kernel_equals_the_reference(picture: Pixels) -> None:
    found, expected = planes(picture), planes(picture)

    cpu.to_i420(picture, *found)
    reference.to_i420(picture, *expected)

    assert apart(found, expected) <= 1


@given(data=st.data(), picture=pictures)
def test_only_what_changed_is_converted(data: st.DataObject, picture: Pixels) -> None:
    strips = len(picture) // 2
    moved = data.draw(st.sets(st.integers(0, strips - 1), max_size=3))
    forced = np.array(data.draw(st.lists(st.booleans(), min_size=strips, max_size=strips)))
    new = picture.copy()
    for strip in moved:
        new[2 * strip + data.draw(st.integers(0, 1)), data.draw(st.integers(0, picture.shape[1] - 1)), 1] ^= 64
    new[..., 3] ^= 255  # means nothing
    found, whole = planes(picture), planes(picture)
    cpu.to_i420(picture, *found)
    cpu.to_i420(new, *whole)
    for strip in range(strips):
        if forced[strip]:
            found[0][2 * strip] = 77  # what an overlay left there

    changed = cpu.update(new, picture, *found, forced)

    assert changed == len(moved)
    assert changed == reference.update(new, picture, *planes(picture), forced)
    assert apart(found, whole) == 0


@given(data=st.data(), under=pictures)
def test_a_picture_is_laid_over_as_the_reference_does(data: st.DataObject, under: Pixels) -> None:
    height, width = under.shape[:2]
    top, left = 2 * data.draw(st.integers(0, height // 2 - 1)), 2 * data.draw(st.integers(0, width // 2 - 1))
    over = data.draw(hnp.arrays(np.uint8, (height - top, width - left, 4)))
    over[..., :3] = (over[..., :3].astype(int) * over[..., 3:] // 255).astype(np.uint8)  # premultiplied
    found, expected = planes(under), planes(under)
    cpu.to_i420(under, *found)
    for mine, theirs in zip(found, expected, strict=True):
        theirs[...] = mine

    cpu.blend(over, *found, left, top)
    reference.blend(over, *expected, left, top)

    assert apart(found, expected) <= 1


def test_black_white_and_grey_are_what_bt709_says() -> None:
    for level, luma in ((0, 16), (255, 235), (128, 126)):
        picture = np.full((2, 2, 4), level, np.uint8)
        y, u, v = planes(picture)

        cpu.to_i420(picture, y, u, v)

        assert np.all(y == luma)
        assert np.all(u == 128)
        assert np.all(v == 128)


def test_it_is_the_picture_that_ffmpeg_makes() -> None:
    picture = screen()
    found = planes(picture)
    frame = av.VideoFrame.from_numpy_buffer(picture, format="bgra")

    cpu.to_i420(picture, *found)
    theirs = VideoReformatter().reformat(frame, format="yuv420p", dst_colorspace=Colorspace.ITU709).to_ndarray()

    ours = np.concatenate([plane.reshape(-1) for plane in found]).astype(float)
    noise = np.mean((ours - theirs.reshape(-1)) ** 2)
    assert 10 * np.log10(255**2 / noise) >= 45


@pytest.mark.benchmark_suite
def test_it_is_three_times_as_fast_as_ffmpegs_scaler() -> None:
    picture = screen()
    found = planes(picture)
    frame = av.VideoFrame.from_numpy_buffer(picture, format="bgra")
    scaler = VideoReformatter()

    speedup = ratio(
        lambda: scaler.reformat(frame, format="yuv420p", dst_colorspace=Colorspace.ITU709),
        lambda: cpu.to_i420(picture, *found),
    )

    assert speedup >= 3, f"{speedup:.1f} x swscale"
