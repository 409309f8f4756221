"""A text as a reader would say it, before any sound is made: phones, how long each is, frames, melody."""

from typing import NamedTuple

import numpy as np

from studio.engines import espeak
from studio.engines.espeak import Spoken
from studio.engines.voice.frames import Matrix, Row
from studio.engines.voice.inputs import Carrier, of_frames, of_phones
from studio.engines.voice.learning import carried
from studio.engines.voice.network import predict
from studio.engines.voice.phones import Segment
from studio.engines.voice.reader import Ints, Reader
from studio.engines.voice.warping import applied

_EDGE_FRAMES = 10
_LEAST_FRAMES = 4


class Plan(NamedTuple):
    """What is to be said. `starts` has one more entry than there are segments: the end of the last."""

    segments: tuple[Segment, ...]
    starts: Ints
    expected: Matrix
    """Envelope, aperiodicity, voice and tune as the network expects them, in the reader's own units."""
    log_f0: Row
    spoken: Spoken
    carrier: Carrier


def planned(reader: Reader, text: str, *, as_carrier: bool, speed: float = 1.0) -> Plan:
    """Plan a text, with the carrier's own timing or with the reader's."""
    facts, statistics = reader.facts, reader.statistics
    pace = round(facts.words_per_minute * speed)
    spoken = espeak.render(text, voice=facts.carrier, words_per_minute=pace)
    carrier = carried(spoken)
    phones = of_phones(carrier.segments, reader.numbers)
    if as_carrier:
        edges = np.array([round(segment.start) for segment in carrier.segments] + [len(carrier.cepstra)])
        lengths = np.maximum(np.diff(edges), 1)
    else:
        lengths = _lengths(reader, carrier, phones)
    rows, tune = of_frames(carrier, phones, lengths)
    expected = predict(reader.weights, rows) * statistics.spread + statistics.mean
    own = (tune - facts.carrier_log_f0) / facts.carrier_log_f0_spread
    theirs = expected[:, -1]
    theirs = (theirs - theirs.mean()) * 1.3 + theirs.mean()
    melody = facts.log_f0 + facts.log_f0_spread * (0.5 * np.clip(own, -2.5, 2.5) + 0.5 * theirs)
    melody = np.clip(melody, facts.log_f0 - 0.7, facts.log_f0 + 0.8)
    starts = np.concatenate([[0], np.cumsum(lengths)])
    return Plan(carrier.segments, starts, expected, melody.astype(np.float32), spoken, carrier)


def livened(reader: Reader, expected: Matrix) -> Matrix:
    """Expected envelopes with the spread that real ones have: a network's guesses are too even."""
    statistics = reader.statistics
    gain = statistics.gain.copy()
    gain[0] = 1
    made: Matrix = (expected - statistics.centre) * gain + statistics.centre
    return made


def _lengths(reader: Reader, carrier: Carrier, phones: Matrix) -> Ints:
    """Between what the reader would take for each phone and what the carrier takes."""
    widths = np.array([max(segment.stop - segment.start, 2.0) for segment in carrier.segments])
    likely = np.exp(applied(phones, reader.statistics.durations[:, None])[:, 0])
    lengths = np.sqrt(likely * widths)
    for i, segment in enumerate(carrier.segments):
        if segment.is_silence:
            edge = i in (0, len(widths) - 1)
            lengths[i] = _EDGE_FRAMES if edge else np.clip(widths[i], 10, reader.facts.pause_frames * 1.2)
    frames: Ints = np.maximum(np.round(lengths), _LEAST_FRAMES).astype(np.int64)
    return frames
