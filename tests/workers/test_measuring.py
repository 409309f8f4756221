"""The jobs that measure a voice, on sound in a project's folder."""

from pathlib import Path

import msgspec
import numpy as np
import parselmouth
import pytest
from msgspec.structs import replace
from numpy.typing import NDArray
from scipy.signal import lfilter

from studio.errors import StudioError
from studio.media.interchange import measured, textgrid
from studio.model.labels import Label
from studio.model.notes import Note
from studio.model.pitch import hz_to_midi
from studio.model.project import Media, MelodyPiece
from studio.model.sheet import SungNote
from studio.protocol.common import JobId
from studio.protocol.jobs import MeasureNotes, TrackPitch
from studio.protocol.measures import Against, MeasureQuality, MeasureVoice, MelodyFile, SungSound
from studio.workers.measuring import measure_voice
from studio.workers.pitch import measure_notes, track_pitch
from studio.workers.runtime import Context
from studio.workers.voice_quality import measure_quality
from tests.helpers.sounds import write_medium
from tests.helpers.voices import buzz, noise

RATE_HZ = 48000
NOBODY = Context(lambda event: None)


def quiet(fraction: float, stage: str) -> None:
    assert 0 <= fraction <= 1
    assert stage


def put(folder: Path, sound: NDArray[np.float32], name: str = "voice") -> Media:
    return write_medium(folder, name, sound[:, None], RATE_HZ)


