"""The stems that are being made, each on a lane below its source where its track will be."""

from pathlib import Path
from typing import Final

import numpy as np
from PySide6.QtCore import QLineF, QObject, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QPainter, QPen

from studio.errors import StudioError
from studio.media.wav import Frames, MappedWav
from studio.model.project import Clip, Project, TrackId
from studio.model.time import format_clock
from studio.protocol.jobs import GrowingStem
from studio.session.desk import Desk
from studio.session.separating import Growing
from studio.session.stems import COLOUR_OF, stem_title
from studio.ui.theme import Theme
from studio.ui.timeline.overlay import RADIUS
from studio.ui.timeline.rows import CLIP_HEADER, Row
from studio.ui.timeline.sight import Sight
from studio.ui.timeline.step_wave import STEPS_PER_S, Steps, StepWave

_A_LOOK_S: Final = 2.0
"""So much sound is looked at in one go, about a millisecond: the window handles events in between."""


class Lane(QObject):
    """One stem: how it looks so far, read from its file bit by bit."""

    def __init__(self, stem: GrowingStem, place: int, path: Path, parent: QObject) -> None:
        super().__init__(parent)
        self.name = stem.name
        self.title = stem_title(stem.name)
        self.colour = COLOUR_OF.get(stem.name, place % 8)
        self.wave = StepWave()
        self._path, self._rate_hz = path, stem.rate_hz

    def look(self, frames: int) -> bool:
        """Look at some more of the first `frames` of the file; return whether there was more."""
        begin = self._frame(self.wave.count)
        most = min(frames, begin + round(_A_LOOK_S * self._rate_hz))
        steps = int(most * STEPS_PER_S / self._rate_hz) - self.wave.count
        if steps <= 0:
            return False
        stop = self._frame(self.wave.count + steps)
        try:
            sound = MappedWav.open(self._path).frames[begin:stop]
        except StudioError:  # it has just become a track, or was called off
            return False
        if len(sound) < stop - begin:
            return False
        self.wave.add(steps_of(sound, steps))
        return True

    def _frame(self, step: int) -> int:
        return step * self._rate_hz // STEPS_PER_S


