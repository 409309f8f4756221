"""The overlays of the picture: add, choose, write, place, take away."""

from pathlib import Path

from PySide6.QtCore import QRectF, QSignalBlocker, Qt
from PySide6.QtWidgets import QCheckBox, QFileDialog, QHBoxLayout, QListWidget, QListWidgetItem, QMenu, QWidget

from studio.model.overlays import TEST_CAMERA, Overlay, OverlayKind
from studio.session.desk import Desk
from studio.ui.controls import Button, FixedRows, IconButton, Text, tip
from studio.ui.fields import NameField, NumberField
from studio.ui.live.layout_hand import HAS_FILE, LAYOUTS, NAMES, LayoutHand
from studio.ui.sections import Choice, Section
from studio.ui.theme import CONTROL_PX, Theme

_MOST_ROWS = 6
_FILE_PX = 150


class OverlaySection(Section):
    """A list, the topmost first, and the fields of the one that is selected. The preview shows the same selection."""

    def __init__(self, desk: Desk, hand: LayoutHand, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__("Overlays", desk, theme, parent)
        self._hand = hand
        self._listed_for = ""
        self.add_button = Button("Add overlay", self)
        self.menu = QMenu(self.add_button)
        for kind, name in NAMES.items():
            self.menu.addAction(name).triggered.connect(lambda _on=False, which=kind: self._add(which))
        self.menu.addSection("Begin with a layout")
        for name in LAYOUTS:
            self.menu.addAction(name).triggered.connect(lambda _on=False, which=name: hand.use(which))
        self.add_button.setMenu(self.menu)
        self.empty = Text("Nothing is laid over the picture.", theme, tone="secondary", wrap=True)
        self.list = QListWidget(self)
        self.list.setItemDelegate(FixedRows(self.list))
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.list.setAccessibleName("Overlays, the topmost first")
        self.list.currentItemChanged.connect(self._chosen)
        self.add_wide(self.add_button)
        self.add_wide(self.empty)
        self.add_wide(self.list)
        self.fields = Section("", desk, theme, self)
        self.fields.layout().setContentsMargins(0, 0, 0, 0)  # type: ignore[union-attr]  # a section has a layout
        self.fields.set_title("")
        self.fields._title.hide()
        self.text = NameField("Words", self)
        self.text.textEdited.connect(hand.write)
        self.text.editingFinished.connect(hand.done)
        self.file = Button("Choose picture…", self)
        self.file.clicked.connect(self.choose_file)
        self.speaking = Button("The same, brighter", self)
        self.speaking.clicked.connect(self._choose_speaking)
        self.mirror = QCheckBox("As in a mirror", self)
        self.mirror.setAccessibleName("Show the camera as in a mirror")
        self.camera = Choice("Camera", {}, self)
        self.camera.chosen.connect(lambda device: hand.show_camera(device, self.mirror.isChecked()))
        self.mirror.clicked.connect(lambda on: hand.show_camera(self.camera.currentData(), on))
        self._numbers = {
            name: NumberField(title, theme, 0, 100, unit="%", decimals=1, step=0.5, parent=self)
            for name, title in (("left", "Left"), ("top", "Top"), ("width", "Width"), ("height", "Height"))
        }
        for number in self._numbers.values():
            number.edited.connect(self._placed)
            number.ended.connect(hand.done)
        self.fields.add("Words", self.text)
        self.fields.add("Picture", self.file)
        self.fields.add("Speaking", self.speaking)
        self.fields.add("Camera", self.camera)
        self.fields.add("", self.mirror)
        self.fields.add("Corner", self._numbers["left"], self._numbers["top"])
        self.fields.add("Size", self._numbers["width"], self._numbers["height"])
        buttons = QWidget(self)
        row = QHBoxLayout(buttons)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        self.raise_button = IconButton("Raise", "chevron-up", theme, self)
        self.raise_button.clicked.connect(lambda: hand.lift(1))
        self.lower_button = IconButton("Lower", "chevron-down", theme, self)
        self.lower_button.clicked.connect(lambda: hand.lift(-1))
        self.remove = Button("Remove overlay", self)
        self.remove.clicked.connect(hand.remove)
        row.addWidget(self.remove)
        row.addStretch(1)
        row.addWidget(self.raise_button)
        row.addWidget(self.lower_button)
        self.fields.add_wide(buttons)
        self.add_wide(self.fields)
        hand.changed.connect(self.show_now)
        desk.capturing.changed.connect(self._show_cameras)
        self.show_now()

    def show_now(self) -> None:
        """Show the layout and the selected overlay."""
        overlays, current = self._hand.overlays, self._hand.current
        with QSignalBlocker(self.list):
            self.list.clear()
            for one in reversed(overlays):
                item = QListWidgetItem(f"{NAMES[one.kind]}: {one.text}" if one.text else NAMES[one.kind])
                item.setData(Qt.ItemDataRole.UserRole, one.id)
                self.list.addItem(item)
                if one.id == self._hand.selected:
                    self.list.setCurrentItem(item)
        self.list.setFixedHeight(min(len(overlays), _MOST_ROWS) * CONTROL_PX + 6)
        self.list.setVisible(bool(overlays))
        self.empty.setVisible(not overlays)
        self.fields.setVisible(current is not None)
        if current is None:
            return
        if current.kind == "camera" and current.id != self._listed_for:
            self.desk.capturing.list_screens()  # one may have been plugged in since
        self._listed_for = current.id
        self._show_row(self.text, current.kind == "text")
        self._show_row(self.file, current.kind in HAS_FILE)
        if current.kind in HAS_FILE:
            self._show_file(self.file, "Picture", current.path, HAS_FILE[current.kind][0])
        self._show_row(self.speaking, current.kind == "avatar")
        self._show_file(self.speaking, "Picture while speaking", current.speaking_path, "The same, brighter")
        for field in (self.camera, self.mirror):
            self._show_row(field, current.kind == "camera")
        if current.kind == "camera":
            self._show_camera(current)
        if current.kind == "text" and not self.text.hasFocus():
            self.text.show_name(current.text)
        for name, number in self._numbers.items():
            number.show_value(getattr(current, name) * 100)

    def choose_file(self) -> None:
        """Ask which file the selected overlay shows."""
        current = self._hand.current
        name = self._asked_for(current.kind) if current is not None else ""
        if name:
            self._hand.show_file(name)

    def _choose_speaking(self) -> None:
        """Ask what an avatar looks like while somebody speaks; none is the same, brighter."""
        self._hand.show_speaking(self._asked_for("avatar"))

    def _add(self, kind: OverlayKind) -> None:
        if kind not in HAS_FILE:
            self._hand.add(kind)
        elif name := self._asked_for(kind):
            self._hand.add(kind, path=name)

    def _asked_for(self, kind: OverlayKind) -> str:
        title, pattern = HAS_FILE[kind]
        name, _ = QFileDialog.getOpenFileName(self.window(), title.rstrip("…"), "", f"{pattern};;All files (*)")
        return name

    def _show_file(self, button: Button, title: str, path: str, otherwise: str) -> None:
        """The name of a file on the button that chooses another, as far as there is room."""
        name = Path(path).name if path else otherwise
        button.setText(button.fontMetrics().elidedText(name, Qt.TextElideMode.ElideMiddle, _FILE_PX).replace("&", "&&"))
        button.setAccessibleName(f"{title}: {name}")
        button.setToolTip(tip(title, "", path or otherwise))

    def _show_cameras(self) -> None:
        current = self._hand.current
        if current is not None and current.kind == "camera":
            self._show_camera(current)

    def _show_camera(self, current: Overlay) -> None:
        """Offer the cameras that there are, and the chosen one also where it is not there."""
        screens = self.desk.capturing.screens
        there: dict[object, str] = {one.id: one.name for one in screens.cameras} if screens is not None else {}
        none = screens is not None and set(there) <= {TEST_CAMERA}
        choices: dict[object, str] = {"": "No camera is plugged in" if none else "First camera"} | there
        if current.device not in choices:
            choices[current.device] = f"{current.device} (not there)"
        self.camera.set_choices(choices)
        self.camera.show_value(current.device)
        self.mirror.setChecked(current.mirrored)

    def _show_row(self, field: QWidget, on: bool) -> None:
        self.fields._form.setRowVisible(field, on)

    def _chosen(self, item: QListWidgetItem | None, _before: object) -> None:
        if item is not None:
            self._hand.select(item.data(Qt.ItemDataRole.UserRole))

    def _placed(self, _value: float) -> None:
        left, top, width, height = (self._numbers[name].value() / 100 for name in ("left", "top", "width", "height"))
        self._hand.place(QRectF(left, top, width, height), gesture="fields")
