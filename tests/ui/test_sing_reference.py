"""Singing against a melody: it follows the playhead, lies behind the voice, and cents are counted from it."""

import math
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from studio.commands import ALL, BY_ID, run
from studio.model.edits import FindNotes
from studio.model.intonation import Reference
from studio.model.measures import measure_note
from studio.model.notes import Note
from studio.model.pitch import PitchCurve
from studio.model.project import ClipId, MediaId
from studio.model.sheet import SungNote
from studio.session.desk import Desk
from studio.session.noting import InHand
from studio.ui import theme as themes
from studio.ui.actions import Actions
from studio.ui.sing.canvas import SingCanvas
from studio.ui.sing.practice_section import PracticeSection
from studio.ui.sing.reading import Reading
from studio.ui.sing.sung import Stretch, Sung
from tests.helpers.sessions import desk_on
from tests.ui.timeline.conftest import RATE, make_project

A = ClipId("a")  # 1 to 4 s of the timeline, at A4 but for its second to third second


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    folder = tmp_path / "project"
    with desk_on(folder, make_project(folder)) as desk:
        yield desk
        desk.close_singing()
        desk.background.close()


class Clock:
    """A clock that goes when it is told to."""

    now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def canvas(qtbot: QtBot, desk: Desk, clock: Callable[[], float]) -> SingCanvas:
    """A grid before anybody has sung, with clip a to sing against."""
    canvas = SingCanvas(desk, Sung(), themes.DARK, clock=clock)
    qtbot.addWidget(canvas)
    canvas.resize(900, 400)
    desk.singing.set_reference(A)
    canvas.reference.wait()
    return canvas


def sing(canvas: SingCanvas, now_s: float, hz: float) -> None:
    """A tenth of a second on one pitch, until now."""
    times = now_s - 0.1 + np.arange(1, 21, dtype=np.float64) * 0.005
    ones, nothing = np.ones(20), np.full(20, np.nan)
    canvas._sung.append(Stretch(times, ones * hz, ones, ones * -20, nothing, nothing))


def test_what_comes_next_is_read_from_the_playhead_on(desk: Desk, canvas: SingCanvas) -> None:
    desk.transport.seek(round(1.5 * RATE))
    after_s, hz = canvas.reference.ahead(3.0)
    voiced = np.where(np.isnan(hz), 0, hz)
    assert np.interp([0.2, 1.0, 2.2, 2.8], after_s, voiced) == pytest.approx([440, 0, 440, 0], abs=1)


def test_a_voice_is_counted_from_it_in_the_nearest_octave_while_it_plays(
    desk: Desk, canvas: SingCanvas, clock: Clock
) -> None:
    sharp = 220.0 * 2 ** (30 / 1200)
    canvas.tick()
    clock.now_s += 0.1
    sing(canvas, clock.now_s, sharp)
    canvas.tick()
    assert math.isnan(canvas.off_cents)  # nothing plays

    desk.transport.play(round(1.2 * RATE))
    for _ in range(3):
        clock.now_s += 0.1
        sing(canvas, clock.now_s, sharp)
        canvas.tick()
    assert canvas.reference.heard.counter >= 55
    assert canvas.off_cents == pytest.approx(30, abs=0.5)

    reading = Reading(themes.DARK)
    reading.show_pitch(57.3, sharp, sings=True, against_cents=canvas.off_cents)
    assert reading.accessibleDescription() == "A3 +30 ¢ · 223.8 Hz · +30 ¢ from the reference"


def test_it_is_painted_behind_the_voice_and_ahead_of_it(desk: Desk, canvas: SingCanvas, clock: Clock) -> None:
    desk.transport.play(round(1.2 * RATE))
    canvas.tick()
    with_it = canvas.grab().toImage()
    desk.singing.set_reference(None)
    clock.now_s += 0.001
    canvas.restage()
    canvas.tick()
    without = canvas.grab().toImage()
    y = round(canvas.axis.y_of(69))
    assert with_it.pixel(canvas.now_x + 4, y) != without.pixel(canvas.now_x + 4, y)
    assert canvas.axis.bottom_midi < 69 < canvas.axis.top_midi


