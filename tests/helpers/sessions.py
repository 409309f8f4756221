"""A session without a window: the desk as `studio.desktop` builds it, with workers that are never started."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from studio import paths
from studio.audio.peaks import PeakBuilder
from studio.media.curve import write_curve
from studio.media.store import ProjectStore
from studio.media.wav import WavWriter
from studio.model.pitch import PitchCurve
from studio.model.project import Lineage, Media, MediaId, Pitch, PitchId, Project
from studio.session.clipboard import Clipboard
from studio.session.compare import Compare
from studio.session.desk import Desk
from studio.session.document import Document
from studio.session.engine_list import EngineList
from studio.session.importing import Importing
from studio.session.jobs import Jobs
from studio.session.library import Library
from studio.session.nobody import Nobody, Nowhere
from studio.session.pictures import peaks_path
from studio.session.selection import Selection
from studio.session.settings_file import SettingsFile
from studio.session.takes import Takes
from studio.session.transport import Transport
from studio.supervision.worker import Worker


@contextmanager
def desk_on(folder: Path, project: Project) -> Iterator[Desk]:
    """A desk with a new project open in `folder`, closed at the end."""
    ProjectStore.create(folder, project)
    live, compute = Worker("live"), Worker("compute")
    document, selection, jobs = Document(), Selection(), Jobs(compute)
    settings = SettingsFile(paths.config() / "settings.json")
    transport = Transport(live, document, selection, settings)
    importing = Importing(document, jobs, settings)
    takes = Takes(document, transport, importing)
    library = Library(paths.config() / "recent.json", document)
    desk = Desk(
        document=document,
        selection=selection,
        transport=transport,
        jobs=jobs,
        clipboard=Clipboard(),
        library=library,
        settings=settings,
        importing=importing,
        compare=Compare(document, selection, transport, jobs, importing),
        engines=EngineList(compute),
        takes=takes,
        asks=Nobody(),
        view=Nowhere(),
    )
    document.changed.connect(selection.keep_to)
    document.open(folder)
    try:
        yield desk
    finally:
        desk.separating.close()
        takes.close()
        document.close()
        library.close()
        settings.close()


def put_sound(folder: Path, id: str, sound: NDArray[np.float32], rate_hz: int, *, peaks: bool = True) -> Media:
    """Write a medium into a project's folder, with its picture."""
    file = folder / "media" / f"{id}.wav"
    file.parent.mkdir(parents=True, exist_ok=True)
    frames = sound if sound.ndim == 2 else sound[:, None]
    with WavWriter(file, rate_hz, frames.shape[1]) as writer:
        writer.write(frames.astype(np.float32))
    if peaks:
        builder = PeakBuilder(frames.shape[1])
        builder.add(frames.astype(np.float32))
        builder.write(peaks_path(MediaId(id)), rate_hz)
    return Media(
        id=MediaId(id),
        name=f"{id}.wav",
        file=f"media/{id}.wav",
        rate_hz=rate_hz,
        channels=frames.shape[1],
        length=len(frames),
    )


def put_melody(folder: Path, media: Media, hz: NDArray[np.float32], confidence: float = 0.9) -> Pitch:
    """Write the melody of a whole medium, 200 frames a second."""
    (folder / "media").mkdir(parents=True, exist_ok=True)
    file = f"media/{media.id}.pitch.wav"
    sure = np.where(hz > 0, confidence, 0).astype(np.float32)
    write_curve(folder / file, PitchCurve(frames_per_s=200, hz=hz.astype(np.float32), confidence=sure))
    return Pitch(
        id=PitchId(f"pitch-{media.id}"),
        media=media.id,
        file=file,
        start=0,
        length=media.length,
        frames_per_s=200,
        lineage=Lineage(engine="test"),
    )
