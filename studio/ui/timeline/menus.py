"""The menus of the timeline: for clips, for empty places, for a track, for the ruler."""

from functools import partial
from typing import Final

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QMenu, QWidget

from studio.commands import BY_ID, run
from studio.session.desk import Desk
from studio.ui.actions import Actions
from studio.ui.timeline.hit import Hit
from studio.ui.timeline.track_header import TrackHeader

_CLIP_MENU: Final = (
    "edit.cut",
    "edit.copy",
    "edit.paste",
    "edit.duplicate",
    "edit.delete",
    "",
    "edit.split",
    "edit.join",
    "edit.trim",
    "edit.silence",
    "",
    "clip.gain",
    "clip.fade_in",
    "clip.fade_out",
    "clip.normalise",
    "clip.rename",
    "",
    "clip.separate",
    "clip.denoise",
    "clip.dereverb",
    "clip.convert",
    "clip.compare_engines",
    "",
    "pitch.find",
    "view.zoom_selection",
)
_PITCH_MENU: Final = (
    "pitch.note_split",
    "pitch.note_join",
    "pitch.note_snap",
    "pitch.note_follow",
    "pitch.note_delete",
    "pitch.note_loop",
    "",
    "pitch.octave_up",
    "pitch.octave_down",
    "pitch.candidate_up",
    "pitch.candidate_down",
    "pitch.remove",
    "",
    "pitch.draw_notes",
    "pitch.note_from_selection",
    "pitch.find_notes",
    "pitch.find",
)
_EMPTY_MENU: Final = ("edit.paste", "edit.select_all", "", "marker.add", "track.add", "", "view.zoom_fit")
_TRACK_MENU: Final = ("track.rename", "track.up", "track.down", "track.remove", "", "track.add")
_RULER_MENU: Final = (
    "marker.add",
    "marker.rename",
    "marker.remove",
    "",
    "transport.loop_selection",
    "transport.loop",
    "",
    "view.follow",
)


class Menus:
    """Opens menus of commands; with the window's actions they show their keys and whether they are on."""

    def __init__(self, desk: Desk, actions: Actions | None, parent: QWidget) -> None:
        self._desk, self._actions, self._parent = desk, actions, parent

    def run(self, id: str, _checked: bool = False) -> None:
        """Run a command."""
        if self._actions is not None:
            self._actions.run(id)
        else:
            run(BY_ID[id], self._desk)

    def of_ruler(self, place: QPoint) -> None:
        """Open the menu of the ruler."""
        self._show(QMenu(self._parent), _RULER_MENU, place)

    def of_tracks(self, place: QPoint, under: Hit) -> None:
        """Open the menu of what lies under the mouse on the tracks."""
        selected = under.clip is not None or self._desk.selection.is_range
        self._show(QMenu(self._parent), _CLIP_MENU if selected else _EMPTY_MENU, place)

    def of_pitch(self, place: QPoint) -> None:
        """Open the menu of the pitch lane."""
        self._show(QMenu(self._parent), _PITCH_MENU, place)

    def refresh(self) -> None:
        """Something was chosen of which the window's actions have not heard."""
        if self._actions is not None:
            self._actions.refresh_soon()

    def of_track(self, place: QPoint, header: TrackHeader | None) -> None:
        """Open the menu of a track's head."""
        menu = QMenu(self._parent)
        if header is not None:
            header.fill_menu(menu)
            menu.addSeparator()
        self._show(menu, _TRACK_MENU, place)

    def _show(self, menu: QMenu, ids: tuple[str, ...], place: QPoint) -> None:
        menu.setToolTipsVisible(True)
        for which in ids:
            if not which:
                menu.addSeparator()
            elif self._actions is not None and which in self._actions:
                menu.addAction(self._actions.action(which))
            else:
                command = BY_ID[which]
                reason = command.unavailable(self._desk)
                action = menu.addAction(command.title)
                action.setEnabled(not reason)
                action.setToolTip(reason or command.title)
                action.triggered.connect(partial(self.run, which))
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(place)
