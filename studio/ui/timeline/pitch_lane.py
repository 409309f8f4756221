"""The pitch lane: the melody of the selected track on a note grid, and the controls that belong to it."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Final

from PySide6.QtCore import QRunnable, QSignalBlocker, Qt, QThreadPool, Signal, SignalInstance, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QMenu,
    QProgressBar,
    QPushButton,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from studio.commands import BY_ID
from studio.errors import StudioError, explain
from studio.model.pitch import IMPORTED
from studio.model.project import Clip, Project, Track
from studio.protocol.common import JobId
from studio.session.desk import Desk
from studio.session.jobs import JobRow
from studio.ui.controls import Elided, IconButton, surface
from studio.ui.theme import Theme
from studio.ui.timeline.keyboard import WIDTH as KEYS_WIDTH
from studio.ui.timeline.keyboard import Keyboard
from studio.ui.timeline.note_scale import ScaleButton
from studio.ui.timeline.pitch_canvas import PitchCanvas
from studio.ui.timeline.saving import melody_rows, save_lines, save_picture
from studio.ui.timeline.sight import Sight
from studio.ui.timeline.track_header import WIDTH as HEAD_WIDTH
from studio.ui.words import job_line

_TOOLS: Final = ("pitch.find_notes", "pitch.draw_notes", "pitch.note_split", "pitch.note_join")
_TALL_PX: Final = 188  # a lower lane has no room for the scale; the settings have it too
_FALLBACK_ENGINES: Final = (("melisma", "Melisma"),)


class PitchLane(QWidget):
    """Shows a melody, its progress while it is being found, or the one button that finds it."""

    command_wanted = Signal(str)

    _csv_done = Signal(object)  # StudioError, or the Path that was written

    def __init__(self, desk: Desk, theme: Theme, sight: Sight, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._sight = sight
        self.canvas = PitchCanvas(desk, theme, sight)
        self.keyboard = Keyboard(desk, theme, self.canvas)
        self._pool = QThreadPool(self, maxThreadCount=1)
        self._job: JobId | None = None
        self._shown_engine: tuple[str, str] = ("", "")
        self._chosen_engine = ""
        self.setMinimumHeight(156)
        self.setAccessibleName("Pitch lane")
        self._title = QLabel("Pitch")
        self._whose = Elided("", theme, tone="secondary")
        self._engine = QComboBox()
        self._engine.view().setAccessibleName("Pitch engines")
        self._engine.setAccessibleName("Pitch engine")
        self._engine.setToolTip("The engine that finds the melody")
        self._find = IconButton("Find the pitch", "pitch", theme, keys="Ctrl+Alt+P")
        self._hertz = IconButton("Show hertz instead of notes", "note", theme, checkable=True)
        self._fit = IconButton("Fit to what is sung", "zoom-fit", theme)
        self._more = IconButton("Save the picture or its data", "export", theme)
        self.tools = {which: self._tool(which, theme) for which in _TOOLS}
        self.scale = ScaleButton(desk.settings)
        self._lay_out(theme)

        self._find.clicked.connect(self.find_pitch)
        self._hertz.toggled.connect(self.canvas.set_hertz)
        self._fit.clicked.connect(self.canvas.fit)
        self._more.clicked.connect(self._open_menu)
        self._engine.activated.connect(self._choose_engine)
        self._csv_done.connect(self._csv_saved)
        self.canvas.chosen.connect(self._show_tools)
        desk.document.changed.connect(self._refresh)
        desk.selection.changed.connect(self._refresh)
        desk.jobs.changed.connect(self._show_state)
        desk.engines.changed.connect(self._show_engines)
        desk.settings.changed.connect(self._show_engines)
        self._show_engines()
        self._refresh()

    def _lay_out(self, theme: Theme) -> None:
        left = QWidget()
        surface(left, "panel")
        left.setFixedWidth(HEAD_WIDTH - KEYS_WIDTH)
        column = QVBoxLayout(left)
        column.setContentsMargins(12, 8, 8, 8)
        column.setSpacing(4)
        column.addWidget(self._title)
        column.addWidget(self._whose)
        column.addSpacing(4)
        column.addWidget(self._engine)
        column.addWidget(self.scale)
        column.addStretch(1)
        buttons = QHBoxLayout()
        buttons.setSpacing(0)
        for button in (self._find, self._hertz, self._fit, self._more):
            button.setFixedSize(25, 28)
            buttons.addWidget(button)
        buttons.addStretch(1)
        column.addLayout(buttons)
        notes = QHBoxLayout()
        notes.setSpacing(0)
        for tool in self.tools.values():
            notes.addWidget(tool)
        notes.addStretch(1)
        column.addLayout(notes)

        self._empty = QWidget()
        surface(self._empty, "panel")
        self._line = QLabel()
        self._line.setProperty("tone", "secondary")
        self._line.setWordWrap(True)
        self._line.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._button = QPushButton("Find the pitch")
        self._button.clicked.connect(self.find_pitch)
        self._progress = QProgressBar()
        self._progress.setRange(0, 1000)
        self._progress.setTextVisible(False)
        self._progress.setFixedHeight(4)
        self._progress.setMaximumWidth(320)
        self._cancel = QPushButton("Cancel")
        self._cancel.clicked.connect(self._call_off)
        middle = QVBoxLayout(self._empty)
        middle.setSpacing(12)
        middle.addStretch(1)
        middle.addWidget(self._line)  # as wide as there is: a wrapped line knows its height only by its width
        for widget in (self._progress, self._button, self._cancel):
            middle.addWidget(widget, 0, Qt.AlignmentFlag.AlignHCenter)
        middle.addStretch(1)
        self._progress.setMinimumWidth(240)

        stack = QWidget()
        self._stack = QStackedLayout(stack)
        self._stack.addWidget(self.canvas)
        self._stack.addWidget(self._empty)
        whole = QHBoxLayout(self)
        whole.setContentsMargins(0, 1, 0, 0)
        whole.setSpacing(0)
        for part in (left, self.keyboard, stack):
            whole.addWidget(part)
        surface(self, "panel", "top")

    def _tool(self, which: str, theme: Theme) -> IconButton:
        command = BY_ID[which]
        keys = command.keys.partition(";")[0]
        tool = IconButton(
            command.title, command.icon, theme, keys=keys, on="accent", checkable=command.checked is not None
        )
        tool.setFixedSize(25, 28)
        tool.clicked.connect(partial(self._press, which))
        return tool

    def _press(self, which: str, _on: bool = False) -> None:
        self.command_wanted.emit(which)
        self._show_tools()

    def _show_tools(self) -> None:
        """Let each tool say whether it can be used now, and why not."""
        for which, tool in self.tools.items():
            command = BY_ID[which]
            why_not = command.unavailable(self._desk)
            tool.setEnabled(not why_not)
            tool.name(command.title, command.keys, why_not)
            if command.checked is not None:
                tool.setChecked(command.checked(self._desk))

    # What is shown

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.scale.setVisible(self.height() >= _TALL_PX)

    def set_playhead(self, sample: float) -> None:
        """Move the playhead."""
        self.canvas.set_playhead(sample)

    @property
    def track(self) -> Track | None:
        """The track whose melody is shown: of the selected clip or track, else the first with a melody."""
        project, selection = self._desk.document.project, self._desk.selection
        for track in project.tracks:
            if selection.clips and any(clip.id == selection.clips[-1] for clip in track.clips):
                return track
        chosen = [track for track in project.tracks if track.id in selection.tracks]
        if chosen:
            return chosen[0]
        known = {pitch.media for pitch in project.pitches}
        sung = [track for track in project.tracks if any(clip.media in known for clip in track.clips)]
        return next(iter(sung or project.tracks), None)

    @property
    def state(self) -> str:
        """What the lane shows: "melody", "finding", "failed", "none" (a track without a melody) or "empty"."""
        project, track = self._desk.document.project, self.track
        if track is None or not track.clips:
            return "empty"
        row = self._row(track)
        if row is not None and row.state in ("waiting", "running"):
            return "finding"
        if any(project.melody_in(clip) for clip in track.clips):
            return "melody"
        return "failed" if row is not None and row.state == "failed" else "none"

    def find_pitch(self) -> None:
        """Find the melody of the selected clips of the track, or of all of its clips."""
        track = self.track
        if track is None:
            return
        chosen = [clip.id for clip in self._wanted(track)]
        self._desk.importing.find_pitch(chosen, self._engine.currentData() or "")
        self._show_state()

    def _wanted(self, track: Track) -> tuple[Clip, ...]:
        selected = tuple(clip for clip in track.clips if clip.id in self._desk.selection.clips)
        return selected or track.clips

    def _refresh(self, _project: Project | None = None) -> None:
        project, track = self._desk.document.project, self.track
        self._whose.setText(track.name if track is not None else "")
        self.canvas.show_track(project, track)
        shown = (track.id if track is not None else "", self.curve_engine)
        if shown != self._shown_engine:
            self._shown_engine, self._chosen_engine = shown, ""
            self._show_engines()
        self._show_state()

    def _row(self, track: Track) -> JobRow | None:
        """The job that looks for a melody of the track: one that goes on before one that is over."""
        found = None
        for clip in track.clips:
            job = self._desk.importing.finding.get(clip.media)
            row = self._desk.jobs.row(job) if job is not None else None
            if row is not None and (found is None or not row.is_over):
                found = row
        return found

    def _show_state(self) -> None:
        state, track = self.state, self.track
        row = self._row(track) if track is not None else None
        self._job = row.id if row is not None else None
        self._stack.setCurrentWidget(self.canvas if state == "melody" else self._empty)
        self.keyboard.setVisible(True)
        self._progress.setVisible(state == "finding")
        self._cancel.setVisible(state == "finding")
        self._button.setVisible(state in ("none", "failed"))
        self._find.setEnabled(state in ("none", "failed", "melody"))
        self._show_tools()
        if state == "finding" and row is not None:
            self._line.setText(job_line(row))
            self._progress.setValue(round(row.fraction * 1000))
        elif state == "failed" and row is not None and row.why is not None:
            self._line.setText(row.why.sentence)
        elif state == "none":
            self._line.setText("The melody of this track has not been looked for yet.")
        elif state == "empty":
            self._line.setText("The sung or spoken melody of a track appears here.")

    def _call_off(self) -> None:
        if self._job is not None:
            self._desk.jobs.cancel(self._job)

    # Engines

    @property
    def curve_engine(self) -> str:
        """The id of the engine that found the melody that is shown; "" while none is."""
        project, track = self._desk.document.project, self.track
        for clip in self._wanted(track) if track is not None else ():
            for _, pitch in project.melody_in(clip):
                return pitch.lineage.engine
        return ""

    def _show_engines(self, _settings: object = None) -> None:
        cards = [card for card in self._desk.engines.cards if card.task == "pitch"]
        entries = [(card.id, card.name, card.missing) for card in cards]
        entries = entries or [(engine, name, "") for engine, name in _FALLBACK_ENGINES]
        with QSignalBlocker(self._engine):
            self._engine.clear()
            for engine, name, missing in entries:
                self._engine.addItem(name, engine)
                row = self._engine.count() - 1
                if missing:
                    self._engine.setItemData(row, missing, Qt.ItemDataRole.ToolTipRole)
                    self._engine.setItemData(row, 0, Qt.ItemDataRole.UserRole - 1)
            found_by = self.curve_engine if self.curve_engine != IMPORTED else ""
            wanted = self._chosen_engine or found_by or self._desk.settings.value.pitch.engine
            if self._engine.findData(wanted) < 0 and wanted == self.curve_engine:
                self._engine.addItem(self._desk.engines.name_of(wanted), wanted)
            self._engine.setCurrentIndex(max(self._engine.findData(wanted), 0))
        name, found = self._engine.currentText(), self.curve_engine
        if found and found == self._engine.currentData():
            self._engine.setToolTip(f"This melody was found by {name}")
        else:
            self._engine.setToolTip(f"{name} finds the melody, when you press the button below")

    def _choose_engine(self, _index: int) -> None:
        self._chosen_engine = self._engine.currentData()
        self._desk.settings.change("pitch", engine=self._engine.currentData())

    # Saving what is seen

    def _open_menu(self) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction("Save the picture as PNG…").triggered.connect(partial(self._ask_picture, ".png"))
        menu.addAction("Save the picture as SVG…").triggered.connect(partial(self._ask_picture, ".svg"))
        menu.addAction("Save the data in view as CSV…").triggered.connect(self._ask_data)
        menu.popup(self._more.mapToGlobal(self._more.rect().bottomLeft()))

    def _name(self) -> str:
        track = self.track
        return f"{track.name if track is not None else self._desk.document.project.name} pitch"

    def _ask_picture(self, suffix: str, _checked: bool = False) -> None:
        path = self._desk.asks.save_path("Save the picture", f"{self._name()}{suffix}", suffix)
        if path is not None:
            try:
                self.save_picture(path)
                self._desk.asks.toast(f"Saved {path.name}")
            except StudioError as error:
                self._desk.asks.show(explain(error))

    def save_picture(self, path: Path) -> None:
        """Keyboard and grid as they are on the screen, as PNG or SVG by the suffix."""
        self.canvas.wait()
        save_picture(path, ((self.keyboard, self.keyboard.paint), (self.canvas, self.canvas.paint)))

    def _ask_data(self) -> None:
        path = self._desk.asks.save_path("Save the data", f"{self._name()}.csv", ".csv")
        if path is not None:
            view, project = self._sight.viewport, self._desk.document.project
            lines = melody_rows(
                self.canvas.shown(), view.first_sample, view.last_sample, project.rate_hz, project.a4_hz
            )
            self._pool.start(_Write(path, lines, self._csv_done))

    @Slot(object)
    def _csv_saved(self, outcome: object) -> None:
        if isinstance(outcome, StudioError):
            self._desk.asks.show(explain(outcome))
        elif isinstance(outcome, Path):
            self._desk.asks.toast(f"Saved {outcome.name}")


class _Write(QRunnable):
    """Writes lines on a thread: ten hours of melody are millions of them."""

    def __init__(self, path: Path, lines: Iterator[str], done: SignalInstance) -> None:
        super().__init__()
        self._path, self._lines = path, lines
        self._done = done

    def run(self) -> None:
        outcome: object = self._path
        try:
            save_lines(self._path, self._lines)
        except StudioError as error:
            outcome = error
        try:
            self._done.emit(outcome)
        except RuntimeError:  # the window was closed meanwhile
            return
