"""What the capture worker is asked, in the recorder's words, and what it answers, in those of messages."""

import contextlib
from pathlib import Path

from studio.capture import camera_devices, encoders
from studio.capture.opening import open_screen
from studio.capture.reel import Part, Split
from studio.capture.screen import Area, Target
from studio.capture.wanted import Sound, Wanted
from studio.errors import StudioError
from studio.protocol.capture import (
    CameraDevice,
    CapturePart,
    CaptureSound,
    CaptureSpec,
    Encoder,
    Region,
    Screen,
    Screens,
    ScreenWindow,
    SoundDevice,
)


def part_of(part: Part) -> CapturePart:
    """A part as a message."""
    return CapturePart(path=str(part.path), duration_s=round(part.duration_s, 3), size_bytes=part.size_bytes)


def screens() -> Screens:
    """What can be recorded here, and with what; a StudioError where there is no screen."""
    grabber = open_screen()
    try:
        listed = tuple(
            Screen(name=monitor.name, region=region_of(monitor.area), primary=monitor.primary)
            for monitor in grabber.monitors()
        )
        windows = tuple(
            ScreenWindow(id=window.id, title=window.title, region=region_of(window.area))
            for window in grabber.windows()
        )
    finally:
        grabber.close()
    tried = tuple(Encoder(id=choice.id, name=choice.name, works=encoders.works(choice)) for choice in encoders.CHOICES)
    return Screens(screens=listed, encoders=tried, windows=windows, sounds=_sounds(), cameras=_cameras())


def _cameras() -> tuple[CameraDevice, ...]:
    return tuple(CameraDevice(id=one.id, name=one.name) for one in camera_devices.listed())


def _sounds() -> tuple[SoundDevice, ...]:
    """What can be listened to; nothing where the sound system does not answer, for the picture works all the same."""
    from studio.audio import devices  # PortAudio takes its time

    with contextlib.suppress(StudioError):
        return tuple(
            SoundDevice(name=card.name, desktop=card.monitors, default=card.is_default_input)
            for card in devices.cards()
            if card.inputs
        )
    return ()


def region_of(area: Area) -> Region:
    """An area as a message."""
    return Region(left=area.left, top=area.top, width=area.width, height=area.height)


def wanted_of(spec: CaptureSpec) -> Wanted:
    """What a recording is asked for."""
    region = spec.region
    area = Area(region.left, region.top, region.width, region.height) if region is not None else None
    return Wanted(
        path=Path(spec.path) if spec.path else None,
        fallback=Path(spec.fallback) if spec.fallback else None,
        target=Target(area, spec.monitor, spec.window),
        fps=spec.fps,
        seconds=spec.seconds,
        container=spec.container,
        quality=spec.quality,
        split=Split(spec.split_bytes, spec.split_s),
        replay_s=spec.replay_s,
        cursor=spec.cursor,
        chapter_pause_s=spec.chapter_pause_s,
    )


def sound_of(spec: CaptureSound) -> Sound:
    """Open a sound; a StudioError says why it cannot be had."""
    from studio.capture.listening import Ringing, listen_to  # PortAudio takes its time

    source = Ringing(spec.ring, spec.ring_rate_hz, spec.title) if spec.ring else listen_to(spec.device)
    return Sound(source, spec.title or source.name, spec.earlier_ms / 1000)
