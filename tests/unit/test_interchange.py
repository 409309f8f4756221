"""What is written for other programs is read by them as it was meant, and comes back as it was."""

import csv
import io
from contextlib import suppress
from pathlib import Path

import mido
import mir_eval
import numpy as np
import openpyxl
import parselmouth
import pytest
from hypothesis import given
from hypothesis import strategies as st
from parselmouth.praat import call

from studio.errors import StudioError
from studio.media.interchange import audacity, figures, midi, praat_pitch, svl, tables, textgrid, writing, xlsx
from studio.media.interchange.kinds import KINDS, kind_of
from studio.media.interchange.reading import labels_in
from studio.media.interchange.writing import WritingSettings
from studio.model.labels import Label, Tier
from studio.model.notes import Note
from studio.model.pitch import PitchCurve
from tests.helpers.melodies import FRAMES_PER_S, TEXTS, curves, stretches, sung

PLAIN = WritingSettings()


@st.composite
def grids(draw: st.DrawFn) -> textgrid.TextGrid:
    times = st.floats(0, 10, allow_nan=False)
    places = draw(
        st.lists(st.builds(lambda at, text: Label(start_s=at, end_s=at, text=text), times, TEXTS), max_size=4)
    )
    tiers = (
        Tier(name=draw(TEXTS), kind="stretches", labels=draw(stretches())),
        Tier(name=draw(TEXTS), kind="places", labels=tuple(sorted(places, key=lambda label: label.start_s))),
    )
    return textgrid.TextGrid(0.0, 10.0, tiers[: draw(st.integers(0, 2))])


