"""The head of a track: name, mute, solo, gain, level, colour."""

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QRectF, QSignalBlocker, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QFontMetrics,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QLineEdit, QMenu, QWidget

from studio.errors import StudioError, explain
from studio.model.edits import Edit, RenameTrack, SetTrackColour, SetTrackGain, SetTrackMute, SetTrackSolo
from studio.model.levels import gain_text
from studio.model.project import Track, TrackId
from studio.session.desk import Desk
from studio.ui.theme import Theme
from studio.ui.timeline.head_controls import BUTTON_PX, GainSlider, LetterButton, swatch
from studio.ui.timeline.scene import TrackLook
from studio.ui.timeline.sight import Sight

WIDTH: Final = 176
_PAD: Final = 8
_COLOUR_PX: Final = 4
_METER_PX: Final = 6
_EDGE_PX: Final = 5
_GAIN_FROM_PX: Final = 84
_METER_FLOOR_DB: Final = -60.0
_AMBER_DB: Final = -18.0
_RED_DB: Final = -6.0
_ZOOM_A_NOTCH: Final = 1.2
_COLOUR_NAMES: Final = ("Coral", "Amber", "Lime", "Green", "Cyan", "Blue", "Violet", "Pink")


class TrackHeader(QWidget):
    """Shows one track and edits it. Holds nothing of its own: the project is the truth."""

    menu_wanted = Signal(QPoint, str)  # global place, TrackId

    def __init__(self, desk: Desk, theme: Theme, sight: Sight, track: Track, parent: QWidget) -> None:
        super().__init__(parent)
        self._desk = desk
        self._theme = theme
        self._sight = sight
        self._track = track
        self._level_db = -120.0
        self._resize_from: tuple[float, int] | None = None
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)

        self._name = QLineEdit(self)
        self._name.setAccessibleName("Track name")
        self._name.hide()
        self._name.editingFinished.connect(self._rename)
        self._name.installEventFilter(self)
        self._mute = LetterButton("M", "Mute", self)
        self._mute.toggled.connect(lambda on: self._do(SetTrackMute(self._track.id, on)))
        self._solo = LetterButton("S", "Solo", self)
        self._solo.toggled.connect(lambda on: self._do(SetTrackSolo(self._track.id, on)))
        self._gain = GainSlider("Track volume", self)
        self._gain.gain_changed.connect(self._set_gain)
        self._gain.sliderReleased.connect(desk.document.end_gesture)
        self.set_theme(theme)
        self.show_track(track)

    def set_theme(self, theme: Theme) -> None:
        """Paint with another palette."""
        self._theme = theme
        self._gain.set_theme(theme)
        self._mute.set_colours(theme, theme.warning)
        self._solo.set_colours(theme, theme.good)
        self.update()

    def show_track(self, track: Track) -> None:
        """Show this state of the track."""
        self._track = track
        self._gain.show_gain(track.gain_db)
        with QSignalBlocker(self._mute), QSignalBlocker(self._solo):
            self._mute.setChecked(track.muted)
            self._solo.setChecked(track.soloed)
        self._mute.setToolTip(f"Mute {track.name}  (Shift+U)")
        self._solo.setToolTip(f"Solo {track.name}  (Shift+S)")
        self._gain.setToolTip(f"Volume {gain_text(track.gain_db)}\nDouble click: 0 dB")
        self.setAccessibleName(f"Track {track.name}")
        self.setAccessibleDescription(self._description())
        self.setToolTip(track.name)
        why = self._desk.document.read_only
        for control in (self._mute, self._solo, self._gain):
            control.setEnabled(why is None)
            if why is not None:
                control.setToolTip(f"{control.toolTip()}\nRead only. {why.cause} {why.remedy}".strip())
        self.update()

    def set_level(self, peak_db: float) -> None:
        """Show how loud the track is now; -120 is silence."""
        if round(peak_db) != round(self._level_db):
            self._level_db = peak_db
            self.update(self._meter_box())

    def _description(self) -> str:
        track = self._track
        parts = [gain_text(track.gain_db)]
        parts += ["muted"] if track.muted else []
        parts += ["soloed"] if track.soloed else []
        parts.append(f"{len(track.clips)} clip{'' if len(track.clips) == 1 else 's'}")
        return ", ".join(parts)

    # Painting

    def _meter_box(self) -> QRect:
        return QRect(self.width() - _PAD - _METER_PX, _PAD, _METER_PX, self.height() - 2 * _PAD)

    def _name_box(self) -> QRect:
        return QRect(_COLOUR_PX + _PAD, 6, self.width() - _COLOUR_PX - 3 * _PAD - _METER_PX, 20)

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = self._theme
        painter = QPainter(self)
        chosen = self._track.id in self._desk.selection.tracks
        painter.fillRect(self.rect(), theme.hover if chosen else theme.panel)
        colour = theme.track(self._track.colour)
        painter.fillRect(0, 0, _COLOUR_PX, self.height() - 1, colour)
        painter.setPen(theme.disabled if self._track.muted else theme.text)
        painter.setFont(theme.font("body"))
        box = self._name_box()
        text = QFontMetrics(painter.font()).elidedText(self._track.name, Qt.TextElideMode.ElideRight, box.width())
        painter.drawText(box, int(Qt.AlignmentFlag.AlignVCenter), text)
        if not self._gain.isHidden():
            painter.setPen(theme.secondary)
            painter.setFont(theme.font("label", figures=True))
            words = QRect(self._solo.x() + BUTTON_PX + 8, self._solo.y(), 60, BUTTON_PX)
            painter.drawText(words, int(Qt.AlignmentFlag.AlignVCenter), gain_text(self._track.gain_db))
        self._paint_meter(painter)
        painter.fillRect(0, self.height() - 1, self.width(), 1, theme.line)
        painter.fillRect(self.width() - 1, 0, 1, self.height(), theme.line)
        if self.hasFocus():
            painter.setPen(QPen(theme.accent, 2))
            painter.drawRect(QRectF(self.rect()).adjusted(1, 1, -1, -1))
        painter.end()

    def _paint_meter(self, painter: QPainter) -> None:
        theme, box = self._theme, self._meter_box()
        painter.fillRect(box, theme.app if theme.is_dark else theme.line)
        if self._level_db <= _METER_FLOOR_DB:
            return

        def y_of(db: float) -> int:
            return box.bottom() + 1 - round(box.height() * min((db - _METER_FLOOR_DB) / -_METER_FLOOR_DB, 1.0))

        below = box.bottom() + 1
        for top_db, colour in ((_AMBER_DB, theme.good), (_RED_DB, theme.warning), (0.0, theme.error)):
            top = y_of(min(self._level_db, top_db))
            if top < below:
                painter.fillRect(box.left(), top, box.width(), below - top, colour)
                below = top

    def resizeEvent(self, event: QResizeEvent) -> None:
        left, high = _COLOUR_PX + _PAD, self.height()
        compact = high < 60
        top = 28 if not compact else 24
        self._name.setGeometry(self._name_box().adjusted(-4, -4, 4, 4))
        self._mute.move(left, min(top, high - BUTTON_PX - 1))
        self._solo.move(left + BUTTON_PX + 4, min(top, high - BUTTON_PX - 1))
        self._gain.setVisible(high >= _GAIN_FROM_PX)
        self._gain.setGeometry(left - 2, 54, self.width() - left - 2 * _PAD - _METER_PX - 2, 24)

    # Editing

    def _do(self, edit: Edit, *, ends: bool = True) -> None:
        try:
            self._desk.document.do(edit)
            if ends:
                self._desk.document.end_gesture()
        except StudioError as error:
            self.show_track(self._track)
            self._desk.asks.show(explain(error))

    def _set_gain(self, gain_db: float) -> None:
        self._do(SetTrackGain(self._track.id, gain_db), ends=not self._gain.isSliderDown())

    def begin_renaming(self) -> None:
        """Edit the name in place, where it can be changed."""
        if self._desk.document.read_only is not None:
            return
        self._name.setText(self._track.name)
        self._name.selectAll()
        self._name.show()
        self._name.setFocus(Qt.FocusReason.OtherFocusReason)

    def _rename(self) -> None:
        if self._name.isHidden():
            return
        self._name.hide()
        name = self._name.text().strip()
        if name and name != self._track.name:
            self._do(RenameTrack(self._track.id, name))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._name and isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape:
            self._name.hide()
            return True
        return super().eventFilter(watched, event)

    # The mouse

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            return
        if event.position().y() >= self.height() - _EDGE_PX:
            self._resize_from = (event.globalPosition().y(), self.height())
        else:
            selection = self._desk.selection
            more = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
            others = tuple(track for track in selection.tracks if track != self._track.id) if more else ()
            selection.set_tracks((*others, self._track.id))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._resize_from is not None:
            from_y, height = self._resize_from
            self._sight.set_track_height(self._track.id, round(height + event.globalPosition().y() - from_y))
            return
        at_edge = event.position().y() >= self.height() - _EDGE_PX
        self.setCursor(Qt.CursorShape.SplitVCursor if at_edge else Qt.CursorShape.ArrowCursor)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._resize_from = None

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if self._name_box().contains(event.position().toPoint()):
            self.begin_renaming()

    def wheelEvent(self, event: QWheelEvent) -> None:
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self._sight.zoom_track(self._track.id, _ZOOM_A_NOTCH ** (event.angleDelta().y() / 120))
            event.accept()
        else:
            event.ignore()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.begin_renaming()
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        self._desk.selection.set_tracks((self._track.id,))
        self.menu_wanted.emit(event.globalPos(), self._track.id)

    def fill_menu(self, menu: QMenu) -> None:
        """What only a header offers: how the track is shown, and its colour."""
        show = menu.addMenu("Show as")
        current = self._sight.looks.get(self._track.id, TrackLook())
        for title, texture in (("Waveform", ""), ("Spectrogram, notes", "log"), ("Spectrogram, kHz", "linear")):
            action = show.addAction(title)
            action.setCheckable(True)
            action.setChecked(current.texture == texture)
            action.triggered.connect(_call(self._sight.show_texture, self._track.id, texture))
        zoom = menu.addMenu("Waveform height")
        for title, factor in (("Taller", 2.0), ("Lower", 0.5), ("As it is", 1 / current.zoom)):
            zoom.addAction(title).triggered.connect(_call(self._sight.zoom_track, self._track.id, factor))
        colours = menu.addMenu("Colour")
        for index, name in enumerate(_COLOUR_NAMES):
            action = colours.addAction(swatch(self._theme.track(index)), name)
            action.setCheckable(True)
            action.setChecked(self._track.colour % len(_COLOUR_NAMES) == index)
            action.triggered.connect(_call(self._do, SetTrackColour(self._track.id, index)))

    @property
    def track(self) -> TrackId:
        """The track it shows."""
        return self._track.id


def _call(function: Callable[..., None], *arguments: object) -> Callable[[bool], None]:
    """A slot of an action, which is told whether it is checked and does not care."""

    def slot(_checked: bool = False) -> None:
        function(*arguments)

    return slot
