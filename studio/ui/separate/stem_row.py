"""One stem of the mixer: its colour and name, mute, solo, volume, and how loud it is now."""

from typing import Final

from PySide6.QtCore import QRect, QSignalBlocker, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from studio.errors import StudioError, explain
from studio.media.peaks import Peaks
from studio.model.edits import Edit, SetTrackGain, SetTrackMute, SetTrackSolo
from studio.model.levels import gain_text, gain_to_db
from studio.model.project import MediaId, Project, Track
from studio.session.desk import Desk
from studio.session.pictures import peaks_path
from studio.ui.controls import Elided, Text
from studio.ui.theme import Theme
from studio.ui.timeline.head_controls import GainSlider, LetterButton

_DOT_PX: Final = 8
_METER_PX: Final = 4
_METER_FLOOR_DB: Final = -60.0
_AMBER_DB: Final = -18.0
_RED_DB: Final = -6.0
_METER_S: Final = 0.05


class StemRow(QWidget):
    """Shows one track of a group and edits it. Holds nothing of its own: the project is the truth."""

    def __init__(self, desk: Desk, theme: Theme, track: Track, title: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._desk, self._theme, self._track = desk, theme, track
        self._peaks: dict[MediaId, Peaks] = {}
        self._name = Elided(title, theme, mode=Qt.TextElideMode.ElideRight)
        self.mute = LetterButton("M", f"Mute {title}", self)
        self.mute.toggled.connect(lambda on: self._do(SetTrackMute(self._track.id, on)))
        self.solo = LetterButton("S", f"Solo {title}", self)
        self.solo.toggled.connect(lambda on: self._do(SetTrackSolo(self._track.id, on)))
        self.gain = GainSlider(f"Volume of {title}", self)
        self.gain.setFixedHeight(24)
        self.gain.gain_changed.connect(self._set_gain)
        self.gain.sliderReleased.connect(desk.document.end_gesture)
        self._db = Text("", theme, tone="secondary", figures=True)
        self._db.setFixedWidth(56)
        self._db.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._meter = _Bar(theme, self)
        top = QHBoxLayout()
        top.setContentsMargins(_DOT_PX + 8, 0, 0, 0)
        top.setSpacing(4)
        top.addWidget(self._name, 1)
        top.addWidget(self.mute)
        top.addWidget(self.solo)
        low = QHBoxLayout()
        low.setContentsMargins(_DOT_PX + 4, 0, 0, 0)
        low.setSpacing(4)
        low.addWidget(self.gain, 1)
        low.addWidget(self._db)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 4)
        rows.setSpacing(0)
        rows.addLayout(top)
        rows.addLayout(low)
        rows.addWidget(self._meter)
        self.setAccessibleName(f"Stem {title}")
        self.set_theme(theme)
        self.show_track(track)

    def set_theme(self, theme: Theme) -> None:
        """Paint in another theme."""
        self._theme = theme
        self.gain.set_theme(theme)
        self.mute.set_colours(theme, theme.warning)
        self.solo.set_colours(theme, theme.good)
        self.update()

    def show_track(self, track: Track) -> None:
        """Show this state of the track."""
        self._track = track
        self.gain.show_gain(track.gain_db)
        with QSignalBlocker(self.mute), QSignalBlocker(self.solo):
            self.mute.setChecked(track.muted)
            self.solo.setChecked(track.soloed)
        self.mute.setToolTip(self.mute.accessibleName())
        self.solo.setToolTip(self.solo.accessibleName())
        self.gain.setToolTip(f"{self.gain.accessibleName()}: {gain_text(track.gain_db)}\nDouble click: 0 dB")
        self._db.setText(gain_text(track.gain_db))
        self._name.set_tone("secondary" if track.muted else "text")
        self.update()

    def show_level(self, project: Project, at: float) -> None:
        """Show how loud the stem is at a timeline sample."""
        self._meter.show_level(self._level_db(project, at))

    def be_silent(self) -> None:
        """Nothing is playing."""
        self._meter.show_level(-120.0)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.track(self._track.colour))
        painter.drawEllipse(0, self.mute.geometry().center().y() - _DOT_PX // 2, _DOT_PX, _DOT_PX)
        painter.end()

    def _level_db(self, project: Project, at: float) -> float:
        track = self._track
        solo = any(one.soloed for one in project.tracks)
        if track.muted or (solo and not track.soloed):
            return -120.0
        peak = 0.0
        for clip in track.clips:
            peaks = self._peaks_of(clip.media) if clip.start <= at < clip.end else None
            if peaks is not None:
                place = at - clip.start + clip.source_start
                low, high, _ = peaks.columns(place, _METER_S * project.rate_hz, 1, None)[0]
                peak = max(peak, max(float(high), -float(low)) * 10 ** (clip.gain_db / 20))
        return gain_to_db(peak) + track.gain_db if peak else -120.0

    def _peaks_of(self, media: MediaId) -> Peaks | None:
        if media not in self._peaks:
            path = peaks_path(media)
            if not path.is_file():
                return None
            self._peaks[media] = Peaks.open(path)
        return self._peaks[media]

    def _set_gain(self, gain_db: float) -> None:
        self._do(SetTrackGain(self._track.id, gain_db), ends=not self.gain.isSliderDown())

    def _do(self, edit: Edit, *, ends: bool = True) -> None:
        try:
            self._desk.document.do(edit)
            if ends:
                self._desk.document.end_gesture()
        except StudioError as error:
            self.show_track(self._track)
            self._desk.asks.show(explain(error))


class _Bar(QWidget):
    """A level from left to right: good to -18 dBFS, amber to -6, red above."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme, self._level_db = theme, -120.0
        self.setFixedHeight(_METER_PX)

    def set_theme(self, theme: Theme) -> None:
        """Paint in another theme."""
        self._theme = theme
        self.update()

    def show_level(self, peak_db: float) -> None:
        """Show a peak; -120 is silence."""
        if round(peak_db) != round(self._level_db):
            self._level_db = peak_db
            self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme, painter = self._theme, QPainter(self)
        box = QRect(_DOT_PX + 8, 0, self.width() - _DOT_PX - 8, _METER_PX)
        painter.fillRect(box, theme.app if theme.is_dark else theme.line)
        left = box.left()
        for top_db, colour in ((_AMBER_DB, theme.good), (_RED_DB, theme.warning), (0.0, theme.error)):
            part = (min(self._level_db, top_db) - _METER_FLOOR_DB) / -_METER_FLOOR_DB
            right = box.left() + round(box.width() * min(max(part, 0.0), 1.0))
            if right > left:
                painter.fillRect(left, 0, right - left, _METER_PX, colour)
                left = right
        painter.end()
