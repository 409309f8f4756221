"""Takes: how they land in the project, and how they are saved from a worker or a desktop that died."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from msgspec.structs import replace
from PySide6.QtCore import QObject, Qt, Signal, Slot

from studio import paths
from studio.errors import Explanation, StudioError, explain
from studio.media.store import TAKES
from studio.media.takes import RecoveredTake, mark_recovered
from studio.model.edits import Several
from studio.model.project import Media, Project, TrackId
from studio.model.time import format_clock
from studio.protocol.live import TakeFinished
from studio.session import placing
from studio.session.document import Document
from studio.session.homecoming import Homecoming
from studio.session.importing import Importing
from studio.session.looping import Loop
from studio.session.pictures import peaks_path
from studio.session.recovery import LeftBehind, interrupted_takes
from studio.session.taking import Taking
from studio.session.transport import Transport


class Takes(QObject):
    """Puts finished, broken and left-behind takes into the project. UI thread only.

    Looking for takes reads all their sound, so it happens on a thread of its own. A take is marked as safe only
    once the edit that placed it is on the disk; until then every start finds it again.
    """

    notice = Signal(object)  # Explanation
    found = Signal(object)  # tuple[LeftBehind, ...]: what `look` saw, when it saw something

    _looked = Signal(object, object)  # what to do with it, the takes

    def __init__(
        self, document: Document, transport: Transport, importing: Importing, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._document = document
        self._transport = transport
        self._importing = importing
        self._left: dict[str, RecoveredTake] = {}
        self._unmarked: list[tuple[Path, str]] = []
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="takes")
        self._looked.connect(self._hear, Qt.ConnectionType.QueuedConnection)
        self._home = Homecoming(document, lambda: transport.recording, self._thread.submit, self)
        self._home.done.connect(self._came_home)
        transport.take_finished.connect(self._finished)
        transport.take_broken.connect(self._broken)
        document.saved.connect(self._mark)
        document.folder_changed.connect(self._left.clear)

    def look(self) -> None:
        """Look for takes in the open project's folder that it does not use; `found` tells of them.

        Those that had to be written elsewhere are brought into the folder first; nothing is recorded at such a time.
        """
        self._home.begin()
        self._search(self._tell)

    def keep(self, take: str) -> bool:
        """Put a take that was left behind into the open project, where it was being recorded."""
        found = self._left.pop(take, None)
        if found is None:
            return False
        return self._place(found, TrackId(found.track))

    def close(self) -> None:
        """Mark what is safe by now and end the thread."""
        self._mark()
        self._thread.shutdown(wait=True)

    def _came_home(self) -> None:
        """Let what was silent be heard and seen, and offer what nobody placed."""
        self._transport.reload()
        self._draw(self._document.project.media)
        self._search(self._tell)

    def _search(self, then: Callable[[Path, tuple[RecoveredTake, ...]], None]) -> None:
        folder, project = self._document.folder, self._document.project

        def search() -> None:
            try:
                takes = interrupted_takes(folder, project)
            except OSError:  # the drive went away; the person is told by whoever writes to it
                takes = ()
            self._looked.emit(lambda: then(folder, takes), None)

        self._thread.submit(search)

    @Slot(object, object)
    def _hear(self, answer: Callable[[], None], _nothing: object) -> None:
        answer()

    def _tell(self, folder: Path, takes: tuple[RecoveredTake, ...]) -> None:
        if not self._document.is_open or folder != self._document.folder:
            return
        running = self._transport.take
        self._left = {take.take: take for take in takes if running is None or take.take != running.name}
        if self._left:
            self.found.emit(tuple(_left_behind(folder, take) for take in self._left.values()))

    def _finished(self, taking: Taking, event: TakeFinished) -> None:
        self._place(event, taking.track, taking.gap_from)
        if event.warning:
            self.notice.emit(
                Explanation(
                    code="take.warning",
                    title="The take was kept.",
                    cause=event.warning,
                    remedy="Listen to it once.",
                )
            )

    def _broken(self, taking: Taking, why: Explanation) -> None:
        self._transport.resume_take(replace(taking, gap_from=taking.start + taking.frames))

        def place(folder: Path, takes: tuple[RecoveredTake, ...]) -> None:
            if not self._document.is_open or folder != self._document.folder:
                return
            found = next((one for one in takes if one.take == taking.name), None)
            length = found.length if found is not None else 0
            if found is not None and length:
                self._place(found, taking.track, taking.gap_from)
            self.notice.emit(_interrupted(taking, length, self._document.project, why))

        self._search(place)

    def _place(self, take: TakeFinished | RecoveredTake, track: TrackId, gap_from: int | None = None) -> bool:
        """Make the one edit of a take and have its pictures drawn."""
        segments = take.segments
        self._document.end_gesture()
        try:
            self._document.do(self._placed(take, track, gap_from))
        except StudioError as error:  # nothing is lost: the take stays in its folder and is found at the next start
            self.notice.emit(explain(error))
            return False
        self._unmarked.append((self._document.folder, take.take))
        elsewhere = paths.rescued(self._document.folder)
        if any((elsewhere / media.file).is_file() for media in segments):
            self._home.begin()
        else:
            self._draw(tuple(self._document.project.medium(media.id) for media in segments))
        return True

    def _placed(self, take: TakeFinished | RecoveredTake, track: TrackId, gap_from: int | None) -> Several:
        project = self._document.project
        if take.loop_stop > take.loop_start:
            loop = Loop(take.loop_start, take.loop_stop)
            heard = not self._transport.recording
            return placing.placed_passes(project, take.segments, track, take.start, loop, heard=heard)
        name = f"Take {placing.take_number(project)}"
        return placing.placed_take(project, take.segments, track, take.start, name=name, gap_from=gap_from)

    def _draw(self, recorded: tuple[Media, ...]) -> None:
        """Have the pictures drawn that are not there yet."""
        for media in recorded:
            if media.length and media.file.startswith(f"{TAKES}/") and not peaks_path(media.id).is_file():
                self._importing.build_peaks(media)

    def _mark(self, _position: int = 0) -> None:
        safe, self._unmarked = self._unmarked, []
        for folder, take in safe:
            self._thread.submit(mark_recovered, folder, take)


def _left_behind(folder: Path, take: RecoveredTake) -> LeftBehind:
    return LeftBehind(
        kind="take",
        folder=str(folder),
        name=f"Take of {take.began[:16].replace('T', ' ')}" if take.began else "Take",
        length_s=take.length / take.rate_hz,
        found_at=take.began,
        take=take.take,
    )


def _interrupted(taking: Taking, length: int, project: Project, why: Explanation) -> Explanation:
    kept = f"take kept up to {format_clock(taking.start + length, project.rate_hz)}."
    remedy = "The recording goes on, and the gap is marked."
    if taking.loop is not None:
        passes = len(taking.loop.passes(taking.start, length, project.rate_hz))
        kept = "one pass was kept." if passes == 1 else f"{passes} passes were kept."
        remedy = "The recording goes on at the beginning of the loop."
    return Explanation(
        code="take.interrupted",
        title="Audio engine restarted:" if length else "The recording was interrupted.",
        cause=kept if length else "The audio engine ended before any sound was recorded.",
        remedy=remedy,
        detail=f"{why.sentence}\n{why.detail}".strip(),
    )
