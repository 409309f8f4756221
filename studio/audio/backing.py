"""What sounds beside the project, and also while it does not play: a held tone, and the metronome in its own time."""

import threading
from typing import Final

import numpy as np

from studio.audio.drone import Drone
from studio.audio.fifo import Fifo
from studio.audio.metronome import Metronome, Tempo
from studio.audio.playback import Player
from studio.audio.stream import Speaker
from studio.media.wav import Frames

_AHEAD_S: Final = 0.08
_FEED_S: Final = 0.02
_IDLE_S: Final = 0.5
QUEUE_S: Final = 0.5


class Backing:
    """Keeps a queue to the speaker filled while there is something to hear. May be called from any thread."""

    def __init__(self, speaker: Speaker, queue: Fifo, player: Player, rate_hz: int) -> None:
        self._speaker = speaker
        self._queue = queue
        self._player = player
        self._rate_hz = rate_hz
        self._drone = Drone(rate_hz)
        self._metronome: Metronome | None = None
        self._beat_at = 0
        self._lock = threading.Lock()
        self._wake = threading.Event()
        self._ending = False
        self._thread = threading.Thread(target=self._feed, name="backing", daemon=True)
        self._thread.start()

    def hold(self, hz: float, gain: float) -> None:
        """Hold a tone; 0 Hz is silence."""
        with self._lock:
            self._drone.hold(hz, gain)
        self._wake.set()

    def click(self, tempo: Tempo | None) -> None:
        """Click, or not. While the project plays its own beats are heard instead."""
        with self._lock:
            self._metronome = None if tempo is None else Metronome(self._rate_hz, self._rate_hz, tempo)
            self._beat_at = 0
        self._wake.set()

    def close(self) -> None:
        """End the thread."""
        self._ending = True
        self._wake.set()
        self._thread.join()

    def _feed(self) -> None:
        while not self._ending:
            with self._lock:
                silent = self._drone.silent and self._metronome is None
                self._speaker.accompanied = not silent or self._queue.available > 0
                missing = round(_AHEAD_S * self._rate_hz) - self._queue.available
                if not silent and missing > 0:
                    self._queue.write(self._render(missing))
            self._wake.wait(_FEED_S if self._speaker.accompanied else _IDLE_S)
            self._wake.clear()

    def _render(self, frames: int) -> Frames:
        sound: Frames = np.zeros((frames, 2), np.float32)
        sound += self._drone.render(frames)[:, None]
        if self._metronome is not None:
            playing = self._player.running
            self._metronome.add(sound, self._beat_at, 0.0 if playing else 1.0)
            self._beat_at += frames
        return sound
