"""The sound side as one piece: opens the devices, keeps them open whatever happens, and says where the ear is.

Three threads of its own: the keeper (the only one that opens and closes PortAudio's streams), the teller (playhead,
meters, 60 times a second) and, inside `Player` and `Recorder`, those that mix and write.
"""

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final, TypeVar

from msgspec.structs import replace
from sounddevice import PortAudioError

from studio.audio import devices, server, watchdog
from studio.audio.card import Card, Direction
from studio.audio.chain import Chain
from studio.audio.end import End, resampled
from studio.audio.orders import Orders
from studio.audio.playback import Moment, Renders, Span
from studio.audio.state import Asked, Hears, Points, RigState, Wanted
from studio.audio.stream import Microphone, Speaker, restart_portaudio
from studio.audio.watchdog import Alarms
from studio.errors import StudioError
from studio.media.takes import TakeHeader

_BLOCK: Final = 480
_INVALID_RATE: Final = -9997  # paInvalidSampleRate
_TICK_S: Final = 0.05
_FRAME_S: Final = 1 / 60
_IDLE_S: Final = 0.2
_ANSWER_S: Final = 4.0
_PAUSE_S: Final = 1.0
_NEW_S: Final = 0.5
_SUSPECT_S: Final = 1.0
"""News of a switch comes within a tenth of a second; so much before it is called suspect."""

