"""The note grid on which the voice of this moment is drawn: it enters at the right third and flows to the left."""

import math
import time
from collections import deque
from collections.abc import Callable
from typing import Final

import numpy as np
from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from studio.model.intonation import Just, cents_from
from studio.model.pitch import midi_to_hz, note_name
from studio.model.project import ClipId
from studio.session.desk import Desk
from studio.settings.scales import KEYS
from studio.ui.sing.reference_line import ReferenceLine, paint_reference
from studio.ui.sing.strip import Strip
from studio.ui.sing.sung import Stretch, Sung, to_midi
from studio.ui.theme import Theme
from studio.ui.timeline.colours import Colours
from studio.ui.timeline.overlay import focus_frame, paint_pill
from studio.ui.timeline.pitch_axis import PitchAxis
from studio.ui.timeline.pitch_paint import paint_rows

SHORTEST_S: Final = 3.0
LONGEST_S: Final = 30.0
_PAST: Final = 2 / 3
_HEAD_PX: Final = 24
_READ_POINTS: Final = 12
_FEWEST_POINTS: Final = 4
_HELD_S: Final = 0.12
_EDGE_SEMITONES: Final = 1.5
_WHEEL_PX: Final = 0.4
_KEPT_FRAMES: Final = 2000


class SingCanvas(QWidget):
    """Draws what `Sung` holds. The past is a `Strip`; the right third shows the note that is sung now."""

    axis_changed = Signal()
    pointed = Signal(str)  # the note under the mouse, "" without a mouse

    def __init__(
        self,
        desk: Desk,
        sung: Sung,
        theme: Theme,
        parent: QWidget | None = None,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(parent)
        self._desk, self._sung, self._clock = desk, sung, clock
        self._colours = Colours(theme)
        self.reference = ReferenceLine(desk, self)
        self._referred = 0
        self._fitted: ClipId | None = None
        self._strip = Strip()
        self._stale = True
        self._now_s = clock()
        self._painted = 0
        self._hover_y: float | None = None
        self.axis = PitchAxis(top_midi=75.0, px_per_semitone=20.0, height_px=540)
        self.in_hertz = False
        self.window_s = 8.0
        self.drone: float | None = None
        self.midi, self.hz, self.off_cents = math.nan, math.nan, math.nan
        self._point_midi = math.nan
        self.sings = False
        self.frame_ms: deque[float] = deque(maxlen=_KEPT_FRAMES)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumHeight(160)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setAccessibleName("Live pitch")

    def set_theme(self, theme: Theme) -> None:
        """Paint with another palette."""
        self._colours = Colours(theme)
        self.restage()

    @property
    def now_x(self) -> int:
        """The pixel at which the voice enters."""
        return round(self.width() * _PAST)

    @property
    def now_s(self) -> float:
        """The moment that is painted at `now_x`, in monotonic seconds."""
        return self._now_s

    @property
    def transposed(self) -> int:
        """How many semitones higher than it sounds everything is written."""
        return self._desk.settings.value.pitch.transposed

    def restage(self) -> None:
        """Paint everything anew at the next frame."""
        self._stale = True
        self.update()

    def set_drone(self, midi: float | None) -> None:
        """Show the note that is held, or none."""
        if midi != self.drone:
            self.drone = midi
            self.update()

    def set_window(self, seconds: float) -> None:
        """Show so many seconds of the past."""
        self.window_s = min(max(seconds, SHORTEST_S), LONGEST_S)
        self.restage()

    # What is sung

    def tick(self) -> None:
        """Go on to now, with what was sung since."""
        before = (self.midi, self.sings)
        self._now_s = self._clock()
        self.reference.tick(self._now_s)
        self._fit_reference()
        self._read()
        if self.sings:
            self._follow()
        if not self._stale:
            self._strip.advance(self._now_s, self._colours)
            self._refer(self.reference.heard.since(self._referred - 1))
            fresh = self._sung.since(self._painted - 1)
            self._strip.sing(fresh, self._desk.singing.a4_hz, self.transposed, self._colours)
            self._painted = self._sung.counter
        self.update(0, 0, self.now_x + _HEAD_PX if self.reference.clip is None else self.width(), self.height())
        if (self.midi, self.sings) != before:
            self.update(self._row(before[0]))
            self.update(self._row(self.midi))

    def _read(self) -> None:
        """The note of this moment: the median of the newest 60 ms, so that it can be read."""
        newest = self._sung.last(_READ_POINTS)
        there = ~np.isnan(newest.hz) & (newest.time_s > self._now_s - _HELD_S - _READ_POINTS * 0.005)
        self.sings = int(np.count_nonzero(there)) >= _FEWEST_POINTS
        if self.sings:
            self.hz = float(np.median(newest.hz[there]))
            a4_hz = self._desk.singing.a4_hz
            newest_hz = float(newest.hz[np.flatnonzero(there)[-1]])
            self.off_cents = self._off(float(newest.time_s[there][-1]))
            self.midi, self._point_midi = to_midi(np.array([self.hz, newest_hz]), a4_hz, self.transposed).tolist()

    def _off(self, time_s: float) -> float:
        """How far the note of this moment lies from what is sung against; NaN where that is equal temperament."""
        scale = self._desk.singing.intonation
        if self.reference.clip is not None:
            return self.reference.cents_off(time_s, self.hz)
        return cents_from(scale, self.hz) if isinstance(scale, Just) else math.nan

    @property
    def against(self) -> str:
        """What `off_cents` is counted from, in words."""
        key = self._desk.settings.value.pitch.just_over
        return "the reference" if self.reference.clip is not None or key < 0 else f"just over {KEYS[key]}"

    def _follow(self) -> None:
        """Keep the note in sight, and what was sung before it as far as there is room."""
        if self.axis.bottom_midi + _EDGE_SEMITONES <= self.midi <= self.axis.top_midi - _EDGE_SEMITONES:
            return
        seen = self._sung.after(self._now_s - self.window_s)
        midi = to_midi(seen.hz, self._desk.singing.a4_hz, self.transposed)
        low, high = (float(edge) for edge in np.nanpercentile(midi, (2, 98)))
        low, high = min(low, self.midi) - _EDGE_SEMITONES, max(high, self.midi) + _EDGE_SEMITONES
        span = self.axis.top_midi - self.axis.bottom_midi
        if high - low + 4 * _EDGE_SEMITONES > span:
            self.show_notes(low, high)
        else:
            self._become(self.axis.scrolled((self.axis.top_midi - (low + high + span) / 2) * self.axis.px_per_semitone))

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        begin = time.perf_counter()
        if self._stale:
            self._stage()
        painter = QPainter(self)
        self._strip.paint(painter, self._now_s)
        if event.rect().right() >= self.now_x:
            ahead = QRectF(self.now_x, 0, self.width() - self.now_x, self.height())
            paint_rows(painter, ahead, self.axis, self._colours)
            self._paint_ahead(painter)
        self._paint_over(painter)
        painter.end()
        self.frame_ms.append((time.perf_counter() - begin) * 1000)

    def _stage(self) -> None:
        self._stale = False
        size = QSize(self.now_x, self.height())
        a4_hz = self._desk.singing.a4_hz
        self._strip.begin(size, self.devicePixelRatioF(), self.axis, self.now_x / self.window_s, self._now_s)
        self._strip.advance(self._now_s, self._colours)
        self._refer(self.reference.heard.after(self._now_s - self.window_s))
        self._strip.sing(self._sung.after(self._now_s - self.window_s), a4_hz, self.transposed, self._colours)
        self._painted = self._sung.counter

    def _fit_reference(self) -> None:
        """Bring another melody to sing against into sight, once it is known and while nobody sings."""
        clip = self.reference.clip
        if clip is None or clip.id == self._fitted or self.sings:
            return
        spans = self.reference.spans()
        if spans and len(sung := np.concatenate(spans) + self.transposed):
            self._fitted = clip.id
            low, high = np.percentile(sung, (2, 98))
            self.show_notes(float(low), float(high))

    def _refer(self, heard: Stretch) -> None:
        self._strip.refer(heard, self._desk.singing.a4_hz, self.transposed, self._colours)
        self._referred = self.reference.heard.counter

    def _paint_ahead(self, painter: QPainter) -> None:
        """What comes next of the melody that is sung against, to the right of now."""
        if self.reference.clip is None:
            return
        px_per_s = self.now_x / self.window_s
        after_s, hz = self.reference.ahead((self.width() - self.now_x) / px_per_s)
        xs, a4_hz = self.now_x + after_s * px_per_s, self._desk.singing.a4_hz
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint_reference(painter, self.axis, self._colours.theme, xs, hz, a4_hz, self.transposed)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)

    def _paint_over(self, painter: QPainter) -> None:
        theme, now_x = self._colours.theme, self.now_x
        painter.fillRect(QRectF(now_x, 0, 1, self.height()), theme.strong_line)
        if self.drone is not None:
            self._paint_drone(painter, self.drone + self.transposed)
        if not math.isnan(self.midi):
            self._paint_note(painter)
        if self._hover_y is not None:
            midi = math.floor(self.axis.midi_at(self._hover_y) + 0.5)
            paint_pill(painter, self._label(midi), QPointF(4, self.axis.y_of(midi)), self._colours)
        if self.hasFocus():
            focus_frame(painter, QRectF(self.rect()), self._colours.accent)

    def _paint_note(self, painter: QPainter) -> None:
        """The row of the note, to the right of now, and the point at which the voice is."""
        theme = self._colours.theme
        if self.sings:
            tint = QColor(theme.pitch)
            tint.setAlphaF(0.14)
            row = self._row(self.midi)
            painter.fillRect(QRectF(self.now_x + 1, row.top(), self.width() - self.now_x - 1, row.height()), tint)
            y = self.axis.y_of(self._point_midi)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            halo = QColor(theme.pitch)
            halo.setAlphaF(0.25)
            painter.setBrush(halo)
            painter.drawEllipse(QPointF(self.now_x + 0.5, y), 11, 11)
            painter.setPen(QPen(theme.panel, 2))
            painter.setBrush(theme.pitch)
            painter.drawEllipse(QPointF(self.now_x + 0.5, y), 6, 6)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)

    def _paint_drone(self, painter: QPainter, midi: float) -> None:
        pen = QPen(self._colours.theme.accent, 1.5, Qt.PenStyle.DashLine)
        painter.setPen(pen)
        y = round(self.axis.y_of(midi)) + 0.5
        painter.drawLine(QPointF(0, y), QPointF(self.width(), y))

    def _row(self, midi: float) -> QRect:
        if math.isnan(midi):
            return QRect()
        nearest = math.floor(midi + 0.5)
        top, bottom = round(self.axis.y_of(nearest + 0.5)), round(self.axis.y_of(nearest - 0.5))
        return QRect(self.now_x, top, self.width() - self.now_x, bottom - top)

    def _label(self, midi: int) -> str:
        name = note_name(midi, flats=self._desk.settings.value.pitch.flats)
        return f"{name} · {midi_to_hz(midi - self.transposed, self._desk.singing.a4_hz):.1f} Hz"

    # The mouse

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._hover_y = event.position().y()
        self.update(0, 0, self.now_x, self.height())

    def leaveEvent(self, event: object) -> None:
        del event
        self._hover_y = None
        self.update()

    def wheelEvent(self, event: QWheelEvent) -> None:
        keys, along = event.modifiers(), event.angleDelta().y() or event.angleDelta().x()
        if keys & Qt.KeyboardModifier.ControlModifier and not keys & Qt.KeyboardModifier.ShiftModifier:
            self.set_window(self.window_s * 1.2 ** (-along / 120))
        elif keys & (Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.ControlModifier):
            self._become(self.axis.zoomed(1.2 ** (along / 120), event.position().y()))
        else:
            self._become(self.axis.scrolled(-(event.pixelDelta().y() or event.angleDelta().y() * _WHEEL_PX)))
        event.accept()

    def show_notes(self, low_midi: float, high_midi: float) -> None:
        """Fit the axis to these notes."""
        self._become(self.axis.fitted(low_midi, high_midi))

    def _become(self, axis: PitchAxis) -> None:
        if axis != self.axis:
            self.axis = axis
            self.axis_changed.emit()
            self.restage()

    def resizeEvent(self, event: QResizeEvent) -> None:
        self.axis = self.axis.resized(self.height()).clamped()
        self.axis_changed.emit()
        self.restage()
