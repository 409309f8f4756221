"""The Sing workspace with its real worker and a microphone that is sung into: live, recorded, measured, refused."""

import itertools
import math
import time
from collections.abc import Callable, Iterator

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QScrollBar
from pytestqt.qtbot import QtBot

from studio import desktop
from studio.desktop import Studio
from studio.session.singing import Swing
from studio.ui.messages import ExplanationView
from studio.ui.sing.page import SingPage
from studio.ui.sing.sung import Stretch
from tests.helpers import pulse
from tests.helpers.pulse import Pulse
from tests.ui.conftest import NewStudio, OpenWindow, empty_project
from tests.ui.test_accessibility import focusable, nameless

WAIT_MS = 60_000
RATE = 48000
SWING_HZ = 5.5
MICROPHONE = "Monitor of booth"

needs_sound = pytest.mark.skipif(bool(pulse.missing()), reason=pulse.missing())
OpenSing = Callable[..., tuple[Studio, SingPage]]


def sung(hz: int, cents: float = 60.0) -> Iterator[NDArray[np.float32]]:
    """An endless voice on one note, five and a half vibrato cycles a second: two seconds that meet, in blocks."""
    time_s = np.arange(2 * RATE) / RATE
    phases = 2 * np.pi * np.cumsum(hz * np.exp2(cents / 1200 * np.sin(2 * np.pi * SWING_HZ * time_s))) / RATE
    phases *= 2 * np.pi * round(phases[-1] / (2 * np.pi)) / phases[-1]
    voice = sum(np.sin(number * phases) / number for number in range(1, 9)) * 0.15
    both = np.repeat(np.asarray(voice, np.float32)[:, None], 2, axis=1)
    return itertools.cycle(np.split(both, 200))


def shakes_as_sung(swing: Swing | None) -> bool:
    """Whether a vibrato is the one that is being sung."""
    return (
        swing is not None
        and math.isclose(swing.rate_hz, SWING_HZ, abs_tol=0.4)
        and math.isclose(swing.half_extent_cents, 60, abs_tol=15)
    )


def troubles(page: SingPage) -> list[ExplanationView]:
    """What the person is told in the page, banners above the work included."""
    return [view for view in page.findChildren(ExplanationView) if view.isVisible()]


@pytest.fixture
def open_sing(new_studio: NewStudio) -> OpenSing:
    """Open the Sing workspace of a window."""

    def make(microphone: str = MICROPHONE) -> tuple[Studio, SingPage]:
        studio = new_studio(recording={"device": microphone})
        studio.begin()
        assert desktop.run(studio, "view.sing")
        page = studio.window.parts.workspace("sing")
        assert isinstance(page, SingPage)
        return studio, page

    return make


