"""What is chosen on the timeline as something that is measured and written for other programs, and labels that come in.

Pure but for the two jobs that are started here.
"""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from msgspec.structs import replace

from studio.errors import StudioError
from studio.media.curve import covers
from studio.media.disk import Disk
from studio.media.interchange import audacity, textgrid
from studio.model.edits import AddMarkers
from studio.model.labels import Label, Tier
from studio.model.project import Clip, Marker, MelodyPiece, Project
from studio.model.sheet import SungNote
from studio.model.time import samples_of, seconds_of
from studio.protocol.common import JobId
from studio.protocol.measures import (
    Against,
    MeasureQuality,
    MeasureVoice,
    MelodyFile,
    QualityMeasured,
    SungSound,
    VoiceMeasured,
)
from studio.protocol.messages import Job, Result
from studio.session.document import Document
from studio.session.jobs import Jobs
from studio.session.placing import new_marker_id
from studio.session.stems import Piece
from studio.settings.schema import PitchSettings

_FRAMES_PER_S = 200
_MOST_LABELS = 100_000


def sung_sound(project: Project, piece: Piece) -> SungSound:
    """A clip, or a part of one, with the melody that is known of it and the markers that stand over it.

    Times in what is made of it count from where it begins.
    """
    clip = piece.clip
    return SungSound(
        name=piece.name,
        media=project.medium(clip.media),
        start=clip.source_start,
        length=clip.length,
        melody=_melody(project, clip),
        notes=_notes(project, clip),
        markers=tuple(_labels(project, clip)),
    )


def write_notes(
    document: Document,
    jobs: Jobs,
    settings: PitchSettings,
    sound: SungSound,
    file: MelodyFile,
    then: Callable[[VoiceMeasured], None],
    *,
    against: Against,
    header: bool = False,
    bend_semitones: int = 2,
    mpe: bool = False,
) -> JobId:
    """Measure a sound and write a file of it."""
    folder = document.folder

    def make(job: JobId) -> Job:
        return MeasureVoice(
            job=job,
            project_dir=str(folder),
            sounds=(sound,),
            low_hz=settings.low_hz,
            high_hz=settings.high_hz,
            against=against,
            files=(file,),
            header=header,
            bend_semitones=bend_semitones,
            mpe=mpe,
        )

    def done(result: Result) -> None:
        assert isinstance(result, VoiceMeasured)
        then(result)

    return jobs.start(make, f"Exporting the notes of {sound.name}", done)


def measure_quality(
    document: Document,
    jobs: Jobs,
    settings: PitchSettings,
    sound: SungSound,
    then: Callable[[QualityMeasured], None],
) -> JobId:
    """Measure how steady and how clear a voice is."""
    folder = document.folder

    def make(job: JobId) -> Job:
        return MeasureQuality(
            job=job,
            project_dir=str(folder),
            media=sound.media,
            start=sound.start,
            length=sound.length,
            low_hz=settings.low_hz,
            high_hz=settings.high_hz,
        )

    def done(result: Result) -> None:
        assert isinstance(result, QualityMeasured)
        then(result)

    return jobs.start(make, f"Measuring the voice of {sound.name}", done)


def marker_labels(project: Project) -> tuple[Label, ...]:
    """Every marker and region as a label, in seconds from the beginning of the project."""
    return tuple(
        Label(
            start_s=seconds_of(marker.start, project.rate_hz),
            end_s=seconds_of(marker.end, project.rate_hz),
            text=marker.text,
        )
        for marker in sorted(project.markers, key=lambda marker: (marker.start, marker.end))
    )


def write_markers(project: Project, path: Path) -> None:
    """Write the markers as Audacity's labels, or as a TextGrid where the path says so."""
    labels = marker_labels(project)
    if path.suffix.lower() == ".textgrid":
        end_s = seconds_of(max(project.length, *(marker.end for marker in project.markers)), project.rate_hz)
        places = Tier(name="markers", kind="places", labels=tuple(one for one in labels if one.is_place))
        regions = Tier(name="regions", kind="stretches", labels=tuple(one for one in labels if not one.is_place))
        grid = textgrid.TextGrid(0.0, end_s, tuple(tier for tier in (places, regions) if tier.labels))
        Disk().write_whole(path, textgrid.write(grid).encode())
    else:
        Disk().write_whole(path, audacity.write(labels).encode())


def add_labels(project: Project, tiers: Sequence[Tier], at: int) -> AddMarkers:
    """The edit that makes markers of labels whose time 0 is a timeline sample; each is a marker or a region.

    Raises
    ------
    StudioError
        Where there is nothing to add, or more than a person can look at.
    """
    labels = sorted((label for tier in tiers for label in tier.labels), key=lambda label: label.start_s)
    there = [label for label in labels if at + samples_of(label.start_s, project.rate_hz) >= 0]
    if not there or len(there) > _MOST_LABELS:
        raise StudioError(
            "labels.none" if not there else "labels.too_many",
            "No labels were added.",
            cause="There are none in what was chosen."
            if not there
            else f"There are {len(there)} of them, and at most {_MOST_LABELS} can be added at once.",
            remedy="Choose another tier or file.",
        )
    return AddMarkers(markers=tuple(_marker(label, at, project.rate_hz) for label in there), words="Import labels")


def _marker(label: Label, at: int, rate_hz: int) -> Marker:
    start, end = (at + samples_of(seconds, rate_hz) for seconds in (label.start_s, label.end_s))
    return Marker(id=new_marker_id(), start=start, length=max(0, end - start), text=label.text)


def _melody(project: Project, clip: Clip) -> tuple[MelodyPiece, ...]:
    """The melody of the clip with all repairs; nothing where a part of it is not known."""
    pieces = project.melody_of(clip.media)
    return pieces if covers(pieces, clip.source_start, clip.source_end, _FRAMES_PER_S) else ()


def _notes(project: Project, clip: Clip) -> tuple[SungNote, ...] | None:
    """The notes that begin in the clip, cut where it ends; None where nobody has looked for any."""
    sheet = project.sheet_of(clip.media)
    if sheet is None:
        return None
    inside = sheet.within(clip.source_start, clip.source_end)
    return tuple(replace(note, stop=min(note.stop, clip.source_end)) for note in inside)


def _labels(project: Project, clip: Clip) -> Iterable[Label]:
    """The markers over a clip, cut to it."""
    for marker in project.markers:
        if marker.start < clip.end and (clip.start <= marker.start or clip.start < marker.end):
            start, end = max(marker.start, clip.start), min(marker.end, clip.end)
            yield Label(
                start_s=(start - clip.start) / project.rate_hz,
                end_s=(end - clip.start) / project.rate_hz,
                text=marker.text,
            )
