"""The compute worker's jobs with sound files: import, peaks, export, and rendering a stretch of a track."""

from pathlib import Path

from studio import paths
from studio.audio import importing
from studio.audio.encode import Choice, possible_rate
from studio.audio.export import export_file
from studio.audio.mix import Mixer, media_in
from studio.audio.peaks import build_peaks as build_pyramid
from studio.protocol.messages import (
    BuildPeaks,
    Export,
    Exported,
    ExportedFile,
    ImportMedia,
    Loudness,
    MediaImported,
    PeaksBuilt,
    RenderClip,
)
from studio.workers.runtime import Context, Report


def import_media(job: ImportMedia, context: Context, report: Report) -> MediaImported:
    """Bring a file into the project."""
    media, warning = importing.import_media(Path(job.path), Path(job.project_dir), job.rate_hz, report)
    return MediaImported(job=job.job, media=media, warning=warning)


def build_peaks(job: BuildPeaks, context: Context, report: Report) -> PeaksBuilt:
    """Build the peaks of a WAV that is already there."""
    target = paths.peaks() / f"{job.media}.peaks"
    build_pyramid(Path(job.path), target, report)
    return PeaksBuilt(job=job.job, media=job.media, path=str(target))


def export(job: Export, context: Context, report: Report) -> Exported:
    """Render the project to one file or several."""
    spec = job.spec
    mixer = Mixer(job.project, media_in(Path(job.project_dir)))
    choice = Choice(
        container=spec.container,
        sample_format=spec.sample_format,
        rate_hz=possible_rate(spec.container, spec.rate_hz or job.project.rate_hz),
        channels=spec.channels,
        bitrate_kbps=spec.bitrate_kbps,
        dither=spec.dither,
        title=spec.title,
        artist=spec.artist,
    )
    path = Path(job.path)
    export_file(mixer, spec.start, spec.stop or mixer.length, path, choice, report)
    loudness = Loudness(integrated_lufs=None, true_peak_dbtp=None, sample_peak_dbfs=None)
    return Exported(
        job=job.job,
        files=(
            ExportedFile(
                path=str(path),
                duration_s=((spec.stop or mixer.length) - spec.start) / job.project.rate_hz,
                size_bytes=path.stat().st_size,
                loudness=loudness,
            ),
        ),
    )


def render_clip(job: RenderClip, context: Context, report: Report) -> MediaImported:
    """Mix a stretch of one track into a new medium."""
    media = importing.render_track(job.project, Path(job.project_dir), job.track, job.start, job.stop, job.name, report)
    return MediaImported(job=job.job, media=media)
