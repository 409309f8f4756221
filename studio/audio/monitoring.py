"""What goes wrong for somebody who hears himself: a loop that howls, and a voice that comes back too late.

A howl is told from a voice by what van Waterschoot & Moonen list in "Fifty years of acoustic feedback control"
(Proceedings of the IEEE 99(2), 2011): nearly all of the power in one line of the spectrum, which stays and grows.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from studio.audio.card import Card
from studio.audio.watchdog import Alarms, Lasting
from studio.errors import Explanation
from studio.media.wav import Frames

LATE_S: Final = 0.1
"""What comes back later than this disturbs everybody who sings; bluetooth takes 0.15 s and more."""

_WINDOW: Final = 2048
_HALF_LINE: Final = 3
_LOWEST_HZ: Final = 60.0
_SHARE: Final = 0.9
_SHARE_OF_A_SQUARE_WAVE: Final = 0.75  # 8/pi², which is what a howl becomes that is cut off at full scale, less a tenth
_AUDIBLE_DB: Final = -55.0
_GROWS_S: Final = 0.3
_GROWS_DB: Final = 6.0
_FALLS_DB: Final = 1.5
_FULL_DB: Final = -9.0
_FULL_S: Final = 1.0
_QUIET_AFTER_S: Final = 1.0
_LATE_FOR_S: Final = 1.0
_BLUETOOTH: Final = ("bluez", "bluetooth", "airpods")


class Howl:
    """Whether the input howls. The clock is an argument; looks come about sixty times a second."""

    def __init__(self, rate_hz: float) -> None:
        self.hz = 0.0
        """Where it howls, or did last."""
        self._rate_hz = rate_hz
        self._heard: NDArray[np.float32] = np.zeros(_WINDOW, np.float32)
        self._window = np.hanning(_WINDOW + 1)[:_WINDOW].astype(np.float32)
        self._line = 0
        self._run: list[tuple[float, float]] = []  # time and level of one line that stays
        self._howls = False
        self._last_s = -1e9

    def look(self, came: Frames, now_s: float) -> bool:
        """Hear (n, 2), and return whether it howls or just did."""
        if len(came):
            self._heard = np.concatenate((self._heard, came[:, 0] + came[:, 1]))[-_WINDOW:]
            self._judge(now_s)
        if self._howls and now_s - self._last_s > _QUIET_AFTER_S:
            self._howls = False
        return self._howls

    def forget(self) -> None:
        """Nobody hears himself now."""
        self._run.clear()
        self._howls = False

    def _judge(self, now_s: float) -> None:
        power = np.square(np.abs(np.fft.rfft(self._heard * self._window)))
        power[: round(_LOWEST_HZ * _WINDOW / self._rate_hz)] = 0.0
        line = int(np.argmax(power))
        total = float(power.sum())
        share = float(power[max(line - _HALF_LINE, 0) : line + _HALF_LINE + 1].sum()) / max(total, 1e-20)
        level_db = 10 * float(np.log10(float(np.mean(np.square(self._heard))) / 4 + 1e-20))
        if share < (_SHARE_OF_A_SQUARE_WAVE if level_db > _FULL_DB else _SHARE) or level_db < _AUDIBLE_DB:
            self._run.clear()
            return
        if abs(line - self._line) > 1 or (self._run and level_db < max(one[1] for one in self._run[-8:]) - _FALLS_DB):
            self._run.clear()
        self._line = line
        self._run.append((now_s, level_db))
        if self._howls or self._grows(now_s) or self._is_full(now_s):
            self._howls = True
            self._last_s = now_s
            self.hz = line * self._rate_hz / _WINDOW
        while now_s - self._run[0][0] > _FULL_S + _GROWS_S:
            del self._run[0]

    def _grows(self, now_s: float) -> bool:
        """By as much in each half: a note that somebody begins grows only at once, and then stays."""
        recent = [one for one in self._run if now_s - one[0] <= _GROWS_S]
        if len(recent) < 6 or now_s - recent[0][0] < 0.8 * _GROWS_S:
            return False
        first, middle, last = recent[0][1], recent[len(recent) // 2][1], recent[-1][1]
        return min(middle - first, last - middle) > 0.4 * _GROWS_DB and last - first > _GROWS_DB

    def _is_full(self, now_s: float) -> bool:
        """As loud as the limiter lets it be, and for long."""
        return now_s - self._run[0][0] > _FULL_S and min(level for _time, level in self._run) > _FULL_DB


class Monitoring:
    """Raises and clears what a person has to know while the input is heard."""

    def __init__(self, alarms: Alarms) -> None:
        self._alarms = alarms
        self._late = Lasting(_LATE_FOR_S)

    def look(self, output: Card | None, input: Card | None, delay_s: float, now_s: float) -> None:
        """Both devices while the person hears himself, None while not, and how long the way through them is."""
        if output is None or input is None:
            self._late.look(False, now_s)
            self._alarms.clear("late_monitor")
            return
        wireless = next((card for card in (output, input) if is_bluetooth(card)), None)
        late = self._late.look(delay_s > LATE_S, now_s)
        if wireless is not None:
            self._alarms.raise_("late_monitor", bluetooth(wireless.name))
        elif late:
            self._alarms.raise_("late_monitor", too_late(output.name, delay_s))
        elif delay_s < 0.8 * LATE_S:
            self._alarms.clear("late_monitor")


def is_bluetooth(card: Card) -> bool:
    """Whether a device's sound goes through the air, as far as its names tell."""
    names = f"{card.route} {card.name}".lower()
    return any(word in names for word in _BLUETOOTH)


def say_howl(alarms: Alarms, hz: float) -> None:
    """Raise it once; where it howls may change while it does."""
    if "feedback" not in alarms:
        alarms.raise_("feedback", feedback(hz))


def feedback(hz: float) -> Explanation:
    return Explanation(
        code="monitor.feedback",
        title="The microphone hears the loudspeaker: it howls.",
        cause=f"A tone near {round(hz, -1):.0f} Hz goes round and grows.",
        remedy="Put headphones on, or switch “Hear yourself” off.",
    )


def bluetooth(device: str) -> Explanation:
    return Explanation(
        code="monitor.bluetooth",
        title="You hear yourself late.",
        cause=f"{device} is connected by Bluetooth, which delays sound by 0.15 s or more.",
        remedy="Use headphones with a cable to hear yourself. What is recorded lies in the right place all the same.",
    )


def too_late(device: str, delay_s: float) -> Explanation:
    return Explanation(
        code="monitor.late",
        title="You hear yourself late.",
        cause=f"From the microphone to {device} sound takes about {round(delay_s, 2):g} s.",
        remedy="Choose a smaller block size or another device in Preferences, or switch “Hear yourself” off.",
    )
