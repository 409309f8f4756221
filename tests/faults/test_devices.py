"""Sound devices that sleep, freeze, die, vanish and fall silent: FAULTS 12 and 23 to 31, on a daemon of our own."""

import contextlib
import itertools
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
import psutil
import pytest

from studio import paths
from studio.media.takes import Mark, read_marks
from studio.protocol.common import Heartbeat, Refused
from studio.protocol.live import (
    AudioState,
    Devices,
    ListDevices,
    Meter,
    Monitor,
    OpenAudio,
    Play,
    StopRecording,
    TakeFinished,
    TakeProgress,
    Trouble,
)
from tests.helpers.live import LiveProcess, across, lost, project_with, read_take, record_into, stretches
from tests.helpers.pulse import COUNTER_PERIOD, Pulse, counter, missing, tone, until

pytestmark = [pytest.mark.skipif(bool(missing()), reason=missing())]
BOOTH = OpenAudio(output="stage", input="Monitor of booth")
BLOCK = 480
ROOT = Path(__file__).parents[2]
CARD_STEP = 960
REOPENING_S = 0.7
WAIT = threading.Event().wait
Count = Callable[[int], None]


@pytest.fixture
def pulse() -> Iterator[Pulse]:
    with Pulse() as pulse:
        yield pulse


@pytest.fixture
def worker(pulse: Pulse) -> Iterator[LiveProcess]:
    with LiveProcess(pulse.environment) as worker:
        yield worker


def recording(worker: LiveProcess, folder: Path, take: str = "take") -> int:
    """Record the counting signal until a second of it is on the disk."""
    seen = worker.send(BOOTH, record_into(folder, take))
    worker.wait(TakeProgress, lambda said: said.frames > 48000, since=seen)
    return len(worker.events)


def finish(worker: LiveProcess) -> TakeFinished:
    seen = worker.send(StopRecording())
    return worker.wait(TakeFinished, since=seen)


def on_disk(worker: LiveProcess, more: int) -> None:
    """Wait until so many frames more are on the disk."""
    now = [said.frames for said in worker.events if isinstance(said, TakeProgress)][-1]
    worker.wait(TakeProgress, lambda said: said.frames >= now + more)


def sleeping_card(pulse: Pulse, worker: LiveProcess, folder: Path, seconds: float, take: str) -> None:
    seen = recording(worker, folder, take)
    asked_s = time.monotonic()
    pulse.suspend("booth", True)
    slept_s = time.monotonic()
    noticed_s, trouble = worker.timed(Trouble, lambda said: said.kind == "stalled", since=seen)
    assert noticed_s - slept_s < 1.0  # half a second without a callback, on a machine that others use too
    assert trouble.why.remedy
    WAIT(seconds - (time.monotonic() - slept_s))
    least_s = time.monotonic() - slept_s
    pulse.suspend("booth", False)
    most_s = time.monotonic() - asked_s
    worker.wait(Trouble, lambda said: said.kind == "stalled" and said.over, since=seen)
    on_disk(worker, 24000)
    finished = finish(worker)

    sound = read_take(folder, take)
    gaps = [mark for mark in read_marks(folder / "takes" / take) if mark.kind == "gap"]
    assert sum(segment.length for segment in finished.segments) == len(sound)
    gap = max(gaps, key=lambda mark: mark.length)  # a machine that is busy may make others
    before, inside, after = np.split(sound, [gap.at, gap.at + gap.length])
    assert (inside == 0).all()
    assert lost(before) + lost(after) <= CARD_STEP  # what the card itself threw away when it fell asleep
    # Where the stream was opened anew, the card may have been awake for a moment before; that lies in the gap, too.
    unheard, quiet = across(before, after)
    reopened = (folder / "takes" / take / "001.wav").exists()
    assert unheard <= (REOPENING_S * 48000 if reopened else CARD_STEP)
    tolerance = CARD_STEP + 0.05 * 48000
    assert least_s * 48000 - tolerance <= gap.length + quiet - unheard <= most_s * 48000 + tolerance


def test_a_card_that_falls_asleep_leaves_a_marked_gap_of_the_right_length(
    pulse: Pulse, worker: LiveProcess, tmp_path: Path, injected: Count
) -> None:
    pulse.feed("booth", counter())
    sleeping_card(pulse, worker, tmp_path, 1.5, "short")
    sleeping_card(pulse, worker, tmp_path, 3.5, "reopened")
    injected(2)
    assert sorted(path.name for path in (tmp_path / "takes" / "reopened").glob("*.wav")) == ["000.wav", "001.wav"]


