from pathlib import Path

import msgspec
import numpy as np
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.errors import StudioError
from studio.media.takes import (
    Mark,
    TakeHeader,
    TakeWriter,
    mark_recovered,
    read_header,
    read_marks,
    recover,
)
from studio.media.wav import Frames


def header(channels: int = 1) -> TakeHeader:
    return TakeHeader(take="a", track="t", start=4800, rate_hz=48000, channels=channels, device="mic")


def ramp(start: int, frames: int, channels: int = 1) -> Frames:
    return np.repeat((np.arange(start, start + frames) / 2**22).astype(np.float32)[:, None], channels, axis=1)


def writer_in(project: Path, **limits: float) -> TakeWriter:
    return TakeWriter(project / "takes" / "a", header(), segment_s=limits.get("segment_s", 1800))


def orphan(project: Path, take: str = "a") -> None:
    """Make it look as if the writer had died."""
    path = project / "takes" / take / "take.json"
    dead = msgspec.structs.replace(msgspec.json.decode(path.read_bytes(), type=TakeHeader), writer_pid=2**22 + 1)
    path.write_bytes(msgspec.json.encode(dead))


def test_take_json_is_there_before_the_first_sample(tmp_path: Path) -> None:
    writer = writer_in(tmp_path)

    known = read_header(writer.folder)
    assert known is not None
    assert (known.state, known.device, known.rate_hz, known.start, known.track) == (
        "recording",
        "mic",
        48000,
        4800,
        "t",
    )
    writer.close()


def test_another_program_can_read_a_take_while_it_is_written(tmp_path: Path) -> None:
    writer = writer_in(tmp_path)
    for number in range(5):
        writer.write(ramp(number * 480, 480))
        sound, rate_hz = soundfile.read(writer.folder / "000.wav", dtype="float32", always_2d=True)
        assert rate_hz == 48000
        np.testing.assert_array_equal(sound, ramp(0, (number + 1) * 480))
    writer.close()


def test_segments_abut_and_are_named_by_their_content(tmp_path: Path) -> None:
    writer = writer_in(tmp_path, segment_s=0.02)
    writer.write(ramp(0, 2500))
    segments = writer.close()

    assert [segment.length for segment in segments] == [960, 960, 580]
    assert [segment.file for segment in segments] == [f"takes/a/{n:03}.wav" for n in range(3)]
    assert len({segment.id for segment in segments}) == 3
    read = [soundfile.read(tmp_path / segment.file, dtype="float32")[0] for segment in segments]
    np.testing.assert_array_equal(np.concatenate(read), ramp(0, 2500)[:, 0])


def test_a_recovered_take_is_the_same_media_as_a_finished_one(tmp_path: Path) -> None:
    writer = writer_in(tmp_path, segment_s=0.02)
    writer.write(ramp(0, 2500))
    finished = writer.close("interrupted")

    (take,) = recover(tmp_path)
    assert take.segments == finished
    assert (take.take, take.track, take.start, take.length, take.device) == ("a", "t", 4800, 2500, "mic")


def test_a_finished_take_is_not_offered_again(tmp_path: Path) -> None:
    writer = writer_in(tmp_path)
    writer.write(ramp(0, 480))
    writer.close()

    assert recover(tmp_path) == ()


def test_a_take_that_is_being_written_is_left_alone(tmp_path: Path) -> None:
    writer = writer_in(tmp_path)
    writer.write(ramp(0, 480))
    assert recover(tmp_path) == ()

    orphan(tmp_path)
    assert [take.length for take in recover(tmp_path)] == [480]
    writer.close()


def test_a_take_is_offered_until_the_caller_has_it_safe(tmp_path: Path) -> None:
    writer = writer_in(tmp_path)
    writer.write(ramp(0, 480))
    writer.close("interrupted")
    before = {path: path.read_bytes() for path in writer.folder.iterdir()}

    assert recover(tmp_path) == recover(tmp_path)
    assert {path: path.read_bytes() for path in writer.folder.iterdir()} == before  # reading changes nothing

    mark_recovered(tmp_path, "a")
    assert recover(tmp_path) == ()
    assert (writer.folder / "000.wav").read_bytes() == before[writer.folder / "000.wav"]


def test_a_take_without_take_json_is_found_by_its_sound(tmp_path: Path) -> None:
    writer = writer_in(tmp_path)
    writer.write(ramp(0, 480))
    writer.close()
    (writer.folder / "take.json").write_bytes(b'{"take": "a", "tr')

    (take,) = recover(tmp_path)
    assert (take.length, take.rate_hz, take.track) == (480, 48000, "")


def test_an_empty_take_is_not_worth_offering(tmp_path: Path) -> None:
    writer_in(tmp_path).close("interrupted")

    assert recover(tmp_path) == ()


@pytest.mark.parametrize("torn_bytes", range(1, 9))
def test_a_torn_tail_costs_at_most_its_own_frame(tmp_path: Path, torn_bytes: int) -> None:
    writer = writer_in(tmp_path)
    writer.write(ramp(0, 480))
    writer.close("interrupted")
    path = writer.folder / "000.wav"
    path.write_bytes(path.read_bytes()[:-torn_bytes])

    (take,) = recover(tmp_path)
    assert take.length == 480 - (torn_bytes + 3) // 4


def test_marks_come_back_and_a_torn_line_is_ignored(tmp_path: Path) -> None:
    writer = writer_in(tmp_path)
    writer.write(ramp(0, 480))
    marks = (Mark(kind="gap", at=10, length=20, note="asleep"), Mark(kind="xrun", at=30))
    for mark in marks:
        writer.mark(mark)
    writer.close()
    path = writer.folder / "take.events"
    assert read_marks(writer.folder) == marks

    path.write_bytes(path.read_bytes()[:-3])
    assert read_marks(writer.folder) == marks[:1]


@settings(max_examples=25)
@given(blocks=st.lists(st.integers(0, 40), max_size=6), segment=st.integers(4, 60))  # each segment waits for the disk
def test_no_sample_is_lost_or_doubled_between_segments(
    tmp_path_factory: pytest.TempPathFactory, blocks: list[int], segment: int
) -> None:
    project = tmp_path_factory.mktemp("takes")
    writer = TakeWriter(project / "takes" / "a", header(2), segment_bytes=segment * 8)
    at = 0
    for block in blocks:
        writer.write(ramp(at, block, 2))
        at += block
    segments = writer.close()

    read = [soundfile.read(project / part.file, dtype="float32", always_2d=True)[0] for part in segments]
    np.testing.assert_array_equal(np.concatenate(read) if read else ramp(0, 0, 2), ramp(0, at, 2))
    assert all(part.length == segment for part in segments[:-1])


def test_a_take_that_cannot_begin_says_why(tmp_path: Path) -> None:
    (tmp_path / "takes").write_text("a file where the folder should be")

    with pytest.raises(StudioError, match="The recording did not start"):
        writer_in(tmp_path)