_Result = TypeVar("_Result")


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
        self._ends: dict[Direction, End] = {"output": End("output"), "input": End("input")}
        self._asked = Asked()
        self._asked_lock = threading.Lock()
        self._metering = False
        self._monitoring = False
        self._monitor_gain = 1.0
        self._mixer: Renders | None = None
        self._news = threading.Event()
        self._ask_again_s = 0.0
        self._closing = threading.Event()
        self._orders = Orders()
        self._chain = self._built(self._wanted.rate_hz)
        self._watch = server.Watch(self._news.set)
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
        self._chain.player.load(mixer)

    def play(self, span: Span, serial: int) -> None:
        """Play a stretch of the project; a StudioError says why there is no sound."""
        self._need("output")
        with self._asked_lock:
            self._asked = Asked(True, serial)
            self._chain.player.play(span, endless=self._chain.recorder.recording)
        self._orders.wake()

    def stop(self) -> None:
        """Stop playing."""
        with self._asked_lock:
            self._asked = Asked(False, self._asked.serial)
            self._chain.player.stop()
        self._orders.wake()

    def record(
        self, folder: Path, header: TakeHeader, serial: int, *, fallback: Path | None = None, play_along: bool
    ) -> None:
        """Record into a new take, placed so that what is heard while the ear hears sample `start` lies at `start`."""
        if self._chain.recorder.recording:
            raise StudioError(
                "take.running",
                "A second recording did not start.",
                cause="One is running already.",
                remedy="Stop it first.",
            )
        if play_along:
            self._ask(self._renew_clocks)
        self._need("input", *(("output",) if play_along else ()))
        card = self._ends["input"].card
        along: Moment | None = None
        if play_along:
            with self._asked_lock:
                self._asked = Asked(True, serial)
                frame = self._chain.player.play(Span(header.start, 0), endless=True)
            along = Moment(self._chain.player, self._chain.speaker.stamps, frame)
        now_s = time.monotonic()
        named = replace(header, device=card.name if card is not None else "")
        try:
            first_s = (lambda: now_s) if along is None else along.heard_s
            self._chain.recorder.begin(folder, named, first_s, fallback=fallback, along=along)
        except StudioError:
            self.stop()
            raise
        self._orders.wake()

    def stop_recording(self) -> None:
        """End the take, and the playing along."""
        self._chain.recorder.finish()
        self.stop()

    def monitor(self, on: bool, gain: float) -> None:
        """Let the input be heard on the output, or not."""
        if on:
            self._need("output", "input")
        self._monitoring, self._monitor_gain = on, gain
        self._chain.monitor(on, gain)

    def meter(self, on: bool) -> None:
        """Keep the input open for its level, or not."""
        if on:
            self._need("input")
        self._metering = on

    def close(self) -> None:
        """Stop everything. A take that is being written stays one that was interrupted."""
        self._chain.close()
        self._closing.set()
        for thread in self._threads:
            thread.join(2.0)
        self._watch.close()
        for end in self._ends.values():
            end.close()

    # The keeper

    def _renew_clocks(self) -> None:
        """Close what has been open for long: a sound server tells the latency of a new stream best."""
        for end in self._ends.values():
            if end.stream is not None and time.monotonic() - end.stream.opened_s > _NEW_S:
                self._shut(end)

    def _need(self, *directions: Direction) -> None:
        """Have these devices open; a StudioError says why one cannot be."""
        if any(self._ends[direction].stream is None for direction in directions):
            self._ask(lambda: self._open_all(directions))

    def _ask(self, work: Callable[[], _Result]) -> _Result:
        """Have the keeper do something, and wait for it."""
        try:
            return self._orders.ask(work, _ANSWER_S)
        except TimeoutError as error:
            raise devices.hangs() from error

    def _keep(self) -> None:
        while not self._closing.is_set():
            self._orders.do_next(_TICK_S)
            self._look_after(time.monotonic())
            self._say_state()

    def _needed(self, direction: Direction) -> bool:
        if direction == "output":
            return self._asked.playing or self._monitoring
        return self._metering or self._monitoring or self._chain.recorder.recording

    def _look_after(self, now_s: float) -> None:
        if self._news.is_set() and now_s >= self._ask_again_s:
            self._news.clear()
            self._look_at_devices()
        for end in self._ends.values():
            self._look_at(end, now_s)

    def _look_at(self, end: End, now_s: float) -> None:
        stream = end.stream
        if stream is None:
            if end.lost and self._needed(end.direction):
                self._try_again(end)
            elif end.lost:
                end.lost = False
                self._alarms.clear("device_lost")
                self._alarms.clear("server_lost")
                self._alarms.clear("stalled")
            return
        if end.is_idle(self._needed(end.direction), now_s):
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

    def _flows(self, end: End, now_s: float) -> bool:
        stream = end.stream
        return stream is None or (stream.flows and now_s - stream.end.called_s < watchdog.STALLED_S)

    def _lose(self, end: End) -> None:
        """The stream ended by itself: the server or the device behind it is gone."""
        card = end.card
        self._shut(end)
        end.lost = True
        if card is not None and card.route and server.own_routes() is None:
            self._alarms.raise_("server_lost", watchdog.server_lost())
        else:
            self._alarms.raise_("device_lost", watchdog.device_lost(end.name, recording=self._chain.recorder.recording))

    def _shut(self, end: End) -> None:
        if end.stream is None:
            return
        end.close()
        if end.direction == "input":
            self._chain.recorder.interrupt("gap", "the device was not there")

    def _try_again(self, end: End) -> None:
        if not end.may_try_again():
            return
        if not self._open_streams:
            restart_portaudio()
        try:
            self._open(end)
        except StudioError:
            return
        for kind in ("device_lost", "server_lost", "rerouted"):
            self._alarms.clear(kind)

    def _look_at_devices(self) -> None:
        try:
            cards = self._look_again()
        except StudioError:  # it hangs; ask again, but see to the streams in between
            self._news.set()
            self._ask_again_s = time.monotonic() + _PAUSE_S
            return
        routes = server.own_routes()
        for end in self._ends.values():
            card = end.card
            if end.stream is None or card is None or not card.route or routes is None:
                continue
            there = any(other.route == card.route for other in cards)
            actual = routes.get(end.direction)
            if there and actual in (None, card.route):
                self._alarms.clear("rerouted")
                if end.direction == "input":
                    self._chain.recorder.trust()
                continue
            if end.direction == "input":
                self._chain.recorder.suspect(
                    _SUSPECT_S, f"{actual or 'another device'} may be heard instead of {card.name}"
                )
            if there:
                self._alarms.raise_("rerouted", watchdog.rerouted(card.name, actual or ""))
            else:
                self._shut(end)
                self._chain.recorder.trust()
                end.lost = True
                self._alarms.raise_(
                    "device_lost", watchdog.device_lost(card.name, recording=self._chain.recorder.recording)
                )

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
        if self._chain.recorder.recording:
            raise StudioError(
                "take.running",
                "The devices were not changed.",
                cause="A recording is running.",
                remedy="Stop it first.",
            )
        was_open = tuple(direction for direction, end in self._ends.items() if end.stream is not None)
        for end in self._ends.values():
            self._shut(end)
            end.forget()
        rate_changed = wanted.rate_hz != self._wanted.rate_hz
        self._wanted = wanted
        if rate_changed:
            self._rebuild(wanted.rate_hz)
        self._open_all(was_open)

    def _rebuild(self, rate_hz: int) -> None:
        self._chain.close()
        self._chain = self._built(rate_hz)
        self._chain.monitor(self._monitoring, self._monitor_gain)

    def _built(self, rate_hz: int) -> Chain:
        return Chain(rate_hz, self._meters, self._hears, self._alarms, self._mixer)

    def _open_all(self, directions: tuple[Direction, ...]) -> None:
        for direction in directions:
            self._open(self._ends[direction])

    def _open(self, end: End) -> None:
        """Open one direction; a StudioError says why it cannot be."""
        if end.stream is not None:
            return
        name = self._wanted.output if end.direction == "output" else self._wanted.input
        if end.card is not None and (self._chain.recorder.recording or end.lost):
            name = end.card.name  # while recording, "the system's default" stays the one it was at the beginning
        card = devices.choose(self._cards_now(), name, end.direction)
        try:
            self._connect(end, card)
        except PortAudioError as error:
            raise StudioError(
                "device.busy",
                f"{card.name} could not be opened.",
                cause=f"The system says: {error.args[0] if error.args else error}.",
                remedy="Close other programs that use it, or choose another device in Preferences.",
            ) from error

    def _connect(self, end: End, card: Card) -> None:
        """Open a stream at our rate, or at the device's own where it knows no other; we resample then."""
        try:
            end.open(card, self._target(end.direction), self._chain.rate_hz, self._block)
        except PortAudioError as error:
            known = round(card.rate_hz) == self._chain.rate_hz
            if _INVALID_RATE not in error.args or known or self._open_streams or self._chain.recorder.recording:
                raise
            self._rebuild(round(card.rate_hz))
            end.open(card, self._target(end.direction), self._chain.rate_hz, self._block)

    def _target(self, direction: Direction) -> Speaker | Microphone:
        return self._chain.speaker if direction == "output" else self._chain.microphone

    @property
    def _block(self) -> int:
        return self._wanted.block or _BLOCK

    def _cards_now(self) -> tuple[Card, ...]:
        self._cards = devices.cards()
        return self._cards

    # The teller

    def _tell(self) -> None:
        while not self._closing.wait(_FRAME_S if self._open_streams else _IDLE_S):
            now_s = time.monotonic()
            if self._ends["output"].stream is not None:
                self._chain.speaker.stamps.learn()
                heard = self._chain.player.heard(self._chain.speaker.stamps, now_s)
                self._playhead.append(now_s, heard.position, float(heard.playing))
                with self._asked_lock:
                    if self._asked.playing and not heard.playing and self._chain.played_out:
                        self._asked = Asked(False, self._asked.serial)
            self._chain.gauges.look(now_s, self._ends["input"].open_name)

    @property
    def _open_streams(self) -> bool:
        return any(end.stream is not None for end in self._ends.values())

    def _say_state(self) -> None:
        output, input = self._ends["output"], self._ends["input"]  # noqa: A001
        card = output.card if output.stream is not None else input.card
        asked = self._asked
        state = RigState(
            output=output.open_name,
            input=input.open_name,
            rate_hz=self._chain.rate_hz,
            device_rate_hz=round(card.rate_hz) if card is not None else self._chain.rate_hz,
            block=self._block,
            output_latency_s=output.stream.latency_s if output.stream is not None else 0.0,
            input_latency_s=input.stream.latency_s if input.stream is not None else 0.0,
            playing=asked.playing,
            serial=asked.serial,
            recording=self._chain.recorder.recording,
            monitoring=self._monitoring,
            resampling=resampled(self._wanted.rate_hz, output, input),
        )
        if state != self._said:
            self._said = state
            self._hears.state_changed(state)
