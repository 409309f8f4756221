"""What `bench_gui` measures: `python -m studio.cli.bench_gui_parts PART FOLDER` prints one JSON object."""

import gc
import json
import os
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

import numpy as np
from PySide6.QtWidgets import QApplication

from studio import paths
from studio.media.store import ProjectStore
from studio.media.wav import WavWriter
from studio.model.edits import AddMedia, AddTrack, Several
from studio.model.project import Clip, ClipId, Fade, Media, MediaId, Project, Track, TrackId
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
from studio.ui import theme as themes
from studio.ui.timeline.view import TimelineView
from studio.ui.timeline.viewport import Viewport

_RATE_HZ: Final = 48000
_HOUR: Final = 3600 * _RATE_HZ
_WIDTH: Final = 1600
_HEIGHT: Final = 480
_STEP_PX: Final = 20
_OUR_FRAMES: Final = 55
_THEIR_FRAMES: Final = 12
_TRACKS: Final = 10
_CLIPS_A_TRACK: Final = 100
_MEDIA: Final = Media(
    id=MediaId("bench-hour"),
    name="hour.wav",
    file="media/hour.wav",
    rate_hz=_RATE_HZ,
    channels=1,
    length=_HOUR,
)

Figures = dict[str, float]


def prepare(folder: Path) -> Figures:
    """An hour of something like a voice with its peaks, and two projects: the hour, and ten hours in clips."""
    from studio.audio.peaks import PeakBuilder  # compiles a kernel, which no other part may pay for

    second = np.arange(10 * _RATE_HZ) / _RATE_HZ
    buzz = np.sum([np.sin(2 * np.pi * 140 * k * second) / k for k in range(1, 12)], axis=0)
    noise = np.random.default_rng(1).standard_normal(len(second)) * 0.05
    block = ((buzz * 0.2 + noise) * np.clip(np.sin(second * 2) + 0.4, 0, 1)).astype(np.float32)[:, None]
    sound = folder / "hour" / "media"
    sound.mkdir(parents=True)
    builder = PeakBuilder(1)
    with WavWriter(sound / "hour.wav", _RATE_HZ, 1) as writer:
        for part in range(360):
            louder = block * np.float32(0.35 + 0.6 * abs(np.sin(part / 9)))
            writer.write(louder)
            builder.add(louder)
    builder.write(peaks_path(_MEDIA.id), _RATE_HZ)
    for name, project in (("hour", _one_hour()), ("ten", _ten_hours())):
        (folder / name).mkdir(exist_ok=True)
        if name != "hour":
            (folder / name / "media").symlink_to(sound, target_is_directory=True)
        ProjectStore.create(folder / name, project)
    return {"hours": 1.0}


def first(folder: Path) -> Figures:
    """From the edit that puts an hour on a track to its picture on the screen."""
    empty = folder / f"empty-{os.getpid()}"
    empty.mkdir()
    (empty / "media").symlink_to(folder / "hour" / "media", target_is_directory=True)
    ProjectStore.create(empty, Project(rate_hz=_RATE_HZ))
    desk, view = _show(empty)
    _settle(view)
    edits = (AddMedia(_MEDIA), AddTrack(_one_hour().tracks[0]))
    begin = time.process_time()
    desk.document.do(Several("Import", edits))
    _settle(view)
    return {"cpu_ms": (time.process_time() - begin) * 1000, "tiles": view.canvas.scene.tiles_painted}


def pan_ours(folder: Path) -> Figures:
    """The hour in view, moved by 20 pixels a frame, as painted for the screen."""
    _, view = _show(folder / "hour")
    view.sight.set_track_height(TrackId("voice"), _HEIGHT)
    view.sight.set_viewport(_whole_hour())
    _settle(view)

    def frame(number: int) -> None:
        view.sight.set_viewport(_whole_hour().panned(number * _STEP_PX))
        _settle(view)

    return _rate(frame, _OUR_FRAMES)


def pan_theirs(folder: Path) -> Figures:
    """The same with pyqtgraph: autoDownsample=peak and clipToView on the same mapped samples."""
    import pyqtgraph  # nothing but this comparison needs it

    from studio.media.wav import MappedWav

    application = QApplication.instance() or QApplication(sys.argv[:1])
    plot = pyqtgraph.PlotWidget()
    plot.resize(_WIDTH, _HEIGHT)
    plot.setDownsampling(auto=True, mode="peak")
    plot.setClipToView(True)
    plot.plot(MappedWav.open(folder / "hour" / _MEDIA.file).frames[:, 0])
    plot.setYRange(-1, 1)
    plot.show()
    application.processEvents()

    def frame(number: int) -> None:
        shown = _whole_hour().panned(number * _STEP_PX)
        plot.setXRange(shown.first_sample, shown.last_sample, padding=0)
        application.processEvents()
        plot.viewport().repaint()

    return _rate(frame, _THEIR_FRAMES)


