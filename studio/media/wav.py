"""Finished sound as files: float32 WAV that every process maps and any other program can open at any moment.

The writer leaves a header that is true after every block, with a `JUNK` chunk that becomes `ds64` (RF64, EBU Tech
3306) once the file outgrows 4 GiB. The reader trusts the file's length before its header, so a recording whose
writer was killed is whole.
"""

import os
import struct
from io import FileIO
from pathlib import Path
from types import TracebackType
from typing import Final, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from studio.errors import StudioError

HEADER_BYTES: Final = 80
Frames = NDArray[np.float32]
"""Sound of any number of channels, shape (frames, channels), 0 dBFS at ±1."""

_UNKNOWN: Final = 0xFFFFFFFF
_FLOAT: Final = 3
_EXTENSIBLE: Final = 0xFFFE
_SAMPLE_BYTES: Final = 4
_MOST_CHUNKS: Final = 1000


def header(data_bytes: int, rate_hz: int, channels: int) -> bytes:
    """Return the 80 bytes before the samples of a float32 WAV, or RF64 where the sizes no longer fit in 32 bits."""
    frame_bytes = channels * _SAMPLE_BYTES
    riff_bytes = HEADER_BYTES - 8 + data_bytes
    large = riff_bytes >= _UNKNOWN
    sizes = struct.pack("<QQQI", riff_bytes, data_bytes, data_bytes // frame_bytes, 0) if large else bytes(28)
    return b"".join(
        (
            struct.pack("<4sI4s", b"RF64" if large else b"RIFF", _UNKNOWN if large else riff_bytes, b"WAVE"),
            struct.pack("<4sI28s", b"ds64" if large else b"JUNK", 28, sizes),
            struct.pack("<4sI", b"fmt ", 16),
            struct.pack("<HHIIHH", _FLOAT, channels, rate_hz, rate_hz * frame_bytes, frame_bytes, 32),
            struct.pack("<4sI", b"data", _UNKNOWN if large else data_bytes),
        )
    )


class WavWriter:
    """Writes a new float32 WAV, block after block; after each the header is true. Refuses to overwrite a file.

    An `OSError` (a full disk) leaves everything of the earlier blocks readable, and `write` may be called again.
    """

    def __init__(self, path: Path, rate_hz: int, channels: int) -> None:
        if rate_hz <= 0 or not 1 <= channels <= 0xFFFF // _SAMPLE_BYTES:
            raise ValueError(f"not a sound: {rate_hz} Hz, {channels} channels")
        self.path = path
        self.rate_hz = rate_hz
        self.channels = channels
        self._frame_bytes = channels * _SAMPLE_BYTES
        self._data_bytes = 0
        self._file = FileIO(os.fspath(path), "xb+")
        try:
            self._write_at(0, memoryview(header(0, rate_hz, channels)))
        except OSError:
            self._file.close()
            raise

    @classmethod
    def resume(cls, path: Path, rate_hz: int, channels: int, frames: int) -> Self:
        """Go on with a file that such a writer began, after its first `frames`; `ValueError` where it has fewer."""
        writer = cls.__new__(cls)
        writer.path, writer.rate_hz, writer.channels = path, rate_hz, channels
        writer._frame_bytes = channels * _SAMPLE_BYTES
        writer._data_bytes = frames * writer._frame_bytes
        writer._file = FileIO(os.fspath(path), "rb+")
        try:
            if os.fstat(writer._file.fileno()).st_size < HEADER_BYTES + writer._data_bytes:
                raise ValueError(f"{path} holds less than {frames} frames")
            writer._write_at(0, memoryview(header(writer._data_bytes, rate_hz, channels)))
            os.ftruncate(writer._file.fileno(), HEADER_BYTES + writer._data_bytes)
        except BaseException:
            writer._file.close()
            raise
        return writer

    @property
    def length(self) -> int:
        """Frames in the file so far."""
        return self._data_bytes // self._frame_bytes

    def write(self, block: Frames) -> None:
        """Append frames, shape (n, channels)."""
        if block.ndim != 2 or block.shape[1] != self.channels:
            raise ValueError(f"a block of shape {block.shape} in a file of {self.channels} channels")
        if not block.size:
            return
        raw = np.ascontiguousarray(block, "<f4").reshape(-1).view(np.uint8).data
        self._write_at(HEADER_BYTES + self._data_bytes, raw)
        self._data_bytes += len(raw)
        self._write_at(0, memoryview(header(self._data_bytes, self.rate_hz, self.channels)))

    @property
    def is_in_place(self) -> bool:
        """Whether the file that is being written is still the one of this name."""
        try:
            there, ours = os.stat(self.path), os.fstat(self._file.fileno())
        except OSError:
            return False
        return (there.st_dev, there.st_ino) == (ours.st_dev, ours.st_ino)

    def read(self, start: int, frames: int) -> Frames:
        """Return what was written from frame `start` on, also where the file has lost its name."""
        offset = HEADER_BYTES + start * self._frame_bytes
        raw = os.pread(self._file.fileno(), min(frames, self.length - start) * self._frame_bytes, offset)
        return np.frombuffer(raw, "<f4").reshape(-1, self.channels)

    def sync(self) -> None:
        """Return once everything written is on the disk itself."""
        os.fsync(self._file.fileno())

    def close(self) -> None:
        """Let go of the file. Not synced: call `sync` first where the sound must survive a power cut."""
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _write_at(self, offset: int, raw: memoryview) -> None:
        self._file.seek(offset)
        while raw:  # a raw file may take less than it is given, a nearly full disk does
            raw = raw[self._file.write(raw) :]


class MappedWav:
    """A float32 WAV mapped into memory, read-only. Costs address space, not memory; freed with its last array."""

    def __init__(self, frames: Frames, rate_hz: int) -> None:
        self.frames = frames
        self.rate_hz = rate_hz

    @property
    def length(self) -> int:
        """Frames in the file."""
        return len(self.frames)

    @property
    def channels(self) -> int:
        """1 for mono, 2 for stereo, and so on."""
        return int(self.frames.shape[1])

    @classmethod
    def open(cls, path: Path) -> Self:
        """Map a file; a `StudioError` says why when it is missing, broken or not float32."""
        layout = read_layout(path)
        if not layout.length:
            return cls(np.zeros((0, layout.channels), np.float32), layout.rate_hz)
        shape = (layout.length, layout.channels)
        try:
            mapped = np.memmap(path, "<f4", "r", offset=layout.offset, shape=shape)
        except OSError as error:
            raise _unreadable(path, error) from error
        return cls(np.asarray(mapped), layout.rate_hz)  # a plain array: slicing np.memmap costs 10 times as much


class Layout(NamedTuple):
    """Where the samples of a WAV lie: `length` whole frames of float32 from byte `offset` on."""

    rate_hz: int
    channels: int
    offset: int
    length: int


def read_layout(path: Path) -> Layout:
    """Find the samples of a float32 WAV, by the file's length where the header is behind, unset or lying."""
    try:
        with path.open("rb") as file:
            return _layout(file.fileno(), os.fstat(file.fileno()).st_size, path)
    except OSError as error:
        raise _unreadable(path, error) from error


def _layout(fd: int, size: int, path: Path) -> Layout:
    start = _read(fd, 0, 12)
    if start[:4] not in (b"RIFF", b"RF64") or start[8:12] != b"WAVE":
        raise _not_ours(path, "It is not a WAV file.")
    format_chunk: bytes | None = None
    data: tuple[int, int] | None = None
    large_data_bytes = 0
    at = 12
    for _ in range(_MOST_CHUNKS):
        if at + 8 > size:
            break
        name, declared = struct.unpack("<4sI", _read(fd, at, 8))
        body = at + 8
        if name == b"ds64" and declared >= 16:
            large_data_bytes = struct.unpack("<Q", _read(fd, body + 8, 8))[0]
        elif name == b"fmt " and declared >= 16:
            format_chunk = _read(fd, body, min(declared, 40))
        elif name == b"data" and data is None:
            declared = large_data_bytes if declared == _UNKNOWN and large_data_bytes else declared
            told_truth = _only_chunks_from(fd, body + declared + declared % 2, size)
            data = (body, min(declared, size - body) if told_truth else size - body)
            if not told_truth:
                break
        at = body + declared + declared % 2
    if format_chunk is None or data is None:
        raise _not_ours(path, "Its header has no description of the sound.")
    rate_hz, channels = _float_format(format_chunk, path)
    offset, data_bytes = data
    return Layout(rate_hz, channels, offset, data_bytes // (channels * _SAMPLE_BYTES))


def _read(fd: int, at: int, count: int) -> bytes:
    os.lseek(fd, at, os.SEEK_SET)
    return os.read(fd, count).ljust(count, b"\0")


def _only_chunks_from(fd: int, at: int, size: int) -> bool:
    """Whether well-formed chunks, or nothing, fill the file from `at` to its end: then the header told the truth."""
    for _ in range(_MOST_CHUNKS):
        if at >= size:
            break
        name, declared = struct.unpack("<4sI", _read(fd, at, 8))
        if not all(0x20 <= letter < 0x7F for letter in name):
            return False
        at += 8 + declared + declared % 2
    return at == size


def _float_format(chunk: bytes, path: Path) -> tuple[int, int]:
    kind, channels, rate_hz, _bytes_per_s, frame_bytes, bits = struct.unpack("<HHIIHH", chunk[:16].ljust(16, b"\0"))
    if kind == _EXTENSIBLE and len(chunk) >= 26:
        kind = struct.unpack("<H", chunk[24:26])[0]
    if kind != _FLOAT or bits != 8 * _SAMPLE_BYTES:
        raise _not_ours(path, f"Its samples are {bits}-bit {'floats' if kind == _FLOAT else 'whole numbers'}.")
    if not channels or not rate_hz or frame_bytes != channels * _SAMPLE_BYTES:
        raise _not_ours(path, "Its header contradicts itself.")
    return rate_hz, channels


def _not_ours(path: Path, cause: str) -> StudioError:
    return StudioError(
        "media-format",
        f"{path.name} cannot be used as it is.",
        cause=cause,
        remedy="Import the file; the studio then makes a copy that it can use.",
    )


def _unreadable(path: Path, error: OSError) -> StudioError:
    if isinstance(error, FileNotFoundError):
        return StudioError(
            "media-missing",
            f"{path.name} was not found.",
            cause=f"There is no such file in {path.parent}.",
            remedy="Find it with “Find missing sound…”, or put it back.",
        )
    return StudioError(
        "media-unreadable",
        f"{path.name} could not be read.",
        cause=f"The system says: {error.strerror or error}.",
        remedy="Check the disk and the permissions of the file, then try again.",
    )
