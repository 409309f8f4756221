"""The pictures of the project as the desktop sees them: which belongs to the playhead, and which is shown."""

from collections.abc import Callable
from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal

from studio.errors import Explanation, StudioError
from studio.ipc.preview import Bgra, Preview
from studio.media.thumbnails import Thumbnails
from studio.model.pictures import Pictures
from studio.model.project import Project
from studio.model.video import Moment, Shot, has_pictures, moment_at, shots
from studio.protocol.common import Refused
from studio.protocol.messages import Event
from studio.protocol.video import (
    LookedInto,
    LookInto,
    MakeThumbnails,
    PictureShown,
    ShowPicture,
    ThumbnailsMade,
    VideoPrepared,
)
from studio.session.document import Document
from studio.session.selection import Selection
from studio.session.settings_file import SettingsFile
from studio.session.transport import Transport
from studio.supervision.worker import State, Worker

_TICK_MS: Final = 16
_SMALLEST_PX: Final = 16
_GB: Final = 1e9


class Video(QObject):
    """Asks the video worker for the picture under the playhead, while there is something to see and somebody looks.

    Without a video in the project no process is started. UI thread only.
    """

    changed = Signal()  # what there is to see
    shown = Signal()  # another picture
    thumbnails_changed = Signal(str)  # the path of a video
    prepared_changed = Signal()  # how far the small pictures of some video are made

    def __init__(
        self,
        document: Document,
        transport: Transport,
        selection: Selection,
        settings: SettingsFile,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._document, self._transport, self._settings = document, transport, settings
        self.worker = Worker("video", parent=self)
        self.shots: tuple[Shot, ...] = ()
        self.picture: Bgra | None = None
        """What is to be seen now, shape (height, width, 4); None where nothing is."""
        self.last: PictureShown | None = None
        """What the worker said of that picture."""
        self.trouble: Explanation | None = None
        self._size = (0, 0)
        self._serial = 0
        self._asked: Moment | None = None
        self._preview: Preview | None = None
        self._thumbnails: dict[str, Thumbnails | None] = {}
        self._prepared: dict[str, VideoPrepared] = {}
        self._room_bytes = 0
        self._looking: dict[tuple[str, float], Callable[[Pictures | None], None]] = {}
        self._clock = QTimer(self, interval=_TICK_MS)
        self._clock.timeout.connect(self._follow)
        self.worker.said.connect(self._hear)
        self.worker.died.connect(self._died)
        self.worker.ready.connect(self._again)
        document.changed.connect(self._project_changed)
        selection.changed.connect(self._follow)
        transport.state_changed.connect(self._transport_changed)
        settings.changed.connect(self._settings_changed)
        self._settings_changed()
        if document.is_open:
            self._project_changed(document.project)

    @property
    def is_there(self) -> bool:
        """Whether the project has anything to see."""
        return bool(self.shots)

    @property
    def moment(self) -> Moment | None:
        """The picture that belongs to the playhead."""
        return moment_at(self._document.project, self._transport.position()) if self.is_there else None

    @property
    def preparation(self) -> VideoPrepared | None:
        """How far the video that is seen is prepared; None where it is, or is not to be."""
        known = self._prepared.get(self._asked.pictures.path) if self._asked is not None else None
        return known if known is not None and known.share < 1 and self._room_bytes else None

    def look(self, width: int, height: int) -> None:
        """Show pictures of at most so many pixels from now on; `look(0, 0)` shows none."""
        if (width, height) == self._size:
            return
        self._size = (width, height)
        self._asked = None
        self._follow()

    def thumbnails(self, pictures: Pictures) -> Thumbnails | None:
        """The small pictures of a video, as far as they are made; the first call has them made."""
        if pictures.path not in self._thumbnails:
            self._thumbnails[pictures.path] = None
            self._begin()
            self.worker.send(MakeThumbnails(path=pictures.path, begins_s=pictures.begins_s, length_s=pictures.length_s))
        return self._thumbnails[pictures.path]

    def try_again(self) -> None:
        """Ask anew for what could not be shown."""
        self.trouble = None
        self._asked = None
        self._thumbnails.clear()
        self._follow()
        self.changed.emit()

    def look_into(self, path: str, begins_s: float, then: Callable[[Pictures | None], None]) -> None:
        """Tell `then` what pictures a file has whose sound begins at that time; None where it shows nothing."""
        self._looking[path, begins_s] = then
        self._begin()
        self.worker.send(LookInto(path=path, begins_s=begins_s))

    @property
    def is_looking(self) -> bool:
        """Whether some file is still being looked into."""
        return bool(self._looking)

    def close(self) -> None:
        """End the worker and let go of its memory."""
        self._clock.stop()
        self._let_go()
        self.worker.finish()

    def _project_changed(self, project: Project) -> None:
        before = self.shots
        self.shots = shots(project) if has_pictures(project) else ()
        if self.shots != before:
            self.trouble = None
            self._asked = None
            self._follow()
            self.changed.emit()

    def _settings_changed(self) -> None:
        now = self._settings.value.video
        room_bytes = round(now.room_gb * _GB) if now.prepare else 0
        if room_bytes != self._room_bytes:
            self._room_bytes = room_bytes
            self._asked = None
            self._follow()
            self.prepared_changed.emit()

    def _transport_changed(self) -> None:
        if self._transport.playing and self.is_there:
            self._clock.start()
        else:
            self._clock.stop()
        self._follow()

    def _follow(self) -> None:
        """Ask for the picture under the playhead, where it is another one."""
        moment = self.moment
        if moment is None:
            if self.picture is not None:
                self.picture = self.last = self._asked = None
                self.shown.emit()
            return
        if min(self._size) < _SMALLEST_PX or moment == self._asked or self.trouble is not None:
            return
        self._asked = moment
        self._serial += 1
        self._begin()
        width, height = self._size
        self.worker.send(
            ShowPicture(
                serial=self._serial,
                path=moment.pictures.path,
                time_s=moment.time_s,
                width=width,
                height=height,
                most_bytes=self._room_bytes,
            )
        )

    def _begin(self) -> None:
        if self.worker.state in (State.STOPPED, State.GAVE_UP):
            self.worker.start()

    def _hear(self, event: Event) -> None:
        match event:
            case PictureShown():
                self._take(event)
            case ThumbnailsMade():
                self._take_thumbnails(event)
            case VideoPrepared():
                self._prepared[event.path] = event
                self.prepared_changed.emit()
            case LookedInto():
                self._looking.pop((event.path, event.begins_s), _ignore)(event.pictures)
            case Refused(request="ShowPicture" | "MakeThumbnails"):
                self.trouble = event.why
                self.picture = None
                self.changed.emit()
                self.shown.emit()
            case _:
                pass

    def _take(self, event: PictureShown) -> None:
        if self._asked is None or event.path != self._asked.pictures.path:
            return
        last, self.last = self.last, event
        if self.picture is not None and last is not None and _same(last, event):
            return
        try:
            if self._preview is None or self._preview.name != event.preview:
                self._let_go()
                self._preview = Preview.attach(event.preview)
            newest = self._preview.newer_than(event.number - 1)
        except StudioError:  # the worker has made a larger one, and says so next
            return
        if newest is not None:
            self.picture = newest.picture
            self.shown.emit()

    def _take_thumbnails(self, event: ThumbnailsMade) -> None:
        if event.file:
            try:
                self._thumbnails[event.path] = Thumbnails.open(Path(event.file))
            except (OSError, ValueError):  # renamed meanwhile: the next message says to what
                return
            self.thumbnails_changed.emit(event.path)

    def _died(self, _why: Explanation) -> None:
        self._asked = None
        self._prepared.clear()
        self._let_go()
        looking, self._looking = self._looking, {}
        for then in looking.values():  # whatever ended it can be shown even less
            then(None)
        self._forget_thumbnails()

    def _forget_thumbnails(self) -> None:
        """Let those that are not there yet be asked for anew."""
        self._thumbnails = {path: made for path, made in self._thumbnails.items() if made is not None}

    def _again(self, _ready: object) -> None:
        """Ask once more: a worker that took the place of another one knows nothing of what that one was asked."""
        self._asked = None
        self._forget_thumbnails()
        for path, begins_s in self._looking:
            self.worker.send(LookInto(path=path, begins_s=begins_s))
        self._follow()
        self.changed.emit()

    def _let_go(self) -> None:
        if self._preview is not None:
            self._preview.close()
            self._preview = None


def _ignore(_pictures: Pictures | None) -> None:
    pass


def _same(last: PictureShown, now: PictureShown) -> bool:
    """Whether both speak of the same picture in the same memory."""
    return (last.preview, last.number) == (now.preview, now.number)
