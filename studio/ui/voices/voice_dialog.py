"""Makes a new voice: recordings, what is said in them, what the doctor finds, and that the person agrees."""

import re
import tempfile
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QHideEvent
from PySide6.QtWidgets import (
    QLineEdit,
    QPlainTextEdit,
    QProgressBar,
    QVBoxLayout,
    QWidget,
)

from studio.commands.reasons import chosen_clips
from studio.errors import Explanation
from studio.media.readings import Reading
from studio.model.voice import Finding, Treatment
from studio.protocol.common import JobId
from studio.protocol.examining import RecordingsExamined, RecordingsTreated
from studio.protocol.jobs import ExportSpec
from studio.protocol.voices import ReferenceFile, VoiceLearnt
from studio.session.desk import Desk
from studio.session.importing import sound_files
from studio.session.listening import alone
from studio.session.reading import ReadingAloud
from studio.ui import words
from studio.ui.controls import Button, Text, caption, surface
from studio.ui.messages import ExplanationView
from studio.ui.sections import Choice
from studio.ui.separate.dialog import BesideWindow
from studio.ui.theme import Theme, wear
from studio.ui.voices.doctor_view import DoctorView
from studio.ui.voices.recordings_list import RecordingsList

if TYPE_CHECKING:
    from studio.ui.voices.reading_panel import ReadingPanel

_SIZE: Final = (720, 780)
_PANEL_AT: Final = 2
_DONE: Final[dict[Treatment, str]] = {
    "denoise": "Noise taken out",
    "separate": "Music taken out",
    "trim": "Silence cut off",
    "leave_clipped": "Clipping left out",
    "leave_others": "Other voice left out",
}
_LANGUAGES: Final[dict[object, str]] = {
    "en-us": "English (US)",
    "en-gb": "English (UK)",
    "de": "German",
    "fr": "French",
    "es": "Spanish",
    "it": "Italian",
    "pt": "Portuguese",
    "nl": "Dutch",
}


