"""The Edit menu: undo, the clipboard, cutting."""

from studio.commands.base import Command
from studio.commands.reasons import (
    chosen_clips,
    chosen_tracks,
    empty,
    first_of,
    no_clip,
    no_range,
    nothing_selected,
    read_only,
    tracks_in_range,
)
from studio.errors import StudioError
from studio.model.edits import (
    DeleteClips,
    DeleteRange,
    Edit,
    JoinClips,
    KeepRange,
    Paste,
    Piece,
    Several,
    SplitRange,
    copy_range,
)
from studio.model.project import TrackId
from studio.session.clipboard import piece_of_clips
from studio.session.desk import Desk


def cut(desk: Desk, *, ripple: bool = True) -> None:
    """Copy what is selected, then remove it."""
    copy(desk)
    delete(desk, ripple=ripple)


def copy(desk: Desk) -> None:
    """Hold what is selected."""
    desk.clipboard.put(selected_piece(desk))


def selected_piece(desk: Desk) -> Piece:
    """The selected clips, else what sounds in the selected stretch."""
    selection, project = desk.selection, desk.document.project
    if selection.clips:
        return piece_of_clips(project, selection.clips)
    return copy_range(project, _covered(desk), selection.start, selection.stop)


def paste(desk: Desk, *, ripple: bool = True) -> None:
    """Put what was copied at the edit cursor, in the place of a selected stretch where there is one."""
    piece = desk.clipboard.piece
    if piece is not None:
        _put_down(desk, piece, ripple=ripple)


def duplicate(desk: Desk) -> None:
    """Put a copy of what is selected right behind it."""
    piece = selected_piece(desk)
    selection, project = desk.selection, desk.document.project
    chosen = set(selection.clips)
    tracks = (
        tuple(track.id for track in project.tracks if any(clip.id in chosen for clip in track.clips))
        if chosen
        else _covered(desk)
    )
    start = min(clip.start for clip in chosen_clips(desk)) if chosen else selection.start
    at = start + piece.length
    desk.document.do(Several(label_text="Duplicate", edits=(Paste(piece=piece, at=at, ripple=True, tracks=tracks),)))
    desk.selection.set_range(at, at + piece.length, tracks)


def delete(desk: Desk, *, ripple: bool = True) -> None:
    """Remove the selected clips, a marker, or what sounds in the selected stretch."""
    selection = desk.selection
    if selection.clips:
        start = min(clip.start for clip in chosen_clips(desk))
        desk.document.do(DeleteClips(clips=selection.clips, ripple=ripple))
    else:
        start = selection.start
        desk.document.do(DeleteRange(tracks=_covered(desk), start=start, stop=selection.stop, ripple=ripple))
    selection.set_cursor(start)


def split(desk: Desk) -> None:
    """Cut at the edit cursor, or at both ends of the selected stretch."""
    desk.document.do(SplitRange(tracks=_covered(desk), start=desk.selection.start, stop=desk.selection.stop))


def trim(desk: Desk) -> None:
    """Keep of the clips only what lies in the selected stretch."""
    desk.document.do(KeepRange(tracks=_covered(desk), start=desk.selection.start, stop=desk.selection.stop))


def silence(desk: Desk) -> None:
    """Remove the sound in the selected stretch and leave the gap."""
    selection = desk.selection
    gone = DeleteRange(tracks=_covered(desk), start=selection.start, stop=selection.stop, ripple=False)
    desk.document.do(Several(label_text="Silence", edits=(gone,)))


def join(desk: Desk) -> None:
    """Make one clip of several on a track; those that do not follow each other in their sound are rendered."""
    for track in desk.document.project.tracks:
        wanted = {clip.id for clip in chosen_clips(desk)}
        clips = tuple(clip for clip in track.clips if clip.id in wanted)
        if len(clips) < 2:
            continue
        edit = JoinClips(clips=tuple(clip.id for clip in clips))
        try:
            edit.apply(desk.document.project)
        except StudioError:
            start, stop = min(clip.start for clip in clips), max(clip.end for clip in clips)
            desk.importing.render_into_one(track.id, start, stop, clips[0].name or track.name)
        else:
            desk.document.do(edit)


def _put_down(desk: Desk, piece: Piece, *, ripple: bool) -> None:
    selection = desk.selection
    edits: list[Edit] = []
    at = selection.start
    if selection.is_range and not selection.clips:
        edits.append(DeleteRange(tracks=_covered(desk), start=at, stop=selection.stop, ripple=ripple))
    tracks = _targets(desk, len(piece.lanes))
    edits.append(Paste(piece=piece, at=at, ripple=ripple, tracks=tracks))
    desk.document.do(Several(label_text="Paste", edits=tuple(edits)))
    selection.set_range(at, at + piece.length, tracks)


