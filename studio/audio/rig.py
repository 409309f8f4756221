"""The sound side as one piece: opens the devices, keeps them open whatever happens, and says where the ear is.

Three threads of its own: the keeper (the only one that opens and closes PortAudio's streams), the teller (playhead,
meters, 60 times a second) and, inside `Player` and `Recorder`, those that mix and write.
"""

import contextlib
import queue
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import Final, TypeVar

from msgspec.structs import replace
from sounddevice import PortAudioError

from studio.audio import devices, watchdog
from studio.audio.devices import Card, Direction
from studio.audio.fifo import Fifo
from studio.audio.gauges import Gauges
from studio.audio.playback import QUEUE_S as PLAY_QUEUE_S
from studio.audio.playback import Moment, Player, Renders, Span
from studio.audio.recording import Recorder
from studio.audio.state import Hears, Points, RigState, Wanted
from studio.audio.stream import QUEUE_S, Microphone, Speaker, Stream, restart_portaudio
from studio.audio.watchdog import Alarms, Lasting
from studio.errors import StudioError
from studio.media.takes import TakeHeader

_BLOCK: Final = 480
_INVALID_RATE: Final = -9997  # paInvalidSampleRate
_TICK_S: Final = 0.05
_FRAME_S: Final = 1 / 60
_IDLE_S: Final = 0.2
_RETRY_S: Final = 0.5
_LINGER_S: Final = 5.0
"""An idle device is kept open for so long: the next start is then immediate."""
_ANSWER_S: Final = 4.0
_SUSPECT_S: Final = 1.0
"""News of a switch comes within a tenth of a second; so much before it is called suspect."""
_LATENCY_BLOCKS: Final = 3
_LEAST_LATENCY_S: Final = 0.03

_Result = TypeVar("_Result")


class _End:
    """One direction: what is wanted of it, what is open, and when to try again."""

    def __init__(self, direction: Direction) -> None:
        self.direction = direction
        self.stream: Stream | None = None
        self.card: Card | None = None
        self.tried_s = -1e9
        self.idle = Lasting(_LINGER_S)
        self.lost = False

    @property
    def name(self) -> str:
        return self.card.name if self.card is not None else ""


