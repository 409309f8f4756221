"""What is laid over the recorded picture: levels, a waveform, a pitch trace, text, an image, a camera.

To add one: a class with `draw` here or beside, a line in `_KINDS`, and its kind in `studio.model.overlays`.
"""

import itertools
from collections.abc import Callable, Sequence
from typing import Final, NamedTuple, Protocol

import numpy as np

from studio.capture import look
from studio.capture.camera import Cameras
from studio.capture.camera_overlay import CameraPicture
from studio.capture.canvas import Layer
from studio.capture.heard import Sound
from studio.capture.melody import HOP_S
from studio.capture.painting import bars, fill, premultiplied
from studio.capture.screen import Area, Pixels
from studio.capture.standing import PictureFile, Words
from studio.capture.trace import Trace
from studio.errors import StudioError
from studio.ipc.series import Series
from studio.media.wav import Frames

_versions = itertools.count()  # over all layouts: one that follows another never looks like it by chance


class Item(NamedTuple):
    """An overlay as it was asked for; its place and its size are shares of the picture's sides.

    `speaking` is the picture file of an avatar while somebody speaks.
    """

    kind: str
    left: float
    top: float
    width: float
    height: float
    value: str = ""
    mirrored: bool = False
    speaking: str = ""


def box_of(item: Item, width: int, height: int) -> Area:
    """Where an overlay lies on a picture of this size, in pixels; its own sides are even."""
    columns, rows = (max(8, round(side) // 2 * 2) for side in (item.width * width, item.height * height))
    return Area(round(item.left * width), round(item.top * height), columns, rows)


class _Drawn(Protocol):
    """One overlay: `state` tells whether it would look different, `draw` draws it on a clear picture."""

    def state(self, now_s: float) -> int: ...

    def draw(self, picture: Pixels) -> None: ...

    def close(self) -> None: ...


class Stack:
    """All overlays of a recording. `hear` and `layers` may be called by different threads."""

    def __init__(self, items: Sequence[Item], before: "Stack | None" = None, cameras: Cameras | None = None) -> None:
        """What was heard `before`, by the layout that this one follows, is not forgotten.

        ValueError where a camera is to be shown and there are no `cameras`.
        """
        self._sound: Sound = before._sound if before is not None else Sound()
        self._items = tuple(items)
        self._drawn: list[_Drawn] = []
        self._pictures: dict[int, tuple[tuple[int, int, int], Layer]] = {}
        try:
            for item in items:
                self._drawn.append(_drawn(item, self._sound, cameras))
        except BaseException:
            self.close()
            raise

    def hear(self, frames: Frames) -> None:
        self._sound.hear(frames)

    def layers(self, now_s: float, width: int, height: int) -> list[Layer]:
        """The overlays as they look now, drawn again only where they changed."""
        return [self._layer(index, now_s, width, height) for index in range(len(self._items))]

    def close(self) -> None:
        """Let go of what overlays look at."""
        for drawn in self._drawn:
            drawn.close()

    def _layer(self, index: int, now_s: float, width: int, height: int) -> Layer:
        item, drawn = self._items[index], self._drawn[index]
        left, top, columns, rows = box_of(item, width, height)
        looks = (drawn.state(now_s), columns, rows)
        known = self._pictures.get(index)
        if known is not None and known[0] == looks:
            return known[1]
        picture = np.zeros((rows, columns, 4), np.uint8)
        drawn.draw(picture)
        layer = Layer(f"{index}", next(_versions), left, top, picture)
        self._pictures[index] = looks, layer
        return layer


class _Still:
    """An overlay that looks at nothing."""

    def close(self) -> None:
        pass


class _Level(_Still):
    """A bar from -60 dB to 0 dB in the meters' colours."""

    def __init__(self, item: Item, sound: Sound) -> None:
        self._sound = sound

    def state(self, now_s: float) -> int:
        return round(self._sound.peak_db * 4)

    def draw(self, picture: Pixels) -> None:
        fill(picture, look.BACK)
        rows = len(picture)
        edge = max(1, rows // 8)
        inside = picture[edge:-edge, edge:-edge]
        for start_db, colour in ((look.FLOOR_DB, look.QUIET), (look.WARM_DB, look.WARM), (look.LOUD_DB, look.LOUD)):
            start, stop = (round((db / -look.FLOOR_DB + 1) * inside.shape[1]) for db in (start_db, self._sound.peak_db))
            if stop > start:
                fill(inside[:, start:stop], colour)


class _Speaking(_Still):
    """A round lamp that is on while somebody speaks."""

    def __init__(self, item: Item, sound: Sound) -> None:
        self._sound = sound

    def state(self, now_s: float) -> int:
        return int(self._sound.quiet_s < look.HOLD_S)

    def draw(self, picture: Pixels) -> None:
        rows, columns = picture.shape[:2]
        y, x = np.mgrid[:rows, :columns]
        radius = min(rows, columns) / 2
        inside = (y - (rows - 1) / 2) ** 2 + (x - (columns - 1) / 2) ** 2 <= (radius - 1) ** 2
        picture[inside] = premultiplied(look.QUIET if self.state(0.0) else look.BACK)


class _Avatar(_Still):
    """A picture that is another one, or brighter, while somebody speaks."""

    def __init__(self, item: Item, sound: Sound) -> None:
        self._sound = sound
        self._quiet = PictureFile(item.value)
        self._speaking = PictureFile(item.speaking) if item.speaking else None

    def state(self, now_s: float) -> int:
        return int(self._sound.quiet_s < look.HOLD_S)

    def draw(self, picture: Pixels) -> None:
        speaks = bool(self.state(0.0))
        (self._speaking if speaks and self._speaking is not None else self._quiet).draw(picture)
        if not speaks and self._speaking is None:
            picture[..., :3] = picture[..., :3] * look.SILENT


class _Waveform(_Still):
    """The newest seconds of the sound."""

    def __init__(self, item: Item, sound: Sound) -> None:
        self._sound = sound

    def state(self, now_s: float) -> int:
        return self._sound.pieces

    def draw(self, picture: Pixels) -> None:
        fill(picture, look.BACK)
        rows, columns = picture.shape[:2]
        shape = self._sound.shape(columns)
        middle = (rows - 1) / 2
        bars(picture, middle - shape[:, 1] * middle, middle - shape[:, 0] * middle, look.LINE)


class _Pitch(_Still):
    """The newest seconds of the melody of the recorded voice."""

    def __init__(self, item: Item, sound: Sound) -> None:
        self._sound = sound
        self._trace = Trace()

    def state(self, now_s: float) -> int:
        return self._sound.sung

    def draw(self, picture: Pixels) -> None:
        count = round(look.TRACE_S / HOP_S)
        hz = self._sound.melody(count)
        self._trace.draw(picture, np.arange(1 - count, 1) * HOP_S, hz)


class _PitchElsewhere:
    """The same of a melody that another process finds and leaves in a `Series`."""

    def __init__(self, item: Item, sound: Sound) -> None:
        self._series = Series.attach(item.value)
        fields = self._series.fields
        self._hz = next((fields.index(name) for name in ("hz", "f0_hz", "pitch_hz") if name in fields), -1)
        if self._hz < 0 or "monotonic_s" not in fields:
            self._series.close()
            raise StudioError(
                "overlay.series",
                "The pitch is not shown in the recording.",
                cause=f"{item.value} holds no pitch, but {', '.join(fields)}.",
                remedy="This is our mistake: please send us the log.",
            )
        self._trace = Trace()
        self._time = fields.index("monotonic_s")
        self._now_s = 0.0

    def state(self, now_s: float) -> int:
        self._now_s = now_s
        return round(now_s * 30)

    def draw(self, picture: Pixels) -> None:
        _, points = self._series.since(0)
        points = points[points[:, self._time] > self._now_s - look.TRACE_S]
        self._trace.draw(picture, points[:, self._time] - self._now_s, points[:, self._hz])

    def close(self) -> None:
        self._series.close()


_KINDS: Final[dict[str, Callable[[Item, Sound], _Drawn]]] = {
    "level": _Level,
    "speaking": _Speaking,
    "waveform": _Waveform,
    "pitch": lambda item, sound: _PitchElsewhere(item, sound) if item.value else _Pitch(item, sound),
    "text": lambda item, sound: Words(item.value),
    "lyrics": lambda item, sound: Words(item.value, centred=True),
    "image": lambda item, sound: PictureFile(item.value),
    "avatar": _Avatar,
}


def _drawn(item: Item, sound: Sound, cameras: Cameras | None) -> _Drawn:
    if item.kind != "camera":
        return _KINDS[item.kind](item, sound)
    if cameras is None:
        raise ValueError("no cameras to show one of")
    return CameraPicture(cameras, item.value, item.mirrored)
