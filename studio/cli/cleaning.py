"""What `separate` and `denoise` have in common: their engines, the sound they take in, the files they give out."""

import os
import shutil
import sys
from argparse import ArgumentParser
from pathlib import Path

from studio.cli.line import Line
from studio.cli.output import unwritable
from studio.cli.verbs import WrongCall
from studio.errors import StudioError
from studio.media import measured
from studio.media.measured import Estimate
from studio.model.project import Media
from studio.model.time import parse_clock
from studio.protocol.common import EngineCard, Ready
from studio.protocol.jobs import CleanStep, EngineSettings, ImportMedia, MediaImported

_CLEANING = ("denoise", "dereverb")


def settings_argument(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--set", action="append", default=[], metavar="NAME=VALUE", help="a setting of the engine, as often as needed"
    )


def settings_of(words: list[str]) -> EngineSettings:
    """What `--set` says: numbers and yes or no as such, the rest as text."""
    chosen: EngineSettings = {}
    for word in words:
        name, equals, value = word.partition("=")
        if not name or not equals:
            raise WrongCall(f"--set {word} is not of the form NAME=VALUE.")
        chosen[name] = {"yes": True, "no": False}.get(value, _number(value))
    return chosen


def chain_of(steps: list[str]) -> tuple[CleanStep, ...]:
    """What `--chain` says: ENGINE, STEM:ENGINE or either with :STRENGTH after it; "mix" is no stem but all."""
    chain = []
    for step in steps:
        parts = step.split(":")
        strength = _number(parts[-1])
        if isinstance(strength, float) and len(parts) > 1:
            parts.pop()
        else:
            strength = 1.0
        if not 1 <= len(parts) <= 2 or not all(parts) or not 0 <= strength <= 1:
            raise WrongCall(f"--chain {step} is not of the form [STEM:]ENGINE[:STRENGTH], as in vocals:dereverb:0.8.")
        stem = parts[0] if len(parts) == 2 and parts[0] != "mix" else ""
        chain.append(CleanStep(engine=parts[-1], strength=strength, stem=stem))
    return tuple(chain)


def card_of(ready: Ready, id: str, *tasks: str) -> EngineCard:
    """The engine of that id; `WrongCall` where there is none, a `StudioError` where it cannot be used."""
    known = {card.id: card for card in ready.engines if card.task in tasks}
    if id not in known:
        raise WrongCall(f"There is no engine called {id}; there are {', '.join(known) or 'none'}.")
    if known[id].missing:
        raise StudioError(
            "engine.missing",
            f"{known[id].name} cannot be used.",
            cause=known[id].missing,
            remedy="Choose another engine with --engine.",
        )
    return known[id]


def check_cleaners(ready: Ready, chain: tuple[CleanStep, ...]) -> None:
    """See that every step has its engine."""
    for step in chain:
        card_of(ready, step.engine, *_CLEANING)


def bring_in(compute: Line, path: Path, folder: Path) -> MediaImported:
    """Import a file at its own rate."""
    done = compute.do(
        lambda job: ImportMedia(job=job, path=str(path), project_dir=str(folder), rate_hz=0, any_rate=True)
    )
    assert isinstance(done, MediaImported)
    return done


def stretch_of(words: str, media: Media, title: str = "The preview was not made.") -> tuple[int, int]:
    """Start and length of what START:LENGTH asks for, all of the sound where it is ""; `title` begins a refusal."""
    if not words:
        return 0, media.length
    first, _, length = words.rpartition(":")
    start = parse_clock(first or "0", media.rate_hz)
    wanted = parse_clock(length, media.rate_hz)
    if start >= media.length or not wanted:
        raise StudioError(
            "preview.range",
            title,
            cause=f"The sound is {media.length / media.rate_hz:.2f} s long, and {words} reaches into none of it.",
            remedy="Choose a start within it, and a length, as in 30:15.",
        )
    return start, min(wanted, media.length - start)


def foresee(ready: Ready, engine: str, parts: int, length_s: float) -> Estimate | None:
    """What it will take, as far as this machine knows; a person at a terminal is told."""
    foreseen = measured.estimate(measured.speeds(), engine, parts, ready.device, length_s)
    if foreseen is not None and sys.stderr.isatty():
        seconds, megabytes = round(foreseen.wall_s), foreseen.memory_bytes / 1e6
        print(f"About {seconds // 60}:{seconds % 60:02d} on {ready.device}, {megabytes:.0f} MB.", file=sys.stderr)
    return foreseen


def put(made: Path, target: Path) -> Path:
    """Give a finished sound its place; it is there at once or not at all."""
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        try:
            os.link(made, part)
        except OSError:  # another disk, or one that knows no second names
            shutil.copyfile(made, part)
        part.replace(target)
    except OSError as error:
        raise unwritable(target, error) from error
    finally:
        part.unlink(missing_ok=True)
    return target.absolute()


def _number(text: str) -> float | str:
    try:
        return float(text)
    except ValueError:
        return text
