"""Undo as a value: the edits of a project in order, the project after each, and where the person stands."""

from typing import Self

from msgspec import Struct
from msgspec.structs import replace

from studio.model.edits import Edit
from studio.model.project import Project

KEPT_STEPS = 10_000
"""Older steps become part of the base and can no longer be undone."""


class Step(Struct, frozen=True):
    """One undo step: what was done, and the project after it (which shares all that did not change)."""

    edit: Edit
    after: Project

    @property
    def label(self) -> str:
        """What was done, in words."""
        return self.edit.label


class History(Struct, frozen=True):
    """The project before all steps, the steps, and how many of them are in force.

    `open_gesture` names the drag that is still going on: edits of the same gesture replace the last step, applied
    to the project from before the drag, so that a step always has exactly one edit.
    """

    base: Project
    steps: tuple[Step, ...] = ()
    position: int = 0
    open_gesture: str = ""

    @property
    def project(self) -> Project:
        """The project as it is now."""
        return self._at(self.position)

    @property
    def labels(self) -> tuple[str, ...]:
        """What each step did, oldest first, undone ones included."""
        return tuple(step.label for step in self.steps)

    @property
    def undo_label(self) -> str:
        """What undo would take back; empty when there is nothing."""
        return self.steps[self.position - 1].label if self.position else ""

    @property
    def redo_label(self) -> str:
        """What redo would do again; empty when there is nothing."""
        return self.steps[self.position].label if self.position < len(self.steps) else ""

    def continues(self, edit: Edit) -> bool:
        """Whether an edit belongs to the gesture that is going on."""
        return bool(self.open_gesture) and edit.gesture == self.open_gesture

    def do(self, edit: Edit, *, continues: bool | None = None) -> Self:
        """The history after one more edit; the same history when the edit changes nothing.

        `continues` says whether the edit replaces the last step (None: as the open gesture says; a journal knows).
        StudioError when the edit is impossible.
        """
        if continues is None:
            continues = self.continues(edit)
        kept = self.position - (1 if continues and self.position else 0)
        before = self._at(kept)
        after = edit.apply(before)
        if after == before:
            # A drag back to where it began leaves no step; an edit that changes nothing leaves the redo steps alone.
            return replace(self, steps=self.steps[:kept], position=kept, open_gesture="") if continues else self
        steps = (*self.steps[:kept], Step(edit, after))
        base = self.base
        if len(steps) > KEPT_STEPS:
            base, steps = steps[0].after, steps[1:]
        return replace(self, base=base, steps=steps, position=len(steps), open_gesture=edit.gesture)

    def end_gesture(self) -> Self:
        """The mouse was released: the next edit starts a new step."""
        return replace(self, open_gesture="") if self.open_gesture else self

    def undo(self) -> Self:
        """One step back, or the same where there is none."""
        return self.go_to(self.position - 1)

    def redo(self) -> Self:
        """One step forth, or the same where there is none."""
        return self.go_to(self.position + 1)

    def go_to(self, position: int) -> Self:
        """The history with so many steps in force, as near as there are steps."""
        return replace(self, position=max(0, min(position, len(self.steps))), open_gesture="")

    def _at(self, position: int) -> Project:
        return self.steps[position - 1].after if position else self.base
