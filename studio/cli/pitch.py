"""`studio pitch FILE`: the melody of any sound or video file."""

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import TextIO

import numpy as np

from studio.cli import scratch
from studio.cli.line import Line
from studio.cli.output import new_text, readable
from studio.cli.verbs import Call, Outcome, WrongCall
from studio.errors import StudioError
from studio.media.curve import read_curve
from studio.model.pitch import PitchCurve, hz_to_midi, note_text
from studio.protocol.common import Ready
from studio.protocol.jobs import ImportMedia, MediaImported, PitchTracked, TrackPitch

_ROWS_AT_ONCE = 20_000


def arguments(parser: ArgumentParser) -> None:
    parser.add_argument("file", type=Path, metavar="FILE", help="any sound or video file")
    parser.add_argument(
        "--csv", metavar="OUT", help="write time_s,f0_hz,confidence, a row each 5 ms, 0 Hz where unvoiced; - for stdout"
    )
    parser.add_argument(
        "--engine",
        default="melisma",
        metavar="ID",
        help="melisma (default), praat, swift-f0, crepe-tiny, crepe-full",
    )
    parser.add_argument("--low", type=float, default=60.0, metavar="HZ", help="lowest pitch to look for (60)")
    parser.add_argument("--high", type=float, default=1100.0, metavar="HZ", help="highest pitch to look for (1100)")


def run(call: Call) -> Outcome:
    asked = call.asked
    if not 0 < asked.low < asked.high:
        raise WrongCall(f"--low {asked.low:g} has to lie below --high {asked.high:g}, and above 0.")
    if asked.csv == "-" and asked.json:
        raise WrongCall("--csv - and --json both want stdout.")
    path = readable(asked.file)
    with scratch.project_folder() as folder, Line("compute") as compute:
        _check_engine(asked.engine, compute.ready())
        imported = compute.do(lambda job: ImportMedia(job=job, path=str(path), project_dir=str(folder), rate_hz=0))
        assert isinstance(imported, MediaImported)
        media = imported.media
        tracked = compute.do(
            lambda job: TrackPitch(
                job=job,
                media=media,
                project_dir=str(folder),
                start=0,
                length=media.length,
                engine=asked.engine,
                low_hz=asked.low,
                high_hz=asked.high,
            )
        )
        assert isinstance(tracked, PitchTracked)
        curve = read_curve(folder, tracked.pitch)
        if asked.csv == "-":
            write_csv(sys.stdout, curve)
            return Outcome()
        if asked.csv:
            with new_text(Path(asked.csv)) as file:
                write_csv(file, curve)
        duration_s = media.length / media.rate_hz
        data = summary(curve, tracked) | {
            "file": str(path),
            "csv": str(Path(asked.csv).absolute()) if asked.csv else None,
            "engine": asked.engine,
            "duration_s": duration_s,
            "warning": imported.warning,
        }
        return Outcome(text=_text(data), data=data)


def summary(curve: PitchCurve, tracked: PitchTracked) -> dict[str, object]:
    """The figures of a melody: how much is voiced, where its middle and its ends are."""
    voiced = curve.hz[~np.isnan(curve.hz)]
    low, high = (float(hz) for hz in np.percentile(voiced, (5, 95))) if len(voiced) else (None, None)
    return {
        "frames": len(curve.hz),
        "frames_per_s": curve.frames_per_s,
        "voiced_fraction": round(tracked.voiced_fraction, 4),
        "median_hz": round(tracked.median_hz, 3) if len(voiced) else None,
        "median_note": note_text(hz_to_midi(tracked.median_hz)) if len(voiced) else None,
        "low_hz": low and round(low, 3),
        "high_hz": high and round(high, 3),
    }


def _check_engine(id: str, ready: Ready) -> None:
    known = {card.id: card for card in ready.engines if card.task == "pitch"}
    if id not in known:
        raise WrongCall(f"There is no engine called {id}; there are {', '.join(known)}.")
    if known[id].missing:
        raise StudioError(
            "engine.missing",
            f"{known[id].name} cannot be used.",
            cause=known[id].missing,
            remedy="Choose another engine with --engine.",
        )


def write_csv(file: TextIO, curve: PitchCurve) -> None:
    """Write a curve as time_s,f0_hz,confidence, 0 Hz where unvoiced."""
    file.write("time_s,f0_hz,confidence\n")
    for start in range(0, len(curve.hz), _ROWS_AT_ONCE):
        hz = np.nan_to_num(curve.hz[start : start + _ROWS_AT_ONCE]).tolist()
        confidence = curve.confidence[start : start + _ROWS_AT_ONCE].tolist()
        file.writelines(
            f"{(start + i) / curve.frames_per_s:.3f},{f0:.3f},{sure:.3f}\n"
            for i, (f0, sure) in enumerate(zip(hz, confidence, strict=True))
        )


def _text(data: dict[str, object]) -> str:
    if data["median_hz"] is None:
        found = "no pitch found"
    else:
        found = f"{data['voiced_fraction']:.0%} voiced, median {data['median_hz']:.1f} Hz ({data['median_note']})"
    lines = [f"{data['file']}", f"  {data['duration_s']:.2f} s, {found}, by {data['engine']}"]
    if data["warning"]:
        lines.append(f"  {data['warning']}")
    if data["csv"]:
        lines.append(f"  {data['csv']}")
    return "\n".join(lines)