@pytest.mark.full_faults
@pytest.mark.timeout(900)
def test_a_card_that_falls_asleep_twenty_times(
    pulse: Pulse, worker: LiveProcess, tmp_path: Path, injected: Count
) -> None:
    pulse.feed("booth", counter())
    for number in range(20):
        sleeping_card(pulse, worker, tmp_path, 1.0 + number / 10, f"s{number}")
        injected(1)


def frozen_server(pulse: Pulse, worker: LiveProcess, folder: Path, take: str) -> None:
    seen = recording(worker, folder, take)
    pulse.freeze()
    worker.wait(Trouble, lambda said: said.kind == "stalled", since=seen)
    WAIT(1.4)
    pulse.thaw()
    worker.wait(Trouble, lambda said: said.kind == "stalled" and said.over, since=seen)
    on_disk(worker, 48000)
    finish(worker)

    marks = read_marks(folder / "takes" / take)
    dropped = [said.dropped for said in worker.events if isinstance(said, TakeProgress)][-1]
    assert dropped == sum(mark.length for mark in marks if mark.kind == "dropped")
    assert lost(read_take(folder, take)) <= sum(mark.length for mark in marks) + BLOCK


def test_a_burst_after_a_frozen_server_is_kept_whole(
    pulse: Pulse, worker: LiveProcess, tmp_path: Path, injected: Count
) -> None:
    pulse.feed("booth", counter())
    frozen_server(pulse, worker, tmp_path, "burst")
    injected(1)


def killed_server(pulse: Pulse, worker: LiveProcess, folder: Path, take: str) -> None:
    first = pulse.feed("booth", counter())
    seen = recording(worker, folder, take)
    died_s = time.monotonic()
    pulse.kill()
    noticed_s, _ = worker.timed(Trouble, lambda said: said.kind in ("server_lost", "device_lost"), since=seen)
    first.stop()
    pulse.start()
    back_s = time.monotonic()
    second = pulse.feed("booth", counter())
    worker.timed(Trouble, lambda said: said.kind == "server_lost" and said.over, since=seen)
    open_s, _ = worker.timed(AudioState, lambda said: said.open_input == "Monitor of booth", since=seen + 1)
    assert noticed_s - died_s < 1.0
    assert open_s - back_s < 3.0
    until(lambda: _counts_again(worker, folder, take), 60, "sound comes again")
    finish(worker)
    second.stop()
    WAIT(0.3)  # what is still on its way from it must not be heard in the next take

    sound = read_take(folder, take)
    (gap,) = (mark for mark in read_marks(folder / "takes" / take) if mark.kind == "gap")
    assert (sound[gap.at : gap.at + gap.length] == 0).all()
    before, after = sound[: gap.at], sound[gap.at + gap.length :]
    assert lost(before) == 0, stretches(before)
    assert lost(after) == 0, stretches(after)


def _counts_again(worker: LiveProcess, folder: Path, take: str) -> bool:
    second = folder / "takes" / take / "001.wav"
    return second.exists() and second.stat().st_size > 4 * 48000


def test_a_killed_server_costs_a_marked_gap_and_recording_goes_on(
    pulse: Pulse, worker: LiveProcess, tmp_path: Path, injected: Count
) -> None:
    killed_server(pulse, worker, tmp_path, "server")
    injected(1)


@pytest.mark.full_faults
@pytest.mark.timeout(1800)
def test_a_server_killed_twenty_times(pulse: Pulse, worker: LiveProcess, tmp_path: Path, injected: Count) -> None:
    for number in range(20):
        killed_server(pulse, worker, tmp_path, f"k{number}")
        injected(1)


def unplugged_microphone(pulse: Pulse, worker: LiveProcess, folder: Path, take: str) -> None:
    first = pulse.feed("booth", counter())
    seen = recording(worker, folder, take)
    pulled_s = time.monotonic()
    pulse.unplug("booth")
    asking_s = time.monotonic() - pulled_s
    noticed_s, trouble = worker.timed(Trouble, lambda said: said.kind == "device_lost", since=seen)
    assert noticed_s - pulled_s < 1.0 + 3 * asking_s  # the studio has to ask the same program as we
    assert "Monitor of booth" in trouble.why.title
    WAIT(1.0)
    first.stop()
    pulse.plug("booth")
    second = pulse.feed("booth", counter())
    worker.wait(Trouble, lambda said: said.kind == "device_lost" and said.over, since=seen)
    until(lambda: _counts_again(worker, folder, take), 60, "sound comes again")
    finish(worker)
    second.stop()
    WAIT(0.3)  # what is still on its way from it must not be heard in the next take

    sound = read_take(folder, take)
    marks = read_marks(folder / "takes" / take)
    (gap,) = (mark for mark in marks if mark.kind == "gap")
    assert _unmarked_strangeness(sound, marks) == 0
    assert (sound[gap.at : gap.at + gap.length] == 0).all()


