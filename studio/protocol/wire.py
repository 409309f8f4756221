"""Messages to bytes and back. Sans-I/O: this module never reads or writes anything itself."""

from collections.abc import Iterator
from typing import Final, TypeVar

import msgspec

from studio.protocol.messages import Event, Request

_LENGTH_BYTES: Final = 4
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
    body = bytearray()
    _encoder.encode_into(message, body, _LENGTH_BYTES)
    length = len(body) - _LENGTH_BYTES
    if length > MAX_FRAME:
        raise BadFrame(f"a message of {length} bytes: {type(message).__name__}")
    body[:_LENGTH_BYTES] = length.to_bytes(_LENGTH_BYTES, "little")
    return bytes(body)


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
        self._pending = bytearray()

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Yield every body completed by `data`; raise BadFrame for a length that cannot be ours."""
        self._pending += data
        start = 0
        try:
            while len(self._pending) - start >= _LENGTH_BYTES:
                begin = start + _LENGTH_BYTES
                length = int.from_bytes(self._pending[start:begin], "little")
                if length > MAX_FRAME:
                    raise BadFrame(f"a frame of {length} bytes")
                if len(self._pending) - begin < length:
                    return
                start = begin + length
                yield bytes(self._pending[begin:start])
        finally:
            del self._pending[:start]
