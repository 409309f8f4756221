"""A project with real sound on the screen."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from studio.model.project import Clip, ClipId, Marker, MarkerId, MediaId, Project, Track, TrackId
from studio.session.desk import Desk
from studio.ui import theme as themes
from studio.ui.timeline.view import TimelineView
from tests.helpers.sessions import put_melody, put_sound
from tests.ui.conftest import MakeProject

RATE = 8000
WIDTH, HEIGHT = 1000, 700


def clip(id: str, start_s: float, length_s: float, media: str = "tone", from_s: float = 0.0) -> Clip:
    return Clip(
        id=ClipId(id),
        media=MediaId(media),
        source_start=round(from_s * RATE),
        start=round(start_s * RATE),
        length=round(length_s * RATE),
        name=id,
    )


def make_project(folder: Path) -> Project:
    """Vox: a (1 to 4 s), b (5 to 8 s), and Band: c (0 to 10 s), all of one 20 s tone at 200 Hz, half of full scale."""
    time_s = np.arange(20 * RATE) / RATE
    tone = put_sound(folder, "tone", (0.5 * np.sin(2 * np.pi * 200 * time_s)).astype(np.float32), RATE)
    hz = np.full(20 * 200, 440.0, np.float32)
    hz[400:600] = np.nan
    pitch = put_melody(folder, tone, hz)
    return Project(
        name="Test",
        rate_hz=RATE,
        media=(tone,),
        pitches=(pitch,),
        tracks=(
            Track(id=TrackId("vox"), name="Vox", clips=(clip("a", 1, 3, from_s=1), clip("b", 5, 3, from_s=8))),
            Track(id=TrackId("band"), name="Band", colour=4, clips=(clip("c", 0, 10),)),
        ),
        markers=(Marker(id=MarkerId("m"), start=9 * RATE, text="Verse"),),
    )


@pytest.fixture
def usual() -> MakeProject:
    """The project above."""
    return make_project


@pytest.fixture
def show(qtbot: QtBot) -> Callable[[Desk], TimelineView]:
    """Show a timeline in a fixed size, everything of it painted."""

    def _show(desk: Desk) -> TimelineView:
        view = TimelineView(desk, themes.DARK)
        qtbot.addWidget(view)
        view.resize(WIDTH, HEIGHT)
        with qtbot.waitExposed(view):
            view.show()
        view.zoom_fit()
        view.finish()
        return view

    return _show


@pytest.fixture
def view(desk: Desk, show: Callable[[Desk], TimelineView]) -> TimelineView:
    return show(desk)