def _unmarked_strangeness(sound: "np.ndarray[tuple[int], np.dtype[np.float32]]", marks: tuple[Mark, ...]) -> int:
    """Samples between the unplugging and the gap that no mark covers: they may come from another device."""
    (gap,) = (mark for mark in marks if mark.kind == "gap")
    counting = [part for part in stretches(sound[: gap.at]) if part.number >= 0]
    whole_until = counting[-1].at + counting[-1].length
    covered = np.zeros(len(sound), bool)
    for mark in marks:
        covered[mark.at : mark.at + mark.length] = True
    return int((~covered[whole_until : gap.at]).sum())


def test_an_unplugged_microphone_is_said_at_once_and_never_replaced_in_silence(
    pulse: Pulse, worker: LiveProcess, tmp_path: Path, injected: Count
) -> None:
    unplugged_microphone(pulse, worker, tmp_path, "unplugged")
    injected(1)


@pytest.mark.full_faults
@pytest.mark.timeout(1800)
def test_a_microphone_unplugged_twenty_times(
    pulse: Pulse, worker: LiveProcess, tmp_path: Path, injected: Count
) -> None:
    for number in range(20):
        unplugged_microphone(pulse, worker, tmp_path, f"u{number}")
        injected(1)


def test_a_stream_moved_to_another_microphone_is_said_and_marked(
    pulse: Pulse, worker: LiveProcess, tmp_path: Path
) -> None:
    pulse.feed("booth", counter())
    seen = recording(worker, tmp_path)
    (stream,) = (line.split()[0] for line in pulse.pactl("list", "short", "source-outputs").splitlines())
    pulse.pactl("move-source-output", stream, "stage.monitor")
    trouble = worker.wait(Trouble, lambda said: said.kind == "rerouted", since=seen)
    assert "Monitor of booth" in trouble.why.title
    on_disk(worker, 24000)
    pulse.pactl("move-source-output", stream, "booth.monitor")
    worker.wait(Trouble, lambda said: said.kind == "rerouted" and said.over, since=seen)
    finish(worker)

    (mark,) = (mark for mark in read_marks(tmp_path / "takes" / "take") if mark.kind == "device")
    assert mark.length > 24000


def test_a_microphone_that_is_not_there_is_refused_by_name(worker: LiveProcess, tmp_path: Path) -> None:
    seen = worker.send(OpenAudio(input="Rode NT-USB"), record_into(tmp_path, "take"))
    refused = worker.wait(Refused, since=seen)

    assert refused.why.title == "Rode NT-USB is not used."
    assert not (tmp_path / "takes").exists()


def test_a_muted_microphone_is_noticed_after_three_seconds(pulse: Pulse, worker: LiveProcess) -> None:
    pulse.feed("booth", counter())
    seen = worker.send(BOOTH, Meter(on=True))
    worker.wait(AudioState, lambda said: bool(said.open_input), since=seen)
    WAIT(1.0)
    assert not any(isinstance(said, Trouble) and said.kind == "silent" for said in worker.events)
    pulse.mute("booth", True)
    muted_s = time.monotonic()
    noticed_s, _ = worker.timed(Trouble, lambda said: said.kind == "silent", since=seen)
    assert 2.5 < noticed_s - muted_s < 4.5
    pulse.mute("booth", False)
    worker.wait(Trouble, lambda said: said.kind == "silent" and said.over, since=seen)


