"""Recordings in progress: written so that at no moment anything but the last block can be lost, and found again.

A take is a folder below `takes/`: `take.json`, which is on the disk before the first sample; segments `000.wav`,
`001.wav` … of float32, readable at any moment; `take.events`, one checked line for each gap, dropout or change of
device. Nothing here ever deletes a take.
"""

import os
import zlib
from hashlib import blake2b
from pathlib import Path
from typing import Final, Literal

import msgspec
from msgspec import Struct

from studio.errors import StudioError
from studio.media.wav import Frames, MappedWav, WavWriter
from studio.model.project import Media, MediaId

TakeState = Literal["recording", "interrupted", "complete", "recovered"]
MarkKind = Literal["xrun", "gap", "device", "dropped"]

SEGMENT_BYTES: Final = 1 << 30
SEGMENT_S: Final = 30 * 60
_SAMPLE_BYTES: Final = 4
_HEADER_PADDED: Final = 2048
_HASHED_FRAMES: Final = 1 << 18


class TakeHeader(Struct, frozen=True, kw_only=True):
    """What `take.json` says: where the take belongs, who writes it, and how far that has come.

    `start` is where its first sample lies on the timeline, in samples of `rate_hz`; `start_is_sure` once that was
    judged over the whole take, by clocks that ran evenly; it may then be a little before the timeline begins. Where
    `loop_stop` > `loop_start` the take went round and round between those two, and `start` is counted on past the end.
    `writer_pid` with `writer_began` names one process of one boot for ever.
    """

    take: str
    track: str
    start: int
    rate_hz: int
    channels: int
    loop_start: int = 0
    loop_stop: int = 0
    start_is_sure: bool = False
    device: str = ""
    began: str = ""
    state: TakeState = "recording"
    writer_pid: int = 0
    writer_began: str = ""
    format: int = 1


class Mark(Struct, frozen=True, kw_only=True):
    """Something that happened while recording: `length` frames of the take from frame `at` on.

    "gap": no sound came, and silence stands in for it. "dropped": sound came and was lost here. "device": another
    device than the chosen one may have been heard. "xrun": the sound system reported that it lost something.
    """

    kind: MarkKind
    at: int
    length: int = 0
    note: str = ""


class RecoveredTake(Struct, frozen=True, kw_only=True):
    """A take whose writer did not finish it, as far as it got. Its segments are media, in order and abutting."""

    take: str
    folder: str
    track: str
    start: int
    rate_hz: int
    channels: int
    device: str
    began: str
    segments: tuple[Media, ...]
    marks: tuple[Mark, ...]
    loop_start: int = 0
    loop_stop: int = 0

    @property
    def length(self) -> int:
        """Frames in all segments."""
        return sum(segment.length for segment in self.segments)


