"""The notes of the sample's voice as files for other programs, labels that come in, and the quality of the voice."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from scenes.base import Place, Shots, until

if TYPE_CHECKING:
    from studio.desktop import Studio


def shots(place: Place) -> Shots:
    """The three dialogs, each with something in it."""
    picture, folder, sample = place

    def of(prepare: Callable[["Studio"], None], theme: str = "dark") -> Callable[[Path], None]:
        return lambda png: picture(sample, png, theme=theme, prepare=prepare, wait_s=300)

    return {
        "measures-export-dark": of(lambda studio: export(studio, folder)),
        "measures-export-light": of(lambda studio: export(studio, folder), "light"),
        "measures-labels-dark": of(lambda studio: labels(studio, folder)),
        "measures-quality-dark": of(quality),
        "measures-quality-light": of(quality, "light"),
    }


def choose(studio: "Studio") -> None:
    """Select the first clip."""
    first = studio.document.project.tracks[0]
    studio.selection.set_clips((first.clips[0].id,), studio.document.project)


def export(studio: "Studio", folder: Path) -> None:
    """The export when its file is there."""
    from studio.ui.interchange.export_dialog import NotesExportDialog

    choose(studio)
    dialog = studio.window.parts.dialogs.measuring("export")
    assert isinstance(dialog, NotesExportDialog)
    dialog.export_to(folder / "Sample voice.csv")
    until(lambda: dialog.written.isVisible())


def labels(studio: "Studio", folder: Path) -> None:
    """A TextGrid with three tiers."""
    from studio.media.interchange import textgrid
    from studio.model.labels import Label, Tier
    from studio.ui.interchange.labels_dialog import LabelsDialog

    choose(studio)
    words = tuple(Label(start_s=at, end_s=at + 0.4, text="la") for at in (0.2, 0.9, 1.7))
    tiers = (
        Tier(name="words", kind="stretches", labels=words),
        Tier(name="beats", kind="places", labels=(Label(start_s=0.5, end_s=0.5, text="1"),)),
        Tier(name="phones", kind="stretches"),
    )
    path = folder / "Rehearsal.TextGrid"
    path.write_text(textgrid.write(textgrid.TextGrid(0.0, 3.0, tiers)), encoding="utf-8")
    dialog = LabelsDialog(studio.desk, studio.window.parts.dialogs.theme, studio.window)
    dialog.read(path)
    until(dialog.isVisible)


def quality(studio: "Studio") -> None:
    """The figures of the voice."""
    from studio.ui.measures.quality_dialog import QualityDialog

    choose(studio)
    dialog = studio.window.parts.dialogs.measuring("quality")
    assert isinstance(dialog, QualityDialog)
    until(lambda: dialog.quality is not None)