class Rig:
    """Speaker, microphone, player and recorder, held together. Every method may be called from any one thread."""

    def __init__(self, playhead: Points, meters: Points, hears: Hears) -> None:
        self._playhead = playhead
        self._meters = meters
        self._hears = hears
        self._alarms = Alarms(hears.alarm)
        self._wanted = Wanted()
        self._said: RigState | None = None
        self._cards: tuple[Card, ...] = ()
        self._ends: dict[Direction, _End] = {"output": _End("output"), "input": _End("input")}
        self._playing_wanted = False
        self._metering = False
        self._monitoring = False
        self._mixer: Renders | None = None
        self._news = threading.Event()
        self._closing = threading.Event()
        self._orders: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self._build(48000)
        self._watch = devices.Watch(self._news.set)
        self._threads = [
            threading.Thread(target=work, name=work.__name__, daemon=True) for work in (self._keep, self._tell)
        ]
        for thread in self._threads:
            thread.start()

    # What a person asks for

    def open(self, wanted: Wanted) -> None:
        """Choose the devices. They are opened when there is something to play or to hear."""
        self._ask(lambda: self._choose(wanted))

    def devices(self) -> tuple[Card, ...]:
        """Look which devices there are."""
        return self._ask(self._look_again)

    def load(self, mixer: Renders) -> None:
        """Play this project from now on."""
        self._mixer = mixer
        self._player.load(mixer)

    def play(self, span: Span) -> None:
        """Play a stretch of the project; a StudioError says why there is no sound."""
        if self._ends["output"].stream is None:
            self._ask(lambda: self._open(self._ends["output"]))
        self._playing_wanted = True
        self._player.play(span, endless=self._recorder.recording)
        self._wake()

    def stop(self) -> None:
        """Stop playing."""
        self._playing_wanted = False
        self._player.stop()
        self._wake()

    def record(self, folder: Path, header: TakeHeader, *, play_along: bool) -> None:
        """Record into a new take, placed so that what is heard while the ear hears sample `start` lies at `start`."""
        if self._recorder.recording:
            raise StudioError(
                "take.running",
                "A second recording did not start.",
                cause="One is running already.",
                remedy="Stop it first.",
            )
        if self._ends["input"].stream is None:
            self._ask(lambda: self._open(self._ends["input"]))
        card = self._ends["input"].card
        heard_s: Callable[[], float | None]
        if play_along:
            if self._ends["output"].stream is None:
                self._ask(lambda: self._open(self._ends["output"]))
            self._playing_wanted = True
            frame = self._player.play(Span(header.start, 0), endless=True)
            heard_s = Moment(self._player, self._speaker.stamps, frame).heard_s
        else:
            now_s = time.monotonic()

            def heard_s() -> float:
                return now_s

        named = replace(header, device=card.name if card is not None else "")
        self._recorder.begin(folder, named, heard_s, align=play_along)
        self._wake()

    def stop_recording(self) -> None:
        """End the take, and the playing along."""
        self._recorder.finish()
        self.stop()

    def monitor(self, on: bool, gain: float) -> None:
        """Let the input be heard on the output, or not."""
        self._speaker.monitor_gain = gain
        if on:
            self._ask(lambda: self._open(self._ends["output"]))
            self._ask(lambda: self._open(self._ends["input"]))
        self._monitoring = on
        self._microphone.monitoring = self._speaker.monitoring = on

    def meter(self, on: bool) -> None:
        """Keep the input open for its level, or not."""
        if on and self._ends["input"].stream is None:
            self._ask(lambda: self._open(self._ends["input"]))
        self._metering = on

    def close(self) -> None:
        """Stop everything. A take that is being written stays one that was interrupted."""
        self._recorder.close()
        self._player.close()
        self._closing.set()
        for thread in self._threads:
            thread.join(2.0)
        self._watch.close()
        for end in self._ends.values():
            if end.stream is not None:
                end.stream.close()

    # The keeper

    def _wake(self) -> None:
        self._orders.put(lambda: None)

    def _ask(self, work: Callable[[], _Result]) -> _Result:
        """Have the keeper do something, and wait for it."""
        answer: Future[_Result] = Future()

        def order() -> None:
            try:
                answer.set_result(work())
            except Exception as error:  # noqa: BLE001 handed on to whoever asked
                answer.set_exception(error)

        self._orders.put(order)
        try:
            return answer.result(_ANSWER_S)
        except TimeoutError as error:
            raise StudioError(
                "audio.busy",
                "The sound devices do not answer.",
                cause="The sound system of this computer hangs.",
                remedy="Wait a moment and try again; if it stays so, log out and in.",
            ) from error

    def _keep(self) -> None:
        while not self._closing.is_set():
            with contextlib.suppress(queue.Empty):
                self._orders.get(timeout=_TICK_S)()
            self._look_after(time.monotonic())
            self._say_state()

    def _needed(self, direction: Direction) -> bool:
        if direction == "output":
            return self._playing_wanted or self._monitoring
        return self._metering or self._monitoring or self._recorder.recording

    def _look_after(self, now_s: float) -> None:
        if self._news.is_set():
            self._news.clear()
            self._look_at_devices()
        for end in self._ends.values():
            self._look_at(end, now_s)

    def _look_at(self, end: _End, now_s: float) -> None:
        stream = end.stream
        if stream is None:
            if end.lost and self._needed(end.direction) and now_s - end.tried_s > _RETRY_S:
                self._try_again(end)
            elif end.lost and not self._needed(end.direction):
                end.lost = False
                self._alarms.clear("device_lost")
                self._alarms.clear("server_lost")
                self._alarms.clear("stalled")
            return
        if end.idle.look(not self._needed(end.direction), now_s) and now_s - stream.opened_s > _LINGER_S:
            self._shut(end)
            return
        quiet_s = now_s - stream.end.called_s
        if not stream.active:
            self._lose(end)
        elif quiet_s > watchdog.REOPEN_S:
            self._shut(end)
            end.lost = True
        elif quiet_s > watchdog.STALLED_S:
            self._alarms.raise_("stalled", watchdog.stalled(end.name))
        elif "stalled" in self._alarms and all(self._flows(other, now_s) for other in self._ends.values()):
            self._alarms.clear("stalled")

    def _flows(self, end: _End, now_s: float) -> bool:
        stream = end.stream
        return stream is None or (stream.flows and now_s - stream.end.called_s < watchdog.STALLED_S)

    def _lose(self, end: _End) -> None:
        """The stream ended by itself: the server or the device behind it is gone."""
        card = end.card
        self._shut(end)
        end.lost = True
        if card is not None and card.route and devices.own_routes() is None:
            self._alarms.raise_("server_lost", watchdog.server_lost())
        else:
            self._alarms.raise_("device_lost", watchdog.device_lost(end.name, recording=self._recorder.recording))

    def _shut(self, end: _End) -> None:
        if end.stream is None:
            return
        end.stream.close()
        end.stream = None
        if end.direction == "input":
            self._recorder.interrupt("gap", "the device was not there")

    def _try_again(self, end: _End) -> None:
        end.tried_s = time.monotonic()
        if not self._open_streams:
            restart_portaudio()
        try:
            self._open(end)
        except StudioError:
            return
        for kind in ("device_lost", "server_lost", "rerouted"):
            self._alarms.clear(kind)

    def _look_at_devices(self) -> None:
        cards = self._look_again()
        routes = devices.own_routes()
        for end in self._ends.values():
            card = end.card
            if end.stream is None or card is None or not card.route or routes is None:
                continue
            there = any(other.route == card.route for other in cards)
            actual = routes.get(end.direction)
            if there and actual in (None, card.route):
                self._alarms.clear("rerouted")
                if end.direction == "input":
                    self._recorder.trust()
                continue
            if end.direction == "input":
                self._recorder.suspect(_SUSPECT_S, f"{actual or 'another device'} may be heard instead of {card.name}")
            if there:
                self._alarms.raise_("rerouted", watchdog.rerouted(card.name, actual or ""))
            else:
                self._shut(end)
                self._recorder.trust()
                end.lost = True
                self._alarms.raise_("device_lost", watchdog.device_lost(card.name, recording=self._recorder.recording))

    def _look_again(self) -> tuple[Card, ...]:
        if not self._open_streams:
            restart_portaudio()
        cards = devices.cards()
        if cards != self._cards:
            self._cards = cards
            self._hears.devices_changed(cards)
        return cards

    def _choose(self, wanted: Wanted) -> None:
        if wanted == self._wanted:
            return
        if self._recorder.recording:
            raise StudioError(
                "take.running",
                "The devices were not changed.",
                cause="A recording is running.",
                remedy="Stop it first.",
            )
        was_open = {direction: end.stream is not None for direction, end in self._ends.items()}
        for end in self._ends.values():
            self._shut(end)
            end.card, end.lost = None, False
        rate_changed = wanted.rate_hz != self._wanted.rate_hz
        self._wanted = wanted
        if rate_changed:
            self._rebuild(wanted.rate_hz)
        for direction, end in self._ends.items():
            if was_open[direction]:
                self._open(end)

    # Streams

    def _rebuild(self, rate_hz: int) -> None:
        self._recorder.close()
        self._player.close()
        self._build(rate_hz)

    def _build(self, rate_hz: int) -> None:
        """Make everything that depends on the rate of the devices."""
        self._rate_hz = rate_hz
        second = rate_hz
        self._play_queue = Fifo(round(PLAY_QUEUE_S * second), 2)
        self._heard_queue = Fifo(round(QUEUE_S * second), 2)
        self._monitor_queue = Fifo(second // 2, 2)
        self._out_meter, self._in_meter = Fifo(second, 2), Fifo(second, 2)
        self._speaker = Speaker(self._play_queue, self._monitor_queue, self._out_meter, second)
        self._microphone = Microphone(self._heard_queue, self._monitor_queue, self._in_meter, second)
        self._player = Player(self._play_queue, rate_hz)
        self._recorder = Recorder(self._microphone, self._heard_queue, rate_hz, self._hears, self._alarms)
        self._gauges = Gauges(self._in_meter, self._out_meter, rate_hz, self._meters, self._alarms)
        if self._mixer is not None:
            self._player.load(self._mixer)

    def _open(self, end: _End) -> None:
        """Open one direction; a StudioError says why it cannot be."""
        if end.stream is not None:
            return
        name = self._wanted.output if end.direction == "output" else self._wanted.input
        if end.card is not None and (self._recorder.recording or end.lost):
            name = end.card.name  # while recording, "the system's default" stays the one it was at the beginning
        card = devices.choose(self._cards_now(), name, end.direction)
        block = self._wanted.block or _BLOCK
        latency_s = max(_LEAST_LATENCY_S, _LATENCY_BLOCKS * block / self._rate_hz)
        devices.point_bridge_at(card, latency_s)
        channels = min(2, card.outputs if end.direction == "output" else card.inputs)
        try:
            end.stream = self._stream(end.direction, card, block, channels, latency_s)
        except PortAudioError as error:
            raise StudioError(
                "device.busy",
                f"{card.name} could not be opened.",
                cause=f"The system says: {error.args[0] if error.args else error}.",
                remedy="Close other programs that use it, or choose another device in Preferences.",
            ) from error
        end.card = card
        end.lost = False

    def _stream(self, direction: Direction, card: Card, block: int, channels: int, latency_s: float) -> Stream:
        """Open a stream at our rate, or at the device's own where it knows no other; we resample then."""
        try:
            return Stream(self._target(direction), card.number, self._rate_hz, block, channels, latency_s)
        except PortAudioError as error:
            wrong_rate = _INVALID_RATE in error.args
            if not wrong_rate or self._open_streams or self._recorder.recording or round(card.rate_hz) == self._rate_hz:
                raise
            self._rebuild(round(card.rate_hz))
            return Stream(self._target(direction), card.number, self._rate_hz, block, channels, latency_s)

    def _target(self, direction: Direction) -> Speaker | Microphone:
        return self._speaker if direction == "output" else self._microphone

    def _cards_now(self) -> tuple[Card, ...]:
        self._cards = devices.cards()
        return self._cards

    # The teller

    def _tell(self) -> None:
        while not self._closing.wait(_FRAME_S if self._open_streams else _IDLE_S):
            now_s = time.monotonic()
            if self._ends["output"].stream is not None:
                heard = self._player.heard(self._speaker.stamps, now_s)
                self._playhead.append(now_s, heard.position, float(heard.playing))
                over = not heard.playing and not self._player.running and not self._play_queue.available
                if self._playing_wanted and over:
                    self._playing_wanted = False
            microphone = self._ends["input"]
            self._gauges.look(now_s, microphone.name if microphone.stream is not None else "")

    @property
    def _open_streams(self) -> bool:
        return any(end.stream is not None for end in self._ends.values())

    def _say_state(self) -> None:
        output, input = self._ends["output"], self._ends["input"]  # noqa: A001
        card = output.card if output.stream is not None else input.card
        state = RigState(
            output=output.name if output.stream is not None else "",
            input=input.name if input.stream is not None else "",
            rate_hz=self._rate_hz,
            device_rate_hz=round(card.rate_hz) if card is not None else self._rate_hz,
            block=self._wanted.block or _BLOCK,
            output_latency_s=output.stream.latency_s if output.stream is not None else 0.0,
            input_latency_s=input.stream.latency_s if input.stream is not None else 0.0,
            playing=self._playing_wanted,
            recording=self._recorder.recording,
            monitoring=self._monitoring,
            resampling=self._resampling(),
        )
        if state != self._said:
            self._said = state
            self._hears.state_changed(state)

    def _resampling(self) -> str:
        """Which rates differ, in words."""
        rate_hz = self._wanted.rate_hz
        said = []
        for end, what in ((self._ends["output"], "Loudspeaker"), (self._ends["input"], "Microphone")):
            if end.stream is not None and end.card is not None and round(end.card.rate_hz) != rate_hz:
                said.append(f"{what} at {end.card.rate_hz / 1000:g} kHz, resampled to {rate_hz / 1000:g} kHz")
        return "; ".join(said)
