"""How soon a change of pitch at the microphone is seen: a null sink of a sound server of its own stands for the room.

A tone jumps from note to note on the left, which the live worker hears; on the right a mark says when. Another program
hears the marks at the same microphone, so that neither the player's delay nor the worker's own clock counts.
`python -m studio.cli.bench_live_pitch` is the part that runs within the server's environment.
"""

import contextlib
import itertools
import json
import math
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from studio import paths
from studio.errors import StudioError
from studio.model.pitch import hz_to_midi, note_name

_RATE_HZ: Final = 48000
_STEPS: Final = 44
_LOW_STEPS: Final = 18
_OCTAVES: Final = 12  # leaps, with another note before each: all together are fewer than there are marks
_LONGEST_S, _SHORTEST_S = 0.65, 0.35
_SUNG_HZ: Final = (196.0, 784.0)
_LOW_HZ: Final = (98.0, 196.0)
_LEAST_CENTS, _MOST_CENTS = 150.0, 950.0
_NEAR_CENTS: Final = 50.0
_MARKS: Final = 128
_SETTLED_S: Final = 2.0
_PATIENCE_S: Final = 240.0
_LOADING_S: Final = 150.0
_GOAL_MS: Final = 50.0
_CARD_MS: Final = 5
_BLOCK: Final = 480

Sound = NDArray[np.float32]


def bench_live_pitch() -> dict[str, object]:
    """Milliseconds from a step of a tone at the microphone to the point that shows it, as a reader sees it."""
    absent = [tool for tool in ("pulseaudio", "pactl", "pacat", "parec") if shutil.which(tool) is None]
    if absent:
        raise StudioError(
            "bench.live-pitch",
            "The live pitch was not measured.",
            cause=f"Not installed: {', '.join(absent)}.",
            remedy="Install them with the system's package manager (pulseaudio, pulseaudio-utils).",
        )
    with tempfile.TemporaryDirectory() as folder, _server(Path(folder)) as environment:
        done = subprocess.run(
            [sys.executable, "-m", "studio.cli.bench_live_pitch"],
            env=environment,
            stdout=subprocess.PIPE,
            timeout=_PATIENCE_S,
            check=True,
        )
    found: dict[str, object] = json.loads(done.stdout.splitlines()[-1])
    return found


@contextmanager
def _server(home: Path) -> Iterator[dict[str, str]]:
    """A PulseAudio daemon with a null sink that works in short steps, as a card does; its environment."""
    home.chmod(0o700)
    (home / "client.conf").write_text("autospawn = no\nenable-shm = no\n")
    (home / "asound.conf").write_text(
        "pcm.pulse { type pulse\n hint { show on\n description pulse } }\nctl.pulse { type pulse }\n"
        "pcm.!default { type pulse\n hint { show on\n description pulse } }\nctl.!default { type pulse }\n"
    )
    (home / "setup.pa").write_text(
        f"load-module module-native-protocol-unix socket={home}/native auth-anonymous=1\n"
        f"load-module module-null-sink sink_name=room rate={_RATE_HZ} channels=2 format=float32le\n"
        "set-default-sink room\nset-default-source room.monitor\n"
    )
    environment = os.environ | {
        "STUDIO_CACHE": str(paths.cache()),  # what is compiled lies there
        "HOME": str(home),
        "XDG_RUNTIME_DIR": str(home),
        "PULSE_RUNTIME_PATH": str(home),
        "PULSE_STATE_PATH": str(home),
        "PULSE_SERVER": f"unix:{home}/native",
        "PULSE_CLIENTCONFIG": str(home / "client.conf"),
        "ALSA_CONFIG_PATH": str(home / "asound.conf"),
        "DBUS_SESSION_BUS_ADDRESS": "disabled:",
    }
    words = [
        "-n",
        "--daemonize=no",
        "--exit-idle-time=-1",
        "--use-pid-file=no",
        "--disallow-exit",
        "--log-target=stderr",
    ]
    with subprocess.Popen(  # noqa: S603 fixed words
        ["pulseaudio", "-F", str(home / "setup.pa"), *words, "--realtime=no", "--high-priority=no"],  # noqa: S607
        env=environment,
        stderr=subprocess.DEVNULL,
    ) as daemon:
        try:
            _until(lambda: (home / "native").exists(), 10.0, "the sound server answers")
            yield environment
        finally:
            daemon.kill()


class _Step(NamedTuple):
    at: int
    hz: float
    part: str


