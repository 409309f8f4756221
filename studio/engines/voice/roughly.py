"""Speech in a voice of which nobody knows what its recordings say: the carrier, converted to it."""

from collections.abc import Sequence

from studio.engines import espeak
from studio.engines.base import Mono, Report
from studio.engines.voice import stress
from studio.engines.voice.converting import Wish, converted
from studio.engines.voice.frames import resampled
from studio.engines.voice.learning import levelled
from studio.engines.voice.phones import segments_of
from studio.engines.voice.reader import Reader


def said(reader: Reader, text: str, speed: float, report: Report, spans: Sequence[stress.Span] = ()) -> Mono:
    """Return a sentence at the rate of the reader, some letters of it stressed."""
    facts = reader.facts
    spoken = espeak.render(text, voice=facts.carrier, words_per_minute=round(facts.words_per_minute * speed))
    carrier = levelled(resampled(spoken.samples, spoken.rate_hz, facts.rate_hz))
    sound = converted(carrier, facts.rate_hz, reader, Wish(None, 0.0, 1.0), report)
    words = stress.words_in(spoken, spans)
    segments = segments_of(spoken)
    starts = [segment.start for segment in segments] + [segments[-1].stop]
    stretches = stress.of_segments(segments, starts, words)
    return stress.stressed(sound, facts.rate_hz, stretches) if stretches else sound
