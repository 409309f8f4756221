"""A private PulseAudio daemon with null sinks, for tests that need a sound card which can be broken on purpose."""

import contextlib
import itertools
import os
import shutil
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import IO, Self

import numpy as np
from numpy.typing import NDArray

_START_S = 60.0
_NULL_SINK = (
    "load-module module-null-sink sink_name={name} rate={rate} channels=2 format=float32le "
    "sink_properties=device.description={name}"
)


def missing() -> str:
    """Why no daemon can be started here, or "" when one can."""
    absent = [tool for tool in ("pulseaudio", "pactl", "pacat", "parec") if shutil.which(tool) is None]
    return f"not installed: {', '.join(absent)}" if absent else ""


def until(true: Callable[[], object], seconds: float, what: str) -> None:
    """Return as soon as `true()` is; fail the test when it is not within so many seconds."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, f"not within {seconds} s: {what}"
        _PAUSE.wait(0.01)


_PAUSE = threading.Event()


class Feed:
    """A stranger's program that plays a sound into a sink, 20 ms ahead, until it is stopped or the sound is over."""

    def __init__(
        self,
        sink: str,
        blocks: Iterator[NDArray[np.float32]],
        rate_hz: int,
        environment: dict[str, str],
        latency_ms: int,
    ) -> None:
        self._player = subprocess.Popen(
            ["pacat", "--playback", "--raw", f"--device={sink}", f"--rate={rate_hz}", "--channels=2",
             "--format=float32le", f"--latency-msec={latency_ms}", "--client-name=stranger"],
            env=environment, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        self._writer = threading.Thread(target=self._write, args=(blocks,), name="feed", daemon=True)
        self._writer.start()

    def _write(self, blocks: Iterator[NDArray[np.float32]]) -> None:
        assert self._player.stdin is not None
        with contextlib.suppress(BrokenPipeError):
            for block in blocks:
                self._player.stdin.write(np.ascontiguousarray(block, "<f4").tobytes())
                self._player.stdin.flush()
        with contextlib.suppress(BrokenPipeError):
            self._player.stdin.close()

    def stop(self) -> None:
        self._player.kill()
        self._player.wait()
        self._writer.join()


def counter(rate_hz: int = 48000) -> Iterator[NDArray[np.float32]]:
    """Endless blocks of a signal whose every sample says its number modulo 2**22, exactly, the same left and right."""
    for start in itertools.count(step=rate_hz // 100):
        yield counted(np.arange(start, start + rate_hz // 100))


COUNTER_PERIOD = 1 << 22


def counted(numbers: NDArray[np.int64]) -> NDArray[np.float32]:
    """The stereo samples that say these numbers."""
    return np.repeat((numbers % COUNTER_PERIOD / COUNTER_PERIOD).astype(np.float32)[:, None], 2, axis=1)


def tone(hz: float, rate_hz: int = 48000, level: float = 0.25) -> Iterator[NDArray[np.float32]]:
    """An endless stereo sine."""
    for start in itertools.count(step=rate_hz // 100):
        phase = 2 * np.pi * hz * np.arange(start, start + rate_hz // 100) / rate_hz
        yield np.repeat((level * np.sin(phase)).astype(np.float32)[:, None], 2, axis=1)


def _blocks(sound: IO[bytes], frames: int) -> Iterator[NDArray[np.float32]]:
    with contextlib.suppress(ValueError):  # closed meanwhile
        while len(piece := sound.read(frames * 8)) == frames * 8:
            yield np.frombuffer(piece, "<f4").reshape(-1, 2)


class Pulse:
    """One daemon with its own home, socket and null sinks "stage" and "booth"; works for root as for anybody else.

    Whatever is fed to a sink comes out of its monitor, so "Monitor of booth" is a microphone that hears what a test
    plays into `booth`.
    """

    def __init__(self, sinks: Mapping[str, int] | None = None, step_ms: int = 20) -> None:
        """`sinks` gives names and rates; `step_ms` is how coarsely these cards work, and so how well they tell time."""
        self._step_ms = step_ms
        self._sinks = dict(sinks or {"stage": 48000, "booth": 48000})
        self._home = Path(tempfile.mkdtemp(prefix="melisma-pulse-"))
        self._home.chmod(0o700)
        self._daemon: subprocess.Popen[bytes] | None = None
        self._feeds: list[Feed] = []
        self._silences: list[Feed] = []
        (self._home / "client.conf").write_text("autospawn = no\nenable-shm = no\n")
        rate_hz = next(iter(self._sinks.values()))
        (self._home / "daemon.conf").write_text(
            f"default-sample-rate = {rate_hz}\nalternate-sample-rate = {rate_hz}\nresample-method = speex-float-5\n"
        )
        (self._home / "asound.conf").write_text(
            "pcm.pulse { type pulse\n hint { show on\n description pulse } }\nctl.pulse { type pulse }\n"
            "pcm.!default { type pulse\n hint { show on\n description pulse } }\nctl.!default { type pulse }\n"
        )

    @property
    def environment(self) -> dict[str, str]:
        """What a child process needs in its environment to find this daemon and no other."""
        return {
            "HOME": str(self._home),
            "XDG_RUNTIME_DIR": str(self._home),
            "PULSE_RUNTIME_PATH": str(self._home / "run"),
            "PULSE_STATE_PATH": str(self._home),
            "PULSE_SERVER": f"unix:{self._home}/native",
            "PULSE_CONFIG": str(self._home / "daemon.conf"),
            "PULSE_CLIENTCONFIG": str(self._home / "client.conf"),
            "ALSA_CONFIG_PATH": str(self._home / "asound.conf"),
            "DBUS_SESSION_BUS_ADDRESS": "disabled:",
        }

    @property
    def pid(self) -> int:
        """The daemon's process."""
        assert self._daemon is not None
        return self._daemon.pid

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
        shutil.rmtree(self._home, ignore_errors=True)

    def start(self) -> None:
        """Start the daemon, also again after `kill`, and wait until it answers."""
        (self._home / "run").mkdir(exist_ok=True)
        (self._home / "native").unlink(missing_ok=True)
        script = self._home / "setup.pa"
        lines = [f"load-module module-native-protocol-unix socket={self._home}/native auth-anonymous=1"]
        lines += [_NULL_SINK.format(name=name, rate=rate) for name, rate in self._sinks.items()]
        first = next(iter(self._sinks))
        lines += [f"set-default-sink {first}", f"set-default-source {first}.monitor"]
        script.write_text("\n".join(lines) + "\n")
        self._daemon = subprocess.Popen(
            ["pulseaudio", "-n", "-F", str(script), "--daemonize=no", "--exit-idle-time=-1", "--use-pid-file=no",
             "--disallow-exit", "--log-target=stderr", "--log-level=error", "--realtime=no", "--high-priority=no"],
            env=os.environ | self.environment,
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        until(lambda: self._answers(first), _START_S, "the PulseAudio daemon answers")
        for name in self._sinks:
            self._keep_awake(name)

    def _keep_awake(self, sink: str) -> None:
        """Make a null sink work in steps of 20 ms, as a card does; alone it sleeps two seconds at a time."""
        before = self.pactl("list", "short", "sink-inputs").count("\n")
        self.feed(sink, itertools.repeat(np.zeros((960, 2), np.float32)))
        self._silences.append(self._feeds.pop())
        until(lambda: self.pactl("list", "short", "sink-inputs").count("\n") > before, _START_S, "the silence plays")
        for on in (True, False):  # wakes it from the first long sleep
            self.suspend(sink, on)

    def _answers(self, sink: str) -> bool:
        asked = subprocess.run(
            ["pactl", "list", "short", "sinks"], env=os.environ | self.environment, capture_output=True, check=False
        )
        return sink.encode() in asked.stdout

    def pactl(self, *words: str) -> str:
        """Run one pactl command and return what it printed."""
        done = subprocess.run(
            ["pactl", *words], env=os.environ | self.environment, capture_output=True, text=True, check=True
        )
        return done.stdout

    def kill(self) -> None:
        """SIGKILL the daemon, as a crash would."""
        assert self._daemon is not None
        self._daemon.kill()
        self._daemon.wait()

    def freeze(self) -> None:
        """SIGSTOP the daemon: it is there but does nothing until `thaw`."""
        os.kill(self.pid, signal.SIGSTOP)

    def thaw(self) -> None:
        """Let a frozen daemon run on."""
        os.kill(self.pid, signal.SIGCONT)

    def suspend(self, sink: str, on: bool) -> None:
        """Suspend a sink and its monitor, as a sleeping card is, or wake it."""
        self.pactl("suspend-sink", sink, str(int(on)))

    def mute(self, sink: str, on: bool) -> None:
        """Mute the microphone that hears this sink."""
        self.pactl("set-source-mute", f"{sink}.monitor", str(int(on)))

    def unplug(self, sink: str) -> None:
        """Take a sink away, and the microphone that hears it."""
        for index, name, argument in self._modules():
            if name == "module-null-sink" and f"sink_name={sink} " in f"{argument} ":
                self.pactl("unload-module", index)

    def plug(self, sink: str) -> None:
        """Bring a sink back."""
        self.pactl(*_NULL_SINK.format(name=sink, rate=self._sinks.get(sink, 48000)).split())
        self._keep_awake(sink)

    def _modules(self) -> list[tuple[str, str, str]]:
        rows = [line.split("\t") for line in self.pactl("list", "short", "modules").splitlines()]
        return [(row[0], row[1], row[2] if len(row) > 2 else "") for row in rows]

    def feed(self, sink: str, blocks: Iterator[NDArray[np.float32]], rate_hz: int = 48000) -> Feed:
        """Play blocks of float32 (n, 2) into a sink: what its monitor then hears."""
        feed = Feed(sink, blocks, rate_hz, os.environ | self.environment, self._step_ms)
        self._feeds.append(feed)
        return feed

    @contextlib.contextmanager
    def listen(self, sink: str, rate_hz: int = 48000) -> Iterator[Iterator[NDArray[np.float32]]]:
        """A stranger's program that hears what a sink plays, in blocks of 10 ms of float32 (n, 2)."""
        with subprocess.Popen(
            ["parec", "--raw", f"--device={sink}.monitor", f"--rate={rate_hz}", "--channels=2",
             "--format=float32le", f"--latency-msec={self._step_ms}"],
            env=os.environ | self.environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        ) as recorder:  # fmt: skip
            assert recorder.stdout is not None
            try:
                yield _blocks(recorder.stdout, rate_hz // 100)
            finally:
                recorder.kill()

    def hush(self) -> None:
        """Stop all that is fed to the sinks: a test that failed must not be heard in the next one."""
        for feed in self._feeds:
            feed.stop()
        self._feeds.clear()

    def stop(self) -> None:
        """End the daemon and everything that was started beside it."""
        self.hush()
        for silence in self._silences:
            silence.stop()
        self._silences.clear()
        if self._daemon is not None:
            self._daemon.send_signal(signal.SIGCONT)
            self._daemon.kill()
            self._daemon.wait()
