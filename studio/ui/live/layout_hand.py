"""The layout of overlays while somebody works on it: what is selected, and edits of the project that move it."""

from collections.abc import Iterable
from typing import Final

from msgspec.structs import replace
from PySide6.QtCore import QObject, QRectF, Signal

from studio.errors import StudioError, explain
from studio.model.edits import SetOverlays
from studio.model.overlays import SMALLEST, Overlay, OverlayKind
from studio.session.desk import Desk

NAMES: Final[dict[OverlayKind, str]] = {
    "speaking": "Speaking indicator",
    "waveform": "Waveform",
    "level": "Level",
    "pitch": "Pitch and vibrato",
    "text": "Text",
    "lyrics": "Lyrics",
    "image": "Image",
    "avatar": "Avatar",
    "camera": "Camera",
}
_PLACES: Final[dict[OverlayKind, tuple[float, float, float, float]]] = {
    "speaking": (0.02, 0.81, 0.06, 0.107),
    "waveform": (0.3, 0.86, 0.4, 0.1),
    "level": (0.02, 0.94, 0.2, 0.03),
    "pitch": (0.62, 0.06, 0.35, 0.26),
    "text": (0.04, 0.05, 0.4, 0.08),
    "lyrics": (0.27, 0.84, 0.69, 0.09),
    "image": (0.8, 0.7, 0.16, 0.24),
    "avatar": (0.04, 0.6, 0.2, 0.36),
    "camera": (0.74, 0.74, 0.24, 0.24),
}
HAS_FILE: Final[dict[OverlayKind, tuple[str, str]]] = {
    "image": ("Choose picture…", "Pictures (*.png *.jpg *.jpeg *.webp *.bmp *.gif)"),
    "avatar": ("Choose picture…", "Pictures (*.png *.jpg *.jpeg *.webp *.bmp *.gif)"),
    "lyrics": ("Choose lyrics…", "Lyrics and subtitles (*.lrc *.srt *.vtt)"),
}
"""Overlays that show a file, with what a person is asked for."""
LAYOUTS: Final[dict[str, tuple[OverlayKind, ...]]] = {
    "Talking": ("speaking", "waveform", "text"),
    "Singing": ("pitch", "level", "text"),
}
"""Layouts to begin with."""


class LayoutHand(QObject):
    """Changes the layout through edits, so that everything undoes. `selected` is the id of an overlay, "" for none."""

    changed = Signal()

    def __init__(self, desk: Desk, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self.selected = ""
        self._known = desk.document.project.overlays
        desk.document.changed.connect(self._project_changed)

    @property
    def overlays(self) -> tuple[Overlay, ...]:
        """The layout, lowest first."""
        return self._desk.document.project.overlays

    @property
    def current(self) -> Overlay | None:
        """The one that is selected."""
        return next((one for one in self.overlays if one.id == self.selected), None)

    def select(self, id: str) -> None:
        """Select an overlay, or with "" none."""
        if id != self.selected:
            self.selected = id
            self.changed.emit()

    def add(self, kind: OverlayKind, *, text: str = "", path: str = "") -> None:
        """Lay one more over the picture, where its kind usually is."""
        one = _made(kind, self.overlays, text or ("Your words" if kind == "text" else ""), path)
        if self._set((*self.overlays, one), f"Add {NAMES[kind].lower()}"):
            self.select(one.id)

    def use(self, name: str) -> None:
        """Take one of the layouts to begin with in the place of what is there."""
        made: tuple[Overlay, ...] = ()
        for kind in LAYOUTS[name]:
            made = (*made, _made(kind, made, "Your words" if kind == "text" else "", ""))
        self._set(made, f"Use the layout {name}")

    def remove(self) -> None:
        """Take the selected one away."""
        current = self.current
        if current is not None:
            rest = tuple(one for one in self.overlays if one.id != current.id)
            self._set(rest, f"Remove {NAMES[current.kind].lower()}")

    def place(self, box: QRectF, *, gesture: str = "") -> None:
        """Put the selected one into a box of shares of the picture; with a gesture, one undo step until `done`."""
        current = self.current
        if current is None:
            return
        width, height = min(max(SMALLEST, box.width()), 1.0), min(max(SMALLEST, box.height()), 1.0)
        left, top = min(max(0.0, box.left()), 1.0 - width), min(max(0.0, box.top()), 1.0 - height)
        moved = replace(current, left=left, top=top, width=width, height=height)
        self._replace(moved, f"Move {NAMES[current.kind].lower()}", f"{gesture} {current.id}" if gesture else "")

    def write(self, text: str) -> None:
        """Other words for the selected one."""
        if self.current is not None:
            self._replace(replace(self.current, text=text), "Change text", f"text {self.selected}")

    def show_file(self, path: str) -> None:
        """Another picture, or other lyrics, for the selected one."""
        if self.current is not None:
            self._replace(replace(self.current, path=path), "Choose picture", "")

    def show_speaking(self, path: str) -> None:
        """The picture of the selected avatar while somebody speaks; "" for the same, only brighter."""
        if self.current is not None:
            self._replace(replace(self.current, speaking_path=path), "Choose picture", "")

    def show_camera(self, device: str, mirrored: bool) -> None:
        """Another camera for the selected one, or the same as in a mirror."""
        if self.current is not None:
            words = "Choose camera" if device != self.current.device else "Mirror camera"
            self._replace(replace(self.current, device=device, mirrored=mirrored), words, "")

    def lift(self, step: int) -> None:
        """Move the selected one above, or below, its neighbour."""
        overlays = list(self.overlays)
        at = next((index for index, one in enumerate(overlays) if one.id == self.selected), -1)
        if at >= 0 and 0 <= at + step < len(overlays):
            overlays.insert(at + step, overlays.pop(at))
            self._set(overlays, "Change order of overlays")

    def step(self, by: int) -> None:
        """Select the next overlay, or the one before."""
        ids = [one.id for one in self.overlays]
        if ids:
            at = ids.index(self.selected) if self.selected in ids else -by if by > 0 else 0
            self.select(ids[(at + by) % len(ids)])

    def done(self) -> None:
        """The mouse was released, or a key."""
        self._desk.document.end_gesture()

    def _replace(self, one: Overlay, words: str, drag: str) -> None:
        if one != self.current:
            self._set([one if other.id == one.id else other for other in self.overlays], words, drag)

    def _set(self, overlays: Iterable[Overlay], words: str, drag: str = "") -> bool:
        try:
            self._desk.document.do(SetOverlays(tuple(overlays), words, drag))
        except StudioError as error:
            self._desk.asks.show(explain(error))
            return False
        return True

    def _project_changed(self, _project: object) -> None:
        if self.overlays is not self._known:
            self._known = self.overlays
            if self.current is None:
                self.selected = ""
            self.changed.emit()


def _made(kind: OverlayKind, others: tuple[Overlay, ...], text: str, path: str) -> Overlay:
    left, top, width, height = _PLACES[kind]
    taken = {one.id for one in others}
    number = next(n for n in range(1, len(taken) + 2) if f"{kind} {n}" not in taken)
    same = sum(one.kind == kind for one in others)
    left, top = min(left + 0.03 * same, 1 - width), min(top + 0.03 * same, 1 - height)
    return Overlay(
        id=f"{kind} {number}", kind=kind, left=left, top=top, width=width, height=height, text=text, path=path
    )
