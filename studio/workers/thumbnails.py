"""Thumbnails of a whole video: of each stretch the key frame before its middle, in one file in the cache."""

import os
import time
from pathlib import Path
from typing import Final

from studio.audio.film import Film
from studio.audio.shown import as_bgra, fitting, size_of
from studio.errors import StudioError
from studio.media.thumbnails import Thumbnails, file_for
from studio.protocol.video import MakeThumbnails, ThumbnailsMade
from studio.workers.runtime import Context

_BOX_PX: Final = (192, 108)
_MOST: Final = 240
_TOLD_EVERY_S: Final = 0.25


def video_gone(video: Path) -> StudioError:
    """Return what is said where a video is no longer where the project has it."""
    return StudioError(
        "video.missing",
        f"The pictures of {video.name} are not shown.",
        cause=f"There is no such file in {video.parent}.",
        remedy="Put the file back, or say where it is now.",
    )


def make_thumbnails(request: MakeThumbnails, context: Context) -> ThumbnailsMade:
    """Make them, or find them made; what is there is told now and then."""
    video = Path(request.path)
    try:
        file = file_for(video, request.begins_s, request.length_s)
        if file.exists():
            return ThumbnailsMade(path=request.path, file=str(file), ready=Thumbnails.open(file).count, done=True)
    except (OSError, ValueError) as error:
        raise video_gone(video) from error
    part = file.with_name(f".{file.name}.{os.getpid()}.part")
    count = max(1, min(_MOST, round(request.length_s)))
    told_s = time.monotonic()
    made: Thumbnails | None = None
    with Film(video, threads=1) as film:
        for index in range(count):
            picture = film.key_before(request.begins_s + (index + 0.5) * request.length_s / count)
            if picture is None:
                continue
            if made is None:
                made = Thumbnails.create(part, *fitting(size_of(picture.frame, film.ratio), *_BOX_PX), count)
            made.put(index, as_bgra(picture.frame, made.width, made.height))
            if time.monotonic() - told_s > _TOLD_EVERY_S:
                told_s = time.monotonic()
                context.send(ThumbnailsMade(path=request.path, file=str(part), ready=index + 1, done=False))
    if made is None:
        return ThumbnailsMade(path=request.path, file="", ready=0, done=True)
    part.replace(file)
    return ThumbnailsMade(path=request.path, file=str(file), ready=count, done=True)
