"""The window on a small project with real sound, and workers that are never started."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from studio import paths
from studio.desktop import Studio
from studio.model.project import Clip, ClipId, Marker, MarkerId, MediaId, Project, Track, TrackId
from studio.session.desk import Desk
from studio.session.settings_file import SettingsFile
from studio.ui import theme as themes
from studio.ui.theme import Theme
from studio.ui.window import MainWindow
from tests.helpers.pulse import Pulse
from tests.helpers.sessions import desk_on, put_melody, put_sound

RATE = 8000


def small_project(folder: Path) -> Project:
    """Vox: a (1 to 4 s) and b (5 to 8 s), Band: c (0 to 10 s), on one tone with a melody at A4."""
    time_s = np.arange(20 * RATE) / RATE
    tone = put_sound(folder, "tone", (0.5 * np.sin(2 * np.pi * 440 * time_s)).astype(np.float32), RATE)

    def clip(id: str, start_s: int, length_s: int) -> Clip:
        return Clip(
            id=ClipId(id),
            media=MediaId("tone"),
            source_start=start_s * RATE,
            start=start_s * RATE,
            length=length_s * RATE,
            name=id,
        )

    return Project(
        name="Probe",
        rate_hz=RATE,
        media=(tone,),
        pitches=(put_melody(folder, tone, np.full(20 * 200, 440.0, np.float32)),),
        tracks=(
            Track(id=TrackId("vox"), name="Vox", clips=(clip("a", 1, 3), clip("b", 5, 3))),
            Track(id=TrackId("band"), name="Band", colour=4, clips=(clip("c", 0, 10),)),
        ),
        markers=(Marker(id=MarkerId("m"), start=9 * RATE, text="Verse"),),
    )


def empty_project(_folder: Path) -> Project:
    """Nothing in it."""
    return Project(name="Empty")


MakeProject = Callable[[Path], Project]
OpenDesk = Callable[..., Desk]
OpenWindow = Callable[..., MainWindow]
NewStudio = Callable[..., Studio]


@pytest.fixture
def usual() -> MakeProject:
    """The project that is opened where none is asked for."""
    return small_project


@pytest.fixture
def open_desk(tmp_path: Path, usual: MakeProject) -> Iterator[OpenDesk]:
    """Open a desk on a project, by default the usual one."""
    with ExitStack() as stack:

        def _open(make: MakeProject = usual) -> Desk:
            folder = tmp_path / "project"
            return stack.enter_context(desk_on(folder, make(folder)))

        yield _open


@pytest.fixture
def desk(open_desk: OpenDesk) -> Desk:
    """A desk on the small project."""
    return open_desk()


@pytest.fixture
def open_window(qtbot: QtBot, open_desk: OpenDesk) -> Iterator[OpenWindow]:
    """Show the window on a project, by default the small one, in the dark theme."""
    shown: list[MainWindow] = []

    def _open(make: Callable[[Path], Project] = small_project, theme: Theme = themes.DARK) -> MainWindow:
        window = MainWindow(theme)
        window.fill(open_desk(make))
        shown.append(window)
        window.resize(1440, 900)
        window.show()
        qtbot.waitExposed(window)
        return window

    yield _open
    for window in shown:
        window.close()
        window.deleteLater()


@pytest.fixture
def window(open_window: OpenWindow) -> MainWindow:
    """The window on the small project."""
    return open_window()


@pytest.fixture
def stage(monkeypatch: pytest.MonkeyPatch) -> Iterator[Pulse]:
    """A sound system of one's own, for what is started from now on."""
    with Pulse() as daemon:
        for name, value in daemon.environment.items():
            monkeypatch.setenv(name, value)
        yield daemon


@pytest.fixture
def new_studio(qapp: QApplication) -> Iterator[NewStudio]:
    """Make all of the studio, which has not begun; settings are given as `capture={"fps": 24}`."""
    made: list[Studio] = []

    def make(**sections: dict[str, object]) -> Studio:
        settings = SettingsFile(paths.config() / "settings.json")
        for section, fields in sections.items():
            settings.change(section, **fields)
        made.append(Studio(qapp, settings))
        return made[-1]

    yield make
    while made:
        studio = made.pop()
        studio.end()
        studio.window.close()
        studio.window.deleteLater()
        studio.deleteLater()
