"""Speech made of the reader's own recordings: pieces copied as they are, joined where they fit."""

from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

import numpy as np

from studio.engines.base import Mono
from studio.engines.voice.frames import HOP_S
from studio.engines.voice.reader import Reader
from studio.engines.voice.units import Half, Pause

_FADE_S: Final = 0.008
_LOOK_S: Final = 0.006
_EDGE_S: Final = 0.012


class Piece(NamedTuple):
    """A stretch of the recordings that is spoken as it is, in samples."""

    start: int
    stop: int


def pieces(reader: Reader, chosen: Sequence[Half | Pause]) -> list[Piece | Pause]:
    """Chosen halves as stretches, one for each row of halves that follow each other in a recording."""
    material, hop = reader.material, reader.facts.rate_hz * HOP_S
    rows: list[Half | Pause] = []
    for one in chosen:
        before = rows[-1] if rows else None
        follows = isinstance(one, Half) and isinstance(before, Half) and before.recording == one.recording
        if follows and isinstance(before, Half) and isinstance(one, Half) and before.stop == one.start:
            rows[-1] = before._replace(stop=one.stop, wanted_stop=one.wanted_stop)
        else:
            rows.append(one)
    made: list[Piece | Pause] = []
    for row in rows:
        if isinstance(row, Pause):
            made.append(row)
            continue
        frame, sample = material.first_frames[row.recording], material.first_samples[row.recording]
        made.append(Piece(int(sample + (row.start - frame) * hop), int(sample + (row.stop - frame) * hop)))
    return made


def joined(reader: Reader, row: Iterable[Piece | Pause]) -> Mono:
    """The pieces one after another: cross-faded for 8 ms where they agree best, faded where a pause begins or ends."""
    rate_hz, sound = reader.facts.rate_hz, reader.material.samples
    fade, look, edge = (round(seconds * rate_hz) for seconds in (_FADE_S, _LOOK_S, _EDGE_S))
    made = np.zeros(0, np.float32)
    tail: Mono | None = None  # what follows the last piece in its recording, to fade out over
    for one in row:
        if isinstance(one, Pause):
            if tail is not None:
                made = np.concatenate([made, tail[:edge] * _fall(min(edge, len(tail)))])
            made = np.concatenate(
                [made, np.zeros(round((one.wanted_stop - one.wanted_start) * HOP_S * rate_hz), np.float32)]
            )
            tail = None
            continue
        stop = min(one.stop, len(sound))
        if tail is None:
            start = max(one.start - edge, 0)
            head = np.array(sound[start:stop], np.float32)
            rise = min(one.start - start, len(head))
            head[:rise] *= _fall(rise)[::-1]
            made = np.concatenate([made[: len(made) - rise] if len(made) >= rise else made, head])
        else:
            shift = _best_shift(tail, sound, one.start, fade, look)
            start = max(one.start + shift, 0)
            incoming = np.array(sound[start:stop], np.float32)
            over = min(fade, len(tail), len(incoming))
            falling = _fall(over)
            incoming[:over] = incoming[:over] * (1 - falling) + tail[:over] * falling
            made = np.concatenate([made, incoming])
        tail = np.array(sound[stop : stop + edge], np.float32)
    return made


def _fall(length: int) -> Mono:
    fall: Mono = (0.5 + 0.5 * np.cos(np.pi * (np.arange(length) + 0.5) / max(length, 1))).astype(np.float32)
    return fall


def _best_shift(tail: Mono, sound: Mono, start: int, fade: int, look: int) -> int:
    """By how many samples to move a piece so that its beginning is like what it follows."""
    first = max(start - look, 0)
    there = np.asarray(sound[first : start + look + fade], np.float64)
    wanted = np.asarray(tail[:fade], np.float64)
    if len(wanted) < fade or len(there) < fade + 1:
        return 0
    alike = np.correlate(there, wanted, mode="valid")
    energy = np.convolve(there**2, np.ones(fade), mode="valid")
    score = alike / np.sqrt(energy + 1e-6)
    return int(score.argmax()) + first - start
