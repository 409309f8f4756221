"""What is laid over the recorded picture: levels, a waveform, a pitch trace, text, an image.

To add one: a class with `draw` here, a line in `_KINDS`, and its kind in `studio.protocol.capture`.
"""

import math
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final, NamedTuple, Protocol

import av
import numpy as np
from numpy.typing import NDArray

from studio.capture import look
from studio.capture.canvas import Layer
from studio.capture.melody import HOP_S, Melody
from studio.capture.screen import Pixels
from studio.errors import StudioError
from studio.ipc.series import Series
from studio.media.wav import Frames

_FALL_DB_PER_S: Final = 30.0
_SPEAKING_DB: Final = -42.0
_WAVE_S: Final = 3.0
_PIECE: Final = 480


class Item(NamedTuple):
    """An overlay as it was asked for; its place and its size are shares of the picture's sides."""

    kind: str
    left: float
    top: float
    width: float
    height: float
    value: str = ""


class Sound:
    """What overlays know of the sound: its level now, and the shape of its newest seconds."""

    def __init__(self) -> None:
        self.peak_db = look.FLOOR_DB
        self.quiet_s = math.inf
        self.pieces = 0
        self._shape = np.zeros((round(_WAVE_S * 48000) // _PIECE, 2), np.float32)
        self._rest: Frames = np.zeros((0, 2), np.float32)
        self._melody: Melody | None = None
        self.sung = 0

    def hear(self, frames: Frames) -> None:
        """Take (n, 2) at 48 kHz."""
        if self._melody is not None:
            self._melody.hear(frames)
            self.sung += 1
        sound = np.concatenate((self._rest, frames))
        count = len(sound) // _PIECE
        self._rest = sound[count * _PIECE :]
        if not count:
            return
        mono = sound[: count * _PIECE].mean(axis=1).reshape(count, _PIECE)
        self._shape = np.concatenate((self._shape, np.stack((mono.min(axis=1), mono.max(axis=1)), axis=1)))[
            -len(self._shape) :
        ]
        peak = float(np.abs(sound).max())
        seconds = count * _PIECE / 48000
        self.peak_db = max(20 * math.log10(max(peak, 1e-6)), self.peak_db - _FALL_DB_PER_S * seconds, look.FLOOR_DB)
        self.quiet_s = 0.0 if 20 * math.log10(max(peak, 1e-6)) > _SPEAKING_DB else self.quiet_s + seconds
        self.pieces += count

    def melody(self, count: int) -> NDArray[np.float32]:
        """The newest points of the melody, listened for from the first time that this is asked."""
        if self._melody is None:
            self._melody = Melody()
        return self._melody.hz[-count:]

    def shape(self, columns: int) -> NDArray[np.float32]:
        """Lowest and highest sample of each column, oldest first, shape (columns, 2)."""
        at = np.linspace(0, len(self._shape) - 1, columns).astype(int)
        shape: NDArray[np.float32] = self._shape[at]
        return shape


class _Drawn(Protocol):
    """One overlay: `state` tells whether it would look different, `draw` draws it on a clear picture."""

    def state(self, now_s: float) -> int: ...

    def draw(self, picture: Pixels) -> None: ...

    def close(self) -> None: ...


class Stack:
    """All overlays of a recording. `hear` and `layers` may be called by different threads."""

    def __init__(self, items: Sequence[Item], before: "Stack | None" = None) -> None:
        """What was heard `before`, by the layout that this one follows, is not forgotten."""
        self._sound: Sound = before._sound if before is not None else Sound()
        self._items = tuple(items)
        self._drawn: list[_Drawn] = []
        self._pictures: dict[int, tuple[tuple[int, int, int], Layer]] = {}
        try:
            for item in items:
                self._drawn.append(_KINDS[item.kind](item, self._sound))
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
        columns = max(8, round(item.width * width) // 2 * 2)
        rows = max(8, round(item.height * height) // 2 * 2)
        looks = (drawn.state(now_s), columns, rows)
        known = self._pictures.get(index)
        if known is not None and known[0] == looks:
            return known[1]
        picture = np.zeros((rows, columns, 4), np.uint8)
        drawn.draw(picture)
        version = known[1].version + 1 if known is not None else 0
        layer = Layer(f"{index}", version, round(item.left * width), round(item.top * height), picture)
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
        _fill(picture, look.BACK)
        rows = len(picture)
        edge = max(1, rows // 8)
        inside = picture[edge:-edge, edge:-edge]
        for start_db, colour in ((look.FLOOR_DB, look.QUIET), (look.WARM_DB, look.WARM), (look.LOUD_DB, look.LOUD)):
            start, stop = (round((db / -look.FLOOR_DB + 1) * inside.shape[1]) for db in (start_db, self._sound.peak_db))
            if stop > start:
                _fill(inside[:, start:stop], colour)


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
        picture[inside] = _premultiplied(look.QUIET if self.state(0.0) else look.BACK)


class _Waveform(_Still):
    """The newest seconds of the sound."""

    def __init__(self, item: Item, sound: Sound) -> None:
        self._sound = sound

    def state(self, now_s: float) -> int:
        return self._sound.pieces

    def draw(self, picture: Pixels) -> None:
        _fill(picture, look.BACK)
        rows, columns = picture.shape[:2]
        shape = self._sound.shape(columns)
        middle = (rows - 1) / 2
        _columns(picture, middle - shape[:, 1] * middle, middle - shape[:, 0] * middle, look.LINE)


class _Pitch(_Still):
    """The newest seconds of the melody of the recorded voice, on a scale of octaves from C2 to C6."""

    def __init__(self, item: Item, sound: Sound) -> None:
        self._sound = sound

    def state(self, now_s: float) -> int:
        return self._sound.sung

    def draw(self, picture: Pixels) -> None:
        count = round(look.TRACE_S / HOP_S)
        hz = self._sound.melody(count)
        _draw_melody(picture, np.arange(1 - count, 1) * HOP_S, hz)


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
        self._time = fields.index("monotonic_s")
        self._now_s = 0.0

    def state(self, now_s: float) -> int:
        self._now_s = now_s
        return round(now_s * 30)

    def draw(self, picture: Pixels) -> None:
        _, points = self._series.since(0)
        points = points[points[:, self._time] > self._now_s - look.TRACE_S]
        _draw_melody(picture, points[:, self._time] - self._now_s, points[:, self._hz])

    def close(self) -> None:
        self._series.close()


def _draw_melody(picture: Pixels, at_s: NDArray[np.floating], hz: NDArray[np.floating]) -> None:
    """`at_s` is how long ago each point was, negative; where `hz` is NaN or 0 the line has a gap."""
    _fill(picture, look.BACK)
    rows, columns = picture.shape[:2]
    octaves = math.log2(look.HIGH_HZ / look.LOW_HZ)
    for octave in range(1, round(octaves)):
        picture[rows - 1 - round(octave / octaves * (rows - 1))] = _premultiplied(look.GRID)
    if not len(hz):
        return
    at = (1 + at_s / look.TRACE_S) * (columns - 1)
    with np.errstate(invalid="ignore", divide="ignore"):
        height = (rows - 1) * (1 - np.log2(hz / look.LOW_HZ) / octaves)
    known = np.isfinite(height) & (hz > 0)
    joined = known[:-1] & known[1:] & (np.diff(at) < columns / 20)
    if not joined.any():
        return
    across = np.arange(columns)
    before = np.clip(np.searchsorted(at, across, "right") - 1, 0, len(at) - 2)
    line = np.interp(across, at, np.where(known, height, 0.0))
    line = np.where(joined[before] & (across >= at[0]), line, np.nan)
    beside = np.concatenate((line[1:], [np.nan]))
    half = max(1.0, rows / 120)
    _columns(picture, np.fmin(line, beside) - half, np.fmax(line, beside) + half, look.TRACE)


class _Text(_Still):
    """Words, as large as fits, with a soft dark edge that makes them readable on any picture."""

    def __init__(self, item: Item, sound: Sound) -> None:
        self._words = item.value

    def state(self, now_s: float) -> int:
        return 0

    def draw(self, picture: Pixels) -> None:
        from PIL import Image, ImageDraw

        rows, columns = picture.shape[:2]
        size = max(8.0, rows * 0.75)
        image = Image.new("L", (columns, rows))
        edges = Image.new("L", (columns, rows))
        width = ImageDraw.Draw(image).textlength(self._words, font=_font(size))
        font = _font(size * min(1.0, (columns - 4) / max(1.0, width)))
        stroke = max(1, round(font.size / 12))
        at = (stroke + 1, rows / 2)
        ImageDraw.Draw(image).text(at, self._words, fill=255, font=font, anchor="lm")
        ImageDraw.Draw(edges).text(at, self._words, fill=200, font=font, anchor="lm", stroke_width=stroke)
        letters, edge = np.asarray(image, np.uint16), np.asarray(edges, np.uint16)
        for channel in range(3):
            picture[..., channel] = letters * look.TEXT[channel] // 255
        picture[..., 3] = np.maximum(letters, edge)


class _Image(_Still):
    """A picture file, as large as fits."""

    def __init__(self, item: Item, sound: Sound) -> None:
        try:
            with av.open(item.value) as file:
                self._frame = next(file.decode(video=0))
        except (OSError, av.FFmpegError, StopIteration, IndexError) as error:
            raise StudioError(
                "overlay.image",
                f"{Path(item.value).name} is not shown in the recording.",
                cause=f"It cannot be read as a picture: {error if str(error) else 'there is none in it'}.",
                remedy="Choose a PNG or JPEG file.",
            ) from error

    def state(self, now_s: float) -> int:
        return 0

    def draw(self, picture: Pixels) -> None:
        rows, columns = picture.shape[:2]
        scale = min(columns / self._frame.width, rows / self._frame.height)
        width, height = max(2, round(self._frame.width * scale)), max(2, round(self._frame.height * scale))
        scaled = self._frame.reformat(width=width, height=height, format="bgra").to_ndarray()
        alpha = scaled[..., 3:].astype(np.uint16)
        picture[:height, :width, :3] = scaled[..., :3] * alpha // 255
        picture[:height, :width, 3] = scaled[..., 3]


_KINDS: Final[dict[str, Callable[[Item, Sound], _Drawn]]] = {
    "level": _Level,
    "speaking": _Speaking,
    "waveform": _Waveform,
    "pitch": lambda item, sound: _PitchElsewhere(item, sound) if item.value else _Pitch(item, sound),
    "text": _Text,
    "image": _Image,
}


def _premultiplied(colour: tuple[int, int, int, int]) -> tuple[int, int, int, int]:
    blue, green, red, alpha = colour
    return blue * alpha // 255, green * alpha // 255, red * alpha // 255, alpha


def _packed(colour: tuple[int, int, int, int]) -> np.uint32:
    """A colour as one number, of which numpy writes many at once."""
    packed: np.uint32 = np.array(_premultiplied(colour), np.uint8).view(np.uint32)[0]
    return packed


def _fill(picture: Pixels, colour: tuple[int, int, int, int]) -> None:
    picture.view(np.uint32)[...] = _packed(colour)


def _columns(
    picture: Pixels, tops: NDArray[np.floating], bottoms: NDArray[np.floating], colour: tuple[int, int, int, int]
) -> None:
    """Colour each column from its top to its bottom row, at least one pixel where the two meet; none where NaN."""
    known = np.isfinite(tops) & np.isfinite(bottoms)
    if not known.any():
        return
    first = np.where(known, np.floor(tops), len(picture)).astype(np.int16)
    last = np.where(known, np.ceil(bottoms), -1).astype(np.int16)
    band = slice(max(0, int(first.min())), int(last.max()) + 1)
    rows = np.arange(len(picture), dtype=np.int16)[band, None]
    np.putmask(picture.view(np.uint32)[band, :, 0], (rows >= first) & (rows <= last), _packed(colour))


def _font(size: float):  # type: ignore[no-untyped-def]  # noqa: ANN202 one of two kinds, both PIL's own
    from PIL import ImageFont

    for name in ("NotoSans-Regular.ttf", "DejaVuSans.ttf", "Arial.ttf"):
        try:
            return ImageFont.truetype(name, size)
        except OSError:
            continue
    return ImageFont.load_default(size)
