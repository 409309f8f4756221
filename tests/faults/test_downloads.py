"""FAULTS 43 and 44: a download that is cut, stalls, is killed, damaged, short of disk, or a web page."""

import hashlib
import os
import random
import resource
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest
from msgspec.structs import replace
from pytestqt.qtbot import QtBot

from studio.catalogue import store
from studio.catalogue.entries import Entry
from studio.errors import StudioError
from studio.protocol.common import Failed, JobId
from studio.protocol.messages import Event
from studio.protocol.models import InstallModel, ModelChanged
from studio.supervision.worker import Worker
from tests.helpers.model_server import Publisher, publisher, safetensors
from tests.helpers.processes import WAIT_MS, MakeWorker, make_worker

__all__ = ["make_worker"]

SIZE = 4 << 20
NAME = "model.safetensors"
PATIENT_S = 30.0
STALL_S = 1.0
"""Only where the server falls silent on purpose: on a busy machine any server is silent for a moment."""
MOST_AGAIN = 0.05
UNREAD = 1 << 17
"""What a slow machine may not have read yet when the server has sent it: its own network is never as quick as this."""

Injected = Callable[[int], None]
rounds = pytest.mark.parametrize("faults", [1, pytest.param(10, marks=pytest.mark.full_faults)])


@pytest.fixture(autouse=True)
def _own_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STUDIO_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("STUDIO_CONFIG", str(tmp_path / "config"))
    monkeypatch.setenv("STUDIO_STALL_S", str(PATIENT_S))


@pytest.fixture
def here() -> Iterator[Publisher]:
    with publisher() as one:
        yield one


def install(entry: Entry, stall_s: float = PATIENT_S) -> store.Installed:
    return store.install(entry, lambda _fraction, _stage: None, stall_s=stall_s)


def places(faults: int, seed: str) -> list[int]:
    """Bytes at random, none of them in the header."""
    chance = random.Random(seed)  # noqa: S311
    return [chance.randrange(4096, SIZE) for _ in range(faults)]


def publish(here: Publisher, number: int) -> bytes:
    here.files = {NAME: safetensors(SIZE, number)}
    here.sent = 0
    here.reached.clear()
    here.go_on.clear()
    return here.files[NAME]


def assert_nothing_bad(id: str, data: bytes) -> None:
    """What has its name has every byte; what counts as installed is what was published."""
    for path in store.folder().rglob(f"{id}/{NAME}"):
        assert path.read_bytes() == data
    if id in store.installed():
        assert (store.checked(id) / NAME).read_bytes() == data


def again(here: Publisher, data: bytes) -> float:
    """How much more was sent than the file is long."""
    return here.sent / len(data) - 1


@rounds
def test_a_cut_connection_goes_on_by_itself(
    here: Publisher, faults: int, injected: Injected, say: Callable[[str], None]
) -> None:
    worst = 0.0
    for number, at in enumerate(places(faults, "cut")):
        data = publish(here, number)
        here.faults = [("cut", at)]
        install(here.entry(f"net{number}"))
        assert_nothing_bad(f"net{number}", data)
        worst = max(worst, again(here, data))
    say(f"cut: {worst:.2%} at most downloaded again")
    assert worst < MOST_AGAIN
    injected(faults)


@rounds
def test_a_server_that_falls_silent_is_noticed_and_asked_again(
    here: Publisher, faults: int, injected: Injected, say: Callable[[str], None]
) -> None:
    worst = 0.0
    for number, at in enumerate(places(faults, "stall")):
        data = publish(here, number)
        here.faults = [("stall", at)]
        began_s = time.monotonic()
        install(here.entry(f"net{number}"), STALL_S)
        assert time.monotonic() - began_s < 50, "the server went on by itself, after a minute"
        assert_nothing_bad(f"net{number}", data)
        worst = max(worst, again(here, data))
    say(f"stall: {worst:.2%} at most downloaded again")
    assert worst < MOST_AGAIN
    injected(faults)


