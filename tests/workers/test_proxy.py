"""The small pictures that stand in for those of a video are of the right time, whatever video it is."""

import random
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from studio import paths
from studio.audio.film import Film
from studio.audio.proxy import Look, Part, Proxy, file_of, folder_for, room_for
from studio.audio.proxy_making import ProxyMaker
from studio.audio.shown import as_bgra
from tests.helpers.films import KINDS, Plain, write
from tests.helpers.videos import number_of, write_video


@pytest.fixture(autouse=True)
def short_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Parts of one second: several of them in videos of a few seconds."""
    monkeypatch.setattr("studio.audio.proxy.PART_S", 1)
    monkeypatch.setattr("studio.audio.proxy_making.PART_S", 1)


def make(path: Path, near_s: float = 0.0, most_bytes: int = 1 << 30) -> ProxyMaker:
    """Make all there is to make."""
    with ProxyMaker(path, quick=0, most_bytes=most_bytes) as maker:
        while maker.step(near_s):
            pass
    return maker


def alike(one: av.VideoFrame, other: av.VideoFrame) -> float:
    """How near one picture is to another, made equally small: the signal to the difference in dB."""
    small, whole = as_bgra(one, 96, 54).astype(float), as_bgra(other, 96, 54).astype(float)
    return float(10 * np.log10(255**2 / max(1e-9, np.mean((small - whole)[..., :3] ** 2))))


@pytest.mark.parametrize("name", KINDS)
def test_each_is_the_picture_that_plain_decoding_shows_at_that_time(tmp_path: Path, name: str) -> None:
    kind = KINDS[name]
    path = write(tmp_path / f"film.{kind.suffix}", kind)
    plain = Plain.of(path)
    begins = [float(begin) for begin in plain.begins]
    chance = random.Random(name)  # noqa: S311
    maker = make(path, near_s=chance.uniform(0, begins[-1]))

    with av.open(str(path)) as container:
        frames = list(container.decode(video=0))
    found = 0
    with Film(path) as film:
        proxy = Proxy(folder_for(path), film.tick, film.start)
        for time_s in (*begins, *(chance.uniform(begins[0], begins[-1] + 0.01) for _ in range(60))):
            small = proxy.at(film.place(time_s))
            if small is None:
                continue
            found += 1
            index = max((n for n, begin in enumerate(begins) if begin <= time_s + 1e-9), default=0)
            assert small.time_s == pytest.approx(begins[index]), time_s
            assert alike(small.frame, frames[index]) > 33, time_s

    assert maker.is_over
    assert found == len(begins) + 60


def test_what_was_made_is_not_made_again_and_what_is_missing_is(tmp_path: Path) -> None:
    path = write_video(tmp_path / "s.mp4", seconds=6, gop=60)
    with ProxyMaker(path, quick=0) as maker:
        while maker.share < 0.5:
            maker.step(0.0)
    folder = folder_for(path)
    before = {file: file.stat().st_ino for file in folder.iterdir()}
    assert 0 < len(before) < maker.parts

    again = make(path)

    assert again.share == 1
    assert all(file.stat().st_ino == number for file, number in before.items())
    assert sorted(folder.iterdir()) == [file_of(folder, number) for number in range(6)]


def test_what_lies_around_the_person_comes_first(tmp_path: Path) -> None:
    path = write_video(tmp_path / "s.mp4", seconds=8, gop=50)
    with ProxyMaker(path, quick=0) as maker:
        while maker.share == 0:
            maker.step(6.5)

    assert [file.name for file in folder_for(path).iterdir()] == ["000006.pictures"]


def test_from_there_on_it_goes_outwards(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("studio.audio.proxy_making._STRETCH", 2)
    path = write_video(tmp_path / "s.mp4", seconds=8, gop=25)
    made: list[str] = []
    with ProxyMaker(path, quick=0) as maker:
        while maker.step(4.5):
            made += sorted(file.stem for file in folder_for(path).glob("*.pictures") if file.stem not in made)

    assert [int(name) for name in made] == [4, 5, 2, 3, 6, 7, 0, 1]


def test_what_is_damaged_has_none_and_the_rest_does(tmp_path: Path) -> None:
    path = write_video(tmp_path / "s.mp4", seconds=6, gop=25)
    with av.open(str(path)) as container:
        packet = next(p for p in container.demux(video=0) if p.pts is not None and p.pts * p.time_base > 3.2)
        place, size = packet.pos, packet.size
    assert place is not None
    with path.open("r+b") as file:
        file.seek(place)
        file.write(b"\xff" * size)

    maker = make(path)

    assert maker.hindrance == "damage"
    assert [file.stem[-1] for file in sorted(folder_for(path).iterdir())] == ["0", "1", "2", "4", "5"]


def test_a_person_who_goes_elsewhere_is_followed_once_the_part_in_hand_is_finished(tmp_path: Path) -> None:
    path = write_video(tmp_path / "s.mp4", seconds=8, gop=50)
    folder = folder_for(path)
    with ProxyMaker(path, quick=0) as maker:
        for _ in range(5):
            maker.step(0.0)
        while not file_of(folder, 4).exists():
            maker.step(4.2)
        assert file_of(folder, 0).exists()
        assert not file_of(folder, 1).exists()
        while maker.step(4.2):
            pass

    assert maker.share == 1


def test_a_video_that_jumps_fast_needs_none(tmp_path: Path) -> None:
    path = write_video(tmp_path / "s.mp4", seconds=4, gop=50)

    with ProxyMaker(path) as maker:
        assert maker.is_over
        assert not maker.step(0.0)
    assert not folder_for(path).exists()


def test_a_pause_in_which_no_picture_begins_shows_the_one_before(tmp_path: Path) -> None:
    path = write_video(tmp_path / "s.mkv", seconds=4, gop=25, gap_at=50)
    make(path)

    with Film(path) as film:
        proxy = Proxy(folder_for(path), film.tick, film.start)
        small = proxy.at(film.place(2.9))
        later = proxy.at(film.place(3.2))

    assert small is not None
    assert later is not None
    assert number_of(as_bgra(small.frame, 192, 108)) == 49
    assert number_of(as_bgra(later.frame, 192, 108)) == 55


def test_without_room_only_what_is_around_the_person_is_made_and_the_oldest_goes(tmp_path: Path) -> None:
    first = write_video(tmp_path / "a.mp4", seconds=6, gop=30)
    make(first)
    whole = sum(file.stat().st_size for file in folder_for(first).iterdir())
    second = write_video(tmp_path / "b.mp4", seconds=6, gop=30)

    maker = make(second, near_s=3.5, most_bytes=whole // 2)

    assert maker.hindrance == "room"
    left = sum(file.stat().st_size for folder in (first, second) for file in folder_for(folder).iterdir())
    assert left <= whole // 2
    assert file_of(folder_for(second), 3).exists()
    assert not list(folder_for(first).iterdir())


def test_room_is_made_of_what_was_looked_at_longest_ago(tmp_path: Path) -> None:
    root = paths.cache() / "proxies"
    ours, theirs = root / "ours", root / "theirs"
    for folder in (ours, theirs):
        folder.mkdir(parents=True)
        for number in range(3):
            file_of(folder, number).write_bytes(bytes(100))

    assert room_for(ours, 100, 500, own_too=False)
    assert len(list(ours.iterdir())) == 3
    assert len(list(theirs.iterdir())) == 1
    assert not room_for(ours, 300, 400, own_too=False)
    assert room_for(ours, 300, 400, own_too=True)


@pytest.mark.parametrize("damage", ["cut", "other", "gone"])
def test_a_damaged_part_shows_nothing_and_harms_nothing(tmp_path: Path, damage: str) -> None:
    path = write_video(tmp_path / "s.mp4", seconds=3, gop=30)
    make(path)
    part = file_of(folder_for(path), 1)
    whole = part.read_bytes()
    if damage == "cut":
        part.write_bytes(whole[:-50])
    elif damage == "other":
        part.write_bytes(b"RIFF" + whole[4:])
    else:
        part.unlink()

    with Film(path) as film:
        proxy = Proxy(folder_for(path), film.tick, film.start)
        assert proxy.at(film.place(1.5)) is None
        assert proxy.at(film.place(0.5)) is not None


def test_colours_and_turns_are_those_of_the_video() -> None:
    frame = av.VideoFrame.from_ndarray(np.full((64, 96, 3), (200, 60, 30), np.uint8), "rgb24")
    look = Look.of(frame)
    part = Part(look._replace(colours=1, levels=2, quarters=1), np.array([0], np.int64), np.array([3], np.uint32))
    folder = paths.cache() / "proxies" / "one"
    folder.mkdir(parents=True)
    file_of(folder, 0).write_bytes(part.written([b"abc"]))

    assert Part.read(file_of(folder, 0)).look == (96, 64, 96, 64, 1, 2, 1)
    assert Proxy(folder, Fraction(1, 1000), 0).at(5) is None  # those bytes are no picture