class GrowingLanes(QObject):
    """Asks the rows for room below the source, fills it with what is there of each stem, and paints it."""

    changed = Signal()  # other lanes, or they look otherwise

    def __init__(self, desk: Desk, sight: Sight, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk, self._sight = desk, sight
        self._growing: Growing | None = None
        self.lanes: tuple[Lane, ...] = ()
        self._source: TrackId | None = None
        self._more = QTimer(self, singleShot=True, interval=0)
        self._more.timeout.connect(self._look)
        desk.separating.grew.connect(self._follow)
        desk.document.changed.connect(self._find_room)

    @property
    def rows(self) -> tuple[Row, ...]:
        """Where the lanes lie, top to bottom."""
        return self._sight.rows.lanes(self._source) if self._source is not None else ()

    @property
    def words(self) -> str:
        """How far the stems are: "00:18.000 of 00:33.000"."""
        growing, rate_hz = self._growing, self._desk.document.project.rate_hz
        if growing is None:
            return ""
        return f"{format_clock(growing.frames, rate_hz)} of {format_clock(growing.piece.clip.length, rate_hz)}"

    def paint(self, painter: QPainter, theme: Theme, width_px: int) -> None:
        """Paint the lanes over the ground of the tracks."""
        growing = self._growing
        clip = self._clip(self._desk.document.project)
        if growing is None or clip is None:
            return
        view, top = self._sight.viewport, self._sight.top
        start = clip.start + growing.piece.clip.source_start - clip.source_start
        left, right = view.x_of(start), view.x_of(start + growing.piece.clip.length)
        for lane, row in zip(self.lanes, self.rows, strict=True):
            painter.fillRect(QRectF(0, row.top - top, width_px, row.height), theme.app)
            painter.fillRect(QRectF(0, row.bottom - 1 - top, width_px, 1), theme.line)
            box = QRectF(left, row.clip_top - top, max(right - left, 1.0), row.clip_bottom - row.clip_top)
            if box.right() >= 0 and box.left() <= width_px:
                there = view.x_of(start + min(growing.frames, growing.piece.clip.length))
                self._paint_lane(painter, theme, lane, box, there, width_px)

    def _paint_lane(
        self, painter: QPainter, theme: Theme, lane: Lane, box: QRectF, there: float, width_px: int
    ) -> None:
        colour = theme.track(lane.colour)
        ground, pale = QColor(colour), QColor(colour)
        ground.setAlphaF(0.12)
        pale.setAlphaF(0.45)
        painter.save()
        painter.setClipRect(box, Qt.ClipOperation.IntersectClip)
        painter.fillRect(QRectF(box.left(), box.top(), there - box.left(), box.height()), ground)
        self._paint_wave(painter, lane, box, there, width_px, (pale, colour))
        painter.fillRect(QRectF(there - 2, box.top(), 2, box.height()), theme.engine)
        painter.restore()
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(pale, 1, Qt.PenStyle.DashLine))
        painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), RADIUS, RADIUS)
        painter.setFont(theme.font("label", figures=True))
        painter.setPen(theme.engine_text)
        words = QRectF(max(box.left(), 0.0) + 8, box.top() + 1, box.width() - 16, CLIP_HEADER)
        line = int(Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine)
        painter.drawText(words, line, self.words)
        painter.restore()

    def _paint_wave(
        self,
        painter: QPainter,
        lane: Lane,
        box: QRectF,
        there: float,
        width_px: int,
        colours: tuple[QColor, QColor],
    ) -> None:
        view = self._sight.viewport
        s_per_px = view.samples_per_px / view.rate_hz
        left, right = max(box.left(), 0.0), min(there, box.left() + lane.wave.length_s / s_per_px, float(width_px))
        if right <= left:
            return
        wave = lane.wave.columns((left - box.left()) * s_per_px, s_per_px, int(right - left))
        middle, half = (box.top() + CLIP_HEADER + box.bottom()) / 2, (box.height() - CLIP_HEADER) / 2 - 4
        for column, colour in enumerate(colours):
            painter.setPen(QPen(colour, 1))
            heights = np.maximum(wave[:, column] * half, 0.5).tolist()
            painter.drawLines(
                [QLineF(left + x, middle - height, left + x, middle + height) for x, height in enumerate(heights)]
            )

    def _follow(self) -> None:
        before, self._growing = self._growing, next(reversed(self._desk.separating.growing), None)
        now = self._growing
        if now is None or before is None or before.stems != now.stems:
            for lane in self.lanes:
                lane.deleteLater()
            folder = self._desk.document.folder
            made = now.stems if now is not None else ()
            self.lanes = tuple(Lane(stem, place, folder / stem.file, self) for place, stem in enumerate(made))
        self._find_room()
        if self.lanes:
            self._more.start()
        self.changed.emit()

    def _find_room(self, _project: Project | None = None) -> None:
        """Have the lanes below the track on which their source lies now."""
        project = self._desk.document.project
        clip = self._clip(project)
        self._source = project.track_of(clip.id).id if clip is not None else None
        self._sight.set_lanes({self._source: len(self.lanes)} if self._source is not None else {})

    def _clip(self, project: Project) -> Clip | None:
        growing = self._growing
        if growing is None:
            return None
        return next((one for one in project.clips if one.id == growing.piece.clip.id), None)

    def _look(self) -> None:
        growing = self._growing
        if growing is not None and any(lane.look(growing.frames) for lane in self.lanes):  # one at a time
            self._more.start()
            self.changed.emit()


def steps_of(sound: Frames, count: int) -> Steps:
    """Peak and RMS of so many equal parts of a sound, shape (count, 2)."""
    edges = np.arange(count) * len(sound) // count
    squares = np.square(sound).mean(axis=1)
    lengths = np.diff(edges, append=len(sound))
    peak = np.maximum.reduceat(np.abs(sound).max(axis=1), edges)
    return np.stack((peak, np.sqrt(np.add.reduceat(squares, edges) / lengths)), axis=1).astype(np.float32)
