"""How far the keys of each MIDI channel are bent, from its pitch wheel and the range that it is set to."""

from bisect import bisect_right
from collections import defaultdict
from typing import Final, NamedTuple

_MIDDLE: Final = 8192
_USUAL_SEMITONES, _USUAL_OF_MPE = 2.0, 48.0
_NO_PARAMETER: Final = 0x3FFF
_BEND_RANGE, _MPE_ZONE = 0, 6
_DATA, _FINE_DATA, _OTHER_FINE, _OTHER, _FINE_NUMBER, _NUMBER = 6, 38, 98, 99, 100, 101


class Bend(NamedTuple):
    """From this time on a key sounds so many semitones higher than it is."""

    at_s: float
    semitones: float


class Wheels:
    """Told of controllers and wheels in the order of time."""

    def __init__(self) -> None:
        self._parameter = dict.fromkeys(range(16), _NO_PARAMETER)
        self._range = dict.fromkeys(range(16), _USUAL_SEMITONES)
        self._turned: defaultdict[int, list[Bend]] = defaultdict(list)

    def control(self, channel: int, controller: int, value: int) -> None:
        """A registered parameter is chosen, or set; anything else means nothing here."""
        chosen = self._parameter[channel]
        if controller == _NUMBER:
            self._parameter[channel] = value << 7 | chosen & 0x7F
        elif controller == _FINE_NUMBER:
            self._parameter[channel] = chosen & 0x3F80 | value
        elif controller in (_OTHER, _OTHER_FINE):
            self._parameter[channel] = _NO_PARAMETER
        elif controller == _DATA and chosen == _BEND_RANGE:
            self._range[channel] = float(value)
        elif controller == _FINE_DATA and chosen == _BEND_RANGE:
            self._range[channel] = float(int(self._range[channel])) + value / 100
        elif controller == _DATA and chosen == _MPE_ZONE and channel in (0, 15):
            members = range(1, 1 + value) if channel == 0 else range(15 - value, 15)
            self._range.update((member, _USUAL_OF_MPE) for member in members if member in self._range)

    def turn(self, channel: int, at_s: float, value: int) -> None:
        """A wheel stands at `value`, 0 to 16383, from now on."""
        self._turned[channel].append(Bend(at_s, (value - _MIDDLE) / _MIDDLE * self._range[channel]))

    def between(self, channel: int, start_s: float, end_s: float) -> tuple[Bend, ...]:
        """The bend at a time and those before another; none where the wheel was never touched."""
        turned = self._turned[channel]
        first = bisect_right(turned, start_s, key=lambda bend: bend.at_s)
        last = bisect_right(turned, end_s, key=lambda bend: bend.at_s)
        return tuple(turned[max(first - 1, 0) : last])
