"""What a command is given: every part of the session, and the two doors to the screen."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Protocol

from studio.errors import Explanation
from studio.model.project import TrackId
from studio.session.background import Background
from studio.session.capturing import Capturing
from studio.session.clipboard import Clipboard
from studio.session.compare import Compare
from studio.session.document import Document
from studio.session.engine_list import EngineList
from studio.session.growing import GrowingSound
from studio.session.importing import Importing
from studio.session.jobs import Jobs
from studio.session.library import Library
from studio.session.recovery import LeftBehind
from studio.session.selection import Selection
from studio.session.separating import Separating
from studio.session.settings_file import SettingsFile
from studio.session.takes import Takes
from studio.session.transport import Transport
from studio.supervision.worker import Worker

if TYPE_CHECKING:
    from studio.session.converting import Converting
    from studio.session.lyrics import Lyrics
    from studio.session.models import Models
    from studio.session.noting import Noting
    from studio.session.overlay_page import OverlayPage
    from studio.session.overlay_window import OverlayWindow
    from studio.session.repair import Repair
    from studio.session.singing import Singing
    from studio.session.speaking import Speaking
    from studio.session.video import Video
    from studio.session.voices import Voices

Workspace = Literal["edit", "sing", "speak", "live"]
Separation = Literal["separate", "denoise", "dereverb", "compare", "batch", "convert"]
Measuring = Literal["export", "labels", "quality"]
Panel = Literal["library", "inspector", "history", "jobs", "pitch", "spectrogram", "video"]


class Asks(Protocol):
    """How the session speaks to the person. Implemented by the window; `Nobody` answers "no" to everything."""

    def open_files(self, title: str) -> tuple[Path, ...]:
        """Sound and video files that the person picked; empty when they changed their mind."""
        ...

    def open_path(self, title: str, what: str, suffixes: tuple[str, ...]) -> Path | None:
        """A file of one of these kinds, which are called `what`, or None."""
        ...

    def open_folder(self, title: str) -> Path | None:
        """A folder that exists (a project), or None."""
        ...

    def save_path(self, title: str, suggestion: str, suffix: str = "") -> Path | None:
        """A path that does not exist yet or that the person agreed to replace; `suffix` "" asks for a folder."""
        ...

    def text(self, title: str, label: str, value: str = "") -> str | None:
        """A line of text, or None when called off."""
        ...

    def number(self, title: str, label: str, value: float, low: float, high: float, unit: str) -> float | None:
        """A number between `low` and `high`, or None when called off."""
        ...

    def confirm(self, why: Explanation, verb: str) -> bool:
        """Whether the person pressed the button that says `verb` ("Replace the file", "Stop and close")."""
        ...

    def show(self, why: Explanation) -> None:
        """Tell of a failure, with Details and Copy report."""
        ...

    def toast(self, text: str, action: str = "", run: Callable[[], None] | None = None) -> None:
        """Say something in passing, with at most one button."""
        ...

    def recover(self, found: Sequence[LeftBehind]) -> None:
        """Offer what an earlier run left behind. Nothing is deleted, whatever the person answers."""
        ...

    def preferences(self, page: str = "") -> None:
        """Open the settings, at a section of the schema ("pitch") when named."""
        ...

    def system_check(self) -> None: ...

    def export_dialog(self) -> None: ...

    def models(self) -> None:
        """Open the list of models that engines can load."""
        ...

    def new_voice(self, files: Sequence[Path] = ()) -> None:
        """Open what makes a new voice, from recordings where some were dropped."""
        ...

    def separation(self, page: Separation) -> None:
        """Open what takes the selected clip apart, cleans it, compares engines on it, or works on many files."""
        ...

    def measuring(self, page: Measuring) -> None:
        """Open what exports the notes of the selected clip, imports labels, or measures the quality of a voice."""
        ...

    def palette(self) -> None: ...

    def shortcuts(self) -> None: ...

    def about(self) -> None: ...

    def copy_text(self, text: str) -> None:
        """Put text on the system's clipboard."""
        ...

    def reveal(self, path: Path) -> None:
        """Show a file or folder in the system's file browser."""
        ...

    def close_window(self) -> None:
        """Close the window as its own button would, with the same question when something is running."""
        ...


class View(Protocol):
    """What the timeline and the window can be told to show. Implemented by ui; `Nowhere` does nothing."""

    def zoom_in(self) -> None: ...

    def zoom_out(self) -> None: ...

    def zoom_normal(self) -> None: ...

    def zoom_fit(self) -> None: ...

    def zoom_selection(self) -> None: ...

    def show_sample(self, sample: int) -> None:
        """Scroll, only if need be, until a timeline sample is in sight."""
        ...

    def show_tracks(self, tracks: Sequence[TrackId]) -> None:
        """Scroll, only if need be, until tracks are in sight."""
        ...

    def visible(self) -> tuple[int, int]:
        """First timeline sample in sight and the first after it."""
        ...

    def save_picture(self, path: Path) -> None:
        """Write the timeline exactly as it is seen, as PNG or SVG by the suffix; StudioError when it cannot be."""
        ...

    def save_data(self, path: Path) -> None:
        """Write the numbers behind the tracks in view as CSV, in the background."""
        ...

    def toggle_panel(self, panel: Panel) -> None: ...

    def set_workspace(self, workspace: Workspace) -> None: ...

    def focus_panel(self, step: int) -> None:
        """Move the keyboard to the next (1) or previous (-1) panel."""
        ...


