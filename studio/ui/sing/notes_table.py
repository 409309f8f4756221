"""Notes as a table: which, how far from it, how long, and with what vibrato."""

import math
from collections.abc import Sequence
from typing import Final, NamedTuple

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from studio.model.pitch import cents_off, hz_to_midi, note_name
from studio.ui.sing.reading import OUT_OF_TUNE_CENTS
from studio.ui.theme import Theme

_TITLES: Final = ("Note", "Off ¢", "Held s", "Vibrato")
_ROW_PX: Final = 24
_Index = QModelIndex | QPersistentModelIndex


class Line(NamedTuple):
    """One note: its mean, how long it is, and its vibrato, NaN where there is none."""

    hz: float
    length_s: float
    vibrato_hz: float = math.nan
    vibrato_cents: float = math.nan
    off_cents: float | None = None
    """From what it aims at, NaN where that is silent; None is from the nearest tempered note."""


class NoteLines(QAbstractTableModel):
    """The lines of the table as Qt asks for them."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._lines: Sequence[Line] = ()
        self._a4_hz, self._transposed, self._flats = 440.0, 0, False

    def show_lines(self, lines: Sequence[Line], a4_hz: float, transposed: int, *, flats: bool) -> None:
        """Show other lines."""
        self.beginResetModel()
        self._lines, self._a4_hz, self._transposed, self._flats = tuple(lines), a4_hz, transposed, flats
        self.endResetModel()

    def set_theme(self, theme: Theme) -> None:
        """Colours of another theme."""
        self._theme = theme

    def rowCount(self, parent: _Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._lines)

    def columnCount(self, _parent: _Index | None = None) -> int:
        return len(_TITLES)

    def headerData(self, section: int, way: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if way == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return _TITLES[section]
        if way == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.TextAlignmentRole:
            return _side(section)
        return None

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        line = self._lines[index.row()]
        midi = hz_to_midi(line.hz, self._a4_hz) + self._transposed
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return self._words(line, midi)[index.column()]
            case Qt.ItemDataRole.AccessibleTextRole:
                return f"{_TITLES[index.column()]} {self._words(line, midi)[index.column()]}"
            case Qt.ItemDataRole.TextAlignmentRole:
                return _side(index.column())
            case Qt.ItemDataRole.ForegroundRole if index.column() == 1 and abs(_off(line, midi)) > OUT_OF_TUNE_CENTS:
                return self._theme.warning_text
            case Qt.ItemDataRole.ForegroundRole if index.column() == 3:
                return self._theme.pitch_text
            case _:
                return None

    def _words(self, line: Line, midi: float) -> tuple[str, str, str, str]:
        cents = _off(line, midi)
        swing = "–" if math.isnan(line.vibrato_hz) else f"{line.vibrato_hz:.1f} Hz ±{line.vibrato_cents:.0f} ¢"
        return (
            note_name(midi, flats=self._flats),
            "–" if math.isnan(cents) else f"{'−' if round(cents) < 0 else '+'}{abs(round(cents))}",
            f"{line.length_s:.1f}",
            swing,
        )


class NotesTable(QTableView):
    """`chosen` says which line the person went to, with the mouse or the arrow keys."""

    chosen = Signal(int)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.lines = NoteLines(theme, self)
        self.setModel(self.lines)
        self.setFont(theme.font(figures=True))
        self.setAccessibleName("Notes")
        self.setToolTip("Every note: how far from it its mean lies, how long it was, and its vibrato")
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setShowGrid(False)
        self.setStyleSheet("QTableView::item { border-radius: 0; }")  # or the palette's highlight looks out behind it
        self.setTabKeyNavigation(False)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(_ROW_PX)
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        header.setFont(theme.font("label"))
        for column, width in enumerate((44, 48, 48)):
            header.resizeSection(column, width)
        header.setMinimumSectionSize(24)
        header.setStretchLastSection(True)
        self.setMinimumHeight(4 * _ROW_PX)
        self.selectionModel().currentRowChanged.connect(lambda now, _before: self._go(now))

    def sizeHint(self) -> QSize:
        return QSize(200, 4 * _ROW_PX)

    def set_theme(self, theme: Theme) -> None:
        """Paint in another theme."""
        self.lines.set_theme(theme)

    def mark(self, row: int) -> None:
        """Mark a line without telling anybody; -1 is none."""
        model = self.selectionModel()
        model.blockSignals(True)
        if row < 0:
            self.clearSelection()
            self.setCurrentIndex(QModelIndex())
        else:
            self.selectRow(row)
            self.scrollTo(self.lines.index(row, 0))
        model.blockSignals(False)
        self.viewport().update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            event.ignore()
        else:
            super().keyPressEvent(event)

    def _go(self, now: QModelIndex) -> None:
        if now.isValid():
            self.chosen.emit(now.row())


def _off(line: Line, midi: float) -> float:
    return cents_off(midi) if line.off_cents is None else line.off_cents


def _side(column: int) -> int:
    side = Qt.AlignmentFlag.AlignLeft if column == 0 else Qt.AlignmentFlag.AlignRight
    return int(side | Qt.AlignmentFlag.AlignVCenter)
