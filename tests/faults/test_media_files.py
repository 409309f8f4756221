"""FAULTS 38, 39, 40: hours of sound, media that are damaged or lie, and names that trip programs up.

All through the real compute worker, in a process that may use 3 GiB of memory.
"""

import random
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import numpy as np
import psutil
import pytest
import soundfile

from studio.media.wav import MappedWav
from studio.model.project import Clip, ClipId, Project, Track, TrackId
from studio.protocol.common import Failed, JobId
from studio.protocol.jobs import Export, Exported, ExportSpec, ImportMedia, MediaImported
from studio.protocol.wire import frame
from tests.helpers.compute_in_bounds import Child, compute_in_bounds
from tests.helpers.sounds import SUFFIXES, buzz, noise, sweep, write_as, write_medium

MEMORY_BYTES: Final = 3 << 30
NO_PROGRESS_S: Final = 10.0
_FEW: Final = 2
_MANY: Final = 12

LIES: Final = (b"\xff" * 4, b"\x7f\xff\xff\xff", b"\xff\xff\xff\x7f", bytes(4), b"\xff" * 8, b"\0\0\0\x01")

Mutation = Callable[[bytearray, random.Random], bytearray]


def flip_bits(raw: bytearray, chance: random.Random) -> bytearray:
    for _ in range(chance.choice([1, 10, 200])):
        raw[chance.randrange(len(raw))] ^= 1 << chance.randrange(8)
    return raw


def flip_bits_of_the_header(raw: bytearray, chance: random.Random) -> bytearray:
    for _ in range(chance.choice([1, 4, 16])):
        raw[chance.randrange(min(len(raw), 200))] ^= 1 << chance.randrange(8)
    return raw


def cut_short(raw: bytearray, chance: random.Random) -> bytearray:
    return raw[: chance.randrange(len(raw))]


def cut_a_piece_out(raw: bytearray, chance: random.Random) -> bytearray:
    start = chance.randrange(len(raw))
    del raw[start : start + chance.randrange(1, 4000)]
    return raw


def insert_noise(raw: bytearray, chance: random.Random) -> bytearray:
    at = chance.randrange(len(raw))
    raw[at:at] = chance.randbytes(chance.randrange(1, 5000))
    return raw


def zero_the_header(raw: bytearray, chance: random.Random) -> bytearray:
    start, length = chance.randrange(100), chance.randrange(1, 100)
    raw[start : start + length] = bytes(len(raw[start : start + length]))
    return raw


def lie_about_a_length(raw: bytearray, chance: random.Random) -> bytearray:
    for _ in range(chance.choice([1, 3])):
        at = chance.randrange(min(len(raw), 1000) - 8)
        lie = chance.choice(
            [b"\xff" * 4, b"\x7f\xff\xff\xff", b"\xff\xff\xff\x7f", bytes(4), b"\xff" * 8, b"\0\0\0\x01"]
        )
        raw[at : at + len(lie)] = lie
    return raw


def begin_in_the_middle(raw: bytearray, chance: random.Random) -> bytearray:
    return raw[chance.randrange(1, len(raw)) :]


MUTATIONS: Final[tuple[Mutation, ...]] = (
    flip_bits,
    flip_bits_of_the_header,
    cut_short,
    cut_a_piece_out,
    insert_noise,
    zero_the_header,
    lie_about_a_length,
    begin_in_the_middle,
)


@pytest.fixture
def worker() -> Iterator[Child]:
    with compute_in_bounds(MEMORY_BYTES) as child:
        yield child


def survives(worker: Child, folder: Path, rounds: int) -> Counter[str]:
    """Feed so many mutations of every kind of file to the worker; count how they end."""
    chance = random.Random(7)  # noqa: S311 - not for secrets
    sound = np.concatenate((buzz(30_000), sweep(30_000)), axis=1)
    counts: Counter[str] = Counter()
    number = 0
    for suffix in SUFFIXES:
        whole = write_as(suffix, folder / f"whole.{suffix}", sound).read_bytes()
        for mutation in chance.sample(MUTATIONS * 2, rounds):
            number += 1
            path = folder / f"{number} {mutation.__name__}.{suffix}"
            path.write_bytes(mutation(bytearray(whole), chance))
            counts[imported_or_told(worker, path, folder / f"project {number}", number)] += 1
            path.unlink()
    return counts


def imported_or_told(worker: Child, path: Path, project: Path, number: int) -> str:
    answer = worker.ask(
        ImportMedia(job=JobId(number), path=str(path), project_dir=str(project), rate_hz=48000), NO_PROGRESS_S + 5
    )

    assert answer is not None, f"{path.name}: no answer, the worker is {worker.process.poll() or 'hung'}"
    media_dir = project / "media"
    files = [file.name for file in media_dir.iterdir()] if media_dir.exists() else []
    if isinstance(answer, Failed):
        assert answer.why.code != "bug", f"{path.name}: {answer.why.detail}"
        assert answer.why.title, path.name
        assert answer.why.cause, path.name
        assert answer.why.remedy, path.name
        assert not files, path.name
        return answer.why.code
    assert isinstance(answer, MediaImported)
    assert files == [f"{answer.media.id}.wav"], path.name
    sound = MappedWav.open(project / answer.media.file)
    assert 0 < sound.length == answer.media.length, path.name
    assert np.isfinite(sound.frames).all(), path.name
    (project / answer.media.file).unlink()
    return "imported in part" if answer.warning else "imported"


def test_some_mutated_files_are_imported_in_part_or_refused_in_words(
    worker: Child, tmp_path: Path, injected: Callable[[int], None]
) -> None:
    counts = survives(worker, tmp_path, rounds=_FEW)

    injected(counts.total())
    assert counts.total() == _FEW * len(SUFFIXES) >= 30
    assert counts["imported in part"] > 0
    assert counts["import-unreadable"] > 0


