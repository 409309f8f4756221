"""Grabs an X11 screen into memory that the X server and we share: nothing is copied on our side.

mss brings the bindings to libxcb, the checks of the pixel format and the list of monitors; its own grabber copies each
picture out of the shared memory, which costs as much as all the rest, so the way of a picture is written here.
"""

import contextlib
import mmap
import os
from collections.abc import Iterator
from typing import Final

import numpy as np
from mss.exception import ScreenShotError
from mss.linux import xcb, xcbgen
from mss.linux.base import ALL_PLANES, MSSImplXCBBase
from mss.linux.xcbhelpers import LIB, Connection, XProtoError

from studio.capture import trouble
from studio.capture.damage import Damage, NoDamage
from studio.capture.screen import Area, Cursor, Monitor, Pixels, ScreenChanged, Window
from studio.capture.windows import Windows

_SHM_WITH_DESCRIPTORS: Final = (1, 2)
_XFIXES_WITH_CURSOR: Final = (2, 0)


@contextlib.contextmanager
def _answered() -> Iterator[None]:
    """Mss asserts that there is an answer; a display that has ended gives none."""
    try:
        yield
    except XProtoError:
        raise
    except (ScreenShotError, AssertionError) as error:
        raise trouble.screen_gone() from error


class NoSharedMemory(Exception):
    """The X server is far away, or too old, to share memory with us."""


class _Display(MSSImplXCBBase):
    """mss's own connection to the display, with its checks; pictures do not go through it."""

    def grab(self, monitor: object) -> bytearray:
        raise NotImplementedError


def _damage_of(connection: Connection, window: int) -> Damage | None:
    try:
        return Damage(connection, window)
    except (NoDamage, OSError):
        return None


class SharedScreen:
    """A grabber whose slots lie in one shared segment, so that two pictures can be compared where they are."""

    def __init__(self) -> None:
        self.area = Area(0, 0, 0, 0)
        self._display = _Display()
        self._segment: xcbgen.ShmSeg | None = None
        self._memory: mmap.mmap | None = None
        self._slots: list[Pixels] = []
        self._pointer: Cursor | None = None
        self._pointer_serial = -1
        try:
            connection = self._connection
            if not xcb.get_extension_data(connection, LIB.shm_id).present:
                raise NoSharedMemory
            version = xcbgen.shm_query_version(connection)
            if (version.major_version, version.minor_version) < _SHM_WITH_DESCRIPTORS:
                raise NoSharedMemory
            self._can_see_pointer = self._asks_for_pointer()
            self.aim(Area(0, 0, 2, 2), 1)
            self._damage = _damage_of(self._connection, self._display.root.value)
            self._windows = Windows(self._connection, self._display.root.value)
            self.grab(0)
        except (NoSharedMemory, ScreenChanged):
            self._display.close()
            raise NoSharedMemory from None

    @property
    def bounds(self) -> Area:
        with _answered():
            whole = xcbgen.get_geometry(self._connection, self._display.root)
        return Area(0, 0, whole.width, whole.height)

    @property
    def blends(self) -> bool:
        with _answered():
            return self._windows.blend()

    def monitors(self) -> tuple[Monitor, ...]:
        with _answered():
            listed_ones = self._display.monitors()[1:]
        return tuple(
            Monitor(
                str(listed.get("output") or listed.get("name") or number),
                Area(listed["left"], listed["top"], listed["width"], listed["height"]),
                bool(listed.get("is_primary")),
            )
            for number, listed in enumerate(listed_ones, 1)
        )

    def windows(self) -> tuple[Window, ...]:
        with _answered():
            return self._windows.listed()

    def window_area(self, window: int) -> Area | None:
        with _answered():
            return self._windows.area(window)

    def aim(self, area: Area, slots: int) -> None:
        self._let_go()
        self.area = area
        size = area.width * area.height * 4
        descriptor = os.memfd_create("melisma-screen", os.MFD_CLOEXEC)
        try:
            os.posix_fallocate(descriptor, 0, size * slots)
            self._memory = mmap.mmap(descriptor, size * slots)
        except OSError:
            os.close(descriptor)
            raise
        segment = xcbgen.ShmSeg(xcb.generate_id(self._connection).value)
        try:
            xcbgen.shm_attach_fd(self._connection, segment, descriptor, read_only=False)  # closes the descriptor
        except XProtoError as error:
            raise NoSharedMemory from error
        self._segment = segment
        pixels = np.frombuffer(self._memory, np.uint8)
        self._slots = list(pixels.reshape(slots, area.height, area.width, 4))

    def grab(self, slot: int) -> None:
        left, top, width, height = self.area
        assert self._segment is not None
        try:
            with _answered():
                xcbgen.shm_get_image(
                    self._connection, self._display.root, left, top, width, height, ALL_PLANES,
                    xcbgen.ImageFormat.ZPixmap, self._segment, slot * width * height * 4,
                )  # fmt: skip
        except XProtoError as error:
            raise ScreenChanged from error

    def may_differ(self) -> bool:
        if self._damage is None:
            return True
        with _answered():
            return self._damage.changed()

    def picture(self, slot: int) -> Pixels:
        return self._slots[slot]

    def cursor(self) -> Cursor | None:
        if not self._can_see_pointer:
            return None
        with _answered():
            seen = xcbgen.xfixes_get_cursor_image(self._connection)
        if not seen.width or not seen.height:
            return None
        if self._pointer is None or seen.cursor_serial != self._pointer_serial:
            packed = np.array(xcbgen.xfixes_get_cursor_image_cursor_image(seen), np.uint32)
            self._pointer = Cursor(packed.view(np.uint8).reshape(seen.height, seen.width, 4), 0, 0)
            self._pointer_serial = seen.cursor_serial
        return self._pointer._replace(left=seen.x - seen.xhot, top=seen.y - seen.yhot)

    def close(self) -> None:
        with contextlib.suppress(ScreenShotError, AssertionError):  # the display has ended before us
            self._let_go()
            self._display.close()

    @property
    def _connection(self) -> Connection:
        connection: Connection | None = self._display.conn
        if connection is None:
            raise ScreenShotError("the display was closed")
        return connection

    def _asks_for_pointer(self) -> bool:
        if not xcb.get_extension_data(self._connection, LIB.xfixes_id).present:
            return False
        version = xcbgen.xfixes_query_version(self._connection, *_XFIXES_WITH_CURSOR)
        return (version.major_version, version.minor_version) >= _XFIXES_WITH_CURSOR

    def _let_go(self) -> None:
        if self._segment is not None:
            xcbgen.shm_detach(self._connection, self._segment)
            self._segment = None
        self._slots = []
        self._memory = None  # unmapped once nobody looks at a slot any more
