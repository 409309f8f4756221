"""Sound as a picture of frequencies, made on a thread of its own while the window goes on."""

import math
from collections import OrderedDict
from pathlib import Path
from typing import Final, Literal, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QCoreApplication, QObject, QRunnable, QThreadPool, Signal, SignalInstance, Slot
from PySide6.QtGui import QColor, QImage

from studio.errors import StudioError
from studio.media.wav import Frames, MappedWav
from studio.model.pitch import midi_to_hz, note_name
from studio.model.project import Media
from studio.ui.theme import Theme

Axis = Literal["log", "linear"]

AXES: Final[dict[str, Axis]] = {"log": "log", "linear": "linear"}
WINDOW: Final = 2048
WIDE_WINDOW: Final = 256
"""Of a wide band: sharp in time, so that formants and pulses are seen, not overtones."""
LOWEST_HZ: Final = 55.0
HIGHEST_HZ: Final = 14080.0
TOP_DB: Final = -18.0
WIDE_TOP_DB: Final = -8.0
"""Overtones within a wide band add up."""
RANGE_DB: Final = 80.0
_CHUNK: Final = 32
"""Columns transformed between two chances for the window's thread to run."""
_MOST_FRAMES: Final = 3
_KEPT: Final = 96


class _Wanted(NamedTuple):
    """One picture: `columns` stretches of a medium from sample `start`."""

    media: str
    start: int
    samples_per_px: float
    columns: int
    height: int
    axis: Axis
    wide: bool


class HasPaths(Protocol):
    """Knows where the sound of a medium is."""

    def path(self, medium: Media, /) -> Path: ...


