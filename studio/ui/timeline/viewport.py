"""Which stretch of time a width of pixels shows. A pure value: every zoom and scroll returns another one."""

import math
from typing import Self

from msgspec import Struct
from msgspec.structs import replace

CLOSEST_SAMPLES_PER_PX = 1 / 64
"""Nothing is gained by drawing one sample wider than this."""

WIDEST_ALWAYS_S = 30.0
"""So much can be in view however short a project is."""
"""How far one can always zoom out, also on an empty or very short project."""


class Viewport(Struct, frozen=True, kw_only=True):
    """The window in time: `first_sample` lies at pixel 0, and each pixel holds `samples_per_px` samples."""

    first_sample: float = 0.0
    samples_per_px: float = 480.0
    width_px: int = 1000
    rate_hz: int = 48000

    def __post_init__(self) -> None:
        if self.samples_per_px <= 0 or self.width_px <= 0 or self.rate_hz <= 0:
            raise ValueError(f"nothing could be seen through {self}")

    @property
    def span(self) -> float:
        """How many samples are in view."""
        return self.width_px * self.samples_per_px

    @property
    def last_sample(self) -> float:
        """The sample at the right edge."""
        return self.first_sample + self.span

    def sample_at(self, x: float) -> float:
        """The timeline sample under pixel `x`."""
        return self.first_sample + x * self.samples_per_px

    def x_of(self, sample: float) -> float:
        """The pixel at which a timeline sample lies; may be outside the width."""
        return (sample - self.first_sample) / self.samples_per_px

    def seconds_at(self, x: float) -> float:
        """The time under pixel `x`, in seconds."""
        return self.sample_at(x) / self.rate_hz

    def zoomed(self, factor: float, about_px: float) -> Self:
        """Show `factor` times fewer samples; what lies under `about_px` stays there."""
        samples_per_px = max(self.samples_per_px / factor, CLOSEST_SAMPLES_PER_PX)
        first = self.sample_at(about_px) - about_px * samples_per_px
        return replace(self, first_sample=first, samples_per_px=samples_per_px)

    def panned(self, by_px: float) -> Self:
        """Move to the right in time by so many pixels."""
        return replace(self, first_sample=self.first_sample + by_px * self.samples_per_px)

    def starting_at(self, sample: float) -> Self:
        """The same zoom, beginning at a sample."""
        return replace(self, first_sample=float(sample))

    def resized(self, width_px: int) -> Self:
        """The same zoom and left edge in another width."""
        return replace(self, width_px=max(width_px, 1))

    def fitted(self, start: float, stop: float, margin: float = 0.02) -> Self:
        """Show exactly `start` to `stop`, with a margin (a fraction of the width) on the right and none left of 0."""
        span = max(stop - start, self.width_px * CLOSEST_SAMPLES_PER_PX)
        samples_per_px = span * (1 + margin) / self.width_px
        first = max(start - span * margin / 2, 0.0) if start > 0 else 0.0
        return replace(self, first_sample=first, samples_per_px=samples_per_px)

    def widest(self, length: int) -> float:
        """The most samples a pixel may hold for a project of that length."""
        return max(length * 1.1, WIDEST_ALWAYS_S * self.rate_hz) / self.width_px

    def clamped(self, length: int) -> Self:
        """The nearest viewport that shows something of a project of that length: never before 0, never all past it."""
        samples_per_px = min(max(self.samples_per_px, CLOSEST_SAMPLES_PER_PX), self.widest(length))
        latest = max(length - 0.25 * self.width_px * samples_per_px, 0.0)
        first = min(max(self.first_sample, 0.0), latest)
        return replace(self, first_sample=first, samples_per_px=samples_per_px)

    def revealing(self, sample: float, margin: float = 0.1) -> Self:
        """Unchanged when the sample is in view, else turned like a page so that it is, `margin` from the left."""
        if self.first_sample <= sample < self.last_sample:
            return self
        return self.starting_at(max(sample - margin * self.span, 0.0))

    def centred(self, sample: float) -> Self:
        """With the sample in the middle."""
        return self.starting_at(max(sample - self.span / 2, 0.0))


class Tick(Struct, frozen=True):
    """A line on the ruler; only long ones (`label` not empty) carry a time."""

    sample: float
    label: str


_MICRO = 1_000_000
_STEPS_US = (
    *(digit * 10**power for power in range(6) for digit in (1, 2, 5)),
    *(seconds * _MICRO for seconds in (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 36000)),
)
"""Times a person reads easily, from a microsecond to ten hours."""

_PARTS = {1: 5, 2: 4, 5: 5}


def _parts(step_us: int) -> int:
    """Into how many parts a step is cut by short ticks."""
    if step_us >= 10 * _MICRO:
        return {10: 5, 15: 3, 30: 6, 60: 6, 120: 4, 300: 5, 600: 5, 900: 3, 1800: 6}.get(step_us // _MICRO, 4)
    leading = int(str(step_us)[0])
    return _PARTS[leading]


def step_us(viewport: Viewport, label_px: float) -> int:
    """The time between two labels, in microseconds, so that each has at least `label_px` for itself."""
    us_per_px = viewport.samples_per_px * _MICRO / viewport.rate_hz
    wanted = us_per_px * label_px
    return next((step for step in _STEPS_US if step >= wanted), math.ceil(wanted / (36000 * _MICRO)) * 36000 * _MICRO)


def ticks(viewport: Viewport, label_px: float = 84.0, short_px: float = 7.0) -> tuple[Tick, ...]:
    """The ruler's lines from left to right: labels at least `label_px` apart, short ticks at least `short_px`."""
    long_us = step_us(viewport, label_px)
    parts = _parts(long_us)
    samples_per_us = viewport.rate_hz / _MICRO
    if long_us % parts or long_us * samples_per_us / viewport.samples_per_px / parts < short_px:
        parts = 1
    short_us = long_us // parts
    first = math.floor(max(viewport.first_sample, 0.0) / samples_per_us / short_us)
    last = math.ceil(viewport.last_sample / samples_per_us / short_us)
    return tuple(
        Tick(n * short_us * samples_per_us, "" if n % parts else time_label(n * short_us, long_us))
        for n in range(first, last + 1)
    )


def time_label(time_us: int, step: int = _MICRO) -> str:
    """A time as the ruler writes it, "1:02:03.45", with as many decimals as the step between labels needs."""
    seconds, fraction = divmod(time_us, _MICRO)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    text = f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"
    decimals = 6 - (len(str(step)) - 1) if step < _MICRO else 0
    return f"{text}.{fraction:06}"[: len(text) + 1 + decimals] if decimals else text
