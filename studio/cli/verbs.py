"""What the command line can do, one line a verb. Light: this is all that `studio --help` imports.

To add a verb: a module here with `arguments(parser)` and `run(call) -> Outcome`, and a line in `VERBS`.
"""

import importlib
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, NamedTuple, Protocol


class Desktop(Protocol):
    """The window, as far as a verb may need it. `__main__` knows how to make one."""

    def open(self, paths: Sequence[Path]) -> int:
        """Show the window on projects or sound files, and return the exit status when it has been closed."""
        ...

    def picture(self, project: Path, png: Path) -> None:
        """Write a picture of the window with a project open, also where there is no display."""
        ...


@dataclass(frozen=True, kw_only=True)
class Call:
    """One call of a verb: what was asked, and what it may use."""

    asked: Namespace
    desktop: Desktop


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What a verb did: `text` for a person, `data` for `--json`, `status` for the shell."""

    text: str = ""
    data: dict[str, object] = field(default_factory=dict)
    entries: list[dict[str, object]] | None = None
    """For a verb that takes many files: what `--json` prints instead of `data`, an entry each."""
    status: int = 0


class WrongCall(Exception):
    """The command line asks for something that does not exist or does not go together. Exit status 2."""


class _Module(Protocol):
    def arguments(self, parser: ArgumentParser) -> None: ...
    def run(self, call: Call) -> Outcome: ...


class Verb(NamedTuple):
    """A verb, its place in the help, and the module that does it."""

    name: str
    summary: str
    module: str

    def load(self) -> _Module:
        """Import what does the work."""
        module: _Module = importlib.import_module(self.module)
        return module


VERBS: Final = (
    Verb("open", "open the window on a project or on sound and video files", "studio.cli.open"),
    Verb("pitch", "find the melody of a sound or video file, as CSV or JSON", "studio.cli.pitch"),
    Verb("vibrato", "measure the notes of recordings and the vibrato of each", "studio.cli.vibrato"),
    Verb("measures", "measure notes, intonation and range; write TextGrid, MIDI, CSV and more", "studio.cli.measures"),
    Verb("import", "put a melody or notes of another program into a project", "studio.cli.melody"),
    Verb("capture", "record the screen with sound into a video file", "studio.cli.capture"),
    Verb("separate", "take songs apart into stems: vocals, accompaniment and more", "studio.cli.separate"),
    Verb("denoise", "take noise or the room out of a recording", "studio.cli.denoise"),
    Verb("clone", "learn a person's voice from recordings of it", "studio.cli.clone"),
    Verb("voices", "list, show, export, import and remove the voices of your library", "studio.cli.voices"),
    Verb("say", "speak a text in a voice of your library", "studio.cli.say"),
    Verb("convert", "say or sing a recording again in a voice of your library", "studio.cli.convert"),
    Verb("models", "list, install, import, check and delete the models of engines", "studio.cli.models"),
    Verb("export", "render a project to WAV, FLAC, MP3, M4A or Opus", "studio.cli.export"),
    Verb("demo", "do the whole job once without a window, and show the results", "studio.cli.demo"),
    Verb("picture", "write a picture of the window with a project open", "studio.cli.picture"),
    Verb("doctor", "check this machine and this installation, and say what to do", "studio.cli.doctor"),
    Verb("bench", "measure the window, the messages or the shared memory", "studio.cli.bench"),
)


def verb(name: str) -> Verb | None:
    """The verb of that name, or None."""
    return next((verb for verb in VERBS if verb.name == name), None)
