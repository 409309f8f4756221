"""An import that is killed again and again loses nothing that was finished, and no sample of it differs."""

import math
import os
import random
import signal
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QElapsedTimer, QTimer
from pytestqt.qtbot import QtBot

from studio.protocol.common import Failed, JobId, Progress
from studio.protocol.jobs import ImportMedia, MediaImported
from studio.protocol.messages import Event
from tests.helpers.processes import MakeWorker, make_worker
from tests.helpers.sounds import noise, sweep, write_as

__all__ = ["make_worker"]

LONG_MS = 3600 * 1000
LENGTH_S = 600
KEPT_BY_S = 0.6
"""After this long an import has kept its place at least once, however quick the machine is."""
BEGINS_ANEW = {"m4a"}
"""Kinds whose decoder gives the same samples only when it is run from the beginning."""


@pytest.mark.full_faults
@pytest.mark.timeout(3600)
@pytest.mark.logs_errors
@pytest.mark.parametrize("rate_hz", [48000, 44100])
@pytest.mark.parametrize("kind", ["wav", "flac", "mp3", "m4a", "opus"])
def test_ten_kills_at_random_moments_change_no_sample(
    make_worker: MakeWorker,
    qtbot: QtBot,
    tmp_path: Path,
    injected: Callable[[int], None],
    kind: str,
    rate_hz: int,
    say: Callable[[str], None],
) -> None:
    sound = np.tile(sweep(48000 * 30) + noise(48000 * 30, 2, gain=0.2), (LENGTH_S // 30, 1))
    path = write_as(kind, tmp_path / f"s.{kind}", sound)
    whole = imported(make_worker, qtbot, wish(path, tmp_path / "whole", rate_hz))[0]
    assert isinstance(whole, MediaImported)
    chance = random.Random(kind)  # noqa: S311
    found: list[float] = []

    done: MediaImported | Failed | None = None
    while len(found) < 10 and not isinstance(done, MediaImported):  # a quick machine is through before the tenth
        done, first = imported(
            make_worker, qtbot, wish(path, tmp_path / "killed", rate_hz), KEPT_BY_S + chance.uniform(0, 0.4)
        )
        found.append(first)
        injected(isinstance(done, Failed))
        if (
            isinstance(done, Failed) and (tmp_path / "killed" / whole.media.file).exists()
        ):  # killed between its end and its answer
            break
    else:
        assert len(found) > 1, "it was never killed"
    if not isinstance(done, MediaImported):
        done, _ = imported(make_worker, qtbot, wish(path, tmp_path / "killed", rate_hz))

    assert isinstance(done, MediaImported)
    say(f"{kind}: went on at {', '.join(f'{at:.0%}' for at in found)}")
    assert done.media.id == whole.media.id
    if kind not in BEGINS_ANEW:
        assert all(later > earlier for earlier, later in pairwise(found))


def wish(path: Path, project: Path, rate_hz: int) -> ImportMedia:
    return ImportMedia(job=JobId(1), path=str(path), project_dir=str(project), rate_hz=rate_hz)


def imported(
    make: MakeWorker, qtbot: QtBot, job: ImportMedia, kill_after_s: float = math.inf
) -> tuple[MediaImported | Failed, float]:
    """What came of an import whose worker is killed after it has decoded for so long, and where it began."""
    worker = make()
    events: list[Event] = []
    worker.said.connect(events.append)
    worker.send(job)
    clock = QTimer()
    clock.setInterval(1)
    clock.timeout.connect(partial(_kill_when_due, worker.pid, events, kill_after_s, QElapsedTimer()))
    clock.start()
    qtbot.waitUntil(lambda: _end(events) is not None, timeout=LONG_MS)
    clock.stop()
    worker.stop()
    end = _end(events)
    assert end is not None
    return end, _going(events)[0]


def _kill_when_due(pid: int, events: list[Event], after_s: float, since: QElapsedTimer) -> None:
    if _going(events) and not since.isValid():
        since.start()
    if since.isValid() and since.elapsed() >= 1000 * after_s:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def _going(events: list[Event]) -> list[float]:
    return [event.fraction for event in events if isinstance(event, Progress) and event.stage == "Importing"]


def _end(events: list[Event]) -> MediaImported | Failed | None:
    return next((event for event in events if isinstance(event, MediaImported | Failed)), None)
