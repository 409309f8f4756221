"""A melody and notes that went out come in again, and so do those that other programs write."""

import math
from collections.abc import Iterator
from pathlib import Path

import mido
import mir_eval
import numpy as np
import parselmouth
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from parselmouth.praat import call
from pytestqt.qtbot import QtBot

from studio.commands import BY_ID, run
from studio.errors import StudioError
from studio.media.curve import read_curve
from studio.media.interchange import midi as midi_writing
from studio.media.interchange import midi_reading, writing
from studio.media.interchange.kinds import KindId, kind
from studio.media.interchange.melodies import Melody, Played, Written, melody_or_notes, on_frames
from studio.media.interchange.midi import MidiSettings
from studio.media.interchange.writing import WritingSettings
from studio.model.edits import FindNotes
from studio.model.notes import Note
from studio.model.pitch import PitchCurve, hz_to_midi
from studio.model.project import Project
from studio.model.sheet import SungNote
from studio.session.melody_import import imported
from tests.helpers.melodies import FRAMES_PER_S, curves, sung
from tests.helpers.projects import RATE_HZ, clip, medium
from tests.helpers.session import WAIT_MS, Session, put_sound

SONG = sung()
A4_HZ = 442.0
PLAIN = WritingSettings(a4_hz=A4_HZ)
CLIP = clip("c", 7 * RATE_HZ, 3 * RATE_HZ, source_start=RATE_HZ)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    (tmp_path / "media").mkdir()
    return Project(rate_hz=RATE_HZ, media=(medium(),), a4_hz=A4_HZ)


@pytest.fixture
def session(qtbot: QtBot) -> Iterator[Session]:
    made = Session()
    put_sound(made, 2.5)
    yield made
    made.close()


def written(folder: Path, name: KindId) -> Path:
    path = folder / f"song{kind(name).suffix}"
    path.write_bytes(writing.contents(name, [SONG], PLAIN))
    return path


@pytest.mark.parametrize("name", ["pitch", "pitchtier", "svl", "tony"])
def test_a_melody_comes_back_as_it_went_out(project: Project, tmp_path: Path, name: KindId) -> None:
    edit = imported(project, tmp_path, CLIP, written(tmp_path, name))

    (pitch,) = edit.apply(project).pitches
    curve = read_curve(tmp_path, pitch)
    assert (pitch.media, pitch.start, edit.label) == (CLIP.media, CLIP.source_start, "Import pitch")
    assert len(curve.hz) == len(SONG.curve.hz)
    np.testing.assert_array_equal(np.isnan(curve.hz), np.isnan(SONG.curve.hz))
    np.testing.assert_allclose(curve.hz, SONG.curve.hz, rtol=1e-5)


@pytest.mark.parametrize("name", ["midi", "svl-notes", "tony-notes"])
def test_notes_come_back_as_they_went_out(project: Project, tmp_path: Path, name: KindId) -> None:
    edit = imported(project, tmp_path, CLIP, written(tmp_path, name))

    (sheet,) = edit.apply(project).sheets
    assert edit.label == ("Import pitch and notes" if name == "midi" else "Import notes")
    for found, note in zip(sheet.notes, SONG.notes, strict=True):
        midi = hz_to_midi(note.named_hz, A4_HZ)
        assert found.start == pytest.approx(CLIP.source_start + note.start_s * RATE_HZ, abs=60)
        assert found.stop == pytest.approx(CLIP.source_start + note.end_s * RATE_HZ, abs=60)
        key = name == "midi" and note.vibrato is not None  # what shakes has a key; what is evenly off is off
        assert found.midi == pytest.approx(round(midi) if key else midi, abs=2e-4)


@given(curve=curves())
def test_any_melody_survives_praats_frames(curve: PitchCurve) -> None:
    times_s = curve.times_s()
    points = Melody(times_s, curve.hz.astype(np.float64), curve.confidence.astype(np.float64))

    found = on_frames(points, FRAMES_PER_S, 60.0)

    np.testing.assert_allclose(found.hz, curve.hz, rtol=1e-6)
    np.testing.assert_array_equal(found.confidence, curve.confidence)


