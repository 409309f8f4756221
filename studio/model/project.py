"""What a person makes: a project of tracks, clips, markers and the sound they stand on.

Everything here is a frozen value. Positions and lengths are whole samples at the project's rate, ranges are
half-open. To add something a person can change: a field here, an edit in `edits.py`, a property test for it.
"""

import math
from collections.abc import Iterable, Iterator
from typing import Literal, NamedTuple, NewType, Protocol, Self, TypeVar

from msgspec import Struct
from msgspec.structs import replace

from studio.model.overlays import Overlay
from studio.model.pictures import Pictures
from studio.model.sheet import NoteSheet
from studio.model.spoken import Script

ClipId = NewType("ClipId", str)
TrackId = NewType("TrackId", str)
MediaId = NewType("MediaId", str)
MarkerId = NewType("MarkerId", str)
PitchId = NewType("PitchId", str)

FadeShape = Literal["linear", "equal_power", "smooth"]


class Lineage(Struct, frozen=True, kw_only=True):
    """How a result of an engine came to be, complete enough to make it again."""

    engine: str
    engine_version: str = ""
    model_hash: str = ""
    seed: int | None = None
    settings: dict[str, str | float | int | bool | None] = {}
    made_from: tuple[MediaId, ...] = ()


class Media(Struct, frozen=True, kw_only=True):
    """Finished sound: a float32 WAV below the project's folder that never changes once it is listed here.

    `file` is relative to the project's folder and stays inside it: `media/<id>.wav`, or `takes/<id>/000.wav`
    for a recording, which is used where it was written. `rate_hz` is the rate of that WAV, which is the
    project's; `original_rate_hz` is what the imported file had. `pictures` are those of the video it came from.
    """

    id: MediaId
    name: str
    file: str
    rate_hz: int
    channels: int
    length: int
    original: str = ""
    original_rate_hz: int = 0
    lineage: Lineage | None = None
    pictures: Pictures | None = None

    def __post_init__(self) -> None:
        if self.rate_hz <= 0 or self.channels <= 0 or self.length < 0:
            raise ValueError(f"not a sound: {self}")
        _check_inside(self.file)


class Fade(Struct, frozen=True, kw_only=True):
    """The rise or fall at one end of a clip, `length` samples long."""

    length: int = 0
    shape: FadeShape = "equal_power"

    def __post_init__(self) -> None:
        if self.length < 0:
            raise ValueError(f"a fade cannot be {self.length} samples long")


class Clip(Struct, frozen=True, kw_only=True):
    """A stretch of one medium, placed on a track.

    Positions and lengths are whole samples at the project's rate, so edits never drift.
    """

    id: ClipId
    media: MediaId
    source_start: int
    start: int
    length: int
    name: str = ""
    gain_db: float = 0.0
    fade_in: Fade = Fade()
    fade_out: Fade = Fade()

    def __post_init__(self) -> None:
        if self.length <= 0 or self.start < 0 or self.source_start < 0:
            raise ValueError(f"not a stretch of sound: {self}")
        _check_gain(self.gain_db)

    @property
    def end(self) -> int:
        """First sample after the clip, on the timeline."""
        return self.start + self.length

    @property
    def source_end(self) -> int:
        """First sample after the clip, in its medium."""
        return self.source_start + self.length


class Track(Struct, frozen=True, kw_only=True):
    """One lane of clips, in the order in which they start. Clips that overlap are summed."""

    id: TrackId
    name: str
    clips: tuple[Clip, ...] = ()
    gain_db: float = 0.0
    pan: float = 0.0
    muted: bool = False
    soloed: bool = False
    colour: int = 0

    def __post_init__(self) -> None:
        if not -1.0 <= self.pan <= 1.0:
            raise ValueError(f"pan lies between -1 and 1, not at {self.pan}")
        _check_gain(self.gain_db)

    @property
    def end(self) -> int:
        """First sample after the last clip."""
        return max((clip.end for clip in self.clips), default=0)

    def with_clips(self, clips: tuple[Clip, ...]) -> Self:
        """The same track with other clips, put in order."""
        return replace(self, clips=tuple(sorted(clips, key=lambda clip: (clip.start, clip.id))))


class Marker(Struct, frozen=True, kw_only=True):
    """A named point (`length` 0) or region on the timeline."""

    id: MarkerId
    start: int
    text: str = ""
    length: int = 0

    def __post_init__(self) -> None:
        if self.start < 0 or self.length < 0:
            raise ValueError(f"not a place on the timeline: {self}")

    @property
    def end(self) -> int:
        """First sample after the region."""
        return self.start + self.length


class Pitch(Struct, frozen=True, kw_only=True):
    """The melody of a stretch of one medium, found by an engine.

    The curve itself is a file beside the media: a float32 WAV of two channels, F0 in Hz (NaN where unvoiced)
    and confidence from 0 to 1, at `frames_per_s` frames a second. Frame `i` is centred on the medium's sample
    `start + i * rate_hz / frames_per_s`.
    """

    id: PitchId
    media: MediaId
    file: str
    start: int
    length: int
    frames_per_s: int
    lineage: Lineage

    def __post_init__(self) -> None:
        if self.start < 0 or self.length <= 0 or self.frames_per_s <= 0:
            raise ValueError(f"not a melody: {self}")
        _check_inside(self.file)


class MelodyPiece(NamedTuple):
    """A stretch of a medium, half-open in its samples, in which one of its melodies is in force."""

    pitch: Pitch
    start: int
    stop: int


