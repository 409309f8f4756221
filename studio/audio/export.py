"""Renders a project into files: the mix, a file for each track, or a file for each marker.

Every file is made under another name and appears complete, or not at all.
"""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import numpy as np

from studio.audio.encode import Choice, Encoder
from studio.audio.mix import Mixer
from studio.audio.resample import Resampler
from studio.audio.trouble import told
from studio.media.wav import Frames

Report = Callable[[float, str], None]
_BLOCK_FRAMES: Final = 1 << 16


def rendered(mixer: Mixer, start: int, stop: int, rate_hz: int, channels: int) -> Iterator[Frames]:
    """Yield a stretch of the timeline at another rate, as stereo or as the mean of both sides."""
    resampler = Resampler(mixer.rate_hz, rate_hz, channels)
    for at in range(start, stop, _BLOCK_FRAMES):
        block = mixer.render(at, min(_BLOCK_FRAMES, stop - at))
        if channels == 1:
            block = block.mean(axis=1, keepdims=True)
        yield resampler.feed(block)
    yield resampler.feed(np.zeros((0, channels), np.float32), last=True)


def export_file(mixer: Mixer, start: int, stop: int, path: Path, choice: Choice, report: Report) -> None:
    title = f"{path.name} was not exported."
    part = path.with_name(f".melisma-{os.getpid()}.part")
    length = max(1, (stop - start) * choice.rate_hz // mixer.rate_hz)
    done = 0
    with told(title, path.parent):
        try:
            with Encoder(part, choice) as encoder:
                for block in rendered(mixer, start, stop, choice.rate_hz, choice.channels):
                    encoder.write(block)
                    done += len(block)
                    report(min(1.0, done / length), "Exporting")
                encoder.finish()
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)
