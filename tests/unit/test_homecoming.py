"""Takes that had to be written elsewhere come home as soon as the project's folder is there again."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from studio import paths
from studio.media.takes import TakeHeader, TakeWriter
from studio.media.wav import MappedWav
from studio.model.edits import AddMedia
from studio.model.project import Media, Project
from studio.session.document import Document
from studio.session.homecoming import Homecoming
from studio.session.recovery import interrupted_takes
from tests.helpers.session import WAIT_MS


@pytest.fixture
def document(tmp_path: Path, qapp: object) -> Iterator[Document]:
    document = Document()
    document.new_untitled()
    document.save_as(tmp_path / "song")
    yield document
    document.close()


@pytest.fixture
def thread() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(max_workers=1) as executor:
        yield executor


def take_in(folder: Path, frames: int = 4800) -> tuple[Media, ...]:
    header = TakeHeader(take="t1", track="a", start=0, rate_hz=48000, channels=1)
    writer = TakeWriter(folder / "takes" / "t1", header)
    writer.write(np.full((frames, 1), 0.25, np.float32))
    return writer.close()


def quick(document: Document, thread: ThreadPoolExecutor, busy: list[bool] | None = None) -> Homecoming:
    home = Homecoming(document, lambda: bool(busy), thread.submit, document)
    home._timer.setInterval(20)
    return home


def test_a_take_comes_home_when_the_folder_is_there_again_and_never_makes_it_anew(
    document: Document, thread: ThreadPoolExecutor, qtbot: QtBot, tmp_path: Path
) -> None:
    folder = document.folder
    (media,) = take_in(paths.rescued(folder))
    folder.rename(tmp_path / "unplugged")
    home = quick(document, thread)

    with qtbot.waitSignal(home._tried, timeout=WAIT_MS):
        home.begin()
    assert not folder.exists()

    with qtbot.waitSignal(home.done, timeout=WAIT_MS):
        (tmp_path / "unplugged").rename(folder)
    assert MappedWav.open(folder / media.file).length == 4800


def test_nothing_is_carried_while_a_take_is_written(
    document: Document, thread: ThreadPoolExecutor, qtbot: QtBot
) -> None:
    (media,) = take_in(paths.rescued(document.folder))
    busy = [True]
    home = quick(document, thread, busy)
    home.begin()
    qtbot.wait(60)
    assert not (document.folder / media.file).exists()

    with qtbot.waitSignal(home.done, timeout=WAIT_MS):
        busy.clear()
    assert (document.folder / media.file).is_file()


def test_a_project_that_is_saved_in_another_folder_takes_its_takes_along(
    document: Document, thread: ThreadPoolExecutor, qtbot: QtBot, tmp_path: Path
) -> None:
    (media,) = take_in(paths.rescued(document.folder))
    document.do(AddMedia(media=media))
    busy = [True]
    home = quick(document, thread, busy)
    home.begin()
    document.save_as(tmp_path / "elsewhere")

    with qtbot.waitSignal(home.done, timeout=WAIT_MS):
        busy.clear()
    assert (tmp_path / "elsewhere" / media.file).is_file()


def test_the_beginning_of_a_take_that_went_on_elsewhere_is_kept_beside_the_whole(
    document: Document, thread: ThreadPoolExecutor, qtbot: QtBot
) -> None:
    take_in(document.folder, frames=1000)
    (media,) = take_in(paths.rescued(document.folder), frames=4800)
    home = quick(document, thread)
    with qtbot.waitSignal(home.done, timeout=WAIT_MS):
        home.begin()

    assert MappedWav.open(document.folder / media.file).length == 4800
    assert sorted(take.length for take in interrupted_takes(document.folder, Project())) == [1000, 4800]


def test_where_nothing_lies_elsewhere_nothing_is_said(
    document: Document, thread: ThreadPoolExecutor, qtbot: QtBot
) -> None:
    home = quick(document, thread)
    with qtbot.assertNotEmitted(home.done), qtbot.waitSignal(home._tried, timeout=WAIT_MS):
        home.begin()