def ended(events: list[Event]) -> ModelChanged | Failed | None:
    return next((event for event in events if isinstance(event, ModelChanged | Failed)), None)


def has(id: str, size: int) -> bool:
    return store.bytes_here(id) >= size


def is_over(events: list[Event]) -> bool:
    return ended(events) is not None


def listen(worker: Worker) -> list[Event]:
    events: list[Event] = []
    worker.said.connect(events.append)
    return events


@rounds
@pytest.mark.logs_errors
def test_a_killed_download_goes_on_where_it_was(
    here: Publisher,
    make_worker: MakeWorker,
    qtbot: QtBot,
    tmp_path: Path,
    faults: int,
    injected: Injected,
    say: Callable[[str], None],
) -> None:
    worst = 0.0
    here.write_list(tmp_path / "config")
    for number, at in enumerate(places(faults, "kill")):
        data = publish(here, number)
        entry = here.entry(f"net{number}")
        here.write_list(tmp_path / "config", entry)
        here.faults = [("hold", at)]
        worker = make_worker("models")
        events = listen(worker)
        worker.send(InstallModel(job=JobId(1), model=entry.id))
        qtbot.waitUntil(here.reached.is_set, timeout=WAIT_MS)
        qtbot.waitUntil(partial(has, entry.id, at - UNREAD), timeout=WAIT_MS)
        os.kill(worker.pid, signal.SIGKILL)
        qtbot.waitUntil(partial(is_over, events), timeout=WAIT_MS)
        assert entry.id not in store.installed()
        assert_nothing_bad(entry.id, data)
        here.go_on.set()
        events.clear()

        worker.send(InstallModel(job=JobId(2), model=entry.id))
        qtbot.waitUntil(partial(is_over, events), timeout=WAIT_MS)

        assert isinstance(ended(events), ModelChanged)
        assert_nothing_bad(entry.id, data)
        worst = max(worst, again(here, data))
        worker.finish()
    say(f"kill: {worst:.2%} at most downloaded again")
    assert worst < MOST_AGAIN
    injected(faults)


@rounds
def test_a_flipped_byte_is_never_installed(here: Publisher, faults: int, injected: Injected) -> None:
    for number, at in enumerate(places(faults, "flip")):
        data = publish(here, number)
        here.faults = [("flip", at)]
        one = install(here.entry(f"net{number}", hashes=bool(number % 2)))
        assert one.files[0].checked_by == ("catalogue" if number % 2 else "publisher")
        assert one.files[0].sha256 == hashlib.sha256(data).hexdigest()
        assert_nothing_bad(one.id, data)
    injected(faults)


def test_a_server_that_always_sends_something_else_installs_nothing(here: Publisher, injected: Injected) -> None:
    data = publish(here, 0)
    here.faults = [("flip", 5000), ("flip", 6000)]
    with pytest.raises(StudioError, match=r"download\.differs"):
        install(here.entry())
    assert not store.installed()
    assert store.bytes_here("net") == 0
    assert_nothing_bad("net", data)
    injected(1)


def test_what_only_its_size_speaks_for_is_said_to_be_so(here: Publisher) -> None:
    publish(here, 0)
    here.states_hashes = False
    assert install(here.entry()).files[0].checked_by == "size"


@rounds
def test_a_web_page_is_not_a_model(here: Publisher, faults: int, injected: Injected) -> None:
    for number, at in enumerate(places(faults, "html")):
        data = publish(here, number)
        entry = here.entry(f"net{number}", hashes=number % 3 == 2)
        here.portal = number % 2 == 0  # everything is a login page, or only after it had begun
        if not here.portal:
            here.faults = [("cut", at), ("html", 0)]
        with pytest.raises(StudioError) as refused:
            install(entry)
        assert refused.value.explanation.code in ("download.wrong", "download.differs", "download.changed")
        assert entry.id not in store.installed()
        assert_nothing_bad(entry.id, data)

        here.portal = False
        install(entry)
        assert_nothing_bad(entry.id, data)
    injected(faults)


