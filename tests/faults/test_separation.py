"""A separation that is killed, called off or short of memory loses nothing that was finished."""

import os
import random
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path

import pytest
from PySide6.QtCore import QTimer
from pytestqt.qtbot import QtBot

from studio.model.project import Media
from studio.protocol.common import Cancel, Failed, Heartbeat, JobId, Progress, Stopped
from studio.protocol.jobs import Separate, Separated, StemsGrowing
from studio.protocol.messages import Event
from studio.supervision.worker import Worker
from tests.helpers import tiny_separator
from tests.helpers.processes import WAIT_MS, MakeWorker, make_worker
from tests.helpers.songs import write_song

__all__ = ["make_worker"]

LONG_MS = 10 * 3600 * 1000
GIB = 1 << 30
LENGTH_S = float(os.environ.get("STUDIO_SONG_S", "600"))


def job(media: Media, folder: Path, engine: str = "builtin") -> Separate:
    return Separate(
        job=JobId(1),
        media=media,
        project_dir=str(folder),
        start=0,
        length=media.length,
        engine=engine,
        stems=2,
    )


def ends(events: list[Event]) -> Separated | Stopped | Failed | None:
    return next((event for event in events if isinstance(event, Separated | Stopped | Failed)), None)


def listen(worker: Worker) -> list[Event]:
    events: list[Event] = []
    worker.said.connect(events.append)
    return events


def separated(worker: Worker, qtbot: QtBot, wanted: Separate) -> Separated:
    events = listen(worker)
    worker.send(wanted)
    qtbot.waitUntil(lambda: ends(events) is not None, timeout=LONG_MS)
    done = ends(events)
    assert isinstance(done, Separated), done
    return done


def separated_in_spite_of(
    kills: int, make: MakeWorker, qtbot: QtBot, wanted: Separate, seed: int
) -> tuple[Separated, list[float]]:
    """Kill the worker so many times, each at a random moment of its work; return the end, and what each one found."""
    chance = random.Random(seed)  # noqa: S311
    found: list[float] = []
    for _ in range(kills):
        worker = make()
        events = listen(worker)
        worker.send(wanted)
        qtbot.waitUntil(partial(at_work, events), timeout=LONG_MS)
        QTimer.singleShot(round(chance.uniform(0, 2500)), partial(kill, worker.pid))
        qtbot.waitUntil(partial(is_over, events), timeout=LONG_MS)
        if isinstance(done := ends(events), Separated):
            return done, found
        assert isinstance(done, Failed)
        found.append(max(event.fraction for event in events if isinstance(event, Progress)))
        worker.stop()
    return separated(make(), qtbot, wanted), found


def at_work(events: list[Event]) -> bool:
    return is_over(events) or any(
        isinstance(event, Progress) and event.stage == "Taking the voice out" for event in events
    )


def is_over(events: list[Event]) -> bool:
    return ends(events) is not None


def kill(pid: int) -> None:
    """End that very process, where it has not ended yet."""
    assert pid > 0
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


def whenever_they_grow(worker: Worker, do: Callable[[], None]) -> None:
    """Do something whenever stems have grown."""

    def look(event: Event) -> None:
        if isinstance(event, StemsGrowing):
            do()

    worker.said.connect(look)


def sounds(done: Separated) -> list[str]:
    """The ids, which are hashes of every sample."""
    return [stem.id for stem in done.stems]


@pytest.mark.logs_errors
def test_a_killed_separation_goes_on_and_ends_as_if_nothing_had_been(
    make_worker: MakeWorker,
    qtbot: QtBot,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    injected: Callable[[int], None],
) -> None:
    tiny_separator.install(monkeypatch, tmp_path / "plug-ins")
    media = write_song(tmp_path, 12)
    wanted = job(media, tmp_path, "tiny")
    worker = make_worker()
    events = listen(worker)
    whole = separated(worker, qtbot, wanted)
    for stem in whole.stems:
        (tmp_path / stem.file).unlink()
    events.clear()

    with qtbot.waitSignal(worker.died, timeout=WAIT_MS):
        whenever_they_grow(worker, partial(kill, worker.pid))
        worker.send(wanted)
    worker.said.disconnect()
    again = separated(make_worker(), qtbot, wanted)

    assert sounds(again) == sounds(whole)
    assert 0 < again.spent.resumed < 1
    assert not list((tmp_path / "media").glob("making-*"))
    injected(1)


def test_a_separation_that_was_called_off_keeps_what_is_finished(
    make_worker: MakeWorker, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tiny_separator.install(monkeypatch, tmp_path / "plug-ins")
    media = write_song(tmp_path, 12)
    wanted = job(media, tmp_path, "tiny")
    worker = make_worker()
    events = listen(worker)
    whenever_they_grow(worker, lambda: worker.send(Cancel(job=JobId(1))))
    worker.send(wanted)
    qtbot.waitUntil(lambda: ends(events) is not None, timeout=WAIT_MS)
    assert isinstance(ends(events), Stopped)

    again = separated(make_worker(), qtbot, wanted)

    assert 0 < again.spent.resumed < 1


@pytest.mark.full_faults
@pytest.mark.timeout(7200)
@pytest.mark.logs_errors
def test_ten_kills_at_random_moments_change_no_sample(
    make_worker: MakeWorker, qtbot: QtBot, tmp_path: Path, injected: Callable[[int], None], say: Callable[[str], None]
) -> None:
    media = write_song(tmp_path, LENGTH_S)
    whole = separated(make_worker(), qtbot, job(media, tmp_path))
    before = sounds(whole)
    for stem in whole.stems:
        (tmp_path / stem.file).unlink()

    done, found = separated_in_spite_of(10, make_worker, qtbot, job(media, tmp_path), seed=0)

    say(f"killed at {', '.join(f'{fraction:.0%}' for fraction in found)}; resumed {done.spent.resumed:.0%}")
    assert sounds(done) == before
    assert len(found) == 10
    injected(10)


@pytest.mark.full_faults
@pytest.mark.timeout(7200)
def test_two_hours_need_less_than_one_and_a_half_gibibyte(
    make_worker: MakeWorker, qtbot: QtBot, tmp_path: Path, say: Callable[[str], None]
) -> None:
    media = write_song(tmp_path, 7200)
    worker = make_worker()
    events = listen(worker)
    worker.send(job(media, tmp_path))
    qtbot.waitUntil(lambda: sum(isinstance(event, StemsGrowing) for event in events) > 5, timeout=LONG_MS)
    asked_s = time.monotonic()
    worker.send(Cancel(job=JobId(1)))
    qtbot.waitUntil(lambda: ends(events) is not None, timeout=LONG_MS)
    stopped_s = time.monotonic() - asked_s
    assert isinstance(ends(events), Stopped)

    done = separated(worker, qtbot, job(media, tmp_path))

    seen = max(event.rss_bytes for event in events if isinstance(event, Heartbeat))
    say(
        f"stopped after {stopped_s:.2f} s; peak {done.spent.memory_bytes / GIB:.2f} GiB (heartbeats "
        f"{seen / GIB:.2f}); {done.spent.cpu_s:.0f} core-seconds, {done.spent.wall_s:.0f} s"
    )
    assert done.spent.memory_bytes < 1.5 * GIB
    assert stopped_s < 1.0
    assert [stem.length for stem in done.stems] == [media.length, media.length]
