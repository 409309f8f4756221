"""Playing a project: a thread that mixes ahead of the ear, and the map from what the ear hears to the timeline."""

import bisect
import threading
from itertools import pairwise
from typing import Final, NamedTuple, Protocol

import numpy as np
import soxr

from studio.audio.clock import KNOWN_WELL_S, Stamps
from studio.audio.fifo import Fifo
from studio.audio.metronome import Metronome, Tempo
from studio.audio.slow import Slow
from studio.media.wav import Frames

QUEUE_S: Final = 2.0
_AHEAD_S: Final = 0.2
_CHUNK: Final = 2048
_FEED_S: Final = 0.01
_IDLE_S: Final = 1.0
_EDIT_MARGIN_S: Final = 0.025
_SHORTEST_LOOP: Final = 64
_FADE_IN: Final = 128


class Renders(Protocol):
    """A project as sound: `studio.audio.mix.Mixer`."""

    length: int
    rate_hz: int

    def render(self, start: int, frames: int) -> Frames: ...


class Span(NamedTuple):
    """What to play: from `start` to `stop`, or round and round between two samples where `loop_stop` is the later."""

    start: int
    stop: int
    loop_start: int = 0
    loop_stop: int = 0

    @property
    def loops(self) -> bool:
        """Whether it goes on for ever."""
        return self.loop_stop - self.loop_start >= _SHORTEST_LOOP


class Heard(NamedTuple):
    """What reaches the ear at one moment: a timeline sample, whether it moves, and how often it has gone round."""

    position: float
    playing: bool
    laps: int


class _Landmark(NamedTuple):
    """From this frame of the queue on, the timeline runs from this sample, `per_frame` samples a frame.

    It has gone round the loop `laps` times before.
    """

    frame: int
    sample: float
    per_frame: float
    laps: int


