"""A video on the timeline: its pictures in step with the sound, and one that was moved away."""

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from scenes.base import Place, Shots, until

if TYPE_CHECKING:
    from studio.desktop import Studio

_WIDTH, _HEIGHT, _FPS = 1280, 720, 25
_KEY_EVERY = 75  # far enough that it is prepared, and near enough for different thumbnails


def shots(place: Place) -> Shots:
    """The film with its lane, how it is prepared, and the words where its file is gone."""
    picture, folder, sample = place

    @cache
    def film() -> Path:
        return a_sunset(folder / "Balcony, second evening.mp4", sample.parent / "mix.wav")

    def of(prepare: Callable[["Studio"], None], theme: str = "dark") -> Callable[[Path], None]:
        return lambda png: picture(None, png, theme=theme, files=[film()], prepare=prepare, wait_s=300)

    def missing(png: Path) -> None:
        away = film().with_suffix(".away")
        try:
            of(lambda studio: lose(studio, film(), away))(png)
        finally:
            away.rename(film())

    return {
        "video-preparing-dark": of(prepare_half),  # first: what was prepared is so in all that follow
        "video-dark": of(scrub),
        "video-light": of(scrub, "light"),
        "video-missing-dark": missing,
    }


def prepare_half(studio: "Studio") -> None:
    """A moment after it was opened."""
    video = studio.desk.video
    until(lambda: (now := video.preparation) is not None and now.share > 0.2)


def scrub(studio: "Studio") -> None:
    """Two thirds in, with the picture that belongs there and all thumbnails."""
    studio.transport.seek(20 * studio.document.project.rate_hz)
    studio.desk.view.zoom_fit()
    video = studio.desk.video
    until(lambda: video.last is not None and video.last.exact and abs(video.last.time_s - 20) < 0.1)
    until(lambda: [one.share for one in video._prepared.values()] == [1.0], 300_000)
    (seen,) = {shot.pictures for shot in video.shots}
    until(lambda: (made := video.thumbnails(seen)) is not None and made.picture(made.count - 1).any())


def lose(studio: "Studio", film: Path, away: Path) -> None:
    """The file is moved by somebody else, and the project opened again."""
    until(lambda: studio.desk.video.picture is not None)
    film.rename(away)
    studio.desk.video.worker.restart()
    studio.desk.video.try_again()
    until(lambda: studio.desk.video.trouble is not None)


def a_sunset(path: Path, sound: Path) -> Path:
    """A sun that goes down behind hills for as long as somebody sings."""
    import av
    import numpy as np
    import soundfile

    samples, rate_hz = soundfile.read(sound, dtype="float32", always_2d=True)
    count = len(samples) * _FPS // rate_hz
    down, across = np.mgrid[:_HEIGHT, :_WIDTH].astype(np.float32)
    hills = [
        (base + 46 * np.sin(across[0] / step + base) + 20 * np.sin(across[0] / (step / 3.1)), colour)
        for base, step, colour in ((460, 210, (91, 63, 110)), (540, 150, (58, 44, 85)), (630, 110, (28, 26, 56)))
    ]
    with av.open(str(path), "w") as out:
        stream = out.add_stream("libx264", rate=_FPS, options={"preset": "veryfast", "g": str(_KEY_EVERY)})
        stream.width, stream.height, stream.pix_fmt = _WIDTH, _HEIGHT, "yuv420p"
        heard = out.add_stream("aac", rate=rate_hz, layout="stereo")
        for number in range(count):
            late = number / count
            high, low = np.array((29, 43, 83)) * (1 - 0.6 * late), np.array((255, 200 - 90 * late, 150 - 70 * late))
            picture = high + (low - high) * (down / _HEIGHT)[..., None] ** 1.4
            away = np.hypot(across - 860, down - (200 + 330 * late))
            picture += np.array((90, 50, 20)) * np.exp(-((away / 210) ** 2))[..., None]
            picture[away < 62] = (255, 233 - 60 * late, 196 - 90 * late)
            for edge, colour in hills:
                picture[down > edge] = colour
            frame = av.VideoFrame.from_ndarray(np.clip(picture, 0, 255).astype(np.uint8), "rgb24")
            frame.pts = number
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
        stereo = np.ascontiguousarray(np.broadcast_to(samples.mean(axis=1), (2, len(samples))))
        for start in range(0, stereo.shape[1], 1024):
            block = av.AudioFrame.from_ndarray(np.ascontiguousarray(stereo[:, start : start + 1024]), "fltp", "stereo")
            block.rate, block.pts = rate_hz, start
            out.mux(heard.encode(block))
        out.mux(heard.encode(None))
    return path
