"""`studio picture PROJECT --out PNG`: what the window looks like with a project open, also without a display."""

from argparse import ArgumentParser
from pathlib import Path

from studio.cli.output import new_folder, readable
from studio.cli.verbs import Call, Outcome


def arguments(parser: ArgumentParser) -> None:
    parser.add_argument("project", type=Path, metavar="PROJECT", help="a project's folder")
    parser.add_argument("--out", type=Path, required=True, metavar="PNG", help="the picture")


def run(call: Call) -> Outcome:
    project, out = readable(call.asked.project), call.asked.out.absolute()
    new_folder(out.parent)
    part = out.with_name(f".{out.name}.part.png")
    try:
        call.desktop.picture(project, part)
        part.replace(out)
    finally:
        part.unlink(missing_ok=True)
    return Outcome(text=str(out), data={"picture": str(out)})
