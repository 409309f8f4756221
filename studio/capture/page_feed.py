"""What a page with the overlays is told: what lies where, pictures of what stands still, numbers of what moves."""

import io
import math
import threading
import time
from collections.abc import Iterable, Sequence
from typing import Final

import numpy as np

from studio.capture import look
from studio.capture.heard import Sound
from studio.capture.listening import Source
from studio.capture.melody import HOP_S
from studio.capture.overlays import Item, Stack
from studio.capture.screen import Pixels
from studio.capture.track import Aligned

_SIZE_PX: Final = (1920, 1080)
"""What pictures of text are made for; a browser makes them smaller or larger with everything else."""
_STANDING: Final = ("text", "lyrics", "image", "avatar")
_LISTEN_S: Final = 0.02
_COLUMNS: Final = 240
_LOUD: Final = 4800
_POINTS: Final = round(look.TRACE_S / HOP_S)


class Feed:
    """Listens for itself, so that a page lives also while nothing is recorded and nobody looks at the preview.

    Every method may be called from any thread.
    """

    def __init__(self, items: Sequence[Item], source: Source | None) -> None:
        """`source` is closed with the feed; without one the levels stay down."""
        self._sound = Sound()
        self._source = source
        self._ending = threading.Event()
        self._pictures: dict[str, bytes] = {}
        self._items: tuple[Item, ...] = ()
        self.version = 0
        """Another number with each layout."""
        self.change(items)
        self._thread = threading.Thread(target=self._listen, name="page-sound", daemon=True)
        self._thread.start()

    def change(self, items: Sequence[Item]) -> None:
        """Show these from now on."""
        version = self.version + 1
        self._pictures = {
            f"picture/{version}-{number}": png_of(item) for number, item in enumerate(items) if item.kind in _STANDING
        } | {
            f"speaking/{version}-{number}": png_of(item, speaking=True)
            for number, item in enumerate(items)
            if item.kind == "avatar"
        }
        self._items, self.version = tuple(items), version

    def layout(self) -> dict[str, object]:
        """What lies where, lowest first, in shares of the sides.

        `picture` is the path of what stands still, `speaking` of how it looks while somebody speaks.
        """
        pictures = self._pictures
        places = [
            {
                "kind": item.kind,
                "left": item.left,
                "top": item.top,
                "width": item.width,
                "height": item.height,
                "picture": _path_of("picture", number, pictures),
                "speaking": _path_of("speaking", number, pictures),
            }
            for number, item in enumerate(self._items)
        ]
        return {"layout": places, "look": look.for_a_page()}

    def picture(self, path: str) -> bytes | None:
        """A PNG by its path, None where there is none of that name."""
        return self._pictures.get(path)

    def numbers(self) -> dict[str, object]:
        """How everything that moves looks now; only what the layout shows."""
        kinds = {item.kind for item in self._items}
        sound = self._sound
        now: dict[str, object] = {"level_db": round(sound.peak_db, 1), "speaking": sound.quiet_s < look.HOLD_S}
        if "waveform" in kinds:
            now["wave"] = np.clip(np.round(sound.shape(_COLUMNS).reshape(-1) * 100), -100, 100).astype(int).tolist()
        if "pitch" in kinds:
            now["cents"] = [
                round(1200 * math.log2(hz / look.LOW_HZ)) if hz > look.LOW_HZ else -1
                for hz in sound.melody(_POINTS)[::2].tolist()
            ]
        return now

    def close(self) -> None:
        """Listen no more."""
        self._ending.set()
        self._thread.join()
        if self._source is not None:
            self._source.close()

    def _listen(self) -> None:
        if self._source is None:
            return
        aligned = Aligned(self._source, time.monotonic())
        while not self._ending.wait(_LISTEN_S):
            for frames in aligned.pull(time.monotonic()):
                self._sound.hear(frames)


def _path_of(what: str, number: int, paths: Iterable[str]) -> str:
    return next((path for path in paths if path.startswith(what) and path.endswith(f"-{number}")), "")


def png_of(item: Item, *, speaking: bool = False) -> bytes:
    """A picture of an overlay that stands still; a `StudioError` where it cannot be drawn."""
    from PIL import Image

    stack = Stack([item])
    if speaking:
        stack.hear(np.ones((_LOUD, 2), np.float32))
    try:
        (layer,) = stack.layers(0.0, *_SIZE_PX)
    finally:
        stack.close()
    out = io.BytesIO()
    Image.fromarray(_straight(layer.picture), "RGBA").save(out, "PNG")
    return out.getvalue()


def _straight(picture: Pixels) -> Pixels:
    """RGBA that is not premultiplied, as PNG has it."""
    alpha = picture[..., 3:].astype(np.uint16)
    colours = picture[..., 2::-1].astype(np.uint16) * 255 // np.maximum(alpha, 1)
    return np.concatenate((np.minimum(colours, 255), alpha), axis=2).astype(np.uint8)
