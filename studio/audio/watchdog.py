"""What is told to a person while sound goes wrong: when a trouble begins, when it ends, in which words."""

from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import Final, Literal

from msgspec import Struct

from studio.errors import Explanation

TroubleKind = Literal[
    "stalled",
    "device_lost",
    "server_lost",
    "rerouted",
    "silent",
    "clipping",
    "dropped",
    "stuttering",
    "disk_low",
    "disk_full",
    "media_missing",
    "folder_lost",
    "feedback",
    "late_monitor",
]

STALLED_S: Final = 0.5
REOPEN_S: Final = 2.5
SILENT_S: Final = 3.0
SILENT_PEAK_DB: Final = -100.0
CLIPPED_PEAK_DB: Final = -0.01
_CLIPPING_LASTS_S: Final = 2.0
_STUTTERS: Final = 3
_STUTTERING_LASTS_S: Final = 10.0
DISK_LOW_S: Final = 300.0
DISK_ALARM_S: Final = 60.0
DISK_FLOOR_BYTES: Final = 2 << 20


class Alarm(Struct, frozen=True, kw_only=True):
    """A trouble that begins, goes on with another count, or is over."""

    kind: TroubleKind
    why: Explanation
    over: bool = False
    count: int = 0


class Alarms:
    """Which troubles last now. Says each once when it begins, once when it ends, and again when its count grows."""

    def __init__(self, say: Callable[[Alarm], None]) -> None:
        self._say = say
        self._now: dict[TroubleKind, Alarm] = {}

    def __contains__(self, kind: object) -> bool:
        return kind in self._now

    def raise_(self, kind: TroubleKind, why: Explanation, count: int = 0) -> None:
        """The trouble is there."""
        alarm = Alarm(kind=kind, why=why, count=count)
        if self._now.get(kind) != alarm:
            self._now[kind] = alarm
            self._say(alarm)

    def clear(self, kind: TroubleKind) -> None:
        """The trouble is over, if it was there."""
        alarm = self._now.pop(kind, None)
        if alarm is not None:
            self._say(Alarm(kind=kind, why=alarm.why, over=True, count=alarm.count))


class Lasting:
    """Whether something has been so for some time without a break. The clock is an argument."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._since_s: float | None = None

    def look(self, so: bool, now_s: float) -> bool:
        """Note how it is now, and return whether it has lasted."""
        if not so:
            self._since_s = None
            return False
        if self._since_s is None:
            self._since_s = now_s
        return now_s - self._since_s >= self._seconds


class Clipping:
    """Counts the looks at which the input was at full scale; over when there was none for two seconds."""

    def __init__(self) -> None:
        self.count = 0
        self._last_s = -1e9

    def look(self, peak_db: float, now_s: float) -> bool:
        """Note a peak, and return whether the input clips or has just clipped."""
        if peak_db >= CLIPPED_PEAK_DB:
            self.count += 1
            self._last_s = now_s
        return now_s - self._last_s < _CLIPPING_LASTS_S


class Stuttering:
    """Whether what is played drops out often: three times in ten seconds; over when it did not for as long."""

    def __init__(self) -> None:
        self._dropouts = 0
        self._at_s: deque[float] = deque(maxlen=_STUTTERS)
        self._stutters = False

    def look(self, dropouts: int, now_s: float) -> bool:
        """Note how many dropouts there have been in all, and return whether it stutters."""
        if dropouts > self._dropouts:
            self._dropouts = dropouts
            self._at_s.append(now_s)
        recent = [at_s for at_s in self._at_s if now_s - at_s < _STUTTERING_LASTS_S]
        self._stutters = len(recent) == _STUTTERS or (self._stutters and bool(recent))
        return self._stutters


def stalled(device: str) -> Explanation:
    return Explanation(
        code="audio.stalled",
        title=f"No sound comes from {device}.",
        cause="The device has not answered for half a second; it may be asleep.",
        remedy="The studio opens it again by itself. The gap is marked in the take.",
    )


def device_lost(device: str, *, recording: bool) -> Explanation:
    return Explanation(
        code="audio.device-lost",
        title=f"{device} is disconnected.",
        cause="It was unplugged, or the system switched it off.",
        remedy="Plug it in again: recording goes on by itself, the gap stays silent."
        if recording
        else "Plug it in again, or choose another device in Preferences.",
    )


def server_lost() -> Explanation:
    return Explanation(
        code="audio.server-lost",
        title="The system's sound has stopped.",
        cause="The sound server of this computer has ended.",
        remedy="The studio connects again as soon as it is back. What is recorded is kept.",
    )


def rerouted(wanted: str, actual: str) -> Explanation:
    return Explanation(
        code="audio.rerouted",
        title=f"The sound comes from {actual or 'another device'}, not from {wanted}.",
        cause="The system connected the studio to another device.",
        remedy="Choose the device that you want in Preferences. The place is marked in the take.",
    )


def silent(device: str) -> Explanation:
    return Explanation(
        code="audio.silent",
        title="The microphone is silent.",
        cause=f"For three seconds nothing at all has come from {device}; it may be muted.",
        remedy="Look for a mute switch on the microphone, the cable and in the system's sound settings.",
    )


def clipping(device: str) -> Explanation:
    return Explanation(
        code="audio.clipping",
        title="The recording is too loud.",
        cause=f"The level of {device} reached full scale, and what lies above is cut off.",
        remedy="Turn the microphone down, or move away from it.",
    )


def dropped(frames: int) -> Explanation:
    return Explanation(
        code="audio.dropped",
        title="Some sound was lost while recording.",
        cause=f"The computer was too busy: {frames} samples could not be kept. Their places are marked in the take.",
        remedy="Close other programs, or choose a larger block size in Preferences.",
    )


def xruns(count: int) -> Explanation:
    return Explanation(
        code="audio.xrun",
        title="The sound dropped out.",
        cause=f"The computer was too busy to serve the sound card in time ({count} ×).",
        remedy="Close other programs, or choose a larger block size in Preferences.",
    )


def stuttering() -> Explanation:
    return Explanation(
        code="audio.stuttering",
        title="What you hear stutters.",
        cause="The computer is too busy to serve the loudspeaker in time, again and again.",
        remedy="Close other programs, or choose a larger block size in Preferences. No recorded sound is lost by this.",
    )


def media_missing(first: Explanation, count: int) -> Explanation:
    return Explanation(
        code="play.missing",
        title="Some clips are silent." if count > 1 else "A clip is silent.",
        cause=f"{first.title} {first.cause}" + (f" So are {count - 1} more." if count > 1 else ""),
        remedy="Choose “Find missing sound…”, or bring the file back; the rest plays.",
    )


def folder_lost(wanted: Path, used: Path) -> Explanation:
    return Explanation(
        code="take.elsewhere",
        title="The recording goes to another folder.",
        cause=f"{wanted.parent} cannot be written to.",
        remedy=f"It is kept in {used}. See to the folder, then choose “Find missing sound…”.",
    )


def disk_low(seconds: float) -> Explanation:
    minutes = int(seconds // 60)
    left = f"{minutes} minutes" if minutes > 1 else f"{int(seconds)} seconds"
    return Explanation(
        code="disk.low",
        title=f"The disk is nearly full: about {left} of recording fit.",
        cause="The disk that holds the project has little free space.",
        remedy="Delete something, or stop and save the project on another disk.",
    )


def disk_full(reason: str) -> Explanation:
    return Explanation(
        code="disk.full",
        title="The recording was stopped.",
        cause=f"Nothing more can be written to the disk of the project: {reason}.",
        remedy="Everything up to here is kept. Free space, then record again.",
    )
