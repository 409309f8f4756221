"""The note grid with the melody of one track over it."""

import math
import time
from collections import deque
from typing import Final, NamedTuple

import numpy as np
from PySide6.QtCore import (
    QEvent,
    QPointF,
    QRectF,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QImage, QMouseEvent, QPainter, QPaintEvent, QPen, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from studio.model.pitch import note_name, note_text
from studio.model.project import Clip, Project, Track
from studio.model.time import format_clock
from studio.session.desk import Desk
from studio.ui.theme import Theme
from studio.ui.timeline.colours import Colours
from studio.ui.timeline.lasso import Lasso
from studio.ui.timeline.melodies import Melodies
from studio.ui.timeline.melody import Melody, to_midi
from studio.ui.timeline.overlay import focus_frame, paint_pill
from studio.ui.timeline.pitch_axis import PitchAxis
from studio.ui.timeline.pitch_paint import paint_curve, paint_rows
from studio.ui.timeline.sight import Sight
from studio.ui.timeline.viewport import ticks
from studio.ui.timeline.wheel import wheel

_CLOSE_FRAMES_PER_PX: Final = 1.5
_WHEEL_PX: Final = 0.4
_KEPT_FRAMES: Final = 2000


class Reading(NamedTuple):
    """The melody under the mouse."""

    x: float
    y: float
    text: str


class PitchCanvas(QWidget):
    """Rows a semitone high with the curve over them; a keyboard, or frequencies, at the left."""

    axis_changed = Signal()

    def __init__(self, desk: Desk, theme: Theme, sight: Sight, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._sight = sight
        self._colours = Colours(theme)
        self._melodies = Melodies(desk, self)
        self._project: Project = desk.document.project
        self._track: Track | None = None
        self.axis = PitchAxis()
        self.in_hertz = False
        self._fits = True
        self._stale = True
        self._image = QImage()
        self._playhead_x = -1
        self._hover_y: float | None = None
        self._reading: Reading | None = None
        self.frame_ms: deque[float] = deque(maxlen=_KEPT_FRAMES)
        self.scenes_rendered = 0
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumHeight(96)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setAccessibleName("Pitch")
        self.lasso = Lasso(desk, self)
        self._melodies.ready.connect(self._melody_ready)
        sight.moved.connect(self.restage)
        sight.pointed.connect(self._read_under_pointer)
        desk.selection.changed.connect(self.update)
        desk.document.folder_changed.connect(self._melodies.forget)

    def set_theme(self, theme: Theme) -> None:
        """Paint with another palette."""
        self._colours = Colours(theme)
        self.restage()

    def show_track(self, project: Project, track: Track | None) -> None:
        """Show the melody of a track."""
        same = track is not None and self._track is not None and track.id == self._track.id
        self._project, self._track = project, track
        if not same:
            self._fits = True
        if self._fits:
            self.fit()
        self.setAccessibleDescription(f"The melody of {track.name}" if track is not None else "No track")
        self.restage()

    def set_hertz(self, on: bool) -> None:
        """Label the axis in hertz instead of notes."""
        self.in_hertz = on
        self.axis_changed.emit()
        self.restage()

    def set_playhead(self, sample: float) -> None:
        """Move the playhead; only its pixel columns are painted."""
        x = round(self._sight.viewport.x_of(sample))
        if x != self._playhead_x:
            for column in (self._playhead_x, x):
                self.update(column - 1, 0, 3, self.height())
            self._playhead_x = x

    def fit(self) -> None:
        """Fit the axis to what the track sings."""
        self._fits = True
        spans = [melody.span(clip, self._project.a4_hz) for clip, melody in self.shown()]
        sung = np.concatenate(spans) if spans else np.zeros(0)
        if len(sung):
            low, high = np.percentile(sung, (2, 98))
            self._set_axis(self.axis.fitted(float(low), float(high)))
        self.restage()

    def shown(self) -> list[tuple[Clip, Melody]]:
        """The clips of the track, or the parts of them, whose melody is known."""
        found = []
        for clip in self._track.clips if self._track is not None else ():
            for part, pitch in self._project.melody_in(clip):
                melody = self._melodies.of(pitch)
                if melody is not None:
                    found.append((part, melody))
        return found

    def wait(self) -> None:
        """Return when every melody that was asked for has been read."""
        self._melodies.wait()

    def restage(self) -> None:
        """Paint the picture anew at the next frame."""
        self._stale = True
        self.update()

    def _melody_ready(self) -> None:
        if self._fits:
            self.fit()
        self.restage()

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        begin = time.perf_counter()
        scale = self.devicePixelRatioF()
        if self._stale:
            self._stage(scale)
        painter = QPainter(self)
        region = event.rect()
        source = QRectF(region.x() * scale, region.y() * scale, region.width() * scale, region.height() * scale)
        painter.drawImage(QRectF(region), self._image, source)
        self._paint_over(painter)
        painter.end()
        self.frame_ms.append((time.perf_counter() - begin) * 1000)

    def _stage(self, scale: float) -> None:
        self._stale = False
        self.scenes_rendered += 1
        size = self.size() * scale
        if self._image.size() != size:
            self._image = QImage(size, QImage.Format.Format_RGB32)
        self._image.setDevicePixelRatio(scale)
        painter = QPainter(self._image)
        self.paint(painter)
        painter.end()

    def paint(self, painter: QPainter) -> None:
        """Paint grid and melody, without mouse and playhead, with any painter: the screen, a PNG, an SVG."""
        self._paint_grid(painter)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        view = self._sight.viewport
        for clip, melody in self.shown():
            if clip.end > view.first_sample and clip.start < view.last_sample:
                self._paint_melody(painter, clip, melody)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)

    def _paint_grid(self, painter: QPainter) -> None:
        colours, view = self._colours, self._sight.viewport
        paint_rows(painter, QRectF(self.rect()), self.axis, colours, self._project.a4_hz if self.in_hertz else None)
        for tick in ticks(view, short_px=1e9):
            painter.fillRect(QRectF(round(view.x_of(tick.sample)), 0, 1, self.height()), colours.grid)
        self._paint_outside(painter)

    def _paint_outside(self, painter: QPainter) -> None:
        """A veil over the time that no clip of the track covers."""
        view = self._sight.viewport
        veil = QColor(self._colours.theme.app)
        veil.setAlphaF(0.6)
        reached = 0.0
        for clip in self._track.clips if self._track is not None else ():
            left, right = view.x_of(clip.start), view.x_of(clip.end)
            if left > reached:
                painter.fillRect(QRectF(max(reached, 0), 0, min(left, self.width()) - max(reached, 0), 4000), veil)
            reached = max(reached, right)
            if reached > self.width():
                return
        if reached < self.width():
            painter.fillRect(QRectF(max(reached, 0), 0, self.width() - max(reached, 0), self.height()), veil)

    def _paint_melody(self, painter: QPainter, clip: Clip, melody: Melody) -> None:
        view = self._sight.viewport
        if view.samples_per_px / melody.samples_per_frame <= _CLOSE_FRAMES_PER_PX:
            beyond = melody.samples_per_frame + view.samples_per_px
            points = melody.points(clip, view.first_sample - beyond, view.last_sample + beyond, self._project.a4_hz)
            xs = (points.samples - view.first_sample) / view.samples_per_px
            paint_curve(painter, self.axis, self._colours.theme.pitch, xs, points.midi, points.midi, points.confidence)
        else:
            first = max(view.first_sample, clip.start)
            left = math.floor(view.x_of(first))
            count = math.ceil(min(view.x_of(clip.end), self.width())) - left
            if count > 0:
                start = view.sample_at(left)
                found = melody.envelope(clip, start, view.samples_per_px, count, self._project.a4_hz)
                xs = left + 0.5 + np.arange(count, dtype=np.float64)
                paint_curve(painter, self.axis, self._colours.theme.pitch, xs, *found)

    def _paint_over(self, painter: QPainter) -> None:
        colours, view, selection = self._colours, self._sight.viewport, self._desk.selection
        if selection.is_range and not selection.clips:
            left = max(view.x_of(selection.start), 0)
            right = min(view.x_of(selection.stop), self.width())
            if right > left:
                painter.fillRect(QRectF(left, 0, right - left, self.height()), colours.selection)
        painter.fillRect(QRectF(self._playhead_x, 0, 1, self.height()), colours.playhead)
        pointer = self._sight.pointer
        if pointer is not None:
            line = QColor(colours.secondary)
            line.setAlphaF(0.5)
            painter.fillRect(QRectF(round(view.x_of(pointer)), 0, 1, self.height()), line)
        self.lasso.paint(painter, colours)
        if self._hover_y is not None:
            self._paint_hover_row(painter, self._hover_y)
        if self._reading is not None:
            self._paint_reading(painter, self._reading)
        if self.hasFocus():
            focus_frame(painter, QRectF(self.rect()), colours.accent)

    def _paint_hover_row(self, painter: QPainter, y: float) -> None:
        midi = math.floor(self.axis.midi_at(y) + 0.5)
        tint = QColor(self._colours.theme.pitch)
        tint.setAlphaF(0.08)
        top = round(self.axis.y_of(midi + 0.5))
        painter.fillRect(QRectF(0, top, self.width(), round(self.axis.px_per_semitone)), tint)
        name = note_name(midi, flats=self._desk.settings.value.pitch.flats)
        paint_pill(painter, name, QPointF(4, top + self.axis.px_per_semitone / 2), self._colours)

    def _paint_reading(self, painter: QPainter, reading: Reading) -> None:
        theme = self._colours.theme
        if not math.isnan(reading.y):
            painter.save()
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(theme.panel, 2))
            painter.setBrush(theme.pitch)
            painter.drawEllipse(QPointF(reading.x, reading.y), 5, 5)
            painter.restore()
        room = 290
        left = reading.x + 12 if reading.x + room < self.width() else reading.x - room
        y = 16.0 if math.isnan(reading.y) else min(max(reading.y - 22, 12), self.height() - 12)
        paint_pill(painter, reading.text, QPointF(max(left, 48), y), self._colours)

    # The mouse

    def reading_at(self, sample: float) -> Reading | None:
        """The melody at a timeline sample: "A4 +12 ¢ · 442.1 Hz · 00:12.480 · confidence 0.93"."""
        view, project = self._sight.viewport, self._project
        clock = format_clock(round(sample), project.rate_hz)
        for clip, melody in reversed(self.shown()):
            if not clip.start <= sample < clip.end:
                continue
            frame = round(melody.frame_of(clip, sample))
            if not 0 <= frame < len(melody.curve.hz):
                continue
            hz = float(melody.curve.hz[frame])
            if not hz > 0:
                return Reading(view.x_of(sample), math.nan, f"no pitch · {clock}")
            midi = float(to_midi(melody.curve.hz[frame : frame + 1], project.a4_hz)[0])
            note = note_text(midi, flats=self._desk.settings.value.pitch.flats)
            sure = float(melody.curve.confidence[frame])
            text = f"{note} · {hz:.1f} Hz · {clock} · confidence {sure:.2f}"
            return Reading(view.x_of(melody.sample_of(clip, frame)), self.axis.y_of(midi), text)
        return None

    def _read_under_pointer(self) -> None:
        pointer = self._sight.pointer
        self._reading = None if pointer is None else self.reading_at(pointer)
        self.update()

    def x_of(self, sample: float) -> float:
        """The pixel of a timeline sample."""
        return self._sight.viewport.x_of(sample)

    @property
    def a4_hz(self) -> float:
        """What A4 is tuned to."""
        return self._project.a4_hz

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self.lasso.move(event)
        self._hover_y = event.position().y()
        self._sight.set_pointer(max(self._sight.viewport.sample_at(event.position().x()), 0.0))
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.lasso.press(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and not self.lasso.release():
            sample = max(round(self._sight.viewport.sample_at(event.position().x())), 0)
            self._desk.selection.set_cursor(sample)
            self._desk.transport.seek(sample)

    def leaveEvent(self, event: QEvent) -> None:
        self._hover_y = None
        self._sight.set_pointer(None)
        self.update()

    def wheelEvent(self, event: QWheelEvent) -> None:
        keys = event.modifiers()
        along = event.angleDelta().y() or event.angleDelta().x()
        if keys & Qt.KeyboardModifier.AltModifier or (
            keys & Qt.KeyboardModifier.ControlModifier and keys & Qt.KeyboardModifier.ShiftModifier
        ):
            self._become(self.axis.zoomed(1.2 ** (along / 120), event.position().y()))
            event.accept()
        elif not wheel(self._sight, event, vertical=False):
            self._become(self.axis.scrolled(-(event.pixelDelta().y() or event.angleDelta().y() * _WHEEL_PX)))
            event.accept()

    def _become(self, axis: PitchAxis) -> None:
        self._fits = False
        self._set_axis(axis)
        self.restage()

    def _set_axis(self, axis: PitchAxis) -> None:
        if axis != self.axis:
            self.axis = axis
            self.axis_changed.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._set_axis(self.axis.resized(self.height()).clamped())
        if self._fits:
            self.fit()
        self.restage()
