"""The notes and the melody of the selected clip as a file for another program."""

from pathlib import Path
from typing import Final

from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QWidget

from studio.commands.reasons import chosen_clips
from studio.media.interchange.kinds import KINDS, kind
from studio.model.time import format_clock
from studio.protocol.measures import Against, MelodyFile, SungSound, VoiceMeasured
from studio.session import interchange, stems
from studio.session.desk import Desk
from studio.ui.controls import Button, Elided, Text
from studio.ui.interchange.written import Written
from studio.ui.measures.job_strip import JobStrip
from studio.ui.sections import Choice
from studio.ui.separate.dialog import BesideWindow
from studio.ui.separate.fitting import fit
from studio.ui.separate.labels import row_form, row_label
from studio.ui.theme import Theme

_WIDTH_PX: Final = 520
_TABLES: Final = ("csv", "xlsx")
_TONY: Final = ("tony", "tony-notes")
_SCALES: Final[dict[object, str]] = {"": "Equal temperament"} | {
    tonic: f"Just intonation over {name}"
    for tonic, name in enumerate(("C", "D♭", "D", "E♭", "E", "F", "F♯", "G", "A♭", "A", "B♭", "B"))
}
_BENDS: Final[dict[object, str]] = {
    2: "± 2 semitones, as most synthesisers have it",
    12: "± 12 semitones",
    24: "± 24 semitones",
    48: "± 48 semitones, as MPE has it",
    0: "None: the nearest keys",
}


class NotesExportDialog(BesideWindow):
    """Choosing → exporting → the file, or the failure. Closing it stops nothing."""

    def __init__(self, desk: Desk, theme: Theme, parent: QWidget) -> None:
        super().__init__("Export pitch and notes", desk, theme, parent)
        self.setMinimumWidth(_WIDTH_PX)
        self._sound: SungSound | None = None
        self._what = Elided("", theme)
        self._length = Text("", theme, tone="secondary", figures=True)
        self.kinds = Choice("Kind of file", {one.id: one.title for one in KINDS}, self)
        self.scale = Choice("Intonation against", _SCALES, self)
        self.bend = Choice("Pitch bend", _BENDS, self)
        self.mpe = QCheckBox("MPE: each note on a channel that it bends alone", self)
        self.header = QCheckBox("A line of headings, for spreadsheets", self)
        self._holds = Text("", theme, tone="secondary", wrap=True)
        self._melody = Text("", theme, tone="secondary", wrap=True)
        self.go = Button("Export notes", self, kind="primary")
        self.go.clicked.connect(self._start)
        self.strip = JobStrip(desk.jobs, theme, self)
        self.strip.changed.connect(self._show_job)
        self.written = Written(desk, theme, self)
        self.kinds.chosen.connect(lambda _kind: self._show_what_fits())
        self.bend.chosen.connect(lambda _range: self._show_what_fits())
        self._lay_out()
        desk.document.folder_changed.connect(self.close)

    def begin(self) -> None:
        """Be about the selected clip, unless an export is running."""
        if self.strip.running:
            return
        self.strip.clear()
        self.written.hide()
        project, selection = self.desk.document.project, self.desk.selection
        span = (selection.start, selection.stop) if selection.is_range and not selection.clips else None
        pieces = stems.pieces(project, [clip.id for clip in chosen_clips(self.desk)], span)
        self._sound = interchange.sung_sound(project, pieces[0]) if pieces else None
        self._what.setText(pieces[0].name if pieces else "No clip is selected")
        self._length.setText(format_clock(pieces[0].clip.length, project.rate_hz) if pieces else "")
        self._show_what_fits()
        self._show_job()
        self.kinds.setFocus()

    def export_to(self, path: Path) -> None:
        """Start the job; what comes of it is shown here."""
        if self._sound is None:
            return
        self.written.hide()
        scale = self.scale.currentData()
        against = Against(
            a4_hz=self.desk.document.project.a4_hz,
            scale="tempered" if scale == "" else "just",
            tonic=0 if scale == "" else int(scale),
        )
        job = interchange.write_notes(
            self.desk.document,
            self.desk.jobs,
            self.desk.settings.value.pitch,
            self._sound,
            MelodyFile(kind=str(self.kinds.currentData()), path=str(path)),
            self._done,
            against=against,
            header=self.header.isChecked(),
            bend_semitones=int(self.bend.currentData()),
            mpe=self.mpe.isChecked() and int(self.bend.currentData()) > 0,
        )
        self.strip.follow(job)

    def _lay_out(self) -> None:
        rows = self.rows()
        rows.addLayout(self.row(self._what, self._length, stretch=self._what, spacing=12))
        self._form = row_form()
        for name, field in (
            ("Kind of file", self.kinds),
            ("", self._holds),
            ("Intonation", self.scale),
            ("Pitch bend", self.bend),
            ("", self.mpe),
            ("", self.header),
        ):
            self._form.addRow(row_label(name, self.theme, field), field)
        rows.addLayout(self._form)
        rows.addWidget(self._melody)
        rows.addWidget(self.written)
        rows.addWidget(self.strip)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addStretch(1)
        buttons.addWidget(self.close_button)
        buttons.addWidget(self.go)
        rows.addLayout(buttons)

    def _show_what_fits(self) -> None:
        """Show only the rows that mean something for the kind of file."""
        chosen = str(self.kinds.currentData())
        self._holds.setText(kind(chosen).holds)
        self._form.setRowVisible(self.scale, chosen in _TABLES)
        self._form.setRowVisible(self.bend, chosen == "midi")
        self._form.setRowVisible(self.mpe, chosen == "midi" and int(self.bend.currentData()) > 0)
        self._form.setRowVisible(self.header, chosen in _TONY)
        if self._sound is not None and self._sound.melody:
            what = "The melody is the one" if self._sound.notes is None else "Melody and notes are those"
            self._melody.setText(f"{what} in the pitch lane. Times count from the beginning of the clip.")
        else:
            self._melody.setText("The melody is found first. Times count from the beginning of the clip.")
        self._melody.setVisible(self._sound is not None)
        fit(self)

    def _start(self) -> None:
        if self._sound is None:
            return
        chosen = kind(str(self.kinds.currentData()))
        name = Path(self._sound.name).stem or "Notes"
        path = self.desk.asks.save_path("Export pitch and notes", name, chosen.suffix)
        if path is not None:
            self.export_to(path)

    def _done(self, result: VoiceMeasured) -> None:
        self.written.show_files(result)
        fit(self)

    def _show_job(self) -> None:
        running = self.strip.running
        self.go.setVisible(not running)
        self.go.setEnabled(self._sound is not None)
        self.go.setToolTip("" if self._sound is not None else "Select a clip first.")
        for field in (self.kinds, self.scale, self.bend, self.mpe, self.header):
            field.setEnabled(not running)
        fit(self)
