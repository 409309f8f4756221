"""The small pictures of videos in the video worker: made in the background while nobody waits, found while one does."""

import logging
import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, NamedTuple

from studio.audio.film import Film
from studio.audio.proxy import Proxy, Small, folder_for
from studio.audio.proxy_making import ProxyMaker
from studio.errors import StudioError
from studio.protocol.video import ShowPicture, VideoPrepared
from studio.workers.runtime import Context

_MODEST: Final = 10
_KEPT: Final = 3

_log = logging.getLogger(__name__)


class _Place(NamedTuple):
    """Where a person looks, and how much room there is for all small pictures."""

    path: str
    time_s: float
    most_bytes: int
    context: Context

    @property
    def task(self) -> tuple[str, int]:
        """What one maker does; another one is needed where this changes."""
        return self.path, self.most_bytes


class Proxies:
    """Makes those of the video that was looked at last, around that place first, at a low priority."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._place: _Place | None = None
        self._waiting = 0
        self._over: set[tuple[str, int]] = set()
        self._found: dict[str, Proxy] = {}
        threading.Thread(target=self._make_on, name="proxies", daemon=True).start()

    @contextmanager
    def waiting(self, request: ShowPicture, context: Context) -> Iterator[None]:
        """While somebody waits for the picture of a time nothing is made; afterwards what lies around it is."""
        with self._changed:
            self._waiting += 1
            self._place = _Place(request.path, request.time_s, request.most_bytes, context)
        try:
            yield
        finally:
            with self._changed:
                self._waiting -= 1
                self._changed.notify_all()

    def at(self, path: str, film: Film, time_s: float) -> Small | None:
        """The small picture of a time, where it is made. One thread only."""
        proxy = self._found.pop(path, None)
        if proxy is None:
            try:
                proxy = Proxy(folder_for(Path(path)), film.tick, film.start)
            except OSError:
                return None
        self._found[path] = proxy
        for old in list(self._found)[:-_KEPT]:
            del self._found[old]
        return proxy.at(film.place(time_s))

    def _is_something_to_make(self) -> bool:
        place = self._place
        return place is not None and place.most_bytes > 0 and place.task not in self._over

    def _make_on(self) -> None:
        if sys.platform == "linux":
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _MODEST)  # there it is that of one thread
        while True:
            with self._changed:
                self._changed.wait_for(self._is_something_to_make)
                place = self._place
            assert place is not None
            try:
                self._make(place)
            except (StudioError, OSError) as error:
                _log.info("no small pictures of %s: %s", place.path, error)
                self._wait_to_go_from(place)

    def _make(self, place: _Place) -> None:
        told: VideoPrepared | None = None
        with ProxyMaker(Path(place.path), most_bytes=place.most_bytes) as maker:
            while True:
                share = maker.share if maker.is_needed else 1.0
                state = VideoPrepared(path=place.path, share=share, hindrance=maker.hindrance, is_over=maker.is_over)
                if state != told:
                    place.context.send(state)
                    told = state
                if maker.is_over:
                    self._over.add(place.task)
                    return
                with self._changed:
                    self._changed.wait_for(lambda: not self._waiting)
                    now = self._place
                if now is None or now.task != place.task:
                    return
                made = maker.step(now.time_s)
                if not made and not maker.is_over:
                    self._wait_to_go_from(now)

    def _wait_to_go_from(self, place: _Place) -> None:
        with self._changed:
            self._changed.wait_for(lambda: self._place is not place)