def _score(seed: int) -> tuple[Sound, list[_Step]]:
    """A voice-like tone that jumps, shape (samples, 2), and where to; the mark on the right is the step's number.

    First between G3 and G5 by a second to a sixth, as melodies do ("sung"), then an octave lower ("low"): to tell a low
    note takes a few of its periods, and so longer. At the end octaves up and down between G3 and G5 ("octave"), each
    from another note: of a higher one every period is a period of the lower one too.
    """
    chance = np.random.default_rng(seed)
    steps = _STEPS + _LOW_STEPS
    hz = [_SUNG_HZ[0] * 1.2]
    while len(hz) <= steps:
        low, high = np.log(_SUNG_HZ if len(hz) <= _STEPS else _LOW_HZ)
        new = float(np.exp(chance.uniform(low, high)))
        if _LEAST_CENTS < abs(1200 * np.log2(new / hz[-1])) < _MOST_CENTS or len(hz) == _STEPS + 1:
            hz.append(new)
    lengths_s = chance.uniform(_SHORTEST_S, _LONGEST_S, steps + 1)
    parts = ["sung"] * _STEPS + ["low"] * _LOW_STEPS + ["", "octave"] * _OCTAVES
    for number in range(_OCTAVES):
        lower_hz = float(np.exp(chance.uniform(np.log(_SUNG_HZ[0]), np.log(_SUNG_HZ[1] / 2))))
        hz += [lower_hz, 2 * lower_hz] if number % 2 == 0 else [2 * lower_hz, lower_hz]
    lengths_s = np.concatenate((lengths_s, chance.uniform(_SHORTEST_S, _LONGEST_S, 2 * _OCTAVES)))
    lengths = (lengths_s * _RATE_HZ).astype(int)
    lengths[0] += round(_SETTLED_S * _RATE_HZ)
    phase = 2 * np.pi * np.cumsum(np.repeat(hz, lengths)) / _RATE_HZ
    tone = np.sum([np.sin(k * phase) / k for k in range(1, 6)], axis=0)
    marks = np.repeat(np.arange(len(hz)), lengths) / (2.0 * _MARKS)
    starts = np.cumsum(lengths)[:-1]
    sound = np.stack((0.3 * tone / np.abs(tone).max(), marks), axis=1).astype(np.float32)
    score = [_Step(int(at), one, part) for at, one, part in zip(starts, hz[1:], parts, strict=True)]
    return sound, score


