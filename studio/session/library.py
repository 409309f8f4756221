"""What a person can reach for: the projects opened lately, and the sound of the open one."""

import datetime as dt
from collections import Counter
from pathlib import Path

import msgspec
from msgspec import Struct
from msgspec.structs import replace
from PySide6.QtCore import QObject, Signal

from studio import paths
from studio.model.project import Media, Project
from studio.session.background_file import BackgroundFile
from studio.session.document import Document
from studio.session.untitled import UNTITLED, began, untitled_name

_KEPT = 20


class Recent(Struct, frozen=True, kw_only=True):
    """A project that was open before. `sound` is what its first clip is called."""

    folder: str
    name: str
    opened_at: str
    sound: str = ""

    @property
    def title(self) -> str:
        """What to list it as: its name, or when it began."""
        if self.name not in ("", UNTITLED):
            return self.name
        try:
            return untitled_name(began(Path(self.folder)) or dt.datetime.fromisoformat(self.opened_at))
        except ValueError:
            return UNTITLED

    @property
    def subtitle(self) -> str:
        """What tells it from others: its first sound, or the folder it lies in."""
        return self.sound or str(Path(self.folder).parent)

    @property
    def is_there(self) -> bool:
        """Whether its folder still exists."""
        return Path(self.folder).is_dir()


class MediaRow(Struct, frozen=True, kw_only=True):
    """A medium of the open project as the library shows it; `uses` counts the clips that stand on it."""

    media: Media
    uses: int
    is_missing: bool
    has_pitch: bool


class Library(QObject):
    """Recent projects, newest first, and the media of the open project. UI thread only."""

    changed = Signal()

    def __init__(self, path: Path, document: Document, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._file = BackgroundFile(path)
        self._document = document
        self._recent = self._load()
        self._shown: tuple[object, ...] = ()
        document.changed.connect(self._project_changed)
        document.folder_changed.connect(self.changed)

    @property
    def recent(self) -> tuple[Recent, ...]:
        """Projects opened before, newest first."""
        return self._recent

    @property
    def media(self) -> tuple[MediaRow, ...]:
        """Every medium of the open project, in the order in which they came."""
        project, folder = self._document.project, self._document.folder
        uses = Counter(clip.media for clip in project.clips)
        return tuple(
            MediaRow(
                media=media,
                uses=uses[media.id],
                is_missing=not (folder / media.file).is_file(),
                has_pitch=bool(project.melody_of(media.id)),
            )
            for media in project.media
        )

    def note_opened(self, folder: Path, name: str) -> None:
        """Put a project at the top of the list."""
        now = dt.datetime.now().astimezone().isoformat(timespec="seconds")
        entry = Recent(folder=str(folder), name=name, opened_at=now, sound=self._sound_of(folder))
        others = tuple(one for one in self._recent if one.folder != entry.folder)
        self._set_recent((entry, *others)[:_KEPT])

    def forget(self, folder: str) -> None:
        """Take a project off the list; its folder is not touched."""
        self._set_recent(tuple(one for one in self._recent if one.folder != folder))

    def flush(self) -> None:
        """Wait until the list is on the disk."""
        self._file.flush()

    def close(self) -> None:
        """Write what is left and end the writer."""
        self._file.close()

    def _set_recent(self, recent: tuple[Recent, ...]) -> None:
        self._recent = recent
        self._file.write(msgspec.json.encode(recent))
        self.changed.emit()

    def _load(self) -> tuple[Recent, ...]:
        content = self._file.read()
        if content is None:
            return ()
        try:
            recent = msgspec.json.decode(content, type=tuple[Recent, ...])
        except (msgspec.DecodeError, UnicodeDecodeError):
            self._file.keep_aside(".damaged")
            return ()
        # A named project may be on a drive that comes back; an untitled one that is gone was empty or has a name now.
        untitled = str(paths.untitled())
        return tuple(one for one in recent if one.is_there or not one.folder.startswith(untitled))

    def _sound_of(self, folder: Path) -> str:
        if not self._document.is_open or folder != self._document.folder:
            return ""
        project = self._document.project
        return next((clip.name or project.medium(clip.media).name for clip in project.clips), "")

    def _retitle(self, project: Project) -> None:
        """List the open project under the name, and with the sound, that it has by now."""
        if not self._document.is_open:
            return
        folder = self._document.folder
        sound = self._sound_of(folder)
        recent = tuple(
            replace(one, name=project.name, sound=sound) if one.folder == str(folder) else one for one in self._recent
        )
        if recent != self._recent:
            self._set_recent(recent)

    def _project_changed(self, project: Project) -> None:
        self._retitle(project)
        shown = (project.media, project.pitches, tuple(clip.media for clip in project.clips))
        if shown != self._shown:
            self._shown = shown
            self.changed.emit()
