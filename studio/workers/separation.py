"""The job that takes a mix apart into stems, with the cleaning before and after it."""

from functools import partial
from pathlib import Path
from typing import Final

from studio.audio.importing import check_room
from studio.audio.stretch import Stretch
from studio.engines import registry
from studio.engines.base import (
    Chunked,
    Denoiser,
    Effort,
    ListensFirst,
    Report,
    Separator,
    Settings,
    Sound,
    Stems,
    Whole,
)
from studio.errors import StudioError
from studio.model.project import Lineage
from studio.protocol.jobs import CleanStep, GrowingStem, Separate, Separated, StemsGrowing
from studio.workers import passes
from studio.workers.denoising import LOADING_S, cleaned, cleaning
from studio.workers.finishing import Bill, adopt, stretch_of, work_folder
from studio.workers.first_listen import Listening
from studio.workers.passes import Pass
from studio.workers.runtime import Context
from studio.workers.shares import share

_TITLE: Final = "The sound was not taken apart."
_FINISHING: Final = 0.05
_WHOLE: Final = "cleaned"  # what the only part is called where nothing is taken apart


def separate(job: Separate, context: Context, report: Report) -> Separated:
    """Take a stretch of a medium apart into one new medium a stem, or only clean it."""
    engine = registry.separator(job.engine) if job.stems > 1 else None
    names = _names(engine, job.stems) if engine is not None else (_WHOLE,)
    cleaners = [registry.denoiser(step.engine) for step in job.chain]
    _check(job, names)
    bill = Bill()
    sound = stretch_of(job, _TITLE)
    with work_folder(job, (*([engine] if engine is not None else ()), *cleaners), _TITLE) as folder:
        _check_room(job, sound, folder)
        stages = (engine is not None) + len(job.chain)
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
        stems: dict[str, Path] = {}
        for number, step, cleaner in steps:
            if not step.stem:
                stems = {_WHOLE: clean(number, step, cleaner, mix, "mix")}
                mix = Stretch(stems[_WHOLE])
        resumed = 0.0
        if engine is not None:
            own = Bill()
            grew = partial(_tell_growth, job, context, sound, folder, names)
            done = passes.run(
                taking_apart(engine, job.stems, job.settings), mix, folder, next_share(), grew=grew, loading=loading
            )
            own.remember(engine.info.id, job.stems, sound, done.resumed)
            notes += done.notes
            resumed = done.resumed
            stems = dict(zip(names, done.paths, strict=True))
        for number, step, cleaner in steps:
            if step.stem and step.stem in (job.keep or names):
                stems[step.stem] = clean(number, step, cleaner, Stretch(stems[step.stem]), step.stem)
        stems = {name: path for name, path in stems.items() if name in (job.keep or names)}
        media = tuple(
            adopt(
                path,
                Path(job.project_dir),
                name if engine is not None else job.media.name,
                _lineage(job, engine or cleaners[-1], name),
                share(
                    report, 1 - _FINISHING * (1 - index / len(stems)), 1 - _FINISHING * (1 - (index + 1) / len(stems))
                ),
            )
            for index, (name, path) in enumerate(stems.items())
        )
    report(1.0, "Done")
    return Separated(job=job.job, stems=media, spent=bill.spent(resumed), notes=tuple(dict.fromkeys(notes)))


def taking_apart(engine: Separator, stems: int, settings: Settings) -> Pass:
    """The pass that makes so many stems of a sound."""

    def work(mix: Sound, rate_hz: int, whole: Whole, effort: Effort, report: Report) -> Stems:
        return engine.separate(mix, rate_hz, count=stems, whole=whole, settings=settings, effort=effort, report=report)

    return Pass(
        names=engine.stems(stems),
        remainder=True,
        chunking=engine.chunking(settings),
        efforts=engine.efforts(settings),
        work=work,
        first=_first(engine, settings) if isinstance(engine, ListensFirst) else None,
    )


def _first(engine: ListensFirst, settings: Settings) -> Listening:
    def listen(mix: Sound, rate_hz: int, report: Report) -> float:
        return engine.listen(mix, rate_hz, settings=settings, report=report)

    return Listening(listen=listen, enough=engine.enough)


def _tell_growth(
    job: Separate, context: Context, sound: Stretch, folder: Path, names: tuple[str, ...], frames: int
) -> None:
    place = folder.relative_to(job.project_dir)
    growing = tuple(
        GrowingStem(name=name, file=f"{place}/{name}.wav", rate_hz=sound.rate_hz, channels=sound.channels)
        for name in names
    )
    context.send(StemsGrowing(job=job.job, stems=growing, frames=frames))


def _lineage(job: Separate, engine: Chunked, stem: str) -> Lineage:
    """How a stem came to be; of a sound that was only cleaned, by which engine last."""
    chain = " ".join(f"{step.stem or 'mix'}:{step.engine}:{step.strength:g}" for step in job.chain)
    place: dict[str, str | float | int | bool | None] = {"start": job.start, "length": job.length}
    if job.stems > 1:
        place |= {"stems": job.stems, "stem": stem}
    if job.keep:
        place["keep"] = " ".join(job.keep)
    settings = job.settings if job.stems > 1 else job.chain[-1].settings
    return Lineage(
        engine=engine.info.id,
        engine_version=registry.installed_version(engine.info),
        model_hash=engine.model_hash(settings),
        settings={**settings, **place, **({"chain": chain} if chain else {})},
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


def _check(job: Separate, names: tuple[str, ...]) -> None:
    """See that there is something to do, and that every stem that is spoken of will be there."""
    if job.stems == 1 and not job.chain:
        raise StudioError(
            "stems.nothing",
            _TITLE,
            cause="Neither is it to be taken apart nor cleaned.",
            remedy="Choose a number of stems, or a cleaning.",
        )
    known = names if job.stems > 1 else ()
    for stem in (*job.keep, *(step.stem for step in job.chain if step.stem)):
        if stem not in known:
            raise StudioError(
                "stems.chain",
                _TITLE,
                cause=f"There is no stem called {stem}.",
                remedy=f"Choose one of these: {', '.join(known)}." if known else "Have it taken apart, too.",
            )


def _check_room(job: Separate, sound: Stretch, folder: Path) -> None:
    """See that every file that will be written has room; what an earlier run wrote is there already."""
    needed = 4.0 * sound.length * sound.channels * (job.stems + len(job.chain))
    there = sum(path.stat().st_size for path in folder.rglob("*.wav"))
    check_room(Path(job.project_dir), max(0.0, needed - there), _TITLE)
