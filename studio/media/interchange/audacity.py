"""Audacity's labels: a line each, start, end and text between tabs, and below it the band where there is one."""

from collections.abc import Iterable, Iterator
from typing import Final

from studio.media.interchange.unreadable import text_of, unreadable
from studio.model.labels import Label

_CALLED: Final = "label file"


def write(labels: Iterable[Label]) -> str:
    """Return labels as Audacity writes them: six decimals, a band as a second line that begins with a backslash."""
    return "".join(f"{line}\n" for label in labels for line in _lines(label))


def read(data: bytes) -> tuple[Label, ...]:
    """Read labels, also with a comma for the point; a text may be missing."""
    labels: list[Label] = []
    for number, line in enumerate(text_of(data).splitlines(), 1):
        cells = line.split("\t")
        if not line.strip():
            continue
        if cells[0].strip() == "\\" and labels and len(cells) >= 3:
            low_hz, high_hz = (_number(cell, number) for cell in cells[1:3])
            labels[-1] = _with_band(labels[-1], low_hz, high_hz)
            continue
        if len(cells) < 2:
            raise unreadable(_CALLED, f"Line {number} has no tab between two times.")
        start_s, end_s = _number(cells[0], number), _number(cells[1], number)
        text = "\t".join(cells[2:])
        labels.append(Label(start_s=min(start_s, end_s), end_s=max(start_s, end_s), text=text))
    return tuple(labels)


def _lines(label: Label) -> Iterator[str]:
    yield f"{label.start_s:.6f}\t{label.end_s:.6f}\t{' '.join(label.text.split())}"
    if label.low_hz is not None and label.high_hz is not None:
        yield f"\\\t{label.low_hz:.6f}\t{label.high_hz:.6f}"


def _with_band(label: Label, low_hz: float, high_hz: float) -> Label:
    """The label with its band; Audacity writes -1 for an end that is open."""
    return Label(
        start_s=label.start_s,
        end_s=label.end_s,
        text=label.text,
        low_hz=low_hz if low_hz >= 0 else None,
        high_hz=high_hz if high_hz >= 0 else None,
    )


def _number(cell: str, line: int) -> float:
    try:
        found = float(cell.strip().replace(",", "."))
    except ValueError:
        found = float("nan")
    if not -1e9 < found < 1e9:
        raise unreadable(_CALLED, f"Line {line} has “{cell.strip()[:20]}” where seconds should be.")
    return found
