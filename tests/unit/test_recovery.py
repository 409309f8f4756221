"""What a crash left behind is offered; what was closed is not."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from studio import paths
from studio.media.takes import TakeHeader, TakeWriter
from studio.model.project import Project
from studio.session.document import Document
from studio.session.recovery import bring_home, interrupted_takes, untitled_left

pytestmark = pytest.mark.usefixtures("qapp")

RECORDS_AND_DIES = """
import os
from studio.model.edits import AddMedia, AddTrack
from studio.session.document import Document
from tests.helpers.projects import two_tracks

document = Document()
document.new_untitled()
for media in two_tracks().media:
    document.do(AddMedia(media=media))
for track in two_tracks().tracks:
    document.do(AddTrack(track=track))
document.flush()
print(document.folder, flush=True)
END
"""


def left_by(end: str) -> Path:
    """An untitled project with something in it, whose process ended in this way."""
    code = RECORDS_AND_DIES.replace("END", end)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, env=os.environ)
    return Path(done.stdout.strip())


def test_a_project_that_never_got_a_name_is_offered_after_a_crash() -> None:
    folder = left_by("os.kill(os.getpid(), 9)")

    (left,) = untitled_left(paths.untitled() / "another")

    assert (left.kind, left.folder) == ("project", str(folder))
    assert left.name.startswith("Untitled, ")
    assert left.length_s > 0


def test_it_is_offered_again_until_it_is_opened_and_then_no_more() -> None:
    folder = left_by("os.kill(os.getpid(), 9)")
    assert len(untitled_left(Path("another"))) == 1
    assert len(untitled_left(Path("another"))) == 1

    document = Document()
    document.open(folder)
    assert untitled_left(document.folder) == ()
    document.close()

    assert untitled_left(Path("another")) == ()
    assert folder.is_dir()


def test_a_project_that_was_closed_is_not_offered() -> None:
    left_by("document.close()")

    assert untitled_left(Path("another")) == ()


def test_a_project_that_is_open_in_another_window_is_not_offered() -> None:
    document = Document()
    document.new_untitled()

    assert untitled_left(Path("another")) == ()
    document.close()


def test_a_take_that_had_to_be_written_elsewhere_is_offered_by_its_own_project(tmp_path: Path) -> None:
    folder, namesake = tmp_path / "one" / "Song", tmp_path / "two" / "Song"
    header = TakeHeader(take="t1", track="a", start=0, rate_hz=48000, channels=1, began="2026-11-21T03:00:00+00:00")
    writer = TakeWriter(paths.rescued(folder) / "takes" / "t1", header)
    writer.write(np.full((4800, 1), 0.25, np.float32))
    writer.close()
    for one in (folder, namesake):
        one.mkdir(parents=True)
        bring_home(one)
        bring_home(one)

    (take,) = interrupted_takes(folder, Project())

    assert (take.take, take.length) == ("t1", 4800)
    assert interrupted_takes(namesake, Project()) == ()
    assert len(list((paths.data() / "rescued").rglob("000.wav"))) == 1  # set aside, not deleted
