"""Labels of another program as markers: which tiers, and where their time 0 lies."""

from pathlib import Path
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QFileDialog, QHBoxLayout, QVBoxLayout, QWidget

from studio.commands.reasons import chosen_clips
from studio.errors import StudioError, explain
from studio.media.interchange.kinds import LABEL_SUFFIXES
from studio.media.interchange.reading import labels_in
from studio.model.edits import AddMarkers
from studio.model.labels import Tier
from studio.session.desk import Desk
from studio.session.interchange import add_labels
from studio.ui.controls import Button, Elided, Text
from studio.ui.sections import Choice
from studio.ui.separate.dialog import BesideWindow
from studio.ui.separate.fitting import fit
from studio.ui.separate.labels import row_form, row_label
from studio.ui.theme import Theme

_WIDTH_PX: Final = 480
_MOST_TIERS: Final = 12
_FILTER: Final = "TextGrid, Audacity labels, Sonic Visualiser layers ({});;All files (*)"


class LabelsDialog(BesideWindow):
    """Shows what is in a file and adds what is chosen of it as one undo step."""

    def __init__(self, desk: Desk, theme: Theme, parent: QWidget) -> None:
        super().__init__("Import labels", desk, theme, parent)
        self.setMinimumWidth(_WIDTH_PX)
        self._tiers: tuple[Tier, ...] = ()
        self.boxes: list[QCheckBox] = []
        self._file = Elided("", theme)
        self._boxes = QVBoxLayout()
        self._boxes.setSpacing(4)
        self.place = Choice("Time 0", {"start": "The beginning of the project"}, self)
        self._note = Text("", theme, tone="secondary", wrap=True)
        self.go = Button("Add markers", self, kind="primary")
        self.go.clicked.connect(self.add)
        rows = self.rows()
        rows.addWidget(self._file)
        rows.addLayout(self._boxes)
        form = row_form()
        form.addRow(row_label("Time 0 is at", theme, self.place), self.place)
        rows.addLayout(form)
        rows.addWidget(self._note)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addStretch(1)
        buttons.addWidget(self.close_button)
        buttons.addWidget(self.go)
        rows.addLayout(buttons)
        desk.document.folder_changed.connect(self.close)

    def begin(self) -> None:
        """Ask for a file, and show what is in it once it is read."""
        patterns = " ".join(f"*{suffix}" for suffix in (*LABEL_SUFFIXES, ".TextGrid"))
        name, _ = QFileDialog.getOpenFileName(self.parentWidget(), "Import labels", "", _FILTER.format(patterns))
        if name:
            self.read(Path(name))

    def read(self, path: Path) -> None:
        """Read a file beside the window's own work; what is wrong with it is told there."""
        self.desk.background.do(lambda _report: labels_in(path), lambda tiers: self._offer(path, tiers))

    def add(self) -> None:
        """Make markers of what is chosen."""
        chosen = tuple(tier for tier, box in zip(self._tiers, self.boxes, strict=True) if box.isChecked())
        project, at = self.desk.document.project, int(self.place.currentData())

        def make(_report: object) -> AddMarkers | StudioError:
            try:
                return add_labels(project, chosen, at)
            except StudioError as error:
                return error

        self.go.setEnabled(False)
        self.desk.background.do(make, self._added)

    def _added(self, edit: AddMarkers | StudioError) -> None:
        self._show_go()
        try:
            if isinstance(edit, StudioError):
                raise edit
            self.desk.document.do(edit)
        except StudioError as error:
            self.desk.asks.show(explain(error))
            return
        count = len(edit.markers)
        self.close()
        self.desk.asks.toast("1 marker added" if count == 1 else f"{count} markers added")

    def _offer(self, path: Path, tiers: tuple[Tier, ...]) -> None:
        while (item := self._boxes.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        self._file.setText(path.name)
        self._tiers = tiers[:_MOST_TIERS]
        self.boxes = [self._box(tier) for tier in self._tiers]
        left_out = len(tiers) - len(self._tiers)
        self._note.setText(
            f"{left_out} more tiers are not shown."
            if left_out
            else ""
            if tiers
            else "There are no labels in this file."
        )
        self._note.setVisible(bool(self._note.text()))
        clips = chosen_clips(self.desk)
        places: dict[object, str] = {0: "The beginning of the project"}
        if clips and clips[0].start:
            name = clips[0].name or self.desk.document.project.medium(clips[0].media).name
            places[clips[0].start] = f"The beginning of {name}"
        self.place.set_choices(places)
        self.place.setCurrentIndex(len(places) - 1 if self.desk.selection.clips else 0)
        self._show_go()
        fit(self)
        self.show()
        self.raise_()
        self.activateWindow()
        self.go.setFocus(Qt.FocusReason.OtherFocusReason)

    def _box(self, tier: Tier) -> QCheckBox:
        count = len(tier.labels)
        sort = ("region" if tier.kind == "stretches" else "marker") + ("" if count == 1 else "s")
        box = QCheckBox(f"{tier.name or 'Labels'}: {count} {sort}".replace("&", "&&"), self)
        box.setChecked(bool(tier.labels))
        box.setEnabled(bool(tier.labels))
        box.toggled.connect(lambda _on: self._show_go())
        self._boxes.addWidget(box)
        return box

    def _show_go(self) -> None:
        chosen = any(box.isChecked() for box in self.boxes)
        self.go.setEnabled(chosen)
        self.go.setToolTip("" if chosen else "Choose at least one tier.")
