"""A worker or a whole studio that is killed while it speaks a script: what is said stays, and the rest is offered."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from studio import paths
from studio.model.spoken import LineId
from studio.protocol.lines import LineSpoken
from studio.protocol.messages import Result
from studio.session.speaking import Speaking
from studio.session.speaking_left import SpeechNotes
from tests.faults.conftest import Start
from tests.helpers import people
from tests.helpers.session import Session
from tests.helpers.speaking_process import SENTENCES, has_begun, write

WAIT_MS = 240_000

pytestmark = pytest.mark.timeout(900)  # workers start three times, and each says a line or two


def states(session: Session) -> list[str]:
    return [session.desk.speaking.state(line) for line in session.document.project.script.lines]


def made_by(session: Session) -> list[int]:
    """How many sentences each line needed that is spoken from now on, as they come."""
    made: list[int] = []

    def note(_row: object, result: Result) -> None:
        if isinstance(result, LineSpoken):
            made.append(result.made)

    session.jobs.finished.connect(note)
    return made


def offered(speaking: Speaking) -> list[str]:
    return [one.name for one in speaking.left_behind]


def spoken_to_the_end(qtbot: QtBot, speaking: Speaking, go_on: Callable[[], None]) -> None:
    go_on()
    assert speaking.busy
    qtbot.waitUntil(lambda: not speaking.busy, timeout=WAIT_MS)


@pytest.mark.logs_errors
def test_a_worker_that_is_killed_costs_a_sentence_and_the_failed_job_goes_on_with_all_lines(
    qtbot: QtBot, tmp_path: Path, start: Start, injected: Callable[[int], None]
) -> None:
    session = start()
    write(session, tmp_path / "Script", people.learn_roughly(tmp_path).id)
    speaking, made = session.desk.speaking, made_by(session)

    def kill() -> None:
        if has_begun(speaking):
            speaking.changed.disconnect(kill)
            os.kill(session.compute.pid, signal.SIGKILL)

    speaking.changed.connect(kill)
    with qtbot.waitSignal(session.jobs.failed, timeout=WAIT_MS) as failed:
        speaking.speak(speaking.to_do())
        session.compute.start()

    assert failed.args is not None
    row = failed.args[0]
    assert (row.title, row.goes_on) == ("Speaking line 2", True)
    assert states(session) == ["spoken", "failed", "unspoken", "unspoken"]
    first = session.document.project.script.lines[0].take
    assert offered(speaking) == ["Speaking 3 lines"]

    spoken_to_the_end(qtbot, speaking, lambda: session.jobs.retry(row.id))
    assert states(session) == ["spoken"] * 4
    assert session.document.project.script.lines[0].take == first
    assert made[0] == 1
    assert 0 < made[1] < SENTENCES
    assert offered(speaking) == []
    speaking.flush()
    assert not paths.unspoken(session.document.folder).exists()
    injected(1)


def test_a_studio_that_is_killed_offers_the_rest_when_the_project_is_open_again(
    qtbot: QtBot, tmp_path: Path, start: Start, injected: Callable[[int], None]
) -> None:
    folder = tmp_path / "Script"
    first = start()
    write(first, folder, people.learn_roughly(tmp_path).id)
    first.close()
    done = subprocess.run([sys.executable, "-m", "tests.helpers.speaking_process", str(folder)], check=False)
    assert done.returncode == -signal.SIGKILL

    again = start()
    again.document.open(folder)
    speaking, made = again.desk.speaking, made_by(again)
    assert states(again) == ["spoken", "unspoken", "unspoken", "unspoken"]
    (offer,) = speaking.left_behind
    assert (offer.kind, offer.folder, offer.name) == ("speech", str(folder), "Speaking 3 lines")

    again.compute.start()
    spoken_to_the_end(qtbot, speaking, speaking.go_on)
    assert states(again) == ["spoken"] * 4
    assert 0 < made[0] < SENTENCES
    again.close()

    later = start()
    later.document.open(folder)
    assert offered(later.desk.speaking) == []
    injected(1)


def test_what_a_person_stopped_is_not_offered_and_another_project_is_left_alone(tmp_path: Path, start: Start) -> None:
    folder, voice = tmp_path / "Script", people.learn_roughly(tmp_path).id
    session = start()
    write(session, folder, voice)
    speaking = session.desk.speaking
    speaking.speak(speaking.to_do())
    session.document.new_untitled()
    assert not speaking.busy
    assert offered(speaking) == []

    session.document.open(folder)
    assert offered(speaking) == ["Speaking 4 lines"]
    speaking.go_on()
    assert speaking.left == 4
    speaking.stop()
    assert offered(speaking) == []
    session.document.new_untitled()
    session.document.open(folder)
    assert offered(speaking) == []


def test_a_note_that_cannot_be_read_costs_the_offer_only(tmp_path: Path) -> None:
    paths.unspoken(tmp_path).parent.mkdir()
    paths.unspoken(tmp_path).write_bytes(b'[{"lines": 4}')
    notes = SpeechNotes()

    assert notes.left(tmp_path) is None
    notes.note(tmp_path, [LineId("a")])
    notes.flush()
    notes.close()
    left = SpeechNotes().left(tmp_path)
    assert left is not None
    assert left.lines == ("a",)
