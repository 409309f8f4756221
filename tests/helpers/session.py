"""The session without a window, on real workers, for tests."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from pytestqt.qtbot import QtBot

from studio import paths
from studio.errors import Explanation
from studio.model.edits import AddMedia, AddTrack
from studio.model.project import Clip, ClipId, Track, TrackId
from studio.session.clipboard import Clipboard
from studio.session.compare import Compare
from studio.session.desk import Desk
from studio.session.document import Document
from studio.session.engine_list import EngineList
from studio.session.importing import Importing
from studio.session.jobs import Jobs
from studio.session.library import Library
from studio.session.nobody import Nobody, Nowhere
from studio.session.selection import Selection
from studio.session.settings_file import SettingsFile
from studio.session.takes import Takes
from studio.session.transport import Transport
from studio.supervision.worker import Worker
from tests.helpers import sounds

WAIT_MS = 60_000
RATE_HZ = 48000


class Person(Nobody):
    """Answers what a test told it to, and remembers what it was shown."""

    def __init__(self) -> None:
        self.files: tuple[Path, ...] = ()
        self.folder: Path | None = None
        self.path: Path | None = None
        self.words: str | None = None
        self.figure: float | None = None
        self.agrees = False
        self.shown: list[Explanation] = []
        self.toasts: list[str] = []
        self.copied = ""

    def open_files(self, title: str) -> tuple[Path, ...]:
        return self.files

    def open_path(self, title: str, what: str, suffixes: tuple[str, ...]) -> Path | None:
        return self.path

    def open_folder(self, title: str) -> Path | None:
        return self.folder

    def save_path(self, title: str, suggestion: str, suffix: str = "") -> Path | None:
        return self.path

    def text(self, title: str, label: str, value: str = "") -> str | None:
        return self.words

    def number(self, title: str, label: str, value: float, low: float, high: float, unit: str) -> float | None:
        return self.figure

    def confirm(self, why: Explanation, verb: str) -> bool:
        self.shown.append(why)
        return self.agrees

    def show(self, why: Explanation) -> None:
        self.shown.append(why)

    def toast(self, text: str, action: str = "", run: Callable[[], None] | None = None) -> None:
        self.toasts.append(text)

    def copy_text(self, text: str) -> None:
        self.copied = text


@dataclass
class Session:
    """A desk with its workers; `close` ends them."""

    person: Person = field(default_factory=Person)

    def __post_init__(self) -> None:
        self.live = Worker("live")
        self.compute = Worker("compute")
        self.document = Document()
        self.document.new_untitled()
        self.settings = SettingsFile(paths.config() / "settings.json")
        self.selection = Selection()
        self.document.changed.connect(self.selection.keep_to)
        self.jobs = Jobs(self.compute)
        self.transport = Transport(self.live, self.document, self.selection, self.settings)
        self.importing = Importing(self.document, self.jobs, self.settings)
        self.takes = Takes(self.document, self.transport, self.importing)
        self.desk = Desk(
            document=self.document,
            selection=self.selection,
            transport=self.transport,
            jobs=self.jobs,
            clipboard=Clipboard(),
            library=Library(paths.config() / "recent.json", self.document),
            settings=self.settings,
            importing=self.importing,
            compare=Compare(self.document, self.selection, self.transport, self.jobs, self.importing),
            engines=EngineList(self.compute),
            takes=self.takes,
            asks=self.person,
            view=Nowhere(),
        )

    def start(self, qtbot: QtBot, *workers: Worker) -> None:
        """Start workers and wait until they are ready."""
        for worker in workers:
            with qtbot.waitSignal(worker.ready, timeout=WAIT_MS):
                worker.start()

    def import_file(self, qtbot: QtBot, path: Path) -> None:
        """Import a file and wait until it is on its track."""
        with qtbot.waitSignal(self.importing.imported, timeout=WAIT_MS):
            self.importing.add([path])
        qtbot.waitUntil(lambda: not self.jobs.busy, timeout=WAIT_MS)

    def close(self) -> None:
        self.takes.close()
        self.desk.separating.close()
        self.desk.close_speaking()
        self.desk.background.close()
        self.document.close()
        self.desk.library.close()
        self.settings.close()
        self.live.finish()
        self.compute.finish()


def put_sound(session: Session, seconds: float) -> None:
    """A sound on a track, without an import."""
    length = round(seconds * RATE_HZ)
    media = sounds.write_medium(session.document.folder, "m1", sounds.buzz(length))
    session.document.do(AddMedia(media=media))
    clip = Clip(id=ClipId("c1"), media=media.id, source_start=0, start=0, length=length)
    session.document.do(AddTrack(track=Track(id=TrackId("a"), name="A", clips=(clip,))))
