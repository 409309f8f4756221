"""Asks the X server to say when anything on the screen changes, so that a still screen need not be grabbed at all.

mss brings no bindings to the DAMAGE extension, and libxcb-damage is not on every machine; its three requests are sent
through libxcb itself. Source: the protocol's own description, damageproto.txt 1.1.
"""

import ctypes
import struct
from ctypes import POINTER, Structure, byref, c_char_p, c_int, c_size_t, c_uint, c_uint8, c_void_p
from typing import Final

from mss.linux import xcb
from mss.linux.xcbhelpers import LIB, Connection, XcbExtension

_QUERY_VERSION, _CREATE, _SUBTRACT = 0, 1, 3
_NON_EMPTY: Final = 3
_CHECKED: Final = 1
_EVENT: Final = 0x7F


class _Request(Structure):
    _fields_ = (("count", c_size_t), ("ext", POINTER(XcbExtension)), ("opcode", c_uint8), ("isvoid", c_uint8))


class _Vector(Structure):
    _fields_ = (("base", c_char_p), ("length", c_size_t))


class NoDamage(Exception):
    """The X server does not tell."""


class Damage:
    """Tells whether a window may look different than at the last time it was asked. Used by one thread."""

    def __init__(self, connection: Connection, window: int) -> None:
        self._connection = byref(connection)
        self._extension = XcbExtension(b"DAMAGE", 0)
        self._xcb = ctypes.CDLL(LIB.xcb._name)  # a handle of our own, with our own types
        self._xcb.xcb_send_request.argtypes = (c_void_p, c_int, POINTER(_Vector), POINTER(_Request))
        self._xcb.xcb_send_request.restype = c_uint
        self._xcb.xcb_wait_for_reply.argtypes = (c_void_p, c_uint, c_void_p)
        self._xcb.xcb_wait_for_reply.restype = c_void_p
        self._xcb.xcb_poll_for_event.argtypes = (c_void_p,)
        self._xcb.xcb_poll_for_event.restype = POINTER(c_uint8)
        known = xcb.get_extension_data(connection, self._extension)
        if not known.present:
            raise NoDamage
        self._event = known.first_event
        asked = self._send(_QUERY_VERSION, struct.pack("=4xII", 1, 1), answered=True)
        answer = self._xcb.xcb_wait_for_reply(self._connection, asked, None)
        if not answer:
            raise NoDamage
        LIB.c.free(c_void_p(answer))
        self._id = xcb.generate_id(connection).value
        self._send(_CREATE, struct.pack("=4xIIB3x", self._id, window, _NON_EMPTY))
        self._changed = True

    def changed(self) -> bool:
        """Whether anything was drawn since; what is grabbed after this call shows it."""
        while event := self._xcb.xcb_poll_for_event(self._connection):
            self._changed |= event[0] & _EVENT == self._event
            LIB.c.free(event)
        if not self._changed:
            return False
        self._changed = False
        self._send(_SUBTRACT, struct.pack("=4xIII", self._id, 0, 0))
        return True

    def _send(self, opcode: int, body: bytes, *, answered: bool = False) -> int:
        vectors = (_Vector * 4)()  # libxcb wants two free ones in front
        vectors[2] = _Vector(body, len(body))
        vectors[3] = _Vector(None, -len(body) % 4)
        request = _Request(2, ctypes.pointer(self._extension), opcode, not answered)
        place = ctypes.cast(byref(vectors, 2 * ctypes.sizeof(_Vector)), POINTER(_Vector))
        return int(self._xcb.xcb_send_request(self._connection, _CHECKED if answered else 0, place, byref(request)))
