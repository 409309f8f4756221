"""The picture that is shown is the one that FFmpeg decodes at that time, wherever one jumps to and however."""

import gc
import random
import weakref
from collections.abc import Iterable, Iterator
from pathlib import Path

import av
import numpy as np
import pytest

from studio.audio import h264
from studio.audio.film import Film
from studio.audio.pictured import pictures_of
from studio.audio.shown import as_bgra, fitting
from studio.errors import StudioError
from tests.helpers.sounds import noise, write_as
from tests.helpers.videos import number_of, write_video


def starts(path: Path) -> list[float]:
    """When each picture of a file is seen, by plain decoding from the beginning to the end."""
    with av.open(str(path)) as container:
        return [float(frame.time or 0.0) for frame in container.decode(video=0)]


def expected(begins: list[float], time_s: float) -> int:
    """The number of the picture whose interval holds a time."""
    return max((index for index, begin in enumerate(begins) if begin <= time_s + 1e-9), default=0)


@pytest.mark.parametrize(
    ("name", "codec", "gap_at"),
    [("s.mp4", "libx264", None), ("s.mkv", "libx264", 60), ("s.mov", "mpeg4", None), ("s.webm", "libvpx", None)],
)
def test_a_jump_to_anywhere_shows_the_picture_of_that_time(
    tmp_path: Path, name: str, codec: str, gap_at: int | None
) -> None:
    path = write_video(tmp_path / name, codec=codec, gap_at=gap_at)
    begins = starts(path)
    chance = random.Random(5)  # noqa: S311
    times = [chance.uniform(-0.5, begins[-1] + 1) for _ in range(40)] + begins[::17]

    with Film(path) as film:
        for time_s in times:
            picture = film.at(time_s)
            assert picture is not None
            assert number_of(as_bgra(picture.frame, 192, 108)) == expected(begins, time_s), time_s