@dataclass(kw_only=True)
class Desk:
    """The parts of the session on one table. Built by `desktop.py`; the window fills in `asks` and `view`."""

    document: Document
    selection: Selection
    transport: Transport
    jobs: Jobs
    clipboard: Clipboard
    library: Library
    settings: SettingsFile
    importing: Importing
    compare: Compare
    engines: EngineList
    takes: Takes
    asks: Asks
    view: View
    background: Background = field(default_factory=Background)
    separating: Separating = field(init=False)
    growing: GrowingSound = field(init=False)
    capture: Worker = field(default_factory=lambda: Worker("capture"))
    capturing: Capturing = field(init=False)

    @cached_property
    def speaking(self) -> "Speaking":
        """What is said of the script; nobody asks before somebody opens it."""
        from studio.session.speaking import Speaking

        return Speaking(self.document, self.jobs, self.engines)

    def close_speaking(self) -> None:
        """Write what `speaking` has to remember, where it was asked for."""
        if "speaking" in self.__dict__:
            self.speaking.close()

    @cached_property
    def voices(self) -> "Voices":
        """The person's voices; nobody asks before somebody wants to speak."""
        from studio.session.voices import Voices

        return Voices(self.jobs)

    @cached_property
    def models(self) -> "Models":
        """The models of this computer; nobody asks for them until somebody looks."""
        from studio.session.models import Models

        models = Models()
        models.rearranged.connect(self.jobs.renew)
        return models

    @cached_property
    def converting(self) -> "Converting":
        """What is sung again in another voice; nobody asks before somebody wants that."""
        from studio.session.converting import Converting

        return Converting(self.document, self.jobs, self.engines, self.separating)

    def close_models(self) -> None:
        """End what `models` began, where it was asked for."""
        if "models" in self.__dict__:
            self.models.close()

    def __post_init__(self) -> None:
        self.capturing = Capturing(self.capture, self.document, self.settings)
        self.separating = Separating(self.document, self.jobs, self.engines)
        self.separating.sung_by(lambda: self.converting)
        self.growing = GrowingSound(self.document, self.transport, self.separating)

    @cached_property
    def singing(self) -> "Singing":
        """Live pitch, drone, metronome and speed; nobody asks for them until somebody sings."""
        from studio.session.singing import Singing

        return Singing(self.transport, self.document, self.settings)

    @cached_property
    def repair(self) -> "Repair":
        """What is in the lasso of the pitch lane; nobody asks before there is a melody to mend."""
        from studio.session.repair import Repair

        return Repair(self.document, self.background, self.jobs, self.settings)

    @cached_property
    def noting(self) -> "Noting":
        """The notes that are in hand in the pitch lane; nobody asks before there is a note to write."""
        from studio.session.noting import Noting

        return Noting(self.document, self.jobs, self.settings)

    @property
    def has_note(self) -> bool:
        """Whether a note is in hand there."""
        return "noting" in self.__dict__ and bool(self.noting.in_hand)

    @property
    def draws_notes(self) -> bool:
        """Whether a drag in the pitch lane draws a note."""
        return "noting" in self.__dict__ and self.noting.draws

    @property
    def picks_pitch(self) -> bool:
        """Whether something is in that lasso."""
        return "repair" in self.__dict__ and bool(self.repair.picked)

    @property
    def has_sung(self) -> bool:
        """Whether `singing` was asked for."""
        return "singing" in self.__dict__

    def close_singing(self) -> None:
        """Let go of what `singing` reads, where it was asked for."""
        if self.has_sung:
            self.singing.close()

    @cached_property
    def overlay_page(self) -> "OverlayPage":
        """The overlays as a page for another program; nobody asks before somebody opens the Live workspace."""
        from studio.session.overlay_page import OverlayPage

        return OverlayPage(self.capture, self.document, self.settings, self.capturing)

    @cached_property
    def overlay_window(self) -> "OverlayWindow":
        """The overlays over the screen itself; nobody asks before somebody opens the Live workspace."""
        from studio.session.overlay_window import OverlayWindow

        return OverlayWindow(self.capture, self.document, self.settings, self.capturing)

    @cached_property
    def lyrics(self) -> "Lyrics":
        """The words that overlays show while the project plays; nobody asks before the Live workspace is opened."""
        from studio.session.lyrics import Lyrics

        return Lyrics(self.document, self.transport, self.selection, self.capturing)

    @property
    def lays_over_screen(self) -> bool:
        """Whether that window is on."""
        return "overlay_window" in self.__dict__ and self.overlay_window.on

    @cached_property
    def video(self) -> "Video":
        """The pictures of the project; nobody asks for them until there is something to see."""
        from studio.session.video import Video

        return Video(self.document, self.transport, self.selection, self.settings)

    def close_video(self) -> None:
        """End the process that decodes pictures, where one was needed."""
        if "video" in self.__dict__:
            self.video.close()
