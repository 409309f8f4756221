"""Which of the melodies that were found for a medium is in force where."""

from hypothesis import given
from hypothesis import strategies as st

from studio.model.project import Lineage, MediaId, Pitch, PitchId, Project
from tests.helpers.projects import clip, medium

_LENGTH = 60

spans = st.lists(
    st.tuples(st.integers(0, _LENGTH - 1), st.integers(1, _LENGTH)).map(
        lambda span: (span[0], min(span[1], _LENGTH - span[0]))
    ),
    max_size=6,
)


def project(found: list[tuple[int, int]]) -> Project:
    """A medium of which stretches (start, length) were looked at, oldest first, and another with a melody."""
    pitches = [pitch(f"p{number}", start, length) for number, (start, length) in enumerate(found)]
    return Project(
        media=(medium(length=_LENGTH), medium("m2", _LENGTH)), pitches=(*pitches, pitch("other", 0, _LENGTH, "m2"))
    )


def pitch(id: str, start: int, length: int, media: str = "m1") -> Pitch:
    return Pitch(
        id=PitchId(id),
        media=MediaId(media),
        file=f"media/{id}.pitch.wav",
        start=start,
        length=length,
        frames_per_s=200,
        lineage=Lineage(engine="test"),
    )


def test_a_stretch_that_was_looked_at_again_leaves_the_rest_of_the_melody() -> None:
    pieces = project([(0, 60), (20, 10)]).melody_of(MediaId("m1"))

    assert [(piece.pitch.id, piece.start, piece.stop) for piece in pieces] == [
        ("p0", 0, 20),
        ("p1", 20, 30),
        ("p0", 30, 60),
    ]


@given(spans)
def test_at_every_sample_the_newest_melody_that_reaches_there_is_in_force(found: list[tuple[int, int]]) -> None:
    pieces = project(found).melody_of(MediaId("m1"))

    for sample in range(_LENGTH):
        reaching = [f"p{number}" for number, (start, length) in enumerate(found) if start <= sample < start + length]
        there = [piece.pitch.id for piece in pieces if piece.start <= sample < piece.stop]
        assert there == reaching[-1:]
    assert [piece.start for piece in pieces] == sorted(piece.start for piece in pieces)


@given(spans, st.integers(0, _LENGTH - 1), st.integers(1, _LENGTH), st.integers(0, 100))
def test_a_clip_has_the_part_of_the_melody_that_its_sound_has(
    found: list[tuple[int, int]], source_start: int, length: int, start: int
) -> None:
    whole = clip("c", start, min(length, _LENGTH - source_start), source_start=source_start)
    parts = project(found).melody_in(whole)

    for part, melody in parts:
        assert whole.start <= part.start < part.end <= whole.end
        assert part.start - part.source_start == whole.start - whole.source_start
        assert melody.start <= part.source_start < part.source_end <= melody.start + melody.length
    pieces = project(found).melody_of(MediaId("m1"))
    inside = sum(max(0, min(piece.stop, whole.source_end) - max(piece.start, whole.source_start)) for piece in pieces)
    assert sum(part.length for part, _ in parts) == inside
