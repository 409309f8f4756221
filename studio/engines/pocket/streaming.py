"""Speech as the package makes it, on a thread that can be left behind, so that stopping waits for nothing."""

import queue
import threading
from collections.abc import Generator
from typing import TYPE_CHECKING, Final

import numpy as np

from studio.engines.base import Mono, Report

if TYPE_CHECKING:
    from pocket_tts import TTSModel

    from studio.engines.pocket.voice import PocketVoice

_LOOK_S: Final = 0.03
_STAGE: Final = "Speaking"
_CHARACTERS_PER_S: Final = 14.0


class Stream:
    """One sentence that is being spoken. Leaving it stops the network after the step it is at."""

    def __init__(self, model: "TTSModel", voice: "PocketVoice", text: str, seed: int) -> None:
        self._model, self._voice, self._text, self._seed = model, voice, text, seed
        self._made: queue.Queue[Mono | Exception | None] = queue.Queue()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._speak, name="pocket-tts", daemon=True)

    def blocks(self, report: Report) -> Generator[Mono, None, None]:
        """Yield blocks as they are made; `report` is called thirty times a second and may end it."""
        expected = max(1.0, len(self._text) / _CHARACTERS_PER_S * self._model.sample_rate)
        done = 0
        self._thread.start()
        try:
            while True:
                report(min(0.99, done / expected), _STAGE)
                try:
                    block = self._made.get(timeout=_LOOK_S)
                except queue.Empty:
                    continue
                if block is None:
                    return
                if isinstance(block, Exception):
                    raise block
                done += len(block)
                yield block
        finally:
            self._stop.set()

    def join(self) -> None:
        """Wait until the network is no longer at work."""
        if self._thread.is_alive():
            self._thread.join()

    def _speak(self) -> None:
        import torch

        try:
            torch.manual_seed(self._seed)
            self._voice.rewind()
            for block in self._model.generate_audio_stream(
                self._voice.state, self._text, copy_state=False, stop=self._stop
            ):
                self._made.put(block.numpy().astype(np.float32))  # a copy: the network goes on in its own
            self._made.put(None)
        except Exception as error:  # noqa: BLE001 it is raised where the blocks are waited for
            self._made.put(error)
