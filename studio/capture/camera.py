"""The newest picture of a camera, taken in by a thread of its own, and the cameras that are in use.

A camera that is missing, busy or unplugged is told of once, and looked for again every few seconds: whoever shows it
goes on without it, and has it back by itself.
"""

import contextlib
import errno
import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Final, NamedTuple

import av
import numpy as np
from av.container import InputContainer

from studio.capture import camera_devices, camera_trouble
from studio.capture.camera_devices import Device
from studio.errors import Explanation

_RETRY_S: Final = 2.0
_LINGER_S: Final = 2.0
"""A camera that nobody uses any more stays open so long: a preview that becomes a recording has it all the time."""
_SILENT_S: Final = 4.0
_CLOSING_S: Final = 0.5
_MEASURED: Final = 120
_SAME_WITH_ANY_WISH: Final = (errno.ENOENT, errno.EACCES, errno.EPERM, errno.EBUSY, errno.ENODEV)

Tell = Callable[[str, Explanation, bool], None]
"""Told of which camera, what is wrong with it, and whether that is over."""


class Taken(NamedTuple):
    """A picture as the camera gave it; `number` counts from 1."""

    number: int
    frame: av.VideoFrame


class Camera:
    """Looks from its construction until nobody uses it; see `Cameras`."""

    def __init__(self, device: str, tell: Tell, may_end: Callable[["Camera"], bool]) -> None:
        self.device = device
        self.users = 0
        self.unused_s = 0.0
        """Since when nobody uses it, by the clock."""
        self._tell, self._may_end = tell, may_end
        self._ending = threading.Event()
        self._saying = threading.Lock()
        self._why: Explanation | None = None
        self._name = device or "camera"
        self._newest: Taken | None = None
        self._taken_s = time.monotonic()
        self._number = 0
        self._cpu_ms: deque[float] = deque(maxlen=_MEASURED)
        self._at_s: deque[float] = deque(maxlen=_MEASURED)
        self._thread = threading.Thread(target=self._run, name="camera", daemon=True)
        self._thread.start()

    @property
    def newest(self) -> Taken | None:
        """The newest picture; None before the first, and where it gives none any more."""
        if time.monotonic() - self._taken_s > _SILENT_S and self._why is None:
            self._say(camera_trouble.silent(self._name))
        return self._newest if self._why is None else None

    @property
    def fps(self) -> float:
        """How many pictures a second it gives just now."""
        at_s = list(self._at_s)
        span_s = at_s[-1] - at_s[0] if len(at_s) > 1 else 0.0
        return (len(at_s) - 1) / span_s if span_s > 0 else 0.0

    @property
    def cpu_ms(self) -> float:
        """What taking one picture in costs, in milliseconds of processor time."""
        spent = list(self._cpu_ms)
        return float(np.mean(spent)) if spent else 0.0

    def close(self) -> None:
        """Let go of it now; one that does not answer is left to its thread."""
        self._ending.set()
        self._thread.join(_CLOSING_S)

    def _run(self) -> None:
        while not self._ended():
            device = camera_devices.find(self.device)
            why = camera_trouble.missing(self.device)
            if device is not None:
                self._name = device.name
                try:
                    self._take(device)
                    why = camera_trouble.stopped(device.name)
                except OSError as error:  # every error of FFmpeg that has to do with a device is one of these
                    why = camera_trouble.cannot_open(device.name, error)
                except (av.FFmpegError, ValueError, IndexError) as error:
                    why = camera_trouble.unreadable(device.name, error)
            if self._ended():
                break
            self._say(why)
            self._newest = None
            self._ending.wait(_RETRY_S)
        self._newest = None
        self._say(None)

    def _take(self, device: Device) -> None:
        """Keep the newest picture of an open camera until it is unplugged, or nobody wants it any more."""
        with _opened(device) as container:
            stream = container.streams.video[0]
            stream.codec_context.thread_count = 1
            self._taken_s = time.monotonic()
            spent_s = time.thread_time()
            for packet in container.demux(stream):
                frames: list[av.VideoFrame] = []
                with contextlib.suppress(av.InvalidDataError):  # many cameras begin with half a picture
                    frames = packet.decode()
                if frames:
                    self._number += 1
                    self._newest = Taken(self._number, frames[-1])
                    self._taken_s = time.monotonic()
                    self._at_s.append(self._taken_s)
                    now_s = time.thread_time()
                    self._cpu_ms.append((now_s - spent_s) * 1000)
                    spent_s = now_s
                    self._say(None)
                if self._ended():
                    return

    def _ended(self) -> bool:
        idle = self.users == 0 and time.monotonic() - self.unused_s > _LINGER_S
        if idle and self._may_end(self):
            self._ending.set()
        return self._ending.is_set()

    def _say(self, why: Explanation | None) -> None:
        """Tell what is wrong, once, and when it is over."""
        with self._saying:
            before, self._why = self._why, why
            if before is not None and before != why:
                self._tell(self.device, before, True)
            if why is not None and why != before:
                self._tell(self.device, why, False)


class Cameras:
    """The cameras in use, each opened once for everybody who shows it. Every method may be called from any thread."""

    def __init__(self, tell: Tell) -> None:
        self._tell = tell
        self._lock = threading.Lock()
        self._open: dict[str, Camera] = {}

    def use(self, device: str) -> Camera:
        """The camera of that name, "" for the first there is; it comes up on its own time."""
        with self._lock:
            camera = self._open.get(device)
            if camera is None:
                camera = self._open[device] = Camera(device, self._tell, self._may_end)
                camera.unused_s = time.monotonic()
            camera.users += 1
            return camera

    def leave(self, camera: Camera) -> None:
        """One of those who used it does so no more."""
        with self._lock:
            camera.users -= 1
            camera.unused_s = time.monotonic()

    def costs(self) -> tuple[float, float]:
        """Pictures a second of the slowest open camera, and processor milliseconds of one picture of all of them."""
        with self._lock:
            all_open = list(self._open.values())
        return min((camera.fps for camera in all_open), default=0.0), sum(camera.cpu_ms for camera in all_open)

    def close(self) -> None:
        """Let go of every camera."""
        with self._lock:
            left, self._open = list(self._open.values()), {}
        for camera in left:
            camera.close()

    def _may_end(self, camera: Camera) -> bool:
        """Whether it is unused still; then it is ours no more."""
        with self._lock:
            if camera.users:
                return False
            if self._open.get(camera.device) is camera:
                del self._open[camera.device]
            return True


def _opened(device: Device) -> InputContainer:
    """Open it with the first wishes that it can fulfil."""
    *wishes, bare = device.tries
    for options in wishes:
        try:
            return av.open(device.file, format=device.format, options=options)
        except OSError as error:
            if error.errno in _SAME_WITH_ANY_WISH:
                raise
    return av.open(device.file, format=device.format, options=bare)
