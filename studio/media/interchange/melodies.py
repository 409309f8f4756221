"""A melody, or notes, from whichever program wrote them, and the melody on the studio's own frames."""

import math
from collections.abc import Iterable
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from studio.errors import StudioError
from studio.media.interchange import midi_reading, musicxml, praat_pitch, svl, tables, ultrastar
from studio.media.interchange.midi_wheels import Bend
from studio.media.interchange.unreadable import unreadable, whole
from studio.model.pitch import A4_MIDI, PitchCurve, hz_to_midi

SUFFIXES: Final = (".pitch", ".pitchtier", ".svl", ".csv", ".tsv", ".txt", ".mid", ".midi", *musicxml.SUFFIXES)

_DENSE_S: Final = 0.03
"""Points this near to each other are frames, and where one is missing nobody sings; others are joined by lines."""
_GAP: Final = 1.5  # of the usual distance: beyond it a frame is missing
_EACH_S: Final = 0.005  # of a melody that is made from bends
_AT_ONCE_S: Final = 0.0075
_LOWEST_HZ, _HIGHEST_HZ = 20.0, 5000.0
_SCORES_A4_HZ: Final = 440.0

Numbers = NDArray[np.float64]


class Melody(NamedTuple):
    """Points in the order of time, each shape (points,)."""

    time_s: Numbers
    hz: Numbers
    """NaN where nobody sings."""
    confidence: Numbers


class Written(NamedTuple):
    """A note from one time to another; `midi` 69 is A4."""

    start_s: float
    end_s: float
    midi: float


class Played(NamedTuple):
    """Notes with how each of them is sung."""

    notes: tuple[Written, ...]
    melody: Melody


def melody_or_notes(path: Path, a4_hz: float) -> Melody | tuple[Written, ...] | Played:
    """Return what a file holds; StudioError where it is neither.

    `a4_hz` tells which note a frequency is. A table with a duration in each row holds notes; a text that begins with
    UltraStar's tags is a song.
    """
    data, suffix = whole(path), path.suffix.lower()
    if suffix == ".pitch":
        times_s, hz, strength = praat_pitch.read_frames(data)
        return _melody(times_s, hz, strength)
    if suffix == ".pitchtier":
        return _of_points(praat_pitch.read_tier(data))
    if suffix in (".mid", ".midi"):
        return _of_keys(midi_reading.read(data), a4_hz)
    if suffix == ".svl":
        layer = svl.read(data)
        if any("duration" in point for point in layer.points):
            tuned_hz = a4_hz if layer.units.lower() == "hz" else _SCORES_A4_HZ
            return _notes(layer.notes(), tuned_hz)
        return _of_points(layer.melody())
    if suffix in musicxml.SUFFIXES:
        return _notes(musicxml.read(data), _SCORES_A4_HZ)
    if suffix == ".txt" and ultrastar.is_song(data):
        return _notes(ultrastar.read(data), _SCORES_A4_HZ)
    if suffix in SUFFIXES:
        return _of_table(data, a4_hz)
    raise unreadable("file", f"A file called {path.suffix or path.name} holds no melody that is known here.")


def on_frames(melody: Melody, frames_per_s: int, most_s: float) -> PitchCurve:
    """The melody on even frames from 0 s to its last point, but not beyond `most_s`."""
    last_s = float(melody.time_s[-1]) if len(melody.time_s) else 0.0
    frames = np.arange(max(0, min(math.floor(last_s * frames_per_s + 0.5) + 1, math.ceil(most_s * frames_per_s))))
    spacing_s = float(np.median(np.diff(melody.time_s))) if len(melody.time_s) > 1 else 1 / frames_per_s
    dense = spacing_s <= _DENSE_S
    there = np.isfinite(melody.hz)
    times_s, octaves, sure = melody.time_s[there], np.log2(melody.hz[there]), melody.confidence[there]
    wanted_s = frames / frames_per_s
    if not len(times_s):
        nothing = np.full(len(frames), np.nan, np.float32)
        return PitchCurve(frames_per_s=frames_per_s, hz=nothing, confidence=np.zeros(len(frames), np.float32))
    right = np.minimum(np.searchsorted(times_s, wanted_s), len(times_s) - 1)
    left = np.maximum(right - 1, 0)
    nearest = np.where(np.abs(times_s[left] - wanted_s) < np.abs(times_s[right] - wanted_s), left, right)
    inside = (times_s[left] <= wanted_s) & (wanted_s <= times_s[right])
    joined = inside & ((times_s[right] - times_s[left] <= _GAP * spacing_s) | (not dense))
    reach_s = (max(spacing_s, 1 / frames_per_s) if dense else 1 / frames_per_s) / 2 + 1e-6
    beside = np.abs(times_s[nearest] - wanted_s) <= reach_s
    hz = np.where(joined, np.interp(wanted_s, times_s, octaves), np.where(beside, octaves[nearest], np.nan))
    found = np.exp2(hz).astype(np.float32)
    confidence = np.where(np.isfinite(found), sure[nearest], 0.0).astype(np.float32)
    return PitchCurve(frames_per_s=frames_per_s, hz=found, confidence=confidence)


