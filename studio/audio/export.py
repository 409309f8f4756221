"""Renders stretches of a project into files, at a loudness if one is asked for, and says how loud they became.

A file is made under another name and appears complete, or not at all. What a lossy encoder adds to the peaks is
found by decoding the result, and made up for.
"""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np

from studio.audio.decode import Decoder
from studio.audio.encode import FORMATS, Choice, Encoder
from studio.audio.limit import Limiter
from studio.audio.loudness import LoudnessMeter, Measured
from studio.audio.mix import Mixer
from studio.audio.pieces import Piece
from studio.audio.resample import Resampler
from studio.audio.trouble import told
from studio.errors import StudioError
from studio.media.wav import Frames

Report = Callable[[float, str], None]
"""Tells how far along we are, 0 to 1, and with what. Raises `Cancelled` when the person no longer wants the result."""

_BLOCK_FRAMES: Final = 1 << 16
_MARGIN_DB: Final = 0.1  # what rounding, dither and the smoothing of a gain may add to a peak
_NEAR_LU: Final = 0.1
_TOLERANCE_LU: Final = 0.5
_MOST_TRIES: Final = 3


class Target(NamedTuple):
    """How loud a file should be, and the true peak that it must not pass."""

    lufs: float
    peak_dbtp: float


class Finished(NamedTuple):
    """A file that is in place, as a player hears it. `passed` is None where no loudness was asked for."""

    path: Path
    length: int
    rate_hz: int
    measured: Measured
    passed: bool | None
    note: str


class _Shaping(NamedTuple):
    """What is done to the mix: a gain, then a ceiling for its true peak, or none."""

    gain_db: float = 0.0
    ceiling_dbtp: float | None = None


def export_piece(
    mixer: Mixer, piece: Piece, path: Path, choice: Choice, target: Target | None, report: Report
) -> Finished:
    """Render one stretch of the timeline into one file."""
    if piece.stop <= piece.start:
        raise StudioError(
            "export-empty",
            f"{path.name} was not exported.",
            cause="There is no sound in what was chosen.",
            remedy="Select a stretch that has clips in it, or add some.",
        )
    progress = _Progress(report)
    render = _Render(mixer, piece, choice, progress)
    shaping, silent = _Shaping(), False
    if target is not None:
        shaping, silent = _shaped_to(target, render)
    part = path.with_name(f".melisma-export-{os.getpid()}.part")
    with told(f"{path.name} was not exported.", path.parent):
        try:
            clipped, measured = _written(render, shaping, part, path, choice, target)
            _sync(part)
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)
    report(1.0, "Exporting")
    passed = None if target is None or silent else _meets(measured, target)
    note = _note(mixer, measured, target, passed, clipped)
    return Finished(path, render.length, choice.rate_hz, measured, passed, note)


class _Progress:
    """One fraction for a file that takes several passes: each pass is a part of what is left."""

    def __init__(self, report: Report) -> None:
        self._report = report
        self._done = 0.0

    def stage(self, name: str, part: float) -> Callable[[float], None]:
        """Begin a pass that takes `part` of what is left, and return what tells how far it is."""
        begin, share = self._done, (1.0 - self._done) * part
        self._done += share
        return lambda fraction: self._report(begin + share * min(1.0, fraction), name)


