"""The timeline: ruler, track heads, tracks and the pitch lane, moving together."""

from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtGui import QPainter, QResizeEvent
from PySide6.QtWidgets import QGridLayout, QSplitter, QVBoxLayout, QWidget

from studio.model.levels import gain_to_db
from studio.model.project import Project, Track, TrackId
from studio.model.video import has_pictures
from studio.session.desk import Desk
from studio.settings.schema import Settings
from studio.ui.actions import Actions
from studio.ui.controls import IconButton
from studio.ui.theme import Theme
from studio.ui.timeline.canvas import TracksCanvas
from studio.ui.timeline.file_sound import FileSounds
from studio.ui.timeline.header_column import HeaderColumn
from studio.ui.timeline.kept_looks import KeptLooks
from studio.ui.timeline.menus import Menus
from studio.ui.timeline.pitch_lane import PitchLane
from studio.ui.timeline.playhead import follow
from studio.ui.timeline.rows import CLIP_HEADER, DEFAULT_HEIGHT
from studio.ui.timeline.ruler import HEIGHT as RULER_HEIGHT
from studio.ui.timeline.ruler import Ruler
from studio.ui.timeline.saving import save_lines, save_picture
from studio.ui.timeline.scene import TrackLook
from studio.ui.timeline.scrolling import Scrolling
from studio.ui.timeline.seen import Stretch, lines
from studio.ui.timeline.shares import Shares
from studio.ui.timeline.sight import Sight
from studio.ui.timeline.spectrogram import AXES
from studio.ui.timeline.track_header import WIDTH as HEAD_WIDTH

if TYPE_CHECKING:
    from studio.ui.video.dock import VideoDock

_TICK_MS: Final = 16
_VIDEO_ROW: Final = 1
_TRACKS_ROW: Final = 2
_METER_EVERY: Final = 3
_METER_S: Final = 0.05
_NORMAL_SAMPLES_PER_PX_S: Final = 100
"""Normal zoom shows a hundred pixels a second."""


