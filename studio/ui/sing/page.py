"""The Sing workspace: the voice of this moment on a note grid, the one reading over it, takes along the bottom."""

import math
from functools import cached_property
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QHideEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from studio.commands.help import report
from studio.errors import Explanation
from studio.model.project import ClipId
from studio.protocol.common import Refused
from studio.protocol.live import LivePitch
from studio.protocol.messages import Event
from studio.session.desk import Desk
from studio.settings.schema import Settings
from studio.ui.actions import Actions
from studio.ui.controls import Button, IconButton, Text, surface
from studio.ui.messages import Banners, ExplanationView
from studio.ui.side_column import side_column
from studio.ui.sing.canvas import SingCanvas
from studio.ui.sing.dial import VibratoDial
from studio.ui.sing.heard_notes import SWINGS_FROM_S, HeardNotes
from studio.ui.sing.live_spectrum import LiveSpectrum
from studio.ui.sing.microphone_section import MicrophoneSection
from studio.ui.sing.notes_section import NotesSection
from studio.ui.sing.practice_section import PracticeSection
from studio.ui.sing.range_section import RangeSection
from studio.ui.sing.reading import Reading
from studio.ui.sing.sung import Sung
from studio.ui.sing.takes_bar import TakesBar
from studio.ui.theme import Theme
from studio.ui.timeline.keyboard import Keyboard

if TYPE_CHECKING:
    from studio.ui.sing.take_stage import TakeStage

_SIDE_PX: Final = 288
_FRAME_MS: Final = 16
_FRAMES_A_READING: Final = 5
_LOOK_S: Final = 1.0
_PATIENCE_MS: Final = 700
_EMPTY: Final = "Nothing sung yet. Sing, and your note appears here."
_LOADING: Final = "Getting ready to hear you. The very first time, this takes up to half a minute."


