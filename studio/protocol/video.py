"""What the video worker is asked to show, and what it says of the pictures that it put into shared memory."""

from typing import Literal

from studio.model.pictures import Pictures
from studio.protocol.common import Message


class ShowPicture(Message, frozen=True, kw_only=True):
    """Show the picture that a video has at a time, in at most this size. Only the newest request counts.

    Answered by `PictureShown`, or refused; one that was overtaken is not answered. Where the picture takes long to
    reach, a small one that was made beforehand is shown first, and where there is none the key frame before. Small
    ones are made from now on, around that time first, as long as those of all videos need no more than `most_bytes`.
    """

    serial: int
    path: str
    time_s: float
    width: int
    height: int
    most_bytes: int = 4 << 30


class MakeThumbnails(Message, frozen=True, kw_only=True):
    """Make small pictures of a whole video, a cache file of them. Answered by `ThumbnailsMade`, more than once."""

    path: str
    begins_s: float
    length_s: float


class LookInto(Message, frozen=True, kw_only=True):
    """Tell what pictures a file has, its sound beginning at a time in it. Answered by `LookedInto`."""

    path: str
    begins_s: float


class LookedInto(Message, frozen=True, kw_only=True):
    """The pictures of a file; None where it has none, or cannot be read."""

    path: str
    begins_s: float
    pictures: Pictures | None


class PictureShown(Message, frozen=True, kw_only=True):
    """Picture `number` of the `studio.ipc.preview.Preview` of that name is what was asked for.

    `time_s` says from when on it is seen in the file. While `exact` is false a better one follows; one that is `small`
    is the right one already, in less detail. `took_ms` is the time from the request to here.
    """

    serial: int
    path: str
    preview: str
    number: int
    time_s: float
    exact: bool
    small: bool = False
    took_ms: float


class VideoPrepared(Message, frozen=True, kw_only=True):
    """So much of a video, from 0 to 1, is shown at once by now: it has small pictures, or needs none.

    `hindrance` says why some are not made: there is no room for them, or they cannot be decoded. `is_over` when no more
    will come, wherever the person looks.
    """

    path: str
    share: float
    hindrance: Literal["", "room", "damage"] = ""
    is_over: bool = False


class ThumbnailsMade(Message, frozen=True, kw_only=True):
    """So many of the thumbnails in a file (`studio.media.thumbnails`) are there; `done` when no more will come."""

    path: str
    file: str
    ready: int
    done: bool
