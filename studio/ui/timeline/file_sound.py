"""Sound for pictures, from the files of a project: peaks when zoomed out, the mapped samples when zoomed in."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QTimer, Signal

from studio.errors import StudioError
from studio.media.peaks import BASE, FACTOR, Columns, Peaks, columns_of
from studio.media.wav import MappedWav
from studio.model.project import Media, MediaId, Project
from studio.protocol.common import JobId
from studio.session.jobs import JobRow, Jobs
from studio.session.pictures import peaks_path
from studio.ui.timeline.sound import Loading, Missing, Sound
from studio.ui.timeline.wave import joined

_LOOK_AGAIN_S: Final = 2.0


class FileSound:
    """A medium whose peaks are there."""

    def __init__(self, peaks: Peaks, wav: MappedWav) -> None:
        self._peaks = peaks
        self._wav = wav
        self.channels = min(peaks.channels, wav.channels)

    def columns(self, channel: int | None, start: float, samples_per_column: float, count: int) -> Columns:
        """Columns of a picture: exact below 256 samples a column, above it off by less than a column."""
        if samples_per_column < BASE:
            return joined(columns_of(self._wav.frames, start, samples_per_column, count, channel))
        return quick_columns(self._peaks, start, samples_per_column, count, channel)

    def samples(self, channel: int, start: int, stop: int) -> NDArray[np.float32]:
        """The samples themselves."""
        return self._wav.frames[max(start, 0) : max(stop, 0), channel]


def quick_columns(peaks: Peaks, start: float, samples_per_column: float, count: int, channel: int | None) -> Columns:
    """Columns from the one level of the pyramid that has between one and four bins a column.

    `Peaks.columns` is exact and takes a millisecond; this takes a tenth of it, for pictures that are painted while
    a person zooms.
    """
    depth, bin_samples = 0, BASE
    while depth + 1 < len(peaks.levels) and bin_samples * FACTOR <= samples_per_column:
        depth, bin_samples = depth + 1, bin_samples * FACTOR
    level = peaks.levels[depth]
    edges = np.floor((start + np.arange(count + 1) * samples_per_column) / bin_samples).astype(np.int64)
    out = np.zeros((count, 3), np.float32)
    first, last = np.searchsorted(edges[:-1], [0, len(level)])
    if first >= last:
        return out
    begin, end = int(edges[first]), min(max(int(edges[last]), int(edges[last - 1]) + 1), len(level))
    bins = level[begin:end] if channel is None else level[begin:end, channel : channel + 1]
    cuts = edges[first:last] - begin
    lengths = np.diff(np.append(cuts, end - begin))
    if bins.shape[1] == 1:
        low, high, rms = bins[:, 0, 0], bins[:, 0, 1], bins[:, 0, 2]
        energy = rms * rms
    else:
        low, high = bins[:, :, 0].min(axis=1), bins[:, :, 1].max(axis=1)
        energy = np.square(bins[:, :, 2]).mean(axis=1)
    out[first:last, 0] = np.minimum.reduceat(low, cuts)
    out[first:last, 1] = np.maximum.reduceat(high, cuts)
    out[first:last, 2] = np.sqrt(np.add.reduceat(energy, cuts) / np.maximum(lengths, 1))
    return out


class FileSounds(QObject):
    """Finds the sound of every medium of a project; asks for peaks that are not there, looks again for lost files.

    A medium is loading (its peaks are being made), ready, or missing (its file is not there or cannot be read).
    """

    changed = Signal(object)  # MediaId: its picture is another now
    progressed = Signal()  # a loading one came further

    def __init__(
        self,
        jobs: Jobs,
        build_peaks: Callable[[Media], JobId],
        parent: QObject | None = None,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(parent)
        self._jobs = jobs
        self._build_peaks = build_peaks
        self._clock = clock
        self._folder = Path()
        self._media: dict[MediaId, Media] = {}
        self._known: dict[MediaId, FileSound | Loading | Missing] = {}
        self._building: dict[MediaId, JobId] = {}
        self._looked_s: dict[MediaId, float] = {}
        self._to_build: list[MediaId] = []
        self._soon = QTimer(self, singleShot=True, interval=0)
        self._soon.timeout.connect(self._ask)
        jobs.changed.connect(self._jobs_changed)
        jobs.finished.connect(self._job_finished)
        jobs.failed.connect(self._job_failed)

    def set_project(self, project: Project, folder: Path) -> None:
        """The media are these now, and their files lie below this folder."""
        media = {medium.id: medium for medium in project.media}
        moved = folder != self._folder
        for one, medium in media.items():
            old = self._media.get(one)
            if old is not None and (moved or old.file != medium.file) and self._known.pop(one, None) is not None:
                self.changed.emit(one)
        if moved:
            self._building.clear()
        for one in self._known.keys() - media.keys():
            del self._known[one]
        self._media, self._folder = media, folder

    def medium(self, media: MediaId) -> Media | None:
        """The medium of that id, or None."""
        return self._media.get(media)

    def path(self, medium: Media) -> Path:
        """Where the sound of a medium lies."""
        return self._folder / medium.file

    @property
    def unready(self) -> bool:
        """Whether a medium that was asked for is loading or missing."""
        return any(not isinstance(known, FileSound) for known in self._known.values())

    def of(self, media: MediaId) -> Sound | Loading | Missing:
        """The sound of a medium, or why there is none to draw."""
        known = self._known.get(media)
        if known is None:
            known = self._known[media] = self._find(media)
        return known

    def ready(self, media: MediaId) -> FileSound | None:
        """The sound of a medium if it can be drawn now."""
        known = self._known.get(media)
        return known if isinstance(known, FileSound) else None

    def look_again(self) -> None:
        """Try lost files once more, at most every two seconds each."""
        now = self._clock()
        for one, known in list(self._known.items()):
            if isinstance(known, Missing) and now - self._looked_s.get(one, 0.0) >= _LOOK_AGAIN_S:
                found = self._find(one)
                if found != known:
                    self._known[one] = found
                    self.changed.emit(one)

    def _find(self, media: MediaId) -> FileSound | Loading | Missing:
        medium = self._media.get(media)
        if medium is None:
            return Missing("This sound is not part of the project any more.")
        self._looked_s[media] = self._clock()
        try:
            wav = MappedWav.open(self.path(medium))
        except StudioError as error:
            why = error.explanation
            return Missing(f"“{medium.name}” is missing. {why.cause} {why.remedy}")
        try:
            return FileSound(Peaks.open(peaks_path(media)), wav)
        except StudioError:
            if media not in self._building and media not in self._to_build:
                self._to_build.append(media)
                self._soon.start()
            return Loading(0.0, "Waiting")

    def _ask(self) -> None:
        """Start the jobs that `_find` found missing: never while painting, since other widgets answer a new job."""
        wanted, self._to_build = self._to_build, []
        for media in wanted:
            medium = self._media.get(media)
            if medium is not None and media not in self._building:
                self._building[media] = self._build_peaks(medium)

    def _jobs_changed(self) -> None:
        progressed = False
        for media, job in self._building.items():
            row = self._jobs.row(job)
            known = self._known.get(media)
            if row is None or not isinstance(known, Loading):
                continue
            now = Loading(row.fraction, row.stage or "Waiting")
            if now != known:
                self._known[media] = now
                progressed = True
        if progressed:
            self.progressed.emit()

    def _job_finished(self, row: JobRow, _result: object) -> None:
        self._settle(row, None)

    def _job_failed(self, row: JobRow) -> None:
        why = row.why
        self._settle(row, Missing(f"The waveform could not be drawn. {why.cause} {why.remedy}" if why else "Stopped."))

    def _settle(self, row: JobRow, why: Missing | None) -> None:
        for media, job in list(self._building.items()):
            if job == row.id:
                if why is None:
                    del self._building[media]
                    self._known.pop(media, None)
                else:
                    self._known[media] = why
                self.changed.emit(media)
