"""`studio convert IN --voice NAME --out OUT`: a recording, said or sung again in a voice."""

from argparse import ArgumentParser
from pathlib import Path

from studio.cli.cleaning import card_of, settings_argument, settings_of
from studio.cli.line import Line
from studio.cli.output import new_folder, readable
from studio.cli.verbs import Call, Outcome, WrongCall
from studio.protocol.voices import Converted, ConvertVoice


def arguments(parser: ArgumentParser) -> None:
    parser.add_argument("file", type=Path, metavar="IN", help="a recording of one voice; of a song, its vocals stem")
    parser.add_argument(
        "--voice", required=True, metavar="NAME", help="a voice of the library; see: studio voices list"
    )
    parser.add_argument("--out", type=Path, required=True, metavar="OUT", help="the converted sound, a float WAV")
    parser.add_argument("--engine", default="basic-convert", metavar="ID", help="basic-convert (default)")
    parser.add_argument(
        "--transpose", type=float, metavar="X", help="semitones, -24 to 24; without: to the voice's middle"
    )
    parser.add_argument("--formant", type=float, default=0.0, metavar="X", help="semitones, -12 to 12")
    parser.add_argument("--strength", type=float, default=1.0, metavar="X", help="0 changes nothing, 1 (default) most")
    settings_argument(parser)


def run(call: Call) -> Outcome:
    asked = call.asked
    if asked.transpose is not None and not -24 <= asked.transpose <= 24:
        raise WrongCall(f"--transpose {asked.transpose:g} has to lie between -24 and 24.")
    if not -12 <= asked.formant <= 12:
        raise WrongCall(f"--formant {asked.formant:g} has to lie between -12 and 12.")
    if not 0 <= asked.strength <= 1:
        raise WrongCall(f"--strength {asked.strength:g} has to lie between 0 and 1.")
    if asked.out.suffix.lower() not in (".wav", ".wave"):
        raise WrongCall(f"{asked.out.name} has to be a WAV file; studio export makes the others.")
    source, out = readable(asked.file), asked.out.absolute()
    new_folder(out.parent)
    settings = settings_of(asked.set) | {"formant": asked.formant, "strength": asked.strength}
    if asked.transpose is not None:
        settings["transpose"] = asked.transpose
    with Line("compute") as compute:
        card_of(compute.ready(), asked.engine, "convert")
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
        "notes": list(done.notes),
    }
    said = f"{done.path}\n  {done.duration_s:.2f} s by {done.engine} on {done.device}"
    return Outcome(text="\n".join([said, *(f"  {note}" for note in done.notes)]), data=data)
