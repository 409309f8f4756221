"""The system check says what is wrong and what to do, and only then."""

from typing import Any

import pytest
from msgspec.structs import replace

from studio.errors import Explanation
from studio.protocol.common import EngineCard, JobId, Ready
from studio.protocol.jobs import Codecs
from studio.protocol.live import Device, Devices
from studio.session import machine
from studio.session.doctor import Check, Display, Facts, Folder, Leftovers, checks, report, worst

WHY = Explanation(code="worker.gone", title="It stopped.", cause="It crashed five times.", remedy="Start it again.")
VERSIONS = dict.fromkeys(("PySide6_Essentials", "pyqtgraph", "msgspec", "numpy", "av", "sounddevice", "soxr"), "1.0")
GOOD = Facts(
    python="3.11.7",
    studio="0.1.0",
    versions={**VERSIONS, "torch": "2.11.0+cu130", "torchaudio": "2.11.0"},
    display=Display(kind="X11", name=":0", scale=1.5),
    folders=(Folder(title="Data", path="/home/ada/data", free_bytes=50 << 30),),
    shared_memory_bytes=1 << 30,
    leftovers=Leftovers(),
    logs="/home/ada/logs",
    compute=Ready(
        protocol=1,
        role="compute",
        pid=1,
        device="CPU",
        device_reason="no CUDA device was found",
        engines=(EngineCard(id="praat", task="pitch", name="Praat", licence="GPL"),),
    ),
    codecs=Codecs(job=JobId(1), library="PyAV", can_write=("wav", "mp3")),
    devices=Devices(devices=(Device(name="Desk", inputs=1, outputs=2, default_rate_hz=48000),)),
)


def found(facts: Facts, id: str) -> Check:
    return next(check for check in checks(facts) if check.id == id)


def test_a_machine_in_order_has_nothing_to_do() -> None:
    assert worst(checks(GOOD)) == "ok"
    assert not any(check.remedy for check in checks(GOOD))
    assert found(GOOD, "display").found == "X11 :0, scaled to 150%"


@pytest.mark.parametrize(
    ("wrong", "id", "state", "says"),
    [
        ({"versions": {**VERSIONS, "torch": "2.11.0", "torchaudio": "2.10.0"}}, "torch", "fail", "do not belong"),
        ({"versions": VERSIONS}, "torch", "warn", "not installed"),
        ({"versions": {"torch": "2.11.0"}}, "packages", "fail", "missing: PySide6_Essentials"),
        ({"display": Display(kind="none")}, "display", "warn", "none"),
        (
            {"display": Display(kind="Wayland", name="wayland-0", shows_itself=False)},
            "display",
            "warn",
            "cannot be recorded",
        ),
        ({"display": Display(kind="X11", name=":7", reachable=False)}, "display", "fail", "does not answer"),
        ({"display": Display(kind="X11", missing=("libxcb-cursor.so.0",))}, "display", "fail", "libxcb-cursor"),
        ({"devices": Devices(devices=())}, "audio.input", "warn", "no device can record"),
        ({"devices": WHY}, "audio", "fail", "crashed five times"),
        ({"compute": WHY}, "engines", "fail", "crashed five times"),
        ({"codecs": WHY}, "codecs", "fail", "crashed five times"),
        ({"codecs": Codecs(job=JobId(1), library="PyAV", can_write=(), missing=("mp3",))}, "codecs", "warn", "mp3"),
        ({"shared_memory_bytes": 1 << 20}, "shm", "warn", "1 MB"),
        ({"leftovers": Leftovers(takes=("a/001",))}, "takes", "warn", "a/001"),
        ({"leftovers": Leftovers(untitled=tuple("abcdefg"))}, "untitled", "warn", "and 3 more"),
        (
            {"folders": (Folder(title="Data", path="/x", free_bytes=1 << 40, trouble="read-only"),)},
            "folder data",
            "fail",
            "read-only",
        ),
        ({"folders": (Folder(title="Data", path="/x", free_bytes=1 << 20),)}, "folder data", "fail", "0.0 GB"),
        ({"folders": (Folder(title="Data", path="/x", free_bytes=1 << 30),)}, "folder data", "warn", "1.0 GB"),
    ],
)
def test_each_trouble_has_its_line_and_its_remedy(wrong: dict[str, Any], id: str, state: str, says: str) -> None:
    facts = replace(GOOD, **wrong)

    check = found(facts, id)

    assert check.state == state
    assert says in check.found
    assert check.remedy
    assert worst(checks(facts)) in (state, "fail")


def test_a_driver_that_is_too_old_is_a_warning_and_a_machine_without_gpu_is_none() -> None:
    assert isinstance(GOOD.compute, Ready)
    old = replace(GOOD.compute, device_reason="the CUDA driver (11) is older than the installed torch needs (13)")

    assert found(GOOD, "device").state == "ok"
    assert found(replace(GOOD, compute=old), "device").state == "warn"


def test_an_engine_that_cannot_run_is_named_with_the_reason() -> None:
    assert isinstance(GOOD.compute, Ready)
    crepe = EngineCard(id="crepe-tiny", task="pitch", name="CREPE", licence="MIT", missing="torch is not installed.")
    facts = replace(GOOD, compute=replace(GOOD.compute, engines=(*GOOD.compute.engines, crepe)))

    assert found(facts, "engine praat").state == "ok"
    assert found(facts, "engine crepe-tiny").found == "torch is not installed."


def test_every_check_has_an_id_of_its_own_and_a_line_in_the_report() -> None:
    every = checks(replace(GOOD, compute=WHY, codecs=WHY, devices=WHY))
    assert len({check.id for check in every}) == len(every)

    text = report(every)

    assert all(check.title in text for check in every)
    assert text.count("✗") == sum(check.state == "fail" for check in every)


@pytest.mark.parametrize(
    ("environment", "kind", "shows_itself"),
    [
        ({"DISPLAY": ":7", "XDG_SESSION_TYPE": "x11"}, "X11", True),
        ({"DISPLAY": ":7", "XDG_SESSION_TYPE": "wayland"}, "X11", False),
        ({"DISPLAY": ":7", "WAYLAND_DISPLAY": "wayland-0"}, "Wayland", False),
        ({"DISPLAY": ":7", "WAYLAND_DISPLAY": "wayland-0", "QT_QPA_PLATFORM": "xcb"}, "X11", False),
    ],
)
def test_a_wayland_session_is_known_also_behind_x11(
    environment: dict[str, str], kind: str, shows_itself: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "XDG_SESSION_TYPE", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)

    display = machine.display()

    assert (display.kind, display.shows_itself) == (kind, shows_itself)
