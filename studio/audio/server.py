"""What a PulseAudio or PipeWire server says of its devices, asked through its own program `pactl`."""

import os
import re
import shutil
import subprocess
import threading
import time
from collections.abc import Callable
from typing import Final, TypeVar

import msgspec

from studio.audio.card import Card, Direction
from studio.audio.mortal import mortal

_ASK_S: Final = 3.0
_RETRY_S: Final = 0.5


class Silent(Exception):
    """The server is there but does not answer in time."""


def listed(bridge: int) -> tuple[Card, ...] | None:
    """Return the server's outputs and inputs, microphones before monitors; None where no server answers.

    `bridge` is PortAudio's number of the device that leads to them all.
    """
    answers = _ask(("info",), ("list", "sinks"), ("list", "sources"))
    if answers is None:
        return None
    server, sinks, sources = (
        _decoded(answers[0], _Server),
        _decoded(answers[1], list[_Place]),
        _decoded(answers[2], list[_Place]),
    )
    if server is None or sinks is None or sources is None:
        return None
    outputs = [
        _card(bridge, place, outputs=_channels(place), is_output=place.name == server.default_sink_name)
        for place in sinks
    ]
    inputs = [
        _card(bridge, place, inputs=_channels(place), is_input=place.name == server.default_source_name)
        for place in sources
    ]
    inputs.sort(key=lambda card: card.monitors)
    return (*outputs, *inputs)


def own_routes() -> dict[Direction, str] | None:
    """Return to which source and sink our own streams are connected, or None when no server answers."""
    try:
        answers = _ask(("list", "source-outputs"), ("list", "sources"), ("list", "sink-inputs"), ("list", "sinks"))
    except Silent:
        return None
    if answers is None:
        return None
    routes: dict[Direction, str] = {}
    kinds: tuple[tuple[Direction, int], ...] = (("input", 0), ("output", 2))
    for direction, at in kinds:
        streams, places = answers[at : at + 2]
        links = _decoded(streams, list[_Link])
        known = _decoded(places, list[_Place])
        if links is None or known is None:
            return None
        names = {place.index: place.name for place in known}
        for link in links:
            if link.properties.get("application.process.id") == str(os.getpid()):
                routes[direction] = names.get(link.source if direction == "input" else link.sink, "")
    return routes


class Watch:
    """Tells when anything about devices may have changed: a server's own news where there is one."""

    def __init__(self, changed: Callable[[], None]) -> None:
        self._changed = changed
        self._ending = threading.Event()
        self._asked: subprocess.Popen[bytes] | None = None
        self._thread: threading.Thread | None = None
        if shutil.which("pactl") is not None:
            self._thread = threading.Thread(target=self._listen, name="device news", daemon=True)
            self._thread.start()

    def close(self) -> None:
        """Listen no more."""
        self._ending.set()
        if self._asked is not None:
            self._asked.kill()
        if self._thread is not None:
            self._thread.join()

    def _listen(self) -> None:
        while not self._ending.is_set():
            self._asked = _listener()
            assert self._asked.stdout is not None
            with self._asked.stdout as news:
                for line in news:
                    if b" client " not in line:  # our own questions are clients that come and go
                        self._changed()
            self._asked.kill()
            self._asked.wait()
            self._changed()  # the server has gone
            self._ending.wait(_RETRY_S)


def _listener() -> subprocess.Popen[bytes]:
    """Start the program that reports changes. It ignores a broken pipe, so it would outlive a worker that is killed.

    A server takes 64 clients; that many listeners of dead workers, and nobody can play or record any more.
    """
    return subprocess.Popen(  # noqa: S603 fixed words
        mortal("pactl", "subscribe"),
        env=_environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )


class _Place(msgspec.Struct):
    index: int
    name: str
    description: str = ""
    sample_specification: str = ""


class _Link(msgspec.Struct):
    sink: int = -1
    source: int = -1
    properties: dict[str, str] = {}


class _Server(msgspec.Struct):
    default_sink_name: str = ""
    default_source_name: str = ""


def _environment() -> dict[str, str]:
    return os.environ | {"LC_ALL": "C"}


def _ask(*questions: tuple[str, ...]) -> list[bytes] | None:
    """What pactl answers to each, asked all at once; None when there is no pactl or no server. May raise `Silent`."""
    if shutil.which("pactl") is None:
        return None
    asked = [
        subprocess.Popen(  # noqa: S603 fixed words
            ["pactl", "-f", "json", *words],  # noqa: S607 found on the path just before
            env=_environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        for words in questions
    ]
    deadline_s = time.monotonic() + _ASK_S
    try:
        answers = [one.communicate(timeout=max(0.0, deadline_s - time.monotonic()))[0] for one in asked]
    except subprocess.TimeoutExpired as error:
        raise Silent from error
    finally:
        for one in asked:
            one.kill()
            one.wait()
            assert one.stdout is not None
            one.stdout.close()
    return None if any(one.returncode for one in asked) else answers


_Answer = TypeVar("_Answer")


def _decoded(answer: bytes, kind: type[_Answer]) -> _Answer | None:
    try:
        return msgspec.json.decode(answer.decode("utf-8", "replace"), type=kind)
    except msgspec.DecodeError:
        return None  # some versions of pactl print JSON that is none; PortAudio's own list is used then


def _card(
    bridge: int,
    place: _Place,
    *,
    inputs: int = 0,
    outputs: int = 0,
    is_input: bool = False,
    is_output: bool = False,
) -> Card:
    name = place.description or place.name
    return Card(name, inputs, outputs, _rate_hz(place), is_input, is_output, bridge, place.name)


def _channels(place: _Place) -> int:
    found = re.search(r"(\d+)ch", place.sample_specification)
    return int(found[1]) if found else 2


def _rate_hz(place: _Place) -> float:
    found = re.search(r"(\d+)Hz", place.sample_specification)
    return float(found[1]) if found else 48000.0
