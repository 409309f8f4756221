"""Our WAV files are whole at any moment, for us and for other programs."""

import contextlib
import os
import resource
import signal
import struct
from collections.abc import Iterator
from pathlib import Path

import av
import numpy as np
import pytest
import soundfile
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from studio.errors import StudioError
from studio.media.wav import HEADER_BYTES, Frames, MappedWav, WavWriter, header, read_layout

RATE_HZ = 48000


def ramp(length: int, channels: int) -> Frames:
    return (np.arange(length * channels, dtype=np.float32) / np.float32(65536)).reshape(length, channels)


def write(path: Path, *blocks: Frames, channels: int = 1, rate_hz: int = RATE_HZ) -> Path:
    with WavWriter(path, rate_hz, channels) as writer:
        for block in blocks:
            writer.write(block)
    return path


def decoded_by_ffmpeg(path: Path) -> Frames:
    with av.open(str(path)) as container:
        channels = container.streams.audio[0].channels
        blocks = [np.zeros((0, channels), np.float32)]
        blocks += [frame.to_ndarray().reshape(-1, channels).astype(np.float32) for frame in container.decode(audio=0)]
    return np.concatenate(blocks)


@st.composite
def recordings(draw: st.DrawFn) -> list[Frames]:
    channels = draw(st.integers(1, 3))
    lengths = draw(st.lists(st.integers(0, 50), max_size=6))
    finite = st.floats(-2, 2, width=32)
    return [np.zeros((0, channels), np.float32)] + [
        draw(hnp.arrays(np.float32, (length, channels), elements=finite)) for length in lengths
    ]


