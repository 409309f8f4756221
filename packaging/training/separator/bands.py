"""Accompaniments to train on: pieces made up by rule, played by FluidSynth with a General MIDI sound font."""

import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
import soundfile
from numpy.typing import NDArray

RATE_HZ: Final = 44100
Stereo = NDArray[np.float64]
"""Shape (samples, 2)."""

_TICKS: Final = 480
_DRUMS: Final = 9
_CHORDS: Final = (
    *((0, 4, 5, 3), (0, 3, 4, 0), (0, 5, 3, 4), (5, 3, 0, 4), (0, 2, 3, 4), (0, 6, 3, 4), (1, 4, 0, 5), (0, 0, 3, 4)),
)
_MAJOR: Final = (0, 2, 4, 5, 7, 9, 11)
_MINOR: Final = (0, 2, 3, 5, 7, 8, 10)
_KEYS: Final = (0, 1, 2, 3, 4, 5, 6, 7, 4, 4, 16, 17, 18, 19, 21)
_PLUCKED: Final = (8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 45, 46, 104, 105, 107, 108)
_HELD: Final = (20, 22, 29, 30, 40, 41, 42, 44, 48, 49, 50, 51, 60, 61, 62, 63, 68, 71, 88, 89, 90, 92, 94, 95)
_LEADS: Final = (
    *(0, 4, 8, 9, 10, 11, 12, 13, 14, 22, 24, 25, 26, 27, 29, 30, 40, 41, 42, 56, 57, 59, 60),
    *(64, 65, 66, 67, 68, 69, 70, 71, 72, 73, 74, 75, 79, 80, 81, 84, 87, 104, 105, 110, 111),
)
_SINGERS: Final = (
    *(21, 22, 40, 40, 41, 42, 44, 54, 56, 57, 59, 60, 64, 65, 66, 67, 68, 69, 70, 71, 72, 73, 73, 74, 75, 77, 79),
    *(80, 81, 82, 84, 85, 87, 91, 110, 111),
)
"""What sings without words, and is most like a voice: bows, reeds, brass, flutes, leads of a synthesiser."""

_BASSES: Final = (32, 32, 33, 33, 34, 35, 36, 38, 39, 43, 58)
_KITS: Final = (0, 0, 0, 8, 16, 24, 25, 32, 40)


class _Event(NamedTuple):
    tick: int
    order: int
    data: bytes


class _Part(NamedTuple):
    channel: int
    programs: Sequence[int]
    style: str


class _Piece:
    """A MIDI file in the making; times in beats."""

    def __init__(self, random: np.random.Generator, beats_per_minute: float) -> None:
        self.random = random
        self.beats_per_minute = beats_per_minute
        self.events: list[_Event] = []

    def setup(self, channel: int, program: int, *, volume: int, pan: int) -> None:
        self.events.append(_Event(0, 0, bytes((0xC0 | channel, program))))
        room, chorus = int(self.random.choice([10, 30, 60, 100])), int(self.random.integers(0, 60))
        for control, value in ((7, volume), (10, pan), (91, room), (93, chorus)):
            self.events.append(_Event(0, 0, bytes((0xB0 | channel, control, value))))

    def note(self, channel: int, key: int, at: float, length: float, strength: float) -> None:
        start = max(0, round((at + self.random.normal(0, 0.008)) * _TICKS))
        stop = start + max(10, round(length * _TICKS))
        key, velocity = int(np.clip(key, 0, 127)), int(np.clip(strength + self.random.integers(-9, 10), 20, 127))
        self.events.append(_Event(start, 2, bytes((0x90 | channel, key, velocity))))
        self.events.append(_Event(stop, 1, bytes((0x80 | channel, key, 0))))

    def bend(self, channel: int, at: float, amount: float) -> None:
        value = int(np.clip(8192 + 8191 * amount, 0, 16383))
        self.events.append(_Event(round(at * _TICKS), 1, bytes((0xE0 | channel, value & 127, value >> 7))))

    def swell(self, channel: int, at: float, loudness: float) -> None:
        self.events.append(_Event(round(at * _TICKS), 1, bytes((0xB0 | channel, 11, int(np.clip(loudness, 1, 127))))))

    def write(self, path: Path) -> None:
        tempo = round(60e6 / self.beats_per_minute)
        track = b"\0\xff\x51\x03" + tempo.to_bytes(3, "big")
        last = 0
        for event in sorted(self.events):
            track += _variable(event.tick - last) + event.data
            last = event.tick
        track += b"\0\xff\x2f\0"
        head = b"MThd" + (6).to_bytes(4, "big") + (0).to_bytes(2, "big") + (1).to_bytes(2, "big")
        path.write_bytes(head + _TICKS.to_bytes(2, "big") + b"MTrk" + len(track).to_bytes(4, "big") + track)


