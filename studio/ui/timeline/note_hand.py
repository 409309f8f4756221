"""The hand that writes notes in the pitch lane: it takes them in hand, moves their ends, and draws new ones."""

import math
from collections.abc import Iterator
from typing import Final, Literal, NamedTuple, Protocol

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter

from studio.model.pitch import PitchCurve, note_text
from studio.model.project import Clip, Pitch, Track
from studio.model.sheet import SungNote
from studio.session.desk import Desk
from studio.session.noting import Grip, InHand
from studio.ui.timeline.colours import Colours
from studio.ui.timeline.note_paint import LEAST_PX, paint_note
from studio.ui.timeline.pitch_axis import PitchAxis

_EDGE_PX: Final = 5.0
_BEGINS_PX: Final = 4.0
_NOBODY_PX: Final = 10.0
"""Notes in which nobody sings, and that were given no pitch, lie so far above the lower edge."""

Part = Literal["body", "left", "right"]


class Lane(Protocol):
    """The canvas on which notes are written."""

    @property
    def axis(self) -> PitchAxis: ...

    @property
    def a4_hz(self) -> float: ...

    @property
    def track(self) -> Track | None: ...

    def curve_of(self, pitch: Pitch) -> PitchCurve | None: ...

    def x_of(self, sample: float) -> float: ...

    def sample_at(self, x: float) -> int: ...

    def width(self) -> int: ...

    def height(self) -> int: ...

    def restage(self) -> None: ...

    def setAccessibleDescription(self, text: str) -> None: ...


class Under(NamedTuple):
    """What lies under the mouse."""

    clip: Clip
    note: SungNote
    part: Part