def test_praats_own_pitch_is_read_at_its_own_frames(tmp_path: Path) -> None:
    time_s = np.arange(2 * 16000) / 16000
    hz = 200 + 40 * time_s
    sound = parselmouth.Sound(np.sign(np.sin(2 * np.pi * np.cumsum(hz) / 16000)) * 0.3, 16000)
    theirs = sound.to_pitch_ac(time_step=0.0073, pitch_floor=75)
    theirs.save(str(tmp_path / "a.Pitch"))
    call(theirs, "Down to PitchTier").save(str(tmp_path / "a.PitchTier"))

    for name in ("a.Pitch", "a.PitchTier"):
        melody = melody_or_notes(tmp_path / name, 440.0)
        assert isinstance(melody, Melody)
        curve = on_frames(melody, FRAMES_PER_S, 2.0)
        there = curve.voiced
        assert there.mean() > 0.9
        np.testing.assert_allclose(curve.hz[there], 200 + 40 * curve.times_s()[there], rtol=0.005)


def test_a_tier_of_few_points_is_joined_by_lines(tmp_path: Path) -> None:
    tier = call("Create PitchTier", "drawn", 0.0, 2.0)
    call(tier, "Add point", 0.5, 200.0)
    call(tier, "Add point", 1.5, 400.0)
    tier.save(str(tmp_path / "drawn.PitchTier"))

    melody = melody_or_notes(tmp_path / "drawn.PitchTier", 440.0)

    assert isinstance(melody, Melody)
    curve = on_frames(melody, FRAMES_PER_S, 2.0)
    assert curve.hz[200] == pytest.approx(200 * 2**0.5, rel=1e-5)
    assert curve.voiced[100:300].all()
    assert not curve.voiced[:99].any()


def test_a_table_that_mir_eval_reads_is_the_same_melody(tmp_path: Path) -> None:
    path = tmp_path / "crepe.csv"
    path.write_text("time,frequency,confidence\n" + "".join(f"{n / 100},{220 + n},0.9\n" for n in range(50)))
    plain = tmp_path / "plain.csv"
    plain.write_text("".join(f"{n / 100},{-220 if n < 5 else 220 + n}\n" for n in range(50)))

    for one in (path, plain):
        melody = melody_or_notes(one, 440.0)
        assert isinstance(melody, Melody)
        assert melody.hz[20] == 240
    times_s, hz = mir_eval.io.load_time_series(str(plain), delimiter=",")
    assert isinstance(melody, Melody)
    np.testing.assert_allclose(melody.time_s, times_s)
    np.testing.assert_allclose(np.nan_to_num(melody.hz), np.maximum(hz, 0))


def test_a_midi_file_of_another_program_is_one_voice(tmp_path: Path) -> None:
    song = mido.MidiFile(ticks_per_beat=96)
    tempo, melody, drums = (song.add_track() for _ in range(3))
    tempo.append(mido.MetaMessage("set_tempo", tempo=1_000_000, time=0))
    tempo.append(mido.MetaMessage("set_tempo", tempo=500_000, time=192))
    melody.append(mido.Message("sysex", data=(1, 2, 3), time=0))
    for key, at, velocity in ((60, 96, 90), (64, 0, 90), (60, 96, 0), (64, 96, 0), (67, 0, 70), (67, 96, 0)):
        melody.append(mido.Message("note_on", note=key, velocity=velocity, time=at))
    melody.append(mido.Message("note_on", note=72, velocity=70, time=0))  # never let go
    drums.append(mido.Message("note_on", channel=9, note=36, velocity=90, time=0))
    drums.append(mido.Message("note_off", channel=9, note=36, time=96))
    song.save(tmp_path / "song.mid")

    found = melody_or_notes(tmp_path / "song.mid", 440.0)

    assert found == (Written(1.0, 2.5, 64.0), Written(2.5, 3.0, 67.0))


