"""`studio voices list|show|export|import|remove`: the person's library of voices."""

from argparse import ArgumentParser
from pathlib import Path

import msgspec

from studio.cli.clone import describe
from studio.cli.output import readable
from studio.cli.verbs import Call, Outcome, WrongCall
from studio.media import voices


def arguments(parser: ArgumentParser) -> None:
    parser.add_argument("what", choices=("list", "show", "export", "import", "remove"))
    parser.add_argument("name", nargs="?", default="", metavar="NAME|FILE", help="which voice; for import, the file")
    parser.add_argument(
        "--out", type=Path, metavar="FILE", help=f"with export: where to, NAME{voices.SUFFIX} otherwise"
    )


def run(call: Call) -> Outcome:
    asked = call.asked
    if asked.what == "list":
        known = voices.all_voices()
        text = "\n".join(map(describe, known)) or "There is no voice yet; make one with studio clone."
        return Outcome(text=text, data={"voices": msgspec.to_builtins(known)})
    if not asked.name:
        raise WrongCall(f"studio voices {asked.what} needs a {'FILE' if asked.what == 'import' else 'NAME'}.")
    if asked.what == "import":
        voice = voices.import_file(readable(Path(asked.name)))
        return Outcome(text=f"{describe(voice)}\n  imported", data={"voice": msgspec.to_builtins(voice)})
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
    else:
        voices.remove(voice)
        lines.append("  removed")
    return Outcome(text="\n".join(lines), data=data)
