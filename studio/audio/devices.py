"""The sound devices of this machine, by the names that people know them by.

Where a PulseAudio or PipeWire server answers, its sinks and sources are the devices, and PortAudio reaches them all
through ALSA's `pulse` device; elsewhere they are PortAudio's own. A device is always chosen by name: PortAudio's
numbers mean another device as soon as one is plugged in or out.
"""

import os
from typing import Final

import sounddevice

from studio.audio import server
from studio.audio.card import Card, Direction
from studio.errors import StudioError

_BRIDGE: Final = "pulse"


def cards() -> tuple[Card, ...]:
    """Return every device of this machine, now; a StudioError where a sound server is there but does not answer."""
    bridge = _bridge()
    try:
        served = None if bridge is None else server.listed(bridge)
    except server.Silent as error:
        raise hangs() from error
    return _with_unique_names(_portaudio() if served is None else served)


def hangs() -> StudioError:
    """What to say when the sound system does not answer."""
    return StudioError(
        "audio.busy",
        "The sound devices do not answer.",
        cause="The sound system of this computer hangs.",
        remedy="Wait a moment and try again; if it stays so, log out and in.",
    )


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
        "No sound can be recorded." if direction == "input" else "No sound can be played.",
        cause=f"This computer has no {what} that the studio can use.",
        remedy=f"Plug a {what} in, or switch it on in the system's sound settings.",
    )


def point_bridge_at(card: Card, latency_s: float) -> None:
    """Make the next stream that is opened go to this device. A server's devices share one number in PortAudio."""
    if card.route:
        os.environ["PULSE_SINK" if card.outputs else "PULSE_SOURCE"] = card.route
        os.environ["PULSE_LATENCY_MSEC"] = str(max(5, round(latency_s * 1000)))


def _bridge() -> int | None:
    """PortAudio's number of the device that leads to a server's sinks and sources, or None."""
    return next((index for index, device in enumerate(sounddevice.query_devices()) if device["name"] == _BRIDGE), None)


def _portaudio() -> tuple[Card, ...]:
    first_input, first_output = sounddevice.default.device
    return tuple(
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


def _with_unique_names(listed: tuple[Card, ...]) -> tuple[Card, ...]:
    """Two microphones of one make get a number, so that a name means one device."""
    seen: dict[tuple[str, bool], int] = {}
    named = []
    for card in listed:
        key = (card.name, bool(card.outputs))
        seen[key] = seen.get(key, 0) + 1
        named.append(card if seen[key] == 1 else card._replace(name=f"{card.name} ({seen[key]})"))
    return tuple(named)
