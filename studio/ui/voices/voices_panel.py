"""The list of voices: the person's own, with what the doctor found, and those that engines bring."""

from pathlib import Path

from PySide6.QtCore import QLocale, QPoint, QSize, Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QKeyEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QMenu,
    QProgressBar,
    QVBoxLayout,
    QWidget,
)

from studio.errors import Explanation, StudioError, explain
from studio.model.voice import Voice
from studio.session.desk import Desk
from studio.ui import words
from studio.ui.controls import Button, Elided, FixedRows, IconButton, Text, caption, surface
from studio.ui.icons import icon
from studio.ui.theme import Theme
from studio.ui.voices.voice_rows import VoiceRow, brought, rows

VOICES_PX = 232
_LANGUAGE = "en-us"  # where the system does not say which one is the person's


class VoicesPanel(QWidget):
    """Voices by name. A click carries the id of the person's own, or engine and id of one that an engine brings.

    Files that are dropped become a new voice.
    """

    used = Signal(str)
    used_ready = Signal(str, str)
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
        self.list.setProperty("titled", True)
        self.list.setItemDelegate(FixedRows(self.list))
        self.list.setIconSize(QSize(16, 16))
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.list.customContextMenuRequested.connect(self._menu)
        self.list.itemClicked.connect(lambda item: self._use(self._rows[self.list.row(item)]))
        self.list.itemActivated.connect(lambda item: self._use(self._rows[self.list.row(item)]))
        self.search = QLineEdit(self)
        self.search.setPlaceholderText("Search names and languages")
        self.search.setAccessibleName("Search voices")
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(lambda _text: self.show_now())
        self._rows: tuple[VoiceRow, ...] = ()
        self._shown: tuple[object, ...] = ()
        self._used = ("", "")
        self._learning = Elided("", theme, size="label", tone="secondary", mode=Qt.TextElideMode.ElideRight)
        self._bar = QProgressBar(self)
        self._bar.setRange(0, 1000)
        self._bar.setTextVisible(False)
        self._bar.setAccessibleName("Learning a voice")
        self._empty = Text(
            "No voices of your own yet. Record a minute of speech, or drop a file.", theme, tone="secondary", wrap=True
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
        find = QHBoxLayout()
        find.setContentsMargins(8, 0, 8, 4)
        find.addWidget(self.search)
        beside = QHBoxLayout()
        beside.setContentsMargins(3, 0, 3, 0)
        beside.addWidget(self.list)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 1, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self._nothing)
        column.addLayout(find)
        column.addLayout(beside, 1)
        column.addStretch(0)
        column.addLayout(foot)
        desk.voices.changed.connect(self.show_now)
        desk.engines.changed.connect(self.show_now)
        self.list.currentItemChanged.connect(lambda _now, _before: self._show_about())
        self.show_now()

    def set_theme(self, theme: Theme) -> None:
        """Paint in another theme."""
        self._theme = theme
        self._shown = ()
        self.show_now()

    def choose(self, voice: str, engine: str = "") -> None:
        """Mark the voice that the current line is spoken with; `engine` is who brings it, "" for the person's own."""
        if self._used != (engine, voice):
            self._used = (engine, voice)
            self.show_now()
        self._mark()

    def _mark(self) -> None:
        for number, row in enumerate(self._rows):
            if row.kind == "voice" and (row.engine, row.voice) == self._used:
                self.list.setCurrentRow(number)
                return
        self.list.setCurrentRow(-1)

    def show_now(self) -> None:
        """Show the voices there are, and the one that is being learnt."""
        voices, engines = self._desk.voices, self._desk.engines
        here = QLocale().name().replace("_", "-").lower()
        language = here if len(here) > 1 else _LANGUAGE
        listed = rows(voices.all, engines.cards, self.search.text(), self._used, language)
        shown = (listed, voices.all)
        if shown != self._shown:
            self._shown = shown
            self._fill(listed)
        row = voices.learning
        learning = row is not None and not row.is_over
        self._nothing.setVisible(not voices.all and not learning)
        self.search.setVisible(bool(self.search.text()) or next(brought(engines.cards), None) is not None)
        self.list.setVisible(bool(listed))
        self._learning.setVisible(learning)
        self._bar.setVisible(learning)
        if row is not None and learning:
            self._learning.setText(words.job_line(row))
            self._bar.setValue(round(row.fraction * 1000))
        self._show_about()

    def _fill(self, listed: tuple[VoiceRow, ...]) -> None:
        self._rows = ()
        self.list.clear()
        for row in listed:
            item = QListWidgetItem(row.text)
            if row.kind == "voice":
                self._dress(item, row)
            else:
                item.setFlags(Qt.ItemFlag.NoItemFlags)
                item.setFont(self._theme.font("label"))
            self.list.addItem(item)
        self._rows = listed
        self._mark()

    def _dress(self, item: QListWidgetItem, row: VoiceRow) -> None:
        """The picture and the words of a voice."""
        voice = self._desk.voices.voice(row.voice) if not row.engine else None
        grave = voice is not None and any(finding.grave for finding in voice.findings)
        picture = icon("warning", self._theme, "warning", size=16) if grave else icon("voice", self._theme, size=16)
        item.setIcon(picture)
        item.setToolTip(self._told(row))
        of = (
            f"{words.length(voice.length_s)} of speech" if voice is not None else self._desk.engines.name_of(row.engine)
        )
        item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{row.text}, {of}")

    @property
    def _current(self) -> VoiceRow | None:
        number = self.list.currentRow()
        return self._rows[number] if 0 <= number < len(self._rows) else None

    def _use(self, row: VoiceRow) -> None:
        if row.kind == "voice" and row.engine:
            self.used_ready.emit(row.engine, row.voice)
        elif row.kind == "voice":
            self.used.emit(row.voice)

    def _show_about(self) -> None:
        row = self._current
        self._about.setText(self._told(row) if row is not None else "")
        self._about.setVisible(bool(self._about.text()))

    def _told(self, row: VoiceRow) -> str:
        card = self._desk.engines.card(row.engine) if row.engine else None
        if card is not None:
            return f"{row.text}: {card.name}\n{card.about}"
        voice = self._desk.voices.voice(row.voice)
        if voice is None:
            return ""
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
        row = self._current
        if row is None or row.kind != "voice":
            return
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction("Use for the current line").triggered.connect(lambda: self._use(row))
        voice = self._desk.voices.voice(row.voice) if not row.engine else None
        if voice is not None:
            self._add_of_own(menu, voice)
        menu.popup(self.list.viewport().mapToGlobal(at))

    def _add_of_own(self, menu: QMenu, voice: Voice) -> None:
        """What can be done with a voice that is the person's own."""
        menu.addAction("Export voice…").triggered.connect(lambda: self._export(voice))
        menu.addSeparator()
        menu.addAction("Delete voice…").triggered.connect(lambda: self._delete(voice))

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
