"""The right panel: what is selected, in numbers that can be changed; without a selection, the project."""

from typing import Final

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from studio.session.desk import Desk
from studio.ui.controls import line, surface
from studio.ui.inspect_clip import ClipSection
from studio.ui.inspect_project import ProjectSection
from studio.ui.inspect_range import RangeSection
from studio.ui.inspect_track import TrackSection
from studio.ui.sections import Section
from studio.ui.separate.growing_section import GrowingSection
from studio.ui.separate.stems_section import StemsSection
from studio.ui.theme import Theme

WIDTH_PX: Final = 280


class Inspector(QScrollArea):
    """Sections above each other; each is hidden while it has nothing to show."""

    def __init__(self, desk: Desk, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        surface(self, "panel")
        self.setAccessibleName("Inspector")
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setMinimumWidth(240)
        inner = QWidget(self)
        rows = QVBoxLayout(inner)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(0)
        self.clip = ClipSection(desk, theme, inner)
        self.growing = GrowingSection(desk, theme, inner)
        self.stems = StemsSection(desk, theme, inner)
        self.track = TrackSection(desk, theme, inner)
        self.range = RangeSection(desk, theme, inner)
        self.project = ProjectSection(desk, theme, inner)
        self._lines: list[QFrame] = []
        for section in self._sections():
            rows.addWidget(section)
            self._lines.append(line(inner))
            rows.addWidget(self._lines[-1])
        rows.addStretch(1)
        self.setWidget(inner)
        desk.document.changed.connect(self._show)
        desk.document.folder_changed.connect(self._show)
        desk.selection.changed.connect(self._show)
        desk.separating.grew.connect(self._show)
        self._locked = False
        self._show()

    def sizeHint(self) -> QSize:
        return QSize(WIDTH_PX, 400)

    def _sections(self) -> tuple[Section, ...]:
        return (self.clip, self.growing, self.stems, self.range, self.track, self.project)

    def _show(self, _changed: object = None) -> None:
        selection = self._desk.selection
        self._lock(only_open=True)
        nothing = not (selection.clips or selection.tracks or selection.is_range)
        self.clip.setVisible(self.clip.show_selected())
        self.growing.setVisible(self.growing.show_selected())
        self.stems.setVisible(self.stems.show_selected())
        self.track.setVisible(self.track.show_selected())
        self.range.setVisible(selection.is_range and not selection.clips)
        self.range.show_now()
        self.project.setVisible(nothing)
        self.project.show_now()
        self._lock()
        shown = [section for section in self._sections() if not section.isHidden()]
        for section, under in zip(self._sections(), self._lines, strict=True):
            under.setVisible(section in shown[:-1])

    def _lock(self, *, only_open: bool = False) -> None:
        """Where the project can only be read, a field that could be typed into would be a false promise."""
        why = self._desk.document.read_only
        if (why is None and not self._locked) or (why is not None and only_open):
            return
        self._locked = why is not None
        reason = "" if why is None else f"Read only. {why.cause} {why.remedy}".strip()
        for section in (self.clip, self.stems, self.track, self.project):
            section.lock(reason)
