"""One pass of an engine over a sound, chunk by chunk, which goes on where it was stopped.

A folder holds it: a WAV for each part that grows and can be played, the end of the last chunk that waits for the
next one, and `state.json`, which names what is finished. A chunk counts only once all of it is on the disk itself;
what a killed worker wrote beyond that is cut off again.
"""

import math
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Final

import msgspec
import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from studio.audio.chunks import Joiner, Parts, Span, at_rate, back_at, spans, unit_of
from studio.audio.stretch import Stretch
from studio.engines.base import Chunking, Effort, Report, Sound, Whole
from studio.errors import StudioError
from studio.media.disk import Disk
from studio.media.wav import HEADER_BYTES, Frames, WavWriter
from studio.workers.first_listen import Answer, Listening, listened
from studio.workers.ladder import climb_down, rungs
from studio.workers.shares import share

_STATE: Final = "state.json"
_LOWEST_HZ: Final = 8000
_HIGHEST_HZ: Final = 192000
_FLOOR_DB: Final = -200.0
_SURVEYING: Final = 0.02

Work = Callable[[Sound, int, Whole, Effort, Report], Parts]
"""Has an engine do one chunk: (sound, rate_hz, whole, effort, report) -> parts, all but a remainder."""


class Pass(Struct, frozen=True, kw_only=True):
    """What is to be made: a part of each name. With `remainder`, the last one is what the others leave of the sound.

    `learn` is asked once, before the first chunk, for what `Whole.noise` is to be at a rate; `first` is what listens
    to a sound of several chunks before, for `Whole.heard`.
    """

    names: tuple[str, ...]
    remainder: bool
    chunking: Chunking
    efforts: tuple[Effort, ...]
    work: Work
    learn: Callable[[int], tuple[float, ...]] | None = None
    first: Listening | None = None


class State(Struct, frozen=True, kw_only=True):
    """How far a pass is: so many chunks listened to, so many made, and so many frames of every part."""

    whole: Whole | None = None
    listened: int = 0
    chunks: int = 0
    frames: int = 0
    rung: int = 0
    notes: tuple[str, ...] = ()


class Done(Struct, frozen=True, kw_only=True):
    """The finished parts in their files, what to tell the person, and how much was found finished, 0 to 1."""

    paths: tuple[Path, ...]
    notes: tuple[str, ...]
    resumed: float


def run(
    wanted: Pass,
    sound: Stretch,
    folder: Path,
    report: Report,
    *,
    grew: Callable[[int], None] = lambda _frames: None,
    loading: Callable[[], None] = lambda: None,
) -> Done:
    """Do a pass, or the rest of one that was begun in `folder`.

    `grew` is told how many frames of each part are there, whenever there are more; `loading` is called before an
    engine may have to load a model.
    """
    folder.mkdir(parents=True, exist_ok=True)
    at_hz = wanted.chunking.rate_hz or min(max(sound.rate_hz, _LOWEST_HZ), _HIGHEST_HZ)
    plan = _plan(wanted.chunking, sound, at_hz)
    state = _state(folder, wanted, sound, plan)
    whole = state.whole or _survey(sound, lambda part, stage: report(_SURVEYING * part, stage))
    if state.whole is None and wanted.learn is not None:
        whole = replace(whole, noise=wanted.learn(at_hz))
    if state.whole is None:
        state = replace(state, whole=whole)
        _keep(folder, state)

    def chunk_at(index: int) -> Frames:
        span = plan[index]
        return at_rate(sound.read, sound.length, span.start, span.stop, sound.rate_hz, at_hz)

    loading()
    if wanted.first is not None and not state.chunks:
        state = _listened(wanted.first, state, whole, len(plan), chunk_at, at_hz, folder, share(report, _SURVEYING, 1))
    whole = state.whole or whole
    making = share(report, _begun(state.listened, len(plan)), 1.0)
    found = state.chunks / len(plan)
    ways = rungs(wanted.chunking, wanted.efforts)
    made_parts = len(wanted.names) - wanted.remainder
    with ExitStack() as opened:
        wavs = [opened.enter_context(_writer(path, sound, state.frames)) for path in _paths(folder, wanted.names)]
        joiner = Joiner(made_parts, sound.channels, _tail(folder, state.chunks, made_parts, sound.channels))
        if state.frames:
            grew(state.frames)
        for index in range(state.chunks, len(plan)):
            span = plan[index]

            def told(fraction: float, stage: str, index: int = index) -> None:
                making((index + fraction) / len(plan), stage)

            told(0.0, "Reading")
            made, rung = _made(wanted, chunk_at(index), at_hz, whole, state.rung, made_parts, told)
            ready = joiner.add(span, back_at(made, at_hz, sound.rate_hz, span.stop - span.start))
            for wav, part in zip(wavs, _with_remainder(ready, wanted, sound, state.frames), strict=True):
                wav.write(part)
                wav.sync()
            state = replace(state, chunks=index + 1, frames=state.frames + ready.shape[1], rung=rung)
            if rung and (note := f"Memory ran out, so it was done {ways[rung].words}.") not in state.notes:
                state = replace(state, notes=(*state.notes, note))
            _keep(folder, state, joiner.tail)
            grew(state.frames)
            told(1.0, "Writing")
    return Done(paths=_paths(folder, wanted.names), notes=state.notes, resumed=found)


def _plan(chunking: Chunking, sound: Stretch, at_hz: int) -> tuple[Span, ...]:
    chunk, overlap = (round(length_s * sound.rate_hz) for length_s in (chunking.chunk_s, chunking.overlap_s))
    return spans(sound.length, chunk, overlap, unit_of(sound.rate_hz, at_hz))


