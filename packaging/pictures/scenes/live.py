"""The Live workspace, with a screen of its own to look at."""

import contextlib
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from scenes.base import Place, Shots, until
from scenes.sing import MICROPHONE, on_stage, voice_of

if TYPE_CHECKING:
    from studio.desktop import Studio
    from studio.ui.live.page import LivePage

_TRACE_PICTURES = 140
"""So many the preview shows while the trace of a voice crosses its overlay."""


def shots(place: Place) -> Shots:
    """The screen with overlays and the sample's voice in them, while it is recorded, and where it cannot be seen."""
    picture, folder, sample = place
    voice = voice_of(sample)

    def of(prepare: Callable[["Studio"], None], theme: str = "dark", **environment: str) -> Callable[[Path], None]:
        def shoot(png: Path) -> None:
            with stage(environment):
                picture(None, png, theme=theme, prepare=lambda studio: go_live(studio, folder, prepare), wait_s=300)

        return shoot

    def heard(prepare: Callable[["Studio"], None], theme: str = "dark") -> Callable[[Path], None]:
        def prepared(studio: "Studio") -> None:
            prepare(studio)
            shown = page_of(studio).preview
            before = shown.pictures
            until(lambda: shown.pictures > before + _TRACE_PICTURES, 20_000)

        def shoot(png: Path) -> None:
            with on_stage(voice):
                of(prepared, theme, STAGE_MICROPHONE=MICROPHONE)(png)

        return shoot

    return {
        "live-empty-dark": of(lambda _studio: None),
        "live-empty-light": of(lambda _studio: None, "light"),
        "live-overlays-dark": heard(lay_over),
        "live-overlays-light": heard(lay_over, "light"),
        "live-camera-dark": heard(lay_camera),
        "live-camera-light": heard(lay_camera, "light"),
        "live-camera-error-dark": heard(miss_camera),
        "live-camera-error-light": heard(miss_camera, "light"),
        "live-lyrics-dark": heard(lay_song),
        "live-lyrics-light": heard(lay_song, "light"),
        "live-page-dark": heard(serve_page),
        "live-page-light": heard(serve_page, "light"),
        "live-recording-dark": heard(record_screen),
        "live-error-dark": of(lambda _studio: None, WAYLAND_DISPLAY="wayland-0"),
        "live-error-light": of(lambda _studio: None, "light", WAYLAND_DISPLAY="wayland-0"),
    }


SCENE = """
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QGuiApplication, QLinearGradient, QPainter, QPolygonF, QRasterWindow

class Evening(QRasterWindow):
    def paintEvent(self, event):
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        sky = QLinearGradient(0, 0, 0, 1080)
        for at, colour in ((0, "#1d2b53"), (0.45, "#7e4a86"), (0.7, "#ff9e6d"), (1, "#ffd9a0")):
            sky.setColorAt(at, QColor(colour))
        painter.fillRect(0, 0, 1920, 1080, sky)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor("#ffe9c4"))
        painter.drawEllipse(QPointF(1240, 640), 90, 90)
        for base, step, colour in ((700, 97, "#5b3f6e"), (810, 61, "#3a2c55"), (930, 43, "#1c1a38")):
            tops = [QPointF(x, base - (x * step % 173) - (x * 7 % 59)) for x in range(0, 2080, 160)]
            painter.setBrush(QColor(colour))
            painter.drawPolygon(QPolygonF([QPointF(0, 1080), *tops, QPointF(2080, 1080)]))
        print("shown", flush=True)

application = QGuiApplication([])
window = Evening()
window.setFlags(Qt.WindowType.FramelessWindowHint)
window.setGeometry(0, 0, 1920, 1080)
window.show()
application.exec()
"""
"""What is seen on the screen that is recorded: mountains and an evening sun."""