class VoiceDialog(BesideWindow):
    """Stays beside the window while a voice is learnt; closing it stops nothing."""

    def __init__(self, desk: Desk, theme: Theme, parent: QWidget) -> None:
        super().__init__("New voice", desk, theme, parent)
        self.resize(*_SIZE)
        self.setMinimumWidth(560)
        self.setAcceptDrops(True)
        self._voices = desk.voices
        self.list = RecordingsList(theme, self)
        self.list.dropped.connect(self._drop)
        self.list.put_back.connect(self._examine)
        self._files = self.list.rows
        self._learning_from: tuple[Path, ...] = ()
        self._examining: JobId | None = None
        self._listening = False
        self._trouble: ExplanationView | None = None
        self._told: Explanation | None = None
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self.name = QLineEdit(self)
        self.name.setAccessibleName("Name of the voice")
        self.name.setPlaceholderText("Whose voice it is")
        self.name.textChanged.connect(lambda _text: self._show())
        self.language = Choice("Language", dict(_LANGUAGES), self)
        self.language.chosen.connect(lambda _language: self._choose_sentences())
        self.engine = Choice("Engine", {"basic": "built-in (basic)"}, self)
        self.add = Button("Add recordings…", self)
        self.add.clicked.connect(self._choose)
        self.use = Button("Use the selected clips", self)
        self.use.clicked.connect(self._use_selected)
        self.hear = Button("Write down what is said", self, kind="link")
        self.hear.setToolTip("Write down what is said\nBy pocketsphinx, which is weak: correct what it got wrong.")
        self.hear.clicked.connect(lambda: self._examine(listen=True))
        self.reading = ReadingAloud(desk.transport, desk.background, self)
        self.reading.read.connect(self._read)
        self.reading.unread.connect(lambda reading: self.remove(Path(reading.path)))
        self.reading.found.connect(self._show)
        self.read_aloud = Button("Read sentences aloud", self)
        self.read_aloud.setCheckable(True)
        self.read_aloud.toggled.connect(self._open_panel)
        self.panel: ReadingPanel | None = None
        self.doctor = DoctorView(theme, self)
        self.doctor.wanted.connect(self._treat)
        self.consent = QPlainTextEdit(self)
        self.consent.setAccessibleName("What the person agrees to")
        self.consent.setTabChangesFocus(True)
        self.consent.setFixedHeight(56)
        self.consent.setPlaceholderText(
            "For example: I, Ada, agree that my voice is learnt here and used in my project."
        )
        self.consent.textChanged.connect(self._show)
        self.state = Text("", theme, tone="secondary")
        self.bar = QProgressBar(self)
        self.bar.setRange(0, 1000)
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName("Progress")
        self.learn = Button("Learn voice", self, kind="primary")
        self.learn.clicked.connect(self._learn)
        self._lay_out()
        desk.engines.changed.connect(self._show_engines)
        desk.voices.changed.connect(self._show)
        desk.voices.learnt.connect(self._arrived)
        desk.jobs.changed.connect(self._show)
        self._show_engines()

    def begin(self, files: tuple[Path, ...] = ()) -> None:
        """Be about a new voice, with these recordings."""
        self.use.setVisible(bool(chosen_clips(self.desk)))
        self.reading.look()
        self.take(files)
        self._show()

    def take(self, files: tuple[Path, ...]) -> None:
        """Put recordings on the list; folders give what is in them."""
        for path in sound_files(files):
            self.list.add(path)
        if files and self._files:
            self._examine()
        self._show()

    def _open_panel(self, on: bool) -> None:
        if on and self.panel is None:
            from studio.ui.voices.reading_panel import ReadingPanel

            self.panel = ReadingPanel(self.reading, self.desk, self.theme, self)
            self.panel.taken_up.connect(self._take_up)
            self._whole.insertWidget(_PANEL_AT, self.panel)
            wear(self.theme, self.panel)
        if self.panel is not None:
            self.panel.setVisible(on)
        self._choose_sentences()
        self._show()

    def _choose_sentences(self) -> None:
        if self.read_aloud.isChecked():
            self.reading.choose(str(self.language.currentData()))

    def _take_up(self, found: tuple[Reading, ...]) -> None:
        for reading in found:
            self._read(reading)

    def _read(self, reading: Reading) -> None:
        """A sentence was read: it is a recording whose words are known."""
        path = Path(reading.path)
        row = self.list.add(path, "A sentence, read aloud" if reading.text else "A sentence, interrupted")
        row.words.setText(reading.text)
        row.words.setCursorPosition(0)
        row.show_length(reading.length_s, "")
        self._examine()

    def _drop(self, path: Path) -> None:
        self.reading.forget(str(self.list.original(path)))
        self.remove(path)

    def _lay_out(self) -> None:
        hint = (
            "Drop recordings of one person here, or read sentences aloud. Ten seconds are enough for a likeness, a "
            "minute or two for a good one."
        )
        self._hint = Text(hint, self.theme, tone="secondary", wrap=True)
        self._hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        box = QWidget(self)
        surface(box, "raised")
        inside = QVBoxLayout(box)
        inside.setContentsMargins(1, 1, 1, 1)
        inside.addWidget(self._hint, 1)
        inside.addWidget(self.list, 1)
        self.language.setMinimumContentsLength(14)
        self.engine.setMinimumContentsLength(18)
        room = QWidget(self)
        rows = self._whole = self.rows()
        rows.addWidget(Text("New voice", self.theme, size="heading"))
        rows.addLayout(self.row(self.name, self.language, self.engine, stretch=self.name))
        rows.addWidget(box, 1)
        rows.addLayout(self.row(self.read_aloud, self.add, self.use, self.hear, room, stretch=room))
        rows.addWidget(self.doctor)
        rows.addWidget(caption("What the person agrees to. It is kept with the voice.", self.theme))
        rows.addWidget(self.consent)
        rows.addWidget(self.bar)
        rows.addLayout(self.row(self.state, self.close_button, self.learn, stretch=self.state))

    def _show_engines(self) -> None:
        cards = [card for card in self.desk.engines.cards if card.task == "speak" and "clone" in card.can]
        here: dict[object, str] = {card.id: card.name for card in cards if not card.missing}
        self.engine.set_choices(here or {"basic": "built-in (basic)"})

    def _show(self) -> None:
        """Show how far it is, and what is still missing."""
        row = self._voices.learning
        learning = row is not None and not row.is_over
        examining = self._voices.row(self._examining) if self._examining is not None else None
        looking = examining is not None and not examining.is_over
        self._hint.setVisible(not self._files)
        self.list.setVisible(bool(self._files))
        self.hear.setVisible(bool(self._files))
        self.hear.setEnabled(not looking and str(self.language.currentData()).startswith("en"))
        self.doctor.allow(not learning and not looking)
        self.bar.setVisible(learning or looking)
        self._why(row.why if row is not None and row.state == "failed" else None)
        if learning and row is not None:
            self.state.setText(words.job_line(row))
            self.bar.setValue(round(row.fraction * 1000))
        elif looking and examining is not None:
            self.state.setText(words.job_line(examining))
            self.bar.setValue(round(examining.fraction * 1000))
        else:
            self.state.setText(self._missing())
        self.learn.setEnabled(not learning and not looking and not self._missing())

    def _missing(self) -> str:
        if not self._files:
            return "Add a recording"
        if not self.name.text().strip():
            return "Give the voice a name"
        if not self.consent.toPlainText().strip():
            return "Write down what the person agrees to"
        return ""

    def _choose(self) -> None:
        self.take(self.desk.asks.open_files("Recordings of one person"))

    def _use_selected(self) -> None:
        """Have the selected clips as recordings: each as it lies on the timeline, alone."""
        project = self.desk.document.project
        for clip in chosen_clips(self.desk):
            media = project.medium(clip.media)
            heard = alone(project, media, 0, clip.source_start, clip.length)
            path = self._own_folder() / f"{_file_name(clip.name or media.name)}-{clip.id}.wav"
            spec = ExportSpec(container="wav", sample_format="float32", channels=1, dither=False)
            then = partial(self._exported, path)
            self.desk.importing.export(path, spec, then, project=heard, title=f"Taking {clip.name or media.name}")

    def _exported(self, path: Path, _result: object) -> None:
        self.take((path,))

    def remove(self, path: Path) -> None:
        """Take a recording off the list."""
        self.list.take_off(path)
        self._show_findings(())
        if self._files:
            self._examine()
        self._show()

    def _examine(self, *, listen: bool = False) -> None:
        """Have all recordings looked at again: the doctor speaks of them together."""
        if self._examining is not None:
            self._voices.cancel(self._examining)
        language = str(self.language.currentData())
        self._examining = self._voices.examine(tuple(self._files), language, self._examined, listen=listen)
        self._show()

    def _examined(self, result: RecordingsExamined) -> None:
        if result.job != self._examining:
            return
        for told in result.recordings:
            row = self._files.get(Path(told.path))
            if row is not None:
                row.show_length(told.length_s, told.damage)
                row.offer_words(told.heard)
        self._show_findings(result.findings)
        self._show()

    def _show_findings(self, findings: tuple[Finding, ...]) -> None:
        self.doctor.show_findings(findings, looked=bool(self._files) and self._examining is not None)

    def _treat(self, treatment: Treatment) -> None:
        """Have done what the doctor advised, then have the doctor look again."""
        if self._examining is not None:
            self._voices.cancel(self._examining)
        engine = self._engine_for(treatment)
        folder = self._own_folder()
        self._examining = self._voices.treat(tuple(self._files), treatment, folder, self._treated, engine=engine)
        self._show()

    def _engine_for(self, treatment: Treatment) -> str:
        """What takes noise or music out here; "" where no engine is needed."""
        if treatment not in ("denoise", "separate"):
            return ""
        able = [card.id for card in self.desk.engines.cards if card.task == treatment and not card.missing]
        usual = self.desk.settings.value.separation.engine
        return usual if treatment == "separate" and usual in able else able[0] if able else ""

    def _treated(self, result: RecordingsTreated) -> None:
        if result.job != self._examining:
            return
        for told in result.recordings:
            path = Path(told.path)
            if path in self._files and told.is_empty:
                self.list.take_off(path)
            elif path in self._files and told.made:
                left_out = f", {words.length(told.left_out_s)} shorter" if told.left_out_s else ""
                state = f"{_DONE[result.treatment]}{left_out}"
                self.list.replace(path, Path(told.made), state, keep_words=not told.cut)
        self._examine()

    def _own_folder(self) -> Path:
        """Where what is made for this dialog lies, until a voice has learnt it."""
        if self._folder is None:
            self._folder = tempfile.TemporaryDirectory(prefix="melisma-voice-")
        return Path(self._folder.name)

    def _learn(self) -> None:
        self._learning_from = tuple(self._files)
        references = [ReferenceFile(path=str(path), text=row.text) for path, row in self._files.items()]
        self._voices.learn(
            self.name.text().strip(),
            self.consent.toPlainText().strip(),
            references,
            language=str(self.language.currentData()),
            engine=str(self.engine.currentData()),
        )
        self._show()

    def _arrived(self, told: VoiceLearnt) -> None:
        """The voice is there: make room for the next one."""
        self.reading.learnt(str(self.list.original(path)) for path in self._learning_from)
        for path in self._learning_from:
            if path in self._files:
                self.list.take_off(path)
        self._learning_from = ()
        self._examining = None
        if self._folder is not None and not self._files:
            self._folder.cleanup()
            self._folder = None
        self._show_findings(())
        self.name.clear()
        self.consent.clear()
        self.desk.asks.toast(f"{told.voice.name} can speak now")
        self.close()

    def _why(self, why: Explanation | None) -> None:
        if why is self._told:
            return
        self._told = why
        if self._trouble is not None:
            self._whole.removeWidget(self._trouble)
            self._trouble.hide()
            self._trouble.deleteLater()
            self._trouble = None
        if why is not None:
            self._trouble = ExplanationView(why, self.theme, self, closable=False)
            self._whole.insertWidget(self._whole.count() - 2, self._trouble)
            wear(self.theme, self._trouble)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        files = tuple(Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile())
        event.acceptProposedAction()
        self.take(files)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        row = self._voices.learning
        if row is not None and row.is_over:
            self._voices.forget()


def _file_name(name: str) -> str:
    """A name that every disk takes."""
    return re.sub(r"[^\w .,-]+", "", name)[:60].strip() or "Clip"
