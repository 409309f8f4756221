"""What the capture worker is told of the screen, its sound and its overlays, and what it says of a recording."""

from typing import Literal

from msgspec import Struct

from studio.errors import Explanation
from studio.model.overlays import OverlayKind
from studio.protocol.common import Message


class Region(Struct, frozen=True, kw_only=True):
    """A rectangle of real pixels of the whole screen, whatever the desktop scales by."""

    left: int
    top: int
    width: int
    height: int


class CaptureSound(Struct, frozen=True, kw_only=True):
    """One sound of a recording: a device by name ("" is the system's microphone), or a ring in shared memory.

    `title` is what players show for its track. `earlier_ms` moves it towards the picture by what was measured.
    """

    title: str
    device: str = ""
    ring: str = ""
    ring_rate_hz: int = 48000
    earlier_ms: float = 0.0


class OverlaySpec(Struct, frozen=True, kw_only=True):
    """Something that is laid over the picture, its corner at (left, top) as shares of the picture's sides.

    `text` is for "text" and "lyrics", `path` for "image" and "avatar", which looks like `speaking_path` while somebody
    speaks, or is brighter then. `series` names the shared-memory `Series` of a "pitch" trace, `device` the
    camera of a "camera", "" for the first there is.
    """

    kind: OverlayKind
    left: float = 0.02
    top: float = 0.02
    width: float = 0.25
    height: float = 0.1
    text: str = ""
    path: str = ""
    speaking_path: str = ""
    series: str = ""
    device: str = ""
    mirrored: bool = False


class CaptureSpec(Struct, frozen=True, kw_only=True):
    """What to record and how. `path` "" keeps a replay only; `seconds` 0 goes on until `StopCapture`.

    With `lenient`, a sound that cannot be had is left out and told of, instead of being the end of it all. Where the
    first sound speaks again after `chapter_pause_s`, a chapter begins; 0 for never.
    """

    path: str = ""
    fallback: str = ""
    region: Region | None = None
    monitor: str = ""
    window: int = 0
    fps: float = 30.0
    seconds: float = 0.0
    sounds: tuple[CaptureSound, ...] = ()
    overlays: tuple[OverlaySpec, ...] = ()
    container: Literal["mp4", "mkv"] = "mp4"
    encoder: str = "auto"
    quality: int = 23
    split_bytes: int = 0
    split_s: float = 0.0
    replay_s: float = 0.0
    cursor: bool = True
    chapter_pause_s: float = 0.0
    lenient: bool = False


class ListScreens(Message, frozen=True, kw_only=True):
    """Look which monitors and encoders there are. Answered by `Screens`."""


class WatchScreen(Message, frozen=True, kw_only=True):
    """Show what `spec` would record, in pictures of at most this size and rate, with the levels of its sounds.

    Answered by `ScreenWatched`. A recording that is started meanwhile goes on showing; after it, ask again.
    """

    spec: CaptureSpec
    width: int = 960
    height: int = 540
    fps: float = 20.0


class StopWatching(Message, frozen=True, kw_only=True):
    """Show nothing any more, and let go of the screen and the microphones; a recording goes on."""


class StartCapture(Message, frozen=True, kw_only=True):
    """Record. Answered by `CaptureStarted`, then `CaptureProgress` now and then, then `CaptureFinished`."""

    spec: CaptureSpec


class StopCapture(Message, frozen=True, kw_only=True):
    """End the recording. Answered by `CaptureFinished`."""


class PauseCapture(Message, frozen=True, kw_only=True):
    """Leave out what happens from now on, or go on."""

    on: bool


class AddChapter(Message, frozen=True, kw_only=True):
    """A chapter begins now; "" gets a number."""

    name: str = ""


class SetOverlays(Message, frozen=True, kw_only=True):
    """What is laid over the picture from now on."""

    overlays: tuple[OverlaySpec, ...]


class SaveReplay(Message, frozen=True, kw_only=True):
    """Save what the replay holds to a new file. Answered by `ReplaySaved`, or refused with everything still held."""

    path: str


class ServePage(Message, frozen=True, kw_only=True):
    """Show overlays on a page for the browser source of another program, on this computer only, until `StopPage`.

    The token is part of its address. `port` is taken where it is free, else another. Answered by `PageServed`; asked
    again, what is shown changes. `sound` is what its levels follow.
    """

    token: str
    port: int
    overlays: tuple[OverlaySpec, ...]
    sound: CaptureSound | None = None


class StopPage(Message, frozen=True, kw_only=True):
    """Show the page no more. Streams end, and nobody answers at its address."""


