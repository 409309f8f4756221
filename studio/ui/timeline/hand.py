"""The hand on the tracks: what the mouse is over, and the gesture that it has begun."""

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QContextMenuEvent, QMouseEvent
from PySide6.QtWidgets import QWidget

from studio.errors import StudioError, explain
from studio.model.edits import Edit
from studio.model.project import Project
from studio.session.desk import Desk
from studio.ui.timeline.gestures import Gesture, Pointer, Stage, pressed
from studio.ui.timeline.hit import Hit, Part
from studio.ui.timeline.sight import Sight

_CURSORS: Final[dict[Part, Qt.CursorShape]] = {
    "empty": Qt.CursorShape.IBeamCursor,
    "body": Qt.CursorShape.IBeamCursor,
    "header": Qt.CursorShape.OpenHandCursor,
    "left": Qt.CursorShape.SizeHorCursor,
    "right": Qt.CursorShape.SizeHorCursor,
    "fade_in": Qt.CursorShape.SizeBDiagCursor,
    "fade_out": Qt.CursorShape.SizeFDiagCursor,
    "gain": Qt.CursorShape.SizeVerCursor,
    "row_edge": Qt.CursorShape.SplitVCursor,
}


class Hand:
    """Idle → dragging → idle: a drag shows what a release would make, and makes one edit of it, or none.

    `shown` is the project as it is to be painted: that of the document, or what the drag would make of it.
    """

    def __init__(
        self,
        desk: Desk,
        sight: Sight,
        surface: QWidget,
        hit_at: Callable[[float, float], Hit],
        show: Callable[[Project], None],
    ) -> None:
        self._desk, self._sight, self._surface = desk, sight, surface
        self._hit_at, self._paint = hit_at, show
        self.shown = desk.document.project
        self.over = Hit("empty")
        self._gesture: Gesture | None = None
        self._pointer: Pointer | None = None

    @property
    def busy(self) -> bool:
        """Whether something is being dragged."""
        return self._gesture is not None

    @property
    def words(self) -> tuple[str, QPointF] | None:
        """What a drag has to say, and where: beside the pointer."""
        if self._gesture is None or self._pointer is None or not self._gesture.text:
            return None
        return self._gesture.text, QPointF(self._pointer.x + 12, max(self._pointer.y - 16, 12))

    def project_changed(self, project: Project) -> None:
        """The document has another project; a drag goes on as long as the tracks are the same."""
        if self.busy and [one.id for one in project.tracks] != [one.id for one in self.shown.tracks]:
            self._call_off()
        if not self.busy:
            self._show(project)

    def press(self, event: QMouseEvent) -> None:
        """Begin a drag with the left button."""
        if event.button() != Qt.MouseButton.LeftButton or self.busy:
            return
        at = self._pointer_at(event)
        under = self._hit_at(at.x, at.y)
        self._pointer = at
        self._gesture = pressed(self._stage(), at, under)
        if under.part == "header":
            self._surface.setCursor(Qt.CursorShape.ClosedHandCursor)
        self._surface.update()

    def move(self, event: QMouseEvent) -> None:
        """Hover, or go on with a drag."""
        at = self._pointer_at(event)
        self._pointer = at
        self._sight.set_pointer(max(at.sample, 0.0))
        if self._gesture is None:
            self._hover(self._hit_at(at.x, at.y))
            return
        self._gesture.move(at)
        self._preview(self._gesture.edit())
        self._scroll_at_the_edge(at)

    def release(self, event: QMouseEvent) -> None:
        """End a drag with its edit."""
        gesture = self._gesture
        if event.button() != Qt.MouseButton.LeftButton or gesture is None:
            return
        self._gesture = None
        edit = gesture.edit()
        if edit is not None:
            self._do(edit)
        gesture.release()
        self._show(self._desk.document.project)
        self.over = Hit("empty")
        self._hover(self._hit_at(event.position().x(), event.position().y()))

    def press_twice(self, event: QMouseEvent) -> None:
        """Select the clip below, or begin a drag where there is none."""
        clip = self._hit_at(event.position().x(), event.position().y()).clip
        if clip is not None:
            self._desk.selection.set_clips((clip.id,), self._desk.document.project)
        else:
            self.press(event)

    def leave(self) -> None:
        """The mouse is elsewhere."""
        self._sight.set_pointer(None)
        self._hover(Hit("empty"))

    def cancel(self) -> bool:
        """Whether there was a drag, which ends without its edit."""
        if not self.busy:
            return False
        self._call_off()
        self._show(self._desk.document.project)
        return True

    def select_for_menu(self, event: QContextMenuEvent) -> tuple[QPoint, Hit]:
        """Where a menu is wanted and what lies there, which is selected unless it is already."""
        place = event.pos() if event.reason() == QContextMenuEvent.Reason.Mouse else self.cursor_place()
        under = self._hit_at(place.x(), place.y())
        selection = self._desk.selection
        if under.clip is not None and under.clip.id not in selection.clips and not selection.is_range:
            selection.set_clips((under.clip.id,), self._desk.document.project)
        elif under.row is not None and not selection.is_range and under.clip is None:
            at = round(max(self._sight.viewport.sample_at(place.x()), 0))
            selection.set_range(at, at, (under.row.track,))
        return place, under

    def cursor_place(self) -> QPoint:
        """The pixel of the edit cursor, on the first row in view."""
        rows = self._sight.rows.visible(self._sight.top, self._surface.height())
        x = min(max(round(self._sight.viewport.x_of(self._desk.selection.start)), 0), self._surface.width() - 1)
        return QPoint(x, round(rows[0].top - self._sight.top) + 32 if rows else 0)

    def _pointer_at(self, event: QMouseEvent) -> Pointer:
        place, keys = event.position(), event.modifiers()
        return Pointer(
            x=place.x(),
            y=place.y(),
            sample=self._sight.viewport.sample_at(place.x()),
            shift=bool(keys & Qt.KeyboardModifier.ShiftModifier),
            ctrl=bool(keys & Qt.KeyboardModifier.ControlModifier),
            alt=bool(keys & Qt.KeyboardModifier.AltModifier),
        )

    def _stage(self) -> Stage:
        return Stage(self._desk.document.project, self._desk.selection, self._desk.transport, self._sight)

    def _hover(self, under: Hit) -> None:
        if under != self.over:
            changed = (under.clip and under.clip.id) != (self.over.clip and self.over.clip.id)
            self.over = under
            self._surface.setCursor(_CURSORS[under.part])
            if changed:
                self._surface.update()

    def _show(self, project: Project) -> None:
        self.shown = project
        self._paint(project)

    def _preview(self, edit: Edit | None) -> None:
        """Show what a release here would make, without doing it."""
        before = self._desk.document.project
        try:
            after = edit.apply(before) if edit is not None else before
        except StudioError:
            after = before
        if after is not self.shown:
            self._show(after)
        else:
            self._surface.update()

    def _do(self, edit: Edit) -> None:
        try:
            self._desk.document.do(edit)
            self._desk.document.end_gesture()
        except StudioError as error:
            self._desk.asks.show(explain(error))

    def _scroll_at_the_edge(self, at: Pointer) -> None:
        width = self._surface.width()
        beyond = at.x - width if at.x > width else min(at.x, 0)
        if beyond:
            self._sight.pan(min(max(beyond, -40), 40))

    def _call_off(self) -> None:
        if self._gesture is not None:
            gesture, self._gesture = self._gesture, None
            gesture.cancel()
            self._surface.unsetCursor()
