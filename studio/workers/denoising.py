"""The job that takes noise or the room out of a sound, and the same as a step of a separation."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from studio.audio.chunks import at_rate
from studio.audio.importing import check_room
from studio.audio.stretch import Stretch
from studio.engines import registry
from studio.engines.base import Denoiser, Effort, LearnsNoise, Report, Settings, Sound, Whole
from studio.errors import StudioError
from studio.model.project import Lineage
from studio.protocol.jobs import Denoise, Denoised
from studio.workers import passes
from studio.workers.finishing import Bill, adopt, stretch_of, work_folder
from studio.workers.passes import Pass
from studio.workers.runtime import Context
from studio.workers.shares import share

_TITLE = "The sound was not cleaned."
_NAME = "cleaned"
_FINISHING = 0.05
LOADING_S = 60.0
_LONGEST_NOISE_S = 30.0


def denoise(job: Denoise, context: Context, report: Report) -> Denoised:
    """Clean a stretch of a medium into a new one."""
    engine = registry.denoiser(job.engine)
    bill = Bill()
    sound = stretch_of(job, _TITLE)
    noise = _noise_of(job, engine)
    with work_folder(job, (engine,), _TITLE) as folder:
        check_room(Path(job.project_dir), 4.0 * sound.length * sound.channels, _TITLE)
        done = passes.run(
            cleaning(engine, job.strength, job.settings, _NAME, noise),
            sound,
            folder,
            share(report, 0.0, 1 - _FINISHING),
            loading=lambda: context.expect_silence(LOADING_S),
        )
        bill.remember(engine.info.id, 1, sound, done.resumed)
        lineage = Lineage(
            engine=engine.info.id,
            engine_version=registry.installed_version(engine.info),
            model_hash=engine.model_hash(job.settings),
            settings={**job.settings, "strength": job.strength, "start": job.start, "length": job.length},
            made_from=(job.media.id,),
        )
        finishing = share(report, 1 - _FINISHING, 1.0)
        media = adopt(done.paths[0], Path(job.project_dir), job.media.name, lineage, finishing)
    report(1.0, "Done")
    return Denoised(job=job.job, media=media, spent=bill.spent(done.resumed), notes=done.notes)


def cleaning(engine: Denoiser, strength: float, settings: Settings, name: str, noise: Stretch | None = None) -> Pass:
    """The pass that cleans a sound into a part of that name; `noise` is a stretch that holds nothing else."""
    if not 0 <= strength <= 1:
        raise StudioError(
            "denoise.strength",
            _TITLE,
            cause=f"{strength:g} is no strength.",
            remedy="Choose one between 0, which changes nothing, and 1.",
        )

    def work(sound: Sound, rate_hz: int, whole: Whole, effort: Effort, report: Report) -> Sound:
        made = engine.denoise(
            sound, rate_hz, strength=strength, whole=whole, settings=settings, effort=effort, report=report
        )
        return made[None]

    return Pass(
        names=(name,),
        remainder=False,
        chunking=engine.chunking(settings),
        efforts=engine.efforts(settings),
        work=work,
        learn=partial(_learn, engine, noise) if noise is not None else None,
    )


def _learn(engine: Denoiser, noise: Stretch, rate_hz: int) -> tuple[float, ...]:
    assert isinstance(engine, LearnsNoise)
    length = min(noise.length, round(_LONGEST_NOISE_S * noise.rate_hz))
    sound = at_rate(noise.read, noise.length, 0, length, noise.rate_hz, rate_hz)
    return engine.learn_noise(sound[: length * rate_hz // noise.rate_hz], rate_hz)  # no silence that fills it up


def _noise_of(job: Denoise, engine: Denoiser) -> Stretch | None:
    """The stretch that the settings name as noise alone: `noise_start`, `noise_length` and, elsewhere, `noise_file`."""
    start, length = job.settings.get("noise_start", 0), job.settings.get("noise_length", 0)
    if not length:
        return None
    if not isinstance(engine, LearnsNoise):
        raise StudioError(
            "denoise.no_profile",
            _TITLE,
            cause=f"{engine.info.name} cannot be shown what the noise is.",
            remedy="Choose an engine that can, such as Steady noise, or have it find the noise by itself.",
        )
    media = (Path(job.project_dir) / "media").resolve()
    path = (Path(job.project_dir) / str(job.settings.get("noise_file") or job.media.file)).resolve()
    if path.is_relative_to(media) and isinstance(start, int | float) and isinstance(length, int | float):
        stretch = Stretch(path, int(start), int(length))
        if stretch.is_inside and start >= 0:
            return stretch
    raise StudioError(
        "denoise.noise_range",
        _TITLE,
        cause="The stretch that holds the noise is not there.",
        remedy="Learn the noise again from a stretch of a clip.",
    )


def cleaned(
    wanted: Pass, path: Path | Stretch, folder: Path, report: Report, loading: Callable[[], None]
) -> passes.Done:
    """Clean a file, or a stretch of one, into `folder`."""
    sound = path if isinstance(path, Stretch) else Stretch(path)
    return passes.run(wanted, sound, folder, report, loading=loading)
