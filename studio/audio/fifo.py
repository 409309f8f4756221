"""Frames on their way between an audio callback and a thread of the same process."""

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from studio.media.wav import Frames

_FADES: Final = (240, 120, 60, 30)
"""Lengths of the crossfade at a switch: the longest that fits into a block."""


class _Switch(NamedTuple):
    """From frame `at` on, read what was written from `to` on; `follow` skips of it what the reader is past `at`."""

    at: int
    to: int
    follow: bool


class Fifo:
    """Preallocated frames between exactly one writing and one reading thread; neither ever waits or allocates sound.

    Frames are numbered from 0 as they are written and keep their number for ever. The writer may ask the reader to
    `switch`: to leave what is queued and go on with what was queued behind it, with a short crossfade.
    """

    def __init__(self, frames: int, channels: int) -> None:
        self.capacity = frames
        self.channels = channels
        self.written = 0
        self.read = 0
        self._frames: Frames = np.zeros((frames, channels), np.float32)
        self._switch: _Switch | None = None
        self._done: _Switch | None = None
        self._aside: Frames = np.zeros((_FADES[0], channels), np.float32)
        self._rises: dict[int, NDArray[np.float32]] = {
            fade: np.linspace(0, 1, fade, dtype=np.float32)[:, None] for fade in _FADES
        }

    @property
    def available(self) -> int:
        """Frames that wait for the reader."""
        return self.written - self.read

    @property
    def ahead(self) -> int:
        """Frames that the reader will still play, a switch that it has not made yet counted as made."""
        switch = self._switch
        pending = switch is not None and switch is not self._done
        return self.written - (max(self.read, switch.to) if pending and switch is not None else self.read)

    def write(self, block: Frames) -> int:
        """Append as much of (n, channels) as there is room for, and return how many frames that was."""
        count = min(len(block), self.capacity - (self.written - self.read))
        start = self.written % self.capacity
        first = min(count, self.capacity - start)
        self._frames[start : start + first] = block[:first]
        if count > first:
            self._frames[: count - first] = block[first:count]
        self.written += count  # last: the reader must not see the frames before they are there
        return count

    def skip(self, frames: int) -> None:
        """Read so many frames, or all there are, without looking at them."""
        self.read += min(frames, self.available)

    def read_into(self, out: Frames) -> int:
        """Fill `out`, shape (n, channels), as far as there are frames, and return how far that was."""
        return self._read_plain(out)

    def read_switching(self, out: Frames) -> tuple[int, int, int]:
        """Like `read_into`, obeying `switch`.

        Returns the frames filled, and the row of `out` from which on its frames follow a switch with the number of
        the frame in that row; that row is -1 where there was none.
        """
        switch = self._switch
        if switch is None or switch is self._done:
            return self._read_plain(out), -1, 0
        head = max(0, switch.at - self.read)
        fade = next((fade for fade in _FADES if fade <= len(out)), 0)
        if not fade:
            return self._read_plain(out), -1, 0
        if head + fade > len(out):
            return self._read_plain(out), -1, 0  # the next block has room for the fade
        head = self._read_plain(out[:head])
        target = switch.to + (max(0, self.read - switch.at) if switch.follow else 0)
        if target + fade > self.written:
            target = max(switch.to, min(target, self.written))
        middle = out[head : head + fade]
        middle[self._read_plain(middle) :] = 0
        self.read = target
        arriving = self._aside[:fade]
        arriving[self._read_plain(arriving) :] = 0
        arriving -= middle
        arriving *= self._rises[fade]
        middle += arriving
        self._done = switch
        return head + fade + self._read_plain(out[head + fade :]), head, target

    def switch(self, at: int, to: int, *, follow: bool) -> None:
        """Make the reader go on at frame `to` when it comes to frame `at`.

        Where it is past `at` already, it goes on as far past `to` with `follow`, and exactly at `to` without.
        """
        self._switch = _Switch(at, to, follow)

    def _read_plain(self, out: Frames) -> int:
        count = min(len(out), self.written - self.read)
        start = self.read % self.capacity
        first = min(count, self.capacity - start)
        out[:first] = self._frames[start : start + first]
        if count > first:
            out[first:count] = self._frames[: count - first]
        self.read += count
        return count
