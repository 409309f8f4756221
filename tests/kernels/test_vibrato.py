"""The compiled scan over shapes of a vibrato says what the reference says, and the fit does not care which it uses."""

import os

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

os.environ.setdefault("TRITON_INTERPRET", "1")

from voicekernels.cpu import vibrato as cpu
from voicekernels.reference import vibrato

FRAMES_PER_S = 200.0
SHORTEST = round(vibrato.SHORTEST_S * FRAMES_PER_S)

Series = NDArray[np.float64]


def sung(seed: int, frames: int) -> tuple[Series, Series]:
    """A contour near 9000 cents with drift, a vibrato and some noise, and weights of which some are 0."""
    draw = np.random.default_rng(seed)
    time_s = np.arange(frames) / FRAMES_PER_S
    rate_hz, extent = draw.uniform(4, 8), draw.uniform(0, 120)
    cents = 9000 + 60 * time_s + extent * np.sin(2 * np.pi * rate_hz * time_s + 1) + draw.normal(0, 3, frames)
    weights = draw.uniform(0.1, 2.0, frames)
    weights[:: 1 + frames // 7] = 0
    return cents, weights


def shapes_of(seed: int, count: int, latest_onset_s: float = 0.5) -> Series:
    draw = np.random.default_rng(seed)
    return np.column_stack(
        (
            draw.uniform(3, 10, count),
            draw.uniform(-2, 2, count),
            draw.uniform(0, latest_onset_s, count),
            draw.uniform(0, 0.3, count),
        )
    )


@settings(max_examples=20)
@given(seed=st.integers(0, 999), frames=st.just(0) | st.integers(SHORTEST, 600), count=st.integers(0, 12))
def test_the_compiled_scan_equals_the_reference(seed: int, frames: int, count: int) -> None:
    cents, weights = sung(seed, frames)
    # Of a vibrato that begins later too little is heard for either to say much: the ridge decides.
    shapes = shapes_of(seed, count, min(0.5, 0.5 * frames / FRAMES_PER_S))

    found = cpu.scan(cents, weights, FRAMES_PER_S, shapes)

    wanted = vibrato.scan(cents, weights, FRAMES_PER_S, shapes)
    # It only says where to look, and in no shorter contour: the fewer the frames, the worse they are conditioned.
    np.testing.assert_allclose(found, wanted, rtol=1e-3, atol=0.1)


@pytest.mark.parametrize(("frames", "count"), [(0, 2), (80, 0), (81, 3), (500, 4), (1500, 3)])
def test_the_scan_on_the_gpu_equals_the_reference(frames: int, count: int) -> None:
    torch = pytest.importorskip("torch", reason="torch comes with the engines")
    pytest.importorskip("triton", reason="Triton has no build for this system")
    from voicekernels.gpu import vibrato as gpu

    cents, weights = sung(frames, frames)
    shapes = shapes_of(1, count)

    found = gpu.scan(cents, weights, FRAMES_PER_S, shapes, "cuda" if torch.cuda.is_available() else "cpu")

    wanted = vibrato.scan(cents, weights, FRAMES_PER_S, shapes)
    np.testing.assert_allclose(found, wanted, rtol=1e-3, atol=1.0)


@pytest.mark.parametrize("seed", range(8))
def test_the_fit_is_the_same_whichever_scan_it_uses(seed: int) -> None:
    cents, weights = sung(seed, 350)

    found, wanted = (vibrato.fit(cents, weights, FRAMES_PER_S, scan) for scan in (cpu.scan, vibrato.scan))

    assert found is not None
    assert wanted is not None
    assert found.rate_hz == pytest.approx(wanted.rate_hz, abs=1e-9)
    assert found.half_extent_cents == pytest.approx(wanted.half_extent_cents, abs=1e-6)


@pytest.mark.parametrize("shapes", [np.zeros(4), np.zeros((2, 3)), np.full((1, 4), np.nan)])
def test_what_is_no_shape_is_refused(shapes: Series) -> None:
    cents, weights = sung(1, 100)
    for scan in (cpu.scan, vibrato.scan):
        with pytest.raises(ValueError, match="shape"):
            scan(cents, weights, FRAMES_PER_S, shapes)
