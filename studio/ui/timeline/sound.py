"""What a clip's picture is made of: columns and samples of its sound, or why there are none yet."""

from typing import Protocol

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from studio.model.project import Media, MediaId
from studio.ui.timeline.wave import Columns


class Sound(Protocol):
    """Sound that can be drawn now. Both verbs answer within a millisecond for a screen's width."""

    @property
    def channels(self) -> int:
        """1 for mono, 2 for stereo."""
        ...

    def columns(self, channel: int | None, start: float, samples_per_column: float, count: int) -> Columns:
        """Minimum, maximum and RMS of `count` stretches from sample `start`; None takes all channels together."""
        ...

    def samples(self, channel: int, start: int, stop: int) -> NDArray[np.float32]:
        """The samples themselves, as many of `start` to `stop` as there are."""
        ...


class Loading(Struct, frozen=True):
    """The picture is on its way."""

    fraction: float
    stage: str


class Missing(Struct, frozen=True):
    """There is no sound to draw, and this is why."""

    sentence: str


class Sounds(Protocol):
    """Finds the sound of a medium."""

    def of(self, media: MediaId) -> Sound | Loading | Missing: ...

    def medium(self, media: MediaId) -> Media | None: ...
