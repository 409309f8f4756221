"""The whole window with its real workers: what a person does in an evening, and what must not stop it."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from studio import desktop, paths
from studio.desktop import Studio
from studio.media.curve import read_curve
from studio.model.edits import SetTrackGain
from studio.protocol.common import JobId
from studio.protocol.jobs import ExportSpec
from studio.session import opening
from studio.session.pictures import peaks_path
from studio.supervision.worker import State, Worker
from studio.ui.messages import ExplanationView
from tests.helpers import sounds
from tests.ui.conftest import NewStudio

WAIT_MS = 60_000
RATE_HZ = 48000

pytestmark = pytest.mark.logs_errors  # a worker that is killed on purpose is written to the log

MakeStudio = Callable[..., Studio]


@pytest.fixture
def voice(tmp_path: Path) -> Path:
    """Four seconds of A3 as a person has them: a FLAC with a name that is not ASCII."""
    path = tmp_path / "Gesang – Übung №1.flac"
    soundfile.write(path, sounds.buzz(4 * RATE_HZ, f0_hz=220.0), RATE_HZ)
    return path


@pytest.fixture
def make_studio(qtbot: QtBot, new_studio: NewStudio) -> MakeStudio:
    """Return a function that opens a window and waits until its workers are ready."""

    def make(*asked: Path) -> Studio:
        studio = new_studio()
        studio.begin(asked)
        qtbot.waitUntil(lambda: all(worker.state is State.READY for worker in workers(studio)), timeout=WAIT_MS)
        return studio

    return make


def workers(studio: Studio) -> tuple[Worker, ...]:
    return (studio.live, studio.compute, studio.capture)


def idle(qtbot: QtBot, studio: Studio) -> None:
    qtbot.waitUntil(lambda: not studio.jobs.busy, timeout=WAIT_MS)


def has_begun(studio: Studio, job: JobId) -> bool:
    row = studio.jobs.row(job)
    return row is not None and bool(row.stage)


def do(studio: Studio, command: str) -> None:
    assert desktop.run(studio, command), command


def kill(qtbot: QtBot, worker: Worker) -> None:
    with qtbot.waitSignal(worker.ready, timeout=WAIT_MS):
        os.kill(worker.pid, signal.SIGKILL)


def test_a_recording_opens_shows_its_pitch_is_edited_exported_and_is_there_tomorrow(
    qtbot: QtBot, make_studio: MakeStudio, voice: Path, tmp_path: Path
) -> None:
    studio = make_studio(voice)
    idle(qtbot, studio)
    (clip,) = studio.document.project.clips
    assert clip.length == 4 * RATE_HZ
    assert peaks_path(clip.media).is_file()

    studio.selection.set_clips([clip.id], studio.document.project)
    do(studio, "pitch.find")
    idle(qtbot, studio)
    (melody,) = studio.document.project.melody_of(clip.media)
    curve = read_curve(studio.document.folder, melody.pitch)
    assert np.nanmedian(curve.hz) == pytest.approx(220.0, rel=0.003)

    studio.selection.set_cursor(2 * RATE_HZ)
    do(studio, "edit.split")
    assert [one.start for one in studio.document.project.clips] == [0, 2 * RATE_HZ]
    do(studio, "edit.undo")
    do(studio, "edit.redo")

    out = tmp_path / "out.wav"
    studio.importing.export(out, ExportSpec(container="wav", sample_format="float32"))
    idle(qtbot, studio)
    assert soundfile.info(out).frames == 4 * RATE_HZ

    before, folder = studio.document.project, studio.document.folder
    labels = studio.document.history_labels
    studio.end()
    again = make_studio()
    assert again.document.folder == folder
    assert again.document.project == before
    assert again.document.history_labels == labels


@pytest.mark.parametrize("which", ["live", "compute", "capture"])
def test_the_window_lives_when_a_worker_is_killed_and_work_goes_on(
    qtbot: QtBot, make_studio: MakeStudio, voice: Path, which: str
) -> None:
    studio = make_studio()
    worker: Worker = getattr(studio, which)

    kill(qtbot, worker)
    studio.importing.add([voice])
    idle(qtbot, studio)
    kill(qtbot, worker)
    studio.selection.select_all(studio.document.project)
    do(studio, "pitch.find")
    idle(qtbot, studio)

    assert [row.state for row in studio.jobs.rows] == ["done", "done"]
    assert len(studio.document.project.pitches) == 1
    assert studio.window.isVisible()


def test_a_job_that_dies_with_its_worker_can_be_resumed(qtbot: QtBot, make_studio: MakeStudio, tmp_path: Path) -> None:
    studio = make_studio()
    voice = tmp_path / "long.flac"
    soundfile.write(voice, sounds.buzz(120 * RATE_HZ), RATE_HZ)
    (job,) = studio.importing.add([voice])
    qtbot.waitUntil(lambda: has_begun(studio, job), timeout=WAIT_MS)
    with qtbot.waitSignal(studio.jobs.failed, timeout=WAIT_MS) as failed:
        os.kill(studio.compute.pid, signal.SIGKILL)
    assert failed.args is not None
    assert failed.args[0].why.remedy
    assert studio.document.project.tracks == ()

    studio.jobs.retry(job)
    idle(qtbot, studio)

    assert len(studio.document.project.tracks) == 1


def test_several_files_keep_their_order_and_the_first_gives_the_rate(
    qtbot: QtBot, make_studio: MakeStudio, tmp_path: Path
) -> None:
    studio = make_studio()
    names = ["b first", "a second", "c third"]
    for name, rate_hz in zip(names, [44100, 48000, 22050], strict=True):
        soundfile.write(tmp_path / f"{name}.wav", sounds.buzz(rate_hz, rate_hz), rate_hz)

    studio.importing.add([tmp_path / f"{name}.wav" for name in names])
    idle(qtbot, studio)

    project = studio.document.project
    assert [track.name for track in project.tracks] == names
    assert project.rate_hz == 44100
    assert {media.rate_hz for media in project.media} == {44100}
    assert [abs(clip.length - 44100) <= 2 for clip in project.clips] == [True] * 3


def test_a_folder_that_is_dropped_gives_its_sound_files_in_order(
    qtbot: QtBot, make_studio: MakeStudio, tmp_path: Path
) -> None:
    studio = make_studio()
    folder = tmp_path / "takes"
    folder.mkdir()
    for name in ("2.wav", "1.wav"):
        soundfile.write(folder / name, sounds.buzz(RATE_HZ), RATE_HZ)
    (folder / "notes.txt").write_text("no sound")
    (folder / "An older project" / "media").mkdir(parents=True)
    (folder / "An older project" / "project.json").write_text("{}")
    soundfile.write(folder / "An older project" / "media" / "m1.wav", sounds.buzz(RATE_HZ), RATE_HZ)

    opening.open_dropped(studio.desk, [folder])
    idle(qtbot, studio)

    assert [track.name for track in studio.document.project.tracks] == ["1", "2"]


def test_a_file_that_is_no_sound_is_refused_in_words(qtbot: QtBot, make_studio: MakeStudio, tmp_path: Path) -> None:
    studio = make_studio()
    (tmp_path / "letter.wav").write_text("Dear studio")

    with qtbot.waitSignal(studio.jobs.failed, timeout=WAIT_MS) as failed:
        studio.importing.add([tmp_path / "letter.wav"])

    assert failed.args is not None
    why = failed.args[0].why
    assert why.title
    assert why.remedy
    assert why.code != "bug"
    assert studio.document.project.tracks == ()
    offered = [
        button.text()
        for view in studio.window.findChildren(ExplanationView)
        for button in view.findChildren(QPushButton)
    ]
    assert "Try again" in offered  # nothing was finished that one could go on from
    assert "Go on" not in offered


def test_the_keyboard_reaches_the_commands(qtbot: QtBot, make_studio: MakeStudio, voice: Path) -> None:
    studio = make_studio(voice)
    idle(qtbot, studio)
    studio.selection.set_cursor(RATE_HZ)
    studio.window.activateWindow()
    qtbot.waitUntil(studio.window.isActiveWindow, timeout=WAIT_MS)
    QTest.keyClick(studio.window, Qt.Key.Key_I, Qt.KeyboardModifier.ControlModifier)
    assert len(list(studio.document.project.clips)) == 2
    QTest.keyClick(studio.window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert len(list(studio.document.project.clips)) == 1


def test_source_and_result_are_matched_in_loudness(qtbot: QtBot, make_studio: MakeStudio, voice: Path) -> None:
    studio = make_studio(voice)
    idle(qtbot, studio)
    track = studio.document.project.tracks[0].id
    studio.document.do(SetTrackGain(track=track, gain_db=6.0))
    compare = studio.desk.compare

    do(studio, "transport.compare")
    qtbot.waitUntil(lambda: compare.on_source, timeout=WAIT_MS)
    assert compare.offset_db == 0.0
    do(studio, "transport.compare")

    assert not compare.on_source
    assert compare.offset_db == pytest.approx(-6.0, abs=0.1)
    assert not list(Path(os.environ.get("TMPDIR", "/tmp")).glob("melisma-compare-*/*.wav"))  # noqa: S108


def test_an_edit_ends_the_comparison(qtbot: QtBot, make_studio: MakeStudio, voice: Path) -> None:
    studio = make_studio(voice)
    idle(qtbot, studio)
    track = studio.document.project.tracks[0].id
    studio.document.do(SetTrackGain(track=track, gain_db=3.0))
    do(studio, "transport.compare")
    qtbot.waitUntil(lambda: studio.desk.compare.on_source, timeout=WAIT_MS)

    studio.document.undo()

    assert not studio.desk.compare.on_source


def test_a_picture_of_the_window_is_made_without_anybody_watching(
    qapp: QApplication, voice: Path, tmp_path: Path
) -> None:
    png = tmp_path / "window.png"

    desktop.picture(None, png, files=[voice], size=(1200, 760))

    image = QImage(str(png))
    assert (image.width(), image.height()) == (1200, 760)
    colours = {image.pixel(x, y) for x in range(0, 1200, 7) for y in range(0, 760, 7)}
    assert len(colours) > 20


@pytest.mark.parametrize("kind", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_a_signal_ends_the_studio_at_once_without_a_question(tmp_path: Path, voice: Path, kind: signal.Signals) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", SAYS_WHEN_IT_IS_UP, str(voice)], stdout=subprocess.PIPE, text=True, env=os.environ
    ) as program:
        assert program.stdout is not None
        said = program.stdout.readline().split()
        assert said[0] == "up", said
        pids = [int(word) for word in said[1:]]
        program.send_signal(kind)
        program.wait(timeout=4)

    assert program.returncode == 0
    assert not [pid for pid in pids if Path(f"/proc/{pid}").exists()]
    assert not list(Path("/dev/shm").glob(f"melisma-{pids[0]}-*"))  # noqa: S108
    assert not list(paths.untitled().glob("*/.lock"))


SAYS_WHEN_IT_IS_UP = """
import sys
from studio import app, desktop
from studio.session.jobs import Jobs

beginning = desktop.Studio.beginning
def begin_and_tell(studio, asked):
    def tell(_row, _result):
        print("up", studio.live.pid, studio.compute.pid, flush=True)
    studio.jobs.finished.connect(tell)
    return beginning(studio, asked)
desktop.Studio.beginning = begin_and_tell
sys.exit(app.main(sys.argv[1:]))
"""


def test_the_second_window_on_a_project_only_reads(qtbot: QtBot, make_studio: MakeStudio, voice: Path) -> None:
    first = make_studio(voice)
    idle(qtbot, first)
    first.document.flush()

    second = make_studio(first.document.folder)

    assert second.document.read_only is not None
    assert second.document.project == first.document.project
    second.selection.select_all(second.document.project)
    assert not desktop.run(second, "edit.delete")


def test_importing_the_desktop_loads_no_library_that_works_on_sound() -> None:
    code = "import studio.desktop, sys; print(*{name.partition('.')[0] for name in sys.modules})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    heavy = {"torch", "triton", "numba", "scipy", "librosa", "av", "soundfile", "sounddevice", "parselmouth", "soxr"}
    assert heavy.isdisjoint(done.stdout.split())
