"""Projects and edits for property tests: any project a person can come to, any edit they can make of it."""

from collections.abc import Callable
from itertools import pairwise

from hypothesis import strategies as st

from studio.model.edits import (
    AddLines,
    AddMarker,
    AddMarkers,
    AddMedia,
    AddPitch,
    AddTake,
    AddTrack,
    ClipMove,
    DeleteClips,
    DeleteNotes,
    DeleteRange,
    DrawNote,
    Edit,
    FindNotes,
    JoinClips,
    JoinNotes,
    KeepRange,
    MoveClips,
    MoveLine,
    MoveMarker,
    MoveTrack,
    Paste,
    Piece,
    PitchNotes,
    PlaceClip,
    Relink,
    RemoveLines,
    RemoveMarker,
    RemoveSpeaker,
    RemoveTake,
    RemoveTrack,
    RenameClip,
    RenameMarker,
    RenameProject,
    RenameTrack,
    ReplaceRange,
    SetClipGain,
    SetDictionary,
    SetFades,
    SetFavourite,
    SetLineSpeaker,
    SetLineText,
    SetNotes,
    SetOverlays,
    SetPictures,
    SetRate,
    SetSpeaker,
    SetTrackColour,
    SetTrackGain,
    SetTrackMute,
    SetTrackPan,
    SetTrackSolo,
    SetTuning,
    Several,
    SplitClip,
    SplitNote,
    SplitRange,
    TrimClip,
    TrimNote,
)
from studio.model.overlays import Overlay
from studio.model.pictures import Pictures
from studio.model.project import (
    Clip,
    ClipId,
    Fade,
    Lineage,
    Marker,
    MarkerId,
    Media,
    MediaId,
    Pitch,
    PitchId,
    Project,
    Track,
    TrackId,
)
from studio.model.sheet import SungNote
from studio.model.spoken import Line, LineId, SaidSentence, Speaker, SpeakerId, Take, TakeCard, TakeId

TIMELINE = 160
"""Small, so that clips meet, touch and overlap all the time."""

MEDIA_IDS = [MediaId(f"m{n}") for n in range(4)]
TRACK_IDS = [TrackId(f"t{n}") for n in range(4)]
CLIP_IDS = [ClipId(name) for name in ("a", "b", "c", "a.1")]
LINE_IDS = [LineId(f"l{n}") for n in range(4)]
SPEAKER_IDS = [SpeakerId("narrator"), SpeakerId("s1"), SpeakerId("s2")]
TAKE_IDS = [TakeId(f"k{n}") for n in range(3)]
MARKER_IDS = [MarkerId(f"k{n}") for n in range(3)]

samples = st.integers(0, TIMELINE)
pictures = st.builds(
    Pictures,
    path=st.text(min_size=1, max_size=8),
    width=st.integers(1, 4000),
    height=st.integers(1, 4000),
    fps=st.floats(1, 120),
    begins_s=st.floats(0, 10),
    length_s=st.floats(0, 10),
)
texts = st.text(max_size=8)
gains_db = st.floats(-60, 12)
fades = st.builds(Fade, length=st.integers(0, 60), shape=st.sampled_from(["linear", "equal_power", "smooth"]))
track_ids = st.sampled_from(TRACK_IDS)
clip_ids = st.sampled_from(CLIP_IDS)
marker_ids = st.sampled_from(MARKER_IDS)
some_tracks = st.lists(track_ids, min_size=1, max_size=4).map(tuple)


def medium(id: MediaId, length: int = TIMELINE, rate_hz: int = 48000) -> Media:
    return Media(id=id, name=str(id), file=f"media/{id}.wav", rate_hz=rate_hz, channels=1, length=length)


