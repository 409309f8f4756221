"""The overlays outside recordings: as a page that another program shows."""

from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLineEdit, QWidget

from studio.session.desk import Desk
from studio.ui.controls import IconButton, Text, tip
from studio.ui.sections import Section
from studio.ui.theme import Theme

_ABOUT_PAGE = (
    "For OBS and the like: they show the overlays over their own picture, transparent, with what you say now. "
    "Only programs on this computer see it, and only with this address."
)


class ElsewhereSection(Section):
    """A switch, and while it is on the address to copy."""

    def __init__(self, desk: Desk, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__("Overlays in other programs", desk, theme, parent)
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
        self._note = Text("Add it as a browser source of the size of your picture.", theme, tone="secondary", wrap=True)
        for wide in (self.page, self._row, self._note):
            self.add_wide(wide)
        desk.overlay_page.changed.connect(self.show_now)
        desk.overlay_page.failed.connect(desk.asks.show)
        self.show_now()

    def show_now(self) -> None:
        """Show whether the page is there, and where."""
        page = self.desk.overlay_page
        with QSignalBlocker(self.page):
            self.page.setChecked(page.on)
        self._row.setVisible(page.on)
        self._note.setVisible(page.on)
        self.address.setText(page.address or "Opening the page…")
        self.address.setToolTip(page.address)
        self.address.setCursorPosition(0)
        self.copy.setEnabled(bool(page.address))

    def _copy(self) -> None:
        self.desk.asks.copy_text(self.desk.overlay_page.address)
        self.desk.asks.toast("Address copied")
