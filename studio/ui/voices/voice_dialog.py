"""Makes a new voice: recordings, what is said in them, what the doctor finds, and that the person agrees."""

import re
import tempfile
from functools import partial
from pathlib import Path
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QHideEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QProgressBar,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from studio.commands.reasons import chosen_clips
from studio.errors import Explanation
from studio.model.voice import Finding
from studio.protocol.common import JobId
from studio.protocol.examining import RecordingsExamined
from studio.protocol.jobs import ExportSpec
from studio.protocol.voices import ReferenceFile, VoiceLearnt
from studio.session.desk import Desk
from studio.session.importing import sound_files
from studio.session.listening import alone
from studio.ui import words
from studio.ui.controls import Button, Text, caption, line, surface
from studio.ui.icons import picture
from studio.ui.messages import ExplanationView
from studio.ui.sections import Choice
from studio.ui.separate.dialog import BesideWindow
from studio.ui.theme import Theme, wear
from studio.ui.voices.recording_row import RecordingRow

_SIZE: Final = (680, 720)
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
        self._files: dict[Path, RecordingRow] = {}
        self._lines: dict[Path, QWidget] = {}
        self._examining: JobId | None = None
        self._listening = False
        self._trouble: ExplanationView | None = None
        self._told: Explanation | None = None
        self._views: list[_FindingView] = []
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self.name = QLineEdit(self)
        self.name.setAccessibleName("Name of the voice")
        self.name.setPlaceholderText("Whose voice it is")
        self.name.textChanged.connect(lambda _text: self._show())
        self.language = Choice("Language", dict(_LANGUAGES), self)
        self.engine = Choice("Engine", {"basic": "built-in (basic)"}, self)
        self.add = Button("Add recordings…", self)
        self.add.clicked.connect(self._choose)
        self.use = Button("Use the selected clips", self)
        self.use.clicked.connect(self._use_selected)
        self.hear = Button("Write down what is said", self, kind="link")
        self.hear.setToolTip("Write down what is said\nBy pocketsphinx, which is weak: correct what it got wrong.")
        self.hear.clicked.connect(lambda: self._examine(listen=True))
        self._doctor = QVBoxLayout()
        self._doctor.setSpacing(8)
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
        self.take(files)
        self._show()

    def take(self, files: tuple[Path, ...]) -> None:
        """Put recordings on the list; folders give what is in them."""
        for path in sound_files(files):
            if path not in self._files:
                row = RecordingRow(path, self.theme, self._list)
                row.dropped.connect(self.remove)
                edge = line(self._list)
                self._rows.insertWidget(self._rows.count() - 1, row)
                self._rows.insertWidget(self._rows.count() - 1, edge)
                self._files[path], self._lines[path] = row, edge
                wear(self.theme, row)
        if files and self._files:
            self._examine()
        self._show()

    def _lay_out(self) -> None:
        self._list = QWidget(self)
        self._rows = QVBoxLayout(self._list)
        self._rows.setContentsMargins(0, 4, 0, 4)
        self._rows.setSpacing(0)
        self._rows.addStretch(1)
        self._scroll = QScrollArea(self)
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setWidget(self._list)
        hint = (
            "Drop recordings of one person here. Ten seconds are enough for a likeness, a minute or two for a good one."
        )
        self._hint = Text(hint, self.theme, tone="secondary", wrap=True)
        self._hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        box = QWidget(self)
        surface(box, "raised")
        inside = QVBoxLayout(box)
        inside.setContentsMargins(1, 1, 1, 1)
        inside.addWidget(self._hint, 1)
        inside.addWidget(self._scroll, 1)
        self.language.setMinimumContentsLength(14)
        self.engine.setMinimumContentsLength(18)
        room = QWidget(self)
        rows = self._whole = self.rows()
        rows.addWidget(Text("New voice", self.theme, size="heading"))
        rows.addLayout(self.row(self.name, self.language, self.engine, stretch=self.name))
        rows.addWidget(box, 1)
        rows.addLayout(self.row(self.add, self.use, self.hear, room, stretch=room))
        rows.addLayout(self._doctor)
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
        self._scroll.setVisible(bool(self._files))
        self.hear.setVisible(bool(self._files))
        self.hear.setEnabled(not looking and str(self.language.currentData()).startswith("en"))
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
        if self._folder is None:
            self._folder = tempfile.TemporaryDirectory(prefix="melisma-voice-")
        for clip in chosen_clips(self.desk):
            media = project.medium(clip.media)
            heard = alone(project, media, 0, clip.source_start, clip.length)
            path = Path(self._folder.name) / f"{_file_name(clip.name or media.name)}-{clip.id}.wav"
            spec = ExportSpec(container="wav", sample_format="float32", channels=1, dither=False)
            then = partial(self._exported, path)
            self.desk.importing.export(path, spec, then, project=heard, title=f"Taking {clip.name or media.name}")

    def _exported(self, path: Path, _result: object) -> None:
        self.take((path,))

    @property
    def findings(self) -> tuple[str, ...]:
        """What the doctor says, a sentence and a remedy each."""
        return tuple(view.accessibleName() for view in self._views)

    def remove(self, path: Path) -> None:
        """Take a recording off the list."""
        for widget in (self._files.pop(path), self._lines.pop(path)):
            self._rows.removeWidget(widget)
            widget.hide()
            widget.deleteLater()
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
        while (item := self._doctor.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        self._views = [_FindingView(finding, self.theme, self) for finding in findings]
        for view in self._views:
            self._doctor.addWidget(view)
        if self._files and self._examining is not None and not findings:
            good = Text("The doctor has nothing to say against these recordings.", self.theme, tone="good")
            self._doctor.addWidget(good)

    def _learn(self) -> None:
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
        for path in tuple(self._files):
            row, edge = self._files.pop(path), self._lines.pop(path)
            for widget in (row, edge):
                self._rows.removeWidget(widget)
                widget.hide()
                widget.deleteLater()
        self._examining = None
        if self._folder is not None:
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


class _FindingView(QWidget):
    """What the doctor found, with its number, and below it what to do."""

    def __init__(self, finding: Finding, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        sign = QLabel(self)
        sign.setPixmap(picture("error" if finding.grave else "warning", theme, "error" if finding.grave else "warning"))
        sign.setFixedSize(20, 20)
        self.setAccessibleName(f"{finding.sentence} {finding.remedy}")
        texts = QVBoxLayout()
        texts.setSpacing(0)
        texts.addWidget(Text(finding.sentence, theme, wrap=True))
        texts.addWidget(Text(finding.remedy, theme, tone="secondary", wrap=True))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        row.addWidget(sign, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(texts, 1)


def _file_name(name: str) -> str:
    """A name that every disk takes."""
    return re.sub(r"[^\w .,-]+", "", name)[:60].strip() or "Clip"