def _targets(desk: Desk, lanes: int) -> tuple[TrackId, ...]:
    """From the first selected track on downwards, as many tracks as the piece has lanes."""
    tracks = desk.document.project.tracks
    chosen = chosen_tracks(desk)
    first = tracks.index(chosen[0]) if chosen else 0
    return tuple(track.id for track in tracks[first : first + lanes])


def _covered(desk: Desk) -> tuple[TrackId, ...]:
    return tuple(track.id for track in tracks_in_range(desk))


def _nothing_to_undo(desk: Desk) -> str:
    return "" if desk.document.undo_label else "There is nothing to undo"


def _nothing_to_redo(desk: Desk) -> str:
    return "" if desk.document.redo_label else "There is nothing to redo"


def _one_clip_only(desk: Desk) -> str:
    return "" if len(chosen_clips(desk)) > 1 else "Select two clips or more on a track"


def _cannot_paste(desk: Desk) -> str:
    return desk.clipboard.why_not(desk.document.project)


EDIT: tuple[Command, ...] = (
    Command(
        id="edit.undo",
        title="Undo",
        group="Edit",
        keys="Ctrl+Z",
        run=lambda desk: desk.document.undo(),
        unavailable=first_of(read_only, _nothing_to_undo),
        icon="undo",
    ),
    Command(
        id="edit.redo",
        title="Redo",
        group="Edit",
        keys="Ctrl+Shift+Z; Ctrl+Y",
        run=lambda desk: desk.document.redo(),
        unavailable=first_of(read_only, _nothing_to_redo),
        icon="redo",
    ),
    Command(
        id="edit.history",
        title="History",
        group="Edit",
        keys="Ctrl+H",
        run=lambda desk: desk.view.toggle_panel("history"),
        about="Every step since the project began; click one to go there.",
    ),
    Command(
        id="edit.cut",
        title="Cut",
        group="Edit",
        keys="Ctrl+X",
        run=cut,
        unavailable=first_of(read_only, nothing_selected),
    ),
    Command(
        id="edit.cut_leave_gap",
        title="Cut and leave the gap",
        group="Edit",
        keys="Ctrl+Alt+X",
        run=lambda desk: cut(desk, ripple=False),
        unavailable=first_of(read_only, nothing_selected),
    ),
    Command(id="edit.copy", title="Copy", group="Edit", keys="Ctrl+C", run=copy, unavailable=nothing_selected),
    Command(
        id="edit.paste",
        title="Paste",
        group="Edit",
        keys="Ctrl+V",
        run=paste,
        unavailable=first_of(read_only, _cannot_paste),
    ),
    Command(
        id="edit.paste_over",
        title="Paste over",
        group="Edit",
        keys="Ctrl+Shift+V",
        run=lambda desk: paste(desk, ripple=False),
        unavailable=first_of(read_only, _cannot_paste),
        about="What follows stays where it is; what lies there is replaced.",
    ),
    Command(
        id="edit.duplicate",
        title="Duplicate",
        group="Edit",
        keys="Ctrl+D",
        run=duplicate,
        unavailable=first_of(read_only, nothing_selected),
    ),
    Command(
        id="edit.delete",
        title="Delete",
        group="Edit",
        keys="Del; Backspace",
        run=delete,
        unavailable=first_of(read_only, nothing_selected),
        about="What follows on the track closes the gap.",
    ),
    Command(
        id="edit.delete_leave_gap",
        title="Delete and leave the gap",
        group="Edit",
        keys="Ctrl+Alt+K; Shift+Del",
        run=lambda desk: delete(desk, ripple=False),
        unavailable=first_of(read_only, nothing_selected),
    ),
    Command(
        id="edit.split",
        title="Split",
        group="Edit",
        keys="Ctrl+I",
        run=split,
        unavailable=first_of(read_only, no_clip),
        icon="split",
    ),
    Command(
        id="edit.join",
        title="Join clips",
        group="Edit",
        keys="Ctrl+J",
        run=join,
        unavailable=first_of(read_only, _one_clip_only),
    ),
    Command(
        id="edit.trim",
        title="Trim to selection",
        group="Edit",
        keys="Ctrl+T",
        run=trim,
        unavailable=first_of(read_only, no_range),
    ),
    Command(
        id="edit.silence",
        title="Silence",
        group="Edit",
        keys="Ctrl+L",
        run=silence,
        unavailable=first_of(read_only, no_range),
    ),
    Command(
        id="edit.select_all",
        title="Select all",
        group="Edit",
        keys="Ctrl+A",
        run=lambda desk: desk.selection.select_all(desk.document.project),
        unavailable=empty,
    ),
    Command(
        id="edit.select_none",
        title="Select nothing",
        group="Edit",
        keys="Ctrl+Shift+A; Esc",
        run=lambda desk: desk.selection.clear(),
    ),
)