def _listened(
    first: Listening,
    state: State,
    whole: Whole,
    chunks: int,
    read: Callable[[int], Frames],
    at_hz: int,
    folder: Path,
    report: Report,
) -> State:
    """How far it is once the sound was listened to; each chunk that was counts at once."""

    def reached(answer: Answer) -> State:
        return replace(state, whole=replace(whole, heard=answer.heard), listened=answer.chunks)

    begun = Answer(chunks=state.listened, heard=whole.heard)
    return reached(
        listened(first, begun, chunks, read, at_hz, report, keep=lambda answer: _keep(folder, reached(answer)))
    )


def _begun(listened: int, chunks: int) -> float:
    """How far the work is when the first chunk begins; to listen to one costs about as much as to make one."""
    return _SURVEYING + (1 - _SURVEYING) * listened / (listened + chunks)


def _made(
    wanted: Pass, chunk: Frames, at_hz: int, whole: Whole, rung: int, parts: int, report: Report
) -> tuple[Parts, int]:
    """What an engine makes of a chunk. Silence is not worth asking for, and some divide by its level."""
    if not chunk.any():
        return np.zeros((parts, *chunk.shape), np.float32), rung

    def call(piece: Sound, effort: Effort, told: Report) -> Parts:
        made = np.asarray(wanted.work(piece, at_hz, whole, effort, told), np.float32)
        if made.shape != (parts, *piece.shape) or not np.isfinite(made).all():
            raise StudioError(
                "engine.nonsense",
                "The sound was not made.",
                cause="The engine gave something that is no sound of the right length.",
                remedy="Choose another engine, and tell whoever made this one.",
            )
        return made

    ways = rungs(wanted.chunking, wanted.efforts)
    return climb_down(ways, min(rung, len(ways) - 1), chunk, wanted.chunking, at_hz, call, report)


def _with_remainder(ready: Parts, wanted: Pass, sound: Stretch, at: int) -> list[Frames]:
    parts = list(ready)
    if wanted.remainder:
        parts.append(sound.read(at, at + ready.shape[1]) - ready.sum(axis=0, dtype=np.float64).astype(np.float32))
    return parts


def _survey(sound: Stretch, report: Report) -> Whole:
    """Look over the entire sound once."""
    total = squares = middle = sides = peak = 0.0
    for first, last in sound.blocks():
        report(first / sound.length, "Listening")
        frames = sound.read(first, last).astype(np.float64)
        mean = frames.mean(axis=1)
        side = (frames[:, 0] - frames[:, -1]) / 2
        total += float(mean.sum())
        squares += float(mean @ mean)
        middle += float(np.square(frames[:, 0] + frames[:, -1]).sum()) / 4
        sides += float(side @ side)
        peak = max(peak, float(np.abs(frames).max()))
    mean_level = total / sound.length
    return Whole(
        length_s=sound.length / sound.rate_hz,
        mean=mean_level,
        std=math.sqrt(max(0.0, squares / sound.length - mean_level**2)),
        peak=peak,
        side_db=10 * math.log10(sides / max(middle, 1e-20)) if sides > 1e-20 * sound.length else _FLOOR_DB,
    )


def _state(folder: Path, wanted: Pass, sound: Stretch, plan: tuple[Span, ...]) -> State:
    """How far an earlier run came, from the beginning where what it left does not fit together."""
    try:
        state = msgspec.json.decode((folder / _STATE).read_bytes(), type=State)
    except (OSError, msgspec.DecodeError):
        return State()
    if not state.chunks:
        return state
    tail = plan[state.chunks - 1].fade_out if state.chunks <= len(plan) else -1
    tail_bytes = 4 * tail * sound.channels * (len(wanted.names) - wanted.remainder)
    fits = _size(_tail_path(folder, state.chunks)) == tail_bytes and all(
        _size(path) >= HEADER_BYTES + 4 * state.frames * sound.channels for path in _paths(folder, wanted.names)
    )
    return state if fits else State(whole=state.whole, listened=state.listened)


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return -1


def _keep(folder: Path, state: State, tail: Parts | None = None) -> None:
    """Put on the disk what was reached; the tail first, since the state names it."""
    disk = Disk()
    if tail is not None:
        disk.write_whole(_tail_path(folder, state.chunks), np.ascontiguousarray(tail, "<f4").tobytes())
    disk.write_whole(folder / _STATE, msgspec.json.encode(state))
    disk.sync_folder(folder)
    for old in folder.glob("*.tail"):
        if old != _tail_path(folder, state.chunks):
            old.unlink(missing_ok=True)


def _tail(folder: Path, chunks: int, parts: int, channels: int) -> Parts | None:
    if not chunks:
        return None
    flat = np.fromfile(_tail_path(folder, chunks), "<f4")
    return flat.reshape(parts, -1, channels)


def _tail_path(folder: Path, chunks: int) -> Path:
    return folder / f"{chunks}.tail"


def _paths(folder: Path, names: tuple[str, ...]) -> tuple[Path, ...]:
    return tuple(folder / f"{name}.wav" for name in names)


def _writer(path: Path, sound: Stretch, frames: int) -> WavWriter:
    if frames:
        return WavWriter.resume(path, sound.rate_hz, sound.channels, frames)
    path.unlink(missing_ok=True)
    return WavWriter(path, sound.rate_hz, sound.channels)