@given(blocks=recordings(), rate_hz=st.sampled_from([8000, 44100, 48000, 96000, 192000]))
def test_what_is_written_is_read_back_by_us_and_by_libsndfile(
    blocks: list[Frames], rate_hz: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("wav") / "sound.wav"
    channels = blocks[0].shape[1]
    write(path, *blocks, channels=channels, rate_hz=rate_hz)

    mapped = MappedWav.open(path)
    by_libsndfile, their_rate_hz = soundfile.read(path, dtype="float32", always_2d=True)

    expected = np.concatenate(blocks)
    assert np.array_equal(mapped.frames, expected)
    assert np.array_equal(by_libsndfile.reshape(expected.shape), expected)
    assert (mapped.rate_hz, mapped.channels, mapped.length) == (rate_hz, channels, len(expected))
    assert their_rate_hz == rate_hz


def test_the_file_is_whole_for_every_program_after_every_block(tmp_path: Path) -> None:
    sound = ramp(3000, 2)
    with WavWriter(tmp_path / "growing.wav", RATE_HZ, 2) as writer:
        assert soundfile.info(writer.path).frames == 0
        for start in range(0, 3000, 700):
            writer.write(sound[start : start + 700])

            assert np.array_equal(MappedWav.open(writer.path).frames, sound[: writer.length])
            assert np.array_equal(soundfile.read(writer.path, dtype="float32")[0], sound[: writer.length])
            assert np.array_equal(decoded_by_ffmpeg(writer.path), sound[: writer.length])
    assert writer.length == 3000


@pytest.mark.parametrize("claimed", [0, 40, 0x7FFFFFFF, 0xFFFFFFFF])
def test_a_header_that_lies_about_the_size_hides_nothing(tmp_path: Path, claimed: int) -> None:
    path = write(tmp_path / "lying.wav", ramp(500, 1))
    with path.open("r+b") as file:
        file.seek(HEADER_BYTES - 4)
        file.write(struct.pack("<I", claimed))

    assert np.array_equal(MappedWav.open(path).frames, ramp(500, 1))


@pytest.mark.parametrize("cut", range(1, 8))
def test_a_frame_cut_in_two_is_left_out(tmp_path: Path, cut: int) -> None:
    path = write(tmp_path / "cut.wav", ramp(500, 2), channels=2)
    os.truncate(path, path.stat().st_size - cut)

    assert np.array_equal(MappedWav.open(path).frames, ramp(499, 2))


@pytest.mark.parametrize("cut_to", range(HEADER_BYTES))
def test_a_file_cut_inside_its_header_is_refused_or_empty(tmp_path: Path, cut_to: int) -> None:
    path = write(tmp_path / "cut.wav", ramp(5, 1))
    os.truncate(path, cut_to)

    with pytest.raises(StudioError) as refused:
        MappedWav.open(path)
    assert refused.value.explanation.code == "media-format"


def chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack("<4sI", name, len(body)) + body + b"\0" * (len(body) % 2)


FLOAT_STEREO = struct.pack("<HHIIHH", 3, 2, RATE_HZ, RATE_HZ * 8, 8, 32)
EXTENSIBLE_STEREO = (
    struct.pack("<HHIIHH", 0xFFFE, 2, RATE_HZ, RATE_HZ * 8, 8, 32)
    + struct.pack("<HHI", 22, 32, 3)
    + struct.pack("<H", 3)
    + bytes.fromhex("000000001000800000aa00389b71")
)


@pytest.mark.parametrize("form", [FLOAT_STEREO, EXTENSIBLE_STEREO, FLOAT_STEREO + b"\0\0"])
@pytest.mark.parametrize(
    "order", [("fmt", "data"), ("odd", "fmt", "fact", "data", "odd"), ("data", "odd", "fmt"), ("fmt", "data", "odd")]
)
def test_files_of_other_programs_may_order_their_chunks_as_they_like(
    tmp_path: Path, form: bytes, order: tuple[str, ...]
) -> None:
    sound = ramp(100, 2)
    chunks = {
        "fmt": chunk(b"fmt ", form),
        "data": chunk(b"data", sound.tobytes()),
        "odd": chunk(b"LIST", b"INFOodd"),
        "fact": chunk(b"fact", struct.pack("<I", 100)),
    }
    body = b"WAVE" + b"".join(chunks[name] for name in order)
    path = tmp_path / "other.wav"
    path.write_bytes(struct.pack("<4sI", b"RIFF", len(body)) + body)

    mapped = MappedWav.open(path)

    assert mapped.rate_hz == RATE_HZ
    assert np.array_equal(mapped.frames, sound)


@pytest.mark.parametrize("subtype", ["PCM_16", "PCM_24", "PCM_U8", "PCM_32", "DOUBLE", "ULAW"])
def test_other_sample_formats_are_refused_in_words(tmp_path: Path, subtype: str) -> None:
    path = tmp_path / "theirs.wav"
    soundfile.write(path, ramp(100, 2), RATE_HZ, subtype=subtype)

    with pytest.raises(StudioError) as refused:
        MappedWav.open(path)
    assert refused.value.explanation.code == "media-format"
    assert "Import" in refused.value.explanation.remedy


def test_a_float_wav_of_another_program_is_mapped(tmp_path: Path) -> None:
    path = tmp_path / "theirs.wav"
    soundfile.write(path, ramp(100, 2), RATE_HZ, subtype="FLOAT")

    assert np.array_equal(MappedWav.open(path).frames, ramp(100, 2))


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(StudioError) as missing:
        MappedWav.open(tmp_path / "gone.wav")
    assert missing.value.explanation.code == "media-missing"
    assert "gone.wav" in missing.value.explanation.title


@given(junk=st.binary(max_size=400))
def test_junk_is_refused_and_nothing_else_happens(junk: bytes, tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("junk") / "junk.wav"
    for start in (b"", b"RIFF\0\0\0\0WAVE", b"RIFF\xff\xff\xff\xffWAVE" + chunk(b"fmt ", FLOAT_STEREO) + b"data"):
        path.write_bytes(start + junk)
        with contextlib.suppress(StudioError):  # anything else fails the test
            layout = read_layout(path)
            assert layout.offset + layout.length * layout.channels * 4 <= path.stat().st_size


def test_a_mapped_sound_cannot_be_written(tmp_path: Path) -> None:
    frames = MappedWav.open(write(tmp_path / "kept.wav", ramp(10, 1))).frames

    assert not frames.flags.writeable


def test_an_existing_file_is_never_overwritten(tmp_path: Path) -> None:
    path = write(tmp_path / "kept.wav", ramp(10, 1))

    with pytest.raises(FileExistsError):
        WavWriter(path, RATE_HZ, 1)
    assert np.array_equal(MappedWav.open(path).frames, ramp(10, 1))


@pytest.mark.parametrize("beyond", [-3, 0, 1, 1000])
def test_beyond_four_gib_the_header_becomes_rf64_and_every_program_sees_it_all(tmp_path: Path, beyond: int) -> None:
    frame_bytes = 8
    length = (0xFFFFFFFF - HEADER_BYTES) // frame_bytes + beyond
    path = tmp_path / "long.wav"
    with path.open("wb") as file:
        file.write(header(length * frame_bytes, RATE_HZ, 2))
        file.truncate(HEADER_BYTES + length * frame_bytes)  # a hole: takes no room on the disk

    mapped = MappedWav.open(path)

    assert mapped.length == length
    assert not mapped.frames[-1].any()
    assert soundfile.info(path).frames == length
    with av.open(str(path)) as container:
        assert container.streams.audio[0].duration == length


def test_a_writer_passes_four_gib_without_a_seam(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "long.wav"
    with WavWriter(path, RATE_HZ, 2) as writer:
        monkeypatch.setattr(writer, "_data_bytes", 0xFFFFFFFF - 7 - HEADER_BYTES)  # as if so much had been written
        before = writer.length
        writer.write(ramp(100, 2))
        with path.open("rb") as file:
            assert file.read(4) == b"RF64"
        writer.write(ramp(100, 2))

    mapped = MappedWav.open(path)
    assert mapped.length == before + 200
    assert np.array_equal(mapped.frames[before : before + 100], ramp(100, 2))
    assert np.array_equal(mapped.frames[before + 100 :], ramp(100, 2))
    assert soundfile.info(path).frames == before + 200


@pytest.fixture
def small_disk() -> Iterator[int]:
    """No file of this process may outgrow 10,000 bytes; the system then answers as a full disk does, with an error."""
    limit = 10_000
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, before[1]))
    yield limit
    resource.setrlimit(resource.RLIMIT_FSIZE, before)
    signal.signal(signal.SIGXFSZ, ignored)


def test_what_was_written_before_the_disk_was_full_stays_readable(tmp_path: Path, small_disk: int) -> None:
    sound = ramp(4000, 1)
    with WavWriter(tmp_path / "full.wav", RATE_HZ, 1) as writer:
        writer.write(sound[:2000])
        with pytest.raises(OSError, match="File too large"):
            writer.write(sound[2000:])
        assert writer.length == 2000
        frames = MappedWav.open(writer.path).frames

        writer.write(sound[2000:2300])  # the next block goes where the failed one began
        again = MappedWav.open(writer.path).frames

    assert np.array_equal(frames[:2000], sound[:2000])
    assert len(frames) <= (small_disk - HEADER_BYTES) // 4
    assert np.array_equal(again[:2300], sound[:2300])
