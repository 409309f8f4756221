"""What is painted: colours where sound is, and nothing that is not in view."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint
from PySide6.QtGui import QColor, QImage
from pytestqt.qtbot import QtBot

from studio.model.edits import Relink, SetClipGain, SetTrackGain, SetTrackMute, SetTrackSolo
from studio.model.project import Clip, ClipId, Fade, Media, MediaId, Project, Track, TrackId
from studio.session.desk import Desk
from studio.ui import theme as themes
from studio.ui.timeline.rows import CLIP_HEADER
from studio.ui.timeline.sound import Missing
from studio.ui.timeline.spectrogram import AXES, row_hz
from studio.ui.timeline.view import TimelineView
from tests.helpers.sessions import put_sound
from tests.ui.timeline.conftest import HEIGHT, RATE, WIDTH, clip, make_project

HOURS = 10


def colour_at(view: TimelineView, x: float, y: float) -> QColor:
    """What is painted at a pixel of the tracks."""
    scale = view.devicePixelRatioF()
    return view.canvas.scene.image.pixelColor(round(x * scale), round(y * scale))


def near(one: QColor, other: QColor, off: int = 12) -> bool:
    return all(
        abs(a - b) <= off
        for a, b in zip((one.red(), one.green(), one.blue()), (other.red(), other.green(), other.blue()), strict=True)
    )


def middle(view: TimelineView, track: str) -> float:
    row = view.sight.rows.of(TrackId(track))
    assert row is not None
    return (row.clip_top + CLIP_HEADER + row.clip_bottom) / 2 - view.sight.top


def test_sound_is_painted_in_the_colour_of_its_track_and_silence_is_not(view: TimelineView) -> None:
    x = view.sight.viewport.x_of
    y = middle(view, "vox")

    assert near(colour_at(view, x(2.5 * RATE), y - 4), themes.DARK.track(0))
    assert near(colour_at(view, x(2.5 * RATE), y + 4), themes.DARK.track(0))
    assert near(colour_at(view, x(4.5 * RATE), y), themes.DARK.app)


def test_the_wave_is_as_high_as_the_sound_is_loud(desk: Desk, view: TimelineView) -> None:
    row = view.sight.rows.of(TrackId("vox"))
    assert row is not None
    x, y = view.sight.viewport.x_of(2.5 * RATE), middle(view, "vox")
    half = (row.clip_bottom - row.clip_top - CLIP_HEADER) / 2
    background = colour_at(view, x, y - half * 0.7)

    assert not near(colour_at(view, x, y - half * 0.4), background)  # half of full scale reaches to here
    assert near(colour_at(view, x, y - half * 0.6), background)

    desk.document.do(SetClipGain(ClipId("a"), 4.0))
    view.finish()
    assert not near(colour_at(view, x, y - half * 0.7), background)


def test_a_clip_that_is_too_loud_wears_a_red_cap(desk: Desk, view: TimelineView) -> None:
    row = view.sight.rows.of(TrackId("vox"))
    assert row is not None
    x = view.sight.viewport.x_of(2.5 * RATE)
    top = row.clip_top + CLIP_HEADER

    assert not near(colour_at(view, x, top), themes.DARK.error, 40)
    desk.document.do(SetClipGain(ClipId("a"), 7.0))
    view.finish()
    assert near(colour_at(view, x, top), themes.DARK.error, 40)


def test_a_muted_track_is_pale(desk: Desk, view: TimelineView) -> None:
    x, y = view.sight.viewport.x_of(2.5 * RATE), middle(view, "vox")
    loud = colour_at(view, x, y - 3)

    desk.document.do(SetTrackMute(TrackId("vox"), True))
    view.finish()

    assert colour_at(view, x, y - 3).lightness() < loud.lightness() * 0.6


def test_a_track_is_pale_while_another_is_heard_alone(desk: Desk, view: TimelineView) -> None:
    x, y = view.sight.viewport.x_of(2.5 * RATE), middle(view, "vox")
    loud = colour_at(view, x, y - 3)

    desk.document.do(SetTrackSolo(TrackId("band"), True))
    view.finish()

    assert colour_at(view, x, y - 3).lightness() < loud.lightness() * 0.6


def test_the_theme_reaches_the_tracks(view: TimelineView) -> None:
    view.canvas.set_theme(themes.LIGHT)
    view.finish()

    assert near(colour_at(view, view.sight.viewport.x_of(4.5 * RATE), middle(view, "vox")), themes.LIGHT.app)


def test_a_missing_sound_says_so_in_its_clip(open_desk: Callable[..., Desk], show: Callable[..., TimelineView]) -> None:
    def without_file(folder: Path) -> Project:
        project = make_project(folder)
        (folder / "media" / "tone.wav").unlink()
        return project

    desk = open_desk(without_file)
    view = show(desk)

    state = view.sounds.of(MediaId("tone"))
    assert isinstance(state, Missing)
    assert "tone.wav" in state.sentence
    picture = view.canvas.grab().toImage()
    assert _has_colour(picture, themes.DARK.warning_text)


def test_a_sound_without_peaks_asks_for_them_once_and_shows_its_progress(
    open_desk: Callable[..., Desk], qtbot: QtBot
) -> None:
    def without_peaks(folder: Path) -> Project:
        media = put_sound(folder, "fresh", np.zeros(5 * RATE, np.float32), RATE, peaks=False)
        return Project(
            rate_hz=RATE, media=(media,), tracks=(Track(id=TrackId("t"), name="T", clips=(clip("x", 0, 5, "fresh"),)),)
        )

    desk = open_desk(without_peaks)
    view = TimelineView(desk, themes.DARK)
    started_while_painting: list[object] = []
    desk.jobs.changed.connect(
        lambda: started_while_painting.extend(desk.jobs.rows if view.canvas.paintingActive() else ())
    )
    qtbot.addWidget(view)
    view.resize(800, 500)
    view.show()
    qtbot.waitUntil(lambda: bool(desk.jobs.rows))
    view.canvas.grab()

    assert not started_while_painting  # another widget would paint inside of our paint, and Qt would crash
    assert [row.title for row in desk.jobs.rows] == ["Drawing fresh.wav"]


def test_the_playhead_moves_without_the_sound_being_painted(view: TimelineView, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: view.canvas.scene.complete)
    view.canvas.repaint()
    rendered, tiles = view.canvas.scenes_rendered, view.canvas.scene.tiles_painted

    for step in range(50):
        view.canvas.set_playhead(step * RATE / 10)
        view.canvas.repaint()

    assert view.canvas.scenes_rendered == rendered
    assert view.canvas.scene.tiles_painted == tiles


def test_an_edit_of_one_track_leaves_the_pictures_of_the_others(desk: Desk, view: TimelineView) -> None:
    tiles = view.canvas.scene.tiles_painted
    across = -(-view.canvas.width() // 512) + 1

    desk.document.do(SetClipGain(ClipId("a"), -3.0))
    view.finish()
    assert 0 < view.canvas.scene.tiles_painted - tiles <= across

    tiles = view.canvas.scene.tiles_painted
    desk.document.do(SetTrackGain(TrackId("vox"), -3.0))
    view.finish()
    assert view.canvas.scene.tiles_painted == tiles


def many_clips(folder: Path) -> Project:
    """Ten hours: a hundred clips of half a minute on each of ten tracks."""
    tone = put_sound(folder, "tone", np.sin(np.arange(40 * RATE) / 7).astype(np.float32) * 0.4, RATE)
    tracks = tuple(
        Track(
            id=TrackId(f"t{row}"),
            name=f"Track {row}",
            colour=row,
            clips=tuple(
                Clip(
                    id=ClipId(f"{row}-{n}"),
                    media=MediaId("tone"),
                    source_start=0,
                    start=round((n * HOURS * 36 + row * 5) * RATE),
                    length=30 * RATE,
                    fade_out=Fade(length=RATE),
                )
                for n in range(100)
            ),
        )
        for row in range(10)
    )
    return Project(rate_hz=RATE, media=(tone,), tracks=tracks)


def test_only_what_is_in_view_is_painted(open_desk: Callable[..., Desk], show: Callable[..., TimelineView]) -> None:
    desk = open_desk(many_clips)
    view = show(desk)
    painter = view.canvas.scene.painter
    five_hours = round(HOURS / 2 * 3600 * RATE)

    painter.clips_painted = 0
    view.sight.show_range(five_hours, five_hours + 60 * RATE)
    view.finish()

    rows = len(view.sight.rows.visible(view.sight.top, view.canvas.height()))
    assert rows < 10
    tiles_across = view.canvas.width() // 512 + 2
    assert 0 < painter.clips_painted <= rows * tiles_across


def test_scrolling_paints_only_the_edge_that_comes_into_view(
    open_desk: Callable[..., Desk], show: Callable[..., TimelineView]
) -> None:
    view = show(open_desk(many_clips))
    view.sight.show_range(0, 600 * RATE)
    view.finish()
    rows = len(view.sight.rows.visible(view.sight.top, view.canvas.height()))
    tiles = view.canvas.scene.tiles_painted

    for _ in range(10):
        view.sight.pan(50)
        view.finish()

    assert view.canvas.scene.tiles_painted - tiles <= 2 * rows


def test_every_frame_of_a_zoom_is_short_of_work_and_the_last_is_complete(
    open_desk: Callable[..., Desk], show: Callable[..., TimelineView], qtbot: QtBot
) -> None:
    view = show(open_desk(many_clips))
    scene = view.canvas.scene

    view.sight.zoom(3.0, 500)
    scene.place(view.sight.viewport, view.sight.rows, view.sight.top)
    scene.prepare(view.canvas.size(), 1.0, budget_s=0.0)
    assert not scene.complete  # nothing could be painted; what was there is stretched
    assert near(
        scene.image.pixelColor(500, round(middle(view, "t0"))),
        scene.image.pixelColor(501, round(middle(view, "t0"))),
        255,
    )

    view.canvas.update()
    qtbot.waitUntil(lambda: view.canvas.scene.complete and view.canvas.scenes_rendered > 0)


def test_samples_are_drawn_as_a_line_with_dots_when_close(view: TimelineView) -> None:
    view.sight.show_range(2 * RATE, 2 * RATE + 60)
    view.finish()

    colour = themes.DARK.track(0)
    row = view.sight.rows.of(TrackId("vox"))
    assert row is not None
    column = round(view.sight.viewport.x_of(2 * RATE + 20.5))
    painted = [
        near(colour_at(view, column, y), colour, 20) for y in range(row.clip_top + CLIP_HEADER + 1, row.clip_bottom - 1)
    ]
    assert 3 <= sum(painted) <= 8  # the height of a dot, not a filled wave


def test_a_picture_is_the_same_however_it_was_scrolled_to(view: TimelineView) -> None:
    view.sight.zoom(3.0, 300)
    view.sight.pan(137)
    view.finish()
    direct = view.canvas.scene.image

    view.canvas.scene.forget()
    view.canvas.update()
    view.canvas.repaint()
    view.finish()

    assert view.canvas.scene.image == direct


def _has_colour(picture: QImage, colour: QColor) -> bool:
    return any(
        near(picture.pixelColor(QPoint(x, y)), colour, 24)
        for y in range(picture.height())
        for x in range(0, picture.width(), 2)
    )


def test_a_medium_that_comes_back_is_drawn(
    open_desk: Callable[..., Desk], show: Callable[..., TimelineView], tmp_path: Path
) -> None:
    kept: list[Media] = []

    def hidden(folder: Path) -> Project:
        project = make_project(folder)
        kept.append(project.media[0])
        (folder / "media" / "tone.wav").rename(folder / "media" / "elsewhere.wav")
        return project

    desk = open_desk(hidden)
    view = show(desk)
    x, y = view.sight.viewport.x_of(2.5 * RATE), middle(view, "vox")
    assert not near(colour_at(view, x, y - 4), themes.DARK.track(0))

    desk.document.do(Relink(kept[0].id, "media/elsewhere.wav"))
    view.finish()

    assert near(colour_at(view, x, y - 4), themes.DARK.track(0))


@pytest.mark.parametrize("texture", ["log", "linear"])
def test_a_spectrogram_shows_the_tone_where_it_is(view: TimelineView, texture: str) -> None:
    view.resize(WIDTH, HEIGHT + 200)  # tall enough for the whole of the track
    view.sight.show_texture(TrackId("band"), texture)
    view.sight.set_track_height(TrackId("band"), 240)
    view.finish()

    row = view.sight.rows.of(TrackId("band"))
    assert row is not None
    x, top = view.sight.viewport.x_of(5 * RATE), row.clip_top + CLIP_HEADER
    height = row.clip_bottom - top
    brightest = max(range(height), key=lambda y: colour_at(view, x, top + y - view.sight.top).lightness())
    assert row_hz(height, RATE, AXES[texture])[brightest] == pytest.approx(200, rel=0.1)
