"""The lasso of the pitch lane: a line drawn around a part of a melody picks its frames, so that they can be mended."""

from itertools import pairwise
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPen, QPolygonF

from studio.model.project import Clip
from studio.session.desk import Desk
from studio.session.repair import Picked
from studio.ui.timeline.colours import Colours
from studio.ui.timeline.melody import Melody, to_midi
from studio.ui.timeline.pitch_axis import PitchAxis

_BEGINS_PX: Final = 6.0
_MOST_DOTS: Final = 4000

Numbers = NDArray[np.float64]


class Lane(Protocol):
    """The canvas on which it is drawn."""

    @property
    def axis(self) -> PitchAxis: ...

    @property
    def a4_hz(self) -> float: ...

    def shown(self) -> list[tuple[Clip, Melody]]: ...

    def x_of(self, sample: float) -> float: ...

    def update(self) -> None: ...


class Lasso:
    """Begins where the mouse is dragged further than a click goes; what is inside is `Desk.repair.picked`.

    With Shift it is added to what was picked before.
    """

    def __init__(self, desk: Desk, lane: QObject) -> None:
        self._desk = desk
        self._lane: Lane = lane  # type: ignore[assignment]  # a canvas is both
        self._pressed: QPointF | None = None
        self._line: list[QPointF] = []
        self._adds = False
        self._listens = False

    @property
    def drawing(self) -> bool:
        """Whether a line is being drawn."""
        return len(self._line) > 1

    def press(self, event: QMouseEvent) -> None:
        """A click, or the beginning of a line: that is known once the mouse moves."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._pressed = event.position()
            self._adds = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)

    def move(self, event: QMouseEvent) -> None:
        """Draw on, where the button is held."""
        if self._pressed is None or not event.buttons() & Qt.MouseButton.LeftButton:
            return
        here = event.position()
        if self._line or (here - self._pressed).manhattanLength() > _BEGINS_PX:
            self._line = self._line or [self._pressed]
            self._line.append(here)
            self._lane.update()

    def release(self) -> bool:
        """End the line and pick what it encloses; False where it was a click, which lets go of what was picked."""
        line, self._line, self._pressed = self._line, [], None
        if len(line) < 3:
            if self._desk.picks_pitch:
                self._desk.repair.clear()
            return False
        repair = self._desk.repair
        if not self._listens:
            self._listens = True
            repair.changed.connect(self._lane.update)
        picked = [one for clip, melody in self._lane.shown() if (one := self._inside(clip, melody, line))]
        (repair.pick_more if self._adds else repair.pick)(picked)
        return True

    def _inside(self, clip: Clip, melody: Melody, line: list[QPointF]) -> Picked | None:
        """The frames of a clip that lie within the line."""
        first, stop = melody.within(clip, clip.start, clip.end)
        xs, ys = self._places(clip, melody, first, stop)
        near = np.flatnonzero((xs >= min(point.x() for point in line)) & (xs <= max(point.x() for point in line)))
        picked = near[_enclosed(xs[near], ys[near], line)]
        if not len(picked):
            return None
        inside = np.zeros(int(picked[-1] - picked[0]) + 1, np.bool_)
        inside[picked - picked[0]] = True
        return Picked(pitch=melody.pitch, first=first + int(picked[0]), inside=inside)

    def _places(self, clip: Clip, melody: Melody, first: int, stop: int) -> tuple[Numbers, Numbers]:
        """Where frames lie on the canvas, in pixels; NaN where unvoiced."""
        left, right = (self._lane.x_of(melody.sample_of(clip, frame)) for frame in (first, first + 1))
        xs: Numbers = left + np.arange(stop - first, dtype=np.float64) * (right - left)
        midi = to_midi(melody.curve.hz[first:stop], self._lane.a4_hz)
        axis = self._lane.axis
        ys: Numbers = (axis.top_midi - midi) * axis.px_per_semitone
        return xs, ys

    def paint(self, painter: QPainter, colours: Colours) -> None:
        """Paint the line while it is drawn, and a dot for each frame that is picked."""
        accent = colours.accent
        if self.drawing:
            painter.save()
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            tint = QColor(accent)
            tint.setAlphaF(0.15)
            painter.setPen(QPen(accent, 1, Qt.PenStyle.DashLine))
            painter.setBrush(tint)
            painter.drawPolygon(QPolygonF(self._line))
            painter.restore()
        if not self._desk.picks_pitch:
            return
        for one in self._desk.repair.picked:
            for clip, melody in self._lane.shown():
                if melody.pitch == one.pitch:
                    xs, ys = self._places(clip, melody, one.first, one.stop)
                    places = np.flatnonzero(one.inside)
                    for index in places[:: max(len(places) // _MOST_DOTS, 1)]:
                        painter.fillRect(QRectF(xs[index] - 1.5, ys[index] - 1.5, 3, 3), accent)


def _enclosed(xs: Numbers, ys: Numbers, line: list[QPointF]) -> NDArray[np.bool_]:
    """Which points lie within a closed line: a ray from each crosses it an odd number of times. NaN never does."""
    inside = np.zeros(len(xs), np.bool_)
    for one, other in pairwise((*line, line[0])):
        if one.y() != other.y():
            between = (one.y() > ys) != (other.y() > ys)
            slope = (other.x() - one.x()) / (other.y() - one.y())
            inside ^= between & (xs < one.x() + (ys - one.y()) * slope)
    return inside & ~np.isnan(ys)