class FloatOverlays(Message, frozen=True, kw_only=True):
    """Draw overlays on nothing, for a window over a screen of this size in real pixels, until `StopFloating`.

    Answered by `OverlaysFloated`; asked again, what is shown changes. `sound` is what its levels follow.
    """

    overlays: tuple[OverlaySpec, ...]
    width: int
    height: int
    sound: CaptureSound | None = None


class StopFloating(Message, frozen=True, kw_only=True):
    """Draw nothing for that window any more."""


class OverlaysFloated(Message, frozen=True, kw_only=True):
    """`preview` names a `studio.ipc.preview.Preview` of BGRA with premultiplied alpha, to be shown at `region`.

    `region` is relative to the screen and has no size without overlays. Where the screen does not blend windows,
    `blends` is False, and whatever is transparent would be black.
    """

    preview: str
    region: Region
    blends: bool


class PageServed(Message, frozen=True, kw_only=True):
    """The page with that token is there, at this port of 127.0.0.1."""

    token: str
    port: int


class Screen(Struct, frozen=True, kw_only=True):
    """A monitor, in real pixels."""

    name: str
    region: Region
    primary: bool = False


class ScreenWindow(Struct, frozen=True, kw_only=True):
    """A window that can be recorded alone; `id` is good as long as it is open."""

    id: int
    title: str
    region: Region


class SoundDevice(Struct, frozen=True, kw_only=True):
    """A microphone, or with `desktop` what the computer itself plays."""

    name: str
    desktop: bool = False
    default: bool = False


class CameraDevice(Struct, frozen=True, kw_only=True):
    """A camera, or the test picture that is always there; a layout names it by its `id`."""

    id: str
    name: str


class Encoder(Struct, frozen=True, kw_only=True):
    """An encoder that was tried out here."""

    id: str
    name: str
    works: bool


class Screens(Message, frozen=True, kw_only=True):
    """What can be recorded here, and with what."""

    screens: tuple[Screen, ...]
    encoders: tuple[Encoder, ...]
    windows: tuple[ScreenWindow, ...] = ()
    sounds: tuple[SoundDevice, ...] = ()
    cameras: tuple[CameraDevice, ...] = ()


class ScreenWatched(Message, frozen=True, kw_only=True):
    """`preview` names a `studio.ipc.preview.Preview` and `levels` a `studio.ipc.series.Series` of peaks in dBFS.

    Both live until another answer like this one, or as long as the worker. `sounds` are the titles of what is heard, in
    the order of the levels.
    """

    preview: str
    levels: str
    region: Region
    sounds: tuple[str, ...] = ()
    disk_bytes: int = -1


class WatchEnded(Message, frozen=True, kw_only=True):
    """Nothing is shown any more, for this reason."""

    why: Explanation


class CaptureStarted(Message, frozen=True, kw_only=True):
    """The first part is begun at `path`; `region` is what is recorded, `tracks` the titles of the sounds."""

    path: str
    region: Region
    encoder: str
    tracks: tuple[str, ...]


class CaptureFigures(Struct, frozen=True, kw_only=True):
    """How a recording goes: see `studio.capture.figures.Figures`, plus what the replay holds and what cameras cost.

    `camera_fps` is 0 where none is laid over; `camera_cpu_ms` is the processor time of taking one picture in.
    """

    frames: int
    encoded: int
    unchanged: int
    dropped: int
    late: int
    grab_to_packet_ms_p50: float
    grab_to_packet_ms_p95: float
    overlay_ms_p95: float
    pacing_ms_p95: float
    cpu_ms_per_frame: float
    av_offset_ms: float
    size_bytes: int
    duration_s: float
    replay_s: float = 0.0
    replay_bytes: int = 0
    camera_fps: float = 0.0
    camera_cpu_ms: float = 0.0


class CaptureProgress(Message, frozen=True, kw_only=True):
    """How it goes; said at least twice a second."""

    figures: CaptureFigures
    paused: bool = False
    disk_bytes: int = -1


class CaptureTrouble(Message, frozen=True, kw_only=True):
    """Something a person has to know of; `device` tells troubles with several cameras apart."""

    kind: Literal["black", "disk_low", "folder_lost", "resized", "stopped", "silent", "overlay", "camera", "encoder"]
    why: Explanation
    over: bool = False
    device: str = ""


class CapturePart(Struct, frozen=True, kw_only=True):
    """A finished file."""

    path: str
    duration_s: float
    size_bytes: int


class CaptureFinished(Message, frozen=True, kw_only=True):
    """The recording is over; `why` says so where nobody asked for that. The parts follow each other."""

    parts: tuple[CapturePart, ...]
    figures: CaptureFigures
    why: Explanation | None = None


class ReplaySaved(Message, frozen=True, kw_only=True):
    """The replay is in a file."""

    part: CapturePart
