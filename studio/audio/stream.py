"""The two audio callbacks and the PortAudio streams that call them. Nothing else in the studio touches PortAudio.

A callback copies between preallocated frames and notes the time: it takes no lock, logs nothing, mixes nothing.
Input and output are two streams with queues between them, because a full-duplex stream stalls as a whole when either
half does.
"""

import math
import time
from typing import Final, Protocol

import numpy as np
import sounddevice
from numpy.typing import NDArray

from studio.audio.bell import Bell
from studio.audio.clock import Stamps
from studio.audio.fifo import Fifo
from studio.media.wav import Frames

MOST_BLOCK: Final = 8192
QUEUE_S: Final = 10.0
_METER_S: Final = 1.0
_MONITOR_S: Final = 0.5
_OVERFLOWS: Final = 64
_CEILING: Final = 0.98
_RECOVER_PER_BLOCK: Final = 1.05


class Times(Protocol):
    """When PortAudio says that a block meets the converters, in seconds of its own clock."""

    currentTime: float  # noqa: N815
    inputBufferAdcTime: float  # noqa: N815
    outputBufferDacTime: float  # noqa: N815


class Flags(Protocol):
    """What PortAudio says went wrong since the last block."""

    input_overflow: bool
    output_underflow: bool


class Limiter:
    """Turns what is too loud down, at once and with a slow return, so that nothing leaves above 0 dBFS."""

    def __init__(self) -> None:
        self._gain = 1.0
        self._ramps: dict[int, NDArray[np.float32]] = {}
        self._gains: NDArray[np.float32] = np.zeros((MOST_BLOCK, 1), np.float32)

    def apply(self, block: Frames) -> None:
        """Limit (n, channels) in place."""
        peak = max(float(block.max()), -float(block.min())) if len(block) else 0.0
        wanted = min(1.0, self._gain * _RECOVER_PER_BLOCK, _CEILING / peak if peak > 0 else 1.0)
        if wanted < 1.0 or self._gain < 1.0:
            gains = self._gains[: len(block)]
            np.multiply(self._ramp(len(block)), wanted - self._gain, out=gains)
            gains += self._gain
            block *= gains
            np.clip(block, -1.0, 1.0, out=block)  # the head of the block where the turn began
        self._gain = wanted

    def _ramp(self, frames: int) -> NDArray[np.float32]:
        ramp = self._ramps.get(frames)
        if ramp is None:  # once: a stream's blocks all have one length
            ramp = self._ramps[frames] = np.linspace(0, 1, frames + 1, dtype=np.float32)[1:, None]
        return ramp


class Speaker:
    """What the output callback reads and writes. Outlives the streams that are opened on it one after another."""

    def __init__(self, queue: Fifo, monitor: Fifo, meter: Fifo, rate_hz: float, backing: Fifo | None = None) -> None:
        self.stamps = Stamps(rate_hz)
        self.frames = 0
        self.called_s = math.inf
        self.delay_s = 0.0
        self.underflows = 0
        self.monitoring = False
        self.monitor_gain = 1.0
        self.accompanied = False
        self._queue = queue
        self._monitor = monitor
        self._meter = meter
        self._backing = backing
        self._limiter = Limiter()
        self._mix: Frames = np.zeros((MOST_BLOCK, 2), np.float32)
        self._heard: Frames = np.zeros((MOST_BLOCK, 2), np.float32)

    def callback(self, out: Frames, now_s: float, dac_s: float, underflow: bool) -> None:
        """Fill (n, channels) and note that its first frame is heard at `dac_s`."""
        frames = len(out)
        mix = self._mix[:frames]
        first = self._queue.read
        filled, row, number = self._queue.read_switching(mix)
        mix[filled:] = 0
        self.stamps.add(self.frames, dac_s, first, filled if row < 0 else row, now_s)
        if row >= 0:
            later_s = row / self.stamps.rate_hz
            self.stamps.add(self.frames + row, dac_s + later_s, number, filled - row, now_s + later_s)
        if self.accompanied and self._backing is not None:
            heard = self._heard[:frames]
            heard[self._backing.read_into(heard) :] = 0
            mix += heard
        if self.monitoring:
            self._add_monitor(mix)
        np.clip(mix, -1.0, 1.0, out=mix)
        self._meter.write(mix)
        if out.shape[1] == 1:
            np.mean(mix, axis=1, keepdims=True, out=out)
        else:
            out[:, :2] = mix
            out[:, 2:] = 0
        self.frames += frames
        self.underflows += underflow
        self.delay_s = dac_s - now_s
        self.called_s = now_s

    def _add_monitor(self, mix: Frames) -> None:
        frames = len(mix)
        if self._monitor.available > 3 * frames:
            self._monitor.skip(self._monitor.available - 2 * frames)  # the two clocks drift; stay close to live
        heard = self._heard[:frames]
        heard[self._monitor.read_into(heard) :] = 0
        heard *= self.monitor_gain
        self._limiter.apply(heard)
        mix += heard


