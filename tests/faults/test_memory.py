"""FAULTS 37: memory really runs out in a worker that loads a model, and the window only hears of it."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import psutil
import pytest
from pytestqt.qtbot import QtBot

from studio.model.project import Media
from studio.protocol.common import JobId
from studio.protocol.jobs import Separate, Separated
from studio.protocol.messages import Result
from studio.session.jobs import JobRow, Jobs
from studio.supervision.policy import RestartPolicy
from studio.supervision.worker import Worker
from tests.helpers import hungry_separator
from tests.helpers.processes import WAIT_MS
from tests.helpers.songs import write_song

MIB = 1 << 20
times = pytest.mark.parametrize("times", [2, pytest.param(20, marks=pytest.mark.full_faults)])


class _Patient(RestartPolicy):
    """Starts a worker again however often it died: here that is the point."""

    def died(self, now_s: float) -> float | None:
        self.forgive()
        return super().died(now_s)


def wanted(media: Media, folder: Path, kind: str, *, suffices: bool, number: int) -> Callable[[JobId], Separate]:
    """A job of its own each time: what is finished of one is not found again by the next."""

    def make(job: JobId) -> Separate:
        return Separate(
            job=job,
            media=media,
            project_dir=str(folder),
            start=0,
            length=media.length - number,
            engine="hungry",
            stems=2,
            settings={"kind": kind, "suffices": suffices},
        )

    return make


def is_over(jobs: Jobs, id: JobId) -> bool:
    row = jobs.row(id)
    return row is not None and row.is_over


def do(jobs: Jobs, qtbot: QtBot, make: Callable[[JobId], Separate], heard: list[Result]) -> JobRow:
    job = jobs.start(make, "Separating", heard.append)
    qtbot.waitUntil(partial(is_over, jobs, job), timeout=WAIT_MS)
    row = jobs.row(job)
    assert row is not None
    return row


@times
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("kind", ["python", "torch", "death"])
@pytest.mark.logs_errors
def test_memory_that_runs_out_never_reaches_the_window(
    qtbot: QtBot,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    kind: str,
    times: int,
    injected: Callable[[int], None],
    say: Callable[[str], None],
) -> None:
    hungry_separator.install(monkeypatch, tmp_path / "plug-ins")
    media = write_song(tmp_path, 2)
    worker = Worker("compute", policy=_Patient())
    jobs = Jobs(worker)
    heard: list[Result] = []
    ours = psutil.Process().memory_info().rss
    try:
        worker.start()
        for number in range(times):
            suffices = kind != "death" and number % 2 == 0
            how = kind if kind != "death" else ("native", "kernel")[number % 2]
            row = do(jobs, qtbot, wanted(media, tmp_path, how, suffices=suffices, number=number), heard)
            if suffices:
                assert row.state == "done", row.why
                done = heard[-1]
                assert isinstance(done, Separated)
                assert "memory" in " ".join(done.notes).lower()
                assert "half precision" in " ".join(done.notes)
            else:
                assert row.state == "failed"
                assert row.why is not None
                assert row.why.remedy
                assert row.why.code == "memory.out" if kind != "death" else row.why.code.startswith("worker.")
    finally:
        worker.finish()
    grown = psutil.Process().memory_info().rss - ours
    say(f"{kind}: {times} times, {grown / MIB:.1f} MiB more in the window's process")
    assert grown < 64 * MIB
    injected(times)
