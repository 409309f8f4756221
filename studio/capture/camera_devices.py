"""Which cameras there are, and how FFmpeg opens each of them on this system."""

import contextlib
import platform
from collections import Counter
from typing import Final, NamedTuple

import av

from studio.model.overlays import TEST_CAMERA

_FORMATS: Final = {"Linux": "v4l2", "Darwin": "avfoundation", "Windows": "dshow"}
_WISHES: Final = {"video_size": "1280x720", "framerate": "30"}
_TRIES: Final[dict[str, tuple[dict[str, str], ...]]] = {
    # Most webcams send 720p at 30 pictures a second only as JPEG; what they do not know is refused, not rounded.
    "v4l2": ({**_WISHES, "input_format": "mjpeg"}, {"framerate": "30"}, {}),
    "avfoundation": (_WISHES, {"framerate": "30"}, {}),
    "dshow": (_WISHES, {}),
}


class Device(NamedTuple):
    """A camera: the name by which a layout knows it, what a person reads, and what FFmpeg opens, in this order."""

    id: str
    name: str
    format: str
    file: str
    tries: tuple[dict[str, str], ...] = ({},)


_TEST: Final = Device(TEST_CAMERA, "Test picture", "lavfi", "testsrc2=size=1280x720:rate=30,realtime")


def listed() -> tuple[Device, ...]:
    """The cameras that are plugged in now, as the system names them, and the test picture."""
    system = _FORMATS.get(platform.system(), "")
    found = []
    with contextlib.suppress(OSError, ValueError):  # this FFmpeg knows no cameras, or may not look for them
        found = [one for one in av.enumerate_input_devices(system) if "video" in one.media_types or not one.media_types]
    called = [one.description or one.name for one in found]
    twice = {name for name, times in Counter(called).items() if times > 1}
    return (
        *(
            _device(system, one.name, f"{name} ({one.name})" if name in twice else name)
            for one, name in zip(found, called, strict=True)
        ),
        _TEST,
    )


def find(id: str) -> Device | None:
    """The camera of that name, or with "" the first one that is no test; None where it is not there."""
    if id == TEST_CAMERA:
        return _TEST
    if id.startswith("/dev/"):
        return _device("v4l2", id, id)
    return next((one for one in listed() if (one.id == id if id else one.id != TEST_CAMERA)), None)


def _device(format: str, file: str, name: str) -> Device:
    if format == "avfoundation":
        file = f"{name}:none"  # its own names are places in a list, and change with what is plugged in
    elif format == "dshow":
        file = f"video={file}"
    return Device(name, name, format, file, _TRIES[format])
