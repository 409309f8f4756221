"""Where the sound of a recording comes from: a device of this machine, or a ring that another process fills."""

from typing import Final, Protocol

import numpy as np
from sounddevice import PortAudioError

from studio.audio import devices
from studio.audio.card import Card
from studio.audio.fifo import Fifo
from studio.audio.stream import QUEUE_S, Microphone, Stream
from studio.errors import StudioError
from studio.ipc.ring import Ring
from studio.media.wav import Frames

RATE_HZ: Final = 48000
_BLOCK: Final = 480
_LATENCY_S: Final = 0.02
_SURE_S: Final = 0.25
_METER: Final = 4800


class Source(Protocol):
    """Sound as it comes: frames numbered from 0, and a clock that says when frame 0 was heard."""

    rate_hz: int
    name: str

    @property
    def read(self) -> int:
        """The number of the next frame, those that were lost counted."""
        ...

    @property
    def available(self) -> int:
        """Frames that can be read now."""
        ...

    def offset_s(self) -> float | None:
        """When frame 0 was heard, on CLOCK_MONOTONIC, judged by the newest frames; None until that is known."""
        ...

    def read_into(self, out: Frames) -> int:
        """Fill (n, 2) and return how many frames there were."""
        ...

    def close(self) -> None:
        """Listen no more."""
        ...


class Heard:
    """A sound device, through the studio's own input stream."""

    def __init__(self, card: Card) -> None:
        self.name = card.name
        self.rate_hz = RATE_HZ
        try:
            self._open(card, RATE_HZ)
        except PortAudioError:
            try:
                self._open(card, round(card.rate_hz))
            except PortAudioError as error:
                raise StudioError(
                    "capture.sound",
                    "The screen is not recorded.",
                    cause=f"{card.name} could not be opened: {error.args[0] if error.args else error}.",
                    remedy="Close other programs that use it, choose another microphone, or record without sound.",
                ) from error

    def _open(self, card: Card, rate_hz: int) -> None:
        self.rate_hz = rate_hz
        self._queue = Fifo(round(QUEUE_S * rate_hz), 2)
        self._aside = Fifo(_METER, 2)
        self._microphone = Microphone(self._queue, self._aside, self._aside, rate_hz)
        devices.point_bridge_at(card, _LATENCY_S)
        channels = max(1, min(2, card.inputs))
        self._stream = Stream(self._microphone, card.number, rate_hz, _BLOCK, channels, _LATENCY_S)

    @property
    def read(self) -> int:
        return self._queue.read + self._microphone.dropped

    @property
    def available(self) -> int:
        return self._queue.available

    def offset_s(self) -> float | None:
        return self._microphone.stamps.offset_s(least_s=_SURE_S)

    def read_into(self, out: Frames) -> int:
        self._aside.skip(self._aside.available)
        return self._queue.read_into(out)

    def close(self) -> None:
        self._stream.close()


class Ringing:
    """A ring in shared memory: what the live worker does to a voice, or plays."""

    def __init__(self, ring: str, rate_hz: int, name: str) -> None:
        self.name = name
        self.rate_hz = rate_hz
        self._ring = Ring.attach(ring)
        self._read = 0
        self._earliest_s: list[float] = []
        self._seen_s = 0.0

    @property
    def read(self) -> int:
        return self._read

    @property
    def available(self) -> int:
        return self._ring.available

    def offset_s(self) -> float | None:
        """Blocks are written a little late now and then, never early: the earliest of the newest tell the time."""
        newest_s = self._ring.newest_monotonic_s
        if newest_s and newest_s != self._seen_s:
            self._seen_s = newest_s
            self._earliest_s.append(newest_s - (self._read + self._ring.available) / self.rate_hz)
            del self._earliest_s[:-64]
        return min(self._earliest_s) if len(self._earliest_s) >= 8 else None

    def read_into(self, out: Frames) -> int:
        channels = self._ring.channels
        if channels == out.shape[1]:
            count = self._ring.read_into(out)
        else:
            mono = np.zeros((len(out), channels), np.float32)
            count = self._ring.read_into(mono)
            out[:count] = mono[:count, :1]
        self._read += count
        return count

    def close(self) -> None:
        self._ring.close()


def listen_to(device: str) -> Heard:
    """Open a microphone by its name, "" or "default" for the system's; a `StudioError` says why not."""
    return Heard(devices.choose(devices.cards(), "" if device == "default" else device, "input"))
