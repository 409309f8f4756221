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

from studio.audio import devices
from studio.audio.card import Card, Direction
from studio.audio.chain import Chain
from studio.audio.end import resampled
from studio.audio.keeper import Keeper
from studio.audio.live_pitch import Makes, Range
from studio.audio.monitoring import Monitoring
from studio.audio.orders import Orders
from studio.audio.playback import Moment, Renders, Span
from studio.audio.state import Along, Asked, Hears, Points, RigState, Wanted
from studio.audio.watchdog import Alarms
from studio.errors import StudioError
from studio.media.takes import TakeHeader

_TICK_S: Final = 0.05
_FRAME_S: Final = 1 / 60
_IDLE_S: Final = 0.2
_ANSWER_S: Final = 4.0

_Result = TypeVar("_Result")


class Rig:
    """Speaker, microphone, player and recorder, held together. Every method may be called from any one thread."""

    def __init__(self, playhead: Points, meters: Points, hears: Hears) -> None:
        self._playhead = playhead
        self._meters = meters
        self._hears = hears
        self._alarms = Alarms(hears.alarm)
        self._warnings = Monitoring(self._alarms)
        self._said: RigState | None = None
        self._asked = Asked()
        self._asked_lock = threading.Lock()
        self._metering = False
        self._monitoring = False
        self._monitor_gain = 1.0
        self._mixer: Renders | None = None
        self._along = Along()
        self._sung: tuple[Points, Makes, Range] | None = None
        self._closing = threading.Event()
        self._orders = Orders()
        self._keeper = Keeper(self._built, self._needed, hears, self._alarms)
        self._threads = [
            threading.Thread(target=work, name=work.__name__, daemon=True) for work in (self._keep, self._tell)
        ]
        for thread in self._threads:
            thread.start()

    def open(self, wanted: Wanted) -> None:
        """Choose the devices. They are opened when there is something to play or to hear."""
        self._ask(lambda: self._keeper.choose(wanted))

    def devices(self) -> tuple[Card, ...]:
        """Look which devices there are."""
        return self._ask(self._keeper.look_again)

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
        """Record into a new take, placed so that what is heard while the ear hears sample `start` lies at `start`.

        What is heard goes round the loop of the header, if there is one; the take goes on.
        """
        if self._chain.recorder.recording:
            raise StudioError(
                "take.running",
                "A second recording did not start.",
                cause="One is running already.",
                remedy="Stop it first.",
            )
        counted_s = 0.0
        if play_along:
            self._ask(self._keeper.renew_clocks)
        self._need("input", *(("output",) if play_along else ()))
        card = self._keeper.ends["input"].card
        along: Moment | None = None
        if play_along:
            with self._asked_lock:
                self._asked = Asked(True, serial)
                bars = self._along.count_in_bars
                span = Span(header.start, 0, header.loop_start, header.loop_stop)
                frame = self._chain.player.play(span, endless=True, count_in_bars=bars)
                tempo = self._along.tempo
                counted_s = 0.0 if tempo is None else bars * tempo.bar_s
            along = Moment(self._chain.player, self._chain.speaker.stamps, frame)
        now_s = time.monotonic()
        named = replace(header, device=card.name if card is not None else "")
        try:
            first_s = (lambda: now_s) if along is None else along.heard_s
            self._chain.recorder.begin(folder, named, first_s, fallback=fallback, along=along, counted_s=counted_s)
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

    def accompany(self, along: Along) -> None:
        """Let this sound beside the project, or in the silence; a StudioError says why there is no sound."""
        if along.sounds:
            self._need("output")
        self._along = along
        self._ask(lambda: self._chain.accompany(along))

    def listen(self, points: Points, make: Makes, of: Range | None) -> None:
        """Track the pitch of the input and append it to `points`, or stop tracking where `of` is None."""
        self._ask(lambda: self._keeper.be_prompt(of is not None))
        if of is not None:
            self._need("input")
        self._sung = None if of is None else (points, make, of)
        self._ask(lambda: self._chain.listen(points, make, of))

    def close(self) -> None:
        """Stop everything. A take that is being written stays one that was interrupted."""
        self._chain.close()
        self._closing.set()
        for thread in self._threads:
            thread.join(2.0)
        self._keeper.close()

    @property
    def _chain(self) -> Chain:
        return self._keeper.chain

    def _need(self, *directions: Direction) -> None:
        """Have these devices open; a StudioError says why one cannot be."""
        if any(self._keeper.ends[direction].stream is None for direction in directions):
            self._ask(lambda: self._keeper.open_all(directions))

    def _ask(self, work: Callable[[], _Result]) -> _Result:
        """Have the keeper do something, and wait for it."""
        try:
            return self._orders.ask(work, _ANSWER_S)
        except TimeoutError as error:
            raise devices.hangs() from error

    def _keep(self) -> None:
        while not self._closing.is_set():
            self._orders.do_next(_TICK_S)
            now_s = time.monotonic()
            self._keeper.look_after(now_s)
            self._look_at_monitoring(now_s)
            self._say_state()

    def _look_at_monitoring(self, now_s: float) -> None:
        output, input = self._keeper.ends["output"], self._keeper.ends["input"]  # noqa: A001
        if self._monitoring and output.stream is not None and input.stream is not None:
            delay_s = self._chain.speaker.delay_s + self._chain.microphone.delay_s
            self._warnings.look(output.card, input.card, delay_s, now_s)
        else:
            self._warnings.look(None, None, 0.0, now_s)

    def _needed(self, direction: Direction) -> bool:
        if direction == "output":
            return self._asked.playing or self._monitoring or self._along.sounds
        return self._metering or self._monitoring or self._sung is not None or self._chain.recorder.recording

    def _built(self, rate_hz: int) -> Chain:
        chain = Chain(rate_hz, self._meters, self._hears, self._alarms, self._mixer)
        chain.monitor(self._monitoring, self._monitor_gain)
        chain.accompany(self._along)
        if self._sung is not None:
            chain.listen(*self._sung)
        return chain

    def _tell(self) -> None:
        while not self._closing.wait(_FRAME_S if self._keeper.any_open else _IDLE_S):
            now_s = time.monotonic()
            if self._keeper.ends["output"].stream is not None:
                self._chain.speaker.stamps.learn()
                heard = self._chain.player.heard(self._chain.speaker.stamps, now_s)
                self._playhead.append(now_s, heard.position, self._chain.player.pace * heard.playing, heard.laps)
                with self._asked_lock:
                    if self._asked.playing and not heard.playing and self._chain.played_out:
                        self._asked = Asked(False, self._asked.serial)
            self._chain.gauges.look(
                now_s,
                self._keeper.ends["input"].open_name,
                self._chain.speaker.underflows,
                monitored=self._monitoring,
            )

    def _say_state(self) -> None:
        output, input = self._keeper.ends["output"], self._keeper.ends["input"]  # noqa: A001
        card = output.card if output.stream is not None else input.card
        asked = self._asked
        state = RigState(
            output=output.open_name,
            input=input.open_name,
            rate_hz=self._chain.rate_hz,
            device_rate_hz=round(card.rate_hz) if card is not None else self._chain.rate_hz,
            block=self._keeper.block,
            output_latency_s=output.stream.latency_s if output.stream is not None else 0.0,
            input_latency_s=input.stream.latency_s if input.stream is not None else 0.0,
            playing=asked.playing,
            serial=asked.serial,
            recording=self._chain.recorder.recording,
            monitoring=self._monitoring,
            resampling=resampled(self._keeper.wanted.rate_hz, output, input),
        )
        if state != self._said:
            self._said = state
            self._hears.state_changed(state)