def test_a_44_1_khz_card_is_heard_and_recorded_at_the_right_pitch(tmp_path: Path) -> None:
    with Pulse({"old": 44100}) as pulse, LiveProcess(pulse.environment) as worker:
        pulse.feed("old", tone(440.0, 44100), 44100)
        seen = worker.send(OpenAudio(output="old", input="Monitor of old"), record_into(tmp_path, "take"))
        state = worker.wait(AudioState, lambda said: said.recording, since=seen)
        assert "44.1" in state.resampling
        assert state.device_rate_hz == 44100
        worker.wait(TakeProgress, lambda said: said.frames > 4 * 48000, since=seen)
        finish(worker)
    sound = read_take(tmp_path, "take")[48000:]
    parts = np.split(sound[: len(sound) // 24000 * 24000], len(sound) // 24000)
    spectra = np.abs([np.fft.rfft(part * np.hanning(len(part)), 1 << 20) for part in parts])
    off_hz = np.abs(np.argmax(spectra, axis=1) * 48000 / (1 << 20) - 440)

    assert len(off_hz) >= 5
    assert np.sort(off_hz)[2] < 0.1  # where the server was short of time it played silence in the middle of a part


def test_a_worker_that_slept_itself_marks_the_gap_and_goes_on(
    pulse: Pulse, worker: LiveProcess, tmp_path: Path
) -> None:
    pulse.feed("booth", counter())
    recording(worker, tmp_path)
    os.kill(worker.pid, signal.SIGSTOP)
    WAIT(3.0)
    os.kill(worker.pid, signal.SIGCONT)
    on_disk(worker, 4 * 48000)
    finish(worker)

    sound, marks = read_take(tmp_path, "take"), read_marks(tmp_path / "takes" / "take")
    assert lost(sound) <= sum(mark.length for mark in marks) + CARD_STEP


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may mount a small disk")
@pytest.mark.parametrize("megabytes", [3, 5])
def test_a_full_disk_ends_the_take_cleanly(pulse: Pulse, worker: LiveProcess, tmp_path: Path, megabytes: int) -> None:
    small = tmp_path / "small"
    small.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "none", str(small)], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("this machine does not let us mount a small disk")
    try:
        pulse.feed("booth", counter())
        seen = worker.send(BOOTH, record_into(small, "take", channels=2))
        full = worker.wait(Trouble, lambda said: said.kind == "disk_full", since=seen)
        finished = worker.wait(TakeFinished, since=seen)
        worker.wait(AudioState, lambda said: not said.recording, since=seen + 3)
        sound = read_take(small, "take")
    finally:
        subprocess.run(["umount", "-l", str(small)], check=True)

    assert "kept" in full.why.remedy
    assert finished.warning
    assert sum(segment.length for segment in finished.segments) == len(sound)
    assert len(sound) > 24000
    assert lost(sound) == 0


def test_too_loud_a_microphone_is_said(pulse: Pulse, worker: LiveProcess) -> None:
    pulse.feed("booth", tone(440.0, level=1.0))
    seen = worker.send(BOOTH, Meter(on=True))

    assert worker.wait(Trouble, lambda said: said.kind == "clipping", since=seen).why.remedy


def test_a_howling_monitor_stays_below_full_scale(pulse: Pulse, worker: LiveProcess) -> None:
    """The speaker's own sound is its microphone, with 20 dB more each time round."""
    seen = worker.send(OpenAudio(output="stage", input="Monitor of stage"), Monitor(on=True, gain_db=20.0))
    worker.wait(AudioState, lambda said: said.monitoring and bool(said.open_output), since=seen)
    pulse.feed("stage", tone(300.0, level=0.1))
    heard = subprocess.run(
        [
            "timeout",
            "4",
            "parec",
            "--device=stage.monitor",
            "--raw",
            "--format=float32le",
            "--channels=2",
            "--rate=48000",
        ],
        env=os.environ | pulse.environment,
        capture_output=True,
        check=False,
    )
    peak = float(np.abs(np.frombuffer(heard.stdout[: len(heard.stdout) // 4 * 4], np.float32)).max())

    assert 0.5 < peak <= 1.1001  # ours below full scale, and the stranger's tenth on top


def test_playing_survives_a_server_that_dies(pulse: Pulse, worker: LiveProcess, tmp_path: Path) -> None:
    sound = np.full((48000 * 60, 1), 0.25, np.float32)
    seen = worker.send(BOOTH, project_with(tmp_path, sound), Play(start=0))
    worker.wait(AudioState, lambda said: said.open_output == "stage" and said.playing, since=seen)
    pulse.kill()
    worker.wait(AudioState, lambda said: said.open_output == "", since=seen)
    pulse.start()
    died = len(worker.events)
    state = worker.wait(AudioState, lambda said: said.open_output == "stage", since=died - 1)

    assert state.playing
    with contextlib.closing(worker.series()[1]) as meters:
        until(lambda: (row := meters.latest()) is not None and row[5] > -20, 60, "sound plays again")


def in_the_other_folder(worker: LiveProcess, project: Path, take: str) -> None:
    """The take goes on in the fallback folder, whole, and everybody is told where it is."""
    told = worker.wait(Trouble, lambda said: said.kind == "folder_lost")
    on_disk(worker, 48000)
    acknowledged = [said.frames for said in worker.events if isinstance(said, TakeProgress)][-1]
    finished = finish(worker)

    rescued = paths.rescued(project)
    sound = read_take(rescued, take)
    assert len(sound) >= acknowledged
    assert sum(segment.length for segment in finished.segments) == len(sound)
    assert lost(sound) == 0
    assert str(rescued) in told.why.remedy
    assert str(rescued) in finished.warning


def test_a_folder_that_cannot_be_written_to_sends_the_take_elsewhere(
    pulse: Pulse, worker: LiveProcess, tmp_path: Path, injected: Count
) -> None:
    pulse.feed("booth", counter())
    project = tmp_path / "song"
    project.mkdir()
    (project / "takes").write_text("a file where the folder should be: so even root cannot write there")
    recording(worker, project)
    in_the_other_folder(worker, project, "take")
    injected(1)


def test_a_folder_that_is_deleted_while_recording_costs_nothing(
    pulse: Pulse, worker: LiveProcess, tmp_path: Path, injected: Count
) -> None:
    pulse.feed("booth", counter())
    project = tmp_path / "song"
    recording(worker, project)
    shutil.rmtree(project)
    in_the_other_folder(worker, project, "take")
    injected(1)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may mount a disk")
def test_a_disk_that_is_pulled_out_while_recording_costs_nothing(
    pulse: Pulse, worker: LiveProcess, tmp_path: Path, injected: Count
) -> None:
    disk = tmp_path / "stick"
    disk.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64m", "none", str(disk)], check=False).returncode:
        pytest.skip("this machine does not let us mount a disk")
    try:
        pulse.feed("booth", counter())
        recording(worker, disk / "song")
    finally:
        subprocess.run(["umount", "-l", str(disk)], check=True)
    in_the_other_folder(worker, disk / "song", "take")
    injected(1)


def without_sound(environment: dict[str, str], folder: Path) -> Refused:
    """A worker in this environment stays up, answers everything, and says once why there is no sound."""
    sound = np.full((4800, 1), 0.25, np.float32)
    with LiveProcess(environment) as worker:
        seen = worker.send(OpenAudio(), project_with(folder, sound), ListDevices())
        told = worker.wait(Refused, since=seen)
        assert worker.wait(Devices, since=seen).devices == ()
        seen = worker.send(Play(start=0), Meter(on=False), record_into(folder, "take"))
        worker.wait(Refused, lambda said: said.request == "Play", since=seen)
        worker.wait(Refused, lambda said: said.request == "Record", since=seen)
        worker.wait(Heartbeat, since=seen)
        refused = [said.request for said in worker.events if isinstance(said, Refused)]
    assert refused == ["OpenAudio", "Play", "Record"]
    assert not (folder / "takes").exists()
    return told


def test_a_computer_without_any_sound_system_is_told_so_and_the_worker_lives(tmp_path: Path, injected: Count) -> None:
    """PortAudio aborts a process where ALSA has no configuration."""
    nowhere = {"ALSA_CONFIG_PATH": str(tmp_path / "nowhere"), "PULSE_SERVER": f"unix:{tmp_path}/nobody"}
    told = without_sound(nowhere, tmp_path)
    injected(1)

    assert told.why.title == "No sound system was found."
    assert "editing and export work without" in told.why.remedy


def test_a_computer_without_portaudio_is_told_so_and_the_worker_lives(tmp_path: Path, injected: Count) -> None:
    (tmp_path / "sounddevice.py").write_text("raise OSError('PortAudio library not found')\n")
    told = without_sound({"PYTHONPATH": f"{tmp_path}:{ROOT}"}, tmp_path)
    injected(1)

    assert told.why.code == "audio.none"
    assert "PortAudio library not found" in told.why.detail


def test_a_sound_system_that_answers_late_is_waited_for(pulse: Pulse, tmp_path: Path, injected: Count) -> None:
    """What was asked for meanwhile is not lost: the devices and the project are known once there is sound."""
    with LiveProcess(pulse.environment) as worker:
        probe = next(iter(psutil.Process(worker.pid).children()))
        probe.suspend()
        sound = np.full((48000 * 5, 1), 0.25, np.float32)
        seen = worker.send(BOOTH, project_with(tmp_path, sound))
        assert worker.wait(Refused, since=seen).why.code == "audio.hangs"
        probe.resume()
        until(lambda: not probe.is_running() or probe.status() == psutil.STATUS_ZOMBIE, 60, "the probe answers")
        seen = worker.send(Play(start=0))
        state = worker.wait(AudioState, lambda said: said.playing and bool(said.open_output), since=seen)
        injected(1)

    assert state.open_output == "stage"


class Jump(NamedTuple):
    """Where numbers are missing in a take, or silence lies between them."""

    at: int
    missing: int
    silence: int


def jumps(sound: "np.ndarray[tuple[int], np.dtype[np.float32]]") -> list[Jump]:
    counting = [part for part in stretches(sound) if part.number >= 0]
    return [
        Jump(a.at + a.length, (b.number - a.number - a.length) % COUNTER_PERIOD, b.at - a.at - a.length)
        for a, b in itertools.pairwise(counting)
    ]


def disturbed_callbacks(pulse: Pulse, folder: Path, disturbances: int, seed: int) -> int:
    """Record with a callback that is held up or robbed; every loss is marked in its place, no other; how many were."""
    disturb = {"STALLS": str(folder / "stalls"), "STALLS_SEED": str(seed), "STALLS_MOST": str(disturbances)}
    with LiveProcess(pulse.environment | disturb, "tests.helpers.stalling_worker") as worker:
        seen = worker.send(BOOTH, record_into(folder, "take"))
        until(lambda: _injected(folder / "stalls") >= disturbances, 30 + 6 * disturbances, "everything was injected")
        on_disk(worker, 3 * 48000)
        finish(worker)
        told = [said.count for said in worker.events[seen:] if isinstance(said, Trouble) and said.kind == "dropped"]

    words = [line.split() for line in (folder / "stalls").read_text().splitlines()]
    losses = [int(line[2]) for line in words if line[0] == "lost"]
    real = sum(line[0] == "real" for line in words)
    sound, marks = read_take(folder, "take"), read_marks(folder / "takes" / "take")
    xruns = [mark.at for mark in marks if mark.kind == "xrun"]
    gaps = {mark.at: mark.length for mark in marks if mark.kind == "gap"}
    assert len(marks) == len(xruns) + len(gaps)
    assert len(losses) <= len(xruns) <= len(losses) + real
    assert told[: len(xruns)] == list(range(1, len(xruns) + 1))
    places = jumps(sound)
    assert [jump.missing for jump in places if jump.missing] == losses
    for jump in places:
        if jump.missing:
            assert jump.at in xruns
        if jump.silence:
            assert gaps.pop(jump.at) == jump.silence
        if not real and not _paused(words):  # otherwise a gap of the machine's own may lie so near that both are one
            assert abs(jump.silence - jump.missing) <= BLOCK
    assert not gaps
    return disturbances


def _injected(stalls: Path) -> int:
    """How many disturbances were made so far; what happened by itself is not counted."""
    lines = stalls.read_text().splitlines() if stalls.exists() else []
    return sum(line.startswith(("lost", "held")) for line in lines)


def _paused(words: list[list[str]]) -> bool:
    return any(line[0] == "late" for line in words)


def test_every_dropout_is_marked_where_it_was_and_none_is_invented(
    pulse: Pulse, tmp_path: Path, injected: Count
) -> None:
    injected(disturbed_callbacks(pulse, tmp_path, 6, seed=3))


@pytest.mark.full_faults
@pytest.mark.timeout(900)
def test_a_hundred_disturbed_callbacks(pulse: Pulse, tmp_path: Path, injected: Count) -> None:
    injected(disturbed_callbacks(pulse, tmp_path, 100, seed=28))


HOG = """
import time
end_s = time.monotonic() + 5
while time.monotonic() < end_s:
    pass
"""


def test_a_machine_that_is_too_busy_loses_nothing_that_is_not_marked(
    pulse: Pulse, worker: LiveProcess, tmp_path: Path, injected: Count
) -> None:
    """Twice as many busy processes as cores for five seconds, at the same priority."""
    pulse.feed("booth", counter())
    recording(worker, tmp_path)
    hogs = [subprocess.Popen([sys.executable, "-c", HOG]) for _ in range(2 * len(os.sched_getaffinity(0)))]
    try:
        for hog in hogs:
            hog.wait(60)
    finally:
        for hog in hogs:
            hog.kill()
            hog.wait()
    on_disk(worker, 48000)
    finish(worker)
    injected(1)

    sound, marks = read_take(tmp_path, "take"), read_marks(tmp_path / "takes" / "take")
    assert lost(sound) <= sum(mark.length for mark in marks)
