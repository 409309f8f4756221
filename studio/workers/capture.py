"""The capture worker. So far it only says who it is; the screen grabber moves in here."""

import os

from studio.errors import StudioError
from studio.protocol.common import Cancel, Ready
from studio.protocol.messages import PROTOCOL, Request
from studio.workers.runtime import Context


class Capture:
    """Owns what grabs the screen."""

    def ready(self) -> Ready:
        return Ready(protocol=PROTOCOL, role="capture", pid=os.getpid())

    def handle(self, request: Request, context: Context) -> None:
        if not isinstance(request, Cancel):
            raise StudioError(
                "capture.missing",
                "The screen was not recorded.",
                cause="This version of the studio cannot record the screen yet.",
                remedy="Use another program for the picture; the sound can be recorded here.",
            )

    def close(self) -> None:
        pass
