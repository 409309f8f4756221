"""Everything that can change a project, each change a value.

To add an edit: a class beside its kin in this package, a place in `Edit` below, and a strategy in
`tests/helpers/edits.py`; a test fails while one of them is missing.
"""

from studio.model.edits.base import EditBase
from studio.model.edits.clips import (
    ClipMove,
    DeleteClips,
    JoinClips,
    MoveClips,
    PlaceClip,
    RenameClip,
    SetClipGain,
    SetFades,
    SplitClip,
    TrimClip,
)
from studio.model.edits.markers import AddMarker, AddMarkers, MoveMarker, RemoveMarker, RenameMarker
from studio.model.edits.notes import (
    DeleteNotes,
    DrawNote,
    FindNotes,
    JoinNotes,
    PitchNotes,
    SplitNote,
    TrimNote,
)
from studio.model.edits.project import (
    AddMedia,
    AddPitch,
    Relink,
    RenameProject,
    SetNotes,
    SetOverlays,
    SetPictures,
    SetRate,
    SetTuning,
)
from studio.model.edits.ranges import (
    DeleteRange,
    KeepRange,
    Paste,
    Piece,
    ReplaceRange,
    SplitRange,
    copy_range,
)
from studio.model.edits.script import (
    AddLines,
    AddTake,
    MoveLine,
    RemoveLines,
    RemoveSpeaker,
    RemoveTake,
    SetDictionary,
    SetFavourite,
    SetLineSpeaker,
    SetLineText,
    SetSpeaker,
)
from studio.model.edits.tracks import (
    AddTrack,
    MoveTrack,
    RemoveTrack,
    RenameTrack,
    SetTrackColour,
    SetTrackGain,
    SetTrackMute,
    SetTrackPan,
    SetTrackSolo,
)
from studio.model.project import Project


class Several(EditBase, frozen=True):
    """Some edits that are one undo step under one name: all of them, or none where one is impossible."""

    label_text: str
    edits: tuple["Edit", ...]

    @property
    def label(self) -> str:  # type: ignore[override]  # the one edit whose name is not its class's
        """What the person did, in words."""
        return self.label_text

    @property
    def gesture(self) -> str:
        gestures = [edit.gesture for edit in self.edits]
        return " + ".join(gestures) if gestures and all(gestures) else ""

    def change(self, project: Project) -> Project:
        for edit in self.edits:
            project = edit.apply(project)
        return project


Edit = (
    AddMedia
    | AddPitch
    | AddTrack
    | RemoveTrack
    | MoveTrack
    | RenameTrack
    | SetTrackGain
    | SetTrackPan
    | SetTrackMute
    | SetTrackSolo
    | SetTrackColour
    | PlaceClip
    | RenameClip
    | SetClipGain
    | SetFades
    | MoveClips
    | TrimClip
    | SplitClip
    | SplitRange
    | DeleteClips
    | DeleteRange
    | KeepRange
    | JoinClips
    | ReplaceRange
    | Paste
    | AddMarker
    | AddMarkers
    | MoveMarker
    | RenameMarker
    | RemoveMarker
    | RenameProject
    | SetRate
    | SetTuning
    | SetNotes
    | SetOverlays
    | SetPictures
    | Relink
    | AddLines
    | AddTake
    | MoveLine
    | RemoveLines
    | RemoveSpeaker
    | RemoveTake
    | SetDictionary
    | SetFavourite
    | SetLineSpeaker
    | SetLineText
    | SetSpeaker
    | FindNotes
    | DrawNote
    | SplitNote
    | JoinNotes
    | TrimNote
    | PitchNotes
    | DeleteNotes
    | Several
)

__all__ = [
    "AddLines",
    "AddMarker",
    "AddMarkers",
    "AddMedia",
    "AddPitch",
    "AddTake",
    "AddTrack",
    "ClipMove",
    "DeleteClips",
    "DeleteNotes",
    "DeleteRange",
    "DrawNote",
    "Edit",
    "FindNotes",
    "JoinClips",
    "JoinNotes",
    "KeepRange",
    "MoveClips",
    "MoveLine",
    "MoveMarker",
    "MoveTrack",
    "Paste",
    "Piece",
    "PitchNotes",
    "PlaceClip",
    "Relink",
    "RemoveLines",
    "RemoveMarker",
    "RemoveSpeaker",
    "RemoveTake",
    "RemoveTrack",
    "RenameClip",
    "RenameMarker",
    "RenameProject",
    "RenameTrack",
    "ReplaceRange",
    "SetClipGain",
    "SetDictionary",
    "SetFades",
    "SetFavourite",
    "SetLineSpeaker",
    "SetLineText",
    "SetNotes",
    "SetOverlays",
    "SetPictures",
    "SetRate",
    "SetSpeaker",
    "SetTrackColour",
    "SetTrackGain",
    "SetTrackMute",
    "SetTrackPan",
    "SetTrackSolo",
    "SetTuning",
    "Several",
    "SplitClip",
    "SplitNote",
    "SplitRange",
    "TrimClip",
    "TrimNote",
    "copy_range",
]
