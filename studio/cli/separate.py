"""`studio separate IN... --out DIR`: songs come apart into stems."""

import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import msgspec
from msgspec.structs import replace

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
from studio.protocol.jobs import MediaImported, Separate, Separated
from studio.session.importing import sound_files
from studio.session.ready_recipes import ready_recipes
from studio.session.recipes import Recipe, saved_recipes

_ATTEMPTS: Final = 2
_DIED: Final = "worker.died"
_USUAL: Final = "builtin"
_LIST: Final = "list"


def arguments(parser: ArgumentParser) -> None:
    parser.add_argument("files", nargs="*", type=Path, metavar="IN", help="sound or video files, or folders of them")
    parser.add_argument("--out", type=Path, metavar="DIR", help="where the stems go, as float WAV")
    parser.add_argument("--recipe", metavar="NAME", help="one of your recipes, or of those here; list: say which")
    parser.add_argument("--stems", type=int, choices=(2, 4, 6), default=0, help="vocals and accompaniment (2), or more")
    parser.add_argument("--engine", default="", metavar="ID", help="builtin (default), or see: studio doctor")
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
    if asked.recipe == _LIST:
        return _all_recipes()
    if not asked.files or asked.out is None:
        raise WrongCall("Say which files, and where the stems go: studio separate IN --out DIR.")
    if asked.recipe and (asked.chain or asked.stems or asked.set):
        raise WrongCall("A recipe says itself into how many stems and what is cleaned: leave --stems, --chain, --set.")
    out = new_folder(asked.out.absolute())
    single = len(asked.files) == 1 and not asked.files[0].is_dir()
    files = [path for path in sound_files(asked.files) if single or not path.absolute().is_relative_to(out)]
    if not files:
        raise StudioError(
            "separate.nothing", "Nothing was taken apart.", cause="There is no sound file.", remedy="Check the path."
        )
    with Line("compute") as compute:
        ready = compute.ready()
        recipe = _recipe(ready, asked)
        if recipe.stems > 1:
            card = card_of(ready, recipe.engine, "separate")
            if recipe.stems not in card.stems:
                raise WrongCall(f"{recipe.engine} makes {' or '.join(map(str, card.stems))} stems, not {recipe.stems}.")
        check_cleaners(ready, recipe.chain)
        done = [
            _attempt(compute, ready, path, out if single else folder, asked.preview, recipe, goes_on=not single)
            for path, folder in zip(files, _folders(files, out), strict=True)
        ]
    failed = sum("error" in data for data in done)
    text = "\n".join(_text(data) for data in done if "error" not in data)
    data: dict[str, object] = {"engine": recipe.engine, "recipe": asked.recipe, "files": done, "failed": failed}
    return Outcome(text=text, data=data | (done[0] if single else {}), status=1 if failed else 0)


def _recipe(ready: Ready, asked: Namespace) -> Recipe:
    """What the call says, or the recipe that it names: one of the person's own, or one that comes with the program."""
    if not asked.recipe:
        chain, settings = chain_of(asked.chain), settings_of(asked.set)
        return Recipe(engine=asked.engine or _USUAL, stems=asked.stems or 2, settings=settings, chain=chain)
    own = next((one.recipe for one in saved_recipes() if one.name == asked.recipe), None)
    if own is not None:
        return replace(own, engine=asked.engine or own.engine) if own.stems > 1 else own
    found = next((one for one in ready_recipes() if asked.recipe in (one.id, one.name)), None)
    if found is None:
        raise WrongCall(f"There is no recipe called {asked.recipe}; see: studio separate --recipe list.")
    made = found.made(ready.engines, asked.engine or _USUAL)
    if made is None:
        raise StudioError(
            "recipe.engines",
            f"“{found.name}” cannot be done.",
            cause="An engine that it needs cannot run here.",
            remedy="See what each engine needs with studio doctor, or choose another with --engine.",
        )
    return made


def _all_recipes() -> Outcome:
    own = [(one.name, "yours", one.recipe.stems) for one in saved_recipes()]
    ready = [(one.id, f"{one.name}: {one.about}", one.stems) for one in ready_recipes()]
    width = max(len(name) for name, _, _ in (*own, *ready))
    data = [{"name": name, "about": about, "stems": stems} for name, about, stems in (*own, *ready)]
    return Outcome(
        text="\n".join(f"{name:{width}}  {about}" for name, about, _ in (*own, *ready)), data={"recipes": data}
    )


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
    preview: str,
    recipe: Recipe,
    *,
    goes_on: bool,
) -> dict[str, object]:
    """Take one file apart. Where there are others, a failure is told and kept for the end."""
    try:
        return _separated(compute, ready, readable(path), out, preview, recipe)
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
    preview: str,
    recipe: Recipe,
) -> dict[str, object]:
    with lasting.folder_for(path) as folder:
        imported = bring_in(compute, path, folder)
        media = imported.media
        start, length = stretch_of(preview, media)
        foreseen = foresee(ready, recipe.engine, recipe.stems, length / media.rate_hz)
        job = Separate(
            job=imported.job,
            media=media,
            project_dir=str(folder),
            start=start,
            length=length,
            engine=recipe.engine,
            stems=recipe.stems,
            settings=recipe.settings,
            chain=recipe.chain,
            keep=recipe.keep,
        )
        made = _do(compute, job)
        new_folder(out)
        names = [stem.name for stem in made.stems] if recipe.stems > 1 else ["cleaned"]
        stems = {
            name: put(folder / stem.file, out / f"{name}.wav") for name, stem in zip(names, made.stems, strict=True)
        }
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
        "notes": [*filter(None, (imported.note,)), *made.notes],
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
