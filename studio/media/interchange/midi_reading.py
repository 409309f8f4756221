"""The notes of a Standard MIDI File as one melody, and how each is bent: all tracks together, but no drums.

SMF 1.1 (MIDI Manufacturers Association, 1996), bend range by RPN 0, MPE zone by RPN 6 (RP-053, 2018).
"""

import struct
from collections.abc import Iterator
from typing import Final, NamedTuple

from studio.media.interchange.midi_wheels import Bend, Wheels
from studio.media.interchange.unreadable import unreadable

_CALLED: Final = "MIDI file"
_DRUMS: Final = 9
_ORDER: Final = {0x8: 1, 0xB: 2, 0xE: 3, 0x9: 4}
"""Of events at the same time: what ends comes before what bends, and that before what begins."""
_DATA_BYTES: Final = {0x8: 2, 0x9: 2, 0xA: 2, 0xB: 2, 0xC: 1, 0xD: 1, 0xE: 2}
_TEMPO, _US_A_BEAT = 0x51, 500_000
_FRAMES_A_S: Final = {24: 24.0, 25: 25.0, 29: 30000 / 1001, 30: 30.0}


class Key(NamedTuple):
    """A key that was held from one time to another, in seconds."""

    start_s: float
    end_s: float
    midi: int
    bends: tuple[Bend, ...] = ()
    """The one that it began with, and those while it was held; none where nothing ever bent it."""


class _Event(NamedTuple):
    tick: int
    kind: int
    """High half of a status byte; `_TEMPO` for a change of the tempo."""
    channel: int
    value: int
    """The key, the controller, the bend of 14 bits, or microseconds a beat."""
    more: int
    """How hard a key was struck, or what a controller was set to."""


def read(data: bytes) -> tuple[Key, ...]:
    """Return the keys in the order in which they begin; StudioError for what is no MIDI file."""
    if data[:4] != b"MThd" or len(data) < 14:
        raise unreadable(_CALLED, "It does not begin as MIDI files do.")
    length, _form, _tracks, division = struct.unpack(">IHHh", data[4:14])
    events = sorted(
        (event for track in _tracks_in(data, 8 + length) for event in _events(track)),
        key=lambda event: (event.tick, _ORDER.get(event.kind, 0)),
    )
    return tuple(sorted(_held(events, division)))


def _tracks_in(data: bytes, at: int) -> Iterator[bytes]:
    while at + 8 <= len(data):
        length = int.from_bytes(data[at + 4 : at + 8], "big")
        if data[at : at + 4] == b"MTrk":
            yield data[at + 8 : at + 8 + length]
        at += 8 + length


def _events(track: bytes) -> Iterator[_Event]:
    """Keys that go down or up, and changes of the tempo; a track that is cut short ends where it is cut."""
    at = tick = status = 0
    while at < len(track):
        wait, at = _number(track, at)
        tick += wait
        if at < len(track) and track[at] & 0x80:
            status, at = track[at], at + 1
        if status in (0xFF, 0xF0, 0xF7):
            sort, at = (track[at] if at < len(track) else 0, at + 1) if status == 0xFF else (0, at)
            length, at = _number(track, at)
            if status == 0xFF and sort == _TEMPO and length == 3:
                yield _Event(tick, _TEMPO, 0, int.from_bytes(track[at : at + 3], "big"), 0)
            at += length
            status = 0
            continue
        count = _DATA_BYTES.get(status >> 4)
        if count is None:
            raise unreadable(_CALLED, "There is a byte in it where an event should begin.")
        given = track[at : at + count]
        at += count
        kind, channel = status >> 4, status & 0xF
        if len(given) != 2 or channel == _DRUMS:
            continue
        low, high = given[0] & 0x7F, given[1] & 0x7F
        if kind in (0x8, 0x9):
            yield _Event(tick, 0x9 if kind == 0x9 and high > 0 else 0x8, channel, low, high)
        elif kind == 0xB:
            yield _Event(tick, kind, channel, low, high)
        elif kind == 0xE:
            yield _Event(tick, kind, channel, high << 7 | low, 0)


def _number(track: bytes, at: int) -> tuple[int, int]:
    """A number in groups of seven bits, and where it ends."""
    value = 0
    for place in range(at, min(at + 4, len(track))):
        value = value << 7 | track[place] & 0x7F
        if not track[place] & 0x80:
            return value, place + 1
    return value, min(at + 4, len(track))


def _held(events: list[_Event], division: int) -> Iterator[Key]:
    """The keys with their times; one that is pressed again ends where it is, one that is never let go is left out."""
    seconds_a_tick = _seconds_a_tick(division, _US_A_BEAT)
    now_s, tick = 0.0, 0
    down: dict[tuple[int, int], float] = {}
    wheels = Wheels()
    for event in events:
        now_s, tick = now_s + (event.tick - tick) * seconds_a_tick, event.tick
        if event.kind == _TEMPO:
            seconds_a_tick = _seconds_a_tick(division, event.value)
        elif event.kind == 0xB:
            wheels.control(event.channel, event.value, event.more)
        elif event.kind == 0xE:
            wheels.turn(event.channel, now_s, event.value)
        else:
            key = (event.channel, event.value)
            began_s = down.pop(key, None)
            if began_s is not None and began_s < now_s:
                yield Key(began_s, now_s, event.value, wheels.between(event.channel, began_s, now_s))
            if event.kind == 0x9:
                down[key] = now_s


def _seconds_a_tick(division: int, us_a_beat: int) -> float:
    if division < 0:  # frames of film and parts of them, whatever the tempo
        frames, parts = -(division >> 8), division & 0xFF
        return 1.0 / (_FRAMES_A_S.get(frames, 25.0) * max(parts, 1))
    return us_a_beat / 1e6 / max(division, 1)
