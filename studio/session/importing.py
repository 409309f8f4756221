"""Files become tracks, clips become melodies: asks the compute worker and puts what it answers into the project."""

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject, Signal

from studio.errors import StudioError
from studio.media.begun import begun_in
from studio.media.generation import NEWEST
from studio.model.edits import AddPitch
from studio.model.project import Clip, ClipId, Media, MediaId, Project, TrackId
from studio.protocol.common import JobId
from studio.protocol.jobs import (
    BuildPeaks,
    Export,
    ExportSpec,
    ImportMedia,
    MediaImported,
    PitchTracked,
    RenderClip,
    TrackPitch,
)
from studio.protocol.messages import Job, Result
from studio.session import placing
from studio.session.document import Document
from studio.session.jobs import Jobs
from studio.session.settings_file import SettingsFile

SOUND_SUFFIXES: Final = frozenset(
    (
        *(".wav", ".wave", ".rf64", ".w64", ".bwf", ".aif", ".aiff", ".aifc", ".au", ".caf", ".flac", ".mp3", ".m4a"),
        *(".aac", ".alac", ".ogg", ".oga", ".opus", ".wma", ".amr", ".ac3", ".eac3", ".mka", ".ape", ".wv", ".mp4"),
        *(".m4v", ".mov", ".mkv", ".webm", ".avi", ".mpg", ".mpeg", ".ts", ".flv", ".3gp", ".wmv"),
    )
)
"""What is taken from a folder. A file that a person names is tried whatever it is called."""
_WHOLE_MEDIUM_S: Final = 600
"""The melody of a clip is found for its whole medium up to this length, so that its other clips have it too."""