def test_playing_shows_every_picture_in_turn(tmp_path: Path) -> None:
    path = write_video(tmp_path / "s.mp4", seconds=4)

    with Film(path) as film:
        seen = [film.at(2 + step / 50) for step in range(60)]

    numbers = [number_of(as_bgra(picture.frame, 192, 108)) for picture in seen if picture is not None]
    assert numbers == [50 + step // 2 for step in range(60)]


@pytest.fixture
def decoded(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The time of each picture that a film decodes."""
    seen: list[int] = []
    plainly = Film._decoded

    def counted(film: Film, packets: "Iterable[av.Packet[av.VideoStream]]") -> Iterator[av.VideoFrame]:
        for frame in plainly(film, packets):
            seen.append(frame.pts or 0)
            yield frame

    monkeypatch.setattr(Film, "_decoded", counted)
    return seen


def test_going_back_shows_every_picture_and_decodes_few_of_them_twice(tmp_path: Path, decoded: list[int]) -> None:
    path = write_video(tmp_path / "s.mp4", seconds=4, gop=100)

    with Film(path) as film:
        film.at(90 / 25)
        decoded.clear()
        seen = [film.at(number / 25) for number in range(89, 29, -1)]

    numbers = [number_of(as_bgra(picture.frame, 192, 108)) for picture in seen if picture is not None]
    assert numbers == list(range(89, 29, -1))
    assert len(decoded) < 300  # each of the sixty pictures decoded from the key frame on would be more than 1800


def test_a_jump_forward_does_not_begin_anew_where_no_key_frame_lies_between(tmp_path: Path, decoded: list[int]) -> None:
    path = write_video(tmp_path / "s.mp4", seconds=8, gop=200)

    with Film(path) as film:
        film.at(4.0)
        film.at(7.0)
        picture = film.at(1.0)

    assert picture is not None
    assert number_of(as_bgra(picture.frame, 192, 108)) == 25
    assert decoded.count(0) == 2  # at the beginning, and to go back


@pytest.mark.parametrize("open_gop", ["0", "1"])
def test_the_pictures_around_key_frames_are_those_of_plain_decoding(tmp_path: Path, open_gop: str) -> None:
    path = write_video(tmp_path / "s.mp4", seconds=3, gop=15, options={"x264-params": f"open-gop={open_gop}:bframes=3"})
    with av.open(str(path)) as container:
        plain = [frame.to_ndarray(format="bgra") for frame in container.decode(video=0)]

    with Film(path) as film:
        for index in (*range(14, 17), 29, 30, 44, *range(9, 50)):
            picture = film.at(index / 25)
            assert picture is not None
            assert np.array_equal(as_bgra(picture.frame, 192, 108), plain[index]), index


@pytest.mark.parametrize(("open_gop", "later"), [("0", True), ("1", False)])
def test_only_a_key_frame_that_ends_all_that_was_before_says_so(tmp_path: Path, open_gop: str, later: bool) -> None:
    path = write_video(tmp_path / "s.mp4", seconds=2, gop=15, options={"x264-params": f"open-gop={open_gop}"})
    with av.open(str(path)) as container:
        in_lengths = h264.length_bytes(container.streams.video[0].codec_context.extradata)
        packets = [packet for packet in container.demux(video=0) if packet.size]

    keys = [h264.refreshes(bytes(packet), in_lengths) for packet in packets if packet.is_keyframe]
    others = [h264.refreshes(bytes(packet), in_lengths) for packet in packets if not packet.is_keyframe]

    assert keys == [True, *[later] * (len(keys) - 1)]
    assert len(keys) > 2
    assert not any(others)


def test_after_the_end_the_last_picture_is_seen_and_nothing_decoded_again(tmp_path: Path, decoded: list[int]) -> None:
    path = write_video(tmp_path / "s.mp4", seconds=4)

    with Film(path) as film:
        film.at(4.5)
        decoded.clear()
        seen = [film.at(4.5 + step) for step in range(5)]

    assert [number_of(as_bgra(picture.frame, 192, 108)) for picture in seen if picture is not None] == [99] * 5
    assert not decoded


def test_the_pixels_are_those_of_plain_decoding(tmp_path: Path) -> None:
    path = write_video(tmp_path / "s.mp4", size=(320, 180))
    with av.open(str(path)) as container:
        plain = [frame.to_ndarray(format="bgra") for frame in container.decode(video=0)]

    with Film(path) as film:
        for index in (3, 77, 149, 0):
            picture = film.at(index / 25 + 0.01)
            assert picture is not None
            assert np.array_equal(as_bgra(picture.frame, 320, 180), plain[index])


def test_what_is_not_wanted_any_more_is_given_up_and_the_next_is_right(tmp_path: Path) -> None:
    path = write_video(tmp_path / "s.mp4")

    with Film(path) as film:
        assert film.at(5.0, lambda: True) is None
        picture = film.at(1.0)

    assert picture is not None
    assert number_of(as_bgra(picture.frame, 192, 108)) == 25


def test_a_key_frame_far_before_is_announced(tmp_path: Path) -> None:
    path = write_video(tmp_path / "s.mp4", gop=50)
    passed: list[float] = []

    with Film(path) as film:
        film.at(3.5, passing=lambda picture: passed.append(picture.time_s))
        film.at(4.1, passing=lambda picture: passed.append(picture.time_s))

    assert passed == [2.0]


def test_what_is_known_of_the_pictures_of_a_file(tmp_path: Path) -> None:
    video = write_video(tmp_path / "s.mp4", seconds=3, sound=noise(48000 * 3))
    found = pictures_of(video, 0.5)

    assert found is not None
    assert (found.width, found.height, found.fps) == (192, 108, 25.0)
    assert found.length_s == pytest.approx(2.5, abs=0.05)
    assert pictures_of(write_as("mp3", tmp_path / "s.mp3", noise(48000)), 0) is None


def test_a_film_that_was_closed_keeps_no_pictures_in_memory(tmp_path: Path) -> None:
    path = write_video(tmp_path / "s.mp4")
    gc.disable()
    try:
        film = Film(path)
        with film:
            film.at(3.5)
        gone = weakref.ref(film)
        del film
        assert gone() is None
    finally:
        gc.enable()


def test_a_file_without_pictures_says_so(tmp_path: Path) -> None:
    path = write_as("wav", tmp_path / "s.wav", noise(4800))
    with pytest.raises(StudioError) as refused:
        Film(path)
    assert refused.value.explanation.code == "video.nothing"


def test_pictures_fit_into_a_box_and_are_never_blown_up() -> None:
    assert fitting((1920, 1080), 640, 640) == (640, 360)
    assert fitting((320, 240), 1000, 1000) == (320, 240)
    assert fitting((1080, 1920), 640, 360) == (202, 360)
