"""An import that was killed, called off or failed goes on where it was, and ends as if nothing had been."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from studio.audio import unfinished
from studio.audio.decode import Decoder
from studio.audio.importing import Imported, import_media
from studio.audio.resample import SteadyResampler
from studio.audio.trouble import disk_full
from studio.errors import Cancelled, StudioError
from studio.media.begun import begun_in, owner_name
from studio.media.wav import Frames, MappedWav
from studio.model.edits import RenameProject
from studio.protocol.common import JobId, Progress
from studio.protocol.jobs import ImportMedia, MediaImported
from studio.protocol.messages import Event
from studio.session.document import Document
from studio.session.jobs import Jobs
from tests.helpers.processes import WAIT_MS, MakeWorker
from tests.helpers.session import Session
from tests.helpers.sounds import noise, sweep, write_as

KINDS = ("wav", "flac", "mp3", "m4a", "opus")
LENGTH = 48000 * 10


@pytest.fixture(autouse=True)
def _kept_at_every_block(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unfinished, "KEEP_EVERY_S", 0.0)


def material(channels: int = 2) -> Frames:
    """Sound with loud and soft parts, so that encoders move bits between packets."""
    loudness = np.abs(np.sin(np.arange(LENGTH) / 30000)).astype(np.float32)[:, None]
    return sweep(LENGTH) + loudness * noise(LENGTH, channels, gain=0.2)


def silent(fraction: float, stage: str) -> None:
    """Nobody listens."""


def until(reached: float, error: BaseException) -> Callable[[float, str], None]:
    """Raise an error as soon as so much has been imported."""

    def report(fraction: float, stage: str) -> None:
        if stage == "Importing" and fraction >= reached:
            raise error

    return report


def begun(path: Path, project: Path, rate_hz: int = 48000, reached: float = 0.6) -> None:
    """Call an import off on its way."""
    with pytest.raises(Cancelled):
        import_media(path, project, rate_hz, until(reached, Cancelled()))


def sound_of(result: Imported, project: Path) -> Frames:
    return MappedWav.open(project / result.media.file).frames


def test_a_killed_import_goes_on_and_no_sample_differs(tmp_path: Path) -> None:
    paths = [write_as(kind, tmp_path / f"s.{kind}", material(1)) for kind in KINDS]
    whole = {path: import_media(path, tmp_path / "whole", 48000, silent).media.id for path in paths}

    run = subprocess.run(
        [sys.executable, "-m", "tests.helpers.killed_imports", str(tmp_path / "killed"), "48000", "1", "3", *paths],
        env={**os.environ, "PYTHONPATH": ":".join(sys.path)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert run.returncode == 0, run.stderr
    for path, line in zip(paths, run.stdout.splitlines(), strict=True):
        came = json.loads(line)
        assert came["media"] == whole[path], path.suffix
        assert came["resumed"] > 0
    left = sorted(file.suffix for file in (tmp_path / "killed" / "media").iterdir())
    assert set(left) == {".wav"}


@pytest.mark.parametrize("kind", ["mkv", "mp4", "ac3", "vorbis.ogg"])
def test_other_kinds_of_file_go_on_too(tmp_path: Path, kind: str) -> None:
    path = write_as(kind, tmp_path / f"s.{kind}", material())
    whole = import_media(path, tmp_path / "whole", 48000, silent)
    begun(path, tmp_path / "broken", reached=0.4)

    result = import_media(path, tmp_path / "broken", 48000, silent)

    assert result.media.id == whole.media.id
    assert result.resumed > 0
    assert whole.resumed == 0


def test_what_is_finished_is_not_decoded_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_as("mp3", tmp_path / "s.mp3", material())
    begun(path, tmp_path)
    decoded = 0
    convert = Decoder._converted

    def counted(self: Decoder, frame: object) -> Frames:
        nonlocal decoded
        decoded += 1
        return convert(self, frame)  # type: ignore[arg-type] # FFmpeg's own frame

    monkeypatch.setattr(Decoder, "_converted", counted)
    result = import_media(path, tmp_path, 48000, silent)

    assert decoded * 1152 < 0.6 * LENGTH
    assert result.resumed > 0.4


def test_a_codec_that_draws_random_numbers_is_decoded_from_the_start_and_the_log_says_so(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = write_as("m4a", tmp_path / "s.m4a", material())
    begun(path, tmp_path)

    with caplog.at_level("INFO"):
        result = import_media(path, tmp_path, 48000, silent)

    assert "s.m4a is decoded again from its beginning: aac has to be" in caplog.messages
    assert result.resumed > 0.4


def test_a_file_that_changed_is_read_anew_and_that_is_said(tmp_path: Path) -> None:
    path = write_as("wav", tmp_path / "s.wav", material())
    begun(path, tmp_path)
    write_as("wav", path, material()[::-1])

    result = import_media(path, tmp_path, 48000, silent)

    assert result.warning == (
        "The file has changed since its import was interrupted, so it was read anew from the beginning."
    )
    assert result.resumed == 0
    assert np.abs(sound_of(result, tmp_path) - material()[::-1]).max() < 2.0**-15


def test_what_does_not_decode_as_it_did_is_read_anew(tmp_path: Path) -> None:
    path = write_as("flac", tmp_path / "s.flac", material())
    whole = import_media(path, tmp_path / "whole", 48000, silent)
    begun(path, tmp_path)
    (folder,) = (tmp_path / "media").glob("importing-*")
    state = json.loads((folder / "state.json").read_bytes())
    state["place"]["recent"][-1] += 1
    (folder / "state.json").write_text(json.dumps(state))

    result = import_media(path, tmp_path, 48000, silent)

    assert (result.media.id, result.resumed) == (whole.media.id, 0)


@pytest.mark.parametrize("name", ["sound.wav", "state.json"])
def test_a_half_that_is_damaged_does_no_harm(tmp_path: Path, name: str) -> None:
    path = write_as("flac", tmp_path / "s.flac", material())
    whole = import_media(path, tmp_path / "whole", 48000, silent)
    begun(path, tmp_path)
    (folder,) = (tmp_path / "media").glob("importing-*")
    os.truncate(folder / name, 100)

    assert import_media(path, tmp_path, 48000, silent).media.id == whole.media.id


def test_the_same_file_at_another_rate_is_another_import(tmp_path: Path) -> None:
    path = write_as("flac", tmp_path / "s.flac", material())
    begun(path, tmp_path, 48000)

    assert import_media(path, tmp_path, 44100, silent).resumed == 0
    assert [one.wish.rate_hz for one in begun_in(tmp_path)] == [48000]
    assert 0.5 < begun_in(tmp_path)[0].fraction < 0.8


def test_an_import_that_another_process_is_doing_is_left_to_it(tmp_path: Path) -> None:
    path = write_as("flac", tmp_path / "s.flac", material())
    begun(path, tmp_path)
    (folder,) = (tmp_path / "media").glob("importing-*")
    (folder / owner_name(os.getppid())).touch()

    assert import_media(path, tmp_path, 48000, silent).resumed == 0
    assert not begun_in(tmp_path)
    assert (folder / "state.json").exists()


def test_a_file_that_fails_leaves_nothing_and_a_full_disk_what_it_had(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_as("flac", tmp_path / "s.flac", material())
    broken = StudioError("engine", "It broke.", cause="", remedy="")
    with pytest.raises(StudioError):
        import_media(path, tmp_path, 48000, until(0.5, broken))
    assert not list((tmp_path / "media").iterdir())

    with pytest.raises(StudioError):
        import_media(path, tmp_path, 48000, until(0.5, disk_full("It was not imported.", tmp_path)))
    assert import_media(path, tmp_path, 48000, silent).resumed > 0


@pytest.mark.parametrize(("from_hz", "to_hz"), [(44100, 48000), (96000, 44100), (22050, 48000), (11025, 44100)])
def test_a_rate_is_changed_as_if_all_were_done_at_once(from_hz: int, to_hz: int) -> None:
    sound = noise(from_hz * 14 + 77, 2)
    whole = SteadyResampler(from_hz, to_hz, 2)
    expected = np.concatenate([whole.feed(sound[at : at + 65536]) for at in range(0, len(sound), 65536)])
    expected = np.concatenate([expected, whole.feed(sound[:0], last=True)])

    first = SteadyResampler(from_hz, to_hz, 2)
    made = [first.feed(sound[:300_001])]
    second = SteadyResampler(from_hz, to_hz, 2, taken=first.taken, waiting=first.waiting.copy())
    made += [second.feed(sound[300_001:]), second.feed(sound[:0], last=True)]

    assert len(expected) == -(-len(sound) * to_hz // from_hz)
    assert np.array_equal(np.concatenate(made), expected)


@pytest.mark.logs_errors
def test_go_on_in_the_list_of_jobs_goes_on(make_worker: MakeWorker, qtbot: QtBot, tmp_path: Path) -> None:
    path = write_as("flac", tmp_path / "s.flac", np.tile(material(1), (2, 1)))
    whole = import_media(path, tmp_path / "whole", 44100, silent)
    worker = make_worker()
    jobs = Jobs(worker)
    came: list[MediaImported] = []
    jobs.finished.connect(lambda _row, result: came.append(result))

    def make(job: JobId) -> ImportMedia:
        return ImportMedia(job=job, path=str(path), project_dir=str(tmp_path), rate_hz=44100)

    def kill(event: Event) -> None:
        if isinstance(event, Progress) and event.fraction > 0.2:
            worker.said.disconnect(kill)
            worker.restart()

    worker.said.connect(kill)
    with qtbot.waitSignal(jobs.failed, timeout=WAIT_MS):
        job = jobs.start(make, "Importing s.flac", goes_on=True)
    jobs.retry(job)
    qtbot.waitUntil(lambda: not jobs.busy, timeout=WAIT_MS)

    assert came[0].media.id == whole.media.id
    assert came[0].resumed > 0


def test_an_import_that_ended_with_the_program_is_offered_and_goes_on(qtbot: QtBot, tmp_path: Path) -> None:
    path = write_as("flac", tmp_path / "s.flac", material(1))
    before = Document()
    before.new_untitled()
    folder = before.folder
    before.do(RenameProject(name="Kept"))
    before.close()
    begun(path, folder)
    session = Session()
    session.start(qtbot, session.compute)

    session.document.open(folder)
    (row,) = session.jobs.rows
    session.jobs.retry(row.id)
    with qtbot.waitSignal(session.importing.imported, timeout=WAIT_MS):
        pass

    assert (row.title, row.state, row.goes_on) == ("Importing s.flac", "stopped", True)
    assert 0.5 < row.fraction < 0.8
    assert [track.name for track in session.document.project.tracks] == ["s"]
    session.close()
