"""`studio export PROJECT --out FILE`: a project as sound files, or with `--video FILE` as its video."""

from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import Final, Literal

import msgspec

from studio.cli.line import Line
from studio.cli.output import new_folder, readable
from studio.cli.verbs import Call, Outcome, WrongCall
from studio.model.project import Project
from studio.model.time import parse_clock
from studio.protocol.jobs import VIDEO_SUFFIXES, Export, Exported, ExportedFile, ExportSpec
from studio.session.recovery import read_project

Container = Literal["wav", "flac", "mp3", "m4a", "opus"]
SampleFormat = Literal["int16", "int24", "float32"]

_BY_SUFFIX: Final[dict[str, Container]] = {
    ".wav": "wav",
    ".wave": "wav",
    ".flac": "flac",
    ".mp3": "mp3",
    ".m4a": "m4a",
    ".mp4": "m4a",
    ".opus": "opus",
}
_RATES_HZ: Final = (8000, 384000)
_KBPS: Final[dict[Container, tuple[int, int]]] = {"mp3": (8, 320), "m4a": (16, 512), "opus": (6, 510)}
_BITS: Final[dict[str, SampleFormat]] = {"16": "int16", "24": "int24", "32f": "float32"}


def arguments(parser: ArgumentParser) -> None:
    parser.add_argument("project", type=Path, metavar="PROJECT", help="a project's folder")
    parser.add_argument("--out", type=Path, metavar="FILE|DIR", help="the file; with --stems or --markers a folder")
    parser.add_argument(
        "--video",
        type=Path,
        metavar="FILE",
        help="the project's video, its pictures unchanged, with the mix as its sound; --stems adds a track for each",
    )
    parser.add_argument("--keep-sound", action="store_true", help="with --video: its own sound stays beside the new")
    parser.add_argument("--format", choices=sorted(set(_BY_SUFFIX.values())), help="else the suffix of FILE decides")
    parser.add_argument("--bits", choices=sorted(_BITS), default="24", help="for WAV and FLAC (24); 16 is dithered")
    parser.add_argument("--rate", type=int, default=0, metavar="HZ", help="sample rate, else the project's")
    parser.add_argument("--kbps", type=int, default=0, metavar="N", help="bit rate for MP3, M4A and Opus")
    parser.add_argument("--mono", action="store_true", help="one channel instead of two")
    parser.add_argument("--from", dest="start", default="", metavar="T", help="begin here: 1:02.5, or seconds")
    parser.add_argument("--to", dest="stop", default="", metavar="T", help="end here")
    parts = parser.add_mutually_exclusive_group()
    parts.add_argument("--stems", action="store_true", help="a file for each track")
    parts.add_argument("--markers", action="store_true", help="a file from each marker to the next")
    parser.add_argument("--lufs", type=float, metavar="X", help="bring the loudness to X LUFS, such as -14 or -23")
    parser.add_argument("--peak", type=float, default=-1.0, metavar="X", help="with --lufs: true peak in dBTP (-1)")


def run(call: Call) -> Outcome:
    asked = call.asked
    _check_target(asked)
    folder = readable(asked.project)
    folder = folder.parent if folder.name == "project.json" else folder
    project = read_project(folder)
    spec = video_spec_of(asked, project) if asked.video else spec_of(asked, project)
    out: Path = (asked.video or asked.out).absolute()
    new_folder(out if spec.split != "mix" and not spec.video else out.parent)
    with Line("compute") as compute:
        done = compute.do(
            lambda job: Export(job=job, project=project, project_dir=str(folder), path=str(out), spec=spec)
        )
    assert isinstance(done, Exported)
    return Outcome(
        text="\n".join(map(describe, done.files)),
        data={"project": project.name, "files": msgspec.to_builtins(done.files)},
    )


