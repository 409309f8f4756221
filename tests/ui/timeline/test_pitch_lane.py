"""The pitch lane: what it reads, what it says when there is nothing, and what it saves."""

from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree as ET

import msgspec
import numpy as np
import pytest
from PySide6.QtCore import QPointF, QSize
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QComboBox

from studio.media.curve import write_curve
from studio.model.edits import AddPitch
from studio.model.pitch import PitchCurve
from studio.model.project import ClipId, Lineage, Pitch, PitchId, Project, TrackId
from studio.session.desk import Desk
from studio.ui import theme as themes
from studio.ui.timeline.melody import Melody
from studio.ui.timeline.saving import melody_rows
from studio.ui.timeline.view import TimelineView
from tests.ui.timeline.conftest import RATE, clip, make_project


@pytest.fixture
def lane(view: TimelineView, desk: Desk) -> TimelineView:
    desk.selection.set_tracks((TrackId("vox"),))
    view.pitch.canvas.wait()
    view.pitch.canvas.repaint()
    return view


def test_the_melody_is_read_where_the_clip_put_it(lane: TimelineView) -> None:
    reading = lane.pitch.canvas.reading_at(1.5 * RATE)

    assert reading is not None
    assert reading.text == "A4 +0 ¢ · 440.0 Hz · 00:01.500 · confidence 0.90"


def test_unvoiced_is_said_and_not_drawn(lane: TimelineView) -> None:
    # Clip a begins one second into the sound and at one second: 2.5 s lies in the unvoiced stretch from 2 to 3 s.
    reading = lane.pitch.canvas.reading_at(2.5 * RATE)

    assert reading is not None
    assert reading.text == "no pitch · 00:02.500"
    assert not _curve_at(lane, 2.5)
    assert _curve_at(lane, 1.5)


def test_between_clips_there_is_nothing_to_read(lane: TimelineView) -> None:
    assert lane.pitch.canvas.reading_at(4.5 * RATE) is None


def test_the_axis_fits_to_what_is_sung(lane: TimelineView) -> None:
    axis = lane.pitch.canvas.axis

    assert axis.bottom_midi < 69 < axis.top_midi
    assert axis.top_midi - axis.bottom_midi == pytest.approx(12)


def test_a_curve_is_drawn_when_hours_are_in_view_and_when_frames_are(lane: TimelineView) -> None:
    lane.sight.show_range(1.4 * RATE, 1.6 * RATE)
    lane.pitch.canvas.repaint()
    assert _curve_at(lane, 1.5)

    lane.sight.set_viewport(lane.sight.viewport.fitted(0, 200 * RATE))
    lane.pitch.canvas.repaint()
    assert _curve_at(lane, 1.5)


def test_looking_at_a_part_again_changes_only_that_part(lane: TimelineView, desk: Desk) -> None:
    again = np.full(100, 220.0, np.float32)  # 1.5 to 2 s of the sound, which are 1.5 to 2 s of the timeline
    folder = desk.document.folder
    write_curve(
        folder / "media/again.wav", PitchCurve(frames_per_s=200, hz=again, confidence=np.full(100, 0.7, np.float32))
    )
    pitch = msgspec.structs.replace(
        desk.document.project.pitches[0],
        id=PitchId("again"),
        file="media/again.wav",
        start=round(1.5 * RATE),
        length=round(0.5 * RATE),
    )

    desk.document.do(AddPitch(pitch=pitch))
    lane.pitch.canvas.shown()
    lane.pitch.canvas.wait()

    notes = [
        reading.text.partition(" ")[0] if (reading := lane.pitch.canvas.reading_at(at_s * RATE)) else ""
        for at_s in (1.2, 1.7, 3.5, 5.5)
    ]
    assert notes == ["A4", "A3", "A4", "A4"]


@pytest.mark.parametrize(
    ("change", "state", "line"),
    [
        (lambda project: msgspec.structs.replace(project, tracks=()), "empty", "appears here"),
        (lambda project: msgspec.structs.replace(project, pitches=()), "none", "not been looked for"),
    ],
)
def test_an_empty_lane_says_what_belongs_there(
    open_desk: Callable[..., Desk],
    show: Callable[[Desk], TimelineView],
    change: Callable[[Project], Project],
    state: str,
    line: str,
) -> None:
    view = show(open_desk(lambda folder: change(make_project(folder))))

    assert view.pitch.state == state
    assert line in view.pitch._line.text()
    assert view.pitch._button.isVisibleTo(view.pitch) == (state == "none")


def test_the_button_starts_the_search_and_cancel_ends_it(
    open_desk: Callable[..., Desk], show: Callable[[Desk], TimelineView]
) -> None:
    desk = open_desk(lambda folder: msgspec.structs.replace(make_project(folder), pitches=()))
    view = show(desk)
    desk.selection.set_clips((ClipId("a"),), desk.document.project)

    view.pitch._button.click()
    assert view.pitch.state == "finding"
    assert "Finding the pitch" in view.pitch._line.text()

    view.pitch._cancel.click()
    assert view.pitch.state == "none"