class Project(Struct, frozen=True, kw_only=True):
    """The whole of what a person has made, as one value."""

    name: str = "Untitled"
    rate_hz: int = 48000
    tracks: tuple[Track, ...] = ()
    media: tuple[Media, ...] = ()
    markers: tuple[Marker, ...] = ()
    pitches: tuple[Pitch, ...] = ()
    a4_hz: float = 440.0
    notes: str = ""
    overlays: tuple[Overlay, ...] = ()
    script: Script = Script()
    sheets: tuple[NoteSheet, ...] = ()

    def __post_init__(self) -> None:
        if not 8000 <= self.rate_hz <= 384000:
            raise ValueError(f"{self.rate_hz} Hz is not a rate for a project")

    @property
    def length(self) -> int:
        """First sample after the last clip of any track."""
        return max((track.end for track in self.tracks), default=0)

    @property
    def clips(self) -> Iterator[Clip]:
        """Every clip, track by track."""
        return (clip for track in self.tracks for clip in track.clips)

    def track(self, id: TrackId) -> Track:
        """The track of that id; KeyError when there is none."""
        return _the(self.tracks, id)

    def clip(self, id: ClipId) -> Clip:
        """The clip of that id; KeyError when there is none."""
        return _the(self.clips, id)

    def medium(self, id: MediaId) -> Media:
        """The medium of that id; KeyError when there is none."""
        return _the(self.media, id)

    def track_of(self, clip: ClipId) -> Track:
        """The track on which a clip lies; KeyError when there is none."""
        for track in self.tracks:
            if any(other.id == clip for other in track.clips):
                return track
        raise KeyError(clip)

    def marker(self, id: MarkerId) -> Marker:
        """The marker of that id; KeyError when there is none."""
        return _the(self.markers, id)

    def melody_of(self, media: MediaId) -> tuple[MelodyPiece, ...]:
        """What is known of the melody of a medium, in its order: where several were found, the newest counts."""
        pieces: list[MelodyPiece] = []
        for pitch in self.pitches:
            if pitch.media == media:
                start, stop = pitch.start, pitch.start + pitch.length
                pieces = [
                    part
                    for old in pieces
                    for part in (old._replace(stop=min(old.stop, start)), old._replace(start=max(old.start, stop)))
                    if part.start < part.stop
                ]
                pieces.append(MelodyPiece(pitch, start, stop))
        return tuple(sorted(pieces, key=lambda piece: piece.start))

    def sheet_of(self, media: MediaId) -> NoteSheet | None:
        """The notes of a medium; None while nobody has looked for any."""
        return next((sheet for sheet in self.sheets if sheet.media == media), None)

    def melody_in(self, clip: Clip) -> tuple[tuple[Clip, Pitch], ...]:
        """The parts of a clip whose melody is known, as clips of their own, with that melody."""
        parts = []
        for piece in self.melody_of(clip.media):
            start, stop = max(piece.start, clip.source_start), min(piece.stop, clip.source_end)
            if start < stop:
                moved = clip.start + start - clip.source_start
                parts.append((replace(clip, source_start=start, start=moved, length=stop - start), piece.pitch))
        return tuple(parts)

    def with_track(self, track: Track) -> Self:
        """The same project with the track of that id replaced; KeyError when there is none."""
        self.track(track.id)
        return replace(self, tracks=tuple(track if old.id == track.id else old for old in self.tracks))

    def with_clip(self, clip: Clip) -> Self:
        """The same project with the clip of that id replaced, on its track; KeyError when there is none."""
        track = self.track_of(clip.id)
        return self.with_track(track.with_clips(tuple(clip if old.id == clip.id else old for old in track.clips)))

    def fresh_clip_id(self, base: str = "c") -> ClipId:
        """An id that no clip has, made from the stem of `base`: "c" and "c.1" both give "c.2" when "c.1" is taken."""
        return ClipId(fresh_id(base, (clip.id for clip in self.clips)))

    def fresh_track_id(self, base: str = "t") -> TrackId:
        """An id that no track has; see `fresh_clip_id`."""
        return TrackId(fresh_id(base, (track.id for track in self.tracks)))

    def fresh_marker_id(self, base: str = "k") -> MarkerId:
        """An id that no marker has; see `fresh_clip_id`."""
        return MarkerId(fresh_id(base, (marker.id for marker in self.markers)))


def fresh_id(base: str, taken: Iterable[str]) -> str:
    """The stem of `base` with a number that follows every number which ids of that stem already have."""
    stem = base.partition(".")[0]
    return f"{stem}.{1 + max((number_of(other, stem) for other in taken), default=0)}"


def number_of(id: str, stem: str) -> int:
    """The number of an id that `fresh_id` made from this stem, 0 for every other id."""
    head, _, tail = id.partition(".")
    return int(tail) if head == stem and tail.isdecimal() and len(tail) < _LONGEST_NUMBER else 0


def _check_gain(gain_db: float) -> None:
    if not math.isfinite(gain_db):
        raise ValueError(f"a volume of {gain_db} dB cannot be kept; use a low one, or mute")


def _check_inside(file: str) -> None:
    parts = file.replace("\\", "/").split("/")
    if not parts[0] or ".." in parts or ":" in parts[0] or "\0" in file:
        raise ValueError(f"the file {file!r} would lie outside the project")


_LONGEST_NUMBER = 12


class _HasId(Protocol):
    @property
    def id(self) -> str: ...


_Thing = TypeVar("_Thing", bound=_HasId)


def _the(things: Iterable[_Thing], id: str) -> _Thing:
    for thing in things:
        if thing.id == id:
            return thing
    raise KeyError(id)
