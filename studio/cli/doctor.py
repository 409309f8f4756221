"""`studio doctor`: what works on this machine, what does not, and what to do about it."""

import platform
from argparse import ArgumentParser

import msgspec

from studio import __version__, paths
from studio.cli.line import Line
from studio.cli.verbs import Call, Outcome
from studio.errors import Explanation, StudioError
from studio.protocol.common import Ready
from studio.protocol.jobs import Codecs, ListCodecs
from studio.protocol.live import Devices, ListDevices
from studio.session import machine
from studio.session.doctor import Facts, checks, report, worst

_ENDINGS = {
    "ok": "Everything is in order.",
    "warn": "The studio works; see the lines marked with !.",
    "fail": "Something is broken; see the lines marked with ✗.",
}


def arguments(parser: ArgumentParser) -> None:
    parser.epilog = "Ends with status 1 when something is broken. Its output belongs into every report of a fault."


def run(call: Call) -> Outcome:
    del call
    left = machine.leftovers()
    compute, codecs = _ask_compute()
    found = checks(
        Facts(
            python=f"{platform.python_version()} on {platform.system()} {platform.machine()}",
            studio=__version__,
            versions=machine.versions(),
            display=machine.display(),
            folders=machine.folders(),
            shared_memory_bytes=machine.shared_memory_bytes(),
            leftovers=left,
            logs=str(paths.logs()),
            compute=compute,
            codecs=codecs,
            devices=_ask_live(),
        )
    )
    state = worst(found)
    return Outcome(
        text=f"{report(found)}\n\n{_ENDINGS[state]}",
        data={"state": state, "checks": msgspec.to_builtins(found)},
        status=1 if state == "fail" else 0,
    )


def _ask_compute() -> tuple[Ready | Explanation, Codecs | Explanation]:
    try:
        with Line("compute") as compute:
            ready = compute.ready()
            codecs = compute.do(lambda job: ListCodecs(job=job))
            assert isinstance(codecs, Codecs)
            return ready, codecs
    except StudioError as error:
        return error.explanation, error.explanation


def _ask_live() -> Devices | Explanation:
    try:
        with Line("live") as live:
            return live.ask(ListDevices(), Devices)
    except StudioError as error:
        return error.explanation
