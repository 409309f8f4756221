"""The windows of an X11 screen: their titles, and where they lie. Through libxcb, for which mss has no bindings."""

import ctypes
from collections.abc import Iterator
from ctypes import POINTER, Structure, c_char, c_int16, c_uint8, c_uint16, c_uint32, c_void_p
from typing import Final, TypeVar

from mss.linux.xcbhelpers import LIB, Connection

from studio.capture.screen import Area, Window

_ANY: Final = 0
_VIEWABLE: Final = 2
_MOST_WORDS: Final = 1 << 16
_SMALLEST_PX: Final = 32

_Reply = TypeVar("_Reply", bound=Structure)


class _Geometry(Structure):
    _fields_ = (
        ("type", c_uint8), ("depth", c_uint8), ("sequence", c_uint16), ("length", c_uint32), ("root", c_uint32),
        ("x", c_int16), ("y", c_int16), ("width", c_uint16), ("height", c_uint16), ("border", c_uint16),
    )  # fmt: skip


class _Translated(Structure):
    _fields_ = (
        ("type", c_uint8), ("same_screen", c_uint8), ("sequence", c_uint16), ("length", c_uint32), ("child", c_uint32),
        ("x", c_int16), ("y", c_int16),
    )  # fmt: skip


class _Attributes(Structure):
    _fields_ = (
        ("type", c_uint8), ("store", c_uint8), ("sequence", c_uint16), ("length", c_uint32), ("visual", c_uint32),
        ("kind", c_uint16), ("bits", c_uint8), ("gravity", c_uint8), ("planes", c_uint32), ("pixel", c_uint32),
        ("save_under", c_uint8), ("map_installed", c_uint8), ("map_state", c_uint8), ("override", c_uint8),
    )  # fmt: skip


class _Tree(Structure):
    _fields_ = (
        ("type", c_uint8), ("pad", c_uint8), ("sequence", c_uint16), ("length", c_uint32), ("root", c_uint32),
        ("parent", c_uint32), ("children", c_uint16),
    )  # fmt: skip


class _Atom(Structure):
    _fields_ = (
        ("type", c_uint8), ("pad", c_uint8), ("sequence", c_uint16), ("length", c_uint32), ("atom", c_uint32),
    )  # fmt: skip


class _Owner(Structure):
    _fields_ = (
        ("type", c_uint8), ("pad", c_uint8), ("sequence", c_uint16), ("length", c_uint32), ("owner", c_uint32),
    )  # fmt: skip


class _Property(Structure):
    _fields_ = (
        ("type", c_uint8), ("format", c_uint8), ("sequence", c_uint16), ("length", c_uint32), ("kind", c_uint32),
        ("bytes_after", c_uint32), ("items", c_uint32),
    )  # fmt: skip


class Windows:
    """Looks at the windows below a root window. Used by one thread."""

    def __init__(self, connection: Connection, root: int) -> None:
        self._connection = ctypes.byref(connection)
        self._root = root
        self._xcb = ctypes.CDLL(LIB.xcb._name)  # a handle of our own, with our own types
        self._clients = self._atom(b"_NET_CLIENT_LIST")
        self._titles = (self._atom(b"_NET_WM_NAME"), self._atom(b"WM_NAME"))

    def listed(self) -> tuple[Window, ...]:
        """The windows that a person sees: those of the window manager, or without one those right on the screen."""
        found = []
        for window in self._candidates():
            title, area = self._title(window), self.area(window)
            if title and area is not None and min(area.width, area.height) >= _SMALLEST_PX:
                found.append(Window(window, title, area))
        return tuple(found)

    def blend(self) -> bool:
        """Whether a compositing manager runs, by the convention that it owns a selection of this name."""
        manager = self._ask("get_selection_owner", _Owner, c_uint32(self._atom(b"_NET_WM_CM_S0")))
        return manager is not None and bool(manager.owner)

    def area(self, window: int) -> Area | None:
        """Where a window lies on the screen; None where it is closed, or folded away."""
        attributes = self._ask("get_window_attributes", _Attributes, c_uint32(window))
        geometry = self._ask("get_geometry", _Geometry, c_uint32(window))
        corner = self._ask(
            "translate_coordinates", _Translated, c_uint32(window), c_uint32(self._root), c_int16(0), c_int16(0)
        )
        if attributes is None or geometry is None or corner is None or attributes.map_state != _VIEWABLE:
            return None
        return Area(corner.x, corner.y, geometry.width, geometry.height)

    def _candidates(self) -> Iterator[int]:
        packed = self._property(self._root, self._clients)
        if packed:
            yield from memoryview(packed).cast("I")
            return
        reply = self._reply("query_tree", _Tree, c_uint32(self._root))
        if reply is None:
            return
        self._xcb.xcb_query_tree_children.restype = POINTER(c_uint32)
        children = list(self._xcb.xcb_query_tree_children(reply)[: reply.contents.children])
        LIB.c.free(reply)
        yield from children

    def _title(self, window: int) -> str:
        for atom in self._titles:
            packed = self._property(window, atom)
            if packed:
                return packed.decode(errors="replace").strip("\0 \n")
        return ""

    def _atom(self, name: bytes) -> int:
        reply = self._ask("intern_atom", _Atom, c_uint8(0), c_uint16(len(name)), name)
        return 0 if reply is None else int(reply.atom)

    def _property(self, window: int, atom: int) -> bytes:
        reply = self._reply(
            "get_property", _Property,
            c_uint8(0), c_uint32(window), c_uint32(atom), c_uint32(_ANY), c_uint32(0), c_uint32(_MOST_WORDS),
        )  # fmt: skip
        if reply is None:
            return b""
        self._xcb.xcb_get_property_value.restype = POINTER(c_char)
        said = reply.contents
        size = said.items * said.format // 8
        value = ctypes.string_at(self._xcb.xcb_get_property_value(reply), size) if size else b""
        LIB.c.free(reply)
        return value

    def _ask(self, name: str, kind: type[_Reply], *values: object) -> _Reply | None:
        """A copy of the answer; None where the window is gone."""
        reply = self._reply(name, kind, *values)
        if reply is None:
            return None
        answer = kind.from_buffer_copy(reply.contents)
        LIB.c.free(reply)
        return answer

    def _reply(self, name: str, kind: type[Structure], *values: object):  # type: ignore[no-untyped-def]  # noqa: ANN202
        """A pointer to the answer, to be freed; None where the window is gone."""
        ask, answer = getattr(self._xcb, f"xcb_{name}"), getattr(self._xcb, f"xcb_{name}_reply")
        ask.restype = c_uint32
        answer.restype = POINTER(kind)
        error = c_void_p()
        reply = answer(self._connection, c_uint32(ask(self._connection, *values)), ctypes.byref(error))
        if error.value is not None:
            LIB.c.free(error)
        return reply or None
