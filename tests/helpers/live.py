"""The live worker as a bare process, spoken to in frames, with every event kept and timed."""

import contextlib
import itertools
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Literal, NamedTuple, Self, TypeVar

import numpy as np
import psutil
import soundfile
from numpy.typing import NDArray

from studio.ipc.series import Series
from studio.media.wav import Frames, WavWriter
from studio.model.project import Clip, ClipId, Media, MediaId, Project, Track, TrackId
from studio.protocol.common import Heartbeat, Ready
from studio.protocol.live import AudioState, LoadProject, Record, TakeProgress
from studio.protocol.messages import Event, Request
from studio.protocol.wire import Frames as WireFrames
from studio.protocol.wire import decode_event, frame
from tests.helpers.pulse import COUNTER_PERIOD, until

RATE_HZ = 48000
_Kind = TypeVar("_Kind", bound=Event)
_ROOT = Path(__file__).parents[2]
_SERVERS_OWN = 48
_SERVERS_OWN_BESIDE_SILENCE = 120
_SILENCE = 240


class LiveProcess:
    """Start it, send requests, wait for events; killed at the end."""

    def __init__(self, environment: Mapping[str, str], module: str = "studio.workers", role: str = "live") -> None:
        self._module = module
        self._role = role
        self._said: list[tuple[float, Event]] = []
        self._news = threading.Condition()
        self._environment = (
            os.environ | {"PYTHONPATH": str(_ROOT)} | dict(environment) | {"STUDIO_PARENT": str(os.getpid())}
        )
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    @property
    def events(self) -> tuple[Event, ...]:
        """Everything that it said, in order."""
        with self._news:
            return tuple(event for _time, event in self._said)

    def start(self) -> None:
        """Start it, also again, and wait until it is ready."""
        seen = len(self.events)
        self._process = subprocess.Popen(
            [sys.executable, "-m", self._module, self._role],
            env=self._environment,
            cwd=_ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL if not os.environ.get("LIVE_STDERR") else None,
        )
        threading.Thread(target=self._listen, args=(self._process,), daemon=True).start()
        self.wait(Ready, since=seen, seconds=60.0)

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self.kill()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.kill()

    def send(self, *requests: Request) -> int:
        """Send requests; returns how many events had been said before, for `wait(since=...)`."""
        assert self._process is not None
        assert self._process.stdin is not None
        seen = len(self.events)
        for request in requests:
            self._process.stdin.write(frame(request))
        self._process.stdin.flush()
        return seen

    def wait(
        self,
        kind: type[_Kind],
        so: Callable[[_Kind], bool] = lambda _event: True,
        *,
        since: int = 0,
        seconds: float = 60.0,
    ) -> _Kind:
        """Return the first event of that kind, from number `since` on, that is so."""
        return self.timed(kind, so, since=since, seconds=seconds)[1]

    def timed(
        self,
        kind: type[_Kind],
        so: Callable[[_Kind], bool] = lambda _event: True,
        *,
        since: int = 0,
        seconds: float = 60.0,
    ) -> tuple[float, _Kind]:
        """Like `wait`, with the CLOCK_MONOTONIC time at which it arrived."""
        deadline = time.monotonic() + seconds
        looked = since
        with self._news:
            while True:
                for when, event in self._said[looked:]:
                    if isinstance(event, kind) and so(event):
                        return when, event
                looked = len(self._said)
                left = deadline - time.monotonic()
                told = [said for _, said in self._said[since:] if not isinstance(said, Heartbeat)]
                assert left > 0, f"no {kind.__name__} as awaited; said since: {_brief(told)}"
                self._news.wait(left)

    def kill(self) -> None:
        """SIGKILL it."""
        assert self._process is not None
        assert self._process.stdin is not None
        self._process.send_signal(signal.SIGCONT)
        started = psutil.Process(self._process.pid).children(recursive=True) if self._process.poll() is None else []
        self._process.kill()
        self._process.wait()
        self._process.stdin.close()
        until(lambda: not any(_lives(child) for child in started), 30.0, "nothing outlives the worker")
        for path in Path("/dev/shm").glob(f"melisma-{self._process.pid}-*"):  # noqa: S108
            path.unlink()  # what the desktop's janitor does at its next start

    def series(self) -> tuple[Series, Series]:
        """The playhead and the meters."""
        state = self.wait(AudioState)
        return Series.attach(state.playhead), Series.attach(state.meters)

    def _listen(self, process: subprocess.Popen[bytes]) -> None:
        assert process.stdout is not None
        frames = WireFrames()
        with process.stdout as outlet:
            while data := os.read(outlet.fileno(), 65536):
                for body in frames.feed(data):
                    with self._news:
                        self._said.append((time.monotonic(), decode_event(body)))
                        self._news.notify_all()


