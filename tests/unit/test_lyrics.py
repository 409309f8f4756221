"""Lines of a song, and which is sung now."""

import math
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from studio.errors import StudioError
from studio.model.lyrics import Line, line_at, lines_of
from studio.session.lyrics import read

LRC = """[ti:Evening]
[offset:+500]
[00:01.50]Every breath a wave
[00:04.00][00:12.00]And <00:04.50>again
[00:08.00]
no time at all
"""
SRT = (
    "1\r\n00:00:01,000 --> 00:00:02,500\r\nEvery <i>breath</i>\r\na wave\r\n\r\n"
    "2\r\n00:00:04,000 --> 00:00:05,000\r\nAgain\r\n"
)
VTT = "WEBVTT\n\n00:01.000 --> 00:02.500 align:left\nEvery breath\n"


def test_lines_of_a_song_are_shown_until_the_next() -> None:
    lines = lines_of(LRC)

    assert [(line.start_s, line.text) for line in lines] == [
        (1.0, "Every breath a wave"), (3.5, "And again"), (7.5, ""), (11.5, "And again"),
    ]  # fmt: skip
    said = [line_at(lines, at_s) for at_s in (0.9, 1.0, 3.49, 3.5, 7.5, 11.4, 999.0)]
    assert said == ["", "Every breath a wave", "Every breath a wave", "And again", "", "", "And again"]


def test_subtitles_end_when_they_say() -> None:
    assert lines_of(SRT) == (Line(1.0, 2.5, "Every breath a wave"), Line(4.0, 5.0, "Again"))
    assert [line_at(lines_of(SRT), at_s) for at_s in (2.49, 2.5, 4.9, 5.0)] == ["Every breath a wave", "", "Again", ""]
    assert lines_of(VTT) == (Line(1.0, 2.5, "Every breath"),)


def test_words_without_times_are_no_lines() -> None:
    assert lines_of("Every breath a wave\n[00:xx] and again\n") == ()
    assert line_at((), 1.0) == ""


_PARTS = st.sampled_from(
    ["[", "]", ":", ".", ",", "-->", "offset:", "9" * 5000, "1", "0", "00:00:01,000", "a", "\n", "<"]
)


@given(st.lists(_PARTS | st.text(max_size=4), max_size=40).map("".join))
@example(f"[{'9' * 400}:00]la")
@example(f"[offset:{'9' * 5000}][0:01]la")
@example(f"{'9' * 5000}:00:01,000 --> 00:00:02,000\nla")
def test_whatever_a_file_holds_its_lines_are_in_order_or_there_are_none(text: str) -> None:
    lines = lines_of(text)

    assert all(0 <= line.start_s < math.inf for line in lines)
    assert list(lines) == sorted(lines)


def test_of_a_file_that_is_no_song_little_is_read(tmp_path: Path) -> None:
    with (tmp_path / "film.mkv").open("wb") as file:
        file.truncate(1 << 33)

    with pytest.raises(StudioError, match=r"overlay\.lyrics"):
        read(tmp_path / "film.mkv")