@settings(max_examples=30)
@given(
    midi=st.floats(45, 80),
    rate_hz=st.floats(0, 7),
    half_extent=st.floats(0, 0.9),
    bend_semitones=st.sampled_from([2, 12, 48]),
    mpe=st.booleans(),
    start_s=st.floats(0, 1),
)
def test_a_bent_note_comes_back_within_a_cent(
    midi: float,
    rate_hz: float,
    half_extent: float,
    bend_semitones: int,
    mpe: bool,
    start_s: float,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    time_s = np.arange(600) / FRAMES_PER_S
    swung = midi + half_extent * np.sin(2 * np.pi * rate_hz * time_s)
    hz = (A4_HZ * 2 ** ((swung - 69) / 12)).astype(np.float32)
    curve = PitchCurve(frames_per_s=FRAMES_PER_S, hz=hz, confidence=np.ones(600, np.float32))
    note = Note(start_s=start_s, end_s=start_s + 1.5, pitch_hz=A4_HZ * 2 ** ((midi - 69) / 12), vibrato=None)
    how = MidiSettings(bend_semitones=bend_semitones, mpe=mpe, a4_hz=A4_HZ)

    path = tmp_path_factory.mktemp("bent") / "song.mid"
    path.write_bytes(midi_writing.write([note], curve, how))
    found = melody_or_notes(path, A4_HZ)

    if not isinstance(found, Played):  # bent evenly from end to end
        assert not isinstance(found, Melody)
        assert np.ptp(swung) < 0.02
        assert found[0].midi == pytest.approx(midi, abs=0.01)
        return
    assert isinstance(found, Played)
    assert found.notes[0].midi == math.floor(midi + 0.5)
    back = on_frames(found.melody, FRAMES_PER_S, 60.0).hz
    sung_here = slice(math.ceil(start_s * FRAMES_PER_S) + 2, math.floor((start_s + 1.5) * FRAMES_PER_S) - 2)
    assert np.abs(1200 * np.log2(back[sung_here] / hz[sung_here])).max() < 1.0


def test_a_wheel_bends_by_the_range_that_the_file_sets(tmp_path: Path) -> None:
    song = mido.MidiFile(ticks_per_beat=480)
    track = song.add_track()
    for controller, value in ((101, 0), (100, 0), (6, 12), (38, 0)):
        track.append(mido.Message("control_change", control=controller, value=value))
    track.append(mido.Message("pitchwheel", pitch=4096))  # half of an octave, for good
    track.append(mido.Message("note_on", note=60, velocity=90))
    track.append(mido.Message("note_off", note=60, time=480))
    song.save(tmp_path / "song.mid")

    assert melody_or_notes(tmp_path / "song.mid", 440.0) == (Written(0.0, 0.5, 66.0),)


@given(data=st.binary(max_size=80))
def test_no_bytes_break_the_reader_of_midi(data: bytes) -> None:
    head = b"MThd\0\0\0\x06\0\0\0\1\0\x60MTrk" + len(data).to_bytes(4, "big")
    try:
        keys = midi_reading.read(head + data)
    except StudioError:
        return
    assert all(key.end_s > key.start_s for key in keys)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.mid", b"RIFF"),
        ("a.csv", b"a,b\nc,d\n"),
        ("a.csv", b""),
        ("a.Pitch", b"Dear Ada,"),
        ("a.svl", b"<sv/>"),
        ("a.wav", b""),
        ("b.csv", b"99,440\n99.01,440\n99.02,440\n"),
        ("b.tsv", b"99\t440\t2\n"),
    ],
)
def test_what_holds_nothing_for_the_clip_is_refused_in_words(
    project: Project, tmp_path: Path, name: str, content: bytes
) -> None:
    (tmp_path / name).write_bytes(content)

    with pytest.raises(StudioError) as refused:
        imported(project, tmp_path, CLIP, tmp_path / name)

    assert refused.value.explanation.cause
    assert refused.value.explanation.remedy


def test_notes_outside_of_the_clip_stay(project: Project, tmp_path: Path) -> None:
    before = SungNote(start=0, stop=RATE_HZ + 480, midi=50.0)
    inside = SungNote(start=2 * RATE_HZ, stop=3 * RATE_HZ)
    after = SungNote(start=4 * RATE_HZ - 480, stop=5 * RATE_HZ)
    project = FindNotes(media=CLIP.media, notes=(before, inside, after)).apply(project)
    (tmp_path / "a.csv").write_text("0.5,440,1.0\n")

    (sheet,) = imported(project, tmp_path, CLIP, tmp_path / "a.csv").apply(project).sheets

    assert [(note.start, note.stop) for note in sheet.notes] == [
        (0, RATE_HZ),
        (round(1.5 * RATE_HZ), round(2.5 * RATE_HZ)),
        (4 * RATE_HZ, 5 * RATE_HZ),
    ]


@pytest.mark.parametrize("name", ["pitch", "midi"])
def test_the_command_imports_into_the_selected_clip_in_one_step(
    qtbot: QtBot, session: Session, tmp_path: Path, name: KindId
) -> None:
    before = session.document.project
    session.person.path = written(tmp_path, name)
    session.selection.set_clips([before.tracks[0].clips[0].id], before)

    with qtbot.waitSignal(session.document.changed, timeout=WAIT_MS):
        assert run(BY_ID["measures.import_melody"], session.desk)

    assert session.document.project != before
    said = "Pitch put into m1" if name == "pitch" else "Pitch and notes put into m1"
    qtbot.waitUntil(lambda: session.person.toasts == [said], timeout=WAIT_MS)
    session.document.undo()
    assert session.document.project == before
