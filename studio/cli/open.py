"""`studio open [PATH ...]`: the window."""

from argparse import ArgumentParser
from pathlib import Path

from studio.cli.output import readable
from studio.cli.verbs import Call, Outcome


def arguments(parser: ArgumentParser) -> None:
    parser.add_argument(
        "paths", nargs="*", type=Path, metavar="PATH", help="a project folder, or sound and video files"
    )


def run(call: Call) -> Outcome:
    return Outcome(status=call.desktop.open([readable(path) for path in call.asked.paths]))
