"""Devices, troubles and the microphone's switches, without a worker."""

from collections.abc import Iterator
from typing import Literal

import pytest
from PySide6.QtTest import QSignalSpy

from studio import paths
from studio.errors import Explanation
from studio.protocol.live import Meter, Monitor, Trouble
from studio.protocol.messages import Request
from studio.session.equipment import Equipment
from studio.session.microphone import Microphone
from studio.session.settings_file import SettingsFile


def trouble(kind: Literal["silent", "disk_full"], *, over: bool = False) -> Trouble:
    why = Explanation(code=f"audio.{kind}", title="Something is wrong.", cause="A test.", remedy="None.")
    return Trouble(kind=kind, why=why, over=over)


def test_a_trouble_lasts_until_it_is_over(qapp: object) -> None:
    equipment = Equipment()
    equipment.hear(trouble("silent"))
    equipment.hear(trouble("disk_full"))
    equipment.hear(trouble("silent"))
    assert [one.kind for one in equipment.troubles] == ["disk_full", "silent"]
    equipment.hear(trouble("silent", over=True))
    assert [one.kind for one in equipment.troubles] == ["disk_full"]


def test_troubles_go_with_the_worker_that_had_them(qapp: object) -> None:
    equipment = Equipment()
    equipment.hear(trouble("silent"))
    heard: list[Trouble] = []
    equipment.trouble.connect(heard.append)
    equipment.lose()
    assert equipment.troubles == ()
    assert [(one.kind, one.over) for one in heard] == [("silent", True)]


@pytest.fixture
def settings(qapp: object) -> Iterator[SettingsFile]:
    settings = SettingsFile(paths.config() / "settings.json")
    yield settings
    settings.close()


def test_a_new_worker_is_told_what_is_on(settings: SettingsFile) -> None:
    sent: list[Request] = []
    microphone = Microphone(settings, sent.append)
    microphone.greet()
    assert sent == []

    microphone.meter(True)
    microphone.monitor(True)
    sent.clear()
    microphone.greet()
    assert sent == [Meter(on=True), Monitor(on=True)]


def test_being_heard_follows_the_settings(settings: SettingsFile) -> None:
    sent: list[Request] = []
    microphone = Microphone(settings, sent.append)
    changed = QSignalSpy(microphone.changed)
    settings.change("recording", monitor=True)
    assert microphone.monitoring
    assert sent == [Monitor(on=True)]
    assert changed.count() == 1


def test_a_switch_that_the_worker_refuses_is_off(settings: SettingsFile) -> None:
    microphone = Microphone(settings, lambda _request: None)
    microphone.monitor(True)
    microphone.meter(True)
    microphone.refuse("Monitor")
    assert (microphone.monitoring, microphone.metering) == (False, True)
    microphone.refuse("Meter")
    assert not microphone.metering