def test_the_picture_is_saved_exactly_as_seen(lane: TimelineView, tmp_path: Path) -> None:
    file = tmp_path / "melody.png"

    lane.pitch.save_picture(file)

    saved = QImage(str(file))
    pitch = lane.pitch
    assert saved.size() == QSize(pitch.keyboard.width() + pitch.canvas.width(), pitch.canvas.height())
    place = QPointF(lane.sight.viewport.x_of(1.5 * RATE) + pitch.keyboard.width(), pitch.canvas.axis.y_of(69))
    assert _is_pitch_coloured(saved, place)


def test_the_svg_has_lines_and_not_a_photograph(lane: TimelineView, tmp_path: Path) -> None:
    file = tmp_path / "melody.svg"

    lane.pitch.save_picture(file)

    tags = [element.tag.rpartition("}")[2] for element in ET.parse(file).iter()]  # noqa: S314  # our own file
    assert tags.count("polyline") + tags.count("path") > 50
    assert "image" not in tags


def test_the_data_has_one_line_a_frame_with_zero_for_unvoiced(lane: TimelineView) -> None:
    shown = lane.pitch.canvas.shown()
    project = lane.canvas._desk.document.project

    lines = list(melody_rows(shown, 1.9 * RATE, 2.1 * RATE, project.rate_hz, project.a4_hz))

    assert lines[0] == "time_s,f0_hz,confidence,note,cents\n"
    assert len(lines) == 1 + 40
    assert lines[1] == "1.900000,440.000,0.9000,A4,0\n"
    assert lines[-1] == "2.095000,0,0.0000,,\n"


def test_hertz_and_notes_change_places(lane: TimelineView) -> None:
    notes = lane.pitch.keyboard.grab().toImage()

    lane.pitch._hertz.setChecked(True)

    assert lane.pitch.canvas.in_hertz
    assert lane.pitch.keyboard.grab().toImage() != notes


def test_a_melody_of_ten_hours_is_drawn_from_a_few_thousand_numbers() -> None:
    frames = 10 * 3600 * 200
    hz = np.full(frames, 220, np.float32)
    hz[frames // 2 :] = np.nan
    curve = PitchCurve(frames_per_s=200, hz=hz, confidence=np.ones(frames, np.float32))
    pitch = Pitch(
        id=PitchId("p"),
        media=clip("x", 0, 1).media,
        file="x",
        start=0,
        length=10 * 3600 * RATE,
        frames_per_s=200,
        lineage=Lineage(engine="test"),
    )
    melody = Melody(pitch, curve, RATE)

    seen = melody.envelope(clip("x", 0, 36000), 0, 36000 * RATE / 1000, 1000, 440.0)

    assert len(seen.low_midi) == 1000
    np.testing.assert_allclose(seen.low_midi[:499], 57, atol=1e-4)
    assert np.isnan(seen.high_midi[501:]).all()


def _curve_at(view: TimelineView, seconds: float) -> bool:
    canvas = view.pitch.canvas
    picture = canvas.grab().toImage()
    return _is_pitch_coloured(picture, QPointF(view.sight.viewport.x_of(seconds * RATE), canvas.axis.y_of(69)))


def _is_pitch_coloured(picture: QImage, place: QPointF) -> bool:
    wanted = themes.DARK.pitch
    around = [
        picture.pixelColor(round(place.x() * picture.devicePixelRatio()) + dx, round(place.y()) + dy)
        for dx in (-1, 0, 1)
        for dy in (-2, -1, 0, 1, 2)
    ]
    return any(abs(c.green() - wanted.green()) < 60 and c.green() - c.red() > 60 for c in around)


def test_the_engine_shown_is_the_one_that_made_the_curve(lane: TimelineView, desk: Desk) -> None:
    desk.settings.change("pitch", engine="swift-f0")
    pitch = desk.document.project.pitches[0]
    box = lane.pitch.findChild(QComboBox)
    assert isinstance(box, QComboBox)

    for engine, name in (("praat", "Praat"), ("crepe-tiny", "CREPE tiny")):
        desk.document.do(AddPitch(pitch=msgspec.structs.replace(pitch, lineage=Lineage(engine=engine))))
        assert box.currentText() == name
        assert box.toolTip() == f"This melody was found by {name}"
        assert desk.document.undo_label == f"Find pitch ({name})"


def test_the_keyboard_reaches_down_to_the_end_before_there_is_a_melody(
    open_desk: Callable[..., Desk], show: Callable[[Desk], TimelineView]
) -> None:
    view = show(open_desk(lambda _folder: Project()))
    view.pitch.resize(view.width(), 1200)
    keyboard = view.pitch.keyboard
    keys = keyboard.grab().toImage()
    lowest_black = max(y for y in range(keys.height()) if keys.pixelColor(4, y).lightness() < 80)

    assert lowest_black > 0.75 * keyboard.height()


def test_an_empty_timeline_has_room_for_a_first_take(
    open_desk: Callable[..., Desk], show: Callable[[Desk], TimelineView]
) -> None:
    view = show(open_desk(lambda _folder: Project()))

    assert view.sight.viewport.span == pytest.approx(30 * view.sight.viewport.rate_hz, rel=0.05)
