"""Starting workers in tests, waiting for what they say, and seeing that processes are gone."""

import os
import select
import sys
from collections.abc import Callable, Iterator

import pytest
from pytestqt.qtbot import QtBot

from studio.errors import Explanation
from studio.model.project import Media, MediaId, Project
from studio.protocol.common import Heartbeat, JobId, Ready, Role
from studio.protocol.jobs import BuildPeaks, Export, ExportSpec, ImportMedia, RenderClip, TrackPitch
from studio.protocol.messages import Event
from studio.supervision.worker import Worker

WAIT_MS = 60_000
"""Generous: a test waits for a signal, and only a failing one waits this long."""

MakeWorker = Callable[..., Worker]


def moody(mood: str) -> tuple[str, ...]:
    """The command of a worker that misbehaves."""
    return (sys.executable, "-P", "-m", "tests.helpers.problem_worker", *mood.split())


@pytest.fixture
def make_worker(qtbot: QtBot) -> Iterator[MakeWorker]:
    """Return a function that makes a worker, and, unless told otherwise, starts it and waits until it is ready."""
    workers: list[Worker] = []

    def make(role: Role = "compute", mood: str = "", *, start: bool = True) -> Worker:
        worker = Worker(role, moody(mood) if mood else ())
        workers.append(worker)
        if start:
            with qtbot.waitSignal(worker.ready, timeout=WAIT_MS):
                worker.start()
        return worker

    yield make
    for worker in workers:
        pid = worker.pid
        worker.finish()
        assert not pid or is_gone(pid)


class Heard:
    """Everything that a worker says, for the whole test."""

    def __init__(self, worker: Worker) -> None:
        self.events: list[Event] = []
        self.deaths: list[Explanation] = []
        self.given_up: list[Explanation] = []
        worker.said.connect(self._note)
        worker.died.connect(self.deaths.append)
        worker.gave_up.connect(self.given_up.append)

    def _note(self, event: Event) -> None:
        if not isinstance(event, Heartbeat | Ready):
            self.events.append(event)

    def of(self, job: int) -> list[Event]:
        return [event for event in self.events if getattr(event, "job", None) == job]


def is_gone(pid: int) -> bool:
    """Whether there is no such process, or only its unburied remains."""
    return dies_within(pid, 0.0)


def dies_within(pid: int, seconds: float) -> bool:
    """Wait until a process has ended, a child or not."""
    try:
        descriptor = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        ended, _, _ = select.select([descriptor], [], [], seconds)
        return bool(ended)
    finally:
        os.close(descriptor)


def quick(number: int, path: str = "a.wav") -> BuildPeaks:
    return BuildPeaks(job=JobId(number), path=path, media=MediaId("m"))


def endless(number: int) -> TrackPitch:
    medium = Media(id=MediaId("m"), name="a", file="media/m.wav", rate_hz=48000, channels=1, length=48000)
    return TrackPitch(
        job=JobId(number), media=medium, project_dir="/nowhere", start=0, length=1, engine="praat", low_hz=75.0,
        high_hz=600.0,
    )  # fmt: skip


def deaf(number: int) -> RenderClip:
    return RenderClip(job=JobId(number), project=Project(), project_dir="/", track="t", start=0, stop=1, name="n")


def crashing(number: int) -> ImportMedia:
    return ImportMedia(job=JobId(number), path="/a", project_dir="/", rate_hz=0)


def babbling(number: int) -> Export:
    return Export(job=JobId(number), project=Project(), project_dir="/", path="/a", spec=ExportSpec())