@needs_sound
def test_what_is_sung_is_drawn_read_recorded_and_measured(qtbot: QtBot, stage: Pulse, open_sing: OpenSing) -> None:
    studio, page = open_sing()
    stage.feed("booth", sung(220))
    assert page.begin.text() == "Start singing"
    assert not page.reading.isVisible()
    page.begin.click()
    qtbot.waitUntil(lambda: page.reading.sings and shakes_as_sung(page.dial.swing), timeout=WAIT_MS)
    assert page.reading.text.startswith(("A3", "G♯3", "A♯3"))
    assert not page.begin.isVisible()
    spectra, canvas = page.spectrum.spectra, page.canvas
    qtbot.waitUntil(lambda: bool(spectra.at(np.array([canvas.now_s - 0.5])).any()), timeout=WAIT_MS)
    qtbot.waitUntil(lambda: page.range.range.sung_s > 1, timeout=WAIT_MS)
    assert page.range.line.text().startswith(("A3 to A3", "G♯3 to", "No note was held"))

    assert desktop.run(studio, "transport.record")
    qtbot.waitUntil(lambda: studio.desk.transport.take_frames > 2 * RATE, timeout=WAIT_MS)
    assert page.takes.record.text() == "Stop recording"
    with qtbot.waitSignal(studio.document.changed, timeout=WAIT_MS):
        page.takes.record.click()
    (card,) = page.takes.cards
    card.click()
    qtbot.waitUntil(lambda: page.take.state == "notes" and bool(page.take.figures.rows), timeout=WAIT_MS)
    assert page.notes.table.lines.rowCount() >= 1
    longest = max(range(len(page.take.notes)), key=lambda n: page.take.notes[n].end_s - page.take.notes[n].start_s)
    page.take.canvas.pick(longest)
    assert page.take.reading.text.startswith("A3")
    vibrato = page.take.notes[longest].vibrato  # a busy machine may have dropped sound in the middle of it
    measured = None if vibrato is None else (vibrato.rate_hz, vibrato.half_extent_cents)
    assert page.take.dial.swing == measured
    assert {"Held", "Begins", "Drifts"} <= set(page.take.figures.rows)
    _, off = page.take.heat.columns()
    assert np.nanmax(off) < 100  # cents: nobody is further from the nearest note than half a semitone and a swing
    page.take.spectrum.wait()
    strip = page.take.spectrum.grab().toImage()
    shades = {strip.pixel(x, strip.height() // 2) for x in range(60, page.take.canvas.now_x)}
    assert len(shades) > 8  # the overtones of a voice, and no empty panel
    card.click()
    assert page.takes.shown is None


@needs_sound
def test_the_microphone_is_closed_while_the_page_is_out_of_sight(
    qtbot: QtBot, stage: Pulse, open_sing: OpenSing
) -> None:
    studio, page = open_sing()
    page.start()
    stage.feed("booth", sung(330, cents=0.0))
    qtbot.waitUntil(lambda: page.reading.text.startswith("E4"), timeout=WAIT_MS)

    assert desktop.run(studio, "view.edit")
    heard = [studio.desk.singing.running]
    assert desktop.run(studio, "view.sing")
    heard.append(studio.desk.singing.running)
    page.listen.click()
    heard.append(studio.desk.singing.running)
    assert heard == [False, True, False]
    assert page.begin.text() == "Sing on"


@needs_sound
@pytest.mark.logs_errors
def test_a_computer_without_a_microphone_is_told_what_to_do(qtbot: QtBot, stage: Pulse, open_sing: OpenSing) -> None:
    studio, page = open_sing("Microphone that was sold")
    page.start()
    qtbot.waitUntil(lambda: len(troubles(page)) == 1, timeout=WAIT_MS)
    (card,) = troubles(page)
    assert card.why.remedy
    assert page.begin.text() == "Try again"
    studio.settings.change("recording", device=MICROPHONE)
    stage.feed("booth", sung(220, cents=0.0))
    page.begin.click()
    qtbot.waitUntil(lambda: page.reading.text.startswith("A3"), timeout=WAIT_MS)
    assert not troubles(page)


def test_practice_is_what_the_session_says(open_window: OpenWindow) -> None:
    window = open_window(empty_project)
    window.desk.view.set_workspace("sing")
    page = window.parts.workspace("sing")
    assert isinstance(page, SingPage)
    practice, singing = page.practice, window.desk.singing
    practice.a4.setValue(415.0)
    assert window.desk.document.project.a4_hz == 415.0
    window.desk.document.undo()
    assert practice.a4.value() == 440.0
    practice.note.setCurrentIndex(practice.note.findData(62))
    practice.drone.click()
    assert singing.accompaniment.drone_midi == 62
    assert page.canvas.drone == 62
    practice.metronome.click()
    practice.bpm.setValue(72)
    assert (singing.accompaniment.metronome, singing.accompaniment.bpm) == (True, 72)
    practice.speed.setValue(50)
    assert singing.accompaniment.speed == 0.5
    practice.transposed.setValue(2)
    assert window.desk.settings.value.pitch.transposed == 2
    assert practice.note.currentText() == "E4"
    page.microphone.hear.click()
    assert window.desk.transport.microphone.monitoring


def test_while_the_tracker_is_loaded_the_page_says_so(qtbot: QtBot, open_window: OpenWindow) -> None:
    window = open_window(empty_project)  # nobody answers behind it, so it goes on for ever
    window.desk.view.set_workspace("sing")
    page = window.parts.workspace("sing")
    assert isinstance(page, SingPage)
    page.begin.click()
    assert window.desk.singing.preparing
    qtbot.waitUntil(lambda: page._hint.isVisible() and "Getting ready" in page._hint.text(), timeout=WAIT_MS)
    assert not page.begin.isVisible()
    page.stop()
    assert "Nothing sung yet" in page._hint.text()
    assert page.begin.isVisible()


def test_everything_in_the_page_can_be_reached_read_and_hit(open_window: OpenWindow) -> None:
    window = open_window(empty_project)
    window.desk.view.set_workspace("sing")
    page = window.parts.workspace("sing")
    assert isinstance(page, SingPage)
    assert nameless(page) == []
    buttons = [
        button for button in page.findChildren(QAbstractButton) if button.focusPolicy() & Qt.FocusPolicy.TabFocus
    ]
    assert [repr(button) for button in buttons if not button.text() and not button.toolTip()] == []
    small = [
        f"{widget!r} {widget.width()} x {widget.height()}"
        for widget in focusable(page)
        if widget.isVisible() and not isinstance(widget, QScrollBar) and min(widget.width(), widget.height()) < 24
    ]
    assert small == []


def test_the_note_under_the_mouse_is_named_and_the_wheel_moves_the_axis(open_window: OpenWindow) -> None:
    window = open_window(empty_project)
    window.desk.view.set_workspace("sing")
    page = window.parts.workspace("sing")
    assert isinstance(page, SingPage)
    canvas = page.canvas
    QTest.mouseMove(canvas, QPoint(40, round(canvas.axis.y_of(69))))
    canvas.show_notes(60, 72)
    assert 60 in canvas.axis.rows
    assert 72 in canvas.axis.rows
    seconds = canvas.window_s
    canvas.set_window(seconds * 100)
    assert canvas.window_s <= 30


@pytest.mark.benchmark_suite
def test_a_frame_of_what_is_sung_costs_less_than_eight_milliseconds(qtbot: QtBot, open_window: OpenWindow) -> None:
    window = open_window(empty_project)
    window.desk.view.set_workspace("sing")
    page = window.parts.workspace("sing")
    assert isinstance(page, SingPage)
    canvas, now_s = page.canvas, 1000.0
    qtbot.waitUntil(lambda: len(canvas.frame_ms) > 0, timeout=WAIT_MS)
    time_s = np.arange(0, 10, 0.005)
    hz = 220 * np.exp2(0.05 * np.sin(2 * np.pi * SWING_HZ * time_s))
    level_db, none = np.full_like(time_s, -20.0), np.full_like(time_s, np.nan)
    whole = Stretch(now_s + time_s, hz, np.ones_like(time_s), level_db, none, none)
    canvas._clock = lambda: now_s
    costs_ms = []
    for frame in range(500):
        now_s = 1000.0 + (frame + 1) / 60
        fresh = (whole.time_s > page.sung.newest_s) & (whole.time_s <= now_s)
        page.sung.append(Stretch(*(column[fresh] for column in whole)))
        begin = time.thread_time()
        canvas.tick()
        canvas.repaint()
        costs_ms.append((time.thread_time() - begin) * 1000)
    middle, late = np.percentile(costs_ms, (50, 95))
    print(f"a frame: {middle:.2f} ms, p95 {late:.2f} ms, the first {costs_ms[0]:.2f} ms")  # noqa: T201
    assert len(canvas.frame_ms) >= len(costs_ms)
    assert late < 8  # of the processor: what others take of it meanwhile is not counted