class NoteHand:
    """Idle → an end in its grip, or a note that is being drawn → idle. What is not for a note is the lasso's."""

    def __init__(self, desk: Desk, lane: object) -> None:
        self._desk = desk
        self._lane: Lane = lane  # type: ignore[assignment]  # a canvas is one
        self._grip: Grip | None = None
        self._part: Part = "body"
        self._drawn: tuple[QPointF, QPointF] | None = None
        self._means: dict[tuple[str, SungNote], float] = {}
        self._about: object = None
        desk.noting.changed.connect(self._changed)

    # What there is

    def notes(self) -> Iterator[tuple[Clip, SungNote]]:
        """The notes of the track, clip by clip."""
        project, track = self._desk.document.project, self._lane.track
        for clip in track.clips if track is not None else ():
            sheet = project.sheet_of(clip.media)
            for note in sheet.notes if sheet is not None else ():
                if note.start < clip.source_end and clip.source_start < note.stop:
                    yield clip, note

    def midi(self, clip: Clip, note: SungNote) -> float:
        """The pitch of a note: the one that it was given, or the mean of what is sung; NaN without either."""
        if note.midi is not None:
            return note.midi
        project = self._desk.document.project
        about = (project.pitches, project.a4_hz)
        if about != self._about:
            self._about = about
            self._means.clear()
        key = (clip.media, note)
        if key not in self._means:
            mean = self._desk.noting.sung_midi(clip, note, self._lane.curve_of)
            if math.isnan(mean):  # perhaps its curve is still being read
                return mean
            self._means[key] = mean
        return self._means[key]

    def box(self, clip: Clip, note: SungNote) -> QRectF:
        """Where the blob of a note lies; what is outside of its clip is cut off."""
        lane, shift = self._lane, clip.start - clip.source_start
        left = lane.x_of(max(note.start + shift, clip.start))
        right = lane.x_of(min(note.stop + shift, clip.end))
        height = max(lane.axis.px_per_semitone, LEAST_PX)
        midi = self.midi(clip, note)
        middle = lane.height() - _NOBODY_PX if math.isnan(midi) else lane.axis.y_of(midi)
        return QRectF(left, middle - height / 2, max(right - left - 1, 3.0), height)

    def under(self, at: QPointF) -> Under | None:
        """The note under the mouse, and which part of it; of several, the one whose pitch is nearest."""
        found: list[tuple[float, Under]] = []
        for clip, note in self.notes():
            box = self.box(clip, note)
            if box.adjusted(-_EDGE_PX, -2, _EDGE_PX, 2).contains(at):
                inner = min(_EDGE_PX, box.width() / 4)
                part: Part = (
                    "left" if at.x() < box.left() + inner else "right" if at.x() > box.right() - inner else "body"
                )
                away = abs(at.y() - box.center().y()) + (0 if box.contains(at) else box.height())
                found.append((away, Under(clip, note, part)))
        return min(found, key=lambda one: one[0])[1] if found else None

    # The mouse

    def cursor(self, at: QPointF) -> Qt.CursorShape:
        """What a drag would do here."""
        found = self.under(at)
        if found is not None and found.part != "body" and not self._locked:
            return Qt.CursorShape.SizeHorCursor
        return Qt.CursorShape.UpArrowCursor if self._desk.draws_notes else Qt.CursorShape.CrossCursor

    def press(self, event: QMouseEvent) -> bool:
        """Take an end in its grip, or begin to draw; False where this is for somebody else."""
        if event.button() != Qt.MouseButton.LeftButton or self._locked:
            return False
        found = self.under(event.position())
        if found is not None and found.part != "body":
            self._grip = self._desk.noting.grab(InHand(found.clip.id, found.note.start))
            self._part = found.part
            self._desk.document.end_gesture()
            self._desk.noting.pick(InHand(found.clip.id, found.note.start))
            return True
        if self._desk.draws_notes:
            self._drawn = (event.position(), event.position())
            return True
        return False

    def move(self, event: QMouseEvent) -> bool:
        """Go on with what `press` began."""
        if self._grip is not None:
            at = self._lane.sample_at(event.position().x())
            ends = (at, None) if self._part == "left" else (None, at)
            self._desk.noting.trim(self._grip, *ends)
            return True
        if self._drawn is not None:
            self._drawn = (self._drawn[0], event.position())
            self._lane.restage()
            return True
        return False

    def release(self, event: QMouseEvent) -> bool:
        """End what `press` began; False where that was nothing."""
        grip, self._grip = self._grip, None
        drawn, self._drawn = self._drawn, None
        if grip is not None:
            self._desk.document.end_gesture()
            return True
        if drawn is None:
            return False
        self._lane.restage()
        if abs(event.position().x() - drawn[0].x()) > _BEGINS_PX:
            self._draw(drawn[0], event.position())
            return True
        return False

    def click(self, event: QMouseEvent) -> None:
        """Take the note under the mouse in hand, or let go; with Shift one more, or one fewer."""
        noting, found = self._desk.noting, self.under(event.position())
        more = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        one = InHand(found.clip.id, found.note.start) if found is not None else None
        if more and one is not None:
            others = tuple(other for other in noting.in_hand if other != one)
            noting.pick(*others, *(() if len(others) < len(noting.in_hand) else (one,)))
        elif not more:
            noting.pick(*(() if one is None else (one,)))

    def take(self, found: Under) -> None:
        """Take a note in hand."""
        self._desk.noting.pick(InHand(found.clip.id, found.note.start))

    def walk(self, step: int) -> None:
        """Take the note before or after the one in hand."""
        every = sorted(
            (InHand(clip.id, note.start) for clip, note in self.notes()),
            key=lambda one: self._desk.noting.place(one),
        )
        now = self._desk.noting.in_hand
        if every:
            at = every.index(now[-1]) + step if now and now[-1] in every else 0
            self._desk.noting.pick(every[min(max(at, 0), len(every) - 1)])

    def keyed(self, event: QKeyEvent) -> bool:
        """Whether a key is for the note in hand: arrows walk, Escape lets go, Delete takes it away."""
        if not self._desk.has_note or event.modifiers() != Qt.KeyboardModifier.NoModifier:
            return False
        match event.key():
            case Qt.Key.Key_Left | Qt.Key.Key_Right | Qt.Key.Key_Escape:
                return True
            case Qt.Key.Key_Delete | Qt.Key.Key_Backspace:
                return not self._locked
            case _:
                return False

    def key(self, event: QKeyEvent) -> None:
        """Do what such a key says."""
        match event.key():
            case Qt.Key.Key_Escape:
                self._desk.noting.pick()
            case Qt.Key.Key_Left | Qt.Key.Key_Right:
                self.walk(1 if event.key() == Qt.Key.Key_Right else -1)
            case _:
                self._desk.noting.delete()

    @property
    def _locked(self) -> bool:
        return self._desk.document.read_only is not None

    def _row(self, y: float) -> float:
        return float(math.floor(self._lane.axis.midi_at(y) + 0.5))

    def _draw(self, begun: QPointF, ended: QPointF) -> None:
        """A note on the row where the drag began, in the clip over which most of it lies."""
        start, stop = sorted(self._lane.sample_at(at.x()) for at in (begun, ended))
        track = self._lane.track
        clips = track.clips if track is not None else ()
        best = max(clips, key=lambda clip: min(stop, clip.end) - max(start, clip.start), default=None)
        if best is None or not self._desk.noting.draw(best, start, stop, self._row(begun.y())):
            self._desk.asks.toast("A note is drawn over a clip, and longer than that")

    # Painting

    def paint(self, painter: QPainter, colours: Colours) -> None:
        """Paint every note in view, and the one that is being drawn."""
        in_hand = self._desk.noting.in_hand
        for clip, note in self.notes():
            box = self.box(clip, note)
            if box.right() >= 0 and box.left() <= self._lane.width():
                chosen = InHand(clip.id, note.start) in in_hand
                paint_note(painter, colours.theme, box, in_hand=chosen, given=note.midi is not None)
        if self._drawn is not None:
            begun, ended = self._drawn
            height = max(self._lane.axis.px_per_semitone, LEAST_PX)
            left, right = sorted((begun.x(), ended.x()))
            box = QRectF(left, self._lane.axis.y_of(self._row(begun.y())) - height / 2, right - left, height)
            paint_note(painter, colours.theme, box, in_hand=True, given=True)

    def _changed(self) -> None:
        self._lane.setAccessibleDescription(self.words())
        self._lane.restage()

    def words(self) -> str:
        """The note in hand for those who cannot see it."""
        in_hand = self._desk.noting.in_hand
        for clip, note in self.notes():
            if in_hand and InHand(clip.id, note.start) == in_hand[-1]:
                name = note_text(self.midi(clip, note), flats=self._desk.settings.value.pitch.flats)
                how = "given" if note.midi is not None else "as sung"
                seconds = note.length / self._desk.document.project.rate_hz
                more = f", {len(in_hand)} notes in hand" if len(in_hand) > 1 else ""
                return f"Note {name}, {how}, {seconds:.2f} seconds{more}"
        track = self._lane.track
        return f"The melody of {track.name}" if track is not None else "No track"
