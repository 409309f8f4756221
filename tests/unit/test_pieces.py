"""What an export is cut into, and names that every system can hold."""

import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.audio.pieces import Piece, paths_for, pieces_of, safe_name
from studio.model.project import Clip, ClipId, Marker, MarkerId, MediaId, Project, Track, TrackId


def track(name: str, *, muted: bool = False) -> Track:
    clip = Clip(id=ClipId(name), media=MediaId("m"), source_start=0, start=0, length=1000)
    return Track(id=TrackId(name), name=name, clips=(clip,), muted=muted)


def marker(start: int, text: str, length: int = 0) -> Marker:
    return Marker(id=MarkerId(f"{text}{start}"), start=start, text=text, length=length)


PROJECT = Project(
    name="Song",
    tracks=(track("Vox"), track("Choir", muted=True), track("Band"), Track(id=TrackId("Empty"), name="Empty")),
)


def test_a_mix_is_one_piece_from_end_to_end_or_of_the_selection() -> None:
    assert pieces_of(PROJECT, 0, 0, "mix") == (Piece("Song", 0, 1000),)
    assert pieces_of(PROJECT, 100, 300, "mix") == (Piece("Song", 100, 300),)


def test_stems_are_the_tracks_that_are_heard_all_of_one_length() -> None:
    assert pieces_of(PROJECT, 100, 0, "tracks") == (
        Piece("Vox", 100, 1000, (TrackId("Vox"),)),
        Piece("Band", 100, 1000, (TrackId("Band"),)),
    )


def with_markers(*markers: Marker) -> Project:
    return Project(name="Song", tracks=PROJECT.tracks, markers=markers)


def test_point_markers_split_the_timeline() -> None:
    project = with_markers(marker(600, "Chorus"), marker(200, "Verse"))

    assert pieces_of(project, 0, 0, "markers") == (
        Piece("Song", 0, 200),
        Piece("Verse", 200, 600),
        Piece("Chorus", 600, 1000),
    )


def test_a_marker_at_the_very_start_leaves_nothing_before_it() -> None:
    assert pieces_of(with_markers(marker(0, "All")), 0, 0, "markers") == (Piece("All", 0, 1000),)


def test_regions_are_pieces_of_their_own_cut_to_the_selection() -> None:
    project = with_markers(marker(100, "A", 300), marker(300, "B", 900), marker(10, "Before", 20))

    assert pieces_of(project, 200, 1000, "markers") == (Piece("A", 200, 400), Piece("B", 300, 1000))


def test_without_markers_there_are_no_pieces() -> None:
    assert pieces_of(PROJECT, 0, 0, "markers") == ()


@given(text=st.text(max_size=300))
def test_any_text_becomes_a_name_that_every_system_holds(text: str) -> None:
    name = safe_name(text)

    assert 0 < len(name.encode()) <= 130
    assert not set(name) & set('<>:"/\\|?*')
    assert name == name.strip(" .")
    assert not name.startswith(("-", "~"))
    assert all(unicodedata.category(letter)[0] != "C" for letter in name)
    assert name.partition(".")[0].casefold() not in {"con", "prn", "aux", "nul", "com1", "lpt9"}


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Lead vox", "Lead vox"),
        ("Ünïcode 歌 🎤", "Ünïcode 歌 🎤"),
        ("AC/DC: back?", "AC-DC- back-"),
        ("../../etc/passwd", "etc-passwd"),
        ("con", "con_"),
        ("NUL.wav", "NUL_.wav"),
        ("line\nbreak\ttab", "line break tab"),
        ("", "Untitled"),
        ("...", "Untitled"),
        ("\u202eevil", "evil"),
    ],
)
def test_names_stay_as_close_to_the_text_as_may_be(text: str, name: str) -> None:
    assert safe_name(text) == name


@given(
    names=st.lists(st.sampled_from(["Vox", "vox", "VOX", "Vox (2)", "é", "e\u0301", "", "."]), min_size=1, max_size=9)
)
def test_no_two_files_have_names_that_any_system_takes_for_the_same(
    names: list[str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("out")
    (folder / "Vox.wav").touch()

    found = paths_for(tuple(Piece(name, 0, 1) for name in names), folder, ".wav", numbered=False)

    seen = [unicodedata.normalize("NFC", path.name).casefold() for path in found]
    assert len(set(seen)) == len(names)
    assert "vox.wav" not in seen


def test_markers_are_numbered_in_order(tmp_path: Path) -> None:
    found = paths_for((Piece("Verse", 0, 1), Piece("Verse", 1, 2)), tmp_path / "new", ".mp3", numbered=True)

    assert [path.name for path in found] == ["01 Verse.mp3", "02 Verse.mp3"]