def spec_of(asked: Namespace, project: Project) -> ExportSpec:
    """What the words of the call ask for; `WrongCall` where they do not go together."""
    split: Literal["mix", "tracks", "markers"] = "tracks" if asked.stems else "markers" if asked.markers else "mix"
    container = asked.format or _BY_SUFFIX.get(asked.out.suffix.lower())
    if container is None:
        if split == "mix":
            raise WrongCall(f"{asked.out.name} does not say which format it should be: name one with --format.")
        container = "wav"
    start, stop = _stretch(asked, project)
    _check_figures(asked, container)
    if container == "flac" and asked.bits == "32f":
        raise WrongCall("FLAC holds whole numbers: choose --bits 16 or 24, or WAV.")
    return ExportSpec(
        container=container,
        sample_format=_BITS[asked.bits],
        rate_hz=asked.rate,
        channels=1 if asked.mono else 2,
        bitrate_kbps=asked.kbps,
        start=start,
        stop=stop,
        split=split,
        loudness_lufs=asked.lufs,
        peak_limit_dbtp=asked.peak,
        title=project.name if split == "mix" else "",
    )


def video_spec_of(asked: Namespace, project: Project) -> ExportSpec:
    """The same for a video; `WrongCall` for what only a file of sound can be."""
    if asked.video.suffix.lower() not in VIDEO_SUFFIXES:
        raise WrongCall(f"{asked.video.name} has to end in one of {', '.join(VIDEO_SUFFIXES)}.")
    for name, given in (("--format", asked.format), ("--markers", asked.markers), ("--lufs", asked.lufs is not None)):
        if given:
            raise WrongCall(f"{name} is for files of sound, not for --video.")
    if asked.kbps and not 16 <= asked.kbps <= 512:
        raise WrongCall("--kbps for a video lies between 16 and 512.")
    start, stop = _stretch(asked, project)
    return ExportSpec(
        bitrate_kbps=asked.kbps,
        start=start,
        stop=stop,
        split="tracks" if asked.stems else "mix",
        video=True,
        keep_sound=asked.keep_sound,
    )


def _check_target(asked: Namespace) -> None:
    if (asked.out is None) == (asked.video is None):
        raise WrongCall("Say where to: --out FILE for sound, or --video FILE for the video with its new sound.")
    if asked.keep_sound and asked.video is None:
        raise WrongCall("--keep-sound is for --video.")


def _stretch(asked: Namespace, project: Project) -> tuple[int, int]:
    start = parse_clock(asked.start, project.rate_hz) if asked.start else 0
    stop = parse_clock(asked.stop, project.rate_hz) if asked.stop else 0
    if asked.stop and stop <= start:
        raise WrongCall(f"--to {asked.stop} has to lie after --from {asked.start or '0'}.")
    return start, stop


def _check_figures(asked: Namespace, container: Container) -> None:
    low, high = _RATES_HZ
    if asked.rate and not low <= asked.rate <= high:
        raise WrongCall(f"--rate lies between {low} and {high} Hz, such as 44100 or 48000.")
    if asked.kbps and container not in _KBPS:
        raise WrongCall(f"--kbps is for MP3, M4A and Opus; {container.upper()} loses nothing and needs none.")
    if asked.kbps and not _KBPS[container][0] <= asked.kbps <= _KBPS[container][1]:
        raise WrongCall("--kbps for {} lies between {} and {}.".format(container.upper(), *_KBPS[container]))
    if asked.lufs is not None and not -70 <= asked.lufs <= 0:  # also NaN
        raise WrongCall("--lufs lies between -70 and 0, such as -14 or -23.")
    if not -20 <= asked.peak <= 0:
        raise WrongCall("--peak lies between -20 and 0, such as -1.")


def describe(file: ExportedFile) -> str:
    """One line for a finished file, and one more when there is something to say about it."""
    heard = file.loudness
    loud = "silent" if heard.integrated_lufs is None else f"{heard.integrated_lufs:.1f} LUFS"
    peak = "" if heard.true_peak_dbtp is None else f", true peak {heard.true_peak_dbtp:.1f} dBTP"
    line = f"{file.path}\n  {file.duration_s:.2f} s, {file.size_bytes / 1e6:.1f} MB, {loud}{peak}"
    return f"{line}\n  {file.note}" if file.note else line
