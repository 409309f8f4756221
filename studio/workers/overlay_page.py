"""The capture worker's page for browser sources: begun, changed and ended as a person asks."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from msgspec.structs import replace

from studio.capture.wanted import Sound
from studio.errors import StudioError
from studio.protocol.capture import CaptureSound, PageServed, ServePage
from studio.workers.overlay_parts import items_of, source_of
from studio.workers.runtime import Context

if TYPE_CHECKING:
    from studio.capture.page_feed import Feed
    from studio.capture.page_server import PageServer


class OverlayPage:
    """At most one page. Nothing is opened, and no web server loaded, before the first is asked for."""

    def __init__(self, open_sound: Callable[[CaptureSound], Sound]) -> None:
        self._open_sound = open_sound
        self._request: ServePage | None = None
        self._feed: Feed | None = None
        self._server: PageServer | None = None

    def serve(self, request: ServePage, context: Context) -> PageServed:
        """Serve what is asked for from now on; the address stays where only the layout is another one."""
        from studio.capture.page_feed import Feed
        from studio.capture.page_server import PageServer

        shown = [one for one in request.overlays if one.kind != "camera"]  # browsers and OBS have cameras of their own
        before, items = self._request, items_of(shown, context)
        if before is not None and self._feed is not None and self._server is not None:
            if replace(before, overlays=request.overlays) == request:
                self._feed.change(items)
                self._request = request
                return PageServed(token=request.token, port=self._server.port)
            self.close()
        self._feed = Feed(items, source_of(request.sound, self._open_sound, "on the overlay page", context))
        try:
            self._server = PageServer(request.token, request.port, self._feed)
        except OSError as error:
            self.close()
            raise StudioError(
                "page.port",
                "The overlay page is not shown.",
                cause=f"No address of this computer is free for it: {error.strerror or error}.",
                remedy="Close other programs that serve pages, then switch it on again.",
            ) from error
        self._request = request
        return PageServed(token=request.token, port=self._server.port)

    def close(self) -> None:
        """Serve nothing any more."""
        self._request = None
        if self._server is not None:
            self._server.close()
            self._server = None
        if self._feed is not None:
            self._feed.close()
            self._feed = None
