"""Markers: points and regions with a name."""

from studio.commands.base import Command
from studio.commands.reasons import first_of, read_only
from studio.model.edits import AddMarker, RemoveMarker, RenameMarker
from studio.model.project import Marker
from studio.session.desk import Desk
from studio.session.placing import new_marker_id


def add_at_selection(desk: Desk) -> None:
    """Mark the selected stretch, or the edit cursor."""
    selection = desk.selection
    _add(desk, selection.start, selection.stop - selection.start)


def add_at_playhead(desk: Desk) -> None:
    """Mark what is heard now."""
    _add(desk, int(desk.transport.position()), 0)


def go(desk: Desk, direction: int) -> None:
    """Select the next marker (1), or the one before (-1), and go there."""
    here = int(desk.transport.position())
    markers = sorted(desk.document.project.markers, key=lambda marker: marker.start)
    if direction > 0:
        found = next((marker for marker in markers if marker.start > here), None)
    else:
        found = next((marker for marker in reversed(markers) if marker.start < here), None)
    if found is not None:
        _show(desk, found)


def find(desk: Desk) -> None:
    """Ask for words and go to the next marker that has them, past the end from the start again."""
    words = desk.asks.text("Find marker", "Words in it")
    if not words:
        return
    here = int(desk.transport.position())
    found = [marker for marker in desk.document.project.markers if words.casefold() in marker.text.casefold()]
    if not found:
        desk.asks.toast(f"No marker says “{words}”")
        return
    _show(desk, min(found, key=lambda marker: (marker.start <= here, marker.start)))


def rename(desk: Desk) -> None:
    """Ask for another text of the selected marker."""
    marker = _chosen(desk)
    if marker is not None:
        text = desk.asks.text("Rename marker", "Text", marker.text)
        if text is not None:
            desk.document.do(RenameMarker(marker=marker.id, text=text))


def remove(desk: Desk) -> None:
    """Remove the selected marker."""
    marker = _chosen(desk)
    if marker is not None:
        desk.document.do(RemoveMarker(marker=marker.id))


def _show(desk: Desk, marker: Marker) -> None:
    desk.transport.seek(marker.start)
    desk.selection.set_marker(marker.id, desk.document.project)
    desk.view.show_sample(marker.start)


def _add(desk: Desk, start: int, length: int) -> None:
    project = desk.document.project
    text = f"Marker {len(project.markers) + 1}"
    marker = Marker(id=new_marker_id(), start=start, length=length, text=text)
    desk.document.do(AddMarker(marker=marker))
    desk.selection.set_marker(marker.id)


def _chosen(desk: Desk) -> Marker | None:
    chosen = desk.selection.marker
    return next((marker for marker in desk.document.project.markers if marker.id == chosen), None)


def _no_marker(desk: Desk) -> str:
    return "" if _chosen(desk) is not None else "Select a marker first"


def _no_markers(desk: Desk) -> str:
    return "" if desk.document.project.markers else "There are no markers yet"


MARKER: tuple[Command, ...] = (
    Command(
        id="marker.add",
        title="Add marker at selection",
        group="Markers",
        keys="Ctrl+B",
        run=add_at_selection,
        unavailable=read_only,
        icon="marker",
    ),
    Command(
        id="marker.add_playing",
        title="Add marker at playhead",
        group="Markers",
        keys="Ctrl+M; Ctrl+.",
        run=add_at_playhead,
        unavailable=read_only,
    ),
    Command(
        id="marker.previous",
        title="Previous marker",
        group="Markers",
        keys="Alt+Left",
        run=lambda desk: go(desk, -1),
        unavailable=_no_markers,
    ),
    Command(
        id="marker.next",
        title="Next marker",
        group="Markers",
        keys="Alt+Right",
        run=lambda desk: go(desk, 1),
        unavailable=_no_markers,
    ),
    Command(
        id="marker.find",
        title="Find marker…",
        group="Markers",
        run=find,
        unavailable=_no_markers,
        about="By words in it; again for the next one.",
    ),
    Command(
        id="marker.rename",
        title="Rename marker…",
        group="Markers",
        run=rename,
        unavailable=first_of(read_only, _no_marker),
    ),
    Command(
        id="marker.remove",
        title="Remove marker",
        group="Markers",
        run=remove,
        unavailable=first_of(read_only, _no_marker),
    ),
)
