"""Messages to bytes and back. Sans-I/O: this module never reads or writes anything itself."""

import struct
from collections.abc import Iterator
from typing import Final, TypeVar

import msgspec

from studio.protocol.messages import Event, Request

_length: Final = struct.Struct("<I")
_LENGTH_BYTES: Final = _length.size
MAX_FRAME: Final = 16 << 20
"""16 MiB. A larger frame means that someone put sound in a message, or printed to our channel."""

_encoder = msgspec.msgpack.Encoder()
_requests: msgspec.msgpack.Decoder[Request] = msgspec.msgpack.Decoder(Request)
_events: msgspec.msgpack.Decoder[Event] = msgspec.msgpack.Decoder(Event)
_Message = TypeVar("_Message")


class BadFrame(Exception):
    """The other side does not speak our protocol. There is no way to find the next frame: end the worker."""


def frame(message: Request | Event) -> bytes:
    """Encode one message: 4 bytes of little-endian length, then MessagePack."""
    body = _encoder.encode(message)
    if len(body) > MAX_FRAME:
        raise BadFrame(f"a message of {len(body)} bytes: {type(message).__name__}")
    return _length.pack(len(body)) + body


def decode_request(body: bytes) -> Request:
    """Read one request; raise BadFrame for anything else."""
    return _decode(_requests, body)


def decode_event(body: bytes) -> Event:
    """Read one event; raise BadFrame for anything else."""
    return _decode(_events, body)


def _decode(decoder: msgspec.msgpack.Decoder[_Message], body: bytes) -> _Message:
    try:
        return decoder.decode(body)
    except (msgspec.DecodeError, RecursionError, ValueError, MemoryError, OverflowError) as error:
        # Deep nesting raises RecursionError, text that is no UTF-8 ValueError, a list of 4 G items MemoryError.
        raise BadFrame(f"{type(error).__name__}: {error}") from error


class Frames:
    """Cuts a byte stream, however it was chopped up on the way, back into frames."""

    def __init__(self) -> None:
        self._pending = b""

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Yield every body completed by `data`; raise BadFrame for a length that cannot be ours."""
        stream = self._pending + data if self._pending else data
        start, available = 0, len(stream)
        try:
            while available - start >= _LENGTH_BYTES:
                (length,) = _length.unpack_from(stream, start)
                if length > MAX_FRAME:
                    raise BadFrame(f"a frame of {length} bytes")
                begin = start + _LENGTH_BYTES
                if available - begin < length:
                    return
                start = begin + length
                yield stream[begin:start]
        finally:  # also when whoever reads stops in the middle
            self._pending = stream[start:]
