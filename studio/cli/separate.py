"""`studio separate IN... --out DIR`: songs come apart into stems."""

import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import msgspec

from studio.cli import lasting
from studio.cli.cleaning import (
    bring_in,
    card_of,
    chain_of,
    check_cleaners,
    foresee,
    put,
    settings_argument,
    settings_of,
    stretch_of,
)
from studio.cli.line import Line
from studio.cli.output import new_folder, readable
from studio.cli.verbs import Call, Outcome, WrongCall
from studio.errors import StudioError, explain
from studio.media.measured import Estimate
from studio.protocol.common import Ready
from studio.protocol.jobs import CleanStep, EngineSettings, MediaImported, Separate, Separated
from studio.session.importing import sound_files

_ATTEMPTS: Final = 2
_DIED: Final = "worker.died"


def arguments(parser: ArgumentParser) -> None:
    parser.add_argument("files", nargs="+", type=Path, metavar="IN", help="sound or video files, or folders of them")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="where the stems go, as float WAV")
    parser.add_argument("--stems", type=int, choices=(2, 4, 6), default=2, help="vocals and accompaniment (2), or more")
    parser.add_argument("--engine", default="builtin", metavar="ID", help="builtin (default), or see: studio doctor")
    parser.add_argument("--preview", default="", metavar="START:LENGTH", help="only a stretch, such as 0:45:20")
    parser.add_argument(
        "--chain",
        action="append",
        default=[],
        metavar="STEP",
        help="clean as well: [STEM:]ENGINE[:STRENGTH], such as spectral or vocals:dereverb:0.8; as often as needed",
    )
    settings_argument(parser)


def run(call: Call) -> Outcome:
    asked = call.asked
    chain, settings = chain_of(asked.chain), settings_of(asked.set)
    out = new_folder(asked.out.absolute())
    single = len(asked.files) == 1 and not asked.files[0].is_dir()
    files = [path for path in sound_files(asked.files) if single or not path.absolute().is_relative_to(out)]
    if not files:
        raise StudioError(
            "separate.nothing", "Nothing was taken apart.", cause="There is no sound file.", remedy="Check the path."
        )
    with Line("compute") as compute:
        ready = compute.ready()
        card = card_of(ready, asked.engine, "separate")
        if asked.stems not in card.stems:
            raise WrongCall(f"{asked.engine} makes {' or '.join(map(str, card.stems))} stems, not {asked.stems}.")
        check_cleaners(ready, chain)
        done = [
            _attempt(compute, ready, path, out if single else folder, asked, chain, settings, goes_on=not single)
            for path, folder in zip(files, _folders(files, out), strict=True)
        ]
    failed = sum("error" in data for data in done)
    text = "\n".join(_text(data) for data in done if "error" not in data)
    data: dict[str, object] = {"engine": asked.engine, "files": done, "failed": failed}
    return Outcome(text=text, data=data | (done[0] if single else {}), status=1 if failed else 0)


def _folders(files: Sequence[Path], out: Path) -> list[Path]:
    """A folder for each file, named after it; with its suffix or a number where two have one name."""
    taken: set[str] = set()
    folders = []
    for path in files:
        numbered = (f"{path.name} {number}" for number in range(2, len(files) + 2))
        name = next(name for name in (path.stem, path.name, *numbered) if name.casefold() not in taken)
        taken.add(name.casefold())
        folders.append(out / name)
    return folders


def _attempt(
    compute: Line,
    ready: Ready,
    path: Path,
    out: Path,
    asked: Namespace,
    chain: tuple[CleanStep, ...],
    settings: EngineSettings,
    *,
    goes_on: bool,
) -> dict[str, object]:
    """Take one file apart. Where there are others, a failure is told and kept for the end."""
    try:
        return _separated(compute, ready, readable(path), out, asked, chain, settings)
    except StudioError as error:
        if not goes_on:
            raise
        why = explain(error)
        print(f"studio: {path.name}: {why.sentence}", file=sys.stderr)
        return {"file": str(path), "error": {"code": why.code, "sentence": why.sentence}}


def _separated(
    compute: Line,
    ready: Ready,
    path: Path,
    out: Path,
    asked: Namespace,
    chain: tuple[CleanStep, ...],
    settings: EngineSettings,
) -> dict[str, object]:
    with lasting.folder_for(path) as folder:
        imported = bring_in(compute, path, folder)
        media = imported.media
        start, length = stretch_of(asked.preview, media)
        foreseen = foresee(ready, asked.engine, asked.stems, length / media.rate_hz)
        job = Separate(
            job=imported.job,
            media=media,
            project_dir=str(folder),
            start=start,
            length=length,
            engine=asked.engine,
            stems=asked.stems,
            settings=settings,
            chain=chain,
        )
        made = _do(compute, job)
        new_folder(out)
        stems = {str(stem.name): put(folder / stem.file, out / f"{stem.name}.wav") for stem in made.stems}
    return _figures(path, imported, made, stems, foreseen)


def _do(compute: Line, wanted: Separate) -> Separated:
    """Do it, and go on once where the worker died; Ctrl+C and every other failure end it."""
    for attempt in range(_ATTEMPTS):
        try:
            done = compute.do(lambda job: msgspec.structs.replace(wanted, job=job))
        except StudioError as error:
            if error.explanation.code != _DIED or attempt == _ATTEMPTS - 1:
                raise
        else:
            assert isinstance(done, Separated)
            return done
    raise AssertionError("the last attempt returns or raises")


def _figures(
    path: Path, imported: MediaImported, made: Separated, stems: dict[str, Path], foreseen: Estimate | None
) -> dict[str, object]:
    first = made.stems[0]
    return {
        "file": str(path),
        "stems": {name: str(target) for name, target in stems.items()},
        "duration_s": first.length / first.rate_hz,
        "rate_hz": first.rate_hz,
        "channels": first.channels,
        "estimate": msgspec.to_builtins(foreseen),
        "spent": msgspec.to_builtins(made.spent),
        "notes": list(made.notes),
        "warning": imported.warning,
    }


def _text(data: dict[str, object]) -> str:
    stems, spent, notes = data["stems"], data["spent"], data["notes"]
    assert isinstance(stems, dict)
    assert isinstance(spent, dict)
    assert isinstance(notes, list)
    lines = [
        f"{data['file']}",
        f"  {data['duration_s']:.2f} s, in {spent['wall_s']:.1f} s",
        *map("  {}".format, stems.values()),
    ]
    return "\n".join([*lines, *(f"  {said}" for said in (data["warning"], *notes) if said)])
