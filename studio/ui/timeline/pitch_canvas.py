"""The note grid with the melody of one track over it."""

import time
from collections import deque
from functools import cached_property
from typing import TYPE_CHECKING, Final

import numpy as np
from PySide6.QtCore import (
    QEvent,
    QPointF,
    QRectF,
    Qt,
    Signal,
)
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from studio.model.pitch import PitchCurve
from studio.model.project import Clip, Pitch, Project, Track
from studio.session.desk import Desk
from studio.ui.theme import Theme
from studio.ui.timeline.colours import Colours
from studio.ui.timeline.lasso import Lasso
from studio.ui.timeline.melodies import Melodies
from studio.ui.timeline.melody import Melody
from studio.ui.timeline.overlay import focus_frame
from studio.ui.timeline.pitch_axis import PitchAxis
from studio.ui.timeline.pitch_paint import paint_melody, paint_rows, paint_veil
from studio.ui.timeline.pitch_reading import Reading, paint_row, paint_words, words_at
from studio.ui.timeline.sight import Sight
from studio.ui.timeline.viewport import ticks
from studio.ui.timeline.wheel import wheel

if TYPE_CHECKING:
    from studio.ui.timeline.note_hand import NoteHand

_WHEEL_PX: Final = 0.4
_KEPT_FRAMES: Final = 2000


class PitchCanvas(QWidget):
    """Rows a semitone high with the curve over them; a keyboard, or frequencies, at the left."""

    axis_changed = Signal()
    chosen = Signal()  # something else is in the lasso, or in hand
    menu_wanted = Signal(object)  # QPoint of the screen
    menu_command = Signal(str)

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

    @cached_property
    def hand(self) -> "NoteHand":
        """What writes notes; nobody asks for it before there are some, or one is to be drawn."""
        from studio.ui.timeline.note_hand import NoteHand

        return NoteHand(self._desk, self)

    @property
    def _writes(self) -> bool:
        return bool(self._project.sheets) or self._desk.draws_notes

    @property
    def track(self) -> Track | None:
        """The track whose melody is shown."""
        return self._track

    def curve_of(self, pitch: Pitch) -> PitchCurve | None:
        """The curve of a melody; None while it is being read."""
        melody = self._melodies.of(pitch)
        return melody.curve if melody is not None else None

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
        self.setAccessibleDescription(
            self.hand.words() if self._writes else f"The melody of {track.name}" if track is not None else "No track"
        )
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
        if self._writes:
            self.hand.paint(painter, self._colours)
        view = self._sight.viewport
        for clip, melody in self.shown():
            if clip.end > view.first_sample and clip.start < view.last_sample:
                ink, a4_hz = self._colours.theme.pitch, self._project.a4_hz
                paint_melody(painter, self.axis, view, clip, melody, ink, a4_hz)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)

    def _paint_grid(self, painter: QPainter) -> None:
        colours, view = self._colours, self._sight.viewport
        paint_rows(painter, QRectF(self.rect()), self.axis, colours, self._project.a4_hz if self.in_hertz else None)
        for tick in ticks(view, short_px=1e9):
            painter.fillRect(QRectF(round(view.x_of(tick.sample)), 0, 1, self.height()), colours.grid)
        clips = self._track.clips if self._track is not None else ()
        paint_veil(painter, view, clips, self.size(), colours)

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
            flats = self._desk.settings.value.pitch.flats
            paint_row(painter, self.axis, self._hover_y, self.width(), self._colours, flats=flats)
        if self._reading is not None:
            x, y, text = self._reading
            paint_words(painter, text, QPointF(x, y), self.size(), self._colours)
        if self.hasFocus():
            focus_frame(painter, QRectF(self.rect()), colours.accent)

    # The mouse

    def reading_at(self, sample: float) -> Reading | None:
        """The melody at a timeline sample: "A4 +12 ¢ · 442.1 Hz · 00:12.480 · confidence 0.93"."""
        flats, project = self._desk.settings.value.pitch.flats, self._project
        found = words_at(self.shown(), sample, project.rate_hz, project.a4_hz, flats=flats)
        if found is None:
            return None
        return Reading(self.x_of(found.sample), self.axis.y_of(found.midi), found.text)

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

    def sample_at(self, x: float) -> int:
        """The timeline sample of a pixel."""
        return max(round(self._sight.viewport.sample_at(x)), 0)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if not (self._writes and self.hand.move(event)):
            self.lasso.move(event)
        self.setCursor(self.hand.cursor(event.position()) if self._writes else Qt.CursorShape.CrossCursor)
        self._hover_y = event.position().y()
        self._sight.set_pointer(max(self._sight.viewport.sample_at(event.position().x()), 0.0))
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if not (self._writes and self.hand.press(event)):
            self.lasso.press(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            return
        if self._writes and self.hand.release(event):
            self.chosen.emit()
            return
        if not self.lasso.release():
            if self._writes:
                self.hand.click(event)
            sample = self.sample_at(event.position().x())
            self._desk.selection.set_cursor(sample)
            self._desk.transport.seek(sample)
        self.chosen.emit()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self._writes and self._desk.has_note:
            self.menu_command.emit("pitch.note_snap")

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        if self._writes and not self._desk.has_note:
            found = self.hand.under(QPointF(event.pos()))
            if found is not None:
                self.hand.take(found)
                self.chosen.emit()
        self.menu_wanted.emit(event.globalPos())

    def event(self, event: QEvent) -> bool:
        """Keep the keys of the note in hand while the lane has the keyboard, before a shortcut takes them."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and self._keyed(event):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self._keyed(event):
            self.hand.key(event)
            self.chosen.emit()
        else:
            super().keyPressEvent(event)

    def _keyed(self, event: QKeyEvent) -> bool:
        return self._writes and self.hand.keyed(event)

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
