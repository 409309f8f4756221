"""The orders to record and what becomes of a take, without a worker."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtTest import QSignalSpy

from studio import paths
from studio.errors import Explanation, StudioError
from studio.model.project import TrackId
from studio.protocol.live import Record, StopRecording, TakeFinished, TakeProgress, TakeStarted
from studio.protocol.messages import Request
from studio.session.document import Document
from studio.session.recorder import Recorder
from studio.session.settings_file import SettingsFile

WHY = Explanation(code="test.gone", title="It is gone.", cause="A test ended it.", remedy="Nothing.")


class Room:
    """An untitled project, a recorder, and all orders that were given."""

    def __init__(self) -> None:
        self.document = Document()
        self.document.new_untitled()
        self.settings = SettingsFile(paths.config() / "settings.json")
        self.sent: list[Request] = []
        self.now_s = 10.0
        self.recorder = Recorder(self.document, self.settings, self.sent.append, lambda: self.now_s)

    def begin(self) -> str:
        self.recorder.begin(500, TrackId("t"), 7)
        assert self.recorder.taking is not None
        return self.recorder.taking.name


@pytest.fixture
def room(qapp: object) -> Iterator[Room]:
    room = Room()
    yield room
    room.document.close()
    room.settings.close()


def finished(take: str) -> TakeFinished:
    return TakeFinished(take=take, segments=(), track="t", start=500)


def started(take: str, start: int) -> TakeStarted:
    return TakeStarted(take=take, folder="", start=start, channels=1, rate_hz=48000)


def test_an_order_to_record_names_its_folder_and_its_number(room: Room) -> None:
    name = room.begin()
    order = room.sent[-1]
    assert isinstance(order, Record)
    assert (order.take, order.start, order.track, order.serial) == (name, 500, "t", 7)
    assert Path(order.folder) == room.document.folder / "takes" / name
    assert not order.play_along  # there is nothing that could


def test_a_take_is_followed_until_its_files_are_closed(room: Room) -> None:
    name = room.begin()
    done = QSignalSpy(room.recorder.take_finished)
    room.now_s = 11.0
    room.recorder.hear(started(name, 480))
    room.recorder.hear(TakeProgress(take=name, frames=4800, dropped=3, gaps=1))
    taking = room.recorder.taking
    assert taking is not None
    assert (taking.start, taking.began_s, taking.frames, taking.dropped, taking.gaps) == (480, 11.0, 4800, 3, 1)

    room.recorder.stop()
    assert isinstance(room.sent[-1], StopRecording)
    assert room.recorder.taking is not None
    room.recorder.hear(finished(name))
    assert not room.recorder.recording
    assert done.count() == 1


def test_a_take_that_nobody_waits_for_is_told_of_too(room: Room) -> None:
    name = room.begin()
    done = QSignalSpy(room.recorder.take_finished)
    room.recorder.hear(finished("another"))
    assert done.count() == 1
    assert room.recorder.taking is not None
    assert room.recorder.taking.name == name


def test_only_a_take_that_has_not_begun_can_be_refused(room: Room) -> None:
    name = room.begin()
    room.recorder.hear(started(name, 500))
    assert not room.recorder.refuse()
    assert room.recorder.taking is not None

    room.recorder.hear(finished(name))
    room.begin()
    assert room.recorder.refuse()
    assert not room.recorder.recording


def test_a_broken_take_counts_as_recording_until_it_goes_on_or_is_stopped(room: Room) -> None:
    room.begin()
    taking = room.recorder.taking
    assert taking is not None
    broken = QSignalSpy(room.recorder.take_broken)
    assert room.recorder.lose(WHY)
    assert broken.count() == 1
    assert room.recorder.taking is None

    room.recorder.resume(taking)
    counts = room.recorder.recording
    assert counts
    assert room.recorder.waiting() is taking
    assert room.recorder.waiting() is None

    room.recorder.resume(taking)
    room.recorder.stop()
    assert not room.recorder.recording
    assert not isinstance(room.sent[-1], StopRecording)


def test_a_project_that_can_only_be_read_takes_no_recording(room: Room) -> None:
    other = Document()
    room.document.save_now()
    other.open(room.document.folder)  # the first one holds it
    recorder = Recorder(other, room.settings, room.sent.append, lambda: 0.0)
    with pytest.raises(StudioError, match="No take was recorded"):
        recorder.check()
    other.close()
    room.recorder.check()
