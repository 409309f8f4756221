"""The sounds of a recording: each on the clock of the picture, each a track of its own, and a mix of them first."""

from collections.abc import Callable, Sequence
from typing import Final

import numpy as np

from studio.capture.chunk import Chunk
from studio.capture.listening import RATE_HZ
from studio.capture.movie import Template
from studio.capture.track import Aligned, SoundEncoder
from studio.capture.wanted import Sound
from studio.media.wav import Frames

MIX: Final = "Mix"
"""The title of the sum of all sounds."""


class Soundtrack:
    """Takes what its sources heard and gives encoded packets. Used by one thread, but for what it says of itself."""

    def __init__(
        self, sounds: Sequence[Sound], write: Callable[[Chunk], None], hear: Callable[[int, Frames], None]
    ) -> None:
        """`write` is given every packet, `hear` every block of every sound, with the sound's number."""
        self.titles = [*([MIX] if len(sounds) > 1 else []), *(sound.title for sound in sounds)]
        self._sounds = tuple(sounds)
        self._write = write
        self._hear = hear
        self._encoders = [SoundEncoder(number) for number in range(1, len(self.titles) + 1)]
        self._aligned: list[Aligned] = []
        self._queues: list[list[Frames]] = [[] for _ in sounds]
        self._written = 0

    @property
    def templates(self) -> list[Template]:
        """The streams that a file is to have for it."""
        encoders = zip(self._encoders, self.titles, strict=True)
        return [Template(encoder.template, title) for encoder, title in encoders]

    @property
    def error_s(self) -> float:
        """How far the first sound is from where it belongs, before it is put right."""
        return self._aligned[0].error_s if self._aligned else 0.0

    @property
    def reached_s(self) -> float:
        """To where every sound has come in; without a sound, for ever."""
        return min((one.written / RATE_HZ for one in self._aligned), default=float("inf"))

    def begin(self, start_s: float) -> None:
        """The recording begins at `start_s` of the clock; what was heard before is left out."""
        self._aligned = [Aligned(sound.source, start_s, sound.earlier_s) for sound in self._sounds]

    def take(self, now_s: float, until_s: float) -> None:
        """Encode what has come in, not further than the picture, which may end there."""
        for waiting, aligned in zip(self._queues, self._aligned, strict=True):
            waiting += aligned.pull(now_s)
        self._encode(round(until_s * RATE_HZ) - self._written)

    def finish(self, end_s: float) -> None:
        """Encode up to the end of the picture, with silence for what did not come in time."""
        total = round(end_s * RATE_HZ)
        for waiting, aligned in zip(self._queues, self._aligned, strict=True):
            missing = total - aligned.written
            if missing > 0:
                waiting.append(np.zeros((missing, 2), np.float32))
        self._encode(total - self._written)
        for encoder in self._encoders:
            for chunk in encoder.flush(total):
                self._write(chunk)

    def close(self) -> None:
        """Free the encoders, and listen no more."""
        for encoder in self._encoders:
            encoder.close()
        for sound in self._sounds:
            sound.source.close()

    def _encode(self, most: int) -> None:
        """Encode at most so many samples of every track, and of their sum."""
        count = min(most, *(sum(map(len, waiting)) for waiting in self._queues)) if self._queues else 0
        if count <= 0:
            return
        self._written += count
        blocks = [_taken(waiting, count) for waiting in self._queues]
        for number, block in enumerate(blocks):
            self._hear(number, block)
        tracks = [np.clip(np.sum(blocks, axis=0), -1.0, 1.0), *blocks] if len(blocks) > 1 else blocks
        for encoder, block in zip(self._encoders, tracks, strict=True):
            for chunk in encoder.encode(block):
                self._write(chunk)


def _taken(waiting: list[Frames], count: int) -> Frames:
    """The first `count` samples of a queue; the rest stays in it."""
    whole = np.concatenate(waiting) if len(waiting) > 1 else waiting[0]
    waiting[:] = [whole[count:]] if len(whole) > count else []
    taken: Frames = whole[:count]
    return taken
