"""Old work goes by age, then by size; what is in use, or was touched lately, stays."""

import os
import time
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from studio import paths
from studio.media import leftovers
from studio.protocol.jobs import ExportSpec
from studio.session.background import Background
from studio.session.batch_list import BatchList, KeptRow
from studio.session.document import Document
from studio.session.housekeeping import Housekeeping, is_in_use
from studio.session.jobs import Jobs
from studio.session.recipes import Recipe
from studio.session.settings_file import SettingsFile
from studio.supervision.worker import Worker

DAY_S = 24 * 3600.0


def work(folder: Path, days_ago: float, size: int = 1000) -> Path:
    """A work folder with so many bytes in it, all of it last touched so long ago."""
    (folder / "media" / "making-1").mkdir(parents=True)
    (folder / "media" / "making-1" / "vocals.wav").write_bytes(bytes(size))
    then = time.time() - days_ago * DAY_S
    for path in (*folder.rglob("*"), folder):
        os.utime(path, (then, then))
    return folder


def test_what_is_old_goes_and_what_is_new_stays(tmp_path: Path) -> None:
    old, new = work(tmp_path / "old", 15), work(tmp_path / "new", 13)
    assert leftovers.sweep(tmp_path.iterdir(), 14 * DAY_S, 1e9) == (old,)
    assert not old.exists()
    assert (new / "media" / "making-1" / "vocals.wav").is_file()


def test_one_new_file_keeps_a_folder(tmp_path: Path) -> None:
    old = work(tmp_path / "old", 15)
    (old / "media" / "making-1" / "more.wav").write_bytes(b"now")
    assert leftovers.sweep(tmp_path.iterdir(), 14 * DAY_S, 1e9) == ()


def test_what_does_not_fit_goes_the_oldest_first(tmp_path: Path) -> None:
    first, second, third = (work(tmp_path / name, days, 1000) for name, days in (("a", 3), ("b", 2), ("c", 1)))
    assert leftovers.sweep(tmp_path.iterdir(), 14 * DAY_S, 2000) == (first,)
    assert leftovers.sweep(tmp_path.iterdir(), 14 * DAY_S, 500, in_use=lambda path: path == second) == (third,)
    assert second.exists()


def test_what_a_living_process_has_is_in_use(tmp_path: Path) -> None:
    mine, other = work(paths.cache() / "separating" / "mine", 30), work(paths.cache() / "separating" / "other", 30)
    (mine / "owner").write_text(str(os.getpid()))
    (other / "owner").write_text("999999999")
    assert (is_in_use(mine), is_in_use(other)) == (True, False)

    listed = work(paths.cache() / "batch" / "listed", 30)
    kept = BatchList()
    kept.keep(Recipe(), tmp_path, ExportSpec(), (KeptRow(path="song.wav", folder=str(listed)),))
    kept.flush()
    assert is_in_use(listed)
    kept.keep(Recipe(), tmp_path, ExportSpec(), ())
    kept.close()
    assert not is_in_use(listed)


@pytest.mark.parametrize(("prepare", "gone"), [(False, True), (True, False)])
def test_small_pictures_of_videos_go_when_nobody_wants_them(
    tmp_path: Path, qtbot: QtBot, prepare: bool, gone: bool
) -> None:
    settings, document, background = SettingsFile(tmp_path / "settings.json"), Document(), Background()
    settings.change("video", prepare=prepare)
    film = work(paths.cache() / "proxies" / "film", 5)

    Housekeeping(document, Jobs(Worker("compute")), settings, background).begin()
    qtbot.waitUntil(lambda: not background.busy, timeout=20_000)

    assert film.exists() is not gone
    background.close()
    document.close()
    settings.close()


@pytest.mark.parametrize(("days", "gone"), [(1, True), (14, False)])
def test_cache_and_project_are_swept_as_the_settings_say(tmp_path: Path, qtbot: QtBot, days: int, gone: bool) -> None:
    settings, document, background = SettingsFile(tmp_path / "settings.json"), Document(), Background()
    settings.change("separation", keep_days=days)
    document.new_untitled()
    in_cache = work(paths.cache() / "batch" / "x", 5)
    in_project = document.folder / "media" / "making-2"
    in_project.mkdir(parents=True)
    then = time.time() - 5 * DAY_S
    os.utime(in_project, (then, then))

    Housekeeping(document, Jobs(Worker("compute")), settings, background).begin()
    qtbot.waitUntil(lambda: not background.busy, timeout=20_000)

    assert (in_cache.exists(), in_project.exists()) == (not gone, not gone)
    background.close()
    document.close()
    settings.close()
