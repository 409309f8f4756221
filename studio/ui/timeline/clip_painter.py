"""Paints stretches of a track into pictures: clips with header, waveform, fades, in device pixels."""

import math
from bisect import bisect_left
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Protocol

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QImage, QPainter, QPainterPath, QPen, QPolygonF

from studio.model.fades import rise
from studio.model.project import Clip, Media, Track
from studio.ui.timeline.colours import Colours, RowColours
from studio.ui.timeline.rows import CLIP_HEADER, CLIP_INSET
from studio.ui.timeline.sound import Loading, Missing, Sound, Sounds
from studio.ui.timeline.viewport import Viewport, ticks
from studio.ui.timeline.wave import paint_wave

TILE_PX = 512
"""Width of a cached picture, device pixels: wide enough to cost little each, small enough to fit in a frame."""

_Samples = Callable[[int, int, int], NDArray[np.float32]]
_RADIUS = 6.0
_NARROW_PX = 3
_ROUNDED_PX = 14
_LONGEST_NAME_PX = 640
_NAMED_PX = 28
_LINE_SAMPLES_PER_PX = 4.0
_DOT_SAMPLES_PER_PX = 1 / 6
_STEREO_PX = 72


class TileSpot(Struct, frozen=True):
    """A stretch of one row: device pixels `index * TILE_PX` onwards at a zoom, counted from the timeline's start."""

    index: int
    samples_per_px: float
    height_px: int
    scale: float

    @property
    def left(self) -> int:
        """Its first device pixel, counted from the timeline's start."""
        return self.index * TILE_PX


class Texture(Protocol):
    """Another way to show a clip's sound than its waveform, such as its spectrogram."""

    def picture(
        self, media: Media, start: float, samples_per_px: float, width_px: int, height_px: int
    ) -> QImage | None:
        """The picture of `width_px` columns from sample `start`, or None while it is being made."""
        ...


class ClipIndex:
    """The clips of one track, for quick answers to which of them show in a range."""

    def __init__(self, track: Track) -> None:
        self.track = track
        self._starts = [clip.start for clip in track.clips]
        reach = np.maximum.accumulate(np.array([clip.end for clip in track.clips] or [0], np.int64))
        self._reach: list[int] = reach.tolist()

    def between(self, start: float, stop: float) -> tuple[Clip, ...]:
        """The clips that have a sample in a range, in order."""
        first = bisect_left(self._reach, math.floor(start) + 1) if self._starts else 0
        last = bisect_left(self._starts, stop)
        return tuple(clip for clip in self.track.clips[first:last] if clip.end > start)


