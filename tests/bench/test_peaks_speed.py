"""The compiled overview of a waveform earns its place beside numpy's."""

from collections.abc import Callable
from functools import partial

import pytest

from tests.helpers.sounds import noise
from tests.helpers.timing import ratio
from voicekernels.cpu import peaks as cpu
from voicekernels.reference import peaks as reference

pytestmark = pytest.mark.benchmark_suite


@pytest.mark.parametrize(("channels", "at_least"), [(1, 1.1), (2, 1.8)])
def test_the_peaks_kernel_is_worth_having(
    channels: int, at_least: float, record_property: Callable[[str, object], None]
) -> None:
    half_minute = noise(48000 * 30, channels)

    speedup = ratio(partial(reference.summarise, half_minute, 256), partial(cpu.summarise, half_minute, 256))

    record_property("speedup", speedup)
    print(f"\npeaks, {channels} channels: {speedup:.1f} x reference")
    assert speedup > at_least