class _Render:
    """The stretch to export at the rate of the file, as often as it is needed."""

    def __init__(self, mixer: Mixer, piece: Piece, choice: Choice, progress: _Progress) -> None:
        self._mixer = mixer
        self._piece = piece
        self._choice = choice
        self.progress = progress
        self.length = -(-(piece.stop - piece.start) * choice.rate_hz // mixer.rate_hz)

    def blocks(self, shaping: _Shaping, stage: str, part: float) -> Iterator[Frames]:
        """Yield the whole stretch once, shaped."""
        tell = self.progress.stage(stage, part)
        rate_hz, channels = self._choice.rate_hz, self._choice.channels
        ceiling = shaping.ceiling_dbtp
        limiter = None if ceiling is None else Limiter(rate_hz, channels, 10 ** (ceiling / 20))
        gain = np.float32(10 ** (shaping.gain_db / 20))
        given = 0
        for block, last in self._resampled():
            loud = block if gain == 1 else block * gain
            out = loud if limiter is None else limiter.feed(loud, last=last)
            given += len(out)
            yield out
            tell(given / self.length)

    def _resampled(self) -> Iterator[tuple[Frames, bool]]:
        channels = self._choice.channels
        resampler = Resampler(self._mixer.rate_hz, self._choice.rate_hz, channels)
        for at in range(self._piece.start, self._piece.stop, _BLOCK_FRAMES):
            block = self._mixer.render(at, min(_BLOCK_FRAMES, self._piece.stop - at))
            if channels == 1:
                block = block.mean(axis=1, keepdims=True)
            yield resampler.feed(block), False
        yield resampler.feed(np.zeros((0, channels), np.float32), last=True), True

    def measure(self, shaping: _Shaping) -> Measured:
        """Return how loud the stretch would be."""
        meter = LoudnessMeter(self._choice.rate_hz, self._choice.channels)
        for block in self.blocks(shaping, "Measuring the loudness", 0.3):
            meter.add(block)
        return meter.measured()


def _shaped_to(target: Target, render: _Render) -> tuple[_Shaping, bool]:
    """Find the gain, and the ceiling where the gain alone would lift peaks too far. True when there is no loudness."""
    plain = render.measure(_Shaping())
    if plain.integrated_lufs is None:
        return _Shaping(), True
    gain_db = target.lufs - plain.integrated_lufs
    ceiling_dbtp = target.peak_dbtp - _MARGIN_DB
    if (plain.true_peak_dbtp or 0.0) + gain_db <= ceiling_dbtp:
        return _Shaping(gain_db), False
    for _ in range(_MOST_TRIES):  # the limiter takes loudness away, a little more gain brings it back
        limited = render.measure(_Shaping(gain_db, ceiling_dbtp))
        missing = target.lufs - (limited.integrated_lufs or target.lufs)
        if missing < _NEAR_LU:
            break
        gain_db += missing
    return _Shaping(gain_db, ceiling_dbtp), False


def _written(
    render: _Render, shaping: _Shaping, part: Path, path: Path, choice: Choice, target: Target | None
) -> tuple[int, Measured]:
    """Write the file, again with a lower ceiling where the encoder lifted a peak past it."""
    lossy = FORMATS[choice.container].lossy
    for attempt in range(1, _MOST_TRIES + 1):
        clipped, measured = _write_once(render, shaping, part, choice)
        if lossy:
            measured = _listened_to(part, path, render)
        if target is None or measured.true_peak_dbtp is None:
            break
        excess_db = measured.true_peak_dbtp - target.peak_dbtp
        if excess_db <= 0 or attempt == _MOST_TRIES:
            break
        ceiling_dbtp = target.peak_dbtp if shaping.ceiling_dbtp is None else shaping.ceiling_dbtp
        shaping = shaping._replace(ceiling_dbtp=ceiling_dbtp - excess_db - _MARGIN_DB)
    return clipped, measured


def _write_once(render: _Render, shaping: _Shaping, part: Path, choice: Choice) -> tuple[int, Measured]:
    meter = LoudnessMeter(choice.rate_hz, choice.channels)
    share = 0.7 if FORMATS[choice.container].lossy else 1.0
    with Encoder(part, choice) as encoder:
        for block in render.blocks(shaping, "Exporting", share):
            meter.add(encoder.write(block))
        meter.add(encoder.finish())
        return encoder.clipped, meter.measured()


def _listened_to(part: Path, path: Path, render: _Render) -> Measured:
    """What a decoder makes of the file, which is called `path` later; a file that cannot be read is not exported."""
    try:
        return _decoded(part, render)
    except StudioError as error:
        raise StudioError(
            "export-unreadable",
            f"{path.name} was not exported.",
            cause="What was written could not be read back; the sound may be too short for this format.",
            remedy="Export it as WAV or FLAC, or choose a longer stretch.",
        ) from error


def _decoded(part: Path, render: _Render) -> Measured:
    tell = render.progress.stage("Listening to the result", 0.9)
    with Decoder(part) as sound:
        meter = LoudnessMeter(sound.rate_hz, sound.channels)
        for block in sound.blocks():
            meter.add(block)
            tell(sound.fraction)
        return meter.measured()


def _sync(part: Path) -> None:
    with part.open("r+b") as file:
        os.fsync(file.fileno())


def _meets(measured: Measured, target: Target) -> bool:
    near = measured.integrated_lufs is not None and abs(measured.integrated_lufs - target.lufs) <= _TOLERANCE_LU
    return near and (measured.true_peak_dbtp is None or measured.true_peak_dbtp <= target.peak_dbtp + 0.005)


def _note(mixer: Mixer, measured: Measured, target: Target | None, passed: bool | None, clipped: int) -> str:
    said = [f"Missing sound is silent in it: {trouble.cause}" for trouble in mixer.troubles]
    if clipped:
        said.append(f"{clipped:,} samples were louder than the format can hold and were clipped.")
    if target is not None and passed is None:
        said.append("It is silent or too short to have a loudness, so its level was not changed.")
    if target is not None and passed is False:
        lufs = "no loudness" if measured.integrated_lufs is None else f"{measured.integrated_lufs:.1f} LUFS"
        peak = "no peak" if measured.true_peak_dbtp is None else f"{measured.true_peak_dbtp:.1f} dBTP"
        said.append(
            f"It is at {lufs} with a true peak of {peak}; "
            f"asked for were {target.lufs:.1f} LUFS and at most {target.peak_dbtp:.1f} dBTP."
        )
    return " ".join(said)
