"""Praat's TextGrid, as its manual has it under "TextGrid file formats"."""

from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from studio.media.interchange.praat_text import Parts, number_text, quoted
from studio.media.interchange.unreadable import unreadable
from studio.model.labels import Label, Tier

_CALLED: Final = "TextGrid"
_MOST_TIERS: Final = 10_000


class TextGrid(NamedTuple):
    """Tiers over one stretch of time."""

    start_s: float
    end_s: float
    tiers: tuple[Tier, ...]


def read(data: bytes) -> TextGrid:
    """Read the long or the short form in any of Praat's encodings; stretches without a text are left out.

    Raises
    ------
    StudioError
        For what is no TextGrid, with what is wrong in it.
    """
    parts = Parts(data, "TextGrid", _CALLED)
    start_s, end_s = parts.number(), parts.number()
    tiers = tuple(_tier(parts) for _ in range(parts.count(_MOST_TIERS))) if parts.flag() else ()
    return TextGrid(start_s, end_s, tiers)


def write(grid: TextGrid) -> str:
    """Return the long form, to be saved as UTF-8. Gaps between stretches become stretches without a text."""
    return "\n".join(_lines(grid)) + "\n"


def _tier(parts: Parts) -> Tier:
    sort, name = parts.text(), parts.text()
    parts.number()
    parts.number()
    count = parts.count()
    if sort == "IntervalTier":
        every = (Label(start_s=parts.number(), end_s=parts.number(), text=parts.text()) for _ in range(count))
        return Tier(name=name, kind="stretches", labels=tuple(label for label in every if label.text))
    if sort == "TextTier":
        return Tier(name=name, kind="places", labels=tuple(_place(parts) for _ in range(count)))
    raise unreadable(_CALLED, f"It has a tier of an unknown class, {sort}.")


def _place(parts: Parts) -> Label:
    at_s = parts.number()
    return Label(start_s=at_s, end_s=at_s, text=parts.text())


def _lines(grid: TextGrid) -> Iterator[str]:
    yield from ('File type = "ooTextFile"', 'Object class = "TextGrid"', "")
    yield from (f"xmin = {number_text(grid.start_s)} ", f"xmax = {number_text(grid.end_s)} ", "tiers? <exists> ")
    yield from (f"size = {len(grid.tiers)} ", "item []: ")
    for number, tier in enumerate(grid.tiers, 1):
        stretches = tier.kind == "stretches"
        entries = list(_tiled(tier.labels, grid) if stretches else tier.labels)
        yield f"    item [{number}]:"
        yield f'        class = "{"IntervalTier" if stretches else "TextTier"}" '
        yield f"        name = {quoted(tier.name)} "
        yield f"        xmin = {number_text(grid.start_s)} "
        yield f"        xmax = {number_text(grid.end_s)} "
        yield f"        {'intervals' if stretches else 'points'}: size = {len(entries)} "
        for at, label in enumerate(entries, 1):
            yield f"        {'intervals' if stretches else 'points'} [{at}]:"
            if stretches:
                yield f"            xmin = {number_text(label.start_s)} "
                yield f"            xmax = {number_text(label.end_s)} "
                yield f"            text = {quoted(label.text)} "
            else:
                yield f"            number = {number_text(label.start_s)} "
                yield f"            mark = {quoted(label.text)} "


def _tiled(labels: Iterable[Label], grid: TextGrid) -> Iterator[Label]:
    """The stretches with those between them, from end to end; what overlaps the one before it is cut."""
    at_s = grid.start_s
    for label in sorted(labels, key=lambda label: (label.start_s, label.end_s)):
        start_s, end_s = max(label.start_s, at_s), min(label.end_s, grid.end_s)
        if end_s <= start_s:
            continue
        if start_s > at_s:
            yield Label(start_s=at_s, end_s=start_s)
        yield Label(start_s=start_s, end_s=end_s, text=label.text)
        at_s = end_s
    if at_s < grid.end_s or at_s == grid.start_s:
        yield Label(start_s=at_s, end_s=grid.end_s)
