"""`studio capture`: the screen into a video file, with sound and overlays."""

import re
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any, Final

from msgspec.structs import asdict

from studio.cli.interrupt import Interrupted
from studio.cli.line import Line
from studio.cli.verbs import Call, Outcome, WrongCall
from studio.model.overlays import OverlayKind
from studio.protocol.capture import (
    CaptureFinished,
    CaptureSound,
    CaptureSpec,
    CaptureStarted,
    CaptureTrouble,
    OverlaySpec,
    Region,
    StartCapture,
    StopCapture,
)

_CONTAINERS: Final = {".mp4": "mp4", ".mkv": "mkv"}
_STARTING_S: Final = 90.0
_ENDING_S: Final = 15.0
_LAYOUT: Final[dict[OverlayKind, tuple[float, float, float, float]]] = {
    "level": (0.02, 0.9, 0.25, 0.04),
    "speaking": (0.02, 0.84, 0.03, 0.05),
    "waveform": (0.3, 0.88, 0.4, 0.09),
    "pitch": (0.02, 0.02, 0.3, 0.2),
    "text": (0.7, 0.02, 0.28, 0.05),
    "image": (0.8, 0.8, 0.18, 0.18),
    "avatar": (0.02, 0.6, 0.2, 0.36),
    "camera": (0.74, 0.72, 0.24, 0.24),
}


def arguments(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--out", type=Path, required=True, metavar="FILE", help="an .mp4 or .mkv file that is not there"
    )
    parser.add_argument("--seconds", type=float, required=True, metavar="N", help="how long; Ctrl+C ends it earlier")
    parser.add_argument("--fps", type=float, default=30.0, metavar="F", help="pictures a second (30)")
    parser.add_argument("--region", metavar="X,Y,W,H", help="a part of the screen, in pixels")
    parser.add_argument("--monitor", default="", metavar="NAME", help="one monitor of several")
    parser.add_argument(
        "--audio",
        action="append",
        metavar="default|none|DEVICE",
        help="the microphone (default), nothing, or a device by name; give it again for more tracks",
    )
    parser.add_argument(
        "--audio-earlier",
        action="append",
        type=float,
        default=[],
        metavar="MS",
        help="move a sound towards the picture, one for each --audio in their order; negative is later",
    )
    parser.add_argument(
        "--chapter-after",
        type=float,
        default=0.0,
        metavar="S",
        help="begin a chapter where the first sound speaks again after so much silence",
    )
    parser.add_argument(
        "--encoder", default="auto", metavar="ID", help="auto, x264, nvenc, qsv, vaapi, amf, videotoolbox"
    )
    parser.add_argument("--quality", type=int, default=23, metavar="Q", help="constant quality, less is better (23)")
    parser.add_argument("--split-minutes", type=float, default=0.0, metavar="N", help="a new file every N minutes")
    parser.add_argument("--split-mb", type=float, default=0.0, metavar="N", help="a new file every N megabytes")
    parser.add_argument(
        "--overlay",
        action="append",
        default=[],
        metavar="NAME",
        help="lay over: level, speaking, waveform, pitch, text=WORDS, image=FILE, "
        "avatar=FILE or avatar=FILE,SPEAKING_FILE, camera or camera=DEVICE; give it again for more",
    )


def run(call: Call) -> Outcome:
    spec = _spec(call)
    with Line("capture") as capture:
        started = capture.ask(StartCapture(spec=spec), CaptureStarted, _STARTING_S)
        troubles: list[CaptureTrouble] = []
        try:
            finished = capture.wait_for(CaptureFinished, spec.seconds + _ENDING_S)
        except Interrupted:
            troubles = capture.heard(CaptureTrouble)
            finished = capture.end_with(StopCapture(), CaptureFinished, _ENDING_S)
        troubles += capture.heard(CaptureTrouble)
    told = list(dict.fromkeys(one.why.sentence for one in troubles if one.kind != "stopped" and not one.over))
    for sentence in told:
        print(f"studio: {sentence}", file=sys.stderr)
    data: dict[str, object] = {
        "file": finished.parts[0].path if finished.parts else started.path,
        "parts": [asdict(part) for part in finished.parts],
        "encoder": started.encoder,
        "region": [started.region.left, started.region.top, started.region.width, started.region.height],
        "tracks": list(started.tracks),
        **asdict(finished.figures),
        "troubles": told,
        "stopped_because": finished.why.sentence if finished.why is not None else None,
    }
    if finished.why is not None:
        print(f"studio: {finished.why.sentence}", file=sys.stderr)
    return Outcome(text=_text(data), data=data, status=1 if finished.why is not None else 0)