class Spectrograms(QObject):
    """Keeps pictures of frequencies. One that is not there is made on a thread and announced by `ready`."""

    ready = Signal(object)  # MediaId
    _done = Signal(object, object)  # _Wanted, NDArray[np.uint8]

    def __init__(self, sounds: HasPaths, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._sounds = sounds
        self._theme = theme
        self._table: list[int] = []
        self._pictures: OrderedDict[_Wanted, QImage] = OrderedDict()
        self._making: set[_Wanted] = set()
        self._wide = False
        self._pool = QThreadPool(self, maxThreadCount=1)
        self._order = 0
        self._done.connect(self._keep)

    @property
    def busy(self) -> bool:
        """Whether pictures are being made."""
        return bool(self._making)

    def set_theme(self, theme: Theme) -> None:
        """Colour everything by another palette."""
        self._theme = theme
        self._table = []
        for picture in self._pictures.values():
            picture.setColorTable(self._colours())

    def set_wide(self, wide: bool) -> None:
        """Look with a short window, or with a long one; `ready` names every medium that looks different now."""
        if wide != self._wide:
            self._wide = wide
            media = {one.media for one in (*self._pictures, *self._making)}
            self._pool.clear()
            self._making.clear()
            self._pictures.clear()
            for medium in media:
                self.ready.emit(medium)

    def _colours(self) -> list[int]:
        """The colours of shades, worked out when the first spectrogram is wanted."""
        self._table = self._table or colour_map(self._theme)
        return self._table

    def axis(self, axis: Axis) -> "AxisTexture":
        """The pictures on one axis, as the tracks paint them."""
        return AxisTexture(self, axis)

    def wait(self) -> None:
        """Return when everything that was asked for is there."""
        self._pool.waitForDone()
        QCoreApplication.sendPostedEvents(self)

    def picture(
        self, media: Media, start: float, samples_per_px: float, width_px: int, height_px: int, axis: Axis
    ) -> QImage | None:
        """The picture, or None while it is being made; `ready` then names its medium."""
        wanted = _Wanted(media.id, round(start), samples_per_px, width_px, height_px, axis, self._wide)
        picture = self._pictures.get(wanted)
        if picture is not None:
            self._pictures.move_to_end(wanted)
            return picture
        if wanted not in self._making:
            stale = {other for other in self._making if other.samples_per_px != samples_per_px}
            if stale:  # the person zoomed on: what waits for the zoom before is not wanted any more
                self._pool.clear()
                self._making.clear()
            self._making.add(wanted)
            self._order += 1
            self._pool.start(_Make(wanted, self._sounds.path(media), self._done), self._order)
        return None

    @Slot(object, object)
    def _keep(self, wanted: _Wanted, shades: NDArray[np.uint8]) -> None:
        self._making.discard(wanted)
        if wanted.wide != self._wide:
            return
        image = QImage(wanted.columns, wanted.height, QImage.Format.Format_Indexed8)
        image.setColorTable(self._colours())
        rows = np.frombuffer(image.bits(), np.uint8).reshape(wanted.height, image.bytesPerLine())
        rows[:, : wanted.columns] = shades
        self._pictures[wanted] = image
        while len(self._pictures) > _KEPT:
            self._pictures.popitem(last=False)
        self.ready.emit(wanted.media)


class AxisTexture:
    """Spectrograms on one axis."""

    def __init__(self, spectrograms: Spectrograms, axis: Axis) -> None:
        self._spectrograms = spectrograms
        self._axis: Axis = axis

    def picture(
        self, media: Media, start: float, samples_per_px: float, width_px: int, height_px: int
    ) -> QImage | None:
        """See `Spectrograms.picture`."""
        return self._spectrograms.picture(media, start, samples_per_px, width_px, height_px, self._axis)


class _Make(QRunnable):
    """Makes one picture on the pool's thread; touches nothing of the window but the signal."""

    def __init__(self, wanted: _Wanted, path: Path, done: SignalInstance) -> None:
        super().__init__()
        self._wanted = wanted
        self._path = path
        self._done = done

    def run(self) -> None:
        wanted = self._wanted
        try:
            wav = MappedWav.open(self._path)
        except StudioError:  # the clip itself says that its sound is missing
            shades = np.zeros((wanted.height, wanted.columns), np.uint8)
        else:
            power = powers(wav.frames, wanted.start, wanted.samples_per_px, wanted.columns, wide=wanted.wide)
            shades = shaded(power, wav.rate_hz, wanted.height, wanted.axis, wide=wanted.wide)
        try:
            self._done.emit(wanted, shades)
        except RuntimeError:  # the window was closed meanwhile
            return


def powers(
    frames: Frames, start: float, samples_per_px: float, columns: int, *, wide: bool = False
) -> NDArray[np.float32]:
    """The power spectrum in the middle of each column; a full-scale sine has 1. Shape (columns, WINDOW // 2 + 1)."""
    window = np.zeros(WINDOW, np.float32)
    length = WIDE_WINDOW if wide else WINDOW
    window[(WINDOW - length) // 2 :][:length] = np.hanning(length + 1)[:-1]
    scale = np.float32(2.0 / window.sum())
    each = min(max(math.ceil(samples_per_px / WINDOW), 1), _MOST_FRAMES)
    out = np.empty((columns, WINDOW // 2 + 1), np.float32)
    within = (np.arange(each) + 0.5) / each * samples_per_px - WINDOW / 2
    steps = np.arange(WINDOW)
    for first in range(0, columns, _CHUNK):
        last = min(first + _CHUNK, columns)
        begins = start + np.arange(first, last)[:, None] * samples_per_px + within
        places = np.floor(begins).astype(np.int64)[:, :, None] + steps
        inside = (places >= 0) & (places < len(frames))
        if not inside.any():
            out[first:last] = 0.0
            continue
        sound = frames[np.clip(places, 0, len(frames) - 1)].mean(axis=-1) * inside
        spectrum = np.fft.rfft(sound * (window * scale), axis=-1)
        out[first:last] = (spectrum.real**2 + spectrum.imag**2).mean(axis=1)
    return out


def top_db(*, wide: bool) -> float:
    """What the brightest shade stands for."""
    return WIDE_TOP_DB if wide else TOP_DB


def shaded(
    power: NDArray[np.float32], rate_hz: int, height: int, axis: Axis, *, wide: bool = False
) -> NDArray[np.uint8]:
    """The picture as shades from 0 (80 dB down) to 255, highest frequency on top; shape (height, columns).

    A row that is broader than a line of the spectrum is as loud as its loudest line: no overtone falls between rows.
    """
    hz = row_hz(height, rate_hz, axis)
    at = np.clip(hz * WINDOW / rate_hz, 0, power.shape[1] - 1.001)
    low = at.astype(np.intp)
    part = (at - low).astype(np.float32)
    rows = power[:, low] * (1 - part) + power[:, low + 1] * part
    begins = np.append(np.ceil((at[1:] + at[:-1]) / 2), 0).astype(np.intp)
    broad = np.flatnonzero(np.append(begins[:-1] - begins[1:], 0) > 1)
    if len(broad):
        last = math.floor(at[0])
        loudest = np.maximum.reduceat(power[:, : last + 1], np.minimum(begins[::-1], last), axis=1)[:, ::-1]
        rows[:, broad] = loudest[:, broad]
    db = 10 * np.log10(np.maximum(rows, 1e-14))
    shade = (db - (top_db(wide=wide) - RANGE_DB)) * (255 / RANGE_DB)
    return np.clip(shade, 0, 255).astype(np.uint8).T


def row_hz(height: int, rate_hz: int, axis: Axis) -> NDArray[np.float64]:
    """The frequency in the middle of each row of pixels, from the top."""
    part = 1 - (np.arange(height) + 0.5) / height
    top = highest_hz(rate_hz)
    if axis == "linear":
        return part * top
    return LOWEST_HZ * (top / LOWEST_HZ) ** part


def highest_hz(rate_hz: int) -> float:
    """The frequency at the upper edge of the picture."""
    return min(HIGHEST_HZ, rate_hz / 2)


def axis_labels(height: float, rate_hz: int, axis: Axis, a4_hz: float) -> list[tuple[float, str]]:
    """Heights from the top and what stands there: the octaves' C on the log axis, kilohertz on the linear one."""
    top = highest_hz(rate_hz)
    if axis == "linear":
        step = next(step for step in (1, 2, 5, 10, 20) if height * step * 1000 / top >= 18)
        return [(height * (1 - khz * 1000 / top), f"{khz} kHz") for khz in range(step, math.ceil(top / 1000), step)]
    octaves = [(midi, midi_to_hz(midi, a4_hz)) for midi in range(24, 132, 12)]
    span = math.log(top / LOWEST_HZ)
    shown = [
        (height * (1 - math.log(hz / LOWEST_HZ) / span), note_name(midi))
        for midi, hz in octaves
        if LOWEST_HZ < hz < top
    ]
    return shown if height / max(len(shown), 1) >= 12 else shown[::2]


def colour_map(theme: Theme) -> list[int]:
    """256 colours from the panel's through violet and coral to pale yellow, even steps to the eye.

    On a light panel the way is turned round, so that loud still stands out the most.
    """
    quiet = theme.panel
    loud = [QColor("#4B2E9E"), QColor("#C2478F"), QColor("#FF8A5C"), QColor("#FFF3B8")]
    stops = [quiet, *(loud if theme.is_dark else loud[::-1])]
    if not theme.is_dark:
        stops[-1] = QColor("#2E1470")
    lab = np.array([_oklab(stop) for stop in stops])
    place = np.linspace(0, len(stops) - 1, 256)
    mixed = np.stack([np.interp(place, np.arange(len(stops)), lab[:, part]) for part in range(3)], axis=1)
    linear = np.clip((mixed @ np.linalg.inv(_TO_LAB).T) ** 3 @ np.linalg.inv(_TO_LMS).T, 0, 1)
    values = np.where(linear <= 0.0031308, linear * 12.92, 1.055 * linear ** (1 / 2.4) - 0.055)
    red, green, blue = np.rint(values * 255).astype(np.int64).T
    colours: list[int] = (0xFF000000 | red << 16 | green << 8 | blue).tolist()
    return colours


_TO_LMS: Final = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
_TO_LAB: Final = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)
"""Björn Ottosson, "A perceptual color space for image processing", 2020."""


def _oklab(colour: QColor) -> NDArray[np.float64]:
    values = np.array([colour.redF(), colour.greenF(), colour.blueF()])
    linear = np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)
    lab: NDArray[np.float64] = _TO_LAB @ np.cbrt(_TO_LMS @ linear)
    return lab
