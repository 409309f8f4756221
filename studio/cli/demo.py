"""`studio demo --out DIR`: the main job once, from sound to finished file, through the real parts and no window."""

import os
import subprocess
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Final, TypeVar

import msgspec

from studio.cli import scratch
from studio.cli.export import describe
from studio.cli.line import Line
from studio.cli.output import new_folder, new_text, readable
from studio.cli.pitch import summary, write_csv
from studio.cli.verbs import Call, Outcome
from studio.errors import StudioError
from studio.media.curve import read_curve
from studio.media.store import ProjectStore
from studio.model.edits import AddPitch, Edit, SetClipGain, SetFades, SplitClip
from studio.model.project import Clip, Fade, Media, Project
from studio.model.time import format_clock
from studio.protocol.jobs import (
    Export,
    Exported,
    ExportSpec,
    ImportMedia,
    MakeSample,
    MediaImported,
    PitchTracked,
    SampleMade,
    TrackPitch,
)
from studio.protocol.messages import Result
from studio.session import machine
from studio.session.document import Document
from studio.session.placing import placed_import, rate_to_import_at

_FADE_S: Final = 0.25
_QUIETER_DB: Final = -3.0
_PICTURE_S: Final = 120.0
_LOW_HZ: Final = 60.0
_HIGH_HZ: Final = 1100.0
_NAMES_TO_TRY: Final = 1000

Kind = TypeVar("Kind", bound=Result)


def arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="where the results go")
    parser.add_argument(
        "--input", type=Path, metavar="FILE", help="a sound or video file to do it with, instead of the sample"
    )


def run(call: Call) -> Outcome:
    out = new_folder(call.asked.out.absolute())
    source = readable(call.asked.input) if call.asked.input else None
    said: list[str] = []
    data: dict[str, object] = {}
    with Line("compute") as compute:
        folder = _fresh(out, source.stem if source else "Sample song")
        document = Document()
        try:
            media = _begin(compute, document, folder, source, said)
            _find_pitch(compute, document, media, out / "pitch.csv", said, data)
            project = _edit(document, media, said)
        finally:
            document.close()
        _reopen(folder, project, said)
        data["exports"] = msgspec.to_builtins(_export(compute, project, folder, out, said))
    data |= {"project": str(folder), "picture": _picture(folder, out / "window.png", said), "steps": list(said)}
    status = 0 if data["picture"] else 1  # everything else would have ended the demo
    return Outcome(text="\n".join(f"• {line}" for line in said), data=data, status=status)


def _begin(compute: Line, document: Document, folder: Path, source: Path | None, said: list[str]) -> Media:
    """Open the sample or a new project with the file in it; return the medium that the demo works on."""
    if source is None:
        _do(compute.do(lambda job: MakeSample(job=job, folder=str(folder))), SampleMade)
        document.open(folder)
        voice = document.project.tracks[0].clips[0]
        said.append(f"Made the sample project, spoken and sung: {folder}")
        return document.project.medium(voice.media)
    ProjectStore.create(folder, Project(name=source.stem)).close()
    document.open(folder)
    rate_hz = rate_to_import_at(document.project)
    imported = _do(
        compute.do(lambda job: ImportMedia(job=job, path=str(source), project_dir=str(folder), rate_hz=rate_hz)),
        MediaImported,
    )
    document.do(placed_import(document.project, imported.media, None, 0))
    media = imported.media
    clock = format_clock(media.length, media.rate_hz)
    said.append(f"Imported {source.name}, {clock} at {media.rate_hz} Hz{_also(imported.warning)}: {folder}")
    return media


def _find_pitch(
    compute: Line, document: Document, media: Media, csv: Path, said: list[str], data: dict[str, object]
) -> None:
    folder = document.folder
    tracked = _do(
        compute.do(
            lambda job: TrackPitch(
                job=job,
                media=media,
                project_dir=str(folder),
                start=0,
                length=media.length,
                engine="melisma",
                low_hz=_LOW_HZ,
                high_hz=_HIGH_HZ,
            )
        ),
        PitchTracked,
    )
    document.do(AddPitch(pitch=tracked.pitch))
    curve = read_curve(folder, tracked.pitch)
    with new_text(csv) as file:
        write_csv(file, curve)
    data["pitch"] = summary(curve, tracked) | {"csv": str(csv)}
    if tracked.median_hz:
        found = f"{tracked.voiced_fraction:.0%} of it voiced, median {tracked.median_hz:.1f} Hz"
    else:
        found = "none there"
    said.append(f"Found the pitch of {media.name} ({found}): {csv}")


