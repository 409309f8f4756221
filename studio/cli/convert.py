"""`studio convert IN --voice NAME --out OUT [--song]`: a recording, or the vocals of a song, again in a voice."""

from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import Final

import msgspec

from studio.cli import lasting
from studio.cli.cleaning import bring_in, card_of, settings_argument, settings_of
from studio.cli.line import Line
from studio.cli.output import new_folder, readable, unwritable
from studio.cli.verbs import Call, Outcome, WrongCall
from studio.media.provenance import SYNTHETIC, put_with_comment
from studio.protocol.jobs import EngineSettings
from studio.protocol.voices import Converted, ConvertVoice, SingAgain, SungAgain

_SEPARATOR: Final = "builtin"


def arguments(parser: ArgumentParser) -> None:
    parser.add_argument("file", type=Path, metavar="IN", help="a recording of one voice; with --song, a song")
    parser.add_argument(
        "--voice", required=True, metavar="NAME", help="a voice of the library; see: studio voices list"
    )
    parser.add_argument("--out", type=Path, required=True, metavar="OUT", help="the converted sound, a float WAV")
    parser.add_argument(
        "--song", action="store_true", help="take the vocals out of IN, convert only them, and mix it all again"
    )
    parser.add_argument(
        "--separator", default="", metavar="ID", help="what takes the song apart: builtin (default), see studio doctor"
    )
    parser.add_argument("--engine", default="basic-convert", metavar="ID", help="basic-convert (default)")
    parser.add_argument(
        "--transpose",
        type=float,
        metavar="X",
        help="semitones, -24 to 24; without: to the voice's middle, of a song by octaves",
    )
    parser.add_argument("--formant", type=float, default=0.0, metavar="X", help="semitones, -12 to 12")
    parser.add_argument("--strength", type=float, default=1.0, metavar="X", help="0 changes nothing, 1 (default) most")
    settings_argument(parser)


def run(call: Call) -> Outcome:
    asked = call.asked
    settings = _settings(asked)
    source, out = readable(asked.file), asked.out.absolute()
    new_folder(out.parent)
    with Line("compute") as compute:
        card_of(compute.ready(), asked.engine, "convert")
        if asked.song:
            return _song(asked, source, out, settings, compute)
        done = compute.do(
            lambda job: ConvertVoice(
                job=job, source=str(source), voice=asked.voice, engine=asked.engine, path=str(out), settings=settings
            )
        )
    assert isinstance(done, Converted)
    data: dict[str, object] = {
        "file": str(source),
        "out": done.path,
        "voice": asked.voice,
        "rtf": done.rtf,
        "duration_s": done.duration_s,
        "rate_hz": done.rate_hz,
        "engine": done.engine,
        "device": done.device,
        "resumed": done.resumed,
        "notes": list(done.notes),
    }
    said = f"{done.path}\n  {done.duration_s:.2f} s by {done.engine} on {done.device}"
    return Outcome(text="\n".join([said, *(f"  {note}" for note in done.notes)]), data=data)


def _settings(asked: Namespace) -> EngineSettings:
    """What was chosen for the engine; `WrongCall` where that cannot be."""
    if asked.transpose is not None and not -24 <= asked.transpose <= 24:
        raise WrongCall(f"--transpose {asked.transpose:g} has to lie between -24 and 24.")
    if not -12 <= asked.formant <= 12:
        raise WrongCall(f"--formant {asked.formant:g} has to lie between -12 and 12.")
    if not 0 <= asked.strength <= 1:
        raise WrongCall(f"--strength {asked.strength:g} has to lie between 0 and 1.")
    if asked.out.suffix.lower() not in (".wav", ".wave"):
        raise WrongCall(f"{asked.out.name} has to be a WAV file; studio export makes the others.")
    if asked.separator and not asked.song:
        raise WrongCall("--separator says what takes a song apart: say --song as well.")
    settings = settings_of(asked.set) | {"formant": asked.formant, "strength": asked.strength}
    return settings if asked.transpose is None else settings | {"transpose": asked.transpose}


def _song(asked: Namespace, source: Path, out: Path, settings: EngineSettings, compute: Line) -> Outcome:
    """Take a song apart, convert its vocals, mix it again. The same call after a Ctrl+C goes on where it stopped."""
    ready = compute.ready()
    separator = card_of(ready, asked.separator or _SEPARATOR, "separate")
    with lasting.folder_for(source) as folder:
        imported = bring_in(compute, source, folder)
        media = imported.media
        wanted = SingAgain(
            job=imported.job,
            media=media,
            project_dir=str(folder),
            start=0,
            length=media.length,
            voice=asked.voice,
            engine=asked.engine,
            settings=settings,
            separator=separator.id,
            remix=True,
        )
        done = compute.do(lambda job: msgspec.structs.replace(wanted, job=job))
        assert isinstance(done, SungAgain)
        (remix,) = done.media
        comment = SYNTHETIC.format(voice=done.voice, engine=card_of(ready, asked.engine, "convert").name)
        try:
            put_with_comment(folder / remix.file, out, remix.rate_hz, remix.channels, comment)
        except OSError as error:
            raise unwritable(out, error) from error
    notes = [*filter(None, (imported.warning, imported.note)), *done.notes]
    duration_s = remix.length / remix.rate_hz
    data: dict[str, object] = {
        "file": str(source),
        "out": str(out),
        "voice": done.voice,
        "rtf": done.spent.wall_s / duration_s,
        "duration_s": duration_s,
        "rate_hz": remix.rate_hz,
        "engine": asked.engine,
        "separator": separator.id,
        "device": ready.device,
        "spent": msgspec.to_builtins(done.spent),
        "notes": notes,
    }
    said = f"{out}\n  {duration_s:.2f} s, taken apart by {separator.name}, sung by {done.voice}"
    return Outcome(
        text="\n".join([f"{said}, in {done.spent.wall_s:.1f} s", *(f"  {note}" for note in notes)]), data=data
    )
