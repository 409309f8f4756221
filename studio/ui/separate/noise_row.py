"""Showing an engine what the noise is: a stretch of a clip in which nothing else is heard."""

from typing import Final

from msgspec import Struct
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from studio.model.project import ClipId
from studio.model.time import format_clock
from studio.protocol.jobs import EngineSettings
from studio.session.desk import Desk
from studio.ui.controls import Button, Elided, tip
from studio.ui.separate.labels import row_label
from studio.ui.theme import Theme

LEARNS: Final = "noise profile"
"""What an engine's card says that can be shown a noise."""
_SHORTEST_S: Final = 0.25


class Noise(Struct, frozen=True):
    """A stretch of a medium, and where it lay on the timeline when it was learnt."""

    file: str
    source_start: int
    start: int
    stop: int


class NoiseRow(QWidget):
    """Nothing learnt → learnt from a stretch of the timeline, until it is forgotten or other clips are chosen."""

    changed = Signal()

    def __init__(self, desk: Desk, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._desk = desk
        self._clips: tuple[ClipId, ...] = ()
        self._noise: Noise | None = None
        self._said = Elided("", theme, tone="secondary")
        self.learn = Button("Learn the noise here", self)
        self.learn.clicked.connect(self._learn)
        self.forget = Button("Forget", self, kind="quiet")
        self.forget.setAccessibleName("Forget the learnt noise")
        self.forget.setToolTip("Forget the learnt noise\nThe engine finds it by itself again.")
        self.forget.clicked.connect(lambda: self._become(None))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        row.addWidget(row_label("Noise", theme))
        row.addWidget(self._said, 1)
        row.addWidget(self.forget)
        row.addWidget(self.learn)
        desk.selection.changed.connect(self._show)
        self._show()

    def begin(self, clips: tuple[ClipId, ...]) -> None:
        """Be about these clips; what was learnt from another one is forgotten."""
        if set(clips) != set(self._clips):
            self._clips, self._noise = clips, None
        self._show()

    @property
    def settings(self) -> EngineSettings:
        """What the engine is told of the noise; nothing where none was learnt."""
        noise = self._noise
        if noise is None:
            return {}
        return {
            "noise_file": noise.file,
            "noise_start": noise.source_start,
            "noise_length": noise.stop - noise.start,
        }

    @property
    def is_selected(self) -> bool:
        """Whether what is selected on the timeline is the very stretch that was learnt."""
        selection, noise = self._desk.selection, self._noise
        return noise is not None and (selection.start, selection.stop) == (noise.start, noise.stop)

    def _learn(self) -> None:
        self._become(self._here())

    def _become(self, noise: Noise | None) -> None:
        self._noise = noise
        self._show()
        self.changed.emit()

    def _here(self) -> Noise | None:
        """The selected stretch, where all of it lies within one of the clips and is long enough."""
        selection, project = self._desk.selection, self._desk.document.project
        if not selection.is_range or selection.clips:
            return None
        if selection.stop - selection.start < _SHORTEST_S * project.rate_hz:
            return None
        for clip in project.clips:
            if clip.id in self._clips and clip.start <= selection.start and selection.stop <= clip.end:
                source_start = clip.source_start + selection.start - clip.start
                return Noise(project.medium(clip.media).file, source_start, selection.start, selection.stop)
        return None

    def _show(self) -> None:
        noise, rate_hz = self._noise, self._desk.document.project.rate_hz
        if noise is not None:
            begin, end = format_clock(noise.start, rate_hz), format_clock(noise.stop, rate_hz)
            self._said.setText(f"Learnt from {begin} to {end}")
        else:
            self._said.setText("Found by the engine")
        self.forget.setVisible(noise is not None)
        here = self._here()
        self.learn.setVisible(noise is None or not self.is_selected)
        self.learn.setEnabled(here is not None)
        why = "" if here is not None else "Select a quarter of a second or more of the clip with the noise alone"
        self.learn.setToolTip(tip("Learn the noise here", "", why or "From the selected stretch"))
