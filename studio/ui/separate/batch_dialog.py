"""Many files at once: what is done with each, where it goes, and what came of it."""

from pathlib import Path
from typing import Final

from PySide6.QtCore import QMimeData, Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from studio.protocol.common import EngineCard
from studio.protocol.jobs import CleanStep, ExportSpec
from studio.session.batch_rows import Work
from studio.session.desk import Desk
from studio.session.importing import sound_files
from studio.session.ready_recipes import ready_recipes
from studio.session.recipes import Recipe
from studio.session.separating import NOISE, ROOM
from studio.ui.controls import Button, Elided, Text, scrolled, surface
from studio.ui.sections import Choice
from studio.ui.separate.batch_row import FileRow
from studio.ui.separate.dialog import BesideWindow
from studio.ui.separate.labels import row_form, row_label
from studio.ui.theme import Theme, wear

_SIZE: Final = (640, 600)
_USUAL_STRENGTH: Final = 0.8
_FORMATS: Final[dict[object, str]] = {"wav": "WAV", "flac": "FLAC", "mp3": "MP3", "m4a": "M4A (AAC)", "opus": "Opus"}
_INTO: Final = {2: "Vocals and accompaniment", 4: "Four stems", 6: "Six stems"}


class BatchDialog(BesideWindow):
    """A list of files that is worked off. Closing it stops nothing; opening it again shows the same list."""

    def __init__(self, desk: Desk, theme: Theme, parent: QWidget) -> None:
        super().__init__("Separate or clean files", desk, theme, parent)
        self._batch = desk.separating.batch
        self._out: Path | None = None
        self._rows: dict[int, FileRow] = {}
        self.setAcceptDrops(True)
        self.resize(*_SIZE)
        self.setMinimumWidth(_SIZE[0])
        self.work = Choice("What to do", {}, self)
        self.work.chosen.connect(lambda _value: self._show())
        self.format = Choice("Format", _FORMATS, self)
        self._where = Elided("", theme, tone="secondary")
        self._choose = Button("Choose…", self)
        self._choose.setAccessibleName("Choose the folder for the results")
        self._choose.setToolTip("Choose the folder for the results")
        self._choose.clicked.connect(self._choose_folder)
        self._add_files = Button("Add files…", self)
        self._add_files.clicked.connect(lambda: self.add(desk.asks.open_files("Add files")))
        self._add_folder = Button("Add folder…", self)
        self._add_folder.clicked.connect(self._add_a_folder)
        self._clear = Button("Clear the list", self, kind="quiet")
        self._clear.clicked.connect(self._batch.clear)
        self._empty = Text("No files yet. Drop files or folders here, or add them below.", theme, tone="secondary")
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._inner = QWidget(self)
        self._list = QVBoxLayout(self._inner)
        self._list.setContentsMargins(0, 4, 0, 4)
        self._list.setSpacing(0)
        self._list.addStretch(1)
        self._scroll = scrolled(self._inner, self)
        self._state = Elided("", theme, tone="secondary", mode=Qt.TextElideMode.ElideRight)
        self.retry = Button("Try failed ones again", self)
        self.retry.clicked.connect(self._batch.retry_failed)
        self.stop = Button("Stop", self)
        self.stop.setAccessibleName("Stop working on the files")
        self.stop.clicked.connect(self._batch.stop)
        self.go = Button("Start", self, kind="primary")
        self.go.clicked.connect(self._start)
        self._lay_out()
        self._batch.changed.connect(self._show)
        desk.engines.changed.connect(self._show_works)
        desk.separating.recipes.changed.connect(self._show_works)

    def begin(self) -> None:
        """Show the list as it is."""
        self.format.show_value(self.desk.settings.value.export.container)
        self._show_works()

    def add(self, files: tuple[Path, ...]) -> None:
        """List files, and what sound lies in folders; those are looked through in the background."""
        if any(path.is_dir() for path in files):
            self.desk.background.do(lambda _report: tuple(sound_files(files)), self._add_found)
        elif files:
            self._add_found(files)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if _files(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        event.acceptProposedAction()
        self.add(_files(event.mimeData()))

    def _lay_out(self) -> None:
        form = row_form()
        form.addRow(row_label("What to do", self.theme), self.work)
        form.addRow(row_label("Into", self.theme), self.row(self._where, self._choose, stretch=self._where))
        form.addRow(row_label("Format", self.theme), self.format)
        box = QWidget(self)
        surface(box, "raised")
        inside = QVBoxLayout(box)
        inside.setContentsMargins(1, 1, 1, 1)
        inside.addWidget(self._empty, 1)
        inside.addWidget(self._scroll, 1)
        adding = self.row(self._add_files, self._add_folder)
        adding.addStretch(1)
        adding.addWidget(self._clear)
        rows = self.rows()
        rows.addLayout(form)
        rows.addWidget(box, 1)
        rows.addLayout(adding)
        rows.addLayout(self.row(self._state, self.retry, self.stop, self.close_button, self.go, stretch=self._state))

    def _show_works(self) -> None:
        choices: dict[object, str] = {}
        for key, (title, _work) in self._works().items():
            choices[key] = title
        self.work.set_choices(choices)
        self._show()

    def _works(self) -> dict[str, tuple[str, Work]]:
        """Everything that can be done with a file here, saved recipes first, then those that come with the program."""
        able = {card.id: card for card in self.desk.engines.cards if not card.missing}
        works: dict[str, tuple[str, Work]] = {
            f"recipe {one.name}": (one.name, one.recipe)
            for one in self.desk.separating.recipes.all
            if one.recipe.engine in able or one.recipe.stems == 1
        }
        liked = self.desk.settings.value.separation.engine
        for ready in ready_recipes():
            made = ready.made(tuple(able.values()), liked if liked in able else "builtin")
            if made is not None:
                works[f"ready {ready.id}"] = (ready.name, made)
        for card in sorted(able.values(), key=lambda card: card.task != "separate"):
            works.update(_works_of(card))
        return works

    def _show(self) -> None:
        rows = {row.id: row for row in self._batch.rows}
        for old in [one for one in self._rows if one not in rows]:
            widget = self._rows.pop(old)
            self._list.removeWidget(widget)
            widget.hide()
            widget.deleteLater()
        for place, row in enumerate(rows.values()):
            if row.id not in self._rows:
                made = self._rows[row.id] = FileRow(self.desk, self._batch, row, self.theme, self._inner)
                self._list.insertWidget(place, made)
                wear(self.theme, made)
            self._rows[row.id].refresh(row)
        self._empty.setVisible(not rows)
        self._scroll.setVisible(bool(rows))
        count = {state: sum(row.state == state for row in rows.values()) for state in ("done", "failed", "stopped")}
        waiting = sum(row.state == "waiting" for row in rows.values())
        running = self._batch.running
        failed = count["failed"] + count["stopped"]
        said = f"{count['done']} of {len(rows)} done" if rows else ""
        self._state.setText(said + (f", {count['failed']} failed" if count["failed"] else ""))
        self.retry.setVisible(bool(failed) and not running)
        self.stop.setVisible(running)
        self.go.setVisible(not running)
        self.go.setEnabled(bool(waiting) and self.work.count() > 0)
        self.go.setText(f"Start with {waiting} file{'' if waiting == 1 else 's'}" if waiting else "Start")
        self.go.setAccessibleName(self.go.text())
        self.go.setToolTip(self.go.text() if waiting else "Add files first")
        self._clear.setEnabled(bool(rows) and len(rows) > running)
        for field in (self.work, self.format, self._choose):
            field.setEnabled(not running)
        self._where.setText(str(self._out) if self._out is not None else "Chosen when it starts")

    def _add_found(self, files: tuple[Path, ...]) -> None:
        if not self._batch.add(files):
            self.desk.asks.toast("Nothing new was found there.")

    def _add_a_folder(self) -> None:
        folder = self.desk.asks.open_folder("Add the sound in a folder")
        if folder is not None:
            self.add((folder,))

    def _choose_folder(self) -> None:
        folder = self.desk.asks.open_folder("Write the results into")
        if folder is not None:
            self._out = folder
            self._show()

    def _start(self) -> None:
        if self._out is None:
            self._choose_folder()
        found = self._works().get(str(self.work.currentData()))
        if self._out is None or found is None:
            return
        export = self.desk.settings.value.export
        spec = ExportSpec(container=self.format.currentData(), sample_format=export.sample_format)
        self._batch.start(found[1], self._out, spec)


def _works_of(card: EngineCard) -> dict[str, tuple[str, Work]]:
    if card.task == "separate":
        return {
            f"{card.id} {count}": (f"{_INTO[count]}, {card.name}", Recipe(engine=card.id, stems=count))
            for count in sorted(card.stems)
            if count in _INTO
        }
    if card.task in (NOISE, ROOM):
        thing = "noise" if card.task == NOISE else "reverb"
        return {card.id: (f"Remove {thing}: {card.name}", CleanStep(engine=card.id, strength=_USUAL_STRENGTH))}
    return {}


def _files(mime: QMimeData) -> tuple[Path, ...]:
    return tuple(Path(url.toLocalFile()) for url in mime.urls() if url.isLocalFile())
