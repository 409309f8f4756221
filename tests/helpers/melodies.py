"""Melodies, notes and labels for anything that writes or reads them."""

from itertools import pairwise

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray

from studio.media.interchange.writing import Sung
from studio.model.labels import Label
from studio.model.measures import measure_notes, summarise
from studio.model.notes import Note, Vibrato
from studio.model.pitch import PitchCurve
from studio.model.range_profile import range_profile, voice_field

FRAMES_PER_S = 200
VIBRATO = Vibrato(
    rate_hz=5.6,
    half_extent_cents=62.0,
    onset_s=0.25,
    regularity=0.9,
    cycles=4.2,
    rate_error_hz=0.01,
    extent_error_cents=0.8,
)

TEXTS = st.text(st.characters(blacklist_categories=["Cs", "Cc"], blacklist_characters="\u2028\u2029\x85"), max_size=12)
"""Without line breaks, which no label has."""


@st.composite
def curves(draw: st.DrawFn, most: int = 60) -> PitchCurve:
    hz = draw(st.lists(st.one_of(st.none(), st.floats(40, 1390, width=32)), min_size=1, max_size=most))
    values = np.array([np.nan if value is None else value for value in hz], np.float32)
    sure = np.where(np.isnan(values), 0.0, 0.75).astype(np.float32)
    return PitchCurve(frames_per_s=FRAMES_PER_S, hz=values, confidence=sure)


@st.composite
def stretches(draw: st.DrawFn) -> tuple[Label, ...]:
    """Stretches with a text, one after another, with and without gaps between them."""
    cuts = sorted(draw(st.sets(st.integers(0, 9_999), min_size=2, max_size=12)))
    pairs = [(a, b) for a, b in pairwise(cuts) if draw(st.booleans())]
    return tuple(Label(start_s=a / 1000, end_s=b / 1000, text=draw(TEXTS.filter(bool))) for a, b in pairs)


def sung(name: str = "song") -> Sung:
    """Two notes: A4 that shakes for a second, half a second of nothing, C5 that is 20 cents flat."""
    time_s: NDArray[np.float64] = np.arange(500) / FRAMES_PER_S
    first = 440 * 2 ** (np.where(time_s > 0.25, 62 * np.sin(2 * np.pi * 5.6 * time_s), 0) / 1200)
    second = np.full(500, 523.2511 * 2 ** (-20 / 1200))
    hz = np.where(time_s < 1, first, np.where(time_s < 1.5, np.nan, second)).astype(np.float32)
    curve = PitchCurve(frames_per_s=FRAMES_PER_S, hz=hz, confidence=np.where(np.isnan(hz), 0, 0.9).astype(np.float32))
    notes = (
        Note(start_s=0.0, end_s=1.0, pitch_hz=440.0, vibrato=VIBRATO),
        Note(start_s=1.5, end_s=2.5, pitch_hz=float(second[0]), vibrato=None),
    )
    measures = measure_notes(notes, curve)
    return Sung(
        name=name,
        rate_hz=48000,
        length_s=2.5,
        curve=curve,
        notes=notes,
        measures=measures,
        summary=summarise(measures),
        profile=range_profile(curve),
        field=voice_field(curve, np.full(len(hz), -20.5, np.float32)),
    )
