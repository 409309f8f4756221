"""What a file says of its pictures, before they are shown."""

from pathlib import Path

import av
from av.container import InputContainer
from av.video.stream import VideoStream

from studio.audio.foreign import open_foreign
from studio.audio.shown import size_of
from studio.errors import StudioError
from studio.model.pictures import Pictures


def pictures_of(path: Path, begins_s: float) -> Pictures | None:
    """The pictures of a file whose sound begins at a time in it; None where it has none, or only a cover."""
    try:
        with open_foreign(path) as container:
            stream = moving(container, path)
            first = next((frame for frame in container.decode(stream)), None)
            if first is None:
                return None
            width, height = size_of(first, stream.sample_aspect_ratio)
            ends_s = end_s(container, stream)
            return Pictures(
                path=str(path),
                width=width,
                height=height,
                fps=float(stream.average_rate or 0),
                begins_s=begins_s,
                length_s=max(0.0, ends_s - begins_s),
            )
    except (StudioError, av.FFmpegError):
        return None


def pictures_alone(path: Path) -> Pictures | None:
    """The pictures of a video that has no sound; None where there is one, or nothing that lasts is to be seen."""
    with open_foreign(path) as container:
        if container.streams.audio or not container.streams.video:
            return None
        begins_s = (container.start_time or 0) / 1_000_000
    seen = pictures_of(path, max(0.0, begins_s))
    return seen if seen is not None and seen.length_s > 0 else None


def moving(container: InputContainer, path: Path) -> VideoStream:
    """The pictures that a player would choose; a `StudioError` where there are none."""
    for stream in container.streams.video:
        if not stream.disposition & av.stream.Disposition.attached_pic:
            return stream
    raise nothing_seen(path)


def end_s(container: InputContainer, stream: VideoStream) -> float:
    """When the pictures end, in seconds of the file, as it says."""
    if stream.duration is not None and stream.time_base is not None:
        return float(((stream.start_time or 0) + stream.duration) * stream.time_base)
    start_s = (container.start_time or 0) / 1_000_000
    return start_s + (container.duration or 0) / 1_000_000


def nothing_seen(path: Path) -> StudioError:
    """Return what is said of a file that shows nothing."""
    return StudioError(
        "video.nothing",
        f"The pictures of {path.name} are not shown.",
        cause="There are none in it, or they are damaged, or of a kind that the studio cannot decode.",
        remedy="Play it in another program; if it plays there, convert it to MP4 and import that.",
    )
