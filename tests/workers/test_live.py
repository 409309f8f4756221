"""The live worker with a sound server of its own: what is played is heard where the playhead says, takes line up."""

import contextlib
import os
import shutil
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from msgspec.structs import replace
from numpy.typing import NDArray

from studio.media.takes import read_header, recover
from studio.model.project import ClipId, MediaId, TrackId
from studio.protocol.common import Refused, Shutdown
from studio.protocol.live import (
    AudioState,
    Devices,
    ListDevices,
    LoadProject,
    Meter,
    Monitor,
    OpenAudio,
    Play,
    Record,
    Stop,
    StopRecording,
    TakeFinished,
    TakeProgress,
    TakeStarted,
    Trouble,
)
from tests.helpers.live import LiveProcess, project_with, read_take, record_into
from tests.helpers.pulse import COUNTER_PERIOD, Pulse, counted, counter, missing, tone, until

pytestmark = [pytest.mark.skipif(bool(missing()), reason=missing())]
CLICK = 48000
SETTLED = 4800
PLAYED_AT_MOST = 6
KEPT_TIME_MS = 3.0
TAKES_AT_MOST = 8
STAGE = OpenAudio(output="stage", input="Monitor of stage")


@pytest.fixture(scope="module")
def pulse() -> Iterator[Pulse]:
    with Pulse(step_ms=5) as pulse:
        yield pulse


@pytest.fixture
def worker(pulse: Pulse) -> Iterator[LiveProcess]:
    with LiveProcess(pulse.environment) as worker:
        yield worker
    pulse.hush()


@pytest.fixture
def clicks(tmp_path: Path) -> LoadProject:
    """A click each second."""
    sound = np.zeros((48000 * 20, 1), np.float32)
    sound[::CLICK] = 0.8
    return project_with(tmp_path, sound)


