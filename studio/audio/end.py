"""One direction of sound: what is open there, and when it was lost."""

import time
from typing import Final

from studio.audio import devices
from studio.audio.card import Card, Direction
from studio.audio.stream import Microphone, Speaker, Stream
from studio.audio.watchdog import Lasting

LINGER_S: Final = 5.0
"""An idle device is kept open for so long: the next start is then immediate."""
_RETRY_S: Final = 0.5
_LATENCY_BLOCKS: Final = 3
_LEAST_LATENCY_S: Final = 0.03


class End:
    """Closed → open → closed, or open → lost → open again. Used by the keeper's thread alone."""

    def __init__(self, direction: Direction) -> None:
        self.direction: Direction = direction
        self.stream: Stream | None = None
        self.card: Card | None = None
        self.lost = False
        self._tried_s = -1e9
        self._idle = Lasting(LINGER_S)

    @property
    def name(self) -> str:
        """The device that is or was open here, "" for none yet."""
        return self.card.name if self.card is not None else ""

    @property
    def open_name(self) -> str:
        """The device that is open here now, "" for none."""
        return self.name if self.stream is not None else ""

    def open(self, card: Card, target: Speaker | Microphone, rate_hz: int, block: int, *, prompt: bool = False) -> None:
        """Open a stream to this very device; a `PortAudioError` says why it cannot be.

        `prompt` asks a server for each block as soon as it is there. It sends half of what it is asked for at once.
        """
        latency_s = max(_LEAST_LATENCY_S, _LATENCY_BLOCKS * block / rate_hz)
        channels = min(2, card.outputs if self.direction == "output" else card.inputs)
        devices.point_bridge_at(card, 2 * block / rate_hz if prompt else latency_s)
        self.stream = Stream(target, card.number, rate_hz, block, channels, latency_s, card.route or card.name)
        self.card = card
        self.lost = False

    def close(self) -> None:
        """Let go of the device."""
        if self.stream is not None:
            self.stream.close()
            self.stream = None

    def forget(self) -> None:
        """Another device was chosen: nothing of this one counts any more."""
        self.card, self.lost = None, False

    def is_idle(self, needed: bool, now_s: float) -> bool:
        """Whether nobody has needed the open stream for so long that it should be closed."""
        unused = self._idle.look(not needed, now_s)
        return unused and self.stream is not None and now_s - self.stream.opened_s > LINGER_S

    def may_try_again(self) -> bool:
        """Whether it is time to look for a lost device once more; notes that it was."""
        now_s = time.monotonic()
        if now_s - self._tried_s <= _RETRY_S:
            return False
        self._tried_s = now_s
        return True


def resampled(rate_hz: int, *ends: End) -> str:
    """Which open devices run at another rate than the project, in words; "" for none."""
    return "; ".join(
        f"{'Loudspeaker' if end.direction == 'output' else 'Microphone'} at {end.card.rate_hz / 1000:g} kHz, "
        f"resampled to {rate_hz / 1000:g} kHz"
        for end in ends
        if end.stream is not None and end.card is not None and round(end.card.rate_hz) != rate_hz
    )
