"""`studio clone REF... --name NAME --consent TEXT`: learn a person's voice from recordings of it."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Final

import msgspec

from studio.cli.cleaning import card_of
from studio.cli.line import Line
from studio.cli.output import readable
from studio.cli.verbs import Call, Outcome, WrongCall
from studio.model.voice import Voice
from studio.protocol.voices import LearnVoice, ReferenceFile, VoiceLearnt

_SOUNDS: Final = frozenset(
    (
        ".wav",
        ".wave",
        ".flac",
        ".mp3",
        ".m4a",
        ".ogg",
        ".opus",
        ".aif",
        ".aiff",
        ".caf",
        ".wma",
        ".mp4",
        ".mkv",
        ".webm",
    )
)


def arguments(parser: ArgumentParser) -> None:
    parser.add_argument("references", type=Path, nargs="+", metavar="REF", help="recordings of one person, or a folder")
    parser.add_argument("--name", required=True, help="what the voice is called")
    parser.add_argument(
        "--consent", required=True, metavar="TEXT", help="what the person agreed to, in words; it is kept"
    )
    parser.add_argument(
        "--transcript",
        type=Path,
        metavar="FILE",
        help="what is said: the text of one recording; of several, lines of file name, tab, text",
    )
    parser.add_argument("--engine", default="basic", metavar="ID", help="basic (default), or see: studio doctor")
    parser.add_argument("--language", default="en-us", metavar="CODE", help="en-us (default), or another of eSpeak's")
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="another number learns a little differently")


def run(call: Call) -> Outcome:
    asked = call.asked
    if not asked.name.strip():
        raise WrongCall("--name has to say something.")
    if not asked.consent.strip():
        raise WrongCall("--consent has to say what the person agreed to.")
    files = _files(asked.references)
    texts = _texts(asked.transcript, files) if asked.transcript else {}
    references = tuple(ReferenceFile(path=str(file), text=texts.get(file, "")) for file in files)
    with Line("compute") as compute:
        card_of(compute.ready(), asked.engine, "speak")
        done = compute.do(
            lambda job: LearnVoice(
                job=job,
                name=asked.name.strip(),
                consent=asked.consent,
                references=references,
                language=asked.language,
                engine=asked.engine,
                seed=asked.seed,
            )
        )
    assert isinstance(done, VoiceLearnt)
    voice, learnt = done.voice, done.voice.learnt[-1]
    data: dict[str, object] = {
        "voice": msgspec.to_builtins(voice),
        "engine": learnt.engine,
        "reference_s": voice.length_s,
        "learning_s": learnt.wall_s,
        "learning_cpu_s": learnt.cpu_s,
        "fallback": learnt.fallback,
        "findings": msgspec.to_builtins(voice.findings),
        "notes": list(done.notes),
    }
    lines = [f"{voice.name} ({voice.id})", f"  learnt from {voice.length_s:.1f} s in {learnt.wall_s:.1f} s"]
    lines += [f"  {finding.sentence} {finding.remedy}" for finding in voice.findings]
    return Outcome(text="\n".join([*lines, *(f"  {note}" for note in done.notes)]), data=data)


def describe(voice: Voice) -> str:
    """A voice in one line."""
    engines = ", ".join(learnt.engine for learnt in voice.learnt)
    return f"{voice.name} ({voice.id}): {voice.length_s:.1f} s in {voice.language}, learnt by {engines or 'none'}"


def _files(references: list[Path]) -> list[Path]:
    """The recordings that are meant: files, and the sound files of folders."""
    files: list[Path] = []
    for reference in references:
        path = readable(reference)
        inside = sorted(file for file in path.iterdir() if file.suffix.lower() in _SOUNDS) if path.is_dir() else [path]
        if not inside:
            raise WrongCall(f"There is no sound file in {reference}.")
        files += inside
    return files


def _texts(transcript: Path, files: list[Path]) -> dict[Path, str]:
    """The text of each recording that has one."""
    try:
        words = readable(transcript).read_text(encoding="utf-8-sig").strip()
    except UnicodeDecodeError as error:
        raise WrongCall(f"{transcript.name} is no text in UTF-8.") from error
    named = {}
    for line in words.splitlines():
        name, tab, text = line.partition("\t")
        if tab:
            named[name.strip()] = text.strip()
    if not named and len(files) == 1:
        return {files[0]: " ".join(words.split())}
    found = {file: named.get(file.name) or named.get(file.stem, "") for file in files}
    if not any(found.values()):
        raise WrongCall(f"{transcript.name} names none of the recordings: it needs lines of file name, tab, text.")
    return found
