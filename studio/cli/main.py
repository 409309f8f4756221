"""The command line: reads a call, runs its verb, prints the outcome.

Exit status 0: done, 1: failed, 2: wrong call, 130: interrupted.
"""

import difflib
import sys
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from collections.abc import Sequence
from typing import Final, NoReturn

from studio import __version__
from studio.cli.verbs import VERBS, Call, Desktop, Outcome, Verb, WrongCall, verb

_FAILED: Final = 1
_WRONG: Final = 2


class _Parser(ArgumentParser):
    """A parser whose complaints are wrong calls like any other, also as JSON."""

    def error(self, message: str) -> NoReturn:
        raise WrongCall(f"{message[:1].upper()}{message[1:].rstrip('.')}.")


def main(arguments: Sequence[str], desktop: Desktop) -> int:
    """Run one call and return its exit status."""
    words = [word for word in arguments if word != "--json"]
    as_json = len(words) < len(arguments)
    if not words or words[0] in ("-h", "--help", "help"):
        print(_help())
        return 0
    if words[0] in ("-V", "--version"):
        print(f"Melisma Studio {__version__}")
        return 0
    chosen = verb(words[0])
    if chosen is None:
        return _unknown(words[0], as_json)
    return _run(chosen, words[1:], as_json, desktop)


def _run(chosen: Verb, words: list[str], as_json: bool, desktop: Desktop) -> int:
    parser = _Parser(
        prog=f"studio {chosen.name}",
        description=f"{chosen.summary[0].upper()}{chosen.summary[1:]}.",
        formatter_class=RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    module = chosen.load()
    module.arguments(parser)
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of text")
    try:
        asked = parser.parse_args(words)
    except WrongCall as error:
        return _say_wrong(chosen, str(error), as_json)
    asked.json = as_json

    # Only a call that does something pays for these.
    from studio import log
    from studio.cli.interrupt import Interrupted
    from studio.errors import explain

    log.start("cli")
    try:
        outcome = module.run(Call(asked=asked, desktop=desktop))
    except WrongCall as error:
        return _say_wrong(chosen, str(error), as_json)
    except Interrupted as error:
        return _say_failure("Stopped before it was done.", "interrupted", error.status, as_json)
    except KeyboardInterrupt:
        return _say_failure("Stopped before it was done.", "interrupted", 130, as_json)
    except Exception as error:  # the process boundary: every other failure becomes one sentence
        why = explain(error)
        if why.code == "bug":
            import logging

            logging.getLogger(__name__).exception("%s failed", chosen.name)
        return _say_failure(
            why.sentence, why.code, _FAILED, as_json, title=why.title, cause=why.cause, remedy=why.remedy
        )
    _say(outcome, as_json)
    return outcome.status


def _say(outcome: Outcome, as_json: bool) -> None:
    if as_json:
        import msgspec

        said = {"ok": outcome.status == 0, **outcome.data} if outcome.entries is None else outcome.entries
        print(msgspec.json.format(msgspec.json.encode(said), indent=2).decode())
    elif outcome.text:
        print(outcome.text)


def _say_wrong(chosen: Verb, sentence: str, as_json: bool) -> int:
    return _say_failure(sentence, "call.wrong", _WRONG, as_json, hint=f"See: studio {chosen.name} --help")


def _say_failure(sentence: str, code: str, status: int, as_json: bool, *, hint: str = "", **parts: str) -> int:
    print(f"studio: {sentence}", file=sys.stderr)
    if hint:
        print(hint, file=sys.stderr)
    if as_json:
        import msgspec

        error = {"code": code, "sentence": sentence, **parts}
        print(msgspec.json.format(msgspec.json.encode({"ok": False, "error": error}), indent=2).decode())
    return status


def _unknown(word: str, as_json: bool) -> int:
    near = difflib.get_close_matches(word, [verb.name for verb in VERBS], 1)
    meant = f" Did you mean {near[0]}?" if near else ""
    return _say_failure(
        f"There is no verb and no file called {word}.{meant}", "call.wrong", _WRONG, as_json, hint="See: studio --help"
    )


def _help() -> str:
    width = max(len(verb.name) for verb in VERBS)
    verbs = "\n".join(f"  {verb.name:<{width}}  {verb.summary}" for verb in VERBS)
    return f"""Melisma Studio {__version__}: record, see, edit and change voices, offline and in one window.

  studio [FILE or PROJECT ...]     open the window
  studio VERB ... [--json]         do one job in the terminal

Verbs
{verbs}

Everywhere
  --json      print one JSON object, for other programs
  --help      explain a verb, as in: studio pitch --help
  --version   say which version this is

Examples
  studio song.ogg
  studio pitch song.ogg --csv melody.csv
  studio export "My song" --out song.mp3 --lufs -14
  studio doctor

A call ends with status 0 when it is done, 1 when it failed (with one sentence that says why), 2 when the
call itself was wrong, and 130 when you stopped it with Ctrl+C. Files appear whole or not at all."""