class SingPage(QWidget):
    """Listens while it is in sight and the person wants it to; the microphone is closed when it is not in sight."""

    def __init__(self, desk: Desk, actions: Actions, banners: Banners, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.desk, self._banners, self._theme = desk, banners, theme
        self._wanted = False
        self._frames = 0
        self._why: ExplanationView | None = None
        surface(self, "app")
        self.setAccessibleName("Sing")
        self.sung = Sung()
        self.canvas = SingCanvas(desk, self.sung, theme, self)
        self.canvas.axis_changed.connect(self._place_soon)  # a message above it makes it smaller
        self.keyboard = Keyboard(desk, theme, self.canvas, self)
        self.spectrum = LiveSpectrum(desk, self.canvas, theme, self)
        self.reading = Reading(theme, self.canvas)
        self.dial = VibratoDial(theme, self.canvas)
        self.listen = IconButton("Stop listening", "stop", theme, self.canvas)
        self.listen.clicked.connect(self.stop)
        self.shows_spectrum = IconButton("Spectrogram", "spectrogram", theme, self.canvas, on="accent", checkable=True)
        self.shows_spectrum.clicked.connect(lambda on: desk.settings.change("pitch", live_spectrogram=on))
        self.takes = TakesBar(desk, actions, theme, self)
        self.microphone = MicrophoneSection(desk, theme, self)
        self.practice = PracticeSection(desk, actions, theme, self)
        self.range = RangeSection(desk, self.sung, theme, self)
        self.heard = HeardNotes()
        self.notes = NotesSection(desk, theme, self)
        self._waiting = self._make_waiting()
        self._prepares = False
        self._patience = QTimer(self, singleShot=True, interval=_PATIENCE_MS)
        self._patience.timeout.connect(self._show_state)
        self._lay_out()
        self._timer = QTimer(self, interval=_FRAME_MS)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)
        self.takes.chosen.connect(self.show_take)
        desk.singing.changed.connect(self._show_state)
        desk.transport.worker.said.connect(self._hear)
        desk.settings.changed.connect(self._settings_changed)
        self._settings_changed(desk.settings.value)
        self._show_state()
        self._show_notes()

    @property
    def top(self) -> QVBoxLayout:
        """Where messages stand, above the work."""
        return self._middle

    @property
    def why(self) -> Explanation | None:
        """Why nothing is heard, where that was said."""
        return self._why.why if self._why is not None else None

    def set_theme(self, theme: Theme) -> None:
        """What is made later is made in it."""
        self._theme = theme

    # What a person does

    def start(self) -> None:
        """Open the microphone and draw what is sung."""
        self._wanted = True
        self._explain(None)
        self.show_take(None)
        self.desk.singing.start()

    def show_take(self, clip: ClipId | None) -> None:
        """Show the notes of a take; None goes back to the voice of this moment."""
        self.takes.mark(clip)
        if clip is not None:
            self._stages.setCurrentWidget(self.take)
            self.take.show_take(clip)
        else:
            self._stages.setCurrentIndex(0)
            if self._shows_takes:
                self.take.show_take(None)
        self._show_notes()

    def stop(self) -> None:
        """Close the microphone; what was sung stays in sight."""
        self._wanted = False
        self.desk.singing.stop()

    # What is shown

    def _settings_changed(self, settings: Settings) -> None:
        shows = settings.pitch.live_spectrogram
        self.spectrum.setVisible(shows)
        self.shows_spectrum.setChecked(shows)
        self.shows_spectrum.name(f"{'Hide' if shows else 'Show'} the spectrogram", "", "What the voice is made of.")
        self.canvas.restage()

    def _tick(self) -> None:
        before = self.sung.counter
        self.sung.take_in(self.desk.singing.trace(_LOOK_S))
        if self.heard.add(self.sung.since(before)):
            self._show_notes()
        self.canvas.tick()
        self.spectrum.tick()
        self._frames += 1
        if self._frames % _FRAMES_A_READING == 0:
            self._read()

    def _show_notes(self) -> None:
        if self.takes.shown is None:
            self.notes.show_heard(self.heard.notes)
        else:
            self.notes.show_take(self.take.lines, self.take.canvas.picked_note)
        self.takes.hold(self.take.canvas.place(self.take.canvas.picked_note) if self.takes.shown is not None else None)

    @cached_property
    def take(self) -> "TakeStage":
        """The stage for takes; nobody asks for it before one is to be shown."""
        from studio.ui.sing.take_stage import TakeStage

        take = TakeStage(self.desk, self._theme, self)
        self._stages.addWidget(take)
        take.set_reference(self.canvas.reference)
        take.told.connect(self._show_notes)
        self.notes.table.chosen.connect(take.canvas.pick)
        return take

    @property
    def _shows_takes(self) -> bool:
        return "take" in self.__dict__

    def _read(self) -> None:
        canvas, flats = self.canvas, self.desk.settings.value.pitch.flats
        off = canvas.off_cents if canvas.sings else math.nan
        self.reading.show_pitch(
            canvas.midi, canvas.hz, sings=canvas.sings, flats=flats, against_cents=off, against=canvas.against
        )
        held = self.heard.held_s >= SWINGS_FROM_S
        self.dial.show_swing(self.sung.swing(canvas.now_s) if held else None)

    def _hear(self, event: Event) -> None:
        match event:
            case Refused(request=LivePitch.__name__):
                self._banners.take(f"audio {event.why.code}")  # said here, where the work would be
                self._explain(event.why)
            case _:
                pass

    def _explain(self, why: Explanation | None) -> None:
        if self._why is not None:
            self._words.removeWidget(self._why)
            self._why.deleteLater()
            self._why = None
        if why is not None:
            self._why = ExplanationView(
                why, self._theme, self._waiting, weight="warning", closable=False, report=lambda: report(self.desk)
            )
            self._words.insertWidget(1, self._why)
            self._why.announce()
        self._show_state()

    def _show_state(self) -> None:
        running = self.desk.singing.running
        self._wanted = self._wanted or running
        nothing = not running and not len(self.sung)
        if self.desk.singing.preparing and not self._prepares:
            self._patience.start()
        self._prepares = self.desk.singing.preparing
        loading = self._prepares and not self._patience.isActive()
        self._waiting.setVisible(not running or loading)
        self.begin.setVisible(not running)
        self._hint.setText(_LOADING if loading else _EMPTY)
        self._hint.setVisible(self._why is None and (nothing or loading))
        self.begin.setText("Try again" if self._why is not None else "Start singing" if nothing else "Sing on")
        self.begin.setAccessibleName(self.begin.text())
        self.listen.setVisible(running)
        self.reading.setVisible(running or not nothing)
        self.dial.setVisible(running or not nothing)
        self.takes.come_first(running)
        if self._shows_takes:
            self.take.set_reference(self.canvas.reference)
        self.canvas.set_drone(self.desk.singing.accompaniment.drone_midi)
        if running and self.isVisible():
            self._timer.start()
        else:
            self._timer.stop()
            self._read()
        self._place()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._wanted:
            self.desk.singing.start()
        self._show_state()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._timer.stop()
        self.desk.singing.stop()

    # Where things are

    def _make_waiting(self) -> QWidget:
        waiting = QWidget(self.canvas)
        self._words = QVBoxLayout(waiting)
        self._words.setContentsMargins(48, 0, 48, 0)
        self._words.setSpacing(12)
        self._words.addStretch(1)
        self._hint = Text(_EMPTY, self._theme, tone="secondary")
        self._hint.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._words.addWidget(self._hint)
        self.begin = Button("Start singing", waiting, kind="primary")
        self.begin.clicked.connect(self.start)
        self._words.addWidget(self.begin, 0, Qt.AlignmentFlag.AlignHCenter)
        self._words.addStretch(1)
        return waiting

    def _lay_out(self) -> None:
        stage = QWidget(self)
        grid = QGridLayout(stage)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(0)
        grid.addWidget(self.keyboard, 0, 0)
        grid.addWidget(self.canvas, 0, 1)
        grid.addWidget(self.spectrum, 1, 0, 1, 2)
        grid.setColumnStretch(1, 1)
        grid.setRowStretch(0, 1)
        self._stages = QStackedWidget(self)
        self._stages.addWidget(stage)
        middle = QWidget(self)
        self._middle = QVBoxLayout(middle)
        self._middle.setContentsMargins(0, 0, 0, 0)
        self._middle.setSpacing(0)
        self._middle.addWidget(self._stages, 1)
        self._middle.addWidget(self.takes)
        columns = QHBoxLayout(self)
        columns.setContentsMargins(0, 0, 0, 0)
        columns.setSpacing(0)
        columns.addWidget(middle, 1)
        sections = (self.microphone, self.practice, self.range)
        columns.addWidget(side_column(sections, _SIDE_PX, self, last=self.notes))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_soon()

    def _place_soon(self) -> None:
        QTimer.singleShot(0, self, self._place)

    def _place(self) -> None:
        """The reading and the dial over the part of the grid where nothing is sung yet."""
        canvas, left = self.canvas, self.canvas.now_x + 28
        self.reading.move(left, 20)
        self.dial.move(left - 8, canvas.height() - self.dial.height() - 16)
        self.listen.move(canvas.width() - self.listen.width() - 12, 12)
        self.shows_spectrum.move(canvas.width() - self.shows_spectrum.width() - 12, canvas.height() - 40)
        self._waiting.setGeometry(0, canvas.height() // 2 - 80, canvas.now_x, 160)
