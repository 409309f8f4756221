"""The compute worker's jobs with sound files: import, peaks, export, and rendering a stretch of a track."""

from pathlib import Path

from studio import paths
from studio.audio import importing
from studio.audio.encode import FORMATS, Choice, possible_rate
from studio.audio.export import Target, export_piece
from studio.audio.mix import Mixer, audible, media_in
from studio.audio.peaks import build_peaks as build_pyramid
from studio.audio.pieces import Piece, Split, paths_for, pieces_of
from studio.audio.trouble import told
from studio.errors import StudioError
from studio.media.provenance import comment_on
from studio.model.project import TrackId
from studio.protocol.jobs import (
    BuildPeaks,
    Export,
    Exported,
    ExportedFile,
    ExportSpec,
    ImportMedia,
    Loudness,
    MediaImported,
    PeaksBuilt,
    RenderClip,
)
from studio.workers.runtime import Context, Report


def import_media(job: ImportMedia, context: Context, report: Report) -> MediaImported:
    """Bring a file into the project."""
    media, warning, resumed, note = importing.import_media(
        Path(job.path),
        Path(job.project_dir),
        job.rate_hz,
        report,
        any_rate=job.any_rate,
        may_be_mute=job.may_be_mute,
    )
    return MediaImported(job=job.job, media=media, warning=warning, resumed=resumed, note=note)


def build_peaks(job: BuildPeaks, context: Context, report: Report) -> PeaksBuilt:
    """Build the peaks of a WAV that is already there."""
    target = paths.peaks() / f"{job.media}.peaks"
    build_pyramid(Path(job.path), target, report)
    return PeaksBuilt(job=job.job, media=job.media, path=str(target))


def export(job: Export, context: Context, report: Report) -> Exported:
    """Render the project to one file, or to several in a folder."""
    if job.spec.video:
        return Exported(job=job.job, files=(_video(job, report),))
    spec, open_media = job.spec, media_in(Path(job.project_dir))
    pieces = pieces_of(job.project, spec.start, spec.stop, spec.split)
    if not pieces:
        raise _nothing_to_split(spec.split)
    files: list[ExportedFile] = []
    for index, (piece, path) in enumerate(zip(pieces, _targets(job, pieces), strict=True)):
        mixer = Mixer(job.project, open_media, piece.tracks)
        done = export_piece(
            mixer, piece, path, _choice(job, piece), _target(spec), _part_of(report, index, len(pieces))
        )
        files.append(
            ExportedFile(
                path=str(done.path),
                duration_s=done.length / done.rate_hz,
                size_bytes=done.path.stat().st_size,
                loudness=Loudness(**done.measured._asdict()),
                passed=done.passed,
                note=done.note,
            )
        )
    return Exported(job=job.job, files=tuple(files))


def _video(job: Export, report: Report) -> ExportedFile:
    """The video of the project with its new sound."""
    from studio.audio.movie import SoundTrack, write_movie

    spec, project, open_media = job.spec, job.project, media_in(Path(job.project_dir))
    tracks = [SoundTrack("Mix", Mixer(project, open_media), _comment(job, None, spec.start, spec.stop))]
    if spec.split == "tracks":
        tracks += [
            SoundTrack(track.name, Mixer(project, open_media, (track.id,))) for track in audible(project) if track.clips
        ]
    done = write_movie(
        project,
        tuple(tracks),
        Path(job.path),
        report,
        start=spec.start,
        stop=spec.stop,
        keep_sound=spec.keep_sound,
        kbps=spec.bitrate_kbps,
    )
    return ExportedFile(
        path=str(done.path),
        duration_s=done.duration_s,
        size_bytes=done.path.stat().st_size,
        loudness=Loudness(**done.measured._asdict()),
        note=done.note,
    )


def _targets(job: Export, pieces: tuple[Piece, ...]) -> tuple[Path, ...]:
    target = Path(job.path)
    if job.spec.split == "mix":
        return (target,)
    with told("Nothing was exported.", target):
        target.mkdir(parents=True, exist_ok=True)
        suffix = FORMATS[job.spec.container].suffix
        return paths_for(pieces, target, suffix, numbered=job.spec.split == "markers")


def _choice(job: Export, piece: Piece) -> Choice:
    spec = job.spec
    split = spec.split != "mix"
    return Choice(
        container=spec.container,
        sample_format=spec.sample_format,
        rate_hz=possible_rate(spec.container, spec.rate_hz or job.project.rate_hz),
        channels=spec.channels,
        bitrate_kbps=spec.bitrate_kbps,
        dither=spec.dither,
        title=" – ".join(part for part in (spec.title, piece.name) if part) if split else spec.title,
        artist=spec.artist,
        comment=_comment(job, piece.tracks, piece.start, piece.stop),
    )


def _comment(job: Export, tracks: tuple[TrackId, ...] | None, start: int, stop: int) -> str:
    """What the file says of cloned voices in it; `tracks` None are all that are heard."""
    heard = tracks if tracks is not None else tuple(track.id for track in audible(job.project))
    return comment_on(job.project, heard, start, stop or job.project.length)


def _target(spec: ExportSpec) -> Target | None:
    return None if spec.loudness_lufs is None else Target(spec.loudness_lufs, spec.peak_limit_dbtp)


def _part_of(report: Report, index: int, count: int) -> Report:
    """What tells how far one of several files is, as a part of them all."""
    stage_of = "" if count == 1 else f" ({index + 1} of {count})"
    return lambda fraction, stage: report((index + fraction) / count, f"{stage}{stage_of}")


def _nothing_to_split(split: Split) -> StudioError:
    if split == "markers":
        return StudioError(
            "export-no-markers",
            "Nothing was exported.",
            cause="There is no marker in what was chosen.",
            remedy="Set markers where the files should begin, or export the mix.",
        )
    return StudioError(
        "export-no-tracks",
        "Nothing was exported.",
        cause="No track that has clips is heard.",
        remedy="Unmute a track, or put a clip on one.",
    )


def render_clip(job: RenderClip, context: Context, report: Report) -> MediaImported:
    """Mix a stretch of one track into a new medium."""
    media = importing.render_track(job.project, Path(job.project_dir), job.track, job.start, job.stop, job.name, report)
    return MediaImported(job=job.job, media=media)
