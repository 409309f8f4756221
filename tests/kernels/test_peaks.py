"""The compiled overview of a waveform is the one that numpy makes."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.typing import NDArray

from voicekernels.cpu import peaks as cpu
from voicekernels.reference import peaks as reference

samples = st.floats(-8, 8, width=32)
sounds = hnp.arrays(np.float32, st.tuples(st.integers(0, 700), st.integers(1, 3)), elements=samples)


@given(sound=sounds, bin_frames=st.sampled_from([1, 2, 7, 64, 256, 1000]))
def test_the_kernel_equals_the_reference(sound: NDArray[np.float32], bin_frames: int) -> None:
    expected = reference.summarise(sound, bin_frames)
    found = cpu.summarise(sound, bin_frames)

    assert found.shape == expected.shape == (-(-len(sound) // bin_frames), sound.shape[1], 3)
    assert np.array_equal(found[..., :2], expected[..., :2])
    assert np.allclose(found[..., 2], expected[..., 2], rtol=1e-6, atol=1e-12)


@given(sound=sounds, bin_frames=st.integers(1, 300))
def test_the_reference_says_what_is_in_each_stretch(sound: NDArray[np.float32], bin_frames: int) -> None:
    found = reference.summarise(sound, bin_frames)

    for index, start in enumerate(range(0, len(sound), bin_frames)):
        stretch = sound[start : start + bin_frames].astype(np.float64)
        assert np.array_equal(found[index, :, 0], stretch.min(axis=0))
        assert np.array_equal(found[index, :, 1], stretch.max(axis=0))
        assert np.allclose(found[index, :, 2], np.sqrt(np.mean(stretch**2, axis=0)), rtol=1e-6)


def test_a_sound_that_is_a_slice_of_another_is_summed_up_as_well() -> None:
    sound = np.random.default_rng(0).uniform(-1, 1, (2000, 4)).astype(np.float32)[::2, 1:3]

    assert np.allclose(cpu.summarise(sound, 256), reference.summarise(sound, 256), atol=1e-6)