class Ear:
    """Another program that hears a sink, and when."""

    def __init__(self, pulse: Pulse, sink: str) -> None:
        self._listener = subprocess.Popen(
            ["parec", f"--device={sink}.monitor", "--raw", "--format=float32le", "--channels=2", "--rate=48000",
             "--latency-msec=5"],
            env=os.environ | pulse.environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        self._heard: list[tuple[float, NDArray[np.float32]]] = []
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()
        until(lambda: self._heard, 60, "another program hears the sink")

    def _listen(self) -> None:
        assert self._listener.stdout is not None
        left = b""
        while data := os.read(self._listener.stdout.fileno(), 1 << 16):
            left += data
            whole = len(left) // 8 * 8
            self._heard.append((time.monotonic(), np.frombuffer(left[:whole], np.float32).reshape(-1, 2)[:, 0]))
            left = left[whole:]

    @property
    def sound(self) -> NDArray[np.float32]:
        """What was heard so far."""
        return np.concatenate([part for _when, part in self._heard])

    @property
    def peak(self) -> float:
        """The loudest sample so far."""
        return max(float(np.abs(part).max(initial=0.0)) for _when, part in self._heard)

    def stop(self) -> tuple[NDArray[np.float32], NDArray[np.float64]]:
        """Return what was heard, and for each sample the time at which it had arrived."""
        self._listener.kill()
        self._listener.wait()
        self._thread.join()
        assert self._listener.stdout is not None
        self._listener.stdout.close()
        sound = np.concatenate([part for _when, part in self._heard])
        when = np.concatenate([np.full(len(part), when) for when, part in self._heard])
        return sound, when


def test_devices_are_named_as_people_know_them(worker: LiveProcess) -> None:
    seen = worker.send(ListDevices())
    devices = worker.wait(Devices, since=seen).devices

    names = {device.name: device for device in devices}
    assert set(names) == {"stage", "booth", "Monitor of stage", "Monitor of booth"}
    assert names["stage"].is_default_output
    assert (names["stage"].outputs, names["stage"].inputs) == (2, 0)
    assert (names["Monitor of booth"].outputs, names["Monitor of booth"].inputs) == (0, 2)


def test_a_device_that_is_plugged_in_is_said(pulse: Pulse, worker: LiveProcess) -> None:
    seen = worker.send(ListDevices())
    worker.wait(Devices, since=seen)
    pulse.plug("headset")
    try:
        worker.wait(Devices, lambda said: any(device.name == "headset" for device in said.devices), since=seen)
    finally:
        pulse.unplug("headset")


def test_the_ear_hears_what_the_playhead_says(pulse: Pulse, worker: LiveProcess, clicks: LoadProject) -> None:
    """Judged where the sound server kept time: what it says of its delay wanders for seconds after a disturbance."""
    worker.send(STAGE, clicks)
    for _ in range(PLAYED_AT_MOST):
        late_ms = claims_late_ms(pulse, worker)
        print(f"arrives {late_ms.round(1)} ms after the playhead's claim", end=" ")  # noqa: T201
        # The other program's own way from the sink is counted in; where the machine is busy it hears late, never early.
        earliest = np.sort(late_ms)[:4]
        if np.ptp(earliest) <= KEPT_TIME_MS:
            assert -8 < earliest[0] < 25
            return
    pytest.skip("the sound server kept time in none of the plays")


def claims_late_ms(pulse: Pulse, worker: LiveProcess) -> NDArray[np.float64]:
    """Play five clicks from a quarter of a second on; how long after the playhead's claim each arrives at an ear."""
    ear = Ear(pulse, "stage")
    seen = worker.send(Play(start=12000))
    playhead, meters = worker.series()
    began = playhead.since(0)[0]
    with contextlib.closing(playhead), contextlib.closing(meters):
        until(lambda: (row := playhead.latest()) is not None and row[2] > 0 and row[1] < CLICK, 60, "the beginning")
        until(lambda: (row := playhead.latest()) is not None and row[1] > 5.3 * CLICK, 60, "five seconds played")
        rows = playhead.since(began)[1]
    sound, when = ear.stop()
    worker.send(Stop())
    worker.wait(AudioState, lambda said: not said.playing, since=seen)

    arrived = when[np.flatnonzero(sound > 0.4)]
    rows = rows[rows[:, 2] > 0]
    rows = rows[np.argmax(rows[:, 1] < CLICK) :]  # what the play before still said is over
    claimed = np.interp(np.arange(1, 6) * CLICK, rows[:, 1], rows[:, 0])
    assert np.diff(rows[:, 1]).min() >= -960  # it never jumps back by more than a card's step
    assert len(arrived) >= 5
    return np.asarray(1000 * (arrived[:5] - claimed))


def test_a_loop_is_heard_exact_to_the_sample(pulse: Pulse, worker: LiveProcess, tmp_path: Path) -> None:
    ramp = (np.arange(48000) / 2**17).astype(np.float32)[:, None]
    ear = Ear(pulse, "stage")
    worker.send(STAGE, project_with(tmp_path, ramp), Play(start=0, loop_start=4800, loop_stop=14401))
    worker.wait(AudioState, lambda said: said.playing)

    def wraps_in(sound: NDArray[np.float32]) -> NDArray[np.bool_]:
        numbers = np.rint(sound.astype(np.float64) * 2**17).astype(int)
        return np.asarray((numbers[:-1] == 14400) & (numbers[1:] == 4800), np.bool_)

    until(lambda: wraps_in(ear.sound).sum() >= 4, 60, "the loop begins again four times")
    worker.send(Stop())
    sound, _when = ear.stop()

    numbers = np.rint(sound.astype(np.float64) * 2**17).astype(int)
    here, there = numbers[:-1], numbers[1:]
    wraps = wraps_in(sound)
    jumps = (here > 0) & (there > 0) & (there != here + 1) & ~wraps
    assert jumps.sum() == 0


def test_stop_and_play_and_the_end_are_said(worker: LiveProcess, tmp_path: Path) -> None:
    short = project_with(tmp_path, np.full((24000, 1), 0.1, np.float32))
    seen = worker.send(STAGE, short, Play(start=0))
    worker.wait(AudioState, lambda said: said.playing, since=seen)
    ended = len(worker.events)
    worker.wait(AudioState, lambda said: not said.playing, since=ended)
    seen = worker.send(Play(start=0))
    worker.wait(AudioState, lambda said: said.playing, since=seen)
    seen = worker.send(Stop())
    worker.wait(AudioState, lambda said: not said.playing, since=seen)


def off_ms(sound: NDArray[np.float32], start: int) -> float | None:
    """How much too late a take of the counting project lies; None where a part of it dropped out."""
    numbers = np.rint(sound[SETTLED:].astype(np.float64) * COUNTER_PERIOD).astype(np.int64)
    off = np.unique(start + SETTLED + np.arange(len(numbers)) - numbers)
    return float(off[0]) / 48 if len(off) == 1 else None


def test_a_take_lines_up_with_what_was_heard(worker: LiveProcess, tmp_path: Path) -> None:
    """Each sample of the project says its own number, and the microphone hears the loudspeaker.

    A take in which a sample is missing or doubled was made while the sound server itself dropped out. Where the studio
    does not know the clocks well yet, as in the first take, it says that it is not sure; on a busy machine this may be
    so in all of them.
    """
    worker.send(STAGE, project_with(tmp_path, counted(np.arange(48000 * 20))[:, :1]))
    judged_ms: list[float] = []
    for number in range(TAKES_AT_MOST):
        seen = worker.send(
            Record(take=f"t{number}", folder=str(tmp_path / "takes" / f"t{number}"), start=24000, track="t")
        )
        worker.wait(TakeProgress, lambda said: said.frames > 3 * 48000, since=seen, seconds=60)
        seen = worker.send(StopRecording())
        finished = worker.wait(TakeFinished, since=seen)
        late_ms = off_ms(read_take(tmp_path, f"t{number}"), finished.start)
        print(f"{'off by' if finished.start_is_sure else 'perhaps'} {late_ms}", end=" ")  # noqa: T201
        if finished.start_is_sure and late_ms is not None:
            judged_ms.append(late_ms)
        if len(judged_ms) == 3:
            break
    if not judged_ms:
        pytest.skip("the sound server kept time in none of the takes")
    # Where nothing else runs every take is within 1 ms; a server that is short of time moves one by a few more.
    assert np.abs(judged_ms).max() <= 5.0


def test_a_take_that_goes_round_a_loop_lines_up_in_every_pass(worker: LiveProcess, tmp_path: Path) -> None:
    """As above; each sample of every pass is as far from its place as the first, so nothing was played or kept twice.

    The one constant by which all are off is the alignment's.
    """
    start, length = 24000, 40001
    worker.send(STAGE, project_with(tmp_path, counted(np.arange(48000 * 2))[:, :1]))
    for number in range(TAKES_AT_MOST):
        folder = tmp_path / "takes" / f"t{number}"
        seen = worker.send(
            Record(take=f"t{number}", folder=str(folder), start=start, track="t", loop_start=start,
                   loop_stop=start + length)
        )  # fmt: skip
        worker.wait(TakeProgress, lambda said: said.frames > 3.2 * length, since=seen, seconds=60)
        seen = worker.send(StopRecording())
        finished = worker.wait(TakeFinished, since=seen)
        assert (finished.loop_start, finished.loop_stop) == (start, start + length)
        sound = np.rint(read_take(tmp_path, f"t{number}").astype(np.float64) * COUNTER_PERIOD).astype(np.int64)
        apart = np.unique((finished.start + np.arange(SETTLED, len(sound)) - sound[SETTLED:]) % length)
        late_ms = float((apart[0] + length // 2) % length - length // 2) / 48 if len(apart) == 1 else None
        print(f"{'off by' if finished.start_is_sure else 'perhaps'} {late_ms}", end=" ")  # noqa: T201
        if late_ms is not None:
            assert abs(late_ms) <= 5.0 or not finished.start_is_sure
            return
    pytest.skip("the sound server kept time in none of the takes")


def test_playing_along_while_another_microphone_records_moves_both(
    pulse: Pulse, worker: LiveProcess, clicks: LoadProject, tmp_path: Path
) -> None:
    feed = pulse.feed("booth", counter())
    seen = worker.send(
        OpenAudio(output="stage", input="Monitor of booth"),
        clicks,
        Record(take="a", folder=str(tmp_path / "takes" / "a"), start=0, track="t"),
    )
    started = worker.wait(TakeStarted, since=seen)
    header = read_header(Path(started.folder))
    assert header is not None
    assert (header.state, header.device) == ("recording", "Monitor of booth")
    worker.wait(TakeProgress, lambda said: said.frames > 96000, since=seen, seconds=60)
    second = worker.send(record_into(tmp_path, "b"))
    assert worker.wait(Refused, since=second).why.code == "take.running"
    seen = worker.send(StopRecording())
    finished = worker.wait(TakeFinished, since=seen)
    feed.stop()

    assert [part.file for part in finished.segments] == ["takes/a/000.wav"]
    assert finished.segments[0].length == len(read_take(tmp_path, "a"))
    assert recover(tmp_path) == ()


def test_the_meters_move_with_the_input_and_the_output(pulse: Pulse, worker: LiveProcess, tmp_path: Path) -> None:
    feed = pulse.feed("booth", tone(1000.0, level=0.5))
    loud = project_with(tmp_path, np.full((48000 * 5, 1), 0.25, np.float32))
    seen = worker.send(OpenAudio(output="stage", input="Monitor of booth"), loud, Meter(on=True), Play(start=0))
    worker.wait(AudioState, lambda said: said.playing, since=seen)
    playhead, meters = worker.series()
    with contextlib.closing(playhead), contextlib.closing(meters):

        def right() -> bool:
            row = meters.latest()
            return (
                row is not None and abs(row[1] + 6.02) < 0.2 and abs(row[3] + 9.03) < 0.3 and abs(row[5] + 12.04) < 0.2
            )

        until(right, 60, "the meters show both")
        first = meters.counter
        until(lambda: meters.counter >= first + 60, 60, "the meters move on")
        apart_s = np.diff(meters.since(first)[1][:, 0])
        assert np.quantile(apart_s, 0.1) < 1 / 40  # where the machine has time for it
        assert apart_s.mean() > 1 / 70
    feed.stop()


def test_the_input_is_heard_on_the_output_when_monitored(pulse: Pulse, worker: LiveProcess) -> None:
    feed = pulse.feed("booth", tone(1000.0, level=0.25))
    seen = worker.send(OpenAudio(output="stage", input="Monitor of booth"), Monitor(on=True, gain_db=6.0206))
    worker.wait(AudioState, lambda said: said.monitoring and said.open_output == "stage", since=seen)
    ear = Ear(pulse, "stage")
    until(lambda: ear.peak > 0.45, 60, "the tone is heard")
    heard = len(ear.sound)
    until(lambda: len(ear.sound) > heard + 24000, 60, "half a second more")
    sound, _when = ear.stop()
    feed.stop()

    assert np.abs(sound).max() == pytest.approx(0.5, abs=0.02)


def test_shutting_down_while_recording_keeps_the_take_for_recovery(
    pulse: Pulse, worker: LiveProcess, tmp_path: Path
) -> None:
    feed = pulse.feed("booth", counter())
    seen = worker.send(OpenAudio(input="Monitor of booth"), record_into(tmp_path, "take"))
    worker.wait(TakeProgress, lambda said: said.frames > 24000, since=seen)
    worker.send(Shutdown())
    worker.wait(TakeFinished, since=seen)
    feed.stop()

    (take,) = recover(tmp_path)
    assert take.length == len(read_take(tmp_path, "take"))


def with_a_missing_sound(clicks: LoadProject) -> LoadProject:
    """The same project with a second track, whose sound is not there."""
    (medium,), (track,) = clicks.project.media, clicks.project.tracks
    gone = replace(medium, id=MediaId("gone"), name="gone.wav", file="media/gone.wav")
    clip = replace(track.clips[0], id=ClipId("lost"), media=gone.id)
    lost = replace(track, id=TrackId("lost"), clips=(clip,))
    project = replace(clicks.project, media=(medium, gone), tracks=(track, lost))
    return replace(clicks, project=project)


def test_a_missing_sound_is_said_and_the_rest_is_heard(
    pulse: Pulse, worker: LiveProcess, clicks: LoadProject, tmp_path: Path
) -> None:
    seen = worker.send(STAGE, with_a_missing_sound(clicks), Play(start=0))
    trouble = worker.wait(Trouble, lambda said: said.kind == "media_missing", since=seen)
    with contextlib.closing(worker.series()[1]) as meters:
        until(lambda: (row := meters.latest()) is not None and row[5] > -10, 60, "the other track is heard")

    assert "gone.wav" in trouble.why.sentence
    assert not [said for said in worker.events if isinstance(said, Refused)]
    shutil.copy(tmp_path / clicks.project.media[0].file, tmp_path / "media/gone.wav")
    seen = worker.send(with_a_missing_sound(clicks))
    worker.wait(Trouble, lambda said: said.kind == "media_missing" and said.over, since=seen)
