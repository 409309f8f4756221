"""The left panel: the sound of the project, to be dragged upon the tracks, and the projects opened before."""

from pathlib import Path
from typing import Final

from PySide6.QtCore import QByteArray, QMimeData, QPoint, QSize, Qt
from PySide6.QtGui import QDrag, QIcon, QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QListWidget, QListWidgetItem, QMenu, QVBoxLayout, QWidget

from studio.errors import StudioError, explain
from studio.model.project import MediaId
from studio.session import placing
from studio.session.desk import Desk
from studio.session.library import MediaRow
from studio.ui import words
from studio.ui.actions import Actions
from studio.ui.controls import FixedRows, IconButton, Text, caption, surface
from studio.ui.drop import MEDIA_MIME
from studio.ui.frame import LIBRARY_PX
from studio.ui.icons import icon
from studio.ui.theme import Theme

_KEY: Final = Qt.ItemDataRole.UserRole
_ROW_PX: Final = 28
_MOST_RECENT: Final = 6


class MediaList(QListWidget):
    """One row a sound. Dragged rows carry the medium's id; Enter or a double click puts it on a new track."""

    def __init__(self, desk: Desk, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk, self._theme = desk, theme
        self.setAccessibleName("Media")
        self.setItemDelegate(FixedRows(self))
        self.setDragEnabled(True)
        self.setDragDropMode(QListWidget.DragDropMode.DragOnly)
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.setIconSize(QSize(16, 16))
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(self._menu)
        self.itemActivated.connect(lambda item: self.place(MediaId(item.data(_KEY))))

    def set_theme(self, theme: Theme) -> None:
        """Paint in another theme."""
        self._theme = theme
        if self._desk.document.is_open:
            self.show_rows(self._desk.library.media)

    def show_rows(self, rows: tuple[MediaRow, ...]) -> None:
        """Show the media of the project; what was chosen stays chosen."""
        chosen = self.currentItem().data(_KEY) if self.currentRow() >= 0 else None
        self.clear()
        rate_hz = self._desk.document.project.rate_hz
        for row in rows:
            media = row.media
            item = QListWidgetItem(self._icon(row), media.name)
            item.setData(_KEY, media.id)
            facts = [words.length(media.length / rate_hz), words.rate(media.rate_hz), words.channels(media.channels)]
            if row.uses == 0:
                facts.append("not used")
            if row.has_pitch:
                facts.append("pitch found")
            if row.is_missing:
                facts = ["The file is missing"]
            item.setToolTip(f"{media.name}\n{', '.join(facts)}\n{words.origin(media)}")
            item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{media.name}, {', '.join(facts)}")
            if row.uses == 0 or row.is_missing:
                item.setForeground(self._theme.secondary)
            self.addItem(item)
            if media.id == chosen:
                self.setCurrentItem(item)

    def _icon(self, row: MediaRow) -> QIcon:
        if row.is_missing:
            return icon("warning", self._theme, "warning", size=16)
        if row.media.lineage is not None:
            return icon("sparkle", self._theme, "engine", size=16)
        return icon("media", self._theme, size=16)

    def place(self, media_id: MediaId, at: int | None = None) -> None:
        """Put a whole medium on a new track, at the edit cursor unless said otherwise."""
        document = self._desk.document
        media = document.project.medium(media_id)
        start = self._desk.selection.start if at is None else at
        try:
            document.do(placing.placed_import(document.project, media, None, start))
        except StudioError as error:
            self._desk.asks.show(explain(error))

    def startDrag(self, _actions: Qt.DropAction) -> None:
        if self.currentRow() < 0:
            return
        item = self.currentItem()
        data = QMimeData()
        data.setData(MEDIA_MIME, QByteArray(str(item.data(_KEY)).encode()))
        drag = QDrag(self)
        drag.setMimeData(data)
        drag.setPixmap(item.icon().pixmap(16, 16))
        drag.exec(Qt.DropAction.CopyAction)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Menu and self.currentRow() >= 0:
            self._menu(self.visualItemRect(self.currentItem()).bottomLeft())
        else:
            super().keyPressEvent(event)

    def _menu(self, at: QPoint) -> None:
        if self.currentRow() < 0:
            return
        item = self.currentItem()
        media = self._desk.document.project.medium(MediaId(item.data(_KEY)))
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction("Put on a new track").triggered.connect(lambda: self.place(media.id))
        find = menu.addAction("Find pitch")
        find.triggered.connect(lambda: self._desk.importing.find_pitch_of(media, 0, media.length))
        menu.addSeparator()
        file = self._desk.document.folder / media.file
        show = menu.addAction("Show in folder")
        show.setEnabled(file.exists())
        show.triggered.connect(lambda: self._desk.asks.reveal(file))
        menu.popup(self.viewport().mapToGlobal(at))


class RecentList(QListWidget):
    """The projects opened before, newest first; hidden ones are those that are gone from the disk."""

    def __init__(self, desk: Desk, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk, self._theme = desk, theme
        self.setAccessibleName("Recent projects")
        self.setItemDelegate(FixedRows(self))
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.setIconSize(QSize(16, 16))
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    def set_theme(self, theme: Theme) -> None:
        """Paint in another theme."""
        self._theme = theme
        self.show_rows()

    def show_rows(self) -> None:
        """Show what is on the disk still, but for the project that is open."""
        here = str(self._desk.document.folder) if self._desk.document.is_open else ""
        there = [one for one in self._desk.library.recent if one.folder != here and one.is_there]
        self.clear()
        for one in there[:_MOST_RECENT]:
            item = QListWidgetItem(icon("folder", self._theme, size=16), one.title)
            item.setData(_KEY, one.folder)
            item.setToolTip(f"{one.title}\n{one.subtitle}\n{one.folder}")
            item.setForeground(self._theme.secondary)
            self.addItem(item)
        self.setFixedHeight(self.count() * _ROW_PX + 4)
        self.setVisible(self.count() > 0)


class LibraryPanel(QWidget):
    """Shows the library of the session; holds nothing itself."""

    def __init__(self, desk: Desk, actions: Actions, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        surface(self, "panel")
        self.setAccessibleName("Library")
        self.setMinimumWidth(180)
        self._add = IconButton("Import sound or video", "add", theme, self, keys=actions.keys("file.import"))
        self._add.clicked.connect(lambda: actions.run("file.import"))
        self.media = MediaList(desk, theme, self)
        self.recent = RecentList(desk, theme, self)
        self.recent.itemActivated.connect(lambda item: self._open(str(item.data(_KEY))))
        self._empty = Text("No sound yet. Drop a file here.", theme, tone="secondary", wrap=True)
        self._empty.setContentsMargins(4, 4, 4, 0)
        self._recent_title = caption("Recent projects", theme)
        head = QHBoxLayout()
        head.setContentsMargins(4, 0, 0, 0)
        head.addWidget(caption("Media", theme), 1)
        head.addWidget(self._add)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(8, 8, 8, 8)
        rows.setSpacing(4)
        rows.addLayout(head)
        rows.addWidget(self._empty)
        rows.addWidget(self.media, 1)
        self._stretch = QWidget(self)
        rows.addWidget(self._stretch, 1)
        self._recent_title.setContentsMargins(4, 8, 0, 4)
        rows.addWidget(self._recent_title)
        rows.addWidget(self.recent)
        desk.library.changed.connect(self._show)
        desk.document.folder_changed.connect(self._show)
        self._show()

    def sizeHint(self) -> QSize:
        return QSize(LIBRARY_PX, 400)

    def _show(self) -> None:
        rows = self._desk.library.media if self._desk.document.is_open else ()
        self.media.show_rows(rows)
        self.media.setVisible(bool(rows))
        self._stretch.setVisible(not rows)
        self._empty.setVisible(not rows)
        self.recent.show_rows()
        self._recent_title.setVisible(self.recent.count() > 0)

    def _open(self, folder: str) -> None:
        from studio.commands.file import open_recent

        open_recent(self._desk, str(Path(folder)))