def _edit(document: Document, media: Media, said: list[str]) -> Project:
    """Split, fade and quieten; take it all back; do it again; return the project, which has to be the same."""
    rate_hz = document.project.rate_hz
    before = document.project
    whole = next(clip for clip in before.clips if clip.media == media.id)
    _apply(document, SplitClip(clip=whole.id, at=whole.start + whole.length // 2))
    left, right = (clip for clip in document.project.clips if clip.media == media.id and _inside(clip, whole))
    fade = Fade(length=min(round(_FADE_S * rate_hz), right.length // 2))
    _apply(document, SetFades(clip=right.id, fade_in=fade, fade_out=fade))
    _apply(document, SetClipGain(clip=left.id, gain_db=_QUIETER_DB))
    after = document.project
    while document.project != before and document.undo_label:
        document.undo()
    undone = document.project == before
    while document.redo_label:
        document.redo()
    if not undone or document.project != after:
        raise StudioError(
            "demo.undo",
            "The demo stopped.",
            cause="Undo and redo did not lead back to where they should.",
            remedy="This is our mistake: please send us the project and the log.",
        )
    said.append(f"Split “{whole.name or media.name}”, faded, −3 dB; undone and redone, every sample in its place")
    return after


def _reopen(folder: Path, expected: Project, said: list[str]) -> None:
    """Read the project from the disk, as the next start of the studio would."""
    opened = ProjectStore.open(folder)
    opened.store.close()
    if opened.history.project != expected:
        raise StudioError(
            "demo.reopen",
            "The demo stopped.",
            cause="The project on the disk is not the one that was edited.",
            remedy="This is our mistake: please send us the project and the log.",
        )
    said.append(f"Closed and reopened it: the same project, {len(opened.history.labels)} steps to undo")


def _export(compute: Line, project: Project, folder: Path, out: Path, said: list[str]) -> list[object]:
    files: list[object] = []
    for container in ("wav", "mp3"):
        path = out / f"mix.{container}"
        spec = ExportSpec(container="wav" if container == "wav" else "mp3", title=project.name)
        done = _do(
            compute.do(
                lambda job, path=path, spec=spec: Export(  # type: ignore[misc]  # mypy cannot infer a lambda's defaults
                    job=job, project=project, project_dir=str(folder), path=str(path), spec=spec
                )
            ),
            Exported,
        )
        files += done.files
        said.append("Exported " + "; ".join(describe(file).replace("\n ", ",") for file in done.files))
    return files


def _picture(folder: Path, png: Path, said: list[str]) -> str | None:
    """Have another process draw the window: one that has no display, or dies of it, takes only the picture along."""
    with scratch.project_folder() as settings:
        environment = os.environ | {"STUDIO_CONFIG": str(settings)}
        display = machine.display()
        if display.kind == "none" or not display.reachable or display.missing:
            environment["QT_QPA_PLATFORM"] = "offscreen"
        command = [sys.executable, "-m", "studio", "picture", str(folder), "--out", str(png)]
        try:
            done = subprocess.run(  # noqa: S603 our own program, our own words
                command, env=environment, capture_output=True, text=True, timeout=_PICTURE_S, check=False
            )
        except subprocess.TimeoutExpired:
            said.append("No picture of the window: it did not become ready in time")
            return None
    if done.returncode != 0:
        why = (done.stderr.strip().splitlines() or ["it ended without a word"])[-1]
        said.append(f"No picture of the window: {why}")
        return None
    said.append(f"Drew the window: {png}")
    return str(png)


def _apply(document: Document, edit: Edit) -> None:
    document.do(edit)
    document.end_gesture()


def _inside(clip: Clip, whole: Clip) -> bool:
    return whole.start <= clip.start and clip.end <= whole.end


def _do(result: Result, kind: type[Kind]) -> Kind:
    assert isinstance(result, kind), "a job is answered by its own kind of result"
    return result


def _also(warning: str) -> str:
    return f" ({warning})" if warning else ""


def _fresh(out: Path, name: str) -> Path:
    """A folder for the project that is not there yet, so that nothing of an earlier demo is touched."""
    names = (name, *(f"{name} {number}" for number in range(2, _NAMES_TO_TRY)))
    return next(out / name for name in names if not (out / name).exists())
