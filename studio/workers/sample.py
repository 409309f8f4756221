"""The job that makes the sample project: its sounds, its melodies, its tracks and markers."""

import os
import shutil
from functools import partial
from pathlib import Path

from msgspec.structs import replace

from studio import paths
from studio.audio.importing import MediaWriter
from studio.audio.trouble import told
from studio.engines import recipe as recipes
from studio.engines import sample
from studio.engines.recipe import Recipe
from studio.errors import StudioError
from studio.media.store import ProjectStore
from studio.model.project import (
    Clip,
    ClipId,
    Fade,
    Lineage,
    Marker,
    MarkerId,
    Media,
    Pitch,
    Project,
    Track,
    TrackId,
)
from studio.protocol.jobs import MakeSample, SampleMade, TrackPitch
from studio.workers.pitch import track_pitch
from studio.workers.runtime import Context, Report

_TITLE = "The sample project was not made."
_MAKING = 0.7
_CUT_S = 0.02
_NOTES = (
    "A voice that nobody recorded: eSpeak NG speaks the words, Praat puts them on the notes, and a small band of "
    "sines plays along. Cut it, move it, turn it up, undo it all: nothing here can be broken."
)


def make_sample(job: MakeSample, context: Context, report: Report) -> SampleMade:
    """Make the project beside its place, and put it there when it is whole."""
    folder = Path(job.folder)
    if folder.exists():
        raise StudioError(
            "sample.exists",
            _TITLE,
            cause=f"There is something at {folder} already.",
            remedy="Choose another folder, or open what is there.",
        )
    recipe = recipes.load(paths.resources() / "sample" / "recipe.toml")
    part = folder.with_name(f".{folder.name}.{os.getpid()}.part")
    shutil.rmtree(part, ignore_errors=True)
    try:
        with told(_TITLE, folder.parent):
            part.mkdir(parents=True)
            ProjectStore.create(part, _project(recipe, part, job, context, report)).close()
            part.replace(folder)
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return SampleMade(job=job.job, folder=str(folder))


def _project(recipe: Recipe, folder: Path, job: MakeSample, context: Context, report: Report) -> Project:
    parts = sample.make(recipe, lambda done, stage: report(_MAKING * done, stage))
    media: list[Media] = []
    pitches: list[Pitch] = []
    for part in parts:
        report(_MAKING, "Making the sample")
        with MediaWriter(folder, recipe.rate_hz, part.frames.shape[1], title=_TITLE) as writer:
            writer.write(part.frames)
            made_by = "band" if part.name == "Backing" else "espeak-ng"
            media.append(writer.finish(name=part.name, lineage=Lineage(engine=made_by)))
    sounds = {part.name: (medium, part.start_s) for part, medium in zip(parts, media, strict=True)}
    for index, name in enumerate(("Narration", "Voice")):
        tell = partial(_second_half, report, index)
        pitches.append(_melody(sounds[name][0], folder, job, context, tell))
    return Project(
        name=recipe.name,
        rate_hz=recipe.rate_hz,
        tracks=_tracks(recipe, sounds),
        media=tuple(media),
        markers=_markers(recipe),
        pitches=tuple(pitches),
        notes=_NOTES,
    )


def _second_half(report: Report, index: int, fraction: float, stage: str) -> None:
    report(_MAKING + (1 - _MAKING) * (index + fraction) / 2, stage)


def _melody(medium: Media, folder: Path, job: MakeSample, context: Context, report: Report) -> Pitch:
    asked = TrackPitch(
        job=job.job,
        media=medium,
        project_dir=str(folder),
        start=0,
        length=medium.length,
        engine="melisma",
        low_hz=75.0,
        high_hz=900.0,
    )
    return track_pitch(asked, context, report).pitch


def _tracks(recipe: Recipe, sounds: dict[str, tuple[Media, float]]) -> tuple[Track, ...]:
    """The voice as a clip for each verse, the others whole."""
    rate_hz = recipe.rate_hz
    cut = Fade(length=round(_CUT_S * rate_hz), shape="equal_power")
    voice = _clip("voice", *sounds["Voice"], rate_hz)
    first, *later = (round((start_s - 0.25) * rate_hz) for start_s in recipes.verse_starts_s(recipe))
    assert first == voice.start
    verses = []
    for index, (verse, start) in enumerate(zip(recipe.verse, (first, *later), strict=True)):
        stop = later[index] if index < len(later) else voice.end
        verses.append(
            replace(
                voice,
                id=ClipId(f"verse{index + 1}"),
                name=verse.name,
                source_start=start - voice.start,
                start=start,
                length=stop - start,
                fade_in=cut,
                fade_out=cut,
            )
        )
    backing = replace(_clip("backing", *sounds["Backing"], rate_hz), fade_out=Fade(length=rate_hz, shape="smooth"))
    return (
        Track(id=TrackId("voice"), name="Voice", clips=tuple(verses), colour=0),
        Track(
            id=TrackId("narration"),
            name="Narration",
            clips=(_clip("narration", *sounds["Narration"], rate_hz),),
            colour=4,
        ),
        Track(id=TrackId("backing"), name="Backing", clips=(backing,), colour=6),
    )


def _clip(id: str, medium: Media, start_s: float, rate_hz: int) -> Clip:
    start = round(start_s * rate_hz)
    return Clip(id=ClipId(id), media=medium.id, source_start=0, start=start, length=medium.length, name=medium.name)


def _markers(recipe: Recipe) -> tuple[Marker, ...]:
    starts_s = (
        0.0,
        *recipes.verse_starts_s(recipe),
        recipe.length_s - recipe.ending_bars * recipe.beats_per_bar * recipe.beat_s,
    )
    names = ("Welcome", *(verse.name for verse in recipe.verse), "Ending")
    starts = [round(start_s * recipe.rate_hz) for start_s in starts_s]
    stops = [*starts[1:], round(recipe.length_s * recipe.rate_hz)]
    return tuple(
        Marker(id=MarkerId(f"part{index + 1}"), start=start, text=name, length=stop - start)
        for index, (start, stop, name) in enumerate(zip(starts, stops, names, strict=True))
    )