def frames(folder: Path) -> Figures:
    """Ten hours and 1,000 clips: fit, zoom in, scroll, scroll the tracks, zoom out, leap; every frame is timed."""
    _, view = _show(folder / "ten")
    sight = view.sight
    sight.fit()
    _settle(view)
    view.canvas.frame_ms.clear()
    view.canvas.frame_cpu_ms.clear()
    application = QApplication.instance()
    assert application is not None

    def step(change: Callable[[], None]) -> None:
        change()
        view.canvas.repaint()
        application.processEvents()

    for _ in range(40):
        step(lambda: sight.zoom(1.25, 700))
    for _ in range(60):
        step(lambda: sight.pan(60))
    for top in range(0, 800, 20):
        step(lambda top=top: sight.set_top(top))  # type: ignore[misc]  # mypy cannot infer a lambda with a default
    for _ in range(40):
        step(lambda: sight.zoom(0.8, 700))
    for hour in (0, 9, 4, 7, 1):
        step(lambda hour=hour: sight.show_range(hour * _HOUR, (hour + 0.1) * _HOUR))  # type: ignore[misc]  # as above
        _settle(view)
    cpu, wall = sorted(view.canvas.frame_cpu_ms), sorted(view.canvas.frame_ms)
    return {
        "frames": len(cpu),
        "max_cpu_ms": round(cpu[-1], 2),
        "p95_cpu_ms": round(cpu[int(len(cpu) * 0.95)], 2),
        "median_cpu_ms": round(statistics.median(cpu), 2),
        "max_wall_ms": round(wall[-1], 2),
        "p95_wall_ms": round(wall[int(len(wall) * 0.95)], 2),
        "clips_painted": view.canvas.scene.painter.clips_painted,
    }


def _rate(frame: Callable[[int], None], count: int) -> Figures:
    frame(0)
    begin = time.process_time()
    for number in range(1, count + 1):
        frame(number)
    return {"frames_per_core_s": count / (time.process_time() - begin), "frames": count}


def _whole_hour() -> Viewport:
    return Viewport(samples_per_px=_HOUR / _WIDTH, width_px=_WIDTH, rate_hz=_RATE_HZ)


def _one_hour() -> Project:
    clip = Clip(id=ClipId("hour"), media=_MEDIA.id, source_start=0, start=0, length=_HOUR)
    return Project(
        name="An hour",
        rate_hz=_RATE_HZ,
        media=(_MEDIA,),
        tracks=(Track(id=TrackId("voice"), name="Voice", clips=(clip,)),),
    )


def _ten_hours() -> Project:
    def clip(row: int, n: int) -> Clip:
        return Clip(
            id=ClipId(f"{row}-{n}"),
            media=_MEDIA.id,
            source_start=(n * 131 + row * 17) % 55 * 60 * _RATE_HZ,
            start=(n * 360 + row * 7) * _RATE_HZ,
            length=300 * _RATE_HZ,
            name=f"Take {n} of {row}",
            fade_in=Fade(length=_RATE_HZ),
            fade_out=Fade(length=2 * _RATE_HZ, shape="smooth"),
        )

    tracks = tuple(
        Track(
            id=TrackId(f"t{row}"),
            name=f"Track {row}",
            colour=row,
            clips=tuple(clip(row, n) for n in range(_CLIPS_A_TRACK)),
        )
        for row in range(_TRACKS)
    )
    return Project(name="Ten hours", rate_hz=_RATE_HZ, media=(_MEDIA,), tracks=tracks)


def _show(folder: Path) -> tuple[Desk, TimelineView]:
    """A timeline on a project, its tracks 1600 pixels wide, with workers that are never started."""
    application = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(application, QApplication)
    themes.DARK.apply(application)
    desk = _desk()
    desk.document.open(folder)
    view = TimelineView(desk, themes.DARK)
    view.pitch.hide()
    view.resize(1800, 620)
    view.show()
    application.processEvents()
    view.resize(1800 + _WIDTH - view.canvas.width(), 620 + _HEIGHT - view.canvas.height())
    application.processEvents()
    gc.freeze()  # as the window does when it is filled
    return desk, view


def _desk() -> Desk:
    document, selection = Document(), Selection()
    live, compute = Worker("live"), Worker("compute")
    settings = SettingsFile(paths.config() / "bench-settings.json")
    jobs = Jobs(compute)
    transport = Transport(live, document, selection, settings)
    importing = Importing(document, jobs, settings)
    return Desk(
        document=document,
        selection=selection,
        transport=transport,
        jobs=jobs,
        clipboard=Clipboard(),
        library=Library(paths.config() / "bench-recent.json", document),
        settings=settings,
        importing=importing,
        compare=Compare(document, selection, transport, jobs, importing),
        engines=EngineList(compute),
        takes=Takes(document, transport, importing),
        asks=Nobody(),
        view=Nowhere(),
    )


def _settle(view: TimelineView) -> None:
    """Handle events until everything in view is on the screen."""
    application = QApplication.instance()
    assert application is not None
    application.processEvents()
    while not view.canvas.is_painted:
        application.processEvents()


_PARTS: Final[dict[str, Callable[[Path], Figures]]] = {
    "prepare": prepare,
    "first": first,
    "pan-ours": pan_ours,
    "pan-theirs": pan_theirs,
    "frames": frames,
}


if __name__ == "__main__":
    print(json.dumps(_PARTS[sys.argv[1]](Path(sys.argv[2]))), flush=True)
    os._exit(0)  # nothing here is worth closing in order
