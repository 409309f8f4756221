"""Live pitch in the real worker: what is sung into the microphone is in the series, with the right pitch and time."""

import contextlib
import itertools
import threading
import time
from collections.abc import Iterator

import numpy as np
import pytest
from numpy.typing import NDArray

from studio.ipc.series import Series
from studio.protocol.live import LIVE_PITCH_FIELDS, AudioState, LivePitch, OpenAudio
from tests.helpers.live import LiveProcess
from tests.helpers.pulse import Pulse, missing, until
from tests.helpers.voices import buzz, cents

pytestmark = [pytest.mark.skipif(bool(missing()), reason=missing())]
LOW_HZ, HIGH_HZ = 220.0, 330.0
NAMES = {name: index for index, name in enumerate(LIVE_PITCH_FIELDS)}
LOADED_S = 150.0  # where nothing is compiled yet


@pytest.fixture(scope="module")
def pulse() -> Iterator[Pulse]:
    with Pulse(step_ms=5) as pulse:
        yield pulse


@pytest.fixture
def worker(pulse: Pulse) -> Iterator[LiveProcess]:
    with LiveProcess(pulse.environment) as worker:
        yield worker
    pulse.hush()


def played(hz: NDArray[np.float64]) -> Iterator[NDArray[np.float32]]:
    """A voice-like sound of one pitch a sample at 48 kHz, again and again."""
    sound = np.repeat(buzz(hz, 48000, len(hz))[:, None], 2, axis=1)
    return (sound[start : start + 480] for start in itertools.cycle(range(0, len(sound), 480)))


@contextlib.contextmanager
def heard(worker: LiveProcess) -> Iterator[Series]:
    """The series of the live pitch, once the first points are there."""
    seen = worker.send(
        OpenAudio(output="stage", input="Monitor of booth"), LivePitch(on=True, low_hz=60.0, high_hz=1000.0)
    )
    state = worker.wait(AudioState, lambda said: bool(said.pitch), since=seen, seconds=LOADED_S)
    with contextlib.closing(Series.attach(state.pitch)) as points:
        until(lambda: points.counter > 10, 60.0, "the first points")
        yield points


def test_a_step_of_a_tone_arrives_with_both_its_pitches(pulse: Pulse, worker: LiveProcess) -> None:
    steps = np.repeat([LOW_HZ, HIGH_HZ], 24000)
    feed = pulse.feed("booth", played(steps))
    with heard(worker) as points:
        assert points.fields == LIVE_PITCH_FIELDS

        def near(hz: float) -> bool:
            rows = points.since(points.counter - 400)[1]
            off = cents(rows[:, NAMES["f0_hz"]].astype(np.float32), hz)
            return int(np.count_nonzero(np.abs(off) < 5)) > 40

        until(lambda: near(LOW_HZ) and near(HIGH_HZ), 60.0, "both pitches, to 5 cents")
        rows = points.since(points.counter - 400)[1]
        now_s = time.monotonic()
    feed.stop()

    times_s = rows[:, NAMES["monotonic_s"]]
    assert np.median(np.diff(times_s)) == pytest.approx(0.005, abs=0.0005)
    assert 0.0 < now_s - times_s[-1] < 60.0  # what is sung is in the past, by the same clock
    loudest_db = rows[:, NAMES["level_db"]].max()  # on a busy machine the server plays silence in between
    wanted_db = 20 * np.log10(np.sqrt(np.mean(np.square(buzz(LOW_HZ, 48000, 48000)))))
    assert loudest_db == pytest.approx(wanted_db, abs=3.0)


def test_a_vibrato_is_measured_while_it_is_sung(pulse: Pulse, worker: LiveProcess) -> None:
    time_s = np.arange(48000 * 2) / 48000  # eleven cycles, so that it goes on evenly
    feed = pulse.feed("booth", played(220 * 2 ** (60 / 1200 * np.sin(2 * np.pi * 5.5 * time_s))))
    with heard(worker) as points:

        def swings() -> bool:
            row = points.latest()
            assert row is not None
            rate_hz, extent = row[NAMES["vibrato_rate_hz"]], row[NAMES["vibrato_half_extent_cents"]]
            return bool(abs(rate_hz - 5.5) < 0.2 and abs(extent - 60) < 3)

        until(swings, 60.0, "a vibrato of 5.5 Hz and ±60 cents")
    feed.stop()


def test_it_ends_and_begins_again_in_the_same_series(pulse: Pulse, worker: LiveProcess) -> None:
    feed = pulse.feed("booth", played(np.full(48000, LOW_HZ)))
    with heard(worker) as points:
        worker.send(LivePitch(on=False))
        until(lambda: _stands_still(points), 60.0, "no more points")
        before = points.counter
        worker.send(LivePitch(on=True, low_hz=300.0, high_hz=1000.0))
        until(lambda: points.counter > before + 100, 60.0, "points again")
        rows = points.since(before + 20)[1]
    feed.stop()

    voiced = rows[np.isfinite(rows[:, NAMES["f0_hz"]]), NAMES["f0_hz"]]
    assert (voiced > 290).all()  # the range is the new one


def _stands_still(points: Series) -> bool:
    before = points.counter
    threading.Event().wait(0.3)
    return points.counter == before