def _spec(call: Call) -> CaptureSpec:
    asked = call.asked
    path: Path = asked.out.absolute()
    container = _CONTAINERS.get(path.suffix.lower())
    if container is None:
        raise WrongCall(f"{path.name} has to end with .mp4 or .mkv.")
    if path.exists():
        raise WrongCall(f"{path} is there already; a recording never replaces a file.")
    if not path.parent.is_dir():
        raise WrongCall(f"There is no folder {path.parent}.")
    if not 0.1 <= asked.seconds <= 86_400:
        raise WrongCall("--seconds has to lie between 0.1 and 86400.")
    if not 1 <= asked.fps <= 240:
        raise WrongCall("--fps has to lie between 1 and 240.")
    return CaptureSpec(
        path=str(path),
        region=_region(asked.region),
        monitor=asked.monitor,
        fps=asked.fps,
        seconds=asked.seconds,
        sounds=_sounds(asked.audio or ["default"], asked.audio_earlier),
        chapter_pause_s=asked.chapter_after,
        overlays=tuple(_overlay(name) for name in asked.overlay),
        container="mkv" if container == "mkv" else "mp4",
        encoder=asked.encoder,
        quality=asked.quality,
        split_bytes=round(asked.split_mb * 1e6),
        split_s=asked.split_minutes * 60,
    )


def _region(words: str | None) -> Region | None:
    if words is None:
        return None
    try:
        left, top, width, height = (int(word) for word in words.split(","))
    except ValueError:
        raise WrongCall(f"--region {words} has to be four numbers, as in 0,0,1280,720.") from None
    if width < 2 or height < 2:
        raise WrongCall(f"--region {words} has no pixels in it.")
    return Region(left=left, top=top, width=width, height=height)


def _sounds(names: list[str], earlier_ms: list[float]) -> tuple[CaptureSound, ...]:
    if len(earlier_ms) > len(names):
        raise WrongCall("There are more --audio-earlier than --audio.")
    if names == ["none"]:
        return ()
    if "none" in names:
        raise WrongCall("--audio none does not go together with another --audio.")
    return tuple(
        CaptureSound(
            title="Microphone" if name == "default" else name,
            device="" if name == "default" else name,
            earlier_ms=earlier,
        )
        for name, earlier in zip(names, [*earlier_ms, *[0.0] * len(names)], strict=False)
    )


def _overlay(name: str) -> OverlaySpec:
    word, value, *_ = (*re.split("[:=]", name, maxsplit=1), "")
    kind = next((known for known in _LAYOUT if known == word), None)
    if kind is None:
        raise WrongCall(f"There is no overlay called {word}; there are {', '.join(_LAYOUT)}.")
    if kind in ("text", "image", "avatar") and not value:
        raise WrongCall(f"--overlay {kind} needs a value, as in {kind}=…")
    left, top, width, height = _LAYOUT[kind]
    files = [str(Path(file).absolute()) if file else "" for file in (*value.split(","), "")] if kind == "avatar" else []
    return OverlaySpec(
        kind=kind,
        left=left,
        top=top,
        width=width,
        height=height,
        text=value if kind == "text" else "",
        path=files[0] if files else str(Path(value).absolute()) if kind == "image" else "",
        speaking_path=files[1] if files else "",
        series=value if kind == "pitch" else "",
        device=value if kind == "camera" else "",
    )


def _text(data: dict[str, Any]) -> str:
    offset = f", sound off by {data['av_offset_ms']} ms" if data["tracks"] else ""
    lines = [
        f"{data['file']}",
        f"  {data['duration_s']:.2f} s, {data['frames']} frames ({data['unchanged']} unchanged), "
        f"{data['dropped']} dropped, {data['late']} late, {data['size_bytes'] / 1e6:.1f} MB by {data['encoder']}",
        f"  grab to packet {data['grab_to_packet_ms_p50']} ms (p95 {data['grab_to_packet_ms_p95']} ms), "
        f"processor {data['cpu_ms_per_frame']} ms a frame{offset}",
    ]
    if data["camera_fps"]:
        lines.append(f"  camera {data['camera_fps']} pictures a second, processor {data['camera_cpu_ms']} ms a picture")
    parts = data["parts"]
    if isinstance(parts, list) and len(parts) > 1:
        lines.append(f"  in {len(parts)} parts")
    return "\n".join(lines)
