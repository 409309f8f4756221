"""What the capture worker's overlays are made of, wherever they are shown beside a recording."""

from collections.abc import Callable, Sequence

from msgspec.structs import replace

from studio.capture.listening import Source
from studio.capture.overlays import Item, Stack
from studio.capture.wanted import Sound
from studio.errors import StudioError
from studio.protocol.capture import CaptureSound, CaptureTrouble, OverlaySpec
from studio.workers.runtime import Context


def source_of(
    wanted: CaptureSound | None, open_sound: Callable[[CaptureSound], Sound], where: str, context: Context
) -> Source | None:
    """Open the sound that meters and traces show; one that does not open is told of, and they show none."""
    if wanted is None:
        return None
    try:
        return open_sound(wanted).source
    except StudioError as error:
        why = replace(error.explanation, title=f"{wanted.title} is not heard {where}.")
        context.send(CaptureTrouble(kind="silent", why=why))
        return None


def items_of(overlays: Sequence[OverlaySpec], context: Context) -> list[Item]:
    """What was asked for; what cannot be shown, because its picture is gone, is left out and told of."""
    items = []
    for one in overlays:
        value = one.text or one.path or one.series or one.device
        item = Item(one.kind, one.left, one.top, one.width, one.height, value, one.mirrored, one.speaking_path)
        if one.kind == "camera":  # it comes and goes on its own time, and says so itself
            items.append(item)
            continue
        try:
            Stack([item]).close()
            items.append(item)
        except StudioError as error:
            context.send(CaptureTrouble(kind="overlay", why=error.explanation))
    return items