def band(random: np.random.Generator, work: Path, fonts: Sequence[Path], length_s: float = 30.0) -> Stereo:
    """Some seconds of a piece nobody wrote, peaking at 0.8. `work` is a folder for what FluidSynth reads and writes."""
    piece = _Piece(random, float(random.uniform(60, 165)))
    beats = 4 if random.random() < 0.85 else 3
    _compose(piece, beats, int(length_s * piece.beats_per_minute / 60 / beats) + 1)
    midi, wave = work / "piece.mid", work / "piece.wav"
    piece.write(midi)
    room = [
        f"synth.reverb.room-size={random.uniform(0.1, 0.9):.2f}",
        f"synth.reverb.level={random.uniform(0.2, 1):.2f}",
    ]
    font = fonts[int(random.integers(len(fonts)))]
    order = ["fluidsynth", "-ni", "-q", "-F", str(wave), "-r", str(RATE_HZ), "-g", "0.6", "-R", "1", "-C", "1"]
    subprocess.run([*order, "-o", room[0], "-o", room[1], str(font), str(midi)], check=True, capture_output=True)  # noqa: S603
    sound = soundfile.read(wave, always_2d=True)[0][: round(length_s * RATE_HZ)]
    return np.asarray(sound * (0.8 / (np.abs(sound).max() + 1e-9)))


