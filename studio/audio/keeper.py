"""Keeps the devices open that are needed, whatever happens to them: what the keeper's thread does."""

import threading
import time
from collections.abc import Callable
from typing import Final

from sounddevice import PortAudioError

from studio.audio import devices, server, watchdog
from studio.audio.card import Card, Direction
from studio.audio.chain import Chain
from studio.audio.end import End
from studio.audio.state import Hears, Wanted
from studio.audio.stream import Microphone, Speaker, restart_portaudio
from studio.audio.watchdog import Alarms
from studio.errors import StudioError

_BLOCK: Final = 480
_PROMPT_BLOCK: Final = 120
_INVALID_RATE: Final = -9997  # paInvalidSampleRate
_PAUSE_S: Final = 1.0
_NEW_S: Final = 0.5
_SUSPECT_S: Final = 1.0
"""News of a switch comes within a tenth of a second; so much before it is called suspect."""


class Keeper:
    """Opens, loses and finds the two ends of the sound again, and says so.

    One thread calls it; `chain`, `ends`, `wanted` and `any_open` may be looked at from others.
    """

    def __init__(
        self, build: Callable[[int], Chain], needed: Callable[[Direction], bool], hears: Hears, alarms: Alarms
    ) -> None:
        self._build = build
        self._needed = needed
        self._hears = hears
        self._alarms = alarms
        self._cards: tuple[Card, ...] = ()
        self._news = threading.Event()
        self._ask_again_s = 0.0
        self._prompt = False
        self.wanted = Wanted()
        self.ends: dict[Direction, End] = {"output": End("output"), "input": End("input")}
        self.chain = build(self.wanted.rate_hz)
        self._watch = server.Watch(self._news.set)

    @property
    def any_open(self) -> bool:
        """Whether a stream is open in either direction."""
        return any(end.stream is not None for end in self.ends.values())

    def close(self) -> None:
        """Let go of everything; the chain is ended before."""
        self._watch.close()
        for end in self.ends.values():
            end.close()

    def choose(self, wanted: Wanted) -> None:
        """Use these devices from now on; those that are open are opened anew."""
        if wanted == self.wanted:
            return
        if self.chain.recorder.recording:
            raise StudioError(
                "take.running",
                "The devices were not changed.",
                cause="A recording is running.",
                remedy="Stop it first.",
            )
        was_open = tuple(direction for direction, end in self.ends.items() if end.stream is not None)
        for end in self.ends.values():
            self._shut(end)
            end.forget()
        rate_changed = wanted.rate_hz != self.wanted.rate_hz
        self.wanted = wanted
        if rate_changed:
            self._rebuild(wanted.rate_hz)
        self.open_all(was_open)

    def open_all(self, directions: tuple[Direction, ...]) -> None:
        """Have these open; a StudioError says why one cannot be."""
        for direction in directions:
            self._open(self.ends[direction])

    def renew_clocks(self) -> None:
        """Close what has been open for long: a sound server tells the latency of a new stream best."""
        for end in self.ends.values():
            if end.stream is not None and time.monotonic() - end.stream.opened_s > _NEW_S:
                self._shut(end)

    def be_prompt(self, on: bool) -> None:
        """Have the input handed over in short blocks, or not, where the person chose none.

        One that is open is opened anew for it, but not while a take depends on it.
        """
        before = self._block_of("input")
        self._prompt = on
        end = self.ends["input"]
        if self._block_of("input") < before and end.stream is not None and not self.chain.recorder.recording:
            self._shut(end)
            self._open(end)

    def look_again(self) -> tuple[Card, ...]:
        """Look which devices there are, and say so where others are there than before."""
        if not self.any_open:
            restart_portaudio()
        cards = devices.cards()
        if cards != self._cards:
            self._cards = cards
            self._hears.devices_changed(cards)
        return cards

    def look_after(self, now_s: float) -> None:
        """Close what is idle, notice what is lost or asleep, try to open it again."""
        if self._news.is_set() and now_s >= self._ask_again_s:
            self._news.clear()
            self._look_at_devices()
        for end in self.ends.values():
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
        elif "stalled" in self._alarms and all(self._flows(other, now_s) for other in self.ends.values()):
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
            self._alarms.raise_("device_lost", watchdog.device_lost(end.name, recording=self.chain.recorder.recording))

    def _shut(self, end: End) -> None:
        if end.stream is None:
            return
        end.close()
        if end.direction == "input":
            self.chain.recorder.interrupt("gap", "the device was not there")

    def _try_again(self, end: End) -> None:
        if not end.may_try_again():
            return
        if not self.any_open:
            restart_portaudio()
        try:
            self._open(end)
        except StudioError:
            return
        for kind in ("device_lost", "server_lost", "rerouted"):
            self._alarms.clear(kind)

    def _look_at_devices(self) -> None:
        try:
            cards = self.look_again()
        except StudioError:  # it hangs; ask again, but see to the streams in between
            self._news.set()
            self._ask_again_s = time.monotonic() + _PAUSE_S
            return
        routes = server.own_routes()
        for end in self.ends.values():
            card = end.card
            if end.stream is None or card is None or not card.route or routes is None:
                continue
            there = any(other.route == card.route for other in cards)
            actual = routes.get(end.direction)
            if there and actual in (None, card.route):
                self._alarms.clear("rerouted")
                if end.direction == "input":
                    self.chain.recorder.trust()
                continue
            if end.direction == "input":
                self.chain.recorder.suspect(
                    _SUSPECT_S, f"{actual or 'another device'} may be heard instead of {card.name}"
                )
            if there:
                self._alarms.raise_("rerouted", watchdog.rerouted(card.name, actual or ""))
            else:
                self._shut(end)
                self.chain.recorder.trust()
                end.lost = True
                self._alarms.raise_(
                    "device_lost", watchdog.device_lost(card.name, recording=self.chain.recorder.recording)
                )

    def _rebuild(self, rate_hz: int) -> None:
        self.chain.close()
        self.chain = self._build(rate_hz)

    def _open(self, end: End) -> None:
        """Open one direction; a StudioError says why it cannot be."""
        if end.stream is not None:
            return
        name = self.wanted.output if end.direction == "output" else self.wanted.input
        if end.card is not None and (self.chain.recorder.recording or end.lost):
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
            self._open_stream(end, card)
        except PortAudioError as error:
            known = round(card.rate_hz) == self.chain.rate_hz
            if _INVALID_RATE not in error.args or known or self.any_open or self.chain.recorder.recording:
                raise
            self._rebuild(round(card.rate_hz))
            self._open_stream(end, card)

    def _open_stream(self, end: End, card: Card) -> None:
        prompt = end.direction == "input" and self._prompt
        target = self._target(end.direction)
        end.open(card, target, self.chain.rate_hz, self._block_of(end.direction), prompt=prompt)

    def _target(self, direction: Direction) -> Speaker | Microphone:
        return self.chain.speaker if direction == "output" else self.chain.microphone

    @property
    def block(self) -> int:
        """Frames that are handed over at once."""
        return self.wanted.block or _BLOCK

    def _block_of(self, direction: Direction) -> int:
        return self.wanted.block or (_PROMPT_BLOCK if direction == "input" and self._prompt else _BLOCK)

    def _cards_now(self) -> tuple[Card, ...]:
        self._cards = devices.cards()
        return self._cards
