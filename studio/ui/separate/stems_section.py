"""The inspector's part for stems: a mixer of those that belong together, and how they came to be."""

from typing import Final

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from studio.commands import BY_ID, run
from studio.model.project import TrackId
from studio.session import stems
from studio.session.desk import Desk
from studio.ui.controls import Button, Elided, tip
from studio.ui.sections import Section
from studio.ui.separate.stem_row import StemRow
from studio.ui.theme import Theme, wear

_METER_MS: Final = 50


class StemsSection(Section):
    """Shown for a stem, and for a clip that was taken apart."""

    def __init__(self, desk: Desk, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__("Stems", desk, theme, parent)
        self._group: stems.Group | None = None
        self.rows: dict[TrackId, StemRow] = {}
        holder = QWidget(self)
        self._list = QVBoxLayout(holder)
        self._list.setContentsMargins(0, 0, 0, 0)
        self._list.setSpacing(8)
        self._made_by = Elided("", theme, tone="secondary")
        self._made_from = Elided("", theme, tone="secondary")
        self.hear = Button("Hear the source", self)
        self.hear.setToolTip(tip("Hear the source or its stems", "Ctrl+Alt+H"))
        self.hear.clicked.connect(lambda: self._run("clip.hear_stems"))
        self.again = Button("Make again", self)
        self.again.setToolTip(tip("Make the stems again", "Ctrl+Alt+M", "With the same engine and settings."))
        self.again.clicked.connect(lambda: self._run("clip.make_again"))
        self.other = Button("Other engine…", self)
        self.other.clicked.connect(self._choose_other)
        again = QWidget(self)
        row = QHBoxLayout(again)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.again, 1)
        row.addWidget(self.other, 1)
        self.add("Made by", self._made_by)
        self.add("From", self._made_from)
        self.add_wide(holder)
        self.add_wide(self.hear)
        self.add_wide(again)
        self._clock = QTimer(self, interval=_METER_MS)
        self._clock.timeout.connect(self._show_levels)
        desk.transport.state_changed.connect(self._follow)

    def show_selected(self) -> bool:
        """Show the group that the selection belongs to; return whether there is one."""
        self._group = self._find()
        if self._group is not None:
            self.show_now()
        return self._group is not None

    def show_now(self) -> None:
        group, project = self._group, self.desk.document.project
        if group is None:
            return
        for gone in [one for one in self.rows if one not in group.tracks]:
            row = self.rows.pop(gone)
            self._list.removeWidget(row)
            row.hide()
            row.deleteLater()
        for place, track_id in enumerate(group.tracks):
            track = project.track(track_id)
            if track_id not in self.rows:
                title = stems.stem_title(stems.stem_of(project.medium(track.clips[0].media)))
                row = self.rows[track_id] = StemRow(self.desk, self.theme, track, title, self)
                wear(self.theme, row)
                self._list.insertWidget(place, row)
            self.rows[track_id].show_track(track)
        heard = not all(project.track(track).muted for track in group.tracks)
        there = bool(stems.sources_of(project, group))
        sung = stems.is_sung_again(group)
        self.other.setText("Other voice…" if sung else "Other engine…")
        self.other.setAccessibleName(self.other.text())
        self.other.setToolTip("Sing the source in another voice" if sung else "Separate the source with another engine")
        self.hear.setText("Hear the source" if heard else "Hear the stems")
        self.hear.setAccessibleName(self.hear.text())
        self.hear.setVisible(there)
        lineage = group.lineage
        version = f" {lineage.engine_version}" if lineage.engine_version else ""
        self._made_by.setText(f"{self.desk.engines.name_of(lineage.engine)}{version}")
        source = next((media for media in project.media if media.id == group.source), None)
        self._made_from.setText(source.name if source is not None else "a sound that is gone")
        self.again.setEnabled(source is not None and self.desk.document.read_only is None)
        self.other.setEnabled(self.again.isEnabled() and there)

    def _find(self) -> stems.Group | None:
        selection, project = self.desk.selection, self.desk.document.project
        by_id = {clip.id: clip for clip in project.clips} if selection.clips else {}
        for which in reversed(selection.clips):
            clip = by_id.get(which)
            if clip is None:
                continue
            group = stems.group_of(project, project.track_of(which).id)
            made = stems.groups_from(project, clip.media) if group is None else ()
            if group is not None or made:
                return group or made[-1]
        there = {track.id for track in project.tracks}
        for track in selection.tracks:
            group = stems.group_of(project, track) if track in there else None
            if group is not None:
                return group
        return None

    def _run(self, which: str) -> None:
        run(BY_ID[which], self.desk)

    def _choose_other(self) -> None:
        """Select the source, and let the person choose."""
        group, project = self._group, self.desk.document.project
        if group is None:
            return
        source = next((clip for clip in project.clips if clip.media == group.source), None)
        if source is not None:
            self.desk.selection.set_clips((source.id,))
            self.desk.asks.separation("convert" if stems.is_sung_again(group) else "separate")

    def _follow(self) -> None:
        playing = self.desk.transport.playing
        if playing and not self._clock.isActive():
            self._clock.start()
        elif not playing and self._clock.isActive():
            self._clock.stop()
            for row in self.rows.values():
                row.be_silent()

    def _show_levels(self) -> None:
        if not self.isVisible():
            return
        at, project = self.desk.transport.position(), self.desk.document.project
        for row in self.rows.values():
            row.show_level(project, at)