@pytest.mark.full_faults
@pytest.mark.timeout(1200)
def test_hundreds_of_mutated_files_are_imported_in_part_or_refused_in_words(
    worker: Child, tmp_path: Path, say: Callable[[str], None], injected: Callable[[int], None]
) -> None:
    counts = survives(worker, tmp_path, rounds=_MANY)

    injected(counts.total())
    say(f"{counts.total()} mutated media files: {dict(counts.most_common())}")
    assert counts.total() >= 200
    assert counts["imported in part"] > 0


NAMES: Final = (
    "Пение.wav", "歌.wav", "emoji 🎤.wav", "quotes \" ' `.wav", "new\nline.wav", "-leading dash.wav", "100 %d.wav",
    "http:colon.wav", "concat:a|b.wav", "rtl \u202eabc.wav", "עברית.wav", "zero\u200bwidth.wav", "a#b?c&d.wav",
    "e\u0301.wav", " spaces .wav", "x" * 240 + ".wav",
)  # fmt: skip


def test_any_name_goes_in_and_comes_out(worker: Child, tmp_path: Path) -> None:
    plain = write_as("wav", tmp_path / "plain", noise(4800)).read_bytes()
    for number, name in enumerate(NAMES):
        folder = tmp_path / name.removesuffix(".wav")[:60]  # the project's folder has such a name too
        (tmp_path / name).write_bytes(plain)

        came = worker.ask(
            ImportMedia(job=JobId(number), path=str(tmp_path / name), project_dir=str(folder), rate_hz=0), 20
        )
        assert isinstance(came, MediaImported), name
        clip = Clip(id=ClipId("c"), media=came.media.id, source_start=0, start=0, length=4800)
        project = Project(
            name=came.media.name,
            tracks=(Track(id=TrackId("t"), name=came.media.name, clips=(clip,)),),
            media=(came.media,),
        )
        out = folder / f"out of {name}"[-200:]
        spec = ExportSpec(sample_format="int16", dither=False, channels=1)
        went = worker.ask(
            Export(job=JobId(number), project=project, project_dir=str(folder), path=str(out), spec=spec), 20
        )
        assert isinstance(went, Exported), (name, went)
        stems = worker.ask(
            Export(
                job=JobId(number),
                project=project,
                project_dir=str(folder),
                path=str(folder / "stems"),
                spec=ExportSpec(sample_format="int16", dither=False, channels=1, split="tracks"),
            ),
            20,
        )
        assert isinstance(stems, Exported), (name, stems)
        for file in (went.files[0].path, stems.files[0].path):
            assert np.array_equal(soundfile.read(file)[0], soundfile.read(tmp_path / name)[0]), name


def test_a_name_that_is_not_unicode_never_reaches_the_worker() -> None:
    request = ImportMedia(job=JobId(1), path="caf\udce9.wav", project_dir="", rate_hz=0)

    with pytest.raises(UnicodeEncodeError):
        frame(request)


@pytest.mark.full_faults
@pytest.mark.timeout(900)
def test_hours_are_imported_to_the_frame_in_bounded_memory(
    worker: Child, tmp_path: Path, say: Callable[[str], None]
) -> None:
    minutes = 190  # beyond 4 GiB once it is stereo float32 at 48 kHz
    path = tmp_path / "long.flac"
    minute = np.concatenate((buzz(44100 * 60, 44100), sweep(44100 * 60, 44100)), axis=1)
    with soundfile.SoundFile(path, "w", 44100, 2, format="FLAC") as file:
        for _ in range(minutes):
            file.write(minute)

    came = worker.ask(
        ImportMedia(job=JobId(1), path=str(path), project_dir=str(tmp_path / "project"), rate_hz=48000), 800
    )

    peak_bytes = _peak_rss_bytes(worker.process.pid)
    say(f"{minutes} minutes imported at a peak of {peak_bytes >> 20} MiB")
    assert isinstance(came, MediaImported)
    media = tmp_path / "project" / came.media.file
    sound = MappedWav.open(media)
    assert media.stat().st_size > 1 << 32
    assert sound.length == came.media.length == minutes * 60 * 48000
    assert came.warning == ""
    assert peak_bytes < 1536 << 20
    media.unlink()


def _peak_rss_bytes(pid: int) -> int:
    status = Path(f"/proc/{psutil.Process(pid).pid}/status").read_text()
    return next(int(line.split()[1]) * 1024 for line in status.splitlines() if line.startswith("VmHWM"))


def test_a_project_of_a_medium_that_vanished_exports_what_is_left_and_says_so(worker: Child, tmp_path: Path) -> None:
    kept, gone = (write_medium(tmp_path, name, noise(48000)) for name in ("kept", "gone"))
    (tmp_path / gone.file).unlink()
    tracks = tuple(
        Track(
            id=TrackId(medium.id),
            name=medium.name,
            clips=(Clip(id=ClipId(medium.id), media=medium.id, source_start=0, start=0, length=48000),),
        )
        for medium in (kept, gone)
    )

    went = worker.ask(
        Export(
            job=JobId(1),
            project=Project(tracks=tracks, media=(kept, gone)),
            project_dir=str(tmp_path),
            path=str(tmp_path / "mix.wav"),
            spec=ExportSpec(sample_format="float32"),
        ),
        20,
    )

    assert isinstance(went, Exported)
    assert "Missing sound" in went.files[0].note
    assert np.array_equal(soundfile.read(tmp_path / "mix.wav", dtype="float32")[0][:, :1], noise(48000))