def test_notes_that_were_given_a_pitch_can_be_sung_against_too(
    qtbot: QtBot, desk: Desk, canvas: SingCanvas, clock: Clock
) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    section = PracticeSection(desk, Actions(ALL, desk, themes.DARK, window), themes.DARK, window)
    clip = desk.document.project.clip(A)
    begin = clip.source_start
    notes = (
        SungNote(start=begin, stop=begin + RATE, midi=64.0),
        SungNote(start=begin + RATE, stop=begin + 2 * RATE),  # whatever is sung there
    )
    assert not any("Notes of" in section.reference.itemText(row) for row in range(section.reference.count()))
    desk.document.do(FindNotes(clip.media, notes))
    row = next(row for row in range(section.reference.count()) if "Notes of" in section.reference.itemText(row))
    section.reference.setCurrentIndex(row)
    section.reference.activated.emit(row)
    assert (desk.singing.reference, desk.singing.against_notes) == (A, True)
    assert section.reference.currentIndex() == row

    at = np.array([clip.start + 10.0, clip.start + RATE + 10.0])
    np.testing.assert_allclose(canvas.reference.hz_at(at), [440 * 2 ** (-5 / 12), math.nan])
    desk.singing.set_a4(430.0)
    assert canvas.reference.hz_at(at)[0] == pytest.approx(430 * 2 ** (-5 / 12))
    desk.transport.play(clip.start + round(0.2 * RATE))
    canvas.tick()
    for _ in range(3):
        clock.now_s += 0.1
        sing(canvas, clock.now_s, 430 * 2 ** (-5.2 / 12))
        canvas.tick()
    assert canvas.off_cents == pytest.approx(-20, abs=0.5)


def test_a_deleted_clip_is_sung_against_no_more(desk: Desk) -> None:
    desk.selection.set_clips((A,), desk.document.project)
    assert run(BY_ID["sing.against"], desk)
    assert desk.singing.reference == A
    assert run(BY_ID["edit.delete"], desk)
    assert desk.singing.reference is None


def test_clips_whose_pitch_is_known_are_offered(qtbot: QtBot, desk: Desk) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    section = PracticeSection(desk, Actions(ALL, desk, themes.DARK, window), themes.DARK, window)
    offered = [section.reference.itemText(row) for row in range(section.reference.count())]
    assert offered[:5] == ["Equal temperament", "a · Vox", "b · Vox", "c · Band", "Just intonation over C"]
    section.reference.setCurrentIndex(2)
    section.reference.chosen.emit(section.reference.currentData())
    assert desk.singing.reference == "b"


def test_cents_are_counted_from_pure_intervals_over_the_written_keynote(
    qtbot: QtBot, desk: Desk, canvas: SingCanvas, clock: Clock
) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    section = PracticeSection(desk, Actions(ALL, desk, themes.DARK, window), themes.DARK, window)
    desk.settings.change("pitch", transposed=2)
    section.reference.chosen.emit(7)  # written over G: it sounds over F, and the third of that is A
    assert (desk.singing.reference, section.reference.currentText()) == (None, "Just intonation over G")

    canvas.tick()
    clock.now_s += 0.1
    sing(canvas, clock.now_s, 440.0)
    canvas.tick()
    assert canvas.off_cents == pytest.approx(13.7, abs=0.1)
    assert canvas.against == "just over G"
    section.reference.chosen.emit(None)
    canvas.tick()
    assert math.isnan(canvas.off_cents)
    assert desk.settings.value.pitch.just_over == -1


def test_the_figures_of_a_take_are_against_what_sounded_at_the_same_time(desk: Desk, canvas: SingCanvas) -> None:
    """Clip c lies beside clip a from the beginning on; only where a sounds has it a target."""
    project = desk.document.project
    take = project.clip(ClipId("c"))
    ((_, melody),) = [(part, one) for part, one in canvas.reference.parts]
    target = canvas.reference.under(melody, take)
    assert target is not None
    hz = np.full(2000, 440.0 * 2 ** (-20 / 1200), np.float32)
    sung = PitchCurve(frames_per_s=200, hz=hz, confidence=np.ones_like(hz))
    notes = [Note(start_s=start, end_s=start + 0.5, pitch_hz=float(hz[0]), vibrato=None) for start in (0.2, 1.2)]
    before, beside = (measure_note(note, sung, Reference(target)) for note in notes)
    assert math.isnan(before.off_cents)
    assert beside.off_cents == pytest.approx(-20, abs=0.2)


def test_a_note_in_hand_is_looped_with_a_little_around_it(desk: Desk) -> None:
    assert not run(BY_ID["pitch.note_loop"], desk)
    desk.document.do(FindNotes(MediaId("tone"), (SungNote(start=2 * RATE, stop=3 * RATE),)))
    desk.noting.pick(InHand(A, 2 * RATE))
    assert run(BY_ID["pitch.note_loop"], desk)
    loop = desk.transport.loop
    assert (loop.start, loop.stop) == (round(1.75 * RATE), round(3.25 * RATE))
    assert desk.transport.loop_on
    assert desk.transport.playing