@contextlib.contextmanager
def stage(environment: dict[str, str]) -> Iterator[None]:
    """A screen of its own for the worker to look at, with a picture on it. The window itself is drawn off screen."""
    read, write = os.pipe()
    words = ["Xvfb", "-displayfd", str(write), "-screen", "0", "1920x1080x24", "-nolisten", "tcp"]
    with subprocess.Popen(words, pass_fds=[write], stderr=subprocess.DEVNULL) as server:
        os.close(write)
        with os.fdopen(read) as answer:
            display = f":{answer.readline().strip()}"
        on_stage = os.environ | {"DISPLAY": display, "QT_QPA_PLATFORM": "xcb"}
        program = subprocess.Popen([sys.executable, "-c", SCENE], env=on_stage, stdout=subprocess.PIPE)
        before = dict(os.environ)
        try:
            assert program.stdout is not None
            program.stdout.readline()
            os.environ.update({"DISPLAY": display, "XDG_SESSION_TYPE": "x11", **environment})
            yield
        finally:
            os.environ.clear()
            os.environ.update(before)
            program.kill()
            program.wait()
            server.kill()


def go_live(studio: "Studio", folder: Path, prepare: Callable[["Studio"], None]) -> None:
    """Open the workspace, wait for the first picture or the reason why there is none."""
    studio.settings.change("appearance", theme=studio.window.theme.name)  # a change of any setting looks there
    studio.settings.change("capture", folder=str(folder / "Videos"), microphone=os.environ.get("STAGE_MICROPHONE", "-"))
    studio.desk.view.set_workspace("live")
    page = page_of(studio)
    capturing = studio.desk.capturing
    until(lambda: capturing.why_blind or (page.preview.pictures > 2 and capturing.screens))
    prepare(studio)
    pictures = page.preview.pictures
    until(lambda: page.preview.pictures > pictures + 12, 3000)


def page_of(studio: "Studio") -> "LivePage":
    """The workspace, which is open."""
    from studio.ui.live.page import LivePage

    page = studio.window.parts.workspace("live")
    assert isinstance(page, LivePage)
    return page


def lay_over(studio: "Studio") -> None:
    """A layout, and one of its parts in hand."""
    hand = page_of(studio).hand
    hand.use("Singing")
    hand.add("waveform")
    hand.select("text 1")
    hand.write("Every breath a wave")


def lay_song(studio: "Studio") -> None:
    """The words of a song, and a face that moves its mouth while somebody sings."""
    hand, folder = page_of(studio).hand, studio.document.folder
    song = folder / "Every breath.lrc"
    song.write_text("[00:00.00]Every breath a wave that carries me home\n[00:06.00]And again\n")
    faces = [str(a_face(folder / f"{name}.png", mouth)) for name, mouth in (("Ada", 4), ("Ada sings", 44))]
    hand.add("pitch")
    hand.add("lyrics", path=str(song))
    hand.add("avatar", path=faces[0])
    hand.show_speaking(faces[1])


def a_face(path: Path, mouth: int) -> Path:
    """A round one, with the mouth so many pixels open."""
    from PIL import Image, ImageDraw

    face = Image.new("RGBA", (300, 300))
    draw = ImageDraw.Draw(face)
    draw.ellipse((8, 8, 292, 292), fill="#FFCF86")
    for left in (88, 180):
        draw.ellipse((left, 100, left + 32, 132), fill="#33243A")
    draw.ellipse((108, 202 - mouth / 2, 192, 202 + mouth / 2), fill="#8C2F3F")
    face.save(path)
    return path


def lay_camera(studio: "Studio") -> None:
    """A camera over the picture, in hand; the one that every computer has."""
    from studio.model.overlays import TEST_CAMERA

    hand = page_of(studio).hand
    hand.use("Talking")
    hand.add("camera")
    hand.show_camera(TEST_CAMERA, mirrored=False)


def miss_camera(studio: "Studio") -> None:
    """The same, with a camera that is not there."""
    lay_camera(studio)
    page_of(studio).hand.show_camera("Desk cam", mirrored=False)
    until(lambda: studio.desk.capturing.dark_cameras)


def serve_page(studio: "Studio") -> None:
    """The overlays on a page for another program, with its address."""
    lay_over(studio)
    studio.desk.overlay_page.switch(on=True)
    until(lambda: studio.desk.overlay_page.address)


def record_screen(studio: "Studio") -> None:
    """Some seconds of a recording."""
    from studio.desktop import run

    lay_over(studio)
    page_of(studio).hand.select("")
    run(studio, "live.record")
    until(lambda: studio.desk.capturing.elapsed_s > 4)
