"""Tracks: add, remove, silence, order."""

from studio.commands.base import Command
from studio.commands.reasons import chosen_tracks, first_of, no_track, no_tracks, read_only
from studio.model.edits import (
    AddTrack,
    Edit,
    MoveTrack,
    RemoveTrack,
    RenameTrack,
    SetTrackMute,
    SetTrackSolo,
    Several,
)
from studio.session.desk import Desk
from studio.session.placing import new_track


def add(desk: Desk) -> None:
    """Put an empty track below the selected one, or at the end."""
    project = desk.document.project
    track = new_track(project, f"Track {len(project.tracks) + 1}")
    chosen = chosen_tracks(desk)
    index = project.tracks.index(chosen[-1]) + 1 if chosen else None
    desk.document.do(AddTrack(track=track, index=index))
    desk.selection.set_tracks((track.id,))


def remove(desk: Desk) -> None:
    """Remove the selected tracks with their clips."""
    _several(desk, "Remove tracks", [RemoveTrack(track=track.id) for track in chosen_tracks(desk)])


def mute(desk: Desk) -> None:
    """Silence the selected tracks; let them sound again when all are silent."""
    tracks = chosen_tracks(desk)
    muted = not all(track.muted for track in tracks)
    _several(desk, "Mute" if muted else "Unmute", [SetTrackMute(track=track.id, muted=muted) for track in tracks])


def solo(desk: Desk) -> None:
    """Hear only the selected tracks; hear all again when they were alone already."""
    tracks = chosen_tracks(desk)
    soloed = not all(track.soloed for track in tracks)
    _several(desk, "Solo" if soloed else "Unsolo", [SetTrackSolo(track=track.id, soloed=soloed) for track in tracks])


def mute_all(desk: Desk) -> None:
    """Silence every track; let them sound again when all are silent."""
    tracks = desk.document.project.tracks
    muted = not all(track.muted for track in tracks)
    edits: list[Edit] = [SetTrackMute(track=track.id, muted=muted) for track in tracks]
    _several(desk, "Mute all tracks" if muted else "Unmute all tracks", edits)


def rename(desk: Desk) -> None:
    """Ask for another name of the selected track."""
    track = chosen_tracks(desk)[0]
    name = desk.asks.text("Rename track", "Name", track.name)
    if name:
        desk.document.do(RenameTrack(track=track.id, name=name))


def move(desk: Desk, by: int) -> None:
    """Move the selected track up (-1) or down (1)."""
    track = chosen_tracks(desk)[0]
    tracks = desk.document.project.tracks
    index = tracks.index(track) + by
    if 0 <= index < len(tracks):
        desk.document.do(MoveTrack(track=track.id, index=index))


def _several(desk: Desk, label: str, edits: list[Edit]) -> None:
    desk.document.do(edits[0] if len(edits) == 1 else Several(label_text=label, edits=tuple(edits)))


TRACK: tuple[Command, ...] = (
    Command(
        id="track.add",
        title="Add track",
        group="Tracks",
        keys="Ctrl+Shift+N",
        run=add,
        unavailable=read_only,
        icon="add",
    ),
    Command(
        id="track.remove",
        title="Remove track",
        group="Tracks",
        keys="Shift+C",
        run=remove,
        unavailable=first_of(read_only, no_track),
    ),
    Command(
        id="track.mute",
        title="Mute",
        group="Tracks",
        keys="Shift+U",
        run=mute,
        unavailable=first_of(read_only, no_track),
    ),
    Command(
        id="track.solo",
        title="Solo",
        group="Tracks",
        keys="Shift+S",
        run=solo,
        unavailable=first_of(read_only, no_track),
    ),
    Command(
        id="track.mute_all",
        title="Mute all tracks",
        group="Tracks",
        keys="Ctrl+U",
        run=mute_all,
        unavailable=first_of(read_only, no_tracks),
    ),
    Command(
        id="track.rename",
        title="Rename track…",
        group="Tracks",
        run=rename,
        unavailable=first_of(read_only, no_track),
    ),
    Command(
        id="track.up",
        title="Move track up",
        group="Tracks",
        keys="Ctrl+Alt+Up",
        run=lambda desk: move(desk, -1),
        unavailable=first_of(read_only, no_track),
    ),
    Command(
        id="track.down",
        title="Move track down",
        group="Tracks",
        keys="Ctrl+Alt+Down",
        run=lambda desk: move(desk, 1),
        unavailable=first_of(read_only, no_track),
    ),
)