@pytest.fixture
def voice(tmp_path: Path) -> Media:
    """Half a second of nothing, a second of a pure E4 over C (13.7 cents below the tempered one), nothing again."""
    silence = np.zeros(RATE_HZ // 2, np.float32)
    third = 440 * 2 ** ((64 - 0.1369 - 69) / 12)
    return put(tmp_path, np.concatenate((silence, buzz(third, RATE_HZ, RATE_HZ), silence)))


def job(folder: Path, media: Media, **wishes: object) -> MeasureVoice:
    sound = SungSound(name="voice", media=media, start=0, length=media.length)
    asked = MeasureVoice(
        job=JobId(3), project_dir=str(folder), sounds=(sound,), low_hz=60.0, high_hz=1100.0, figures=True
    )
    return replace(asked, **wishes)


def test_a_pure_third_is_flat_against_equal_temperament_and_right_in_just_intonation(
    tmp_path: Path, voice: Media
) -> None:
    tempered = measure_voice(job(tmp_path, voice), NOBODY, quiet)
    (first,) = measured.read(tmp_path / tempered.figures)
    just = measure_voice(job(tmp_path, voice, against=Against(scale="just", tonic=0)), NOBODY, quiet)
    (second,) = measured.read(tmp_path / just.figures)

    assert (tempered.notes, tempered.files) == (1, ())
    assert first.notes[0].off_cents == pytest.approx(-13.7, abs=0.5)
    assert second.notes[0].off_cents == pytest.approx(0, abs=0.5)
    assert first.notes[0].start_s == pytest.approx(0.5, abs=0.03)


def test_a_voice_is_held_against_another_an_octave_away(tmp_path: Path, voice: Media) -> None:
    silence = np.zeros(RATE_HZ // 2, np.float32)
    higher = 440 * 2 ** ((76 - 0.3 - 69) / 12)
    other = put(tmp_path, np.concatenate((silence, buzz(higher, RATE_HZ, RATE_HZ), silence)), "other")
    reference = SungSound(name="other", media=other, start=0, length=other.length)

    done = measure_voice(job(tmp_path, voice, reference=reference), NOBODY, quiet)

    (found,) = measured.read(tmp_path / done.figures)
    assert found.notes[0].off_cents == pytest.approx(30 - 13.7, abs=1)


def test_the_field_says_how_loud_which_note_was(tmp_path: Path, voice: Media) -> None:
    done = measure_voice(job(tmp_path, voice), NOBODY, quiet)

    (found,) = measured.read(tmp_path / done.figures)
    rms_db = 20 * np.log10(np.std(buzz(330.0, RATE_HZ, RATE_HZ)))
    assert found.field.first_midi == 64
    loudest = int(np.argmax(found.field.seconds[0])) + found.field.first_db
    assert abs(loudest + 0.5 - rms_db) < 1.5
    assert np.sum(found.field.seconds) == pytest.approx(1.0, abs=0.05)


def test_times_count_from_the_beginning_of_the_stretch_and_the_melody_is_the_one_that_is_known(
    tmp_path: Path, voice: Media
) -> None:
    tracked = track_pitch(
        TrackPitch(
            job=JobId(1),
            media=voice,
            project_dir=str(tmp_path),
            start=0,
            length=voice.length,
            engine="praat",
            low_hz=60.0,
            high_hz=1100.0,
        ),
        NOBODY,
        quiet,
    )
    marker = Label(start_s=0.25, end_s=0.25, text="here")
    sound = SungSound(
        name="voice",
        media=voice,
        start=RATE_HZ // 4,
        length=RATE_HZ,
        melody=(MelodyPiece(tracked.pitch, 0, voice.length),),
        markers=(marker,),
    )
    out = tmp_path / "out.TextGrid"

    done = measure_voice(
        job(tmp_path, voice, sounds=(sound,), files=(MelodyFile(kind="textgrid", path=str(out)),)), NOBODY, quiet
    )

    assert done.files == (str(out),)
    grid = textgrid.read(out.read_bytes())
    assert grid.end_s == 1.0
    assert [tier.name for tier in grid.tiers] == ["notes", "vibrato", "markers"]
    assert grid.tiers[0].labels[0].start_s == pytest.approx(0.25, abs=0.03)
    assert grid.tiers[2].labels == (marker,)


def test_notes_that_were_drawn_are_the_notes_of_every_file(tmp_path: Path, voice: Media) -> None:
    """The ends are those of the sheet, the name is the pitch that was given, and the figures are against it."""
    tenth = RATE_HZ // 10
    drawn = (
        SungNote(start=7 * tenth, stop=9 * tenth),
        SungNote(start=9 * tenth, stop=12 * tenth, midi=71.0),
    )
    sound = SungSound(name="voice", media=voice, start=5 * tenth, length=9 * tenth, notes=drawn)
    grid_file, midi_file = tmp_path / "out.TextGrid", tmp_path / "out.mid"
    files = (MelodyFile(kind="textgrid", path=str(grid_file)), MelodyFile(kind="midi", path=str(midi_file)))

    done = measure_voice(
        job(tmp_path, voice, sounds=(sound,), files=files, figures=True, bend_semitones=0), NOBODY, quiet
    )

    (figures,) = measured.read(tmp_path / done.figures)
    assert [note.start_s for note in figures.notes] == pytest.approx([0.2, 0.4])
    sung, given = figures.notes
    assert hz_to_midi(given.target_hz) == pytest.approx(71.0)
    assert given.off_cents == pytest.approx((hz_to_midi(sung.mean_hz) - 71) * 100, abs=5)
    notes = textgrid.read(grid_file.read_bytes()).tiers[0].labels
    assert [round(label.start_s, 3) for label in notes if label.text] == [0.2, 0.4]
    assert notes[1].text == "B4 +0 ¢"
    assert bytes((0x90, 71)) in midi_file.read_bytes()


def test_a_note_in_which_nobody_sings_is_what_it_was_given(tmp_path: Path, voice: Media) -> None:
    """Without a pitch it is nothing; of a single frame the figures are what one frame tells."""
    silent = put(tmp_path, np.zeros(RATE_HZ, np.float32), "silent")
    drawn = (SungNote(start=100, stop=9000), SungNote(start=9000, stop=20000, midi=60.0))
    asked = MeasureNotes(
        job=JobId(1), media=silent, project_dir=str(tmp_path), low_hz=60.0, high_hz=1100.0, notes=drawn, a4_hz=442.0
    )
    (only,) = msgspec.json.decode((tmp_path / measure_notes(asked, NOBODY, quiet).file).read_bytes(), type=list[Note])
    assert only.start_s == pytest.approx(9000 / RATE_HZ)
    assert only.pitch_hz == only.given_hz == pytest.approx(442.0 * 2 ** (-9 / 12))
    short = replace(asked, media=voice, notes=(SungNote(start=RATE_HZ, stop=RATE_HZ + RATE_HZ // 200),))
    (frame,) = msgspec.json.decode((tmp_path / measure_notes(short, NOBODY, quiet).file).read_bytes(), type=list[Note])
    assert hz_to_midi(frame.pitch_hz) == pytest.approx(63.86, abs=0.05)
    assert frame.vibrato is None


def test_a_csv_has_its_guide_beside_it_and_nothing_half_written(tmp_path: Path, voice: Media) -> None:
    out = tmp_path / "figures.csv"

    files = (MelodyFile(kind="csv", path=str(out)),)
    done = measure_voice(job(tmp_path, voice, files=files, figures=False), NOBODY, quiet)

    assert [Path(path).name for path in done.files] == ["figures.csv", "figures-columns.csv"]
    assert not list(tmp_path.glob(".*.part"))
    assert done.figures == ""
    assert [path.suffix for path in (tmp_path / "media").iterdir()] == [".wav"], "nothing else is left in the project"


def test_a_folder_that_is_not_there_is_named(tmp_path: Path, voice: Media) -> None:
    out = tmp_path / "nowhere" / "a.mid"

    with pytest.raises(StudioError) as failed:
        measure_voice(job(tmp_path, voice, files=(MelodyFile(kind="midi", path=str(out)),)), NOBODY, quiet)

    assert "nowhere" in failed.value.explanation.cause


@pytest.mark.parametrize(("start", "length"), [(-1, 10), (0, 0), (10, 2**40)])
def test_a_stretch_beyond_the_sound_is_refused(tmp_path: Path, voice: Media, start: int, length: int) -> None:
    sound = SungSound(name="voice", media=voice, start=start, length=length)

    with pytest.raises(StudioError, match="reaches beyond"):
        measure_voice(job(tmp_path, voice, sounds=(sound,)), NOBODY, quiet)


def quality_of(folder: Path, media: Media) -> MeasureQuality:
    return MeasureQuality(
        job=JobId(4), project_dir=str(folder), media=media, start=0, length=media.length, low_hz=60, high_hz=1100
    )


def test_a_clear_voice_is_steadier_and_clearer_than_a_hoarse_one(tmp_path: Path) -> None:
    tone = buzz(150.0, RATE_HZ, RATE_HZ)
    clear = measure_quality(quality_of(tmp_path, put(tmp_path, tone)), NOBODY, quiet).quality
    breathed = put(tmp_path, tone + noise(RATE_HZ, 0.05), "hoarse")
    hoarse = measure_quality(quality_of(tmp_path, breathed), NOBODY, quiet).quality

    assert clear.median_hz == pytest.approx(150, rel=0.002)
    assert clear.pulses == pytest.approx(150, abs=6)
    for steadier, rougher in (
        (clear.jitter_rap, hoarse.jitter_rap),
        (clear.jitter_ppq5, hoarse.jitter_ppq5),
        (clear.shimmer_local, hoarse.shimmer_local),
        (hoarse.hnr_db, clear.hnr_db),
        (hoarse.cpp_db, clear.cpp_db),
    ):
        assert steadier is not None
        assert rougher is not None
        assert steadier < rougher
    assert len(clear.ltas_db) == 100
    assert max(clear.ltas_db) == 0


def test_the_formants_of_a_vowel_are_praats(tmp_path: Path) -> None:
    vowel = np.zeros(RATE_HZ)
    vowel[:: RATE_HZ // 110] = 1.0
    vowel = lfilter([1], [1, -0.98], vowel)
    for hz, width_hz in ((650, 80), (1150, 90), (2500, 120), (3500, 200), (4500, 250)):
        size, angle = np.exp(-np.pi * width_hz / RATE_HZ), 2 * np.pi * hz / RATE_HZ
        vowel = lfilter([1 - size], [1, -2 * size * np.cos(angle), size * size], vowel)
    vowel *= 0.3 / np.abs(vowel).max()
    theirs = parselmouth.Sound(vowel, RATE_HZ).to_formant_burg(max_number_of_formants=5.0, maximum_formant=5500.0)
    at_s = np.arange(0.2, 0.8, 0.01)
    wanted = [np.median([theirs.get_value_at_time(number, time_s) for time_s in at_s]) for number in (1, 2, 3)]

    found = measure_quality(quality_of(tmp_path, put(tmp_path, vowel.astype(np.float32))), NOBODY, quiet).quality

    assert found.formants_hz == pytest.approx(wanted, rel=0.05)
    assert found.formants_hz[:2] == pytest.approx((650, 1150), rel=0.02)


def test_silence_has_no_figures_and_no_failure(tmp_path: Path) -> None:
    silence = put(tmp_path, np.zeros(RATE_HZ, np.float32))

    found = measure_quality(quality_of(tmp_path, silence), NOBODY, quiet).quality

    assert (found.pulses, found.median_hz, found.jitter_rap, found.hnr_db, found.cpp_db) == (0, None, None, None, None)
    assert (found.ltas_db, found.formants_hz) == ((), ())


def test_an_hour_is_no_held_vowel(tmp_path: Path, voice: Media) -> None:
    long = replace(quality_of(tmp_path, voice), length=400 * RATE_HZ)

    with pytest.raises(StudioError, match="longer than 5 minutes"):
        measure_quality(long, NOBODY, quiet)
