"""What is chosen for a recording of the screen, and where its files go: values and pure functions of the settings."""

import datetime as dt
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final, Literal, NamedTuple

from msgspec import Struct
from PySide6.QtCore import QStandardPaths

from studio import paths
from studio.model.overlays import Overlay
from studio.protocol.capture import CaptureSound, CaptureSpec, OverlaySpec, Region
from studio.settings.schema import CaptureSettings

NONE: Final = "-"
"""The device that is no device."""

Phase = Literal["off", "looking", "starting", "recording", "paused", "stopping"]


class Source(Struct, frozen=True, kw_only=True):
    """What is recorded: a monitor by its name, a region, a window by its id, or with none of them the whole screen."""

    monitor: str = ""
    region: Region | None = None
    window: int = 0
    title: str = ""

    @property
    def name(self) -> str:
        """What it is called."""
        if self.region is not None:
            return f"Region {self.region.width} × {self.region.height}"
        return self.title or self.monitor or "Whole screen"


class Interrupted(NamedTuple):
    """A recording whose process died; its files play."""

    note: Path
    files: tuple[Path, ...]
    began: str


def folder(settings: CaptureSettings) -> Path:
    """Where recordings go: what the person chose, or the folder that the system has for videos."""
    if settings.folder:
        return Path(settings.folder)
    videos = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.MoviesLocation)
    return Path(videos) / "Melisma Studio" if videos else fallback_folder()


def fallback_folder() -> Path:
    """Where a recording goes on when its own folder cannot be written to."""
    return paths.data() / "recordings"


def file_name(settings: CaptureSettings, what: str = "") -> str:
    """The name of a new file: its kind, day and time, as people sort them."""
    now = dt.datetime.now().astimezone()
    return f"{what}{now:%Y-%m-%d %H-%M-%S}.{settings.container}"


def sounds(settings: CaptureSettings) -> tuple[CaptureSound, ...]:
    """The sounds of a recording, each with the title of its track."""
    chosen = []
    if settings.microphone != NONE:
        earlier_ms = settings.microphone_earlier_ms
        chosen.append(CaptureSound(title="Microphone", device=settings.microphone, earlier_ms=earlier_ms))
    if settings.desktop != NONE:
        earlier_ms = settings.desktop_earlier_ms
        chosen.append(CaptureSound(title="Desktop", device=settings.desktop, earlier_ms=earlier_ms))
    return tuple(chosen)


def laid(overlays: Sequence[Overlay], words: Mapping[str, str]) -> tuple[OverlaySpec, ...]:
    """A layout as the worker is told of it; pictures that were not chosen yet are left out.

    `words` is what the files of lyrics say now.
    """
    return tuple(
        OverlaySpec(
            kind=one.kind,
            left=one.left,
            top=one.top,
            width=one.width,
            height=one.height,
            text=words.get(one.path, "") if one.kind == "lyrics" else one.text,
            path="" if one.kind == "lyrics" else one.path,
            speaking_path=one.speaking_path,
            device=one.device,
            mirrored=one.mirrored,
        )
        for one in overlays
        if one.kind not in ("image", "avatar") or one.path
    )


def spec(
    settings: CaptureSettings,
    source: Source,
    overlays: tuple[OverlaySpec, ...],
    *,
    to_file: bool = True,
    replay: bool = True,
) -> CaptureSpec:
    """Everything that a recording, or a look at what would be recorded, is asked for."""
    return CaptureSpec(
        path=str(folder(settings) / file_name(settings)) if to_file else "",
        fallback=str(fallback_folder()),
        region=source.region,
        monitor=source.monitor,
        window=source.window,
        fps=float(settings.fps),
        sounds=sounds(settings),
        overlays=overlays,
        container=settings.container,
        encoder=settings.encoder,
        quality=settings.quality,
        split_s=settings.split_min * 60,
        split_bytes=round(settings.split_mb * 1e6),
        replay_s=settings.replay_s if replay else 0.0,
        cursor=settings.cursor,
        chapter_pause_s=settings.chapter_pause_s if settings.microphone != NONE else 0.0,
        lenient=True,
    )
