"""`studio denoise IN --out OUT`: the noise, or the room, goes out of a recording."""

from argparse import ArgumentParser
from pathlib import Path

import msgspec

from studio.cli import lasting
from studio.cli.cleaning import bring_in, card_of, foresee, put, settings_argument, settings_of, stretch_of
from studio.cli.line import Line
from studio.cli.output import new_folder, readable
from studio.cli.verbs import Call, Outcome, WrongCall
from studio.protocol.jobs import Denoise, Denoised


def arguments(parser: ArgumentParser) -> None:
    parser.add_argument("file", type=Path, metavar="IN", help="a sound or video file")
    parser.add_argument("--out", type=Path, required=True, metavar="OUT", help="the cleaned sound, a float WAV")
    parser.add_argument("--engine", default="spectral", metavar="ID", help="spectral (default), or see: studio doctor")
    parser.add_argument("--strength", type=float, default=1.0, metavar="X", help="0 changes nothing, 1 (default) most")
    parser.add_argument("--preview", default="", metavar="START:LENGTH", help="only a stretch, such as 0:45:20")
    parser.add_argument("--noise", default="", metavar="START:LENGTH", help="where nothing but the noise is heard")
    settings_argument(parser)


def run(call: Call) -> Outcome:
    asked = call.asked
    settings = settings_of(asked.set)
    if not 0 <= asked.strength <= 1:
        raise WrongCall(f"--strength {asked.strength:g} has to lie between 0 and 1.")
    if asked.out.suffix.lower() not in (".wav", ".wave"):
        raise WrongCall(f"{asked.out.name} has to be a WAV file; studio export makes the others.")
    path = readable(asked.file)
    new_folder(asked.out.absolute().parent)
    with Line("compute") as compute:
        ready = compute.ready()
        card = card_of(ready, asked.engine, "denoise", "dereverb")
        if asked.noise and "noise profile" not in card.can:
            able = [one.id for one in ready.engines if "noise profile" in one.can]
            raise WrongCall(f"{asked.engine} cannot be shown a noise; --noise is for {' or '.join(able)}.")
        with lasting.folder_for(path) as folder:
            imported = bring_in(compute, path, folder)
            media = imported.media
            start, length = stretch_of(asked.preview, media)
            if asked.noise:
                first, long = stretch_of(asked.noise, media, "The noise was not learnt.")
                settings |= {"noise_start": first, "noise_length": long}
            foreseen = foresee(ready, asked.engine, 1, length / media.rate_hz)
            done = compute.do(
                lambda job: Denoise(
                    job=job,
                    media=media,
                    project_dir=str(folder),
                    start=start,
                    length=length,
                    engine=asked.engine,
                    strength=asked.strength,
                    settings=settings,
                )
            )
            assert isinstance(done, Denoised)
            target = put(folder / done.media.file, asked.out)
    notes = [*filter(None, (imported.note,)), *done.notes]
    data: dict[str, object] = {
        "file": str(path),
        "out": str(target),
        "engine": asked.engine,
        "duration_s": length / media.rate_hz,
        "rate_hz": media.rate_hz,
        "channels": media.channels,
        "estimate": msgspec.to_builtins(foreseen),
        "spent": msgspec.to_builtins(done.spent),
        "notes": notes,
        "warning": imported.warning,
    }
    said = [f"{path}", f"  {length / media.rate_hz:.2f} s, in {done.spent.wall_s:.1f} s", f"  {target}"]
    return Outcome(text="\n".join([*said, *(f"  {line}" for line in (imported.warning, *notes) if line)]), data=data)
