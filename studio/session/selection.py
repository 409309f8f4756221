"""What is selected: a stretch of time on some tracks, clips, a marker."""

from collections.abc import Iterable

from PySide6.QtCore import QObject, Signal

from studio.model.project import ClipId, MarkerId, Project, TrackId


class Selection(QObject):
    """The edit cursor (`start == stop`) or a selected stretch `start, stop`, with tracks, clips and a marker.

    UI thread only. `changed` is emitted once per call, and only when something is different.
    """

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._start = 0
        self._stop = 0
        self._tracks: tuple[TrackId, ...] = ()
        self._clips: tuple[ClipId, ...] = ()
        self._marker: MarkerId | None = None

    @property
    def start(self) -> int:
        """First selected timeline sample; the edit cursor when nothing is selected."""
        return self._start

    @property
    def stop(self) -> int:
        """First timeline sample after the selection."""
        return self._stop

    @property
    def is_range(self) -> bool:
        """Whether a stretch of time is selected, not only a cursor."""
        return self._stop > self._start

    @property
    def tracks(self) -> tuple[TrackId, ...]:
        """Selected tracks; none means that a stretch of time covers all of them."""
        return self._tracks

    @property
    def clips(self) -> tuple[ClipId, ...]:
        """Selected clips, the one clicked last at the end."""
        return self._clips

    @property
    def marker(self) -> MarkerId | None:
        """The selected marker."""
        return self._marker

    def set_range(self, start: int, stop: int, tracks: Iterable[TrackId] | None = None) -> None:
        """Select a stretch of time (either end first); `tracks` None leaves the tracks as they are."""
        low, high = sorted((max(0, start), max(0, stop)))
        self._become(low, high, self._tracks if tracks is None else tuple(tracks), (), None)

    def set_cursor(self, sample: int) -> None:
        """Put the edit cursor there: no stretch, no clips, the tracks as they are."""
        self._become(max(0, sample), max(0, sample), self._tracks, (), None)

    def set_tracks(self, tracks: Iterable[TrackId]) -> None:
        """Select whole tracks; the stretch of time stays."""
        self._become(self._start, self._stop, tuple(tracks), (), None)

    def set_clips(self, clips: Iterable[ClipId], project: Project | None = None) -> None:
        """Select clips. With the project given, the time they span and their tracks are selected with them."""
        chosen = tuple(dict.fromkeys(clips))
        start, stop, tracks = self._start, self._stop, self._tracks
        if project is not None and chosen:
            found = [project.clip(clip) for clip in chosen]
            start, stop = min(clip.start for clip in found), max(clip.end for clip in found)
            wanted = set(chosen)
            tracks = tuple(track.id for track in project.tracks if any(clip.id in wanted for clip in track.clips))
        self._become(start, stop, tracks, chosen, None)

    def set_marker(self, marker: MarkerId | None, project: Project | None = None) -> None:
        """Select a marker. With the project given, its place or region is selected with it."""
        start, stop = self._start, self._stop
        if project is not None:
            found = next((one for one in project.markers if one.id == marker), None)
            if found is not None:
                start, stop = found.start, found.end
        self._become(start, stop, self._tracks, (), marker)

    def select_all(self, project: Project) -> None:
        """The whole project, on all tracks, all clips."""
        tracks = tuple(track.id for track in project.tracks)
        self._become(0, project.length, tracks, tuple(clip.id for clip in project.clips), None)

    def clear(self) -> None:
        """Nothing is selected; the edit cursor stays where the selection began."""
        self._become(self._start, self._start, (), (), None)

    def reset(self) -> None:
        """Another project was opened: cursor at the beginning."""
        self._become(0, 0, (), (), None)

    def keep_to(self, project: Project) -> None:
        """Forget what an edit has removed from the project."""
        tracks = {track.id for track in project.tracks}
        clips = {clip.id for clip in project.clips}
        chosen = self._marker if any(marker.id == self._marker for marker in project.markers) else None
        self._become(
            self._start,
            self._stop,
            tuple(track for track in self._tracks if track in tracks),
            tuple(clip for clip in self._clips if clip in clips),
            chosen,
        )

    def _become(
        self,
        start: int,
        stop: int,
        tracks: tuple[TrackId, ...],
        clips: tuple[ClipId, ...],
        marker: MarkerId | None,
    ) -> None:
        before = (self._start, self._stop, self._tracks, self._clips, self._marker)
        after = (start, stop, tracks, clips, marker)
        if after != before:
            self._start, self._stop, self._tracks, self._clips, self._marker = after
            self.changed.emit()
