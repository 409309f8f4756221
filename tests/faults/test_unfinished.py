"""A studio that is killed while it takes sound apart is started again, and offers to go on."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile
from pytestqt.qtbot import QtBot

from studio.model.edits import AddMedia, AddTrack
from studio.model.project import Clip, ClipId, Track, TrackId
from studio.protocol.common import JobId
from studio.protocol.jobs import Separated
from studio.protocol.messages import Result
from studio.session.recovery import LeftBehind
from tests.faults.conftest import Start
from tests.helpers import people, tiny_separator
from tests.helpers.separating_process import TINY
from tests.helpers.session import WAIT_MS, Session
from tests.helpers.songs import song, write_song

RATE_HZ = 48000


@pytest.fixture(autouse=True)
def tiny(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tiny_separator.install(monkeypatch, tmp_path / "plug-ins")


def put_a_song(session: Session, folder: Path, seconds: float) -> None:
    """A song on the timeline of a project in that folder."""
    session.document.save_as(folder)
    media = write_song(folder, seconds, RATE_HZ)
    session.document.do(AddMedia(media=media))
    clip = Clip(id=ClipId("c"), media=media.id, source_start=0, start=0, length=media.length)
    session.document.do(AddTrack(track=Track(id=TrackId("t"), name="Song", clips=(clip,))))


def killed(*arguments: str) -> None:
    """Run a studio until it is killed."""
    done = subprocess.run([sys.executable, "-m", "tests.helpers.separating_process", *arguments], check=False)
    assert done.returncode == -9


def test_a_separation_is_gone_on_with_after_the_studio_was_killed(
    qtbot: QtBot, tmp_path: Path, start: Start, injected: Callable[[int], None]
) -> None:
    folder = tmp_path / "Song"
    first = start()
    put_a_song(first, folder, 12)
    first.close()
    killed("clip", str(folder))

    again = start()
    offers: list[LeftBehind] = []
    again.desk.separating.found.connect(offers.extend)
    with qtbot.waitSignal(again.desk.separating.found, timeout=WAIT_MS):
        again.document.open(folder)
    (offer,) = offers
    assert (offer.kind, offer.name) == ("work", "Separating song")
    (row,) = again.jobs.rows
    assert (row.id, row.state, row.goes_on) == (offer.job, "stopped", True)

    results: list[Result] = []
    again.jobs.finished.connect(lambda _row, result: results.append(result))
    with qtbot.waitSignal(again.desk.separating.landed, timeout=WAIT_MS):
        again.compute.start()
        again.jobs.retry(row.id)
    (done,) = results
    assert isinstance(done, Separated)
    assert 0 < done.spent.resumed < 1
    assert [track.name for track in again.document.project.tracks] == ["Song", "Vocals, Tiny", "Accompaniment, Tiny"]
    assert not list((folder / "media").glob("making-*"))
    again.close()

    later = start()
    later.document.open(folder)
    assert later.jobs.rows == ()
    injected(1)


def test_a_song_in_another_voice_is_gone_on_with_behind_its_finished_stage(
    qtbot: QtBot, tmp_path: Path, start: Start, injected: Callable[[int], None]
) -> None:
    folder = tmp_path / "Song"
    voice = people.learn_roughly(tmp_path)
    first = start()
    put_a_song(first, folder, 4)
    first.close()
    killed("sing", str(folder), voice.id)

    again = start()
    offers: list[LeftBehind] = []
    again.desk.separating.found.connect(offers.extend)
    with qtbot.waitSignal(again.desk.separating.found, timeout=WAIT_MS):
        again.document.open(folder)
    (offer,) = offers
    assert (offer.kind, offer.name) == ("work", "Singing song in another voice")
    stages: list[str] = []
    again.jobs.changed.connect(lambda: stages.extend(row.stage for row in again.jobs.rows if row.stage))

    again.compute.start()
    again.jobs.retry(JobId(offer.job))
    qtbot.waitUntil(lambda: "Converting" in stages, timeout=WAIT_MS)
    with qtbot.waitSignal(again.jobs.failed, timeout=WAIT_MS):
        os.kill(again.compute.pid, signal.SIGKILL)
    with qtbot.waitSignal(again.desk.converting.landed, timeout=WAIT_MS):
        again.jobs.retry(JobId(offer.job))

    assert stages
    assert not {"Taking apart", "Reading"} & set(stages)
    names = [track.name for track in again.document.project.tracks]
    assert names == ["Song", "Vocals, Tiny", "Vocals, Otto", "Accompaniment, Tiny"]
    assert not list((folder / "media").glob("making-*"))
    again.close()

    later = start()
    later.document.open(folder)
    assert later.jobs.rows == ()
    injected(2)


def test_files_are_gone_on_with_after_the_studio_was_killed(
    qtbot: QtBot, tmp_path: Path, start: Start, injected: Callable[[int], None]
) -> None:
    out, files = tmp_path / "out", [tmp_path / "one.wav", tmp_path / "two.wav"]
    for number, path in enumerate(files):
        soundfile.write(path, song(6, RATE_HZ, number), RATE_HZ, subtype="FLOAT")
    killed("files", str(out), *map(str, files))
    assert not out.exists()

    again = start()
    batch = again.desk.separating.batch
    batch.adopt(batch.left())
    (offer,) = batch.left_behind
    assert (offer.kind, offer.name) == ("files", "Separating one.wav and 1 more")
    results: list[Result] = []
    again.jobs.finished.connect(lambda _row, result: results.append(result))
    with qtbot.waitSignal(batch.ended, timeout=WAIT_MS):
        again.compute.start()
        batch.go_on()

    assert [row.state for row in batch.rows] == ["done", "done"]
    resumed = [result.spent.resumed for result in results if isinstance(result, Separated)]
    assert 0 < resumed[0] < 1
    assert resumed[1] == 0
    for number, path in enumerate(files):
        made = [soundfile.read(out / path.stem / f"{name}.wav")[0] for name in ("vocals", "accompaniment")]
        assert np.abs(sum(made) - song(6, RATE_HZ, number)).max() < 1e-6
    assert batch.left_behind == ()
    again.close()
    assert not list((tmp_path / "cache" / "batch").iterdir())
    injected(1)


def test_what_was_stopped_by_hand_is_listed_again_and_not_offered(qtbot: QtBot, tmp_path: Path, start: Start) -> None:
    folder = tmp_path / "Song"
    first = start()
    put_a_song(first, folder, 12)
    (job,) = first.desk.separating.separate([ClipId("c")], TINY)
    first.jobs.cancel(job)
    first.close()

    again = start()
    again.document.open(folder)
    assert [row.state for row in again.jobs.rows] == ["stopped"]
    assert again.desk.separating.left_behind == ()
    again.jobs.dismiss(again.jobs.rows[0].id)
    again.close()

    later = start()
    later.document.open(folder)
    assert later.jobs.rows == ()


def test_what_is_for_another_project_is_not_listed_there(tmp_path: Path, start: Start) -> None:
    folder = tmp_path / "Song"
    session = start()
    put_a_song(session, folder, 2)
    (job,) = session.desk.separating.separate([ClipId("c")], TINY)
    session.jobs.cancel(job)
    session.document.new_untitled()
    assert not session.jobs.rows
    session.document.open(folder)
    assert [row.state for row in session.jobs.rows] == ["stopped"]
