"""`studio say TEXT|--file F --voice NAME --out OUT`: a text, spoken in a voice."""

from argparse import ArgumentParser, Namespace
from pathlib import Path

from studio.cli.cleaning import card_of, settings_argument, settings_of
from studio.cli.line import Line
from studio.cli.output import new_folder, readable
from studio.cli.verbs import Call, Outcome, WrongCall
from studio.protocol.jobs import EngineSettings
from studio.protocol.voices import Speak, Spoken


def arguments(parser: ArgumentParser) -> None:
    parser.add_argument(
        "text", nargs="?", default="", metavar="TEXT", help="what to say; *now* is stressed, [pause:0.5s] waits"
    )
    parser.add_argument("--file", type=Path, metavar="F", help="a text file to say instead")
    parser.add_argument(
        "--voice",
        required=True,
        metavar="NAME",
        help="a voice of the library (studio voices list), or one of the engine's own: en-us+Annie of espeak",
    )
    parser.add_argument("--out", type=Path, required=True, metavar="OUT", help="the speech, a float WAV")
    parser.add_argument("--engine", default="basic", metavar="ID", help="basic (default), or see: studio doctor")
    parser.add_argument(
        "--character", default="", metavar="clear|alike|X", help="easy to understand 0 to 1 like the person"
    )
    parser.add_argument("--speed", type=float, default=1.0, metavar="X", help="0.5 to 2")
    parser.add_argument("--dictionary", type=Path, metavar="F", help="lines of word, tab, how it is said")
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="another number makes another take")
    settings_argument(parser)


def run(call: Call) -> Outcome:
    asked = call.asked
    if bool(asked.text) == bool(asked.file):
        raise WrongCall("studio say needs a TEXT or --file, and not both.")
    if asked.out.suffix.lower() not in (".wav", ".wave"):
        raise WrongCall(f"{asked.out.name} has to be a WAV file; studio export makes the others.")
    if not 0.5 <= asked.speed <= 2:
        raise WrongCall(f"--speed {asked.speed:g} has to lie between 0.5 and 2.")
    text = _read(asked.file) if asked.file else asked.text
    settings = _settings(asked)
    dictionary = _dictionary(asked.dictionary) if asked.dictionary else {}
    out = asked.out.absolute()
    new_folder(out.parent)
    with Line("compute") as compute:
        card_of(compute.ready(), asked.engine, "speak")
        done = compute.do(
            lambda job: Speak(
                job=job,
                text=text,
                voice=asked.voice,
                engine=asked.engine,
                path=str(out),
                seed=asked.seed,
                settings=settings,
                dictionary=dictionary,
            )
        )
    assert isinstance(done, Spoken)
    data: dict[str, object] = {
        "out": done.path,
        "voice": asked.voice,
        "first_audio_ms": done.first_audio_ms,
        "rtf": done.rtf,
        "cpu_rtf": done.cpu_rtf,
        "duration_s": done.duration_s,
        "open_ms": done.open_ms,
        "rate_hz": done.rate_hz,
        "engine": done.engine,
        "device": done.device,
        "seed": asked.seed,
        "marked": done.marked,
        "notes": list(done.notes),
    }
    said = f"{done.path}\n  {done.duration_s:.2f} s by {done.engine} on {done.device}, first sound after "
    said += f"{done.first_audio_ms:.0f} ms, {done.rtf:.3f} s of work for each second"
    return Outcome(text="\n".join([said, *(f"  {note}" for note in done.notes)]), data=data)


def _settings(asked: Namespace) -> EngineSettings:
    settings = settings_of(asked.set)
    if asked.speed != 1.0:
        settings["speed"] = asked.speed
    if asked.character:
        settings["character"] = _character(asked.character)
    return settings


def _character(word: str) -> float | str:
    if word in ("clear", "alike"):
        return word
    try:
        value = float(word)
    except ValueError:
        value = -1.0
    if not 0 <= value <= 1:
        raise WrongCall(f"--character {word} has to be clear, alike or a number from 0 to 1.")
    return value


def _read(path: Path) -> str:
    try:
        return readable(path).read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise WrongCall(f"{path.name} is no text in UTF-8.") from error


def _dictionary(path: Path) -> dict[str, str]:
    lines = [line.partition("\t") for line in _read(path).splitlines() if line.strip()]
    if any(not tab for _, tab, _ in lines):
        raise WrongCall(f"{path.name} needs lines of word, tab, how it is said.")
    return {word.strip(): how.strip() for word, _, how in lines}
