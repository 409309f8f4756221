"""`studio voices list|show|export|import|remove|check|dataset`: the person's library of voices."""

import errno
import os
import shutil
from argparse import ArgumentParser
from pathlib import Path

import msgspec

from studio.cli.clone import describe
from studio.cli.line import Line
from studio.cli.output import new_folder, readable, unwritable
from studio.cli.verbs import Call, Outcome, WrongCall
from studio.media import voices
from studio.model.voice import Voice
from studio.protocol.voices import FindMark, MarkFound


def arguments(parser: ArgumentParser) -> None:
    parser.add_argument(
        "what",
        choices=("list", "show", "export", "import", "remove", "check", "dataset"),
        help="check: is a file marked as cloned speech? dataset: its recordings for other programs, as LJ Speech",
    )
    parser.add_argument(
        "name", nargs="?", default="", metavar="NAME|FILE", help="which voice; for import and check, the file"
    )
    parser.add_argument(
        "--out",
        type=Path,
        metavar="FILE",
        help=f"with export: where to, NAME{voices.SUFFIX} otherwise; with dataset: a folder",
    )


def run(call: Call) -> Outcome:
    asked = call.asked
    if asked.what == "list":
        known = voices.all_voices()
        text = "\n".join(map(describe, known)) or "There is no voice yet; make one with studio clone."
        return Outcome(text=text, data={"voices": msgspec.to_builtins(known)})
    if not asked.name:
        raise WrongCall(
            f"studio voices {asked.what} needs a {'FILE' if asked.what in ('import', 'check') else 'NAME'}."
        )
    if asked.what == "import":
        voice = voices.import_file(readable(Path(asked.name)))
        return Outcome(text=f"{describe(voice)}\n  imported", data={"voice": msgspec.to_builtins(voice)})
    if asked.what == "check":
        return _checked(readable(Path(asked.name)))
    voice = voices.find(asked.name)
    data: dict[str, object] = {"voice": msgspec.to_builtins(voice)}
    lines = [describe(voice)]
    if asked.what == "show":
        lines += [f"  consent of {voice.consent.given}: {voice.consent.text}"]
        lines += [
            f"  {sample.original}: {sample.length_s:.1f} s: {sample.text or '(no text)'}" for sample in voice.samples
        ]
        lines += [f"  {finding.sentence} {finding.remedy}" for finding in voice.findings]
    elif asked.what == "export":
        target = (asked.out or Path(f"{voice.id}{voices.SUFFIX}")).absolute()
        voices.export(voice, target)
        data["out"] = str(target)
        lines.append(f"  {target}")
    elif asked.what == "dataset":
        return _as_data_set(voice, (asked.out or Path(f"{voice.id}-dataset")).absolute())
    else:
        voices.remove(voice)
        lines.append("  removed")
    return Outcome(text="\n".join(lines), data=data)


def _as_data_set(voice: Voice, target: Path) -> Outcome:
    """The recordings in a new folder, which appears when all of it is written."""
    from studio.audio import data_set

    if target.exists():
        raise unwritable(target, FileExistsError(errno.EEXIST, "there is one of that name"))
    part = new_folder(target.with_name(f".{target.name}.{os.getpid()}.part"))
    try:
        made = data_set.write(voice, voices.folder_of(voice), part)
        part.rename(target)
    except OSError as error:
        raise unwritable(target, error) from error
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return Outcome(text=f"{made.text}{target}", data={"out": str(target), "report": msgspec.to_builtins(made)})


def _checked(path: Path) -> Outcome:
    """Whether a file carries the mark of speech that this studio made."""
    with Line("compute") as compute:
        compute.ready()
        done = compute.do(lambda job: FindMark(job=job, path=str(path)))
    assert isinstance(done, MarkFound)
    found = "is marked as synthetic speech" if done.marked else "carries no mark that could be found"
    return Outcome(
        text=f"{path.name} {found} (score {done.score:.1f}).",
        data={"file": str(path), "marked": done.marked, "score": done.score},
    )
