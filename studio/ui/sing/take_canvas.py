"""A take on the note grid: its melody, its notes as blobs, and one of them in hand."""

import time
from collections import deque
from typing import Final

import numpy as np
from PySide6.QtCore import QEvent, QRectF, Qt, Signal
from PySide6.QtGui import (
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from studio.model.notes import Note
from studio.model.pitch import hz_to_midi
from studio.model.project import Clip
from studio.session.desk import Desk
from studio.ui.theme import Theme
from studio.ui.timeline.colours import Colours
from studio.ui.timeline.melodies import Melodies
from studio.ui.timeline.melody import Melody
from studio.ui.timeline.note_paint import LEAST_PX, paint_note
from studio.ui.timeline.overlay import focus_frame
from studio.ui.timeline.pitch_axis import PitchAxis
from studio.ui.timeline.pitch_paint import paint_melody, paint_rows
from studio.ui.timeline.viewport import Viewport, ticks

PAST: Final = 2 / 3
"""The part of the width in which the take lies; in the rest stand its figures."""
_WHEEL_PX: Final = 0.4
_KEPT_FRAMES: Final = 500


class TakeCanvas(QWidget):
    """Shows a clip whose melody is known. Left and Right go from note to note, Escape lets go of the one in hand."""

    axis_changed = Signal()
    viewed = Signal()  # another stretch of time, or another take
    picked = Signal(int)  # the number of a note, -1 for none

    def __init__(self, desk: Desk, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._colours = Colours(theme)
        self.melodies = Melodies(desk, self)
        self._clip: Clip | None = None
        self.notes: tuple[Note, ...] = ()
        self.picked_note = -1
        self.axis = PitchAxis(height_px=540, px_per_semitone=20.0)
        self.in_hertz = False
        self._view = Viewport()
        self._stale = True
        self._image = QImage()
        self._playhead_x = -1
        self.frame_ms: deque[float] = deque(maxlen=_KEPT_FRAMES)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumHeight(160)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName("Notes of the take")
        self.melodies.ready.connect(self._fit)
        desk.document.folder_changed.connect(self.melodies.forget)

    def set_theme(self, theme: Theme) -> None:
        """Paint with another palette."""
        self._colours = Colours(theme)
        self.restage()

    @property
    def clip(self) -> Clip | None:
        """The take that is shown."""
        return self._clip

    @property
    def viewport(self) -> Viewport:
        """The stretch of time in view."""
        return self._view

    @property
    def now_x(self) -> int:
        """Where the take ends and its figures begin."""
        return round(self.width() * PAST)

    @property
    def _lift(self) -> int:
        return self._desk.settings.value.pitch.transposed

    def show_clip(self, clip: Clip | None, notes: tuple[Note, ...]) -> None:
        """Show a take and the notes that lie in it, in seconds of its medium."""
        another = clip is None or self._clip is None or clip.id != self._clip.id
        self._clip, self.notes = clip, notes
        if another or self.picked_note >= len(notes):
            self.picked_note = -1
        if another:
            self._fit()
        self.restage()

    def shown(self) -> list[tuple[Clip, Melody]]:
        """The parts of the take whose melody is known and was read."""
        if self._clip is None:
            return []
        pieces = [(part, self.melodies.of(pitch)) for part, pitch in self._desk.document.project.melody_in(self._clip)]
        return [(part, melody) for part, melody in pieces if melody is not None]

    def pick(self, number: int) -> None:
        """Take a note in hand; -1 lets go."""
        number = number if 0 <= number < len(self.notes) else -1
        if number != self.picked_note:
            self.picked_note = number
            if number >= 0:
                self._view = self._view.revealing(self._sample(self.notes[number].start_s))
            self.restage()
            self.picked.emit(number)

    def place(self, number: int) -> tuple[int, int] | None:
        """From where to where on the timeline a note lasts; None without such a note."""
        if not 0 <= number < len(self.notes) or self._clip is None:
            return None
        note = self.notes[number]
        return round(self._sample(note.start_s)), round(self._sample(note.end_s))

    @property
    def playhead_x(self) -> int:
        """The pixel of the playhead, -1 while nothing plays."""
        return self._playhead_x

    def set_playhead(self, sample: float | None) -> None:
        """Move the playhead, or take it away; only its columns are painted."""
        x = -1 if sample is None else round(self._view.x_of(sample))
        if x != self._playhead_x:
            for column in (self._playhead_x, x):
                self.update(column - 1, 0, 3, self.height())
            self._playhead_x = x

    def restage(self) -> None:
        """Paint the picture anew at the next frame."""
        self._stale = True
        self.update()
        self.viewed.emit()

    def _fit(self) -> None:
        clip, a4_hz = self._clip, self._desk.document.project.a4_hz
        if clip is None:
            return
        self._view = Viewport(width_px=max(self.now_x, 1), rate_hz=self._desk.document.project.rate_hz)
        self._view = self._view.fitted(clip.start, clip.end, 0.04)
        spans = [melody.span(part, a4_hz) for part, melody in self.shown()]
        sung = np.concatenate(spans) if spans else np.zeros(0)
        if len(sung):
            low, high = np.percentile(sung, (1, 99)) + self._lift
            self._become(self.axis.fitted(float(low), float(high)))
        self.restage()

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        begin = time.perf_counter()
        scale = self.devicePixelRatioF()
        if self._stale:
            self._stage(scale)
        painter, region = QPainter(self), event.rect()
        source = QRectF(region.x() * scale, region.y() * scale, region.width() * scale, region.height() * scale)
        painter.drawImage(QRectF(region), self._image, source)
        if 0 <= self._playhead_x < self.now_x:
            painter.fillRect(QRectF(self._playhead_x, 0, 1, self.height()), self._colours.playhead)
        if self.hasFocus():
            focus_frame(painter, QRectF(self.rect()), self._colours.accent)
        painter.end()
        self.frame_ms.append((time.perf_counter() - begin) * 1000)

    def _stage(self, scale: float) -> None:
        self._stale = False
        size = self.size() * scale
        if self._image.size() != size:
            self._image = QImage(size, QImage.Format.Format_RGB32)
        self._image.setDevicePixelRatio(scale)
        painter = QPainter(self._image)
        paint_rows(painter, QRectF(self.rect()), self.axis, self._colours)
        for tick in ticks(self._view, short_px=1e9):
            painter.fillRect(QRectF(round(self._view.x_of(tick.sample)), 0, 1, self.height()), self._colours.grid)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setClipRect(QRectF(0, 0, self.now_x, self.height()))
        for number in range(len(self.notes)):
            self._paint_note(painter, number)
        for clip, melody in self.shown():
            ink, a4_hz = self._colours.theme.pitch, self._desk.document.project.a4_hz
            paint_melody(painter, self.axis, self._view, clip, melody, ink, a4_hz, lift=self._lift)
        painter.setClipping(False)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
        painter.fillRect(QRectF(self.now_x, 0, 1, self.height()), self._colours.strong_line)
        painter.end()

    def box(self, number: int) -> QRectF:
        """Where the blob of a note lies."""
        note = self.notes[number]
        left, right = (self._view.x_of(self._sample(at_s)) for at_s in (note.start_s, note.end_s))
        midi = hz_to_midi(note.named_hz, self._desk.document.project.a4_hz) + self._lift
        height = max(self.axis.px_per_semitone, LEAST_PX)
        return QRectF(left, self.axis.y_of(midi) - height / 2, max(right - left - 1, 3.0), height)

    def _paint_note(self, painter: QPainter, number: int) -> None:
        given = self.notes[number].given_hz is not None
        paint_note(painter, self._colours.theme, self.box(number), in_hand=number == self.picked_note, given=given)

    def _sample(self, at_s: float) -> float:
        """The timeline sample of a moment of the medium."""
        assert self._clip is not None
        return self._clip.start + at_s * self._desk.document.project.rate_hz - self._clip.source_start

    # Hands

    def mousePressEvent(self, event: QMouseEvent) -> None:
        where = event.position()
        under = [number for number in range(len(self.notes)) if self.box(number).adjusted(-2, -6, 2, 6).contains(where)]
        self.pick(min(under, key=lambda number: abs(self.box(number).center().y() - where.y())) if under else -1)
        if self._clip is not None and where.x() < self.now_x:
            self._desk.transport.seek(max(round(self._view.sample_at(where.x())), 0))

    def event(self, event: QEvent) -> bool:
        """Keep the arrows for the notes while the canvas has the keyboard, before the transport takes them."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and _walks(event):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not _walks(event):
            super().keyPressEvent(event)
        elif event.key() == Qt.Key.Key_Escape:
            self.pick(-1)
        else:
            step = 1 if event.key() == Qt.Key.Key_Right else -1
            self.pick(min(max(self.picked_note + step, 0), len(self.notes) - 1))

    def wheelEvent(self, event: QWheelEvent) -> None:
        keys, along = event.modifiers(), event.angleDelta().y() or event.angleDelta().x()
        length = self._clip.end if self._clip is not None else 0
        if keys & Qt.KeyboardModifier.ControlModifier:
            self._view = self._view.zoomed(1.2 ** (along / 120), event.position().x()).clamped(length)
        elif keys & Qt.KeyboardModifier.ShiftModifier:
            self._view = self._view.panned(-along * _WHEEL_PX).clamped(length)
        elif keys & Qt.KeyboardModifier.AltModifier:
            self._become(self.axis.zoomed(1.2 ** (along / 120), event.position().y()))
        else:
            self._become(self.axis.scrolled(-along * _WHEEL_PX))
        self.restage()
        event.accept()

    def _become(self, axis: PitchAxis) -> None:
        if axis != self.axis:
            self.axis = axis
            self.axis_changed.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._become(self.axis.resized(self.height()).clamped())
        self._fit()
        self.restage()


def _walks(event: QKeyEvent) -> bool:
    keys = (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Escape)
    return event.key() in keys and event.modifiers() == Qt.KeyboardModifier.NoModifier
