"""Songs to sing against: UltraStar's files and scores in MusicXML."""

import io
import zipfile
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.errors import StudioError
from studio.media.interchange import musicxml, ultrastar
from studio.media.interchange.melodies import Written, melody_or_notes

ULTRASTAR = """#TITLE:Two lines
#BPM:150,0
#GAP:2000
: 0 4 9 La
* 4 2 11 la
F 8 4 0 (spoken)
- 12
: 16 8 -3 low
E
: 99 8 0 never
"""

SCORE = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE score-partwise PUBLIC "-//Recordare//DTD MusicXML 4.0 Partwise//EN" "http://www.musicxml.org/dtds/partwise.dtd">
<score-partwise version="4.0">
  <part-list><score-part id="P1"/><score-part id="P2"/></part-list>
  <part id="P1"><measure number="1">
    <attributes><divisions>1</divisions></attributes>
    <direction><sound tempo="60"/></direction>
    <note><pitch><step>C</step><octave>3</octave></pitch><duration>4</duration></note>
  </measure></part>
  <part id="P2"><measure number="1">
    <attributes><divisions>2</divisions><transpose><chromatic>0</chromatic><octave-change>-1</octave-change></transpose>
    </attributes>
    <note><rest/><duration>2</duration></note>
    <note><grace/><pitch><step>D</step><octave>5</octave></pitch></note>
    <note><pitch><step>F</step><alter>1</alter><octave>5</octave></pitch><duration>2</duration>
      <lyric><text>A</text></lyric></note>
    <note><pitch><step>A</step><octave>5</octave></pitch><duration>4</duration><tie type="start"/>
      <lyric><text>men</text></lyric></note>
    <backup><duration>4</duration></backup>
    <note><chord/><pitch><step>A</step><octave>4</octave></pitch><duration>4</duration></note>
  </measure><measure number="2">
    <direction><sound tempo="120"/></direction>
    <note><pitch><step>A</step><octave>5</octave></pitch><duration>2</duration><tie type="stop"/></note>
  </measure></part>
</score-partwise>
"""


def of(folder: Path, name: str, data: bytes) -> object:
    path = folder / name
    path.write_bytes(data)
    return melody_or_notes(path, 442.0)


def rounded(notes: object) -> list[tuple[float, float, float]]:
    assert isinstance(notes, tuple)
    assert all(isinstance(note, Written) for note in notes)
    return [(round(note.start_s, 3), round(note.end_s, 3), round(note.midi, 3)) for note in notes]


@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_a_song_of_ultrastar_is_read_in_quarter_beats_from_its_gap(tmp_path: Path, mark: str) -> None:
    found = of(tmp_path, "song.txt", (mark + ULTRASTAR).encode())
    assert rounded(found) == [(2.0, 2.4, 69.0), (2.4, 2.6, 71.0), (3.6, 4.4, 57.0)]
    assert [row.text for row in ultrastar.read(ULTRASTAR.encode())] == ["La", "la", "low"]


def test_lines_that_count_from_their_own_beginning_and_a_second_singer(tmp_path: Path) -> None:
    song = "#BPM:60\n#RELATIVE:yes\nP1\n: 0 4 0 a\n- 8 16\n: 0 4 2 b\nP2\n: 0 4 7 c\n"
    assert rounded(of(tmp_path, "duet.txt", song.encode())) == [(0.0, 1.0, 60.0), (4.0, 5.0, 62.0)]


def test_a_table_is_no_song(tmp_path: Path) -> None:
    assert rounded(of(tmp_path, "notes.txt", b"0.5\t442\t1.0\n2.0\t221\t1.0\n")) == [(0.5, 1.5, 69.0), (2.0, 3.0, 57.0)]


@pytest.mark.parametrize("name", ["song.musicxml", "song.mxl"])
def test_the_part_with_words_is_sung_in_the_scores_tempo(tmp_path: Path, name: str) -> None:
    data = SCORE.encode()
    if name.endswith(".mxl"):
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
            file.writestr("META-INF/container.xml", "<container/>")
            file.writestr("score.xml", data)
        data = packed.getvalue()
    # the rest a second, F#5 and A5 an octave lower, and A's second half at twice the tempo
    assert rounded(of(tmp_path, name, data)) == [(1.0, 2.0, 66.0), (2.0, 4.5, 69.0)]


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.musicxml", b"<score-timewise/>"),
        ("a.musicxml", b"<score-partwise><part/></score-partwise>"),
        ("a.musicxml", b"<!DOCTYPE x [<!ENTITY a 'b'>]><x/>"),
        ("a.mxl", b"PK\x03\x04 and no more"),
        ("a.txt", b"#TITLE:No tempo\n: 0 4 0 a\n"),
        ("a.txt", b"#BPM:100\n: 0 four 0 a\n"),
        ("a.txt", b"#BPM:100\n: 0 4 9e9 a\n"),
    ],
)
def test_what_is_no_song_is_refused_in_words(tmp_path: Path, name: str, data: bytes) -> None:
    with pytest.raises(StudioError) as refused:
        of(tmp_path, name, data)
    assert refused.value.explanation.code == "interchange.unreadable"


PIECES = st.sampled_from([*SCORE.split("<"), *SCORE.split(">")])


@settings(max_examples=60)
@given(
    data=st.one_of(st.binary(max_size=200), st.lists(PIECES, max_size=40).map(lambda parts: "<".join(parts).encode()))
)
def test_no_bytes_break_the_readers(data: bytes) -> None:
    for read in (ultrastar.read, musicxml.read):
        with suppress(StudioError):
            assert all(row.duration_s >= 0 for row in read(data))
