"""The job that takes a mix apart into stems, with the cleaning before and after it."""

from functools import partial
from pathlib import Path
from typing import Final

from studio.audio.importing import check_room
from studio.audio.stretch import Stretch
from studio.engines import registry
from studio.engines.base import Denoiser, Effort, Report, Separator, Sound, Stems, Whole
from studio.errors import StudioError
from studio.model.project import Lineage
from studio.protocol.jobs import CleanStep, GrowingStem, Separate, Separated, StemsGrowing
from studio.workers import passes
from studio.workers.denoising import LOADING_S, cleaned, cleaning
from studio.workers.finishing import Bill, adopt, stretch_of, work_folder
from studio.workers.passes import Pass
from studio.workers.runtime import Context
from studio.workers.shares import share

_TITLE: Final = "The sound was not taken apart."
_FINISHING: Final = 0.05


def separate(job: Separate, context: Context, report: Report) -> Separated:
    """Take a stretch of a medium apart into one new medium a stem."""
    engine = registry.separator(job.engine)
    names = _names(engine, job.stems)
    cleaners = [registry.denoiser(step.engine) for step in job.chain]
    _check_chain(job.chain, names)
    bill = Bill()
    sound = stretch_of(job, _TITLE)
    with work_folder(job, (engine, *cleaners), _TITLE) as folder:
        _check_room(job, sound, folder)
        stages = 1 + len(job.chain)
        stage = 0
        notes: list[str] = []

        def next_share() -> Report:
            nonlocal stage
            stage += 1
            return share(report, (1 - _FINISHING) * (stage - 1) / stages, (1 - _FINISHING) * stage / stages)

        def clean(number: int, step: CleanStep, cleaner: Denoiser, source: Stretch, name: str) -> Path:
            wanted = cleaning(cleaner, step.strength, step.settings, name)
            done = cleaned(wanted, source, folder / f"clean-{number}", next_share(), loading)
            notes.extend(done.notes)
            return done.paths[0]

        def loading() -> None:
            context.expect_silence(LOADING_S)

        steps = list(zip(range(len(job.chain)), job.chain, cleaners, strict=True))
        mix = sound
        for number, step, cleaner in steps:
            if not step.stem:
                mix = Stretch(clean(number, step, cleaner, mix, "mix"))
        own = Bill()
        grew = partial(_tell_growth, job, context, sound, folder, names)
        done = passes.run(_pass(engine, job, names), mix, folder, next_share(), grew=grew, loading=loading)
        own.remember(engine.info.id, job.stems, sound, done.resumed)
        notes += done.notes
        stems = dict(zip(names, done.paths, strict=True))
        for number, step, cleaner in steps:
            if step.stem:
                stems[step.stem] = clean(number, step, cleaner, Stretch(stems[step.stem]), step.stem)
        media = tuple(
            adopt(
                path,
                Path(job.project_dir),
                name,
                _lineage(job, engine, name),
                share(
                    report, 1 - _FINISHING * (1 - index / len(stems)), 1 - _FINISHING * (1 - (index + 1) / len(stems))
                ),
            )
            for index, (name, path) in enumerate(stems.items())
        )
    report(1.0, "Done")
    return Separated(job=job.job, stems=media, spent=bill.spent(done.resumed), notes=tuple(dict.fromkeys(notes)))


def _pass(engine: Separator, job: Separate, names: tuple[str, ...]) -> Pass:
    def work(mix: Sound, rate_hz: int, whole: Whole, effort: Effort, report: Report) -> Stems:
        return engine.separate(
            mix, rate_hz, count=job.stems, whole=whole, settings=job.settings, effort=effort, report=report
        )

    return Pass(
        names=names,
        remainder=True,
        chunking=engine.chunking(job.settings),
        efforts=engine.efforts(job.settings),
        work=work,
    )


def _tell_growth(
    job: Separate, context: Context, sound: Stretch, folder: Path, names: tuple[str, ...], frames: int
) -> None:
    place = folder.relative_to(job.project_dir)
    growing = tuple(
        GrowingStem(name=name, file=f"{place}/{name}.wav", rate_hz=sound.rate_hz, channels=sound.channels)
        for name in names
    )
    context.send(StemsGrowing(job=job.job, stems=growing, frames=frames))


def _lineage(job: Separate, engine: Separator, stem: str) -> Lineage:
    chain = " ".join(f"{step.stem or 'mix'}:{step.engine}:{step.strength:g}" for step in job.chain)
    place: dict[str, str | float | int | bool | None] = {
        "stems": job.stems,
        "stem": stem,
        "start": job.start,
        "length": job.length,
    }
    return Lineage(
        engine=engine.info.id,
        engine_version=registry.installed_version(engine.info),
        model_hash=engine.model_hash(job.settings),
        settings={**job.settings, **place, **({"chain": chain} if chain else {})},
        made_from=(job.media.id,),
    )


def _names(engine: Separator, count: int) -> tuple[str, ...]:
    possible = engine.info.stems
    if count not in possible:
        raise StudioError(
            "stems.count",
            _TITLE,
            cause=f"{engine.info.name} cannot make {count} stems.",
            remedy=f"Choose {' or '.join(map(str, possible))}, or another engine.",
        )
    return engine.stems(count)


def _check_chain(chain: tuple[CleanStep, ...], names: tuple[str, ...]) -> None:
    for step in chain:
        if step.stem and step.stem not in names:
            raise StudioError(
                "stems.chain",
                _TITLE,
                cause=f"There is no stem called {step.stem} to be cleaned.",
                remedy=f"Choose one of these: {', '.join(names)}.",
            )


def _check_room(job: Separate, sound: Stretch, folder: Path) -> None:
    """See that every file that will be written has room; what an earlier run wrote is there already."""
    needed = 4.0 * sound.length * sound.channels * (job.stems + len(job.chain))
    there = sum(path.stat().st_size for path in folder.rglob("*.wav"))
    check_room(Path(job.project_dir), max(0.0, needed - there), _TITLE)