class Player:
    """Keeps the queue to the speaker filled. Play, stop and load may be called from any thread."""

    def __init__(self, queue: Fifo, rate_hz: int) -> None:
        self._queue = queue
        self._rate_hz = rate_hz
        self._lock = threading.Lock()
        self._wake = threading.Event()
        self._ending = False
        self._mixer: Renders | None = None
        self._span = Span(0, 0)
        self._next = 0
        self._left = 0
        self._running = False
        self._endless = False
        self._landmarks = [_Landmark(0, 0.0, 0.0, 0)]
        self._laps = 0
        self._speed = 1.0
        self._per_frame = 1.0
        self._slow: Slow | None = None
        self._tempo: Tempo | None = None
        self._metronome: Metronome | None = None
        self._resampler: soxr.ResampleStream | None = None
        self._pending: Frames = np.zeros((0, 2), np.float32)
        self._fed = 0
        self._base = 0
        self._fade_in = 0
        self._thread = threading.Thread(target=self._feed, name="feeder", daemon=True)
        self._thread.start()

    @property
    def running(self) -> bool:
        """Whether there is more to play than what is queued."""
        return self._running

    @property
    def pace(self) -> float:
        """How fast the timeline goes while it plays: 1 is as it is, 0.5 half as fast."""
        return 1.0 if self._endless else self._speed

    def load(self, mixer: Renders) -> None:
        """Play this project from now on. Where one is playing, the change is heard at once and without a click."""
        with self._lock:
            self._mixer = mixer
            self._go_on()
        self._wake.set()

    def hurry(self, speed: float) -> None:
        """Play so much faster or slower from now on, with the pitch kept; but never what a take is recorded along."""
        with self._lock:
            self._speed = speed
            if not self._endless:
                self._go_on()
        self._wake.set()

    def click(self, tempo: Tempo | None) -> None:
        """Click on the beats of the timeline, or not."""
        with self._lock:
            self._tempo = tempo
            self._go_on()
        self._wake.set()

    def play(self, span: Span, *, endless: bool = False, count_in_bars: int = 0) -> int:
        """Play a stretch, at once, whatever played before, and return the frame of the queue in which it begins.

        `endless` goes on behind the end of the project, in silence, and at full speed. With a metronome so many bars
        are counted before it begins.
        """
        with self._lock:
            self._span = span
            self._laps = 0
            self._endless = endless
            self._fade_in = _FADE_IN if span.start and not self._running else 0
            self._running = True
            first = self._begin(self._queue.read, span.start, follow=False, count_in_bars=count_in_bars)
        self._wake.set()
        return first

    def _go_on(self) -> None:
        """Where something is playing, play on as things are now."""
        if self._running:
            at = min(self._queue.read + round(_EDIT_MARGIN_S * self._rate_hz), self._queue.written)
            heard = self._map(at)
            if heard.playing:  # while a take is counted in, nothing of the project is queued that could be another
                start, self._laps = round(heard.position), heard.laps
                if self._span.loops and heard.position < self._span.loop_stop <= start:
                    start, self._laps = self._span.loop_start, heard.laps + 1
                self._begin(at, start, follow=True)

    def stop(self) -> None:
        """Fade out and play nothing."""
        with self._lock:
            if not self._running and not self._queue.ahead:
                return
            here = self._map(self._queue.read).position
            self._running = False
            to = self._queue.written
            self._queue.write(np.zeros((512, 2), np.float32))
            self._mark(to, here, 0.0)
            self._queue.switch(self._queue.read, to, follow=False)

    def close(self) -> None:
        """End the thread."""
        self._ending = True
        self._wake.set()
        self._thread.join()

    def heard(self, stamps: Stamps, now_s: float) -> Heard:
        """Return what the ear hears at `now_s`, the way through the sound card counted."""
        offset_s = stamps.offset_s()
        rows = stamps.rows()
        if offset_s is None:
            return self.at(self._queue.read)
        frame = (now_s - offset_s) * stamps.rate_hz
        known = int(np.searchsorted(rows[:, 0], frame, side="right")) - 1
        if known < 0:
            return self.at(rows[0, 2])
        first, _time, queued, filled = rows[known][:4]
        return self.at(queued + min(frame - first, filled))

    def place(self, stamps: Stamps, frame: int) -> float | None:
        """Return as which frame of the speaker a frame of the queue was played; None while it has not been."""
        rows = stamps.rows()
        holding = np.flatnonzero((rows[:, 2] <= frame) & (frame < rows[:, 2] + rows[:, 3]))
        if not len(holding):
            return None
        first, _time, queued = rows[holding[-1]][:3]
        return float(first + frame - queued)

    def at(self, frame: float) -> Heard:
        """Return what a frame of the queue is on the timeline."""
        with self._lock:
            return self._map(frame)

    def _map(self, frame: float) -> Heard:
        mark = self._landmark(frame)
        return Heard(mark.sample + (frame - mark.frame) * mark.per_frame, mark.per_frame > 0, mark.laps)

    def _landmark(self, frame: float) -> _Landmark:
        index = max(0, bisect.bisect_right(self._landmarks, frame, key=lambda mark: mark.frame) - 1)
        return self._landmarks[index]

    def _mark(self, frame: int, sample: float, per_frame: float) -> None:
        while self._landmarks and self._landmarks[-1].frame >= frame:
            self._landmarks.pop()
        self._landmarks.append(_Landmark(frame, sample, per_frame, self._laps))
        old = self._queue.read - self._queue.capacity
        while len(self._landmarks) > 1 and self._landmarks[1].frame < old:
            del self._landmarks[0]

    def _begin(self, at: int, start: int, *, follow: bool, count_in_bars: int = 0) -> int:
        """Queue the sound from timeline sample `start` on, and make the speaker go over to it at its frame `at`."""
        to = self._queue.written
        mixer = self._mixer
        if mixer is None:
            self._running = False
            return to
        rates_differ = mixer.rate_hz != self._rate_hz
        self._resampler = (
            soxr.ResampleStream(mixer.rate_hz, self._rate_hz, 2, dtype="float32") if rates_differ else None
        )
        self._slow = Slow(mixer.rate_hz, self.pace) if self.pace != 1.0 else None
        self._metronome = Metronome(self._rate_hz, mixer.rate_hz, self._tempo) if self._tempo is not None else None
        self._per_frame = mixer.rate_hz / self._rate_hz * self.pace
        self._next = start
        self._fed = 0
        counted = self._count_in(start, count_in_bars)
        self._mark(to, start, 0.0)
        taken = self._queue.write(counted)
        self._pending = counted[taken:]
        self._base = first = to + len(counted)
        self._mark(first, start, self._per_frame)
        while self._queue.written - to < 2 * _CHUNK and self._render(mixer):
            pass
        if at < to:  # otherwise the speaker comes to it by itself
            self._queue.switch(at, to, follow=follow)
        return first

    def _count_in(self, start: int, bars: int) -> Frames:
        """The beats before `start`, with nothing else; empty without a metronome."""
        if self._metronome is None or not bars:
            return np.zeros((0, 2), np.float32)
        length = bars * self._metronome.bar
        sound = np.zeros((round(length / self._per_frame), 2), np.float32)
        self._metronome.add(sound, start - length, self._per_frame)
        return sound

    def _feed(self) -> None:
        while not self._ending:
            with self._lock:
                mixer = self._mixer
                self._pending = self._pending[self._queue.write(self._pending) :]
                ahead = round(_AHEAD_S * self._rate_hz)
                while self._running and mixer is not None and self._queue.ahead < ahead and self._render(mixer):
                    pass
            self._wake.wait(_FEED_S if self._running else _IDLE_S)
            self._wake.clear()

    def _render(self, mixer: Renders) -> bool:
        """Queue one chunk more. False when there is no room or nothing left."""
        if len(self._pending):
            return False
        span = self._span
        limit = span.loop_stop if span.loops and self._next < span.loop_stop else self._end(mixer)
        frames = min(_CHUNK, limit - self._next)
        if frames <= 0:
            self._finish()
            return False
        sound = mixer.render(self._next, frames)
        if self._fade_in:
            ramp = np.linspace(0, 1, min(self._fade_in, frames), dtype=np.float32)[:, None]
            sound[: len(ramp)] *= ramp
            self._fade_in = 0
        self._next += frames
        self._fed += frames
        self._queue_up(sound, last=False)
        if span.loops and self._next == span.loop_stop:
            self._next = span.loop_start
            self._laps += 1
            self._mark(self._base + round(self._fed / self._per_frame), span.loop_start, self._per_frame)
        return True

    def _end(self, mixer: Renders) -> int:
        if self._span.stop:
            return self._span.stop
        return 1 << 62 if self._endless else mixer.length

    def _finish(self) -> None:
        """Everything is queued: behind it the timeline stands still."""
        self._queue_up(np.zeros((0, 2), np.float32), last=True)
        self._running = False
        self._mark(self._base + round(self._fed / self._per_frame), self._next, 0.0)

    def _queue_up(self, sound: Frames, *, last: bool) -> None:
        if self._slow is not None:
            sound = self._slow.push(sound, last=last)
        if self._resampler is not None:
            sound = self._resampler.resample_chunk(sound, last=last)
        if self._metronome is not None:
            sound = np.array(sound, np.float32)
            self._add_clicks(self._metronome, sound)
        taken = self._queue.write(sound)
        self._pending = sound[taken:]

    def _add_clicks(self, metronome: Metronome, sound: Frames) -> None:
        """Add them to what is queued next, stretch by stretch between places where the timeline jumps."""
        first = self._queue.written
        edges = [mark.frame for mark in self._landmarks if first < mark.frame < first + len(sound)]
        for begin, end in pairwise((first, *edges, first + len(sound))):
            mark = self._landmark(begin)
            metronome.add(sound[begin - first : end - first], mark.sample + (begin - mark.frame) * mark.per_frame,
                          mark.per_frame)  # fmt: skip


class Moment:
    """When the ear hears one frame of the player's queue; known better and better while the speaker runs."""

    def __init__(self, player: Player, stamps: Stamps, frame: int) -> None:
        self._player = player
        self._stamps = stamps
        self._frame = frame
        self._place: float | None = None
        self._epoch = -1

    @property
    def stamps(self) -> Stamps:
        """The clock of the speaker."""
        return self._stamps

    @property
    def place(self) -> float | None:
        """As which frame of the speaker it was played; None while it has not been, and after it was opened anew."""
        return self._place if self._epoch == self._stamps.epoch else None

    def heard_s(self) -> float | None:
        """Return the time, None while it is not known well, and after the speaker was opened anew."""
        if self._place is None:
            self._place = self._player.place(self._stamps, self._frame)
            self._epoch = self._stamps.epoch
        offset_s = self._stamps.offset_s(least_s=KNOWN_WELL_S)
        if self._place is None or offset_s is None or self._epoch != self._stamps.epoch:
            return None
        return offset_s + self._place / self._stamps.rate_hz
