"""A take with everything that is known of its notes: on the grid, in figures, and as lines for the table."""

import math
from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QGridLayout, QProgressBar, QVBoxLayout, QWidget

from studio.model.deviation import deviation
from studio.model.intonation import Intonation, Just, Reference
from studio.model.measures import NoteMeasures, Summary, measure_notes, summarise
from studio.model.notes import Note
from studio.model.pitch import hz_to_midi
from studio.model.project import Clip, ClipId
from studio.session.desk import Desk
from studio.session.jobs import JobRow
from studio.session.measuring import Measuring
from studio.session.singing import Swing
from studio.settings.scales import KEYS
from studio.ui.controls import Button, Text
from studio.ui.sing.dial import VibratoDial
from studio.ui.sing.heat_strip import Cents, HeatStrip
from studio.ui.sing.note_figures import NoteFigures
from studio.ui.sing.notes_table import Line
from studio.ui.sing.reading import Reading
from studio.ui.sing.reference_line import ReferenceLine
from studio.ui.sing.spectrum_strip import SpectrumStrip
from studio.ui.sing.take_canvas import TakeCanvas
from studio.ui.theme import Theme
from studio.ui.timeline.keyboard import Keyboard
from studio.ui.words import job_line

_FRAME_MS: Final = 16


class TakeStage(QWidget):
    """Looks for the melody and the notes of the take it is given, and shows how far that is meanwhile."""

    told = Signal()
    """The lines, or the one in hand, are others now."""

    def __init__(self, desk: Desk, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._clip: ClipId | None = None
        self._measured: tuple[NoteMeasures, ...] = ()
        self._summary: Summary | None = None
        self._asked: object = None
        self._reference: ReferenceLine | None = None
        self._against = ("", "")  # what was sung against, by its name and in a sentence
        self.measuring = Measuring(desk.document, desk.jobs, desk.settings, self)
        self.canvas = TakeCanvas(desk, theme, self)
        self.keyboard = Keyboard(desk, theme, self.canvas, self)
        self.heat = HeatStrip(self.canvas, theme, self)
        self.spectrum = SpectrumStrip(desk, self.canvas, theme, self)
        self.reading = Reading(theme, self.canvas)
        self.reading.setAccessibleName("Note in hand")
        self.figures = NoteFigures(theme, self.canvas)
        self.dial = VibratoDial(theme, self.canvas)
        self._waiting = QWidget(self.canvas)
        self._line = Text("", theme, tone="secondary", wrap=True)
        self._line.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._progress = QProgressBar(self._waiting)
        self._progress.setRange(0, 1000)
        self._progress.setFixedWidth(240)
        self._progress.setTextVisible(False)
        self._progress.setAccessibleName("Progress")
        self.again = Button("Look again", self._waiting)
        self.again.clicked.connect(self._look)
        self._lay_out()
        self._timer = QTimer(self, interval=_FRAME_MS)
        self._timer.timeout.connect(self._follow)
        self.canvas.picked.connect(lambda _number: self._tell())
        self.canvas.axis_changed.connect(self._place_soon)  # a message above it makes it smaller
        self.canvas.melodies.ready.connect(self._measure)
        self.measuring.changed.connect(lambda _media: self._refresh())
        desk.document.changed.connect(lambda _project: self._refresh())
        desk.settings.changed.connect(self._measure)
        desk.jobs.changed.connect(self._show_state)
        desk.transport.state_changed.connect(self._pace)
        self._tell()

    @property
    def clip(self) -> Clip | None:
        """The take that is shown, while the project has it."""
        return next((clip for clip in self._desk.document.project.clips if clip.id == self._clip), None)

    @property
    def notes(self) -> tuple[Note, ...]:
        """The notes that begin in the take."""
        clip = self.clip
        known = self.measuring.notes(clip.media) if clip is not None else None
        if clip is None or known is None:
            return ()
        rate_hz = self._desk.document.project.rate_hz
        start_s, stop_s = clip.source_start / rate_hz, clip.source_end / rate_hz
        return tuple(note for note in known if start_s <= note.start_s < stop_s)

    @property
    def lines(self) -> Sequence[Line]:
        """The notes for a table."""
        notes = self.notes
        known = (
            [note.off_cents for note in self._measured] if len(self._measured) == len(notes) else [None] * len(notes)
        )
        pairs = zip(notes, known, strict=True)
        return [Line(note.pitch_hz, note.end_s - note.start_s, *_swing(note), off) for note, off in pairs]

    @property
    def state(self) -> str:
        """What is shown: "nothing", "finding", "failed" or "notes"."""
        clip = self.clip
        if clip is None:
            return "nothing"
        rows = self._rows(clip)
        if any(not row.is_over for row in rows):
            return "finding"
        known = self.measuring.notes(clip.media) is not None
        return "notes" if known and self._desk.document.project.melody_in(clip) else "failed"

    def show_take(self, clip: ClipId | None) -> None:
        """Show a take, and look for what is not known of it; None shows nothing."""
        if clip != self._clip:
            self._clip = clip
            self._measured, self._summary, self._asked = (), None, None
            self.heat.clear()
            if clip is not None:
                self._look()
        self._refresh()

    def set_reference(self, line: ReferenceLine) -> None:
        """Measure against a melody that is sung along with, where it sounds at the same time."""
        if self._reference is None:
            line.changed.connect(self._measure)
        self._reference = line
        self._measure()

    def _look(self) -> None:
        clip = self.clip
        if clip is None:
            return
        project = self._desk.document.project
        if not project.melody_in(clip) and self._desk.document.read_only is None:
            self._desk.importing.find_pitch([clip.id])
        self.measuring.measure(project.medium(clip.media), clip.name)
        self._show_state()

    def _keep_up(self) -> None:
        """Measure anew what a person has written of a take whose notes were known."""
        clip = self.clip
        row = self.measuring.row(clip.media) if clip is not None else None
        if clip is not None and row is not None and row.state == "done":
            self.measuring.measure(self._desk.document.project.medium(clip.media), clip.name)

    def _rows(self, clip: Clip) -> list[JobRow]:
        finding = self._desk.importing.finding.get(clip.media)
        rows = (self._desk.jobs.row(finding) if finding is not None else None, self.measuring.row(clip.media))
        return [row for row in rows if row is not None]

    def _refresh(self) -> None:
        if self.isVisible():
            self._keep_up()
        self.canvas.show_clip(self.clip, self.notes)
        self._measure()
        self._show_state()
        self._tell()

    def _measure(self, _changed: object = None) -> None:
        """Work out the figures of all notes away from the window's thread, once both notes and melody are there."""
        notes, shown = self.notes, self.canvas.shown()
        clip, line = self.clip, self._reference
        sung_to_now = (line.notes, *(melody.pitch.id for _, melody in line.parts)) if line is not None else ()
        known = tuple(melody.pitch.id for _, melody in shown)
        written = self._desk.singing.intonation
        key = (clip, notes, known, sung_to_now, line and line.clip, written)
        if not notes or not shown or key == self._asked:
            return
        self._asked = key
        first = shown[0][1]
        curve, offset_s = first.curve, first.pitch.start / self._desk.document.project.rate_hz
        sung_to = None
        if self._reference is not None and self._reference.clip not in (None, clip):
            sung_to = self._reference.under(first, shown[0][0])
        scale: Intonation = written if sung_to is None else Reference(sung_to, written.a4_hz)
        key_name = KEYS[self._desk.settings.value.pitch.just_over] if isinstance(scale, Just) else ""
        name = self._reference.name if sung_to is not None and self._reference is not None else ""
        self._against = (name, "the reference") if name else (f"just {key_name}",) * 2 if key_name else ("", "")
        moved = tuple(
            Note(
                start_s=note.start_s - offset_s,
                end_s=note.end_s - offset_s,
                pitch_hz=note.pitch_hz,
                vibrato=note.vibrato,
                given_hz=note.given_hz,
            )
            for note in notes
        )

        def work(_report: object) -> tuple[tuple[NoteMeasures, ...], Cents]:
            found = measure_notes(moved, curve, scale)
            return found, deviation(curve, found)

        def then(found: tuple[tuple[NoteMeasures, ...], Cents]) -> None:
            if self._asked == key:
                self._measured, self._summary = found[0], summarise(found[0])
                self.heat.show_cents(*shown[0], found[1])
                self._tell()

        self._desk.background.do(work, then)

    def _tell(self) -> None:
        """Show the note in hand, or what all of them come to."""
        pitch, a4_hz = self._desk.settings.value.pitch, self._desk.document.project.a4_hz
        number, notes = self.canvas.picked_note, self.notes
        note = notes[number] if 0 <= number < len(notes) else None
        hz = note.pitch_hz if note is not None else math.nan
        midi = hz_to_midi(hz, a4_hz) + pitch.transposed if note is not None else math.nan
        self.reading.show_pitch(midi, hz, sings=note is not None, flats=pitch.flats)
        self.reading.setVisible(note is not None)
        self.dial.setVisible(note is not None)
        rate_hz, cents = _swing(note) if note is not None else (math.nan, math.nan)
        self.dial.show_swing(None if math.isnan(rate_hz) else Swing(rate_hz, cents))
        measured = self._measured[number] if note is not None and len(self._measured) == len(notes) else None
        if measured is not None:
            self.figures.show_note(measured, self._against[1])
        elif note is None and self._summary is not None:
            self.figures.show_summary(self._summary, self._against[0])
        self.figures.setVisible(measured is not None or (note is None and self._summary is not None))
        self._place()
        self.told.emit()

    def _show_state(self) -> None:
        state, clip = self.state, self.clip
        rows = self._rows(clip) if clip is not None else []
        self._waiting.setVisible(state in ("finding", "failed"))
        self._progress.setVisible(state == "finding")
        self.again.setVisible(state == "failed")
        running = next((row for row in rows if not row.is_over), None)
        failed = next((row.why for row in rows if row.why is not None), None)
        if running is not None:
            self._line.setText(job_line(running))
            self._progress.setValue(round(running.fraction * 1000))
        else:
            self._line.setText(failed.sentence if failed is not None else "The notes of this take are not known yet.")

    # Playing

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._refresh()
        self._pace()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._timer.stop()

    def _pace(self) -> None:
        if self.isVisible() and self._desk.transport.playing:
            self._timer.start()
        else:
            self._timer.stop()
            self.canvas.set_playhead(None)
            self.spectrum.update()

    def _follow(self) -> None:
        self.canvas.set_playhead(self._desk.transport.position())
        self.spectrum.update()

    # Where things are

    def _lay_out(self) -> None:
        words = QVBoxLayout(self._waiting)
        words.setContentsMargins(24, 0, 24, 0)
        words.setSpacing(12)
        words.addStretch(1)
        words.addWidget(self._line)
        for widget in (self._progress, self.again):
            words.addWidget(widget, 0, Qt.AlignmentFlag.AlignHCenter)
        words.addStretch(1)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(0)
        grid.addWidget(self.keyboard, 0, 0)
        grid.addWidget(self.canvas, 0, 1)
        grid.addWidget(self.heat, 1, 0, 1, 2)
        grid.addWidget(self.spectrum, 2, 0, 1, 2)
        grid.setColumnStretch(1, 1)
        grid.setRowStretch(0, 1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_soon()

    def _place_soon(self) -> None:
        QTimer.singleShot(0, self, self._place)

    def _place(self) -> None:
        canvas, left = self.canvas, self.canvas.now_x + 28
        self.reading.move(left, 20)
        self.figures.setGeometry(
            left, 124 if self.reading.isVisibleTo(canvas) else 28, 264, self.figures.sizeHint().height()
        )
        self.dial.move(left - 8, canvas.height() - self.dial.height() - 16)
        self._waiting.setGeometry(0, canvas.height() // 2 - 80, canvas.now_x, 160)


def _swing(note: Note) -> tuple[float, float]:
    vibrato = note.vibrato
    return (math.nan, math.nan) if vibrato is None else (vibrato.rate_hz, vibrato.half_extent_cents)