def _compose(piece: _Piece, beats: int, bars: int) -> None:
    random = piece.random
    scale, key = (_MAJOR, _MINOR)[random.integers(2)], int(random.integers(12))
    chords = _CHORDS[random.integers(len(_CHORDS))]
    kind = str(
        random.choice(["full", "full", "full", "quiet", "drums", "pads", "solo", "orchestra", "singer", "singer"])
    )
    parts = list(_parts(random, kind))
    for part in parts:
        program = int(random.choice(part.programs))
        central = part.style in ("bass", "singer") or (part.style == "lead" and random.random() < 0.4)
        pan = int(random.integers(58, 71)) if central else int(random.integers(8, 121))
        loudest = part.style == "singer"
        piece.setup(part.channel, program, volume=int(random.integers(85 if loudest else 62, 112)), pan=pan)
    drums = kind in ("full", "drums") or (kind == "singer" and random.random() < 0.4)
    if drums:
        piece.setup(_DRUMS, int(random.choice(_KITS)), volume=int(random.integers(70, 116)), pan=64)
    rhythm = _Rhythm(random, beats)
    at = int(random.integers(7, 15))
    for bar in range(bars):
        degree = chords[bar % len(chords)]
        tones = [degree, degree + 2, degree + 4] + ([degree + 6] if random.random() < 0.25 else [])
        keys = [key + scale[tone % 7] + 12 * (tone // 7) for tone in tones]
        for part in parts:
            if part.style == "bass":
                _bass(piece, rhythm, bar * beats, beats, 36 + keys[0] % 12)
            elif part.style in ("lead", "singer"):
                at = _lead(piece, part, bar * beats, beats, at, key, scale)
            else:
                _accompany(piece, part, bar * beats, beats, keys)
        if drums:
            rhythm.play(piece, bar, beats)


def _parts(random: np.random.Generator, kind: str) -> Iterator[_Part]:
    if kind not in ("pads", "solo") and random.random() < 0.9:
        yield _Part(0, _BASSES, "bass")
    styles = ("block", "broken", "strum", "held", "off", "fast")
    many = {"drums": 0, "solo": 1, "orchestra": 4, "pads": 2, "singer": int(random.integers(0, 3))}.get(
        kind, int(random.integers(1, 4))
    )
    for index in range(many):
        programs = {"pads": _HELD, "orchestra": _HELD, "quiet": _PLUCKED + _KEYS}.get(kind)
        chosen = programs or (_KEYS, _PLUCKED, _HELD)[random.integers(3)]
        style = "held" if kind in ("pads", "orchestra") else str(random.choice(styles))
        yield _Part(1 + index, chosen, style)
    if kind == "singer":
        yield _Part(7, _SINGERS, "singer")
    elif kind != "drums" and random.random() < 0.6:
        yield _Part(7, _LEADS, "lead")


class _Rhythm:
    """What drums and bass repeat bar after bar."""

    def __init__(self, random: np.random.Generator, beats: int) -> None:
        steps = range(beats * 4)
        self.kick = [step for step in steps if step % 8 == 0 or random.random() < 0.12]
        self.snare = [step for step in steps if step % 8 == 4 or random.random() < 0.06]
        self.hat = list(steps)[:: int(random.choice([1, 2, 2, 4]))]
        self.hat_key = int(random.choice([42, 42, 44, 46, 51, 54, 69, 70]))
        self.snare_key = int(random.choice([37, 38, 38, 39, 40]))
        self.bass = str(random.choice(["root", "quavers", "walk", "pushed", "octaves"]))

    def play(self, piece: _Piece, bar: int, beats: int) -> None:
        for steps, key, strength in (
            (self.kick, 36, 105),
            (self.snare, self.snare_key, 95),
            (self.hat, self.hat_key, 70),
        ):
            for step in steps:
                piece.note(_DRUMS, key, bar * beats + step / 4, 0.1, strength)
        if bar % 4 == 0 and piece.random.random() < 0.5:
            piece.note(_DRUMS, 49, bar * beats, 1, 90)
        if bar % 4 == 3 and piece.random.random() < 0.4:
            for step in range(4):
                piece.note(
                    _DRUMS,
                    int(piece.random.choice([41, 43, 45, 47, 48, 50])),
                    (bar + 1) * beats - 1 + step / 4,
                    0.1,
                    100,
                )


def _bass(piece: _Piece, rhythm: _Rhythm, at: float, beats: int, key: int) -> None:
    key -= 12 if key > 43 else 0
    match rhythm.bass:
        case "root":
            piece.note(0, key, at, beats * 0.95, 95)
        case "quavers":
            for step in range(beats * 2):
                piece.note(0, key, at + step / 2, 0.45, 92)
        case "octaves":
            for step in range(beats * 2):
                piece.note(0, key + 12 * (step % 2), at + step / 2, 0.4, 92)
        case "walk":
            for step in range(beats):
                piece.note(0, key + int(piece.random.choice([0, 2, 4, 5, 7, 9])), at + step, 0.9, 92)
        case _:
            for pushed in (0.0, 1.5, 2.5):
                piece.note(0, key, at + pushed, 0.6, 95)


def _accompany(piece: _Piece, part: _Part, at: float, beats: int, keys: list[int]) -> None:
    random = piece.random
    octave = 36 + 12 * int(random.integers(0, 3))
    chord = sorted(octave + key % 12 + 12 * int(random.random() < 0.3) for key in keys)
    strength = int(random.integers(55, 96))
    match part.style:
        case "held":
            for key in chord:
                piece.note(part.channel, key, at, beats * 0.98, strength)
        case "block" | "off":
            late, length = (0.0, 0.8) if part.style == "block" else (0.5, 0.35)
            for beat in range(beats):
                for key in chord:
                    piece.note(part.channel, key, at + beat + late, length, strength)
        case "strum":
            for start in (0, 1, 1.5, 2.5):
                for index, key in enumerate(chord):
                    piece.note(part.channel, key, at + start + 0.02 * index, 0.5, strength)
        case _:
            step = 0.5 if part.style == "broken" else 0.25
            for index in range(int(beats / step)):
                key = chord[index % len(chord)] + 12 * (index // len(chord) % 2)
                piece.note(part.channel, key, at + index * step, step * 1.5, strength)


def _lead(piece: _Piece, part: _Part, at: float, beats: int, degree: int, key: int, scale: tuple[int, ...]) -> int:
    """A tune over one bar, some notes bent as a player bends them; returns where it ended."""
    random, channel = piece.random, part.channel
    sings = part.style == "singer"
    beat: float = 0.0
    while beat < beats:
        length = min(float(random.choice([0.25, 0.5, 0.5, 1, 1, 1.5, 2])), beats - beat)
        degree = int(np.clip(degree + random.choice([-3, -2, -1, -1, 0, 1, 1, 2, 3]), 3, 18))
        if random.random() < 0.85:
            note = 48 + key % 12 + scale[degree % 7] + 12 * (degree // 7)
            piece.note(channel, note, at + beat, length * (1.02 if sings else 0.95), 90)
            if sings:
                _sing(piece, channel, at + beat, length)
            elif length >= 1 and random.random() < 0.3:
                _tremble(piece, channel, at + beat, length, float(random.uniform(0.05, 0.2)))
        beat += length
    return degree


def _tremble(piece: _Piece, channel: int, at: float, length: float, depth: float) -> None:
    rate = 2 * np.pi * piece.random.uniform(4, 6.8) * 60 / piece.beats_per_minute
    for moment in np.arange(0.3, length, 0.03):
        piece.bend(channel, at + moment, float(depth * np.sin(rate * moment)))
    piece.bend(channel, at + length, 0.0)


def _sing(piece: _Piece, channel: int, at: float, length: float) -> None:
    """Bend and swell one note as a singer would."""
    random = piece.random
    if random.random() < 0.35:
        start = float(random.choice([-1, -0.5, 0.5]))
        for step in range(6):
            piece.bend(channel, at + step * 0.03, start * (1 - step / 5))
    if length >= 0.5 and random.random() < 0.8:
        _tremble(piece, channel, at, length, float(random.uniform(0.05, 0.3)))
    if random.random() < 0.5:
        for share in np.linspace(0, 1, 9):
            piece.swell(channel, at + share * length, 60 + 67 * float(np.sin(np.pi * (0.15 + 0.7 * share))))


def _variable(number: int) -> bytes:
    """A number as MIDI writes it: seven bits a byte, the last without its top bit."""
    out = [number & 127]
    while number := number >> 7:
        out.insert(0, number & 127 | 128)
    return bytes(out)
