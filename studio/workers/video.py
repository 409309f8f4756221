"""The video worker: decodes the pictures of videos, so that a broken one can harm neither a recording nor a job.

It is started when a project has something to see. One thread shows pictures, the newest request first; another one
makes thumbnails, and looks into files; a third one prepares small pictures to drag through, while the first has time.
"""

import os
import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Final, NamedTuple

from msgspec.structs import replace

from studio.audio.film import Film, Picture
from studio.audio.pictured import pictures_of
from studio.audio.shown import Bgra, as_bgra, fitting, size_of
from studio.errors import StudioError
from studio.ipc.preview import Preview
from studio.protocol.common import Cancel, Ready
from studio.protocol.messages import PROTOCOL, Request
from studio.protocol.video import LookedInto, LookInto, MakeThumbnails, PictureShown, ShowPicture, ThumbnailsMade
from studio.workers.runtime import Context
from studio.workers.thumbnails import make_thumbnails, video_gone
from studio.workers.video_proxies import Proxies

_KEPT_FILMS: Final = 3
_REST_S: Final = 0.03
_IDLE_S: Final = 0.15
_REMEDY: Final = "Play the file in another program. If it lies somewhere else undamaged, say where."


class _Wanted(NamedTuple):
    request: ShowPicture
    asked_s: float
    context: Context


class _Put(NamedTuple):
    """What lies in shared memory."""

    path: str
    time_s: float
    width: int
    height: int
    exact: bool


class Video:
    """Keeps a few films open and shows what was asked for last."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._wanted: _Wanted | None = None
        self._asides: list[tuple[MakeThumbnails | LookInto, Context]] = []
        self._films: dict[str, Film] = {}
        self._proxies = Proxies()
        self._preview: Preview | None = None
        self._put_last: _Put | None = None
        self._number = 0
        self._was_overtaken = False
        threading.Thread(target=self._show_on, name="pictures", daemon=True).start()
        threading.Thread(target=self._look_on, name="asides", daemon=True).start()

    def ready(self) -> Ready:
        return Ready(protocol=PROTOCOL, role="video", pid=os.getpid())

    def handle(self, request: Request, context: Context) -> None:
        """Remember what is wanted; the threads see to it."""
        match request:
            case ShowPicture():
                with self._changed:
                    self._wanted = _Wanted(request, time.monotonic(), context)
                    self._changed.notify_all()
            case MakeThumbnails():
                with self._changed:
                    self._asides.append((request, context))
                    self._changed.notify_all()
            case LookInto():
                with self._changed:
                    self._asides.append((request, context))
                    self._changed.notify_all()
            case Cancel():
                pass
            case _:
                raise StudioError(
                    "video.unknown",
                    "That was not done.",
                    cause="It is not the work of the part that shows videos.",
                    remedy="This is our mistake: please send us the log.",
                )

    def close(self) -> None:
        """Give the shared memory back."""
        with self._changed:
            preview, self._preview = self._preview, None
        if preview is not None:
            preview.close()

    # Pictures

    def _show_on(self) -> None:
        last: _Wanted | None = None
        while True:
            with self._changed:
                self._changed.wait_for(self._is_wanted, None if last is None else _IDLE_S)
                wanted, self._wanted = self._wanted, None
            if wanted is not None:
                request, context = wanted.request, wanted.context
                with self._proxies.waiting(request, context):
                    context.answer(request, partial(self._show, wanted))
            elif last is not None and last.request.path in self._films:
                self._films[last.request.path].get_ready(self._is_wanted)
            last = wanted

    def _is_wanted(self) -> bool:
        return self._wanted is not None

    def _show(self, wanted: _Wanted) -> PictureShown | None:
        request = wanted.request
        film = self._film(request.path)
        has_small = not film.is_at_hand(request.time_s) and self._show_small(wanted, film)
        if has_small and self._was_overtaken and self._goes_on():
            return None

        def overtaken() -> bool:
            """Somebody wants another picture, and it does not lie on the way to this one."""
            newer = self._wanted
            if newer is None or has_small:
                return newer is not None
            ahead_s = newer.request.time_s - request.time_s
            return newer.request.path != request.path or not 0 <= ahead_s < 1

        def announce(key: Picture) -> None:
            if not has_small and not overtaken():
                wanted.context.send(self._put(wanted, film, key, exact=False))

        picture = film.at(request.time_s, overtaken, announce)
        self._was_overtaken = picture is None
        return None if picture is None else self._put(wanted, film, picture, exact=True)

    def _show_small(self, wanted: _Wanted, film: Film) -> bool:
        """Show what was prepared for that time, where it was."""
        request = wanted.request
        small = self._proxies.at(request.path, film, request.time_s)
        if small is None:
            return False
        width, height = fitting(small.size(film.ratio), *small.most(request.width, request.height))
        now = _Put(request.path, small.time_s, width, height, exact=False)
        shown = self._put_picture(wanted, now, lambda: as_bgra(small.frame, width, height, small.look.quarters))
        wanted.context.send(replace(shown, small=True))
        return True

    def _goes_on(self) -> bool:
        """Whether the hand does not stop: the next wish comes before that would be noticed."""
        with self._changed:
            return self._changed.wait_for(self._is_wanted, _REST_S)

    def _put(self, wanted: _Wanted, film: Film, picture: Picture, *, exact: bool) -> PictureShown:
        request = wanted.request
        width, height = fitting(size_of(picture.frame, film.ratio), request.width, request.height)
        now = _Put(request.path, picture.time_s, width, height, exact)
        return self._put_picture(wanted, now, lambda: as_bgra(picture.frame, width, height))

    def _put_picture(self, wanted: _Wanted, now: _Put, make: Callable[[], Bgra]) -> PictureShown:
        """Have a picture in shared memory, unless it lies there, and say so."""
        request, width, height = wanted.request, now.width, now.height
        made = make() if now != self._put_last else None
        with self._changed:
            preview = self._preview
            if preview is None or preview.most_pixels < width * height:
                if preview is not None:
                    preview.close()
                preview = self._preview = Preview.create(max(width * height, request.width * request.height))
            if made is not None:
                self._number = preview.put(made)
                self._put_last = now
        return PictureShown(
            serial=request.serial,
            path=request.path,
            preview=preview.name,
            number=self._number,
            time_s=now.time_s,
            exact=now.exact,
            took_ms=(time.monotonic() - wanted.asked_s) * 1000,
        )

    def _film(self, path: str) -> Film:
        film = self._films.pop(path, None) or _open(Path(path))
        self._films[path] = film  # the newest last
        for old in list(self._films)[:-_KEPT_FILMS]:
            self._films.pop(old).__exit__(None, None, None)
        return film

    # What can wait

    def _look_on(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: bool(self._asides))
                self._asides.sort(key=lambda waiting: isinstance(waiting[0], MakeThumbnails))
                request, context = self._asides.pop(0)
            context.answer(request, partial(_do, request, context))


def _open(path: Path) -> Film:
    if not path.is_file():
        raise video_gone(path)
    try:
        return Film(path)
    except StudioError as error:
        why = error.explanation  # in the words of an import
        title = f"The pictures of {path.name} are not shown."
        raise StudioError(why.code, title, cause=why.cause, remedy=_REMEDY) from error


def _do(request: MakeThumbnails | LookInto, context: Context) -> ThumbnailsMade | LookedInto:
    if isinstance(request, MakeThumbnails):
        return make_thumbnails(request, context)
    pictures = pictures_of(Path(request.path), request.begins_s)
    return LookedInto(path=request.path, begins_s=request.begins_s, pictures=pictures)