class ClipPainter:
    """Makes the pictures of rows. Knows colours and sounds, but not what is scrolled where."""

    def __init__(self, colours: Colours, sounds: Sounds, font: QFont, rate_hz: int) -> None:
        self._colours = colours
        self._sounds = sounds
        self._rate_hz = rate_hz
        self._font = font
        self.clips_painted = 0
        """How many clips have been drawn so far, whole or in part: what a test counts."""

    def tile(
        self, spot: TileSpot, clips: ClipIndex, row: RowColours, zoom: float = 1.0, texture: Texture | None = None
    ) -> QImage:
        """The picture of one row between two device pixels."""
        image = QImage(TILE_PX, spot.height_px, QImage.Format.Format_RGB32)
        image.fill(self._colours.canvas)
        painter = QPainter(image)
        self._grid(painter, spot)
        start = spot.left * spot.samples_per_px
        shown = clips.between(start, start + TILE_PX * spot.samples_per_px)
        if shown:
            painter.setFont(_scaled(self._font, spot.scale))
            self._clips(painter, spot, shown, row, zoom, texture)
        painter.fillRect(0, spot.height_px - 1, TILE_PX, 1, self._colours.line)
        painter.end()
        return image

    def _grid(self, painter: QPainter, spot: TileSpot) -> None:
        view = Viewport(
            first_sample=spot.left * spot.samples_per_px,
            samples_per_px=spot.samples_per_px,
            width_px=TILE_PX,
            rate_hz=self._rate_hz,
        )
        for tick in ticks(view, label_px=84.0 * spot.scale, short_px=1e9):
            x = round(tick.sample / spot.samples_per_px) - spot.left
            painter.fillRect(x, 0, 1, spot.height_px, self._colours.grid)

    def _clips(
        self,
        painter: QPainter,
        spot: TileSpot,
        clips: Iterable[Clip],
        row: RowColours,
        zoom: float,
        texture: Texture | None,
    ) -> None:
        drawn_to = -1
        top = round(CLIP_INSET * spot.scale)
        bottom = spot.height_px - round((CLIP_INSET + 1) * spot.scale)
        for clip in clips:
            self.clips_painted += 1
            left = round(clip.start / spot.samples_per_px) - spot.left
            right = max(round(clip.end / spot.samples_per_px) - spot.left, left + 1)
            if right - left < _NARROW_PX:
                if right > drawn_to:
                    painter.fillRect(max(left, drawn_to), top, right - max(left, drawn_to), bottom - top, row.sliver)
                    drawn_to = right
                continue
            right -= 1  # a dark line between clips that touch
            from_px, to_px = max(left, 0), min(right, TILE_PX)
            if from_px < to_px:
                self._clip(painter, _Piece(spot, clip, left, right, from_px, to_px, top, bottom, row), zoom, texture)

    def _clip(self, painter: QPainter, piece: "_Piece", zoom: float, texture: Texture | None) -> None:
        row, scale = piece.row, piece.spot.scale
        sound = self._sounds.of(piece.clip.media)
        medium = self._sounds.medium(piece.clip.media)
        painter.fillRect(piece.from_px, piece.top, piece.width, piece.header, row.header)
        if isinstance(sound, Loading | Missing) or medium is None:
            painter.fillRect(piece.from_px, piece.body_top, piece.width, piece.body_height, row.empty)
            self._outline(painter, piece)
        elif texture is not None:
            self._texture(painter, piece, medium, texture)
        else:
            self._wave(painter, piece, sound, zoom)
        if piece.right - piece.left >= _ROUNDED_PX:
            self._fades(painter, piece)
            self._corners(painter, piece)
        if piece.right - piece.left >= _NAMED_PX * scale:
            name = piece.clip.name or (medium.name if medium else "")
            write_name(painter, name, piece.left, piece.right, piece.top, row, scale)

    def _outline(self, painter: QPainter, piece: "_Piece") -> None:
        scale = piece.spot.scale
        box = QRectF(piece.left, piece.top, piece.right - piece.left, piece.bottom - piece.top)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self._colours.strong_line, scale))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), _RADIUS * scale, _RADIUS * scale)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)

    def _wave(self, painter: QPainter, piece: "_Piece", sound: Sound, zoom: float) -> None:
        if piece.body_height < 2:
            return
        stereo = sound.channels == 2 and piece.body_height >= _STEREO_PX * piece.spot.scale
        lanes: tuple[int | None, ...] = (0, 1) if stereo else (None,)
        each = piece.body_height // len(lanes)
        for lane, channel in enumerate(lanes):
            top = piece.body_top + lane * each
            height = each if lane < len(lanes) - 1 else piece.body_height - lane * each
            if piece.spot.samples_per_px < _LINE_SAMPLES_PER_PX:
                painter.fillRect(piece.from_px, top, piece.width, height, piece.row.background)
                self._line(painter, piece, sound.samples, channel or 0, top, height, zoom)
            else:
                start = piece.clip_place + piece.clip.source_start
                columns = sound.columns(channel, start, piece.spot.samples_per_px, piece.width)
                painter.drawImage(piece.from_px, top, _wave_image(columns, height, piece, zoom))

    def _line(
        self, painter: QPainter, piece: "_Piece", samples: _Samples, channel: int, top: int, height: int, zoom: float
    ) -> None:
        """Samples one by one: a line through them, and dots where they are far enough apart."""
        spot, clip = piece.spot, piece.clip
        offset = clip.source_start - clip.start
        first = max(math.floor((spot.left + piece.from_px) * spot.samples_per_px) + offset - 1, clip.source_start)
        last = min(math.ceil((spot.left + piece.to_px) * spot.samples_per_px) + offset + 2, clip.source_end)
        values = samples(channel, first, max(last, first))
        if not len(values):
            return
        places = np.arange(first, first + len(values), dtype=np.float64) - offset
        heard = values * fade_gain(clip, places - clip.start) * (zoom * _linear(clip.gain_db))
        xs = (places + 0.5) / spot.samples_per_px - spot.left
        middle = top + height / 2
        ys = np.clip(middle - heard * (height / 2), top, top + height)
        painter.save()
        painter.setClipRect(piece.from_px, top, piece.width, height)
        painter.fillRect(piece.from_px, int(middle), piece.width, 1, piece.row.zero_line)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        points = polygon(xs, ys)
        painter.setPen(QPen(piece.row.line, 1.5 * spot.scale))
        painter.drawPolyline(points)
        if spot.samples_per_px * spot.scale <= _DOT_SAMPLES_PER_PX:
            painter.setPen(QPen(piece.row.line, 5 * spot.scale, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
            painter.drawPoints(points)
        painter.restore()

    def _texture(self, painter: QPainter, piece: "_Piece", medium: Media, texture: Texture) -> None:
        spot = piece.spot
        origin = spot.left * spot.samples_per_px - piece.clip.start + piece.clip.source_start
        picture = texture.picture(medium, origin, spot.samples_per_px, TILE_PX, piece.body_height)
        if picture is None:
            painter.fillRect(piece.from_px, piece.body_top, piece.width, piece.body_height, piece.row.empty)
        else:
            painter.drawImage(piece.from_px, piece.body_top, picture, piece.from_px, 0, piece.width, piece.body_height)

    def _fades(self, painter: QPainter, piece: "_Piece") -> None:
        clip, top, height = piece.clip, piece.body_top, piece.body_height
        if not clip.fade_in.length and not clip.fade_out.length:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for fade, corner, direction in ((clip.fade_in, piece.left, 1), (clip.fade_out, piece.right, -1)):
            width = fade.length / piece.spot.samples_per_px
            low, high = sorted((corner, corner + direction * width))
            if width < 2 or high < 0 or low > TILE_PX:
                continue
            part = np.linspace(0.0, 1.0, max(min(int(width / 3), 96), 8))
            curve = polygon(corner + direction * part * width, top + (1.0 - rise(fade.shape, part)) * height)
            shade = QPainterPath(QPointF(corner, top))
            shade.addPolygon(curve)
            shade.lineTo(QPointF(corner, top))
            painter.fillPath(shade, self._colours.fade_shade)
            painter.setPen(QPen(piece.row.fade_line, 1.2 * piece.spot.scale))
            painter.drawPolyline(curve)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)

    def _corners(self, painter: QPainter, piece: "_Piece") -> None:
        """Round the four corners by painting what lies outside of them."""
        radius = _RADIUS * piece.spot.scale
        ends = [(piece.left, radius)] if piece.left > -radius else []
        if piece.right < TILE_PX + radius:
            ends.append((piece.right, -radius))
        if not ends:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for x, across in ends:
            for y, down in ((piece.top, radius), (piece.bottom, -radius)):
                painter.fillPath(_corner(x, y, across, down), self._colours.canvas)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)