@contextmanager
def files_no_longer_than(size: int) -> Iterator[None]:
    """The kernel refuses to let any file of ours grow further, which needs no privilege."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@rounds
def test_a_disk_that_fills_up_keeps_what_is_there(
    here: Publisher, faults: int, injected: Injected, say: Callable[[str], None]
) -> None:
    worst = 0.0
    for number, at in enumerate(places(faults, "full")):
        data = publish(here, number)
        entry = here.entry(f"net{number}")
        with files_no_longer_than(at), pytest.raises(StudioError) as refused:
            install(entry)
        assert refused.value.explanation.code == "download.disk_full"
        assert entry.id not in store.installed()
        assert_nothing_bad(entry.id, data)
        here.sent = store.bytes_here(entry.id)  # beyond it the server had only filled its own buffers

        install(entry)
        assert_nothing_bad(entry.id, data)
        worst = max(worst, again(here, data))
    say(f"full disk: {worst:.2%} at most downloaded again")
    assert worst < MOST_AGAIN
    injected(faults)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "data"
    folder.mkdir()
    if (
        os.geteuid()
        or subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={2 * SIZE}", "none", str(folder)], capture_output=True, check=False
        ).returncode
    ):
        pytest.skip("this machine does not let us mount a small disk")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def test_a_real_full_disk_is_told_before_and_during(here: Publisher, small_disk: Path, injected: Injected) -> None:
    data = publish(here, 0)
    filler = small_disk / "filler"
    filler.write_bytes(bytes(SIZE + SIZE // 2))
    with pytest.raises(StudioError, match=r"download\.disk_full"):
        install(here.entry())
    assert here.sent == 0

    filler.unlink()
    here.faults = [("hold", SIZE // 2)]

    def fill(_fraction: float, _stage: str) -> None:
        if here.reached.is_set() and not here.go_on.is_set():
            with filler.open("wb", buffering=0) as file:
                while file.tell() < 2 * SIZE - SIZE * 5 // 8:
                    file.write(bytes(4096))
            here.go_on.set()

    with pytest.raises(StudioError, match=r"download\.disk_full"):
        store.install(here.entry(), fill, stall_s=PATIENT_S)
    assert not store.installed()
    filler.unlink()
    install(here.entry())
    assert_nothing_bad("net", data)
    injected(2)


def test_another_file_of_the_same_name_is_not_joined_to_the_old_part(here: Publisher) -> None:
    publish(here, 1)
    here.faults = [("cut", SIZE // 2), ("cut", 0), ("cut", 0), ("cut", 0), ("cut", 0)]
    with pytest.raises(StudioError, match=r"download\.cut"):
        install(here.entry())
    assert store.bytes_here("net") == SIZE // 2

    data = publish(here, 2)
    here.faults = []
    install(here.entry())
    assert_nothing_bad("net", data)


def test_offline_is_said_at_once_and_costs_installed_models_nothing(here: Publisher) -> None:
    publish(here, 0)
    entry = here.entry()
    install(entry)
    gone = here.entry("other")
    here.files = {}
    closed = gone.files[0].url.replace(here.address, "http://127.0.0.1:9")
    began_s = time.monotonic()
    with pytest.raises(StudioError, match=r"download\.offline"):
        install(replace(gone, files=(replace(gone.files[0], url=closed),)))
    assert time.monotonic() - began_s < 20
    assert store.checked("net") == store.place("net")


def test_only_safe_addresses_are_asked(here: Publisher) -> None:
    publish(here, 0)
    entry = here.entry()
    for url in ("http://example.org/model.safetensors", "file:///etc/passwd", "ftp://127.0.0.1/model.safetensors"):
        with pytest.raises(StudioError, match=r"download\.unsafe"):
            install(replace(entry, files=(replace(entry.files[0], url=url),)))
