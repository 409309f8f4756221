"""`studio models list|install|import|verify|remove`: the models that engines can load, and how they get here."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Final

import msgspec

from studio.cli.line import Line
from studio.cli.output import readable
from studio.cli.verbs import Call, Outcome, WrongCall
from studio.protocol.common import JobId
from studio.protocol.messages import Job, Result
from studio.protocol.models import (
    ImportModel,
    InstallModel,
    ListModels,
    ModelCard,
    ModelChanged,
    ModelRemoved,
    ModelsListed,
    RemoveModel,
    VerifyModel,
)

_MB: Final = 1e6
_NEEDS_WHAT: Final = {"install": "ID", "verify": "ID", "remove": "ID", "import": "PATH"}
_CHECKED: Final = {
    "catalogue": "held against the hash on our list",
    "publisher": "held against the hash that its publisher stated",
    "size": "only its size could be checked",
    "nothing": "nothing was known to check it against",
}


def arguments(parser: ArgumentParser) -> None:
    parser.add_argument("what", choices=("list", "install", "import", "verify", "remove"), help="what to do")
    parser.add_argument("name", nargs="?", default="", metavar="ID|PATH", help="which model; for import, where it lies")
    parser.add_argument("--as", dest="id", default="", metavar="ID", help="with import: which model of the list it is")
    parser.epilog = "A download that was stopped goes on where it stopped. Every file is checked before it counts."


def run(call: Call) -> Outcome:
    asked = call.asked
    needed = _NEEDS_WHAT.get(asked.what)
    if needed and not asked.name:
        raise WrongCall(f"studio models {asked.what} needs {'an' if needed == 'ID' else 'a'} {needed}.")
    with Line("models") as models:
        models.ready()
        done = models.do(lambda job: _job(asked.what, job, asked.name, asked.id))
    return _told(asked.what, done)


def _job(what: str, number: JobId, name: str, id: str) -> Job:
    match what:
        case "install":
            return InstallModel(job=number, model=name)
        case "import":
            return ImportModel(job=number, path=str(readable(Path(name))), model=id)
        case "verify":
            return VerifyModel(job=number, model=name)
        case "remove":
            return RemoveModel(job=number, model=name)
        case _:
            return ListModels(job=number)


def _told(what: str, done: Result) -> Outcome:
    match done:
        case ModelsListed():
            width = max(len(one.id) for one in done.models)
            lines = [f"{one.id:<{width}}  {_line(one)}" for one in done.models]
            lines.append(f"\n{done.free_bytes / 1e9:.1f} GB free in {done.folder}")
            return Outcome(
                text="\n".join(lines),
                data={
                    "models": msgspec.to_builtins(done.models),
                    "folder": done.folder,
                    "free_bytes": done.free_bytes,
                },
            )
        case ModelChanged():
            said = {"install": "Installed", "import": "Imported", "verify": "Everything is as it was installed:"}[what]
            files = "".join(f"\n  {file.name}: {_CHECKED[file.checked_by]}" for file in done.model.files)
            text = f"{said} {done.model.name}, {done.model.size_bytes / _MB:.1f} MB, in {done.model.folder}{files}"
            return Outcome(text=text, data={"model": msgspec.to_builtins(done.model)})
        case ModelRemoved():
            text = f"Deleted {done.model}; {done.freed_bytes / _MB:.1f} MB are free again."
            return Outcome(text=text, data={"model": done.model, "freed_bytes": done.freed_bytes})
        case _:
            raise AssertionError(f"{type(done).__name__} is no answer to {what}")


def _line(one: ModelCard) -> str:
    about = "about " if one.state in ("absent", "partly") else ""
    state = {
        "absent": "not installed",
        "partly": f"{one.have_bytes / _MB:.0f} MB of it here",
        "installed": "installed",
        "damaged": "DAMAGED",
    }[one.state]
    return f"{state}, {about}{one.size_bytes / _MB:.0f} MB, {one.licence}, {' '.join(one.languages)}: {one.name}"