def _of_keys(keys: Iterable[midi_reading.Key], a4_hz: float) -> tuple[Written, ...] | Played:
    """Notes; where one is bent while it sounds, a melody too. One that is bent evenly to its end is off its key."""
    played = {Written(key.start_s, key.end_s, key.midi + _held_bend(key)): key for key in keys}
    notes = _one_voice(played)
    bent = {(note.start_s, note.midi): key.bends for note, key in played.items() if _is_bent(key)}
    if not any((note.start_s, note.midi) in bent for note in notes):
        return notes
    times_s: list[Numbers] = []
    midis: list[Numbers] = []
    for note in notes:
        frames = np.arange(math.ceil(note.start_s / _EACH_S), math.ceil(note.end_s / _EACH_S), dtype=np.float64)
        here_s = frames * _EACH_S
        times_s.append(here_s)
        midis.append(note.midi + _along(bent.get((note.start_s, note.midi), ()), here_s))
    time_s = np.concatenate(times_s)
    hz = a4_hz * np.exp2((np.concatenate(midis) - A4_MIDI) / 12)
    return Played(notes, Melody(time_s, hz, np.ones(len(time_s))))


def _is_bent(key: midi_reading.Key) -> bool:
    return len({bend.semitones for bend in key.bends}) > 1


def _held_bend(key: midi_reading.Key) -> float:
    return key.bends[0].semitones if key.bends and not _is_bent(key) else 0.0


def _along(bends: tuple[Bend, ...], time_s: Numbers) -> Numbers:
    """Semitones at some times: each holds until the next, with a line between those that follow at once."""
    if not bends:
        return np.zeros(len(time_s))
    at_s, semitones = (np.array(column) for column in zip(*bends, strict=True))
    before = np.clip(np.searchsorted(at_s, time_s, "right") - 1, 0, len(at_s) - 1)
    after = np.minimum(before + 1, len(at_s) - 1)
    follows = (at_s[after] - at_s[before] <= _AT_ONCE_S) & (time_s >= at_s[0])
    found: Numbers = np.where(follows, np.interp(time_s, at_s, semitones), semitones[before])
    return found


def _of_table(data: bytes, a4_hz: float) -> Melody | tuple[Written, ...]:
    """A row a frame with its confidence looks like a row a note with its duration, but the rows lie closer."""
    points = tables.read_melody(data)
    times_s = np.sort([time_s for time_s, _ in points])
    if len(times_s) > 2 and float(np.median(np.diff(times_s))) <= _DENSE_S:
        return _of_points(points)
    try:
        notes = tables.read_notes(data)
    except StudioError:
        return _of_points(points)
    return _notes(notes, a4_hz)


def _of_points(points: Iterable[tuple[float, float]]) -> Melody:
    pairs = np.array(sorted(points), np.float64).reshape(-1, 2)
    return _melody(pairs[:, 0], pairs[:, 1], np.ones(len(pairs)))


def _melody(times_s: Numbers, hz: Numbers, confidence: Numbers) -> Melody:
    voiced = (hz >= _LOWEST_HZ) & (hz <= _HIGHEST_HZ)
    if not voiced.any():
        raise unreadable("file", f"No frequency in it lies between {_LOWEST_HZ:g} and {_HIGHEST_HZ:g} Hz.")
    kept = np.isfinite(times_s) & np.append(np.diff(times_s) > 0, True)
    return Melody(times_s[kept], np.where(voiced, hz, np.nan)[kept], np.where(voiced, confidence, 0.0)[kept])


def _notes(rows: Iterable[tables.NoteRow], a4_hz: float) -> tuple[Written, ...]:
    sung = (row for row in rows if row.hz > 0)
    return _one_voice(Written(row.start_s, row.start_s + row.duration_s, hz_to_midi(row.hz, a4_hz)) for row in sung)


def _one_voice(notes: Iterable[Written]) -> tuple[Written, ...]:
    """The notes as one voice sings them: each ends where the next begins, and of a chord the highest is left."""
    found: list[Written] = []
    for note in sorted(notes, key=lambda note: (note.start_s, note.midi)):
        if not (note.end_s > note.start_s and 0 <= note.midi <= 127):
            continue
        if found and found[-1].start_s == note.start_s:
            found.pop()
        elif found and found[-1].end_s > note.start_s:
            found[-1] = found[-1]._replace(end_s=note.start_s)
        found.append(note)
    if not found:
        raise unreadable("file", "There are no notes in it.")
    return tuple(found)
