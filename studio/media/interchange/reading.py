"""Labels from whichever program made them."""

from pathlib import Path
from typing import Final

from studio.media.interchange import audacity, svl, tables, textgrid
from studio.media.interchange.unreadable import unreadable, whole
from studio.model.labels import Label, Tier


def labels_in(path: Path) -> tuple[Tier, ...]:
    """Return the labels of a file, by its suffix; several tiers only from a TextGrid.

    Raises
    ------
    StudioError
        For a suffix that holds no labels, or a file that is not what its suffix says.
    """
    suffix = path.suffix.lower()
    if suffix == ".textgrid":
        return textgrid.read(whole(path)).tiers
    if suffix == ".txt":
        return _one(path, audacity.read(whole(path)))
    if suffix == ".svl":
        return _one(path, svl.read(whole(path)).places())
    if suffix in _TABLES:
        places = tables.read_places(whole(path))
        return _one(path, tuple(Label(start_s=at_s, end_s=at_s, text=text) for at_s, text in places))
    raise unreadable("file", f"A file called {path.suffix or path.name} holds no labels that are known here.")


def _one(path: Path, labels: tuple[Label, ...]) -> tuple[Tier, ...]:
    """Labels of a file that knows no tiers: places and stretches apart, each as a tier where there are any."""
    places = tuple(label for label in labels if label.is_place)
    stretches = tuple(label for label in labels if not label.is_place)
    tiers = (
        Tier(name=path.stem, kind="places", labels=places),
        Tier(name=path.stem, kind="stretches", labels=stretches),
    )
    return tuple(tier for tier in tiers if tier.labels)


_TABLES: Final = (".csv", ".tsv")
