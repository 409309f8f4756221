"""A recording of a small screen, by the real worker: what was seen is in the file, in order, at its time."""

import itertools
import subprocess
from pathlib import Path

import av
import numpy as np
import pytest

from studio.protocol.capture import (
    AddChapter,
    CaptureProgress,
    CaptureSound,
    CaptureSpec,
    ListScreens,
    OverlaySpec,
    PauseCapture,
    Region,
    ReplaySaved,
    SaveReplay,
    Screens,
    StartCapture,
    StopCapture,
)
from studio.protocol.common import Refused
from tests.capture.conftest import HEIGHT, WIDTH
from tests.helpers.capture import CaptureProcess, Picture, sound_of, watch
from tests.helpers.pulse import Pulse, missing, tone
from tests.helpers.screen import VirtualScreen

FPS = 30


@pytest.mark.parametrize("container", ["mp4", "mkv"])
def test_what_was_on_the_screen_is_in_the_file(capture: CaptureProcess, tmp_path: Path, container: str) -> None:
    path = tmp_path / f"film.{container}"

    spec = CaptureSpec(
        path=str(path), seconds=1.5, fps=FPS, cursor=False, container="mkv" if container == "mkv" else "mp4"
    )
    finished = capture.record(spec)

    film = watch(path)
    assert finished.why is None
    assert [part.path for part in finished.parts] == [str(path)]
    assert abs(film.duration_s - 1.5) <= 1 / FPS
    assert all(a <= b for a, b in itertools.pairwise(film.numbers)), film.numbers
    assert all(a < b for a, b in itertools.pairwise(film.times_s))
    assert film.numbers[-1] - film.numbers[0] >= 15
    assert film.titles[0] in ("Screen", "VideoHandler")
    blue, green, red = film.pictures[0][HEIGHT // 2 + 60 :, :].reshape(-1, 3).astype(int).T
    background = (abs(blue - 60) <= 2) & (abs(green - 40) <= 2) & (abs(red - 30) <= 2)
    assert background.mean() > 0.05  # Qt's (30, 40, 60), through the planes and back
    figures = finished.figures
    assert figures.frames + figures.dropped == round(1.5 * FPS)
    assert figures.encoded == len(film.times_s) or figures.encoded + 1 == len(film.times_s)


def test_the_file_is_an_ordinary_one_for_other_programs(capture: CaptureProcess, tmp_path: Path) -> None:
    path = tmp_path / "film.mp4"
    capture.record(CaptureSpec(path=str(path), seconds=0.5, fps=FPS))

    asked = subprocess.run(
        ["ffprobe", "-v", "error", "-show_entries", "format=duration", "-of", "csv=p=0", str(path)],
        capture_output=True, text=True, check=True,
    )  # fmt: skip

    assert abs(float(asked.stdout) - 0.5) <= 1 / FPS
    assert not asked.stderr


def test_a_region_is_right_to_the_pixel(capture: CaptureProcess, tmp_path: Path) -> None:
    path = tmp_path / "film.mp4"
    squares = Region(left=16, top=0, width=WIDTH - 16, height=64)

    capture.record(CaptureSpec(path=str(path), region=squares, seconds=0.5, fps=FPS, quality=5, cursor=False))

    film = watch(path)
    whole = film.pictures
    assert whole[0].shape == (64, WIDTH - 16, 3)
    shifted = np.stack([picture[8, 8 : 15 * 16 : 16, 1] > 128 for picture in whole])
    assert shifted.any(), "the squares 1 to 15 count"
    edges = np.stack([np.abs(np.diff(picture[8, : 15 * 16, 1].astype(int))) > 100 for picture in whole]).any(axis=0)
    places = np.flatnonzero(edges) + 1
    assert len(places) > 0
    assert set(places % 16) <= {0, 1, 15}, "an edge lies where a square ends, give or take half a chroma sample"


def test_pauses_are_left_out(capture: CaptureProcess, tmp_path: Path) -> None:
    path = tmp_path / "film.mp4"
    seen = len(capture.events)
    capture.begin(CaptureSpec(path=str(path), fps=FPS))
    capture.wait(CaptureProgress, lambda said: said.figures.duration_s > 0.3, since=seen)

    paused = capture.send(PauseCapture(on=True))
    frozen = capture.wait(CaptureProgress, lambda said: said.paused, since=paused)
    capture.wait(CaptureProgress, lambda said: said.figures.frames > frozen.figures.frames + 15, since=paused)
    resumed = capture.send(PauseCapture(on=False))
    capture.wait(CaptureProgress, lambda said: not said.paused, since=resumed)
    finished = capture.end()

    film = watch(path)
    figures = finished.figures
    assert figures.duration_s <= (figures.frames + figures.dropped - 14) / FPS, (
        "what happened in the pause is not there"
    )
    assert abs(film.duration_s - figures.duration_s) < 0.05, "and no time passes in its place"
    assert all(a <= b for a, b in itertools.pairwise(film.numbers))


def test_parts_follow_each_other_without_a_gap(capture: CaptureProcess, tmp_path: Path) -> None:
    path = tmp_path / "film.mp4"

    finished = capture.record(CaptureSpec(path=str(path), seconds=2.0, fps=FPS, split_s=0.7, cursor=False))

    films = [watch(Path(part.path)) for part in finished.parts]
    assert [Path(part.path).name for part in finished.parts] == ["film.mp4", "film part 2.mp4", "film part 3.mp4"]
    assert abs(sum(film.duration_s for film in films) - 2.0) <= 1.5 / FPS
    numbers = [number for film in films for number in film.numbers]
    assert all(a <= b for a, b in itertools.pairwise(numbers))
    assert all(film.times_s[0] == 0 for film in films)


def test_chapters_are_in_the_file(capture: CaptureProcess, tmp_path: Path) -> None:
    path = tmp_path / "film.mkv"
    seen = len(capture.events)
    capture.begin(CaptureSpec(path=str(path), container="mkv", fps=FPS))
    capture.send(AddChapter(name="Verse"))
    capture.wait(CaptureProgress, lambda said: said.figures.duration_s > 0.4, since=seen)
    capture.send(AddChapter())
    capture.wait(CaptureProgress, lambda said: said.figures.duration_s > 0.8, since=seen)
    capture.end()

    with av.open(str(path)) as file:
        found = [
            (chapter["metadata"]["title"], float(chapter["start"] * (chapter["time_base"] or 0)))
            for chapter in file.chapters()
        ]
    assert [title for title, _ in found] == ["Verse", "Chapter 2"]
    assert 0 <= found[0][1] < 0.3
    assert found[1][1] > found[0][1] + 0.3


def test_the_replay_is_what_happened_last(capture: CaptureProcess, tmp_path: Path) -> None:
    seen = len(capture.events)
    capture.begin(CaptureSpec(fps=FPS, replay_s=1.0))
    capture.wait(CaptureProgress, lambda said: said.figures.replay_s > 2.5, since=seen)
    asked = capture.send(SaveReplay(path=str(tmp_path / "Replay.mp4")))
    saved = capture.wait(ReplaySaved, since=asked, seconds=1.0)
    finished = capture.end()

    film = watch(Path(saved.part.path))
    assert 1.0 <= saved.part.duration_s <= 3.2
    assert abs(film.duration_s - saved.part.duration_s) < 0.05
    assert film.times_s[0] == 0
    assert all(a <= b for a, b in itertools.pairwise(film.numbers))
    assert finished.figures.replay_bytes > 0
    assert finished.parts == ()
    assert not list(tmp_path.glob(".*"))


def test_overlays_are_in_the_recorded_pixels(capture: CaptureProcess, tmp_path: Path) -> None:
    path = tmp_path / "film.mp4"
    words = OverlaySpec(kind="text", left=0.5, top=0.5, width=0.4, height=0.3, text="MELISMA")
    lamp = OverlaySpec(kind="speaking", left=0.0, top=0.5, width=0.2, height=0.3)

    finished = capture.record(CaptureSpec(path=str(path), seconds=0.5, fps=FPS, overlays=(words, lamp), cursor=False))

    picture = watch(path).pictures[-1]
    text = picture[HEIGHT // 2 : HEIGHT * 8 // 10, WIDTH // 2 : WIDTH * 9 // 10]
    assert (text.min(axis=2) > 225).mean() > 0.02, "white letters"
    assert (text.max(axis=2) < 80).mean() > 0.02, "with a dark edge"
    assert finished.figures.overlay_ms_p95 > 0


@pytest.mark.parametrize("height", [64, 66, 70])
def test_colours_are_where_their_shapes_are(capture: CaptureProcess, tmp_path: Path, height: int) -> None:
    """Whatever the height of the picture: an image of two colours, decoded again."""
    path, image = tmp_path / "film.mp4", tmp_path / "halves.png"
    halves = np.zeros((64, 64, 3), np.uint8)
    halves[:32, :, 0], halves[32:, :, 2] = 255, 255
    with av.open(str(image), "w") as file:
        stream = file.add_stream("png", 1)
        stream.width, stream.height, stream.pix_fmt = 64, 64, "rgb24"
        file.mux(stream.encode(av.VideoFrame.from_ndarray(halves, "rgb24")))
    overlay = OverlaySpec(kind="image", path=str(image), left=0.0, top=0.0, width=1.0, height=1.0)
    region = Region(left=0, top=32, width=height, height=height)

    capture.record(CaptureSpec(path=str(path), region=region, seconds=0.3, fps=FPS, quality=5, overlays=(overlay,)))

    picture = watch(path).pictures[-1].astype(int)
    middle = height // 2
    red, blue = picture[4 : middle - 2, 4:-4], picture[middle + 2 : height - 4, 4:-4]
    assert np.abs(red - (0, 0, 255)).max() < 12
    assert np.abs(blue - (255, 0, 0)).max() < 12


def test_monitors_and_encoders_are_listed(capture: CaptureProcess) -> None:
    screens = capture.wait(Screens, since=capture.send(ListScreens()), seconds=60)

    assert [(screen.region.width, screen.region.height) for screen in screens.screens] == [(WIDTH, HEIGHT)]
    assert [encoder.id for encoder in screens.encoders if encoder.id == "x264" and encoder.works] == ["x264"]


def test_what_cannot_be_recorded_is_said(capture: CaptureProcess, tmp_path: Path) -> None:
    outside = Region(left=5000, top=0, width=100, height=100)
    (tmp_path / "no").write_text("no folder")

    asked = capture.send(StopCapture())
    nothing = capture.wait(Refused, since=asked)

    asked = capture.send(StartCapture(spec=CaptureSpec(path=str(tmp_path / "a.mp4"), region=outside)))
    region = capture.wait(Refused, since=asked)
    asked = capture.send(StartCapture(spec=CaptureSpec(path=str(tmp_path / "no" / "a.mp4"))))
    folder = capture.wait(Refused, since=asked)

    assert nothing.why.code == "capture.none"
    assert region.why.code == "capture.region"
    assert "480 × 270" in region.why.cause
    assert folder.why.code == "capture.folder"


def lit(picture: Picture, colour: tuple[int, int, int]) -> float:
    """How much of a picture has about this colour."""
    return float((np.abs(picture.astype(int) - colour).max(axis=2) < 60).mean())


@pytest.mark.skipif(bool(missing()), reason=missing())
def test_each_sound_has_a_titled_track_a_meter_and_a_trace(screen: VirtualScreen, tmp_path: Path) -> None:
    meter = OverlaySpec(kind="level", left=0.0, top=0.9, width=0.5, height=0.1)
    trace = OverlaySpec(kind="pitch", left=0.5, top=0.5, width=0.5, height=0.5)
    sounds = tuple(CaptureSound(title=name.title(), device=f"Monitor of {name}") for name in ("stage", "booth"))
    path = tmp_path / "film.mp4"
    with Pulse() as pulse, CaptureProcess(screen, {**pulse.environment, "STUDIO_DATA": str(tmp_path)}) as capture:
        pulse.feed("stage", tone(440.0, level=0.2))
        pulse.feed("booth", tone(1000.0, level=0.1))
        capture.record(CaptureSpec(path=str(path), seconds=3.0, fps=FPS, sounds=sounds, overlays=(meter, trace)))

    film = watch(path)
    assert film.titles[1:] == ["Mix", "Stage", "Booth"]
    assert max(lit(picture[246:268, 4:234], (112, 196, 92)) for picture in film.pictures) > 0.3, "the meter is green"
    sung = max(film.pictures, key=lambda picture: lit(picture[135:265, 240:], (150, 225, 130)))
    drawn = (np.abs(sung[135:265, 240:].astype(int) - (150, 225, 130)).max(axis=2) < 60).sum(axis=1)
    a4 = 134 * (1 - np.log2(440 / 65.4) / 4)
    assert drawn.max() > 20
    assert abs(int(drawn.argmax()) - a4) < 4, "the trace is at the height of A4"
    with av.open(str(path)) as file:
        assert abs(float(file.duration or 0) / av.time_base - 3.0) <= 1 / FPS
    heard = []
    for track in range(3):
        start_s, sound = sound_of(path, track)
        assert start_s == pytest.approx(0.0, abs=0.025)
        assert len(sound) / 48000 == pytest.approx(
            3.0, abs=2048 / 48000
        )  # the coder's own packet before, half a one behind
        seconds = [sound[start : start + 48000] for start in range(0, len(sound) - 48000, 12000)]
        spectrum = np.max([np.abs(np.fft.rfft(second * np.hanning(48000))) for second in seconds], axis=0)
        heard.append({hz for hz in (440, 1000) if spectrum[hz] > 500})  # a busy machine lets a stranger fall silent
    assert heard == [{440, 1000}, {440}, {1000}]
