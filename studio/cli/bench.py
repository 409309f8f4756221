"""`studio bench capture|gui|ipc|shm`: what was measured, beside the same thing done by others in the same run."""

import importlib
from argparse import ArgumentParser
from collections.abc import Callable
from typing import Final

from studio.cli.verbs import Call, Outcome

_MEASURES: Final = {
    "capture": "studio.cli.bench_capture:bench_capture",
    "gui": "studio.cli.bench_gui:gui",
    "ipc": "studio.cli.bench_process:bench_ipc",
    "live-pitch": "studio.cli.bench_live_pitch:bench_live_pitch",
    "separate": "studio.cli.bench_separate:bench_separate",
    "video": "studio.cli.bench_video:bench_video",
    "shm": "studio.cli.bench_process:bench_shm",
    "pitch": "studio.cli.bench_pitch:bench_pitch",
    "voices": "studio.cli.bench_pocket:bench_pocket",
    "vibrato": "studio.cli.bench_pitch:bench_vibrato",
    "kernels": "studio.cli.bench_kernels:bench_kernels",
}


def arguments(parser: ArgumentParser) -> None:
    parser.add_argument(
        "what", choices=sorted(_MEASURES), help="recording the screen, the window, the messages, or the shared memory"
    )
    parser.epilog = "Ratios are worth more than times: both sides of a ratio ran in turns on the same machine."


def run(call: Call) -> Outcome:
    found = measure_of(call.asked.what)()
    if "ok" in found:
        found["meets_goal"] = found.pop("ok")  # "ok" of a call says that it was done, whatever the figures are
    return Outcome(text="\n".join(_lines(found)), data={"bench": call.asked.what, **found})


def measure_of(what: str) -> Callable[[], dict[str, object]]:
    """Import what measures this."""
    module, _, name = _MEASURES[what].partition(":")
    measure: Callable[[], dict[str, object]] = getattr(importlib.import_module(module), name)
    return measure


def _lines(found: dict[str, object], indent: str = "") -> list[str]:
    lines = []
    for name, value in found.items():
        if isinstance(value, dict):
            lines += [f"{indent}{_words(name)}", *_lines(value, indent + "  ")]
        else:
            shown = f"{value:.4g}" if isinstance(value, float) else str(value)
            lines.append(f"{indent}{_words(name)}: {shown}")
    return lines


def _words(name: str) -> str:
    return name.replace("_", " ")
