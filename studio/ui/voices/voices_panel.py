"""The list of voices: who there is, from how much speech, and whether the doctor found something."""

from pathlib import Path

from PySide6.QtCore import QPoint, QSize, Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QListWidget, QListWidgetItem, QMenu, QProgressBar, QVBoxLayout, QWidget

from studio.errors import Explanation, StudioError, explain
from studio.model.voice import Voice
from studio.session.desk import Desk
from studio.ui import words
from studio.ui.controls import Button, Elided, FixedRows, IconButton, Text, caption, surface
from studio.ui.icons import icon
from studio.ui.theme import Theme

_KEY = Qt.ItemDataRole.UserRole
VOICES_PX = 232


class VoicesPanel(QWidget):
    """Voices by name. `used` carries the id of one that was clicked; files that are dropped become a new voice."""

    used = Signal(str)
    wants_new = Signal(object)  # tuple[Path, ...]: what was dropped

    def __init__(self, desk: Desk, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk, self._theme = desk, theme
        surface(self, "panel", "right")
        self.setFixedWidth(VOICES_PX)
        self.setAcceptDrops(True)
        self.setAccessibleName("Voices")
        self.add = IconButton("New voice", "add", theme, self)
        self.add.clicked.connect(lambda: self.wants_new.emit(()))
        self.list = QListWidget(self)
        self.list.setAccessibleName("Voices")
        self.list.setItemDelegate(FixedRows(self.list))
        self.list.setIconSize(QSize(16, 16))
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.list.customContextMenuRequested.connect(self._menu)
        self.list.itemClicked.connect(lambda item: self.used.emit(item.data(_KEY)))
        self.list.itemActivated.connect(lambda item: self.used.emit(item.data(_KEY)))
        self._learning = Elided("", theme, size="label", tone="secondary", mode=Qt.TextElideMode.ElideRight)
        self._bar = QProgressBar(self)
        self._bar.setRange(0, 1000)
        self._bar.setTextVisible(False)
        self._bar.setAccessibleName("Learning a voice")
        self._empty = Text(
            "No voices yet. Record a minute of speech, or drop a file.", theme, tone="secondary", wrap=True
        )
        self.first = Button("New voice", self, kind="primary")
        self.first.clicked.connect(lambda: self.wants_new.emit(()))
        head = QHBoxLayout()
        head.setContentsMargins(12, 8, 8, 4)
        head.addWidget(caption("Voices", theme), 1)
        head.addWidget(self.add)
        self._nothing = QWidget(self)
        nothing = QVBoxLayout(self._nothing)
        nothing.setContentsMargins(12, 4, 12, 12)
        nothing.setSpacing(12)
        nothing.addWidget(self._empty)
        nothing.addWidget(self.first, 0, Qt.AlignmentFlag.AlignLeft)
        self._about = Text("", theme, size="label", tone="secondary", wrap=True)
        foot = QVBoxLayout()
        foot.setContentsMargins(12, 8, 12, 12)
        foot.setSpacing(8)
        for widget in (self._about, self._learning, self._bar):
            foot.addWidget(widget)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 1, 0)
        rows.setSpacing(0)
        rows.addLayout(head)
        rows.addWidget(self._nothing)
        rows.addWidget(self.list, 1)
        rows.addStretch(0)
        rows.addLayout(foot)
        desk.voices.changed.connect(self.show_now)
        desk.engines.changed.connect(self.show_now)
        self.list.currentItemChanged.connect(lambda _now, _before: self._show_about())
        self.show_now()

    def set_theme(self, theme: Theme) -> None:
        """Paint in another theme."""
        self._theme = theme
        self.show_now()

    def choose(self, voice: str) -> None:
        """Mark the voice that the current line is spoken with."""
        for row in range(self.list.count()):
            if self.list.item(row).data(_KEY) == voice:
                self.list.setCurrentRow(row)
                return
        self.list.setCurrentRow(-1)

    def show_now(self) -> None:
        """Show the voices there are, and the one that is being learnt."""
        voices, current = self._desk.voices, self._current
        self.list.clear()
        for voice in voices.all:
            grave = any(finding.grave for finding in voice.findings)
            picture = icon("warning", self._theme, "warning", size=16) if grave else icon("voice", self._theme, size=16)
            item = QListWidgetItem(picture, voice.name)
            item.setData(_KEY, voice.id)
            item.setToolTip(self._told(voice))
            item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{voice.name}, {words.length(voice.length_s)} of speech")
            self.list.addItem(item)
        self.choose(current)
        row = voices.learning
        learning = row is not None and not row.is_over
        self._nothing.setVisible(not voices.all and not learning)
        self.list.setVisible(bool(voices.all))
        self._learning.setVisible(learning)
        self._bar.setVisible(learning)
        if row is not None and learning:
            self._learning.setText(words.job_line(row))
            self._bar.setValue(round(row.fraction * 1000))
        self._show_about()

    @property
    def _current(self) -> str:
        return str(self.list.currentItem().data(_KEY)) if self.list.currentRow() >= 0 else ""

    def _show_about(self) -> None:
        voice = self._desk.voices.voice(self._current)
        self._about.setText(self._told(voice) if voice is not None else "")
        self._about.setVisible(voice is not None)

    def _told(self, voice: Voice) -> str:
        engines = ", ".join(self._desk.engines.name_of(learnt.engine) for learnt in voice.learnt)
        lines = [f"{voice.name}: {words.length(voice.length_s)} of speech, {engines}"]
        lines += [f"{finding.sentence} {finding.remedy}" for finding in voice.findings]
        return "\n".join(lines)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Menu and self.list.currentRow() >= 0:
            self._menu(self.list.visualItemRect(self.list.currentItem()).bottomLeft())
        else:
            super().keyPressEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        files = tuple(Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile())
        if files:
            event.acceptProposedAction()
            self.wants_new.emit(files)

    def _menu(self, at: QPoint) -> None:
        voice = self._desk.voices.voice(self._current)
        if voice is None:
            return
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction("Use for the current line").triggered.connect(lambda: self.used.emit(voice.id))
        menu.addAction("Export voice…").triggered.connect(lambda: self._export(voice))
        menu.addSeparator()
        menu.addAction("Delete voice…").triggered.connect(lambda: self._delete(voice))
        menu.popup(self.list.viewport().mapToGlobal(at))

    def _export(self, voice: Voice) -> None:
        path = self._desk.asks.save_path("Export the voice", voice.name, ".voice")
        if path is not None:
            self._desk.background.do(
                lambda _report: self._desk.voices.export(voice, path),
                lambda _none: self._desk.asks.toast(f"{voice.name} was exported"),
            )

    def _delete(self, voice: Voice) -> None:
        why = Explanation(
            code="voice.delete",
            title=f"Delete the voice {voice.name}?",
            cause="Its recordings and what engines learnt of them are removed from this computer. What it has spoken "
            "already stays in its projects.",
            remedy="Export it first to keep it elsewhere.",
        )
        if self._desk.asks.confirm(why, "Delete the voice"):
            try:
                self._desk.voices.remove(voice)
            except (StudioError, OSError) as error:
                self._desk.asks.show(explain(error))