class Microphone:
    """What the input callback writes. Frames are counted from the first stream on, lost ones too."""

    def __init__(self, queue: Fifo, monitor: Fifo, meter: Fifo, rate_hz: float, tap: Fifo | None = None) -> None:
        self.stamps = Stamps(rate_hz)
        self.frames = 0
        self.called_s = math.inf
        self.delay_s = 0.0
        self.overflows = 0
        self.tapped = False
        self.tapped_from = 0
        """A frame of the tap is the frame of the microphone whose number is higher by this."""
        self.tap_filled = Bell()
        self.overflow_places: NDArray[np.int64] = np.zeros((_OVERFLOWS, 2), np.int64)
        """Of the newest ones: the frame of the queue, and the callback, behind what was lost."""
        self.dropped = 0
        self.monitoring = False
        self.losses: NDArray[np.int64] = np.zeros((1024, 2), np.int64)
        self.lost_times = 0
        self._queue = queue
        self._monitor = monitor
        self._meter = meter
        self._tap = tap
        self._both: Frames = np.zeros((MOST_BLOCK, 2), np.float32)

    def callback(self, block: Frames, now_s: float, adc_s: float, overflow: bool) -> None:
        """Take (n, channels) whose first frame was heard at `adc_s`."""
        both = self._both[: len(block)]
        both[:, 0] = block[:, 0]
        both[:, 1] = block[:, min(1, block.shape[1] - 1)]
        self.stamps.add(self.frames, adc_s, self._queue.written, len(block), now_s)
        if overflow:  # noted before the block can be read: what was lost lies in front of it
            self.overflow_places[self.overflows % _OVERFLOWS] = self._queue.written, self.stamps.count - 1
            self.overflows += 1
        taken = self._queue.write(both)
        self.frames += len(block)
        if taken < len(block):
            self._note_loss(len(block) - taken)
        self._meter.write(both)
        if self.tapped and self._tap is not None:
            self.tapped_from = self.frames - len(block) - self._tap.written
            self._tap.write(both[:, :1])
            self.tap_filled.ring()
        if self.monitoring:
            self._monitor.write(both)
        self.delay_s = now_s - adc_s
        self.called_s = now_s

    def _note_loss(self, frames: int) -> None:
        """Note that so many frames are missing behind the newest of the queue; the queue is full, nobody reads it."""
        place = self._queue.written
        last = (self.lost_times - 1) % len(self.losses)
        if self.lost_times and self.losses[last, 0] == place:
            self.losses[last, 1] += frames
        else:
            self.losses[self.lost_times % len(self.losses)] = place, frames
            self.lost_times += 1
        self.dropped += frames


class Stream:
    """One open PortAudio stream of a speaker or a microphone."""

    def __init__(
        self,
        end: Speaker | Microphone,
        device: int,
        rate_hz: int,
        block: int,
        channels: int,
        latency_s: float,
        route: str = "",
    ) -> None:
        self.end = end
        self.channels = channels
        self.finished = False
        self.opened_s = time.monotonic()
        end.stamps.restart(f"{route} {block} {latency_s}")
        self._frames_before = end.frames
        self._latency_s: float | None = None
        make = sounddevice.RawOutputStream if isinstance(end, Speaker) else sounddevice.RawInputStream
        end.called_s = self.opened_s
        self._stream = make(
            samplerate=rate_hz,
            blocksize=block,
            channels=channels,
            dtype="float32",
            device=device,
            latency=latency_s,
            callback=self._speak if isinstance(end, Speaker) else self._listen,
            finished_callback=self._finish,
        )
        self._stream.start()

    @property
    def active(self) -> bool:
        """False once PortAudio has given the stream up; a stalled stream is still active."""
        return not self.finished and bool(self._stream.active)

    @property
    def flows(self) -> bool:
        """Whether sound has come through since it was opened."""
        return self.end.frames > self._frames_before

    @property
    def latency_s(self) -> float:
        """How far the callbacks are from the converter, measured once when the stream is a second old; 0 before."""
        if self._latency_s is None:
            if time.monotonic() - self.opened_s < 1.0:
                return 0.0
            self._latency_s = round(self.end.delay_s, 4)
        return self._latency_s

    def close(self) -> None:
        """Stop at once and let go of the device."""
        self._stream.close(ignore_errors=True)
        self.end.called_s = math.inf

    def _speak(self, out: object, frames: int, times: Times, flags: Flags) -> None:
        speaker = self.end
        assert isinstance(speaker, Speaker)
        now_s = time.monotonic()
        block = np.frombuffer(out, np.float32).reshape(frames, self.channels)  # type: ignore[call-overload] # a cffi buffer
        speaker.callback(
            block, now_s, now_s + max(0.0, times.outputBufferDacTime - times.currentTime), flags.output_underflow
        )

    def _listen(self, data: object, frames: int, times: Times, flags: Flags) -> None:
        microphone = self.end
        assert isinstance(microphone, Microphone)
        now_s = time.monotonic()
        block = np.frombuffer(data, np.float32).reshape(frames, self.channels)  # type: ignore[call-overload] # a cffi buffer
        microphone.callback(
            block, now_s, now_s - max(0.0, times.currentTime - times.inputBufferAdcTime), flags.input_overflow
        )

    def _finish(self) -> None:
        self.finished = True


def restart_portaudio() -> None:
    """Make PortAudio look at the machine afresh. Every stream has to be closed before."""
    sounddevice._terminate()
    sounddevice._initialize()
