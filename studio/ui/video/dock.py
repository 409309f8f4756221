"""Puts the picture and its lane into the timeline once a project has something to see, and hides them when not."""

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QSplitter, QVBoxLayout, QWidget

from studio.protocol.video import VideoPrepared
from studio.session.desk import Desk
from studio.session.video_finding import find_video
from studio.ui.controls import IconButton, Text, surface
from studio.ui.theme import Theme, wear
from studio.ui.timeline.sight import Sight
from studio.ui.timeline.track_header import WIDTH as HEAD_WIDTH
from studio.ui.video.lane import HEIGHT, PictureLane
from studio.ui.video.screen import VideoScreen

_SHARE = 0.36
"""How much of the height the picture takes at first."""
_NO_ROOM = "There is no room for more small pictures. Free some of the disk, or allow more in Preferences > Video."
_DAMAGED = "Some of it is damaged, or gone. A picture there takes a moment."
_WHY = "Small pictures are made, so that each is seen at once while you drag."


class VideoDock(QObject):
    """The screen above everything over time, and the lane with its head in a row of the timeline's grid."""

    def __init__(self, desk: Desk, theme: Theme, sight: Sight, whole: QSplitter, grid: QGridLayout, row: int) -> None:
        super().__init__(whole)
        self._desk, self._whole = desk, whole
        self._wanted = True
        self._sized = False
        self.screen = VideoScreen(desk.video, theme, lambda: find_video(desk))
        self.lane = PictureLane(desk, theme, sight)
        self.head = QWidget()
        surface(self.head, "panel")
        self.head.setFixedSize(HEAD_WIDTH, HEIGHT)
        self.hide_button = IconButton("Hide the picture", "video", theme, self.head, keys="Ctrl+Alt+6", checkable=True)
        self.hide_button.setChecked(True)
        self.hide_button.clicked.connect(self.toggle)
        line = QHBoxLayout(self.head)
        line.setContentsMargins(12, 0, 8, 0)
        line.setSpacing(4)
        self.state = Text("", theme, size="label", tone="secondary", figures=True)
        self.state.hide()
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addStretch(1)
        words.addWidget(Text("Video", theme))
        words.addWidget(self.state)
        words.addStretch(1)
        line.addLayout(words, 1)
        line.addWidget(self.hide_button)
        whole.insertWidget(0, self.screen)
        whole.setStretchFactor(0, 0)
        whole.setStretchFactor(1, 1)
        grid.addWidget(self.head, row, 0)
        grid.addWidget(self.lane, row, 1)
        for part in (self.screen, self.head, self.lane):
            wear(theme, part)
        desk.video.changed.connect(self.refresh)
        desk.video.prepared_changed.connect(self._show_state)
        desk.video.shown.connect(self._show_state)
        self.refresh()

    @property
    def shows_picture(self) -> bool:
        """Whether the picture under the playhead is seen, where there is one."""
        return self._wanted

    def toggle(self) -> None:
        """Show the picture, or hide it; the lane stays."""
        self._wanted = not self._wanted
        self.refresh()

    def refresh(self) -> None:
        """Show what belongs to the project."""
        there = self._desk.video.is_there
        self.head.setVisible(there)
        self.lane.setVisible(there)
        self.screen.setVisible(there and self._wanted)
        self.hide_button.setChecked(self._wanted)
        self.hide_button.name("Hide the picture" if self._wanted else "Show the picture", "Ctrl+Alt+6")
        self._show_state()
        if there and self._wanted and not self._sized:
            self._sized = True
            QTimer.singleShot(0, self, self._share)  # once the timeline has its size

    def _show_state(self) -> None:
        """Say how far the video is prepared, until it is."""
        words, why = _state_of(self._desk.video.preparation)
        if (words, why) != (self.state.text(), self.state.toolTip()):
            self.state.setText(words)
            self.state.setToolTip(why)
            self.state.setVisible(bool(words))
            self.state.set_tone("secondary" if why == _WHY else "warning")

    def _share(self) -> None:
        height = self._whole.height()
        self._whole.setSizes([round(height * _SHARE), round(height * (1 - _SHARE))])


def _state_of(preparation: VideoPrepared | None) -> tuple[str, str]:
    """What is said of it, and why that is."""
    if preparation is None:
        return "", ""
    if preparation.hindrance == "room" or preparation.is_over:
        said = "Partly prepared" if preparation.share else "Not prepared"
        return said, _NO_ROOM if preparation.hindrance == "room" else _DAMAGED
    return f"Preparing, {int(preparation.share * 100)} %", _WHY