@given(grid=grids(), encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-be", "utf-16-le"]))
def test_a_textgrid_comes_back_in_every_encoding(grid: textgrid.TextGrid, encoding: str) -> None:
    assert textgrid.read(textgrid.write(grid).encode(encoding)) == grid


def short(text: str) -> str:
    """The short form: what counts in it, a line each, as Praat's own command writes it."""
    quoted = text.split('"')
    words = [
        word
        for at, part in enumerate(quoted)
        for word in ([f'"{part}"'] if at % 2 else [w for w in part.split() if w[0].isdigit() or w[0] == "<"])
    ]
    return "\n".join(words) + "\n"


@given(labels=stretches())
def test_the_short_form_says_the_same(labels: tuple[Label, ...]) -> None:
    plain = tuple(Label(start_s=one.start_s, end_s=one.end_s, text=one.text.replace('"', "'")) for one in labels)
    grid = textgrid.TextGrid(0.0, 10.0, (Tier(name="words", kind="stretches", labels=plain),))

    assert textgrid.read(short(textgrid.write(grid)).encode()) == grid


@pytest.mark.parametrize("command", ["Save as text file", "Save as short text file"])
def test_praat_reads_our_textgrid_and_we_read_praats(tmp_path: Path, command: str) -> None:
    words = (
        Label(start_s=0.5, end_s=1.0, text='she said "é" ! 5'),
        Label(start_s=1.0, end_s=1.25, text="ʃiː 歌"),
    )
    beat = Label(start_s=0.3, end_s=0.3, text="one")
    grid = textgrid.TextGrid(
        0.0,
        2.5,
        (Tier(name="words", kind="stretches", labels=words), Tier(name="beats", kind="places", labels=(beat,))),
    )
    (tmp_path / "ours.TextGrid").write_text(textgrid.write(grid), encoding="utf-8")

    theirs = parselmouth.read(str(tmp_path / "ours.TextGrid"))
    call(theirs, command, str(tmp_path / "praats.TextGrid"))

    assert call(theirs, "Get number of intervals", 1) == 4
    assert call(theirs, "Get label of interval", 1, 2) == words[0].text
    assert call(theirs, "Get time of point", 2, 1) == 0.3
    assert textgrid.read((tmp_path / "praats.TextGrid").read_bytes()) == grid


def test_stretches_that_overlap_are_cut_so_that_the_tier_has_no_holes() -> None:
    labels = (Label(start_s=0, end_s=2, text="a"), Label(start_s=1, end_s=3, text="b"), Label(start_s=9, end_s=9.5))
    grid = textgrid.TextGrid(0.0, 2.5, (Tier(name="t", kind="stretches", labels=labels),))

    (tier,) = textgrid.read(textgrid.write(grid).encode()).tiers

    assert [(label.start_s, label.end_s) for label in tier.labels] == [(0, 2), (2, 2.5)]


@pytest.mark.parametrize(
    "text",
    [
        "Dear Ada,",
        "",
        'File type = "ooTextFile"\nObject class = "Sound 2"\n0 1',
        'File type = "ooTextFile"\nObject class = "TextGrid"\n0 1 <exists> 1 "IntervalTier" "a" 0 1 2 0 1 "x"',
        'File type = "ooTextFile"\nObject class = "TextGrid"\n0 1 <exists> 1 "Cheese" "a" 0 1 0',
        'File type = "ooTextFile"\nObject class = "TextGrid"\n0 1 <exists> 1.5',
        'File type = "ooTextFile"\nObject class = "TextGrid"\n0 1 <exists> 99999999999',
    ],
)
def test_what_is_no_textgrid_is_refused_in_words(text: str) -> None:
    with pytest.raises(StudioError) as refused:
        textgrid.read(text.encode())

    assert refused.value.explanation.cause
    assert refused.value.explanation.remedy


@given(data=st.binary(max_size=200))
def test_no_bytes_at_all_break_a_reader(data: bytes) -> None:
    for read in (textgrid.read, praat_pitch.read_pitch, audacity.read, tables.read_notes, svl.read):
        with suppress(StudioError):  # anything else would be our bug
            read(data)


@given(curve=curves())
def test_praat_pitch_comes_back(curve: PitchCurve) -> None:
    found, first_s = praat_pitch.read_pitch(praat_pitch.write_pitch(curve, 1.0, 1400).encode())

    assert first_s == 0
    assert found.frames_per_s == FRAMES_PER_S
    np.testing.assert_array_equal(found.hz, curve.hz)
    np.testing.assert_array_equal(found.confidence, curve.confidence)


def test_praat_reads_our_pitch_and_pitch_tier(tmp_path: Path) -> None:
    song = sung()
    (tmp_path / "a.Pitch").write_bytes(writing.contents("pitch", [song], PLAIN))
    (tmp_path / "a.PitchTier").write_bytes(writing.contents("pitchtier", [song], PLAIN))

    pitch = parselmouth.read(str(tmp_path / "a.Pitch"))
    tier = parselmouth.read(str(tmp_path / "a.PitchTier"))

    theirs = pitch.selected_array["frequency"]
    np.testing.assert_allclose(theirs, np.nan_to_num(song.curve.hz), rtol=1e-6)
    np.testing.assert_allclose(pitch.xs(), song.curve.times_s(), atol=1e-9)
    points = praat_pitch.read_tier(writing.contents("pitchtier", [song], PLAIN))
    assert call(tier, "Get number of points") == len(points) == song.curve.voiced.sum()
    assert call(tier, "Get value at index", 5) == pytest.approx(points[4][1])


@given(curve=curves())
def test_tonys_melody_comes_back(curve: PitchCurve) -> None:
    rows = tables.read_melody(tables.write_melody(curve).encode())

    np.testing.assert_allclose([time_s for time_s, _ in rows], curve.times_s(), atol=1e-9)
    np.testing.assert_allclose([hz for _, hz in rows], np.nan_to_num(curve.hz), rtol=1e-5)


def test_mir_eval_reads_tonys_tables(tmp_path: Path) -> None:
    song = sung()
    (tmp_path / "melody.csv").write_bytes(writing.contents("tony", [song], PLAIN))

    times, values = mir_eval.io.load_time_series(str(tmp_path / "melody.csv"), delimiter=",")

    np.testing.assert_allclose(times, song.curve.times_s(), atol=1e-9)
    np.testing.assert_allclose(values, np.nan_to_num(song.curve.hz), rtol=1e-5)


@pytest.mark.parametrize("separator", [",", "\t"])
@pytest.mark.parametrize("header", [True, False])
def test_notes_come_back_from_tables_in_either_order(separator: tables.Separator, header: bool) -> None:
    notes = [tables.NoteRow(0.5, 440.0, 1.25), tables.NoteRow(2.0, 220.5, 0.5)]
    text = tables.write_notes(notes, separator, header=header)
    turned = "".join(f"{note.start_s},{note.duration_s},{note.hz},0.8,la\n" for note in notes)

    assert tables.read_notes(text.encode()) == tuple(notes)
    assert tables.read_notes(turned.encode()) == tuple(note._replace(text="la") for note in notes)


@pytest.mark.parametrize("text", ["a,b\nc,d\n", "1.0,2.0\n", "1,2,3\n1,two,3\n"])
def test_a_table_of_something_else_is_refused(text: str) -> None:
    with pytest.raises(StudioError, match="Line"):
        tables.read_notes(text.encode())


def test_sonic_visualiser_layers_come_back() -> None:
    song = sung()

    melody = svl.read(writing.contents("svl", [song], PLAIN))
    notes = svl.read(writing.contents("svl-notes", [song], PLAIN))

    assert len(melody.points) == song.curve.voiced.sum()
    np.testing.assert_allclose([hz for _, hz in melody.melody()], song.curve.hz[song.curve.voiced], rtol=1e-5)
    assert [round(note.start_s, 4) for note in notes.notes()] == [0, 1.5]
    assert notes.notes()[1].hz == pytest.approx(song.notes[1].pitch_hz, rel=1e-6)
    assert notes.places()[0].text == "A4 +0 ¢"
    assert notes.places()[0].end_s == pytest.approx(1.0)


@pytest.mark.parametrize(
    "text",
    [
        "<sv></sv>",
        "no xml",
        '<!DOCTYPE a [<!ENTITY b "c">]><sv><model sampleRate="1"/></sv>',
        '<sv><model sampleRate="0"/></sv>',
        '<sv><model sampleRate="48000"/><point frame="soon"/></sv>',
    ],
)
def test_what_is_no_layer_is_refused_in_words(text: str) -> None:
    with pytest.raises(StudioError):
        svl.read(text.encode()).places()


@given(labels=stretches())
def test_audacitys_labels_come_back(labels: tuple[Label, ...]) -> None:
    tidy = tuple(Label(start_s=one.start_s, end_s=one.end_s, text=" ".join(one.text.split())) for one in labels)

    assert audacity.read(audacity.write(labels).encode()) == tidy


def test_audacitys_bands_places_and_commas_are_understood() -> None:
    text = "1.000000\t2.500000\tcough\n\\\t120.000000\t-1.000000\n3,5\t3,5\n\n"

    cough, place = audacity.read(text.encode())

    assert (cough.low_hz, cough.high_hz) == (120.0, None)
    assert place.is_place
    assert place.start_s == 3.5
    band = Label(start_s=0, end_s=1, text="a", low_hz=100.0, high_hz=200.0)
    assert audacity.read(audacity.write([band]).encode()) == (band,)
    with pytest.raises(StudioError, match="Line 1"):
        audacity.read(b"one\ttwo\tthree")


@pytest.mark.parametrize(("bend_semitones", "mpe"), [(2, False), (12, False), (48, True)])
def test_a_synthesiser_that_plays_our_midi_sings_our_melody(bend_semitones: int, mpe: bool) -> None:
    song = sung()
    file = io.BytesIO(writing.contents("midi", [song], WritingSettings(bend_semitones=bend_semitones, mpe=mpe)))

    played, key, bend, now, wheel, control = [], None, 0.0, 0.0, {}, {}
    for message in mido.MidiFile(file=file):
        now += message.time
        if message.type == "control_change":
            wheel[message.control] = message.value
            if message.control == 6:
                control[wheel[101], wheel[100], message.channel] = message.value
        elif message.type == "pitchwheel":
            bend = message.pitch / 8192 * bend_semitones
        elif message.type == "note_on":
            key = message.note
        elif message.type == "note_off":
            key = None
        played.append((now, None if key is None else 440 * 2 ** ((key + bend - 69) / 12)))

    assert control[0, 0, int(mpe)] == bend_semitones
    assert ((0, 6, 0) in control) == mpe
    times = np.array([time for time, _ in played])
    for frame in np.flatnonzero(song.curve.voiced)[2::20]:
        _, hz = played[int(np.searchsorted(times, frame / FRAMES_PER_S + 0.0006)) - 1]
        assert hz is not None
        assert abs(1200 * np.log2(hz / song.curve.hz[frame])) < 15, "5 ms of a quick vibrato"


@given(
    midis=st.lists(st.floats(30, 100), min_size=1, max_size=20),
    lengths=st.lists(st.integers(1, 4000), min_size=20, max_size=20),
)
def test_midi_notes_keep_their_keys_and_times(midis: list[float], lengths: list[int]) -> None:
    ends = np.cumsum(lengths[: len(midis)]) / 1000
    notes = [
        Note(start_s=float(end - length / 1000), end_s=float(end), pitch_hz=440 * 2 ** ((m - 69) / 12), vibrato=None)
        for m, end, length in zip(midis, ends, lengths, strict=False)
    ]

    read = mido.MidiFile(file=io.BytesIO(midi.write(notes, None, midi.MidiSettings())))

    now, found = 0.0, []
    for message in read:
        now += message.time
        if message.type == "note_on":
            found.append((message.note, now))
    assert [key for key, _ in found] == [int(np.floor(m + 0.5)) for m in midis]
    np.testing.assert_allclose([at for _, at in found], [note.start_s for note in notes], atol=1.1e-3)


def test_a_spreadsheet_program_reads_the_figures_and_their_guide() -> None:
    two = [sung("first"), sung("second")]

    book = openpyxl.load_workbook(io.BytesIO(writing.contents("xlsx", two, PLAIN)))

    assert book.sheetnames == ["Notes", "Recordings", "Voice range", "Columns"]
    field = list(book["Voice range"].iter_rows(values_only=True))
    assert field[0] == ("file", "note", "pitch_hz", "seconds_s", "-21_dbfs_s")
    assert sum(row[3] for row in field[1:] if row[0] == "first") == pytest.approx(2.0, abs=0.01)
    heading, *rows = book["Notes"].iter_rows(values_only=True)
    assert [row[0] for row in rows] == ["first", "first", "second", "second"]
    flat = dict(zip(heading, rows[1], strict=True))
    assert flat["intonation_cents"] == pytest.approx(-20, abs=0.1)
    assert flat["name"] == "C5"
    assert flat["vibrato_rate_hz"] is None
    explained = {row[0] for row in book["Columns"].iter_rows(values_only=True)}
    assert set(heading) <= explained


def test_every_column_of_the_table_is_in_its_guide_with_the_unit_in_its_name() -> None:
    table = list(csv.DictReader(io.StringIO(writing.contents("csv", [sung()], PLAIN).decode())))
    guide = {row["column"]: row for row in csv.DictReader(io.StringIO(figures.guide_text()))}

    assert set(table[0]) <= set(guide)
    units = {"s": "_s", "Hz": "_hz", "cents": "_cents", "cents/s": "_cents_per_s", "0 to 1": ""}
    assert all(name.endswith(units.get(row["unit"], "")) for name, row in guide.items())
    assert table[0]["vibrato_extent_half_cents"] == "62.0"
    assert table[1]["vibrato_extent_half_cents"] == ""


@given(rows=st.lists(st.lists(st.one_of(st.none(), st.floats(-1e9, 1e9), TEXTS), max_size=30), min_size=1, max_size=5))
def test_any_cells_come_back_from_a_spreadsheet(rows: list[list[xlsx.Cell]]) -> None:
    book = openpyxl.load_workbook(io.BytesIO(xlsx.write([xlsx.Sheet("T", rows)])))

    found = [list(row) for row in book["T"].iter_rows(values_only=True)]
    for mine, theirs in zip(rows, found, strict=False):
        for cell, read in zip(mine, theirs, strict=False):
            assert read == cell


def test_each_kind_of_file_can_be_written_and_labels_read_again(tmp_path: Path) -> None:
    for kind in KINDS:
        path = tmp_path / f"{kind.id}{kind.suffix}"
        path.write_bytes(writing.contents(kind.id, [sung()], PLAIN))
        assert path.stat().st_size > 0
        assert kind_of(path) is not None

    assert [tier.name for tier in labels_in(tmp_path / "textgrid.TextGrid")] == ["notes", "vibrato"]
    assert len(labels_in(tmp_path / "labels.txt")[0].labels) == 2
    assert len(labels_in(tmp_path / "svl-notes.svl")[0].labels) == 2
    with pytest.raises(StudioError):
        labels_in(tmp_path / "midi.mid")
    with pytest.raises(StudioError):
        labels_in(tmp_path / "nowhere.txt")
