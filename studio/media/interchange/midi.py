"""Notes as a Standard MIDI File of one track, with the melody as pitch bend where that is wanted.

SMF 1.1 (MIDI Manufacturers Association, 1996), bend range by RPN 0, MPE zone by RPN 6 (RP-053, 2018).
"""

import math
import struct
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from studio.model.notes import Note
from studio.model.pitch import PitchCurve, hz_to_midi

TICKS_A_BEAT: Final = 480
_BEATS_A_MINUTE: Final = 120
_TICKS_A_S: Final = TICKS_A_BEAT * _BEATS_A_MINUTE / 60
_BEND_EACH_S: Final = 0.005
_MIDDLE: Final = 8192
_PROGRAM: Final = 52  # voice "aahs"
_VELOCITY: Final = 80
_MEMBERS: Final = 1


class MidiSettings(Struct, frozen=True, kw_only=True):
    """How notes become MIDI; `bend_semitones` 0 leaves the pitch to the nearest key."""

    bend_semitones: int = 2
    mpe: bool = False
    """On the second channel, with a zone of one member: what instruments that bend each note by itself expect."""
    a4_hz: float = 440.0


class _Event(NamedTuple):
    tick: int
    order: int
    """Of events at the same time: what ends comes before what bends, and that before what begins."""
    data: bytes


def write(notes: Iterable[Note], curve: PitchCurve | None, settings: MidiSettings) -> bytes:
    """Return the file: a key for each note, bent along `curve` where it is voiced."""
    channel = 1 if settings.mpe else 0
    events = [_Event(0, 0, data) for data in _set_up(settings, channel)]
    for note in notes:
        events += _played(note, curve if settings.bend_semitones else None, settings, channel)
    events.sort(key=lambda event: event[:2])
    tracks = [_tempo(), _name("Melody") + b"".join(_timed(events)) + b"\x00\xff\x2f\x00"]
    header = b"MThd" + struct.pack(">IHHH", 6, 1, len(tracks), TICKS_A_BEAT)
    return header + b"".join(b"MTrk" + struct.pack(">I", len(track)) + track for track in tracks)


def _set_up(settings: MidiSettings, channel: int) -> Iterator[bytes]:
    if settings.mpe:
        yield from _parameter(0, 6, _MEMBERS)
    if settings.bend_semitones:
        yield from _parameter(channel, 0, settings.bend_semitones)
    yield bytes((0xC0 | channel, _PROGRAM))


def _parameter(channel: int, number: int, value: int) -> Iterator[bytes]:
    """A registered parameter, and the null parameter after it so that nothing else is taken for its value."""
    for controller, data in ((101, 0), (100, number), (6, value), (38, 0), (101, 127), (100, 127)):
        yield bytes((0xB0 | channel, controller, data))


def _played(note: Note, curve: PitchCurve | None, settings: MidiSettings, channel: int) -> Iterator[_Event]:
    key = int(np.clip(np.floor(hz_to_midi(note.named_hz, settings.a4_hz) + 0.5), 0, 127))
    begin, end = _tick(note.start_s), max(_tick(note.end_s), _tick(note.start_s) + 1)
    if curve is not None:
        yield from _bends(note, key, curve, settings, channel)
    yield _Event(begin, 2, bytes((0x90 | channel, key, _VELOCITY)))
    yield _Event(end, 0, bytes((0x80 | channel, key, 0)))


def _bends(note: Note, key: int, curve: PitchCurve, settings: MidiSettings, channel: int) -> Iterator[_Event]:
    first, last = (round(at_s * curve.frames_per_s) for at_s in (note.start_s, note.end_s))
    step = max(1, round(_BEND_EACH_S * curve.frames_per_s))
    midi = curve.midi(settings.a4_hz)
    before, still = -1, None
    for frame in range(first, min(last, len(midi)), step):
        tick = _tick(frame / curve.frames_per_s)
        pitch = _at(midi, tick / _TICKS_A_S * curve.frames_per_s, frame)
        if math.isnan(pitch):  # unvoiced: the bend stays where it is
            continue
        bend = int(np.clip(round(_MIDDLE + (pitch - key) / settings.bend_semitones * _MIDDLE), 0, 2 * _MIDDLE - 1))
        event = _Event(tick, 1, bytes((0xE0 | channel, bend & 0x7F, bend >> 7)))
        if bend == before:
            still = event
            continue
        if still is not None:  # how long it stood still, for whoever draws a line from one bend to the next
            yield still
        yield event
        before, still = bend, None


def _at(midi: NDArray[np.float32], place: float, frame: int) -> float:
    """The pitch a little beside a frame: a tick is not a whole number of frames, and a vibrato is quick."""
    beside = min(max(frame + (1 if place > frame else -1), 0), len(midi) - 1)
    here, there = float(midi[frame]), float(midi[beside])
    return here if math.isnan(there) else here + (there - here) * abs(place - frame)


def _tick(at_s: float) -> int:
    return max(0, round(at_s * _TICKS_A_S))


def _tempo() -> bytes:
    per_beat = round(60e6 / _BEATS_A_MINUTE)
    return b"\x00\xff\x51\x03" + per_beat.to_bytes(3, "big") + b"\x00\xff\x2f\x00"


def _name(text: str) -> bytes:
    return b"\x00\xff\x03" + _length(len(text.encode())) + text.encode()


def _timed(events: list[_Event]) -> Iterator[bytes]:
    now = 0
    for event in events:
        yield _length(event.tick - now) + event.data
        now = event.tick


def _length(value: int) -> bytes:
    """A number in groups of seven bits, the highest first."""
    groups = [value & 0x7F]
    while value := value >> 7:
        groups.append(0x80 | (value & 0x7F))
    return bytes(reversed(groups))