class _Witness:
    """Another program that hears the same microphone, and when each sample of it was there at the earliest."""

    def __init__(self) -> None:
        self._program = subprocess.Popen(  # noqa: S603 fixed words
            ["parec", "--device=room.monitor", "--raw", "--format=float32le", "--channels=2",  # noqa: S607
             f"--rate={_RATE_HZ}", f"--latency-msec={_CARD_MS}"],
            stdout=subprocess.PIPE,
        )  # fmt: skip
        self._heard: list[bytes] = []
        self._came: list[tuple[int, float]] = []
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()
        _until(lambda: bool(self._came), 10.0, "the witness hears the room")

    def _listen(self) -> None:
        assert self._program.stdout is not None
        bytes_in = 0
        while data := os.read(self._program.stdout.fileno(), 1 << 16):
            bytes_in += len(data)
            self._came.append((bytes_in // 8, time.monotonic()))
            self._heard.append(data)

    def stop(self) -> dict[int, float]:
        """When each step began to be heard, in CLOCK_MONOTONIC seconds."""
        self._program.kill()
        self._program.wait()
        self._thread.join()
        heard = b"".join(self._heard)
        marks = np.rint(np.frombuffer(heard[: len(heard) // 8 * 8], np.float32)[1::2] * 2.0 * _MARKS).astype(int)
        came = np.array(self._came)
        found: dict[int, float] = {}
        for place in np.flatnonzero(marks[1:] == marks[:-1] + 1):
            near = np.abs(came[:, 0] - place) < _RATE_HZ  # how soon the last sample of a piece is there at best
            clock_s = float(np.min(came[near, 1] - came[near, 0] / _RATE_HZ))
            found[int(marks[place])] = clock_s + float(place + 1) / _RATE_HZ
        return found


def _measure(seed: int) -> dict[str, object]:
    """Play, hear and look; in the sound server's environment."""
    from PySide6.QtCore import QCoreApplication

    from studio.protocol.common import Shutdown
    from studio.protocol.live import AudioState, LivePitch, OpenAudio
    from studio.supervision.worker import Worker

    application = QCoreApplication([])
    worker = Worker("live")
    named: list[str] = []
    worker.said.connect(lambda said: named.append(said.pitch) if isinstance(said, AudioState) and said.pitch else None)
    with _playing(itertools.repeat(np.zeros((_BLOCK, 2), np.float32))):  # so that the card runs all the time
        worker.start()
        worker.send(OpenAudio())
        worker.send(LivePitch(on=True))
        try:
            _until(lambda: bool(named), _LOADING_S, "the tracker is ready", application.processEvents)
            found = _look(named[-1], seed)
        finally:
            worker.send(Shutdown())
            worker.stop(500)
            worker.finish(1000)
    return found


def _look(name: str, seed: int) -> dict[str, object]:
    from studio.ipc.series import Series
    from studio.protocol.live import LIVE_PITCH_FIELDS

    sound, score = _score(seed)
    field = LIVE_PITCH_FIELDS.index("f0_hz")
    came: list[tuple[float, NDArray[np.float64]]] = []
    with contextlib.closing(Series.attach(name)) as points:
        _until(lambda: points.counter > 10, 20.0, "the first points")
        witness = _Witness()
        with _playing(sound[start : start + _BLOCK] for start in range(0, len(sound), _BLOCK)):
            counter = points.counter
            stop_s = time.monotonic() + len(sound) / _RATE_HZ + 1.0
            pause = threading.Event()
            while time.monotonic() < stop_s:
                pause.wait(0.001)
                counter, rows = points.since(counter)
                if len(rows):
                    came.append((time.monotonic(), rows[:, field]))
        began_s = witness.stop()
    seen_s = np.concatenate([np.full(len(hz), when_s) for when_s, hz in came])
    seen_hz = np.concatenate([hz for _when_s, hz in came])
    late_ms: dict[str, list[float]] = {part: [] for part in ("sung", "low", "octave", "")}
    for number, step in enumerate(score):
        begin_s = began_s.get(number, np.inf)
        near = np.abs(1200 * np.log2(seen_hz / step.hz)) < _NEAR_CENTS
        shown_s = seen_s[near & (seen_s > begin_s) & (seen_s < begin_s + _SHORTEST_S)]
        if len(shown_s):
            late_ms[step.part].append(1000 * float(shown_s[0] - begin_s))
    sung = _said(late_ms["sung"])
    seen = sum(len(ms) for ms in late_ms.values())
    return {
        "steps": len(score),
        "played": len(began_s),  # the sound server itself may swallow some where the machine is busy
        "seen": seen,
        "sung_hz": _SUNG_HZ,
        "sung_notes": _names(score, "sung"),
        **sung,
        "low_hz": _LOW_HZ,
        "low_notes": _names(score, "low"),
        "low": _said(late_ms["low"]),
        "octave_notes": _names(score, "octave"),
        "octave": _said(late_ms["octave"]),
        "card_ms": _CARD_MS,
        "goal": f"p95 <= {_GOAL_MS:.0f} ms",
        "ok": seen >= max(0.95 * len(began_s), 30) and sung["ms_p95"] <= _GOAL_MS,
    }


def _names(score: list[_Step], part: str) -> str:
    """The notes that a part leaps to, in their order."""
    return " ".join(note_name(hz_to_midi(step.hz)) for step in score if step.part == part)


def _said(late_ms: list[float]) -> dict[str, float]:
    """The figures of some steps."""
    if not late_ms:
        return {"ms_p50": math.nan, "ms_p95": math.nan, "ms_most": math.nan}
    p50, p95, most = np.quantile(late_ms, (0.5, 0.95, 1.0))
    return {"ms_p50": round(float(p50), 1), "ms_p95": round(float(p95), 1), "ms_most": round(float(most), 1)}


@contextmanager
def _playing(blocks: Iterable[Sound]) -> Iterator[None]:
    """A stranger's program that plays blocks of (samples, 2) into the room."""
    with subprocess.Popen(  # noqa: S603 fixed words
        ["pacat", "--playback", "--raw", "--device=room", f"--rate={_RATE_HZ}", "--channels=2",  # noqa: S607
         "--format=float32le", f"--latency-msec={_CARD_MS}"],
        stdin=subprocess.PIPE, stderr=subprocess.DEVNULL, bufsize=0,
    ) as player:  # fmt: skip
        assert player.stdin is not None
        pipe = player.stdin

        def write() -> None:
            with contextlib.suppress(BrokenPipeError):
                for block in blocks:
                    pipe.write(block.tobytes())

        writer = threading.Thread(target=write, daemon=True)
        writer.start()
        try:
            yield
        finally:
            player.kill()
            player.wait()
            writer.join()


def _until(is_so: Callable[[], bool], seconds: float, what: str, meanwhile: Callable[[], object] = int) -> None:
    """Return as soon as something is so; StudioError when it is not in time."""
    deadline_s = time.monotonic() + seconds
    pause = threading.Event()
    while not is_so():
        meanwhile()
        pause.wait(0.01)
        if time.monotonic() > deadline_s:
            raise StudioError(
                "bench.live-pitch",
                "The live pitch was not measured.",
                cause=f"Not within {seconds:.0f} seconds: {what}.",
                remedy="Try again when the computer has less to do.",
            )


if __name__ == "__main__":
    print(json.dumps(_measure(1)))
