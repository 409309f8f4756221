"""Stems that are being made are seen below their source, as far as they are there."""

import numpy as np

from studio.media.wav import WavWriter
from studio.model.edits import DeleteClips
from studio.model.project import ClipId
from studio.protocol.jobs import GrowingStem
from studio.session.desk import Desk
from studio.session.separating import Growing
from studio.session.stems import pieces
from studio.ui.timeline.growing_lanes import steps_of
from studio.ui.timeline.view import TimelineView
from tests.ui.timeline.conftest import RATE


def grow(desk: Desk, seconds: float) -> None:
    """As the worker leaves it: so much of two stems of clip a is there."""
    frames = round(seconds * RATE)
    stems = tuple(
        GrowingStem(name=name, file=f"media/{name}.wav", rate_hz=RATE, channels=1)
        for name in ("vocals", "accompaniment")
    )
    for stem, level in zip(stems, (0.5, 0.25), strict=True):
        path = desk.document.folder / stem.file
        path.unlink(missing_ok=True)
        with WavWriter(path, RATE, 1) as wav:
            wav.write(np.full((frames, 1), level, np.float32))
    (piece,) = pieces(desk.document.project, [ClipId("a")])
    desk.separating._growing = {1: Growing(piece, stems, frames)}  # type: ignore[dict-item]
    desk.separating.grew.emit()


def painted(view: TimelineView, seconds: float, lane: int) -> tuple[int, int, int, int]:
    """The colour in the middle of a lane, a little above it, where the body of the wave is."""
    row = view.canvas.growing.rows[lane]
    image = view.canvas.grab().toImage()
    scale = image.devicePixelRatio()
    x = view.sight.viewport.x_of(seconds * RATE)
    y = (row.clip_top + 16 + row.clip_bottom) / 2 - view.sight.top + 6
    return image.pixelColor(round(x * scale), round(y * scale)).getRgb()  # type: ignore[return-value]


def test_lanes_lie_below_their_source_and_grow(desk: Desk, view: TimelineView) -> None:
    before = view.sight.rows.height
    grow(desk, 1.5)
    lanes = view.canvas.growing.lanes
    while any(lane.look(round(1.5 * RATE)) for lane in lanes):
        pass

    vox, band = view.sight.rows.all
    assert [row.top for row in view.canvas.growing.rows] == [vox.bottom, vox.bottom + vox.height]
    assert band.top == vox.bottom + 2 * vox.height
    assert [round(lane.wave.length_s, 1) for lane in lanes] == [1.5, 1.5]
    assert lanes[0].wave.columns(0.5, 0.5, 1).tolist() == [[0.5, 0.5]]
    assert lanes[1].wave.columns(0.5, 0.5, 1).tolist() == [[0.25, 0.25]]
    assert painted(view, 2.0, 0) != painted(view, 3.5, 0)  # the clip lies at 1 s: 1.5 s of it are there
    assert view.canvas.hit_at(300, vox.bottom + 10 - view.sight.top).row is None

    grow(desk, 2.8)
    assert view.canvas.growing.lanes == lanes
    while any(lane.look(round(2.8 * RATE)) for lane in lanes):
        pass
    assert painted(view, 2.0, 0) == painted(view, 3.5, 0)

    desk.separating._growing = {}
    desk.separating.grew.emit()
    assert view.heads.lanes == ()
    assert view.sight.rows.height == before


def test_the_lanes_of_a_clip_that_was_deleted_are_gone(desk: Desk, view: TimelineView) -> None:
    grow(desk, 1.0)
    desk.document.do(DeleteClips(clips=(ClipId("a"),)))
    assert view.canvas.growing.rows == ()
    view.finish()
    view.canvas.grab()


def test_the_heads_of_lanes_say_what_they_are_and_how_far(desk: Desk, view: TimelineView) -> None:
    grow(desk, 1.5)
    heads = view.heads.lanes
    assert [head.accessibleName() for head in heads] == ["Vocals, being made", "Accompaniment, being made"]
    assert {head.accessibleDescription() for head in heads} == {"00:01.500 of 00:03.000"}
    assert heads[1].hear.accessibleName() == "Hear the accompaniment so far"
    assert [head.y() + round(view.sight.top) for head in heads] == [row.top for row in view.canvas.growing.rows]


def test_tracks_that_are_out_of_sight_are_scrolled_to(desk: Desk, view: TimelineView) -> None:
    for row in view.sight.rows.all:
        view.sight.set_track_height(row.track, 300)
    view.sight.set_top(0)
    band = view.sight.rows.all[1]
    view.show_tracks([band.track])
    assert view.sight.top <= band.top
    assert band.bottom <= view.sight.top + view.sight.height
    top = view.sight.top
    view.show_tracks([band.track])
    assert view.sight.top == top


def test_steps_are_peak_and_rms_of_equal_parts() -> None:
    sound = np.concatenate((np.full((100, 2), 0.5), np.zeros((99, 2)), [[-1.0, 0.0]])).astype(np.float32)
    steps = steps_of(sound, 2)
    assert steps[0].tolist() == [0.5, 0.5]
    assert steps[1].tolist() == [1.0, np.float32(np.sqrt(0.5 / 100))]
