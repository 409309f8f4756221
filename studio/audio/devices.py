"""The sound devices of this machine, by the names that people know them by.

Where a PulseAudio or PipeWire server answers, its sinks and sources are the devices, and PortAudio reaches them all
through ALSA's `pulse` device; elsewhere they are PortAudio's own. A device is always chosen by name: PortAudio's
numbers mean another device as soon as one is plugged in or out.
"""

import os
import re
import shutil
import subprocess
import threading
from collections.abc import Callable
from typing import Final, Literal, NamedTuple, TypeVar

import msgspec
import sounddevice

from studio.errors import StudioError

Direction = Literal["input", "output"]
_ASK_S: Final = 2.0
_BRIDGE: Final = "pulse"
_RETRY_S: Final = 0.5


class Card(NamedTuple):
    """A device: its name, what it can do, and how it is reached."""

    name: str
    inputs: int
    outputs: int
    rate_hz: float
    is_default_input: bool
    is_default_output: bool
    number: int
    route: str = ""

    @property
    def monitors(self) -> bool:
        """Whether it hears what an output plays instead of the room."""
        return self.route.endswith(".monitor")


def cards() -> tuple[Card, ...]:
    """Return every device of this machine, now."""
    bridge = _bridge()
    served = None if bridge is None else _served(bridge)
    return _portaudio() if served is None else served


def choose(available: tuple[Card, ...], name: str, direction: Direction) -> Card:
    """Return the device of that name, "" for the system's default; a StudioError where there is none, never another."""
    able = [card for card in available if (card.inputs if direction == "input" else card.outputs)]
    if name:
        found = next((card for card in able if name in (card.name, card.route)), None)
    else:
        found = next((c for c in able if (c.is_default_input if direction == "input" else c.is_default_output)), None)
    if found is not None:
        return found
    what = "microphone" if direction == "input" else "loudspeaker"
    if name:
        raise StudioError(
            "device.missing",
            f"{name} is not used.",
            cause=f"There is no {what} of that name now.",
            remedy=f"Plug it in, or choose another {what} in Preferences.",
        )
    raise StudioError(
        f"device.none.{direction}",
        "Nothing can be recorded." if direction == "input" else "Nothing can be played.",
        cause=f"This computer has no {what} that the studio can use.",
        remedy=f"Plug a {what} in, or switch it on in the system's sound settings.",
    )


def point_bridge_at(card: Card, latency_s: float) -> None:
    """Make the next stream that is opened go to this device. A server's devices share one number in PortAudio."""
    if card.route:
        os.environ["PULSE_SINK" if card.outputs else "PULSE_SOURCE"] = card.route
        os.environ["PULSE_LATENCY_MSEC"] = str(max(5, round(latency_s * 1000)))


def own_routes() -> dict[Direction, str] | None:
    """Return to which source and sink our own streams are connected, or None when no server answers."""
    kinds: tuple[tuple[Direction, str, str], ...] = (
        ("input", "source-outputs", "sources"),
        ("output", "sink-inputs", "sinks"),
    )
    routes: dict[Direction, str] = {}
    for direction, streams, places in kinds:
        links = _decoded(_ask("list", streams), list[_Link])
        known = _decoded(_ask("list", places), list[_Place])
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
            self._asked = subprocess.Popen(
                ["pactl", "subscribe"],  # noqa: S607 found on the path just before
                env=_environment(),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
            )
            assert self._asked.stdout is not None
            with self._asked.stdout as news:
                for line in news:
                    if b" client " not in line:  # our own questions are clients that come and go
                        self._changed()
            self._asked.kill()
            self._asked.wait()
            self._changed()  # the server has gone
            self._ending.wait(_RETRY_S)


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


def _ask(*words: str) -> bytes | None:
    """What pactl answers, or None when there is no pactl, no server, or a server that does not answer."""
    if shutil.which("pactl") is None:
        return None
    try:
        asked = subprocess.run(  # noqa: S603 fixed words
            ["pactl", "-f", "json", *words],  # noqa: S607 found on the path just before
            env=_environment(),
            capture_output=True,
            timeout=_ASK_S,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return None
    return asked.stdout if asked.returncode == 0 else None


_Answer = TypeVar("_Answer")


def _decoded(answer: bytes | None, kind: type[_Answer]) -> _Answer | None:
    if answer is None:
        return None
    try:
        return msgspec.json.decode(answer.decode("utf-8", "replace"), type=kind)
    except msgspec.DecodeError:
        return None  # some versions of pactl print JSON that is none; PortAudio's own list is used then


def _bridge() -> int | None:
    """PortAudio's number of the device that leads to a server's sinks and sources, or None."""
    return next((index for index, device in enumerate(sounddevice.query_devices()) if device["name"] == _BRIDGE), None)


def _served(bridge: int) -> tuple[Card, ...] | None:
    server = _decoded(_ask("info"), _Server)
    sinks = _decoded(_ask("list", "sinks"), list[_Place])
    sources = _decoded(_ask("list", "sources"), list[_Place])
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
    return _with_unique_names((*outputs, *inputs))


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


def _portaudio() -> tuple[Card, ...]:
    first_input, first_output = sounddevice.default.device
    return _with_unique_names(
        tuple(
            Card(
                device["name"],
                device["max_input_channels"],
                device["max_output_channels"],
                device["default_samplerate"],
                index == first_input,
                index == first_output,
                index,
            )
            for index, device in enumerate(sounddevice.query_devices())
        )
    )


def _with_unique_names(listed: tuple[Card, ...]) -> tuple[Card, ...]:
    """Two microphones of one make get a number, so that a name means one device."""
    seen: dict[tuple[str, bool], int] = {}
    named = []
    for card in listed:
        key = (card.name, bool(card.outputs))
        seen[key] = seen.get(key, 0) + 1
        named.append(card if seen[key] == 1 else card._replace(name=f"{card.name} ({seen[key]})"))
    return tuple(named)
