"""What a person is told when a recording of the screen meets trouble."""

import os
from pathlib import Path
from typing import Final

from msgspec.structs import replace

from studio.errors import Explanation, StudioError

LOW_S: Final = 300.0
FLOOR_BYTES: Final = 64 << 20
"""So much is left free: a file needs room for its index at the end, and a computer without any space fails all over."""


def room_in(folder: Path) -> int | None:
    """Free bytes where a folder lies, or None where a network share does not know its size."""
    disk = os.statvfs(folder)
    return disk.f_bavail * disk.f_frsize if disk.f_blocks else None


def disk_low(seconds: float) -> Explanation:
    left = f"{int(seconds // 60)} minutes" if seconds >= 120 else f"{max(0, int(seconds))} seconds"
    return Explanation(
        code="capture.disk_low",
        title=f"The disk is nearly full: about {left} of recording fit.",
        cause="The disk that the recording goes to has little free space.",
        remedy="Delete something, or stop and record to another disk.",
    )


def disk_full() -> Explanation:
    return Explanation(
        code="capture.disk_full",
        title="The recording of the screen was stopped.",
        cause="The disk that it goes to is full.",
        remedy="Everything up to here is kept and plays. Free space, then record again.",
    )


def cannot_write(error: OSError | Exception) -> Explanation:
    return Explanation(
        code="capture.disk",
        title="The recording of the screen was stopped.",
        cause=f"Nothing more can be written: {getattr(error, 'strerror', None) or error}.",
        remedy="What was written is kept and plays. Check the disk, then record again.",
    )


def cannot_begin(path: Path, error: OSError | Exception) -> StudioError:
    return StudioError(
        "capture.folder",
        "The screen is not recorded.",
        cause=f"{path} cannot be written to: {getattr(error, 'strerror', None) or error}.",
        remedy="Choose a folder of your own with free space.",
    )


def elsewhere(wanted: Path, used: Path) -> Explanation:
    return Explanation(
        code="capture.elsewhere",
        title="The recording goes on in another folder.",
        cause=f"{wanted} cannot be written to, or is gone.",
        remedy=f"You find it in {used}.",
    )


def black() -> Explanation:
    return Explanation(
        code="capture.black",
        title="The screen looks black.",
        cause="Not one pixel of what is recorded has any colour: the screen may be off, or hidden from programs.",
        remedy="Look at the preview before you rely on the recording, or choose another monitor.",
    )


def resized(width: int, height: int) -> Explanation:
    return Explanation(
        code="capture.resized",
        title="The recording goes on in a new part.",
        cause=f"The screen is {width} × {height} now.",
        remedy="Both parts are kept; they follow each other without a gap.",
    )


def stopped(why: Explanation) -> Explanation:
    """The same in the middle of a recording as at its beginning, but for what there is already."""
    return replace(
        why,
        title="The recording of the screen was stopped.",
        remedy="Everything up to here is kept and plays. Then choose what to record, and record again.",
    )


def encoder_refused(name: str, width: int, height: int) -> Explanation:
    return Explanation(
        code="capture.encoder_refused",
        title="The picture is encoded by the processor.",
        cause=f"{name} does not take a picture of {width} × {height} on this computer.",
        remedy="If too many pictures are dropped, record a smaller region, or fewer pictures a second.",
    )


def encoder_failed(name: str) -> Explanation:
    return Explanation(
        code="capture.encoder_failed",
        title="The recording goes on in a new part, encoded by the processor.",
        cause=f"{name} has stopped working.",
        remedy="Both parts are kept. Choose the processor in Preferences if this happens again.",
    )


def screen_gone() -> StudioError:
    return StudioError(
        "capture.screen_gone",
        "The recording of the screen was stopped.",
        cause="The display has ended.",
        remedy="Everything up to here is kept and plays.",
    )
