"""The picture of all visible rows: composed from kept tiles, a few new ones a frame, never more than fit in one."""

import math
import time
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from PySide6.QtCore import QPointF, QRectF, QSize
from PySide6.QtGui import QFont, QImage, QPainter

from studio.model.project import Clip, MediaId, Project, TrackId
from studio.ui.timeline.clip_painter import TILE_PX, ClipIndex, ClipPainter, Texture, TileSpot, write_name
from studio.ui.timeline.colours import Colours
from studio.ui.timeline.rows import CLIP_HEADER, Row, Rows
from studio.ui.timeline.sound import Sounds
from studio.ui.timeline.tiles import Tile, TileKey, Tiles
from studio.ui.timeline.viewport import Viewport

_FRAME_BUDGET_S = 0.004
_TILE_BYTES = 20 << 20
_STICKY_PX = 40


class TrackLook(NamedTuple):
    """How a person chose to see one track."""

    zoom: float = 1.0
    texture: str = ""
    """The name of another picture than the waveform, "log" or "linear" for a spectrogram."""


class _Shown(NamedTuple):
    """What a picture shows: enough to stretch it until a better one is there."""

    viewport: Viewport
    top: float
    rows: Rows


class Scene:
    """Paints rows from tiles. Holds no truth: it is told what to show; `prepare` makes tiles, `paint` places them."""

    def __init__(
        self, colours: Colours, sounds: Sounds, font: QFont, textures: Mapping[str, Texture] | None = None
    ) -> None:
        self._colours = colours
        self._sounds = sounds
        self._font = font
        self._textures = textures or {}
        self._project = Project()
        self.painter = ClipPainter(colours, sounds, font, self._project.rate_hz)
        self._tiles = Tiles(_TILE_BYTES)
        self._indices: dict[TrackId, ClipIndex] = {}
        self._stamps: dict[TrackId, int] = {}
        self._silenced: dict[TrackId, bool] = {}
        self._looks: Mapping[TrackId, TrackLook] = {}
        self._count = 0
        self.viewport = Viewport()
        self.rows = Rows()
        self.top = 0.0
        self._size = QSize()
        self._scale = 1.0
        self._before = QImage()
        self._shown_before: _Shown | None = None
        self.complete = False
        """Whether every tile in view is there; if not, `prepare` again makes more of them."""
        self.tiles_painted = 0
        """How many tiles were painted so far, not counting those that were only moved."""

    def set_colours(self, colours: Colours) -> None:
        """Paint everything in another theme."""
        self._colours = colours
        self.painter = ClipPainter(colours, self._sounds, self._font, self._project.rate_hz)
        self.forget()

    def set_project(self, project: Project) -> None:
        """Show another state of the project; rows whose clips and colours are the same keep their pictures."""
        if project.rate_hz != self._project.rate_hz:
            self.painter = ClipPainter(self._colours, self._sounds, self._font, project.rate_hz)
            self._tiles.clear()
        old = {track.id: track for track in self._project.tracks}
        solo = any(track.soloed for track in project.tracks)
        silenced = {track.id: track.muted or (solo and not track.soloed) for track in project.tracks}
        media_changed = project.media is not self._project.media
        for track in project.tracks:
            before = old.get(track.id)
            same = before is not None and before.clips is track.clips and before.colour == track.colour
            if not same or silenced[track.id] != self._silenced.get(track.id):
                self._indices[track.id] = ClipIndex(track)
                self._touch(track.id)
            elif media_changed:
                self._touch(track.id)
        gone = old.keys() - silenced.keys()
        for one in gone:
            self._indices.pop(one, None)
            self._stamps.pop(one, None)
        if gone:  # the rows until the next `place` would be those of tracks that are no more
            self.rows = Rows()
            self._shown_before = None
            self.complete = False
        self._silenced = silenced
        self._project = project

    def set_looks(self, looks: Mapping[TrackId, TrackLook]) -> None:
        """Show tracks another way."""
        for track in self._indices:
            if looks.get(track) != self._looks.get(track):
                self._touch(track)
        self._looks = dict(looks)

    def sound_changed(self, media: MediaId) -> None:
        """The sound of a medium came, went or moved: paint the rows that use it anew."""
        for track, index in self._indices.items():
            if any(clip.media == media for clip in index.track.clips):
                self._touch(track)

    def forget(self) -> None:
        """Paint everything anew."""
        self._tiles.clear()
        self._shown_before = None
        self.complete = False

    def in_view(self, height: float) -> Iterator[tuple[Row, Clip]]:
        """Every clip of which a part is in view, with its row."""
        view = self.viewport
        for row in self.rows.visible(self.top, height):
            for clip in self._indices[row.track].between(view.first_sample, view.last_sample):
                yield row, clip

    def index(self, track: TrackId) -> ClipIndex | None:
        """The clips of a track, ordered for questions of place."""
        return self._indices.get(track)

    def place(self, viewport: Viewport, rows: Rows, top: float) -> None:
        """Look at another stretch, other rows or other heights."""
        if viewport.samples_per_px != self.viewport.samples_per_px and self.complete and self._size.isValid():
            self._before = self.image
            self._shown_before = _Shown(self.viewport, self.top, self.rows)
        self.viewport, self.rows, self.top = viewport, rows, top

    def prepare(self, size: QSize, scale: float, budget_s: float = _FRAME_BUDGET_S) -> None:
        """Make the tiles that a view of that size lacks; those beyond the budget stay for the next call."""
        self._size, self._scale = size, scale
        begin = time.perf_counter()
        self.complete = True
        width = math.ceil(size.width() * scale)
        for row in self.rows.visible(self.top, size.height()):
            for key, _ in self._keys(row, scale, self.origin(scale), width):
                if not self._tiles.fresh(key, self._stamps[row.track]):
                    if time.perf_counter() - begin < budget_s:
                        self._make(key, scale)
                    else:
                        self.complete = False

    def paint(self, painter: QPainter, region: QRectF) -> None:
        """Put the tiles that touch a region where they belong; an old or a stretched picture where one is lacking."""
        scale, bottom = self._scale, 0.0
        width = math.ceil(self._size.width() * scale)
        for row in self.rows.visible(self.top, self._size.height()):
            y = round((row.top - self.top) * scale) / scale
            bottom = y + round(row.height * scale) / scale
            if bottom <= region.top() or y >= region.bottom():
                continue
            for key, left in self._keys(row, scale, self.origin(scale), width):
                x = left / scale
                if x >= region.right() or x + TILE_PX / scale <= region.left():
                    continue
                tile = self._tiles.get(key)
                if tile is None:
                    self._stretch(painter, QRectF(x, y, TILE_PX / scale, bottom - y), row)
                else:
                    painter.drawImage(QPointF(x, y), tile.image)
            self._sticky_names(painter, row, y)
        if bottom < region.bottom():
            rest = QRectF(region.left(), bottom, region.width(), region.bottom() - bottom)
            painter.fillRect(rest, self._colours.canvas)

    @property
    def image(self) -> QImage:
        """Everything in view as one picture: for what is stretched while a zoom is painted, and for tests."""
        image = QImage(self._size * self._scale, QImage.Format.Format_RGB32)
        image.setDevicePixelRatio(self._scale)
        painter = QPainter(image)
        try:
            self.paint(painter, QRectF(0, 0, self._size.width(), self._size.height()))
        finally:
            painter.end()  # a painter that outlives its picture ends the process
        return image

    def read_ahead(self, size: QSize, scale: float, budget_s: float = _FRAME_BUDGET_S) -> bool:
        """Paint tiles just outside of the view, as many as fit in the budget; whether some are left to do."""
        begin = time.perf_counter()
        width = math.ceil(size.width() * scale)
        for row in self.rows.visible(self.top, size.height()):
            for key, _ in self._keys(row, scale, self.origin(scale), width, beyond=1):
                if not self._tiles.fresh(key, self._stamps[row.track]):
                    if time.perf_counter() - begin > budget_s:
                        return True
                    self._make(key, scale)
        return False

    def origin(self, scale: float) -> int:
        """The device pixel, counted from the timeline's start, at the left edge."""
        return round(self.viewport.first_sample / self.viewport.samples_per_px * scale)

    def x_of(self, sample: float, scale: float) -> float:
        """The logical pixel at which a sample is painted: `Viewport.x_of` on the grid of device pixels."""
        return (round(sample / self.viewport.samples_per_px * scale) - self.origin(scale)) / scale

    def _keys(self, row: Row, scale: float, origin: int, width: int, beyond: int = 0) -> Iterator[tuple[TileKey, int]]:
        per_px, height = self.viewport.samples_per_px / scale, round(row.height * scale)
        first, last = origin // TILE_PX - beyond, (origin + width - 1) // TILE_PX + beyond
        for index in range(max(first, 0), last + 1):
            yield TileKey(row.track, index, per_px, height), index * TILE_PX - origin

    def _make(self, key: TileKey, scale: float) -> Tile:
        look = self._looks.get(key.track, TrackLook())
        spot = TileSpot(key.nth, key.samples_per_px, key.height_px, scale)
        index = self._indices[key.track]
        row = self._colours.row(index.track, silenced=self._silenced[key.track])
        image = self.painter.tile(spot, index, row, look.zoom, self._textures.get(look.texture))
        image.setDevicePixelRatio(scale)
        tile = Tile(self._stamps[key.track], image)
        self._tiles.put(key, tile)
        self.tiles_painted += 1
        return tile

    def _stretch(self, painter: QPainter, box: QRectF, row: Row) -> None:
        """Fill a stretch of a row with what was there at the last zoom, stretched to this one."""
        painter.fillRect(box, self._colours.canvas)
        shown = self._shown_before
        old = shown.rows.of(row.track) if shown else None
        if shown is None or old is None or old.height != row.height or self._before.isNull():
            return
        zoom = self.viewport.samples_per_px / shown.viewport.samples_per_px
        left = shown.viewport.x_of(self.viewport.sample_at(box.left()))
        source = QRectF(left, old.top - shown.top, box.width() * zoom, box.height())
        inside = source.intersected(QRectF(0, 0, shown.viewport.width_px, self._before.height() / self._scale))
        if inside.isEmpty():
            return
        target = QRectF(
            box.left() + (inside.left() - left) / zoom,
            box.top() + inside.top() - source.top(),
            inside.width() / zoom,
            inside.height(),
        )
        scale = self._before.devicePixelRatio()
        pixels = QRectF(inside.topLeft() * scale, inside.size() * scale)
        painter.drawImage(target, self._before, pixels)

    def _sticky_names(self, painter: QPainter, row: Row, y: float) -> None:
        """The name of a clip that began left of the view stays readable at the left edge."""
        index, scale = self._indices[row.track], self._scale
        first = self.viewport.first_sample
        colours = self._colours.row(index.track, silenced=self._silenced[row.track])
        for clip in index.between(first, first + 1):
            left, right = self.x_of(clip.start, scale), self.x_of(clip.end, scale) - 1
            if left < -1 and right > _STICKY_PX:
                painter.setFont(self._font)
                top = y + round((row.clip_top - row.top) * scale) / scale
                end = min(right, float(self._size.width()))
                header = round(CLIP_HEADER * scale) / scale
                painter.fillRect(QRectF(0, top, end - 8, header), colours.header)
                write_name(painter, self.name_of(clip), 0, right, top, colours)

    def name_of(self, clip: Clip) -> str:
        """What a clip is called on its header."""
        medium = self._sounds.medium(clip.media)
        return clip.name or (medium.name if medium else "")

    def _touch(self, track: TrackId) -> None:
        self._count += 1
        self._stamps[track] = self._count
