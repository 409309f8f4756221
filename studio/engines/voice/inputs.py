"""What is known of a text before it is spoken: its phones and the carrier, as numbers for a network."""

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from studio.engines.voice.frames import CEPSTRA, Matrix, Row
from studio.engines.voice.phones import SILENCE, Segment, is_vowel

_PLACES: Final = 12
_AROUND: Final = 6
_LOUDNESS_SCALE: Final = 60.0
_SHAPE_SCALE: Final = 30.0
_LONG: Final = 15.0


class Carrier(NamedTuple):
    """eSpeak's rendering in frames: cepstra, a smooth log F0 that never stops, and 1 where it has a voice."""

    cepstra: Matrix
    log_f0: Row
    voiced: Row
    segments: tuple[Segment, ...]


def of_phones(segments: Sequence[Segment], index: Mapping[str, int]) -> Matrix:
    """A row for each segment: it and its neighbours, its stress, its place in word and phrase."""
    count, width = len(segments), len(index)
    rows = np.zeros((count, 3 * width + _PLACES), np.float32)
    silent = [segment.is_silence for segment in segments]
    since, until = _distances(silent), _distances(silent[::-1])[::-1]
    for i, segment in enumerate(segments):
        for place, j in enumerate((i - 1, i, i + 1)):
            phone = segments[j].phone if 0 <= j < count else SILENCE
            if phone in index:
                rows[i, place * width + index[phone]] = 1
        following = [segments[j].phone if j < count else SILENCE for j in (i + 1, i + 2)]
        rows[i, 3 * width :] = (
            segment.stress == 1,
            segment.stress == 2,
            is_vowel(segment.phone),
            min(until[i], 12) / 12,
            min(since[i], 12) / 12,
            until[i] <= 2,
            since[i] <= 1,
            i == 0 or segments[i - 1].word != segment.word,
            i == count - 1 or segments[i + 1].word != segment.word,
            is_vowel(following[0]),
            is_vowel(following[1]),
            np.log(max(segment.stop - segment.start, 1.0)) / 3,
        )
    return rows


def of_frames(carrier: Carrier, phones: Matrix, lengths: NDArray[np.int64]) -> tuple[Matrix, Row]:
    """A row for each frame of speech whose segments last `lengths`, and the carrier's log F0 there.

    The first `CEPSTRA` columns are the carrier's own sound.
    """
    total = int(lengths.sum())
    owner = np.repeat(np.arange(len(lengths)), lengths)
    within = np.arange(total) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    length = lengths[owner].astype(np.float32)
    part = (within + 0.5) / length
    starts = np.array([segment.start for segment in carrier.segments], np.float32)
    widths = np.array([max(segment.stop - segment.start, 0.01) for segment in carrier.segments], np.float32)
    at = np.clip(starts[owner] + part * widths[owner], 0, len(carrier.cepstra) - 1)
    low = at.astype(np.int64)
    high = np.minimum(low + 1, len(carrier.cepstra) - 1)
    weight = (at - low).astype(np.float32)

    def there(rows: Matrix) -> Matrix:
        share = weight[:, None] if rows.ndim > 1 else weight
        mixed: Matrix = rows[low] * (1 - share) + rows[high] * share
        return mixed

    scale = np.array([_LOUDNESS_SCALE] + [_SHAPE_SCALE] * (CEPSTRA - 1), np.float32)
    cepstra = there(carrier.cepstra[:, :CEPSTRA]) / scale
    around = [cepstra[np.clip(np.arange(total) + step, 0, total - 1)] for step in (-_AROUND, _AROUND)]
    place = np.stack(
        [
            part,
            np.minimum(within / _LONG, 2),
            np.minimum((length - 1 - within) / _LONG, 2),
            np.log(length) / 3,
            np.sin(np.pi * part),
        ],
        axis=1,
    )
    log_f0 = there(carrier.log_f0)
    rows = np.hstack([cepstra, *around, place, phones[owner], there(carrier.voiced)[:, None]])
    return rows.astype(np.float32), log_f0


def _distances(silent: Sequence[bool]) -> list[int]:
    """How many segments each is away from the silence before it."""
    found, distance = [], 0
    for is_silent in silent:
        distance = 0 if is_silent else distance + 1
        found.append(distance)
    return found