class _Piece(Struct, frozen=True):
    """The part of a clip that falls into one picture: the clip from `left` to `right`, painted `from_px` to `to_px`."""

    spot: TileSpot
    clip: Clip
    left: int
    right: int
    from_px: int
    to_px: int
    top: int
    bottom: int
    row: RowColours

    @property
    def width(self) -> int:
        return self.to_px - self.from_px

    @property
    def header(self) -> int:
        return round(CLIP_HEADER * self.spot.scale)

    @property
    def body_top(self) -> int:
        return self.top + self.header

    @property
    def body_height(self) -> int:
        return self.bottom - self.body_top

    @property
    def clip_place(self) -> float:
        """Where the first painted column begins, in samples from the clip's start."""
        return (self.spot.left + self.from_px) * self.spot.samples_per_px - self.clip.start

    def gains(self) -> NDArray[np.float32] | float:
        """The gain of each column, fades included; one number where no fade is in view."""
        clip, gain, place = self.clip, _linear(self.clip.gain_db), self.clip_place
        stop = place + self.width * self.spot.samples_per_px
        if place >= clip.fade_in.length and stop <= clip.length - clip.fade_out.length:
            return gain
        centres = place + (np.arange(self.width) + 0.5) * self.spot.samples_per_px
        return (fade_gain(clip, centres) * gain).astype(np.float32)


