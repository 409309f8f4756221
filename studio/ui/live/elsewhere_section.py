"""The overlays outside recordings: over the screen itself, and as a page that another program shows."""

from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLineEdit, QWidget

from studio.commands import BY_ID
from studio.session.desk import Desk
from studio.ui.controls import IconButton, Text, tip
from studio.ui.sections import Section
from studio.ui.theme import Theme

_ABOUT_PAGE = (
    "For OBS and the like: they show the overlays over their own picture, transparent, with what you say now. "
    "Only programs on this computer see it, and only with this address. A camera is left out: give it to them directly."
)
_ADD_IT = "Add it as a browser source of the size of your picture."
_NO_CAMERA = "Your camera is not on the page: add it there as a source of its own."

_ABOUT_WINDOW = (
    "For when another program records the screen: a window above all others that is seen and clicked through. It rests "
    "while the studio itself records, which has the overlays in its picture already."
)


class ElsewhereSection(Section):
    """A switch for each, and while the page is on the address to copy."""

    def __init__(self, desk: Desk, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__("Overlays elsewhere", desk, theme, parent)
        self.window_switch = QCheckBox("Over the screen", self)
        self.window_switch.setAccessibleName("Overlays over the screen")
        keys = BY_ID["live.overlay_window"].keys
        self.window_switch.setToolTip(tip("Overlays over the screen", keys, _ABOUT_WINDOW))
        self.window_switch.toggled.connect(desk.overlay_window.switch)
        self.window_note = Text("", theme, tone="secondary", wrap=True)
        self.page = QCheckBox("Page for a browser source", self)
        self.page.setAccessibleName("Page for a browser source")
        self.page.setToolTip(tip("Page for a browser source", "", _ABOUT_PAGE))
        self.page.toggled.connect(desk.overlay_page.switch)
        self.address = QLineEdit(self)
        self.address.setReadOnly(True)
        self.address.setAccessibleName("Address of the page")
        self.copy = IconButton("Copy the address", "copy", theme, self)
        self.copy.clicked.connect(self._copy)
        self.renew = IconButton("Change the address", "retry", theme, self)
        self.renew.name("Change the address", more="The old one shows nothing any more.")
        self.renew.clicked.connect(desk.overlay_page.renew)
        self._row = QWidget(self)
        row = QHBoxLayout(self._row)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        row.addWidget(self.address, 1)
        row.addWidget(self.copy)
        row.addWidget(self.renew)
        self.page_note = Text(_ADD_IT, theme, tone="secondary", wrap=True)
        for wide in (self.window_switch, self.window_note, self.page, self._row, self.page_note):
            self.add_wide(wide)
        desk.overlay_window.changed.connect(self._show_window)
        desk.document.changed.connect(lambda _project: self._show_layout())
        desk.overlay_page.changed.connect(self.show_now)
        desk.overlay_page.failed.connect(desk.asks.show)
        self.show_now()

    def show_now(self) -> None:
        """Show whether the window and the page are there, and where."""
        self._show_layout()
        page = self.desk.overlay_page
        with QSignalBlocker(self.page):
            self.page.setChecked(page.on)
        self._row.setVisible(page.on)
        self.page_note.setVisible(page.on)
        self.address.setText(page.address or "Opening the page…")
        self.address.setToolTip(page.address)
        self.address.setCursorPosition(0)
        self.copy.setEnabled(bool(page.address))

    def _show_layout(self) -> None:
        document = self.desk.document
        has_camera = document.is_open and any(one.kind == "camera" for one in document.project.overlays)
        self.page_note.setText(f"{_ADD_IT} {_NO_CAMERA}" if has_camera else _ADD_IT)
        self._show_window()

    def _show_window(self) -> None:
        window = self.desk.overlay_window
        with QSignalBlocker(self.window_switch):
            self.window_switch.setChecked(window.on)
        note = ""
        if window.resting:
            note = "Hidden while the studio records: the recording has the overlays already."
        elif window.on and not self.desk.document.project.overlays:
            note = "Nothing is laid out yet: add an overlay above."
        elif window.shown is not None and not window.shown.blends:
            note = "This desktop does not blend windows: the overlays stand on black boxes."
        self.window_note.setText(note)
        self.window_note.setVisible(bool(note))

    def _copy(self) -> None:
        self.desk.asks.copy_text(self.desk.overlay_page.address)
        self.desk.asks.toast("Address copied")