class TimelineView(QWidget):
    """Everything over time in one widget. Its `zoom_…`, `show_sample` and `visible` are what `View` promises."""

    def __init__(
        self, desk: Desk, theme: Theme, parent: QWidget | None = None, *, actions: Actions | None = None
    ) -> None:
        super().__init__(parent)
        self._desk = desk
        self._theme = theme
        self._ticks = 0
        self._fitted = False
        self._video: VideoDock | None = None
        self.sight = Sight(self)
        self.sounds = FileSounds(desk.jobs, desk.importing.build_peaks, self)
        self.sight.set_project(desk.document.project)
        # First of all: whoever hears of another project after this finds the rows of that project.
        desk.document.changed.connect(self._follow_project)
        self.ruler = Ruler(desk, theme, self.sight)
        self.canvas = TracksCanvas(desk, theme, self.sight, self.sounds)
        self.heads = HeaderColumn(desk, theme, self.sight, self.canvas.growing)
        self.pitch = PitchLane(desk, theme, self.sight)
        self._menus = Menus(desk, actions, self)
        self._add = IconButton("Add track", "add-track", theme, keys="Ctrl+Shift+N")
        self._add.clicked.connect(partial(self._menus.run, "track.add"))
        self._scrolling = Scrolling(self.sight, self.canvas, self)
        self._corner = QWidget()
        self._lay_out()

        self._clock = QTimer(self, interval=_TICK_MS, timerType=Qt.TimerType.PreciseTimer)
        self._clock.timeout.connect(self._tick)
        self.sight.moved.connect(self._show_playhead)
        self.ruler.menu_wanted.connect(self._menus.of_ruler)
        self.ruler.rename_wanted.connect(partial(self._menus.run, "marker.rename"))
        self.heads.menu_wanted.connect(self._track_menu)
        self.canvas.menu_wanted.connect(self._menus.of_tracks)
        self.pitch.canvas.menu_wanted.connect(self._menus.of_pitch)
        self.pitch.canvas.chosen.connect(self._menus.refresh)
        self.pitch.canvas.menu_command.connect(self._menus.run)
        self.pitch.command_wanted.connect(self._menus.run)
        desk.document.changed.connect(self._project_changed)
        desk.document.folder_changed.connect(self._folder_changed)
        desk.selection.changed.connect(self._show_playhead)
        desk.transport.state_changed.connect(self._transport_changed)
        desk.settings.changed.connect(self._settings_changed)
        self._settings_changed(desk.settings.value)
        self._transport_changed()
        self.kept_looks = KeptLooks(desk.document, self.sight, self)
        self._show_video(desk.document.project)

    def _lay_out(self) -> None:
        tracks = QWidget()
        grid = QGridLayout(tracks)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(0)
        corner = QVBoxLayout(self._corner)
        corner.setContentsMargins(8, 0, 0, 0)
        corner.addWidget(self._add)
        self._corner.setFixedSize(HEAD_WIDTH, RULER_HEIGHT)
        grid.addWidget(self._corner, 0, 0)
        grid.addWidget(self.ruler, 0, 1)
        grid.addWidget(self.heads, _TRACKS_ROW, 0)
        grid.addWidget(self.canvas, _TRACKS_ROW, 1)
        grid.addWidget(self._scrolling.down, _TRACKS_ROW, 2)
        grid.setColumnStretch(1, 1)
        grid.setRowStretch(_TRACKS_ROW, 1)
        self._grid = grid
        self.splitter = Shares((tracks, 3), (self.pitch, 2))
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        self._whole = QSplitter(Qt.Orientation.Vertical)
        self._whole.setChildrenCollapsible(False)
        self._whole.setHandleWidth(1)
        self._whole.addWidget(self.splitter)
        whole.addWidget(self._whole, 1)
        whole.addWidget(self._scrolling.across)
        self.setFocusProxy(self.canvas)

    # What `View` promises

    def zoom_in(self) -> None:
        """One step closer, about the cursor where it is in view."""
        self.sight.zoom_in(self._zoom_px())

    def zoom_out(self) -> None:
        """One step back, about the cursor where it is in view."""
        self.sight.zoom_out(self._zoom_px())

    def zoom_normal(self) -> None:
        """A hundred pixels a second."""
        view = self.sight.viewport
        wanted = view.rate_hz / _NORMAL_SAMPLES_PER_PX_S
        self.sight.zoom(view.samples_per_px / wanted, self._zoom_px())

    def zoom_fit(self) -> None:
        """The whole project."""
        self.sight.fit()

    def zoom_selection(self) -> None:
        """Exactly the selected stretch."""
        selection = self._desk.selection
        if selection.is_range:
            self.sight.show_range(selection.start, selection.stop)

    def show_sample(self, sample: int) -> None:
        """Scroll, only if need be, until a timeline sample is in sight."""
        self.sight.set_viewport(self.sight.viewport.revealing(sample))

    def show_tracks(self, tracks: Sequence[TrackId]) -> None:
        """Scroll, only if need be, until tracks are in sight, and where they begin."""
        self.sight.show_rows(tracks)
        project = self._desk.document.project
        clips = [clip for track in project.tracks if track.id in tracks for clip in track.clips]
        first, last = self.visible()
        if clips and not any(clip.start < last and first < clip.end for clip in clips):
            self.show_sample(min(clip.start for clip in clips))

    def visible(self) -> tuple[int, int]:
        """First timeline sample in sight and the first after it."""
        view = self.sight.viewport
        return round(view.first_sample), round(view.last_sample)

    def save_picture(self, path: Path) -> None:
        """Write everything here exactly as it is seen, as PNG or SVG by the suffix; StudioError when it cannot be."""
        self.finish()
        # Painted anew, letters fall on other parts of a pixel: only what is painted as lines has to be.
        seen = self.grab() if path.suffix.lower() != ".svg" else None

        def paint(painter: QPainter) -> None:
            if seen is None:
                self.render(painter, QPoint())
            else:
                painter.drawPixmap(QPoint(), seen)

        save_picture(path, ((self, paint),))
        self._desk.asks.toast(f"Saved {path.name}")

    def save_data(self, path: Path) -> None:
        """Write the numbers behind the tracks in view as CSV, in the background."""
        seen = tuple(self._stretches())
        rate_hz = self._desk.document.project.rate_hz
        self._desk.background.do(
            lambda _report: save_lines(path, lines(seen, rate_hz)),
            lambda _done: self._desk.asks.toast(f"Saved {path.name}"),
        )

    def _stretches(self) -> Iterator[Stretch]:
        view, project = self.sight.viewport, self._desk.document.project
        for row, clip in self.canvas.scene.in_view(self.canvas.height()):
            sound, medium = self.sounds.ready(clip.media), project.medium(clip.media)
            first = max(view.first_sample, clip.start)
            columns = int((min(view.last_sample, clip.end) - first) / view.samples_per_px)
            if sound is not None and columns > 0:
                yield Stretch(
                    track=project.track(row.track).name,
                    clip=self.canvas.scene.name_of(clip),
                    begin_s=first / project.rate_hz,
                    start=first - clip.start + clip.source_start,
                    samples_per_px=view.samples_per_px,
                    columns=columns,
                    sound=sound,
                    path=self.sounds.path(medium),
                    axis=AXES.get(self.sight.looks.get(row.track, TrackLook()).texture),
                    height=row.clip_bottom - row.clip_top - CLIP_HEADER,
                    wide=self._desk.settings.value.pitch.wide_band,
                )

    def toggle_pitch(self) -> None:
        """Show or hide the pitch lane."""
        self.pitch.setVisible(self.pitch.isHidden())

    def toggle_spectrogram(self) -> None:
        """Show the selected tracks, or all of them, as spectrograms, or as waveforms again."""
        project = self._desk.document.project
        tracks = self._desk.selection.tracks or tuple(track.id for track in project.tracks)
        shown = all(self.sight.looks.get(track, TrackLook()).texture for track in tracks)
        for track in tracks:
            self.sight.show_texture(track, "" if shown else "log")

    def toggle_video(self) -> None:
        """Show or hide the picture under the playhead, where the project has any."""
        if self._video is not None:
            self._video.toggle()

    @property
    def shows_video(self) -> bool:
        """Whether the picture under the playhead is open."""
        return self._video is not None and self._video.shows_picture

    @property
    def shows_pitch(self) -> bool:
        """Whether the pitch lane is open."""
        return not self.pitch.isHidden()

    @property
    def shows_spectrogram(self) -> bool:
        """Whether a track is shown as spectrogram."""
        return any(look.texture for look in self.sight.looks.values())

    # Looks

    def set_theme(self, theme: Theme) -> None:
        """Paint with another palette; the parts are told by themselves."""
        self._theme = theme

    def finish(self) -> None:
        """Paint everything that is in view now, however long it takes; for pictures of the window."""
        self.canvas.finish()
        self.pitch.canvas.wait()

    def _zoom_px(self) -> float | None:
        view = self.sight.viewport
        x = view.x_of(self._desk.selection.start)
        return x if 0 <= x <= view.width_px else None

    # The project and the transport

    def _follow_project(self, project: Project) -> None:
        self.sight.set_project(project)

    def _show_video(self, project: Project) -> None:
        """Make room for pictures the first time that there are any."""
        if self._video is None and has_pictures(project):
            from studio.ui.video.dock import VideoDock  # most projects have nothing to see

            self._video = VideoDock(self._desk, self._theme, self.sight, self._whole, self._grid, _VIDEO_ROW)

    def _project_changed(self, project: Project) -> None:
        self._show_video(project)
        if not self._fitted and project.length > 0:
            self._fitted = True
            self.sight.fit()
        self._scrolling.show_now()

    def _folder_changed(self) -> None:
        self._fitted = self._desk.document.project.length > 0
        self.sight.fit()

    def _settings_changed(self, settings: Settings) -> None:
        self.sight.follow = settings.playback.follow

    def _transport_changed(self) -> None:
        taking = self._desk.transport.take
        new = taking is not None and self.sight.rows.of(taking.track) is None
        self.sight.keep_free(DEFAULT_HEIGHT if new else 0)
        if taking is None:
            self.canvas.update()
        going = self._desk.transport.playing or self._desk.transport.recording
        if going and not self._clock.isActive():
            self._clock.start()
        elif not going and self._clock.isActive():
            self._clock.stop()
            for header in self.heads.headers:
                header.set_level(-120.0)
        self._show_playhead()

    def _tick(self) -> None:
        at = self._desk.transport.position()
        recording = self._desk.transport.recording
        view = follow(self.sight.viewport, at, self.sight.follow)
        self.sight.set_viewport(view, beyond=round(at) if recording else 0)
        self._show_playhead()
        self._ticks += 1
        if self._ticks % _METER_EVERY == 0:
            self._show_levels(at)
        if recording:
            self._show_take()

    def _show_take(self) -> None:
        taking, levels = self._desk.transport.take, self._desk.transport.levels()
        if taking is None:
            return
        if levels is not None:
            self.canvas.take.wave.feed(taking, levels)
            self.heads.take.set_level(max(levels.in_peak_db_l, levels.in_peak_db_r))
        if self._ticks % 2 == 0:
            self.canvas.show_take()

    def _show_playhead(self) -> None:
        at = self._desk.transport.position()
        for part in (self.ruler, self.canvas, self.pitch):
            part.set_playhead(at)
        if self._video is not None:
            self._video.lane.set_playhead(at)

    def _show_levels(self, at: float) -> None:
        project = self._desk.document.project
        solo = any(track.soloed for track in project.tracks)
        for header in self.heads.headers:
            if header.isHidden():
                continue
            track = project.track(header.track)
            silent = track.muted or (solo and not track.soloed)
            header.set_level(-120.0 if silent else self._level_db(track, at, project.rate_hz))

    def _level_db(self, track: Track, at: float, rate_hz: int) -> float:
        """The peak of a track at the playhead, from its peaks: what its meter shows."""
        index = self.canvas.scene.index(track.id)
        peak = 0.0
        for clip in index.between(at, at + 1) if index is not None else ():
            sound = self.sounds.ready(clip.media)
            if sound is not None:
                place = at - clip.start + clip.source_start
                low, high, _ = sound.columns(None, place, _METER_S * rate_hz, 1)[0]
                peak = max(peak, max(float(high), -float(low)) * 10 ** (clip.gain_db / 20))
        return gain_to_db(peak) + track.gain_db if peak else -120.0

    def _track_menu(self, place: QPoint, track: TrackId) -> None:
        self._menus.of_track(place, self.heads.header(track))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if not self._fitted and self._desk.document.project.length:
            self._fitted = True
            QTimer.singleShot(0, self, self.sight.fit)
