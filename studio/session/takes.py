"""Takes: what is being recorded, how it lands in the project, and how it is saved from a worker that died."""

from msgspec.structs import replace
from PySide6.QtCore import QObject, Signal

from studio.errors import Explanation
from studio.model.edits import AddTrack, PlaceClip, Several
from studio.model.project import Media, TrackId
from studio.model.time import format_clock
from studio.protocol.messages import TakeFinished
from studio.session import placing
from studio.session.document import Document
from studio.session.importing import Importing
from studio.session.recovery import LeftBehind, interrupted_takes
from studio.session.taking import Taking
from studio.session.transport import Transport


class Takes(QObject):
    """Puts finished, broken and left-behind takes into the project. UI thread only."""

    notice = Signal(object)  # Explanation

    def __init__(
        self, document: Document, transport: Transport, importing: Importing, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._document = document
        self._transport = transport
        self._importing = importing
        transport.take_finished.connect(self._finished)
        transport.take_broken.connect(self._broken)

    def left_behind(self) -> tuple[LeftBehind, ...]:
        """Interrupted takes in the open project's folder that it does not use yet."""
        folder, project = self._document.folder, self._document.project
        recording = self._transport.take
        return tuple(
            LeftBehind(
                kind="take",
                folder=str(folder),
                name=f"Take of {take.began_at}",
                length_s=sum(media.length for media in take.segments) / project.rate_hz,
                found_at=take.began_at,
                take=take.take,
            )
            for take in interrupted_takes(folder, project)
            if recording is None or recording.name != take.take
        )

    def keep(self, take: str) -> None:
        """Put a take that was left behind into the open project, where it was being recorded."""
        for found in interrupted_takes(self._document.folder, self._document.project):
            if found.take == take:
                self._place(found.segments, TrackId(found.track), found.start, None)

    def _finished(self, taking: Taking, event: TakeFinished) -> None:
        self._place(event.segments, taking.track, event.start, taking.gap_from)
        if event.warning:
            self.notice.emit(
                Explanation(
                    code="take.warning", title="The take was kept.", cause=event.warning, remedy="Listen to it once."
                )
            )

    def _broken(self, taking: Taking, why: Explanation) -> None:
        project = self._document.project
        found = next(
            (one for one in interrupted_takes(self._document.folder, project) if one.take == taking.name), None
        )
        frames = sum(media.length for media in found.segments) if found is not None else 0
        track = taking.track
        if found is not None and frames:
            track = self._place(found.segments, taking.track, found.start, taking.gap_from)
        self._transport.resume_take(replace(taking, track=track, gap_from=taking.start + frames))
        self.notice.emit(
            Explanation(
                code="take.interrupted",
                title="Audio engine restarted.",
                cause=f"Take kept up to {format_clock(taking.start + frames, project.rate_hz)}.",
                remedy="Recording goes on; the gap is marked.",
                detail=f"{why.sentence}\n{why.detail}".strip(),
            )
        )

    def _place(self, segments: tuple[Media, ...], track: TrackId, start: int, gap_from: int | None) -> TrackId:
        """Make the one edit of a take and have its pictures drawn; return the track on which it landed."""
        project = self._document.project
        name = f"Take {placing.take_number(project)}"
        edit = placing.placed_take(project, segments, track, start, name=name, gap_from=gap_from)
        self._document.end_gesture()
        self._document.do(edit)
        for media in segments:
            if media.length:
                self._importing.build_peaks(media)
        return _track_of(edit)


def _track_of(edit: Several) -> TrackId:
    for part in edit.edits:
        if isinstance(part, AddTrack):
            return part.track.id
        if isinstance(part, PlaceClip):
            return part.track
    return TrackId("")