def _brief(told: Sequence[Event]) -> list[Event]:
    """The last of what was said, without the regular reports in between."""
    telling = [said for said in told if not isinstance(said, TakeProgress)]
    return [*telling[-12:], *told[-1:]]


def _lives(process: psutil.Process) -> bool:
    with contextlib.suppress(psutil.NoSuchProcess):
        return bool(process.status() != psutil.STATUS_ZOMBIE)
    return False


def project_with(folder: Path, sound: Frames, rate_hz: int = RATE_HZ) -> LoadProject:
    """A saved project of one track with this sound from sample 0 on, as the request that loads it."""
    name = f"media/{len(list(folder.glob('media/*')))}.wav"
    (folder / "media").mkdir(parents=True, exist_ok=True)
    with WavWriter(folder / name, rate_hz, sound.shape[1]) as wav:
        wav.write(sound)
    media = Media(
        id=MediaId(name), name="sound", file=name, rate_hz=rate_hz, channels=sound.shape[1], length=len(sound)
    )
    clip = Clip(id=ClipId("c"), media=media.id, source_start=0, start=0, length=len(sound))
    track = Track(id=TrackId("t"), name="track", clips=(clip,))
    return LoadProject(project=Project(rate_hz=rate_hz, tracks=(track,), media=(media,)), project_dir=str(folder))


def record_into(folder: Path, take: str, channels: Literal[1, 2] = 1) -> Record:
    """The request that records a take into a project's folder, without playing along."""
    return Record(
        take=take, folder=str(folder / "takes" / take), start=0, track="t", channels=channels, play_along=False
    )


class Stretch(NamedTuple):
    """Samples of a take from `at` on that count up from `number`; a stretch of silence has the number -1."""

    at: int
    length: int
    number: int


def stretches(sound: NDArray[np.float32]) -> tuple[Stretch, ...]:
    """Cut what was recorded of the counting signal wherever it does not go on counting."""
    numbers = np.rint(sound.astype(np.float64) * COUNTER_PERIOD).astype(np.int64)
    silent = (numbers == 0) & np.concatenate((numbers[1:] != 1, [True]))
    goes_on = np.where(silent[1:] | silent[:-1], silent[1:] == silent[:-1], np.diff(numbers) % COUNTER_PERIOD == 1)
    cuts = np.flatnonzero(~goes_on) + 1
    edges = [0, *cuts.tolist(), len(numbers)]
    return tuple(
        Stretch(start, stop - start, -1 if silent[start] else int(numbers[start]))
        for start, stop in itertools.pairwise(edges)
        if stop > start
    )


def lost(sound: NDArray[np.float32]) -> int:
    """Samples of the counting signal that are missing between its first and its last in a take.

    A player that is late makes a sound server play silence and skip about as much: `parec` hears the same, and is
    then short of some samples each time, too: of up to 96 where it was silent for 10 ms and more on a machine with a
    load of 10. So a jump in the numbers is a loss where it is longer than the silence before it by more than a
    millisecond, or than two and a half where that silence shows that the server had nothing to play. (Silence that
    the recorder puts in is marked as a gap.)
    """
    counting = [stretch for stretch in stretches(sound) if stretch.number >= 0]
    jumps = [(_signed(b.number - a.number - a.length), b.at - a.at - a.length) for a, b in itertools.pairwise(counting)]
    losses = (
        (jump - silence if jump >= 0 else -jump, _SERVERS_OWN_BESIDE_SILENCE if silence > _SILENCE else _SERVERS_OWN)
        for jump, silence in jumps
    )
    return sum(loss for loss, allowed in losses if loss > allowed)


def across(before: NDArray[np.float32], after: NDArray[np.float32]) -> tuple[int, int]:
    """How many numbers of the counting signal are missing between two sounds, and how much silence lies there."""
    last = [stretch for stretch in stretches(before) if stretch.number >= 0][-1]
    first = next(stretch for stretch in stretches(after) if stretch.number >= 0)
    return _signed(first.number - last.number - last.length), len(before) - last.at - last.length + first.at


def _signed(jump: int) -> int:
    return (jump + COUNTER_PERIOD // 2) % COUNTER_PERIOD - COUNTER_PERIOD // 2


def read_take(folder: Path, take: str) -> NDArray[np.float32]:
    """The left channel of a whole take, read by another program's library than the one that wrote it."""
    parts = [
        soundfile.read(path, dtype="float32", always_2d=True)[0][:, 0]
        for path in sorted((folder / "takes" / take).glob("*.wav"))
    ]
    return np.concatenate(parts)