class TakeWriter:
    """Writes one take. Used by one thread.

    An `OSError` (a full disk) leaves everything accepted before readable; `close` may still be called.
    """

    def __init__(
        self, folder: Path, header: TakeHeader, *, segment_bytes: int = SEGMENT_BYTES, segment_s: float = SEGMENT_S
    ) -> None:
        self.folder = folder
        self.header = msgspec.structs.replace(
            header, state="recording", writer_pid=os.getpid(), writer_began=began(os.getpid()) or ""
        )
        self.length = 0
        self.synced = 0
        self.marks: list[Mark] = []
        bytes_a_frame = header.channels * _SAMPLE_BYTES
        self._most = max(1, min(segment_bytes // bytes_a_frame, round(segment_s * header.rate_hz)))
        self._done: list[Media] = []
        try:
            folder.mkdir(parents=True)
            _write_header(folder, self.header)
            self._events = os.open(folder / "take.events", os.O_CREAT | os.O_WRONLY | os.O_APPEND | os.O_CLOEXEC, 0o644)
        except OSError as error:
            raise _cannot_write(folder, error) from error
        try:
            self._open_segment()
            _sync_folder(folder)
        except OSError as error:
            os.close(self._events)
            raise _cannot_write(folder, error) from error

    def write(self, block: Frames) -> None:
        """Append frames, shape (n, channels)."""
        while len(block):
            room = self._most - self._wav.length
            if not room:
                self._next_segment()
                continue
            part = block[:room]
            self._wav.write(part)
            self._hash.update(part.astype("<f4", order="C").data)
            self.length += len(part)
            block = block[room:]

    def mark(self, mark: Mark) -> None:
        """Note what happened. On the disk with the next `sync`."""
        self.marks.append(mark)
        os.write(self._events, _line(mark))

    def cut(self) -> None:
        """Go on in a new segment, where there is something in this one."""
        if self._wav.length:
            self._next_segment()

    def sync(self) -> None:
        """Return once everything written so far survives a power cut."""
        self._wav.sync()
        os.fsync(self._events)
        self.synced = self.length

    def close(self, state: TakeState = "complete") -> tuple[Media, ...]:
        """End the take and return its segments; those without a sample are left out."""
        try:
            self.sync()
        except OSError:  # what was accepted is in the files, and the header is true
            self.synced = self.length
        self._finish_segment()
        os.close(self._events)
        self.header = msgspec.structs.replace(self.header, state=state)
        _write_header(self.folder, self.header)
        return tuple(self._done)

    @property
    def is_in_place(self) -> bool:
        """Whether the take is still where it was begun; a folder may be deleted, a drive pulled out."""
        return self._wav.is_in_place

    def moved_to(self, folder: Path) -> tuple["TakeWriter", int]:
        """Go on in another folder: return the writer there, and how many frames were too early to be brought along.

        The segment that is being written can still be read, whatever became of its name; those before it stay where
        they were. The new take begins so much later.
        """
        gone = self.length - self._wav.length
        moved = TakeWriter(folder, msgspec.structs.replace(self.header, start=self.header.start + gone))
        for start in range(0, self._wav.length, _HASHED_FRAMES):
            moved.write(self._wav.read(start, _HASHED_FRAMES))
        for mark in self.marks:
            if mark.at >= gone:
                moved.mark(msgspec.structs.replace(mark, at=mark.at - gone))
        moved.sync()
        self._wav.close()
        os.close(self._events)
        return moved, gone

    def _open_segment(self) -> None:
        self._wav = WavWriter(self._path(len(self._done)), self.header.rate_hz, self.header.channels)
        self._hash = blake2b()

    def _next_segment(self) -> None:
        self._wav.sync()
        self._finish_segment()
        self._open_segment()
        _sync_folder(self.folder)

    def _finish_segment(self) -> None:
        length = self._wav.length
        self._wav.close()
        if length:
            self._hash.update(f"{self.header.rate_hz}/{self.header.channels}".encode())
            content = MediaId("m" + self._hash.hexdigest()[:20])
            self._done.append(_medium(self.header, self.folder, len(self._done), content, length))

    def _path(self, number: int) -> Path:
        return self.folder / f"{number:03}.wav"


def recover(project_dir: Path, *, also_complete: bool = False) -> tuple[RecoveredTake, ...]:
    """Return the takes of a project that nobody finished and nobody writes any more, oldest first.

    With `also_complete` those too that were finished without ever being marked as safe: the worker wrote its last
    block, and the desktop died before it heard of that.

    Reads only: it may be killed at any point and run again. The length is that of the files, whatever the headers
    say. Say `mark_recovered` once the take is safe in the project's journal.
    """
    folder = project_dir / "takes"
    if not folder.is_dir():
        return ()
    found = (_recovered(take, also_complete) for take in sorted(folder.iterdir()) if take.is_dir())
    return tuple(take for take in found if take is not None and take.segments)


def mark_recovered(project_dir: Path, take: str) -> None:
    """Note that a take is in the project's journal now: it will not be offered again."""
    folder = project_dir / "takes" / take
    header = read_header(folder) or _unknown(folder)
    _write_header(folder, msgspec.structs.replace(header, state="recovered"))


def read_header(folder: Path) -> TakeHeader | None:
    """Return what `take.json` says, or None where it is missing or broken."""
    try:
        return msgspec.json.decode((folder / "take.json").read_bytes(), type=TakeHeader)
    except (OSError, msgspec.MsgspecError):
        return None


def read_marks(folder: Path) -> tuple[Mark, ...]:
    """Return what was noted while recording, as far as the lines are whole."""
    marks = []
    try:
        lines = (folder / "take.events").read_bytes().splitlines()
    except OSError:
        return ()
    for line in lines:
        checksum, _, body = line.partition(b" ")
        if checksum == f"{zlib.crc32(body):08x}".encode():
            marks.append(msgspec.json.decode(body, type=Mark))
    return tuple(marks)


def is_recording(project_dir: Path) -> bool:
    """Whether some process is writing a take into this project right now."""
    folder = project_dir / "takes"
    headers = [read_header(take) for take in folder.iterdir()] if folder.is_dir() else []
    return any(
        header.state == "recording" and header.writer_pid > 0 and began(header.writer_pid) == header.writer_began
        for header in headers
        if header is not None
    )


def _recovered(folder: Path, also_complete: bool) -> RecoveredTake | None:
    header = read_header(folder) or _unknown(folder)
    if header.state == "recovered" or (header.state == "complete" and not also_complete):
        return None
    if header.state == "recording" and header.writer_pid and began(header.writer_pid) == header.writer_began:
        return None
    segments = []
    for number, path in enumerate(sorted(folder.glob("[0-9][0-9][0-9].wav"))):
        try:
            sound = MappedWav.open(path)
        except StudioError:  # killed while the header was being written: there is no sample behind it
            continue
        if sound.length:
            at = int(path.stem) if path.stem.isdigit() else number
            segments.append(_medium(header, folder, at, _content_id(sound), sound.length))
    return RecoveredTake(
        take=folder.name,
        folder=str(folder),
        track=header.track,
        start=header.start,
        rate_hz=segments[0].rate_hz if segments else header.rate_hz,
        channels=segments[0].channels if segments else header.channels,
        device=header.device,
        began=header.began,
        segments=tuple(segments),
        marks=read_marks(folder),
        loop_start=header.loop_start,
        loop_stop=header.loop_stop,
    )


def _unknown(folder: Path) -> TakeHeader:
    return TakeHeader(take=folder.name, track="", start=0, rate_hz=48000, channels=1, state="interrupted")


def _content_id(sound: MappedWav) -> MediaId:
    digest = blake2b()
    for start in range(0, sound.length, _HASHED_FRAMES):
        digest.update(sound.frames[start : start + _HASHED_FRAMES].astype("<f4", order="C").data)
    digest.update(f"{sound.rate_hz}/{sound.channels}".encode())
    return MediaId("m" + digest.hexdigest()[:20])


def _medium(header: TakeHeader, folder: Path, number: int, id: MediaId, length: int) -> Media:
    return Media(
        id=id,
        name=folder.name if not number else f"{folder.name}, part {number + 1}",
        file=f"takes/{folder.name}/{number:03}.wav",
        rate_hz=header.rate_hz,
        channels=header.channels,
        length=length,
    )


def _line(mark: Mark) -> bytes:
    body = msgspec.json.encode(mark)
    return b"%08x %s\n" % (zlib.crc32(body), body)


def _write_header(folder: Path, header: TakeHeader) -> None:
    """Replace `take.json` as a whole; on a full disk write it over in place, where it already has its room."""
    text = msgspec.json.format(msgspec.json.encode(header)).ljust(_HEADER_PADDED)
    path, part = folder / "take.json", folder / "take.json.part"
    try:
        with part.open("wb") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
        _sync_folder(folder)
    except OSError:
        part.unlink(missing_ok=True)
        if not path.exists():
            raise
        with path.open("r+b") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def began(pid: int) -> str | None:
    """Which boot a process belongs to and when in it it was started; None when there is no such process."""
    try:
        after_name = Path(f"/proc/{pid}/stat").read_bytes().rpartition(b") ")[2].split()
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return None
    return None if after_name[0] in (b"Z", b"X") else f"{boot} {after_name[19].decode()}"


def _cannot_write(folder: Path, error: OSError) -> StudioError:
    return StudioError(
        "take.folder",
        "The recording did not start.",
        cause=f"{folder.parent} cannot be written to: {error.strerror or error}.",
        remedy="Save the project in a folder of your own with free space, then record again.",
    )