media = st.builds(medium, st.sampled_from(MEDIA_IDS), st.integers(TIMELINE // 2, TIMELINE))


@st.composite
def clips(draw: st.DrawFn) -> Clip:
    """A clip that fits every medium of its id, whatever length that was drawn with."""
    length = draw(st.integers(1, TIMELINE // 4))
    return Clip(
        id=draw(clip_ids),
        media=draw(st.sampled_from(MEDIA_IDS)),
        source_start=draw(st.integers(0, TIMELINE // 4)),
        start=draw(samples),
        length=length,
        name=draw(texts),
        gain_db=draw(st.sampled_from([0.0, -3.0])),
        fade_in=draw(fades),
        fade_out=draw(fades),
    )


@st.composite
def tracks(draw: st.DrawFn) -> Track:
    return Track(id=draw(track_ids), name=draw(texts), pan=draw(st.floats(-1, 1)))


overlays = st.builds(
    Overlay,
    id=st.sampled_from(["a", "b", "c"]),
    kind=st.sampled_from(["text", "level"]),
    left=st.floats(0, 1),
    top=st.floats(0, 1),
    width=st.floats(0.01, 1),
    height=st.floats(0.01, 1),
    text=texts,
)
markers = st.builds(Marker, id=marker_ids, start=samples, text=texts, length=st.integers(0, 60))
line_ids = st.sampled_from(LINE_IDS)
speaker_ids = st.sampled_from(SPEAKER_IDS)
take_ids = st.sampled_from(TAKE_IDS)
sentences = st.builds(
    SaidSentence,
    text=texts,
    seed=st.integers(0, 9),
    start=samples,
    length=samples,
    heard=texts,
    wrong=st.integers(0, 5),
    words=st.integers(0, 5),
)
takes = st.builds(
    Take,
    id=take_ids,
    media=st.sampled_from([*MEDIA_IDS, "gone"]),
    text=texts,
    voice=texts,
    voice_name=texts,
    engine=st.just("basic"),
    seed=st.integers(0, 9),
    settings=st.dictionaries(texts, st.none() | st.booleans() | texts, max_size=2),
    sentences=st.lists(sentences, max_size=2).map(tuple),
    card=st.builds(TakeCard, loudness_lufs=st.none() | gains_db, pitch_hz=st.none() | st.just((90.0, 180.0))),
)
lines = st.builds(Line, id=line_ids, text=texts, speaker=speaker_ids, takes=st.lists(takes, max_size=1).map(tuple))
speakers = st.builds(Speaker, id=speaker_ids, name=texts, voice=texts)
pitches = st.builds(
    Pitch,
    id=st.sampled_from([PitchId("p1"), PitchId("p2")]),
    media=st.sampled_from(MEDIA_IDS),
    file=st.just("media/p.pitch.wav"),
    start=st.just(0),
    length=st.just(10),
    frames_per_s=st.just(200),
    lineage=st.builds(Lineage, engine=texts, settings=st.dictionaries(texts, st.none() | st.booleans() | texts)),
)


NOTE_ENDS = [0, 20, 40, 60, 80, TIMELINE]
"""Few places, so that edits often meet a note that is there."""
note_starts = st.sampled_from(NOTE_ENDS)
note_pitches = st.none() | st.sampled_from([60.0, 69.25])


@st.composite
def sung_notes(draw: st.DrawFn) -> SungNote:
    start, stop = sorted(draw(st.lists(note_starts, min_size=2, max_size=2, unique=True)))
    return SungNote(start=start, stop=stop, midi=draw(note_pitches))


@st.composite
def note_lines(draw: st.DrawFn) -> tuple[SungNote, ...]:
    """Notes in order between some of the ends."""
    ends = sorted(draw(st.lists(note_starts, min_size=2, max_size=5, unique=True)))
    return tuple(SungNote(start=start, stop=stop, midi=draw(note_pitches)) for start, stop in pairwise(ends))


@st.composite
def pieces(draw: st.DrawFn) -> Piece:
    lanes = draw(st.lists(st.lists(clips(), max_size=2).map(tuple), min_size=1, max_size=3))
    return Piece(length=2 * TIMELINE, lanes=tuple(lanes))


def _range(build: Callable[..., Edit], *more: st.SearchStrategy[bool]) -> st.SearchStrategy[Edit]:
    return st.builds(build, some_tracks, samples, samples, *more)


_moves = st.lists(st.builds(ClipMove, clip_ids, track_ids, st.integers(-50, TIMELINE)), min_size=1, max_size=3)

STRATEGIES: dict[type, st.SearchStrategy[Edit]] = {
    AddMedia: st.builds(AddMedia, media),
    AddPitch: st.builds(AddPitch, pitches),
    AddTrack: st.builds(AddTrack, tracks(), st.none() | st.integers(-1, 4)),
    RemoveTrack: st.builds(RemoveTrack, track_ids),
    MoveTrack: st.builds(MoveTrack, track_ids, st.integers(-1, 4)),
    RenameTrack: st.builds(RenameTrack, track_ids, texts),
    SetTrackGain: st.builds(SetTrackGain, track_ids, gains_db),
    SetTrackPan: st.builds(SetTrackPan, track_ids, st.floats(-2, 2)),
    SetTrackMute: st.builds(SetTrackMute, track_ids, st.booleans()),
    SetTrackSolo: st.builds(SetTrackSolo, track_ids, st.booleans()),
    SetTrackColour: st.builds(SetTrackColour, track_ids, st.integers(0, 8)),
    PlaceClip: st.builds(PlaceClip, track_ids, clips()),
    RenameClip: st.builds(RenameClip, clip_ids, texts),
    SetClipGain: st.builds(SetClipGain, clip_ids, gains_db),
    SetFades: st.builds(SetFades, clip_ids, fades, fades),
    MoveClips: st.builds(MoveClips, _moves.map(tuple)),
    TrimClip: st.builds(TrimClip, clip_ids, st.integers(-20, TIMELINE), st.integers(-20, 2 * TIMELINE)),
    SplitClip: st.builds(SplitClip, clip_ids, samples),
    SplitRange: _range(SplitRange),
    DeleteClips: st.builds(DeleteClips, st.lists(clip_ids, min_size=1, max_size=3).map(tuple), st.booleans()),
    DeleteRange: _range(DeleteRange, st.booleans()),
    KeepRange: _range(KeepRange),
    JoinClips: st.builds(JoinClips, st.lists(clip_ids, min_size=1, max_size=3).map(tuple)),
    ReplaceRange: st.builds(ReplaceRange, track_ids, samples, samples, clips()),
    Paste: st.builds(Paste, pieces(), samples, st.booleans(), some_tracks),
    AddMarker: st.builds(AddMarker, markers),
    AddMarkers: st.builds(AddMarkers, st.lists(markers, max_size=3).map(tuple)),
    MoveMarker: st.builds(MoveMarker, marker_ids, st.integers(-5, TIMELINE), st.integers(0, 50)),
    RenameMarker: st.builds(RenameMarker, marker_ids, texts),
    RemoveMarker: st.builds(RemoveMarker, marker_ids),
    RenameProject: st.builds(RenameProject, texts),
    SetRate: st.builds(SetRate, st.sampled_from([44100, 48000, 1])),
    SetTuning: st.builds(SetTuning, st.floats(380, 480)),
    SetNotes: st.builds(SetNotes, texts),
    SetOverlays: st.builds(SetOverlays, st.lists(overlays, max_size=3).map(tuple)),
    SetPictures: st.builds(SetPictures, st.sampled_from(MEDIA_IDS), st.none() | pictures),
    AddLines: st.builds(AddLines, st.lists(lines, min_size=1, max_size=2).map(tuple), st.integers(-1, 5)),
    RemoveLines: st.builds(RemoveLines, st.lists(line_ids, min_size=1, max_size=2).map(tuple)),
    MoveLine: st.builds(MoveLine, line_ids, st.integers(-1, 5)),
    SetLineText: st.builds(SetLineText, line_ids, texts),
    SetLineSpeaker: st.builds(SetLineSpeaker, line_ids, speaker_ids),
    AddTake: st.builds(AddTake, line_ids, takes),
    RemoveTake: st.builds(RemoveTake, line_ids, take_ids),
    SetFavourite: st.builds(SetFavourite, line_ids, take_ids, st.booleans()),
    SetSpeaker: st.builds(SetSpeaker, speakers),
    RemoveSpeaker: st.builds(RemoveSpeaker, speaker_ids),
    SetDictionary: st.builds(SetDictionary, st.dictionaries(texts, texts, max_size=2)),
    FindNotes: st.builds(FindNotes, st.sampled_from(MEDIA_IDS), note_lines()),
    DrawNote: st.builds(DrawNote, st.sampled_from(MEDIA_IDS), sung_notes()),
    SplitNote: st.builds(SplitNote, st.sampled_from(MEDIA_IDS), note_starts, samples),
    JoinNotes: st.builds(JoinNotes, st.sampled_from(MEDIA_IDS), st.lists(note_starts, max_size=3).map(tuple)),
    TrimNote: st.builds(TrimNote, st.sampled_from(MEDIA_IDS), note_starts, samples, samples),
    PitchNotes: st.builds(
        PitchNotes,
        st.sampled_from(MEDIA_IDS),
        st.lists(st.tuples(note_starts, note_pitches), min_size=1, max_size=3).map(tuple),
    ),
    DeleteNotes: st.builds(DeleteNotes, st.sampled_from(MEDIA_IDS), st.lists(note_starts, max_size=2).map(tuple)),
    Relink: st.builds(Relink, st.sampled_from(MEDIA_IDS), st.sampled_from(["media/x.wav", "../x.wav", "/etc/passwd"])),
}

_single = st.one_of(*STRATEGIES.values())
STRATEGIES[Several] = st.builds(Several, st.text(min_size=1, max_size=8), st.lists(_single, max_size=3).map(tuple))

edits: st.SearchStrategy[Edit] = _single | STRATEGIES[Several]
"""Any edit, possible or not in the project it meets."""


@st.composite
def projects(draw: st.DrawFn) -> Project:
    """A project with all four media, up to four tracks and clips on them, ids unique and fades fitting."""
    project = Project(media=tuple(medium(one) for one in MEDIA_IDS), name=draw(texts))
    for track in TRACK_IDS[: draw(st.integers(1, 4))]:
        project = AddTrack(Track(id=track, name=str(track))).apply(project)
        for clip in draw(st.lists(clips(), max_size=4)):
            project = PlaceClip(track, clip).apply(project)
    for one in MEDIA_IDS[: draw(st.integers(0, 2))]:
        project = FindNotes(one, draw(note_lines())).apply(project)
    for line in LINE_IDS[: draw(st.integers(0, 3))]:
        take = Take(id=TAKE_IDS[0], media=MEDIA_IDS[0], text="", voice="", voice_name="", engine="basic", seed=0)
        project = AddLines((Line(id=line, takes=(take,)),), 0).apply(project)
    for marker in draw(st.lists(markers, max_size=3, unique_by=lambda marker: marker.id)):
        project = AddMarker(marker).apply(project)
    return project
