"""Hearing oneself: a loop that howls and a delay are said, a voice is not taken for a howl."""

from collections.abc import Iterator

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.signal import iirpeak, lfilter

from studio.audio.card import Card
from studio.audio.monitoring import Howl, Monitoring
from studio.audio.watchdog import Alarm, Alarms
from studio.protocol.live import AudioState, Monitor, OpenAudio, Trouble
from tests.helpers.live import LiveProcess
from tests.helpers.pulse import Pulse, missing, tone
from tests.helpers.voices import Mono, buzz, noise

RATE_HZ = 48000
LOOK = 800
NO_SERVER = pytest.mark.skipif(bool(missing()), reason=missing())


def looks(sound: Mono) -> Iterator[tuple[float, NDArray[np.float32]]]:
    """Pieces as the meters get them, sixty a second."""
    both = np.repeat(sound[:, None], 2, axis=1)
    for start in range(0, len(sound), LOOK):
        yield start / RATE_HZ, both[start : start + LOOK]


def howls(sound: Mono) -> float | None:
    """When it was first said to howl, in seconds."""
    howl = Howl(RATE_HZ)
    return next((now_s for now_s, piece in looks(sound) if howl.look(piece, now_s)), None)


def growing(hz: float, db_a_second: float, length: int) -> Mono:
    time_s = np.arange(length) / RATE_HZ
    loop = 0.001 * 10 ** (db_a_second * time_s / 20) * np.sin(2 * np.pi * hz * time_s)
    return (np.clip(loop, -0.9, 0.9) + noise(length, 0.0003)).astype(np.float32)


@pytest.mark.parametrize("hz", [180.0, 812.0, 3300.0])
@pytest.mark.parametrize("db_a_second", [30.0, 120.0])
def test_a_loop_that_howls_is_noticed_within_a_second_of_being_heard(hz: float, db_a_second: float) -> None:
    when_s = howls(growing(hz, db_a_second, 3 * RATE_HZ))

    assert when_s is not None
    assert when_s < 1.5


def test_a_howl_that_is_cut_off_at_full_scale_is_noticed() -> None:
    """It is a square wave by then, whose harmonics hold a fifth of the power."""
    cut_off = np.sign(np.sin(2 * np.pi * 700.3 * np.arange(2 * RATE_HZ) / RATE_HZ)).astype(np.float32)
    when_s = howls(cut_off)

    assert when_s is not None
    assert when_s < 1.5


def sung(kind: str) -> Mono:
    length = 3 * RATE_HZ
    time_s = np.arange(length) / RATE_HZ
    swell = np.clip(time_s / 2, 0.05, 1.0)
    match kind:
        case "a long note that swells":
            return (swell * buzz(330 * 2 ** (np.sin(2 * np.pi * 5.5 * time_s) / 24), RATE_HZ, length)).astype(
                np.float32
            )
        case "a straight note":
            return buzz(440.0, RATE_HZ, length, 0.3)
        case "a whistle":
            return (0.2 * np.sin(2 * np.pi * 1200 * time_s)).astype(np.float32)
        case "noise":
            return noise(length, 0.2)
        case _:
            return np.zeros(length, np.float32)


@pytest.mark.parametrize("kind", ["a long note that swells", "a straight note", "a whistle", "noise", "silence"])
def test_what_is_sung_is_no_howl(kind: str) -> None:
    assert howls(sung(kind)) is None


def test_a_howl_is_over_a_second_after_it_was_heard() -> None:
    howl = Howl(RATE_HZ)
    sound = np.concatenate((growing(1000.0, 60.0, 2 * RATE_HZ), noise(2 * RATE_HZ, 0.001)))
    said = [howl.look(piece, now_s) for now_s, piece in looks(sound)]

    assert any(said)
    assert not said[-1]
    assert howl.hz == pytest.approx(1000.0, abs=30)


def card(name: str, route: str = "") -> Card:
    return Card(name, 2, 2, 48000.0, False, False, 0, route)


@pytest.mark.parametrize(
    ("output", "delay_s", "code"),
    [
        (card("WH-1000", "bluez_output.14_3F.1"), 0.03, "monitor.bluetooth"),
        (card("AirPods Pro"), 0.03, "monitor.bluetooth"),
        (card("USB headset"), 0.15, "monitor.late"),
        (card("USB headset"), 0.04, ""),
    ],
)
def test_a_voice_that_comes_back_late_is_said(output: Card, delay_s: float, code: str) -> None:
    said: list[Alarm] = []
    monitoring = Monitoring(Alarms(said.append))
    for step in range(40):
        monitoring.look(output, card("Microphone"), delay_s, step * 0.05)
    assert [alarm.why.code for alarm in said] == ([code] if code else [])
    monitoring.look(None, None, 0.0, 3.0)
    assert [alarm.over for alarm in said] == ([False, True] if code else [])


@NO_SERVER
def test_a_loudspeaker_that_its_microphone_hears_howls_and_is_said() -> None:
    with Pulse() as pulse, LiveProcess(pulse.environment) as worker, pulse.listen("stage") as loudspeaker:
        seen = worker.send(OpenAudio(output="stage", input="Monitor of booth"), Monitor(on=True))
        worker.wait(AudioState, lambda said: said.monitoring and bool(said.open_input), since=seen)
        air = pulse.feed("booth", room(loudspeaker, 700.0))
        trouble = worker.wait(Trouble, lambda said: said.kind == "feedback", since=seen, seconds=60)
        air.stop()
        worker.wait(Trouble, lambda said: said.kind == "feedback" and said.over, since=seen)

    assert "howls" in trouble.why.sentence


def room(loudspeaker: Iterator[NDArray[np.float32]], hz: float) -> Iterator[NDArray[np.float32]]:
    """What a microphone hears beside a loudspeaker, in a room that rings at one frequency and where somebody hums it.

    There the way from loudspeaker to microphone has a gain of 12 dB, a fifth above and below it has a loss.
    """
    numerator, denominator = iirpeak(hz, 10.0, RATE_HZ)
    state = np.zeros((len(denominator) - 1, 2))
    for block, hum in zip(loudspeaker, tone(hz, level=0.002), strict=False):
        heard, state = lfilter(4.0 * numerator, denominator, block + hum, axis=0, zi=state)
        yield np.clip(heard, -1.0, 1.0).astype(np.float32)


@NO_SERVER
def test_bluetooth_headphones_are_said_while_one_hears_oneself() -> None:
    with Pulse({"stage": 48000, "bluez_output.11_22.1": 48000}) as pulse, LiveProcess(pulse.environment) as worker:
        seen = worker.send(OpenAudio(output="bluez_output.11_22.1", input="Monitor of stage"), Monitor(on=True))
        trouble = worker.wait(Trouble, lambda said: said.kind == "late_monitor", since=seen)
        worker.send(Monitor(on=False))
        worker.wait(Trouble, lambda said: said.kind == "late_monitor" and said.over, since=seen)

    assert trouble.why.code == "monitor.bluetooth"