class Importing(QObject):
    """Starts import, pitch, peak and export jobs, and turns their results into edits of the project they began in.

    Files are imported one after the other in the order given, so the tracks keep that order. UI thread only.
    """

    imported = Signal(object)  # Media, once it is in the project

    def __init__(self, document: Document, jobs: Jobs, settings: SettingsFile, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self._jobs = jobs
        self._settings = settings
        self._drawing: dict[MediaId, JobId] = {}
        self.finding: dict[MediaId, JobId] = {}
        """The newest job that looks for the melody of a medium, also when it is over."""
        document.folder_changed.connect(self._look_back)

    def add(
        self, paths: Iterable[str | Path], at: int | None = None, track: TrackId | None = None
    ) -> tuple[JobId, ...]:
        """Import files and the sound files in folders; placed at sample `at` (0) on `track`, or on new tracks."""
        return tuple(self._import(path, at or 0, track) for path in sound_files(paths))

    def find_pitch(
        self, clips: Iterable[ClipId], engine: str = "", span: tuple[int, int] | None = None
    ) -> tuple[JobId, ...]:
        """Find the melody of clips, or of what lies of them between two timeline samples."""
        project = self._document.project
        ranges: dict[tuple[MediaId, int, int], str] = {}
        for chosen in clips:
            clip = project.clip(chosen)
            media = project.medium(clip.media)
            start, stop = pitch_range(clip, media, span)
            if stop > start:
                ranges.setdefault((media.id, start, stop), clip.name or media.name)
        return tuple(
            self.find_pitch_of(project.medium(media), start, stop, engine, name)
            for (media, start, stop), name in ranges.items()
        )

    def find_pitch_of(self, media: Media, start: int, stop: int, engine: str = "", name: str = "") -> JobId:
        """Find the melody of a stretch of a medium with an engine ("" is the one in the settings)."""
        chosen = self._settings.value.pitch
        folder = self._document.folder

        def make(job: JobId) -> Job:
            return TrackPitch(
                job=job,
                media=media,
                project_dir=str(folder),
                start=start,
                length=stop - start,
                engine=engine or chosen.engine,
                low_hz=chosen.low_hz,
                high_hz=chosen.high_hz,
            )

        def then(result: Result) -> None:
            assert isinstance(result, PitchTracked)
            self._still_in(folder)
            self._document.do(AddPitch(pitch=result.pitch))

        job = self._jobs.start(make, f"Finding the pitch of {name or media.name}", then)
        self.finding[media.id] = job
        return job

    def build_peaks(self, media: Media) -> JobId:
        """Build the picture of a medium whose cache was emptied, or of a take; once, however many views ask."""
        asked = self._jobs.row(self._drawing[media.id]) if media.id in self._drawing else None
        if asked is not None and not asked.is_over:
            return asked.id
        path = str(self._document.folder / media.file)
        self._drawing[media.id] = self._jobs.start(
            lambda job: BuildPeaks(job=job, path=path, media=media.id), f"Drawing {media.name}"
        )
        return self._drawing[media.id]

    def render_into_one(
        self, track: TrackId, start: int, stop: int, name: str, *, may_begin_again: bool = True
    ) -> JobId:
        """Mix what sounds between two timeline samples of a track into one clip, which takes its place.

        Clips that got another sound meanwhile are rendered once more; those that moved are left alone.
        """
        folder = self._document.folder
        mixed = placing.stretch(self._document.project, track, start, stop)

        def make(job: JobId) -> Job:
            nonlocal mixed
            self._still_in(folder)
            project = self._document.project
            now = placing.stretch(project, track, start, stop)
            if not placing.same_places(now, mixed):
                raise _changed_meanwhile()
            mixed = now
            return RenderClip(
                job=job, project=project, project_dir=str(folder), track=track, start=start, stop=stop, name=name
            )

        def then(result: Result) -> None:
            assert isinstance(result, MediaImported)
            self._still_in(folder)
            now = placing.stretch(self._document.project, track, start, stop)
            if now == mixed:
                self._document.do(placing.rendered(self._document.project, result.media, track, start, stop))
            elif may_begin_again and placing.same_places(now, mixed):
                self.render_into_one(track, start, stop, name, may_begin_again=False)
            else:
                raise _changed_meanwhile()

        return self._jobs.start(make, f"Joining {name}", then)

    def export(
        self,
        path: Path,
        spec: ExportSpec,
        then: Callable[[Result], None] | None = None,
        *,
        project: Project | None = None,
        title: str = "",
    ) -> JobId:
        """Export the project as it is now, or another version of it."""
        chosen, folder = project or self._document.project, self._document.folder
        return self._jobs.start(
            lambda job: Export(job=job, project=chosen, project_dir=str(folder), path=str(path), spec=spec),
            title or f"Exporting {path.name}",
            then,
        )

    def _import(self, path: Path, at: int, track: TrackId | None, rate_hz: int | None = None) -> JobId:
        return self._jobs.start(*self._order(path, at, track, rate_hz), goes_on=True)

    def _look_back(self) -> None:
        """Offer to go on with the imports that were interrupted when the program ended."""
        if not self._document.is_open or self._document.read_only is not None:
            return
        listed = {row.title for row in self._jobs.rows if row.state != "done"}
        for begun in begun_in(self._document.folder):
            make, title, then = self._order(Path(begun.wish.path), 0, None, begun.wish.rate_hz)
            if title not in listed:
                self._jobs.offer(make, title, then, fraction=begun.fraction)

    def _order(
        self, path: Path, at: int, track: TrackId | None, rate_hz: int | None
    ) -> tuple[Callable[[JobId], Job], str, Callable[[Result], None]]:
        folder = self._document.folder

        def make(job: JobId) -> Job:
            wanted = placing.rate_to_import_at(self._document.project) if rate_hz is None else rate_hz
            self._still_in(folder)
            return ImportMedia(job=job, path=str(path), project_dir=str(folder), rate_hz=wanted, may_be_mute=True)

        def then(result: Result) -> None:
            assert isinstance(result, MediaImported)
            self._still_in(folder)
            self._place(result.media, path, at, track)

        return make, f"Importing {path.name}", then

    def _place(self, media: Media, path: Path, at: int, track: TrackId | None) -> None:
        project = self._document.project
        if placing.must_import_again(project, media):
            self._import(path, at, track, project.rate_hz)
            return
        if track is None and not self._settings.value.importing.one_track_per_file and project.tracks:
            track = project.tracks[-1].id
        self._document.do(placing.placed_import(project, media, track, at))
        self.imported.emit(media)
        if self._settings.value.pitch.find_after_import:
            self.find_pitch_of(media, 0, media.length)

    def _still_in(self, folder: Path) -> None:
        if self._document.folder != folder:
            raise StudioError(
                "import.other_project",
                "The result was not added.",
                cause="Another project was opened meanwhile.",
                remedy="Open the project from before and try again.",
            )


def _changed_meanwhile() -> StudioError:
    return StudioError(
        "join.changed",
        "The clips were not joined.",
        cause="They were changed while they were being joined.",
        remedy="Nothing was lost. Select them and join them again.",
    )


def sound_files(paths: Iterable[str | Path]) -> Sequence[Path]:
    """Files as given; of folders, the sound files in them and below, in the order of their names.

    Projects that lie there are left out: the sound in them belongs to them, and has names that nobody chose.
    """
    found: list[Path] = []
    for path in map(Path, paths):
        if path.is_dir():
            found += sorted(_inside(path), key=lambda one: str(one).casefold())
        else:
            found.append(path)
    return found


def _inside(folder: Path) -> Iterator[Path]:
    for parent, folders, names in os.walk(folder):
        if NEWEST in names:
            folders.clear()
            continue
        paths = (Path(parent, name) for name in names)
        yield from (path for path in paths if path.suffix.lower() in SOUND_SUFFIXES and path.is_file())


def pitch_range(clip: Clip, media: Media, span: tuple[int, int] | None) -> tuple[int, int]:
    """The samples of the medium whose melody is wanted, half-open; empty when the span misses the clip."""
    if span is not None:
        start, stop = max(span[0], clip.start), min(span[1], clip.end)
        return clip.source_start + start - clip.start, clip.source_start + stop - clip.start
    if media.length <= _WHOLE_MEDIUM_S * media.rate_hz:
        return 0, media.length
    return clip.source_start, clip.source_end
