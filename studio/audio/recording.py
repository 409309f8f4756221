"""Recording: the disk thread that empties the microphone's queue, and writes it into a take when there is one."""

import contextlib
import math
import os
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

import numpy as np
import soxr
from msgspec.structs import replace

from studio.audio import watchdog
from studio.audio.alignment import Alignment
from studio.audio.clock import KNOWN_WELL_S
from studio.audio.fifo import Fifo
from studio.audio.incident import Gap, Incidents
from studio.audio.playback import Moment
from studio.audio.state import Listener
from studio.audio.stream import Microphone
from studio.audio.watchdog import Alarms
from studio.errors import Explanation, StudioError
from studio.media.takes import Mark, MarkKind, TakeHeader, TakeWriter
from studio.media.wav import Frames
from studio.model.project import Media

_TICK_S: Final = 0.01
_IDLE_S: Final = 0.1
_REPORT_S: Final = 0.4
_SYNC_S: Final = 0.4
_PREROLL_S: Final = 1.0
_SMALLEST_GAP_S: Final = 0.004
_PUNCH_IN_S: Final = 4.0
_BLOCK: Final = 4800


class Recorder:
    """Empties the queue for as long as the microphone is open, so that a take may begin a moment in the past."""

    def __init__(
        self, microphone: Microphone, queue: Fifo, device_rate_hz: int, listener: Listener, alarms: Alarms
    ) -> None:
        self._microphone = microphone
        self._queue = queue
        self._incidents = Incidents(microphone)
        self._rate_hz = device_rate_hz
        self._listener = listener
        self._alarms = alarms
        self._lock = threading.Lock()
        self._ending = threading.Event()
        self._writer: TakeWriter | None = None
        self._block: Frames = np.zeros((_BLOCK, 2), np.float32)
        self._thread = threading.Thread(target=self._run, name="disk", daemon=True)
        self._thread.start()

    @property
    def recording(self) -> bool:
        """Whether a take is being written."""
        return self._writer is not None

    def begin(
        self,
        folder: Path,
        header: TakeHeader,
        first_s: Callable[[], float | None],
        *,
        fallback: Path | None = None,
        along: Moment | None = None,
        counted_s: float = 0.0,
    ) -> None:
        """Start a take whose first sample is the one that came in at `first_s()`, asked until it knows.

        Where `folder` cannot be written to, at the start or later, the take is in `fallback`.

        `along` is what is heard at that time. The clocks of both devices become known better while the take runs, and
        what is then found to be wrong with the first answer moves the start of the take in the end.

        `counted_s` is for how long beats are counted before, so that `first_s` cannot be known sooner.
        """
        warning = ""
        try:
            writer = TakeWriter(folder, header)
        except StudioError:
            if fallback is None:
                raise
            writer = TakeWriter(fallback, header)
            warning = self._say_elsewhere(folder, fallback)
        with self._lock:
            self._warning = warning
            self._fallback = fallback
            self._first_s: Callable[[], float | None] | None = first_s
            self._along = along
            self._patience_s = KNOWN_WELL_S if along is not None else 0.1
            self._alignment = Alignment(self._rate_hz)
            self._looked_at = (self._microphone.stamps.count, 0 if along is None else along.stamps.count)
            self._asked_s = time.monotonic()
            self._counted_s = counted_s
            self._asked_at = self._queue.written + round(counted_s * self._rate_hz)
            self._losses_seen = self._microphone.lost_times
            self._dropped = 0
            self._xruns = 0
            self._gaps = 0
            self._filled: list[tuple[int, int]] = []
            self._known_from = 0
            self._in = 0
            self._ratio = header.rate_hz / self._rate_hz
            self._resampler = (
                soxr.ResampleStream(self._rate_hz, header.rate_hz, header.channels, dtype="float32", quality="VHQ")
                if header.rate_hz != self._rate_hz
                else None
            )
            self._reported_s = self._synced_s = time.monotonic()
            self._low = math.inf
            self._suspect: int | None = None
            self._suspicion = ""
            self._writer = writer
        self._listener.take_started(writer)

    def finish(self, state: str = "complete", warning: str = "") -> None:
        """Write what is still in the queue and end the take."""
        with self._lock:
            writer = self._writer
            if writer is None:
                return
            try:
                self._mark_suspect(writer)
                if self._first_s is None:
                    self._look_for_incidents(writer)
                    self._fill(writer, self._incidents.settle(time.monotonic(), at_once=True))
                else:  # stopped so soon that its first sample is not known: nothing from before it was asked for
                    self._queue.skip(max(0, self._asked_at - self._queue.read))
                self._drain(writer, self._queue.written)
                if self._resampler is not None:
                    writer.write(
                        self._resampler.resample_chunk(np.zeros((0, writer.header.channels), np.float32), last=True)
                    )
            except OSError as error:
                warning = warning or self._cannot_write(error).sentence
            self._end(writer, state, warning)

    def interrupt(self, kind: MarkKind, note: str) -> None:
        """The stream is about to be closed or was found dead: whatever is missing until sound comes again is a gap."""
        with self._lock:
            if self._writer is not None and self._first_s is None:
                self._look_for_incidents(self._writer)
                for gap in self._incidents.interrupt(kind, self._queue.written, note):
                    self._fill(self._writer, gap)

    def suspect(self, seconds_back: float, note: str) -> None:
        """From so long ago on, another device than the chosen one may be heard, until `trust` or the end."""
        with self._lock:
            if self._writer is not None and self._first_s is None and self._suspect is None:
                self._suspect = max(0, self._at - round(seconds_back * self._writer.header.rate_hz))
                self._suspicion = note

    def trust(self) -> None:
        """The chosen device is heard again, or nothing: mark what was suspect."""
        with self._lock:
            if self._writer is not None:
                self._mark_suspect(self._writer)

    def _mark_suspect(self, writer: TakeWriter) -> None:
        if self._suspect is None:
            return
        stop = round((self._in + self._queue.available) * self._ratio)
        writer.mark(Mark(kind="device", at=self._suspect, length=max(0, stop - self._suspect), note=self._suspicion))
        self._suspect = None

    def close(self) -> None:
        """End the thread. A take that is still being written stays one that was interrupted."""
        self.finish("interrupted")
        self._ending.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._ending.wait(_TICK_S if self._writer is not None else _IDLE_S):
            with self._lock:
                writer = self._writer
                if writer is None:
                    self._queue.skip(max(0, self._queue.available - round(_PREROLL_S * self._rate_hz)))
                    continue
                try:
                    self._tick(writer, time.monotonic())
                except OSError as error:
                    self._end(writer, "complete", self._cannot_write(error).sentence)

    def _tick(self, writer: TakeWriter, now_s: float) -> None:
        if self._first_s is not None and not self._punched_in(now_s):
            return
        here = self._queue.written  # before the look: a dropout is noted before the block behind it can be read
        self._look_for_incidents(writer)
        self._drain(writer, here if self._incidents.open_at is None else self._incidents.open_at)
        self._fill(writer, self._incidents.settle(now_s))
        if now_s - self._synced_s >= _SYNC_S:
            writer.sync()
            writer = self._in_place(writer)
            self._synced_s = now_s
        if now_s - self._reported_s >= _REPORT_S:
            self._reported_s = now_s
            self._listener.take_progress(writer, self._dropped, self._gaps)
            self._look_at_clocks()
            self._look_at_disk(writer)

    def _punched_in(self, now_s: float) -> bool:
        """Throw away what was heard before the take begins; False until its first sample is here."""
        assert self._first_s is not None
        first_s = self._first_s()
        kept = round(_PREROLL_S * self._rate_hz)
        offset_s = self._microphone.stamps.offset_s(least_s=self._patience_s)
        if first_s is None or offset_s is None:
            if now_s - self._asked_s < _PUNCH_IN_S + self._counted_s:
                self._queue.skip(max(0, min(self._asked_at - kept, self._queue.written) - self._queue.read))
                return False
            first = self._asked_at
        else:
            first = round((first_s - offset_s) * self._rate_hz) - self._microphone.dropped
        if self._queue.written <= first:
            return False
        self._queue.skip(max(0, first - self._queue.read))
        self._first_s = None
        self._first_frame = self._queue.read + self._microphone.dropped
        self._epoch = self._microphone.stamps.epoch
        self._incidents.begin()
        return True

    def _look_for_incidents(self, writer: TakeWriter) -> None:
        for event in self._incidents.look(self._queue.read):
            if isinstance(event, Gap):
                self._fill(writer, event)
                continue
            self._xruns += 1
            place = round((self._in + event.at_queue - self._queue.read) * self._ratio)
            writer.mark(Mark(kind="xrun", at=place, note="the sound system reported a dropout"))
            self._alarms.raise_("dropped", watchdog.xruns(self._xruns), self._xruns)

    def _fill(self, writer: TakeWriter, gap: Gap | None) -> None:
        """Put silence where sound is missing."""
        if gap is None:
            return
        missing = round(gap.missing_s * self._rate_hz) if gap.missing_s > _SMALLEST_GAP_S else 0
        self._drain(writer, gap.at_queue)
        if missing or gap.kind != "gap":
            writer.mark(Mark(kind=gap.kind, at=self._at, length=round(missing * self._ratio), note=gap.note))
        self._put_silence(writer, missing)
        self._filled.append((gap.stamp, missing))
        self._gaps += missing > 0
        if gap.cut:
            writer.cut()

    @property
    def _at(self) -> int:
        return round(self._in * self._ratio)

    def _drain(self, writer: TakeWriter, until: int) -> None:
        """Write what is queued before frame `until` of the queue, with silence where the queue was too full."""
        while self._queue.read < until:
            stop = until
            if self._losses_seen < self._microphone.lost_times:
                place, frames = self._microphone.losses[self._losses_seen % len(self._microphone.losses)]
                if self._queue.read >= place:
                    self._losses_seen += 1
                    self._dropped += int(frames)
                    writer.mark(Mark(kind="dropped", at=self._at, length=round(int(frames) * self._ratio)))
                    self._put_silence(writer, int(frames))
                    self._alarms.raise_("dropped", watchdog.dropped(self._dropped), self._dropped)
                    continue
                stop = min(stop, int(place))
            block = self._block[: min(_BLOCK, stop - self._queue.read)]
            self._put(writer, block[: self._queue.read_into(block)])

    def _put(self, writer: TakeWriter, frames: Frames) -> None:
        self._in += len(frames)
        wanted = frames[:, : writer.header.channels]
        writer.write(
            wanted if self._resampler is None else self._resampler.resample_chunk(np.ascontiguousarray(wanted))
        )

    def _put_silence(self, writer: TakeWriter, frames: int) -> None:
        nothing = np.zeros((min(frames, 1 << 16), 2), np.float32)
        while frames > 0:
            self._put(writer, nothing[:frames])
            frames -= len(nothing)

    def _look_at_clocks(self) -> None:
        """Gather what the callbacks since the last look say of the clocks."""
        stamps, along = self._microphone.stamps, self._along
        if along is None or self._first_s is not None or along.place is None or stamps.epoch != self._epoch:
            return
        came_from, played_from = self._looked_at
        self._looked_at = (stamps.count, along.stamps.count)
        if self._alignment.knows_nothing:
            self._known_from = came_from
        jumped = stamps.jumped(came_from) or along.stamps.jumped(played_from)
        self._alignment.look(stamps.calm_rows(came_from), along.stamps.calm_rows(played_from), jumped=jumped)

    def _aligned(self, header: TakeHeader) -> TakeHeader:
        """The header with the start that the clocks speak for now."""
        along = self._along
        if along is None:
            return replace(header, start_is_sure=True)
        usual = along.stamps.usual_delay_s()
        apart_s = None if usual is None else self._alignment.apart_s(usual[0])
        if usual is None or apart_s is None or along.place is None or self._first_s is not None:
            return header
        # By a clock that is known only since a gap, the first frame came as much sooner as is missing there.
        first_frame = self._first_frame - sum(missing for stamp, missing in self._filled if stamp <= self._known_from)
        late = round((apart_s + (first_frame - along.place) / self._rate_hz) * header.rate_hz)
        is_sure = usual[1] and self._alignment.is_sure(usual[0])
        return replace(header, start=header.start + late, start_is_sure=is_sure)

    def _look_at_disk(self, writer: TakeWriter) -> None:
        try:
            disk = os.statvfs(writer.folder)
        except OSError:
            return
        free = disk.f_bavail * disk.f_frsize
        if not disk.f_blocks:
            return  # some network shares do not know their size: no false alarm
        left_s = free / (writer.header.rate_hz * writer.header.channels * 4)
        if free < watchdog.DISK_FLOOR_BYTES:
            self._end(writer, "complete", self._cannot_write(None).sentence)
        elif left_s < watchdog.DISK_ALARM_S <= self._low or left_s < watchdog.DISK_LOW_S <= self._low:
            self._low = left_s
            self._alarms.raise_("disk_low", watchdog.disk_low(left_s))

    def _cannot_write(self, error: OSError | None) -> Explanation:
        why = watchdog.disk_full("it is full" if error is None else error.strerror or str(error))
        self._alarms.raise_("disk_full", why)
        return why

    def _in_place(self, writer: TakeWriter) -> TakeWriter:
        """The writer, in the other folder where its own was deleted or pulled out."""
        fallback = self._fallback
        if fallback is None or writer.is_in_place:
            return writer
        self._fallback = None
        try:
            moved, gone = writer.moved_to(fallback)
        except StudioError as error:
            raise OSError(error.explanation.cause) from error
        self._in -= round(gone / self._ratio)
        self._warning = self._say_elsewhere(writer.folder, fallback)
        if self._writer is not None:
            self._writer = moved
        return moved

    def _say_elsewhere(self, wanted: Path, used: Path) -> str:
        why = watchdog.folder_lost(wanted, used)
        self._alarms.raise_("folder_lost", why)
        return f"{why.cause} {why.remedy}"

    def _end(self, writer: TakeWriter, state: str, warning: str) -> None:
        with contextlib.suppress(OSError):  # neither folder can be written to, and `close` says so
            writer = self._in_place(writer)
        warning = warning or self._warning
        self._writer = None
        self._look_at_clocks()
        writer.header = self._aligned(writer.header)
        segments: tuple[Media, ...] = ()
        try:
            segments = writer.close("interrupted" if state == "interrupted" else "complete")
        except OSError as error:
            warning = self._cannot_write(error).sentence
        for kind in ("dropped", "disk_low", "folder_lost"):
            self._alarms.clear(kind)
        self._listener.take_progress(writer, self._dropped, self._gaps)
        self._listener.take_finished(writer, segments, warning)
