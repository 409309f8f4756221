"""Markers go out as labels and come in as markers, the same ones."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from studio.errors import StudioError
from studio.media.interchange.reading import labels_in
from studio.model.edits import AddMarkers
from studio.model.history import History
from studio.model.labels import Label, Tier
from studio.model.project import Marker, MarkerId, Project, Track, TrackId
from studio.session.interchange import add_labels, marker_labels, sung_sound, write_markers
from studio.session.stems import pieces
from tests.helpers.projects import clip, medium

RATE_HZ = 48000


def marked(*markers: tuple[int, int, str]) -> Project:
    return Project(
        rate_hz=RATE_HZ,
        markers=tuple(
            Marker(id=MarkerId(f"m{number}"), start=start, length=length, text=text)
            for number, (start, length, text) in enumerate(markers)
        ),
    )


@pytest.mark.parametrize("name", ["labels.txt", "labels.TextGrid"])
def test_markers_survive_the_way_through_another_programs_file(tmp_path: Path, name: str) -> None:
    project = marked((4800, 0, "breath"), (48000, 24000, "Verse “1”"), (96001, 0, ""))

    write_markers(project, tmp_path / name)
    again = add_labels(Project(rate_hz=RATE_HZ), labels_in(tmp_path / name), 0).apply(Project(rate_hz=RATE_HZ))

    def plain(project: Project) -> list[tuple[int, int, str]]:
        return sorted((marker.start, marker.length, marker.text) for marker in project.markers)

    assert plain(again) == plain(project)


@given(at=st.integers(-RATE_HZ, RATE_HZ), start_s=st.floats(0, 5), length_s=st.floats(0, 5))
def test_labels_before_the_beginning_are_left_out_and_others_land_to_the_sample(
    at: int, start_s: float, length_s: float
) -> None:
    label = Label(start_s=start_s, end_s=start_s + length_s, text="x")
    tier = Tier(name="t", kind="stretches", labels=(label,))
    wanted = at + round(start_s * RATE_HZ)
    if wanted < 0:
        with pytest.raises(StudioError):
            add_labels(Project(rate_hz=RATE_HZ), (tier,), at)
        return

    (marker,) = add_labels(Project(rate_hz=RATE_HZ), (tier,), at).apply(Project(rate_hz=RATE_HZ)).markers

    assert marker.start == wanted
    assert abs(marker.length - length_s * RATE_HZ) <= 1


def many(count: int) -> Tier:
    return Tier(name="t", kind="places", labels=tuple(Label(start_s=at / 10, end_s=at / 10) for at in range(count)))


def test_too_many_labels_are_refused_in_words() -> None:
    with pytest.raises(StudioError, match="100001"):
        add_labels(Project(rate_hz=RATE_HZ), (many(100_001),), 0)


def test_very_many_labels_are_one_step_that_undo_takes_back() -> None:
    before = marked((7, 0, "mine"))
    history = History(base=before)

    after = history.do(add_labels(before, (many(20_000),), 0))

    assert len(after.project.markers) == 20_001
    assert after.undo_label == "Import labels"
    assert after.undo().project == before


def test_markers_that_are_there_already_are_not_added_twice() -> None:
    project = marked((0, 0, "one"))

    with pytest.raises(StudioError, match="there already"):
        AddMarkers(markers=project.markers).apply(project)


def test_markers_over_a_clip_go_with_it_cut_to_it_and_counted_from_it() -> None:
    placed = clip("c", start=RATE_HZ, length=2 * RATE_HZ, source_start=RATE_HZ)
    project = Project(rate_hz=RATE_HZ, media=(medium(),), tracks=(Track(id=TrackId("a"), name="A", clips=(placed,)),))
    inside, across = placed.start + 480, placed.end - 480
    markers = (
        Marker(id=MarkerId("a"), start=inside, text="in"),
        Marker(id=MarkerId("b"), start=across, length=4800, text="over the end"),
        Marker(id=MarkerId("c"), start=placed.end + 1, text="after"),
    )
    project = replace(project, markers=markers)
    (piece,) = pieces(project, [placed.id])

    found = sung_sound(project, piece).markers

    assert [label.text for label in found] == ["in", "over the end"]
    assert found[0].start_s == pytest.approx(0.01)
    assert found[1].end_s == pytest.approx(placed.length / RATE_HZ)
    assert len(marker_labels(project)) == 3