def write_name(
    painter: QPainter, name: str, left: float, right: float, top: float, row: RowColours, scale: float = 1.0
) -> None:
    """Write a clip's name on its header, shortened to fit."""
    font = painter.font()
    room = right - left - 14 * scale
    painter.setPen(row.name)
    box = QRectF(left + 8 * scale, top, room + 4 * scale, CLIP_HEADER * scale)
    text = _elided(name, font.pixelSize(), font.family(), min(math.floor(room), _LONGEST_NAME_PX))
    painter.drawText(box, int(Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine), text)


def polygon(xs: NDArray[np.float64], ys: NDArray[np.float64]) -> QPolygonF:
    """Points for a painter."""
    return QPolygonF([QPointF(x, y) for x, y in zip(xs.tolist(), ys.tolist(), strict=True)])


def _linear(gain_db: float) -> float:
    return float(10 ** (gain_db / 20))


def fade_gain(clip: Clip, places: NDArray[np.floating]) -> NDArray[np.float64]:
    """The gain of a clip's fades at places counted from its start, in samples."""
    gain = np.ones(len(places))
    if clip.fade_in.length:
        gain *= rise(clip.fade_in.shape, (places.astype(np.float64) + 0.5) / clip.fade_in.length)
    if clip.fade_out.length:
        gain *= rise(clip.fade_out.shape, (clip.length - 0.5 - places.astype(np.float64)) / clip.fade_out.length)
    return gain


def _wave_image(columns: NDArray[np.float32], height: int, piece: _Piece, zoom: float) -> QImage:
    width = len(columns)
    image = QImage(width, height, QImage.Format.Format_Indexed8)
    image.setColorTable(piece.row.wave)
    shades = np.frombuffer(image.bits(), np.uint8).reshape(height, image.bytesPerLine())[:, :width]
    paint_wave(shades, columns, gain=piece.gains(), zoom=zoom)
    return image


def _corner(x: float, y: float, across: float, down: float) -> QPainterPath:
    """What a rounded corner leaves out of its square."""
    path = QPainterPath(QPointF(x, y))
    path.lineTo(x + across, y)
    path.quadTo(QPointF(x, y), QPointF(x, y + down))
    path.closeSubpath()
    return path


@lru_cache(maxsize=8)
def _scaled(font: QFont, scale: float) -> QFont:
    scaled = QFont(font)
    scaled.setPixelSize(max(round(font.pixelSize() * scale), 1))
    return scaled


@lru_cache(maxsize=4096)
def _elided(text: str, pixel_size: int, family: str, width: int) -> str:
    font = QFont(family)
    font.setPixelSize(pixel_size)
    return QFontMetricsF(font).elidedText(text, Qt.TextElideMode.ElideRight, width)
