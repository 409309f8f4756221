"""The packets of one sound in a file, decoded one after the other whatever is wrong with some of them."""

import time
from collections.abc import Callable, Generator
from typing import Final

from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.container import InputContainer

from studio.audio.foreign import PATIENCE_S

_TOLD_EVERY: Final = 256


class Packets:
    """Reads a stream from its beginning. `count` packets have been read, and `bad` of them could not be decoded."""

    def __init__(self, container: InputContainer, stream: AudioStream) -> None:
        self._stream = stream
        self._packets = container.demux(stream)
        self.count = 0
        self.bad = 0
        self.broke_off = False
        self.read_bytes = 0

    def skip(self, packets: int, told: Callable[[], None]) -> None:
        """Read so many packets without decoding them; `told` is called now and then."""
        for index in range(packets):
            if index % _TOLD_EVERY == 0:
                told()
            try:
                if next(self._packets, None) is None:
                    return
            except Exception:  # noqa: BLE001 - anything may come from a broken file
                return
            self.count += 1

    def decoded(self) -> Generator[list[AudioFrame]]:
        """Yield what each of the following packets gives, which may be nothing, up to the end or where it breaks."""
        last_sound = time.monotonic()
        while True:
            try:
                packet = next(self._packets, None)
                if packet is None:
                    return
                self.read_bytes = max(self.read_bytes, (packet.pos or 0) + packet.size if packet.size else 0)
            except Exception:  # noqa: BLE001
                self.broke_off = True
                yield self._rest()
                return
            self.count += 1
            try:
                frames = packet.decode()
            except Exception:  # noqa: BLE001
                self.bad += 1
                frames = []
            if frames:
                last_sound = time.monotonic()
            elif time.monotonic() - last_sound > PATIENCE_S:
                self.broke_off = True
                return
            yield frames

    def _rest(self) -> list[AudioFrame]:
        """What the decoder still holds after the file broke off."""
        try:
            return list(self._stream.codec_context.decode(None))
        except Exception:  # noqa: BLE001
            return []
