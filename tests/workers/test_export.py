"""Export: every format holds the mix, in its place and at the loudness that was asked for, or nothing at all."""

import os
import subprocess
import sys
from pathlib import Path

import av
import numpy as np
import pytest
import soundfile
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from studio.audio.decode import Decoder
from studio.audio.encode import FORMATS, Container, SampleFormat, possible_rate
from studio.audio.loudness import LoudnessMeter, Measured
from studio.errors import Cancelled, Explanation, StudioError
from studio.media.provenance import comment_on
from studio.media.wav import Frames
from studio.model.project import Clip, ClipId, Lineage, Marker, MarkerId, Media, Project, Track, TrackId
from studio.protocol.common import JobId
from studio.protocol.jobs import BuildPeaks, Export, ExportedFile, ExportSpec, ImportMedia, RenderClip
from studio.workers import sound as jobs
from studio.workers.runtime import Context
from tests.helpers.sounds import buzz, noise, sweep, write_medium

LENGTH = 48000 * 2 + 777
CONTEXT = Context(lambda event: None)


def silent(fraction: float, stage: str) -> None:
    """Nobody listens."""


def project_of(folder: Path, *sounds: Frames, rate_hz: int = 48000) -> Project:
    media = tuple(write_medium(folder, f"m{number}", sound, rate_hz) for number, sound in enumerate(sounds))
    tracks = tuple(
        Track(
            id=TrackId(medium.id),
            name=f"Track {medium.id}",
            clips=(Clip(id=ClipId(medium.id), media=medium.id, source_start=0, start=0, length=medium.length),),
        )
        for medium in media
    )
    return Project(name="Song", rate_hz=rate_hz, tracks=tracks, media=media)


def export(project: Project, folder: Path, target: Path, spec: ExportSpec) -> tuple[ExportedFile, ...]:
    job = Export(job=JobId(1), project=project, project_dir=str(folder), path=str(target), spec=spec)
    return jobs.export(job, CONTEXT, silent).files


def decoded(path: str | Path) -> tuple[Frames, int]:
    with Decoder(Path(path)) as file:
        found = np.concatenate(list(file.blocks()))
        assert file.damage == ""
        return found, file.rate_hz


@pytest.mark.parametrize(
    ("container", "sample_format", "step"),
    [("wav", "int16", 2**-16), ("wav", "int24", 2**-24), ("wav", "float32", 0.0), ("flac", "int16", 2**-16),
     ("flac", "int24", 2**-24), ("flac", "float32", 2**-24)],
)  # fmt: skip
def test_lossless_formats_hold_the_mix_to_the_last_bit(
    tmp_path: Path, container: Container, sample_format: SampleFormat, step: float
) -> None:
    sound = noise(LENGTH, 2)
    spec = ExportSpec(container=container, sample_format=sample_format, dither=False)

    (file,) = export(project_of(tmp_path, sound), tmp_path, tmp_path / f"mix.{container}", spec)

    found, rate_hz = soundfile.read(file.path, dtype="float64")
    bits = {"int16": "16", "int24": "24", "float32": "FLOAT" if container == "wav" else "24"}[sample_format]
    assert rate_hz == 48000
    assert soundfile.info(file.path).subtype.endswith(bits)
    assert found.shape == sound.shape
    assert np.abs(found - sound).max() <= step
    assert file.duration_s == LENGTH / 48000
    assert file.size_bytes == Path(file.path).stat().st_size


@pytest.mark.parametrize("container", ["mp3", "m4a", "opus"])
@pytest.mark.parametrize("rate_hz", [0, 44100])
def test_what_comes_back_from_a_lossy_file_is_where_it_was(tmp_path: Path, container: Container, rate_hz: int) -> None:
    spec = ExportSpec(container=container, rate_hz=rate_hz)

    (file,) = export(project_of(tmp_path, sweep(LENGTH)), tmp_path, tmp_path / f"mix.{container}", spec)

    found, found_hz = decoded(file.path)
    assert found_hz == possible_rate(container, rate_hz or 48000)
    expected = sweep(round(LENGTH * found_hz / 48000), found_hz)
    assert abs(len(found) - len(expected)) <= 50
    size = 1 << 18
    spectrum = np.fft.rfft(found[:, 0], size) * np.conj(np.fft.rfft(expected[:, 0], size))
    lag = int(np.argmax(np.fft.irfft(spectrum)))
    assert min(lag, size - lag) < found_hz / 1000
    shared = min(len(found), len(expected))
    assert np.corrcoef(found[:shared, 0], expected[:shared, 0])[0, 1] > 0.99


@pytest.mark.parametrize("container", list(FORMATS))
def test_title_artist_and_mono_reach_the_file(tmp_path: Path, container: Container) -> None:
    spec = ExportSpec(container=container, channels=1, title="Müde Lieder 歌", artist="Ada")

    (file,) = export(project_of(tmp_path, noise(48000, 2)), tmp_path, tmp_path / f"mix.{container}", spec)

    with av.open(file.path) as found:
        stream = found.streams.audio[0]
        tags = {name.lower(): value for name, value in {**found.metadata, **stream.metadata}.items()}
        assert stream.channels == 1
    assert tags["title"] == "Müde Lieder 歌"
    assert tags["artist"] == "Ada"


def test_mono_is_the_mean_of_both_sides(tmp_path: Path) -> None:
    sound = noise(4800, 2)
    spec = ExportSpec(sample_format="float32", channels=1)

    (file,) = export(project_of(tmp_path, sound), tmp_path, tmp_path / "mix.wav", spec)

    assert np.allclose(soundfile.read(file.path)[0], sound.mean(axis=1), atol=1e-7)


@pytest.mark.parametrize("rate_hz", [16000, 44100, 96000])
def test_another_rate_keeps_length_and_place(tmp_path: Path, rate_hz: int) -> None:
    spec = ExportSpec(sample_format="float32", rate_hz=rate_hz)

    (file,) = export(project_of(tmp_path, sweep(48000 * 2, high_hz=5000)), tmp_path, tmp_path / "mix.wav", spec)

    found = soundfile.read(file.path)[0]
    expected = sweep(rate_hz * 2, rate_hz, high_hz=5000)
    middle = slice(rate_hz // 4, rate_hz * 7 // 4)
    assert len(found) == rate_hz * 2
    assert np.abs(found[:, :1] - expected)[middle].max() < 2e-3


def test_the_selection_and_nothing_else(tmp_path: Path) -> None:
    sound = noise(10_000, 2)
    spec = ExportSpec(sample_format="float32", start=1234, stop=5678)

    (file,) = export(project_of(tmp_path, sound), tmp_path, tmp_path / "part.wav", spec)

    assert np.array_equal(soundfile.read(file.path, dtype="float32")[0], sound[1234:5678])


def test_stems_add_up_to_the_mix(tmp_path: Path) -> None:
    project = project_of(tmp_path, noise(10_000, 2, seed=1), noise(6000, 1, seed=2))
    spec = ExportSpec(sample_format="float32")

    stems = export(project, tmp_path, tmp_path / "stems", replace(spec, split="tracks"))
    (mix,) = export(project, tmp_path, tmp_path / "mix.wav", spec)

    sounds = [soundfile.read(stem.path)[0] for stem in stems]
    assert [Path(stem.path).name for stem in stems] == ["Track m0.wav", "Track m1.wav"]
    assert np.allclose(sum(sounds), soundfile.read(mix.path)[0], atol=1e-6)


def test_markers_split_the_sound_without_a_seam(tmp_path: Path) -> None:
    sound = noise(10_000, 2)
    markers = tuple(Marker(id=MarkerId(text), start=start, text=text) for start, text in ((3000, "A/B"), (7000, "C")))
    project = replace(project_of(tmp_path, sound), markers=markers)

    files = export(project, tmp_path, tmp_path / "out", ExportSpec(sample_format="float32", split="markers"))

    assert [Path(file.path).name for file in files] == ["01 Song.wav", "02 A-B.wav", "03 C.wav"]
    assert np.array_equal(np.concatenate([soundfile.read(f.path, dtype="float32")[0] for f in files]), sound)


def test_exporting_again_into_a_folder_overwrites_nothing(tmp_path: Path) -> None:
    project = project_of(tmp_path, noise(1000))
    spec = ExportSpec(split="tracks")

    first = export(project, tmp_path, tmp_path / "stems", spec)
    second = export(project, tmp_path, tmp_path / "stems", spec)

    assert Path(first[0].path).is_file()
    assert Path(second[0].path).name == "Track m0 (2).wav"


def heard(path: str) -> Measured:
    """How loud a file is, measured on what a decoder makes of it."""
    found, rate_hz = decoded(path)
    meter = LoudnessMeter(rate_hz, found.shape[1])
    meter.add(found)
    return meter.measured()


@pytest.mark.parametrize("container", ["wav", "flac", "mp3", "m4a", "opus"])
@pytest.mark.parametrize("target_lufs", [-23.0, -14.0])
def test_the_loudness_target_is_met_and_the_true_peak_holds(
    tmp_path: Path, container: Container, target_lufs: float
) -> None:
    quiet = 0.05 * buzz(48000 * 6)
    quiet[48000 * 3 : 48000 * 3 + 400] *= 12  # a bang that a plain gain would lift over the limit
    spec = ExportSpec(container=container, sample_format="int16", loudness_lufs=target_lufs, peak_limit_dbtp=-1.0)

    (file,) = export(project_of(tmp_path, quiet), tmp_path, tmp_path / f"mix.{container}", spec)

    found = heard(file.path)
    assert file.passed is True, file
    assert found.integrated_lufs == pytest.approx(target_lufs, abs=0.5)
    assert found.true_peak_dbtp is not None
    assert found.true_peak_dbtp <= -1.0 + 0.005
    assert file.loudness.integrated_lufs == pytest.approx(found.integrated_lufs, abs=0.05)
    assert file.loudness.true_peak_dbtp == pytest.approx(found.true_peak_dbtp, abs=0.05)


def test_a_target_that_cannot_be_met_below_the_limit_is_said(tmp_path: Path) -> None:
    clicks = np.zeros((48000 * 3, 1), np.float32)
    clicks[::12000] = 0.5
    spec = ExportSpec(loudness_lufs=-6.0, peak_limit_dbtp=-1.0)

    (file,) = export(project_of(tmp_path, clicks), tmp_path, tmp_path / "mix.wav", spec)

    assert file.passed is False
    assert "asked for were -6.0 LUFS and at most -1.0 dBTP" in file.note
    peak_dbtp = heard(file.path).true_peak_dbtp
    assert peak_dbtp is not None
    assert peak_dbtp <= -1.0


def test_silence_keeps_its_level_and_says_so(tmp_path: Path) -> None:
    (file,) = export(
        project_of(tmp_path, np.zeros((48000, 1), np.float32)),
        tmp_path,
        tmp_path / "mix.wav",
        ExportSpec(loudness_lufs=-14.0),
    )

    assert file.passed is None
    assert "silent" in file.note
    assert file.loudness.integrated_lufs is None


def test_clipping_is_said(tmp_path: Path) -> None:
    sound = np.full((1000, 1), 1.5, np.float32)

    (whole,) = export(project_of(tmp_path, sound), tmp_path, tmp_path / "a.wav", ExportSpec(sample_format="int16"))
    (floats,) = export(
        project_of(tmp_path / "b", sound), tmp_path / "b", tmp_path / "b.wav", ExportSpec(sample_format="float32")
    )

    assert whole.note == "2,000 samples were louder than the format can hold and were clipped."
    assert floats.note == ""
    assert floats.loudness.sample_peak_dbfs == pytest.approx(3.52, abs=0.01)


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@example(length=1, container="wav", channels=1)
@example(length=1, container="flac", channels=2)
@example(length=1, container="mp3", channels=1)
@example(length=225, container="m4a", channels=1)
@given(length=st.integers(200, 30_000), container=st.sampled_from(sorted(FORMATS)), channels=st.sampled_from([1, 2]))
def test_a_file_is_as_long_as_the_sound(
    length: int, container: Container, channels: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("export")
    spec = ExportSpec(container=container, channels=1 if channels == 1 else 2)

    (file,) = export(project_of(folder, noise(length)), folder, folder / "mix", spec)

    found, _ = decoded(file.path)
    assert abs(len(found) - length) <= (0 if container in ("wav", "flac") else 96)
    assert found.shape[1] == channels


def refusal(project: Project, folder: Path, target: Path, spec: ExportSpec) -> Explanation:
    with pytest.raises(StudioError) as refused:
        export(project, folder, target, spec)
    return refused.value.explanation


def test_a_sound_too_short_for_its_format_is_refused_and_nothing_is_left(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()

    why = refusal(project_of(tmp_path, noise(1)), tmp_path, tmp_path / "out" / "a.m4a", ExportSpec(container="m4a"))

    assert why.code == "export-unreadable"
    assert why.title == "a.m4a was not exported."
    assert not list((tmp_path / "out").iterdir())


def test_nothing_to_export_is_said(tmp_path: Path) -> None:
    project = project_of(tmp_path, noise(1000))

    assert refusal(Project(), tmp_path, tmp_path / "a.wav", ExportSpec()).code == "export-empty"
    assert refusal(Project(), tmp_path, tmp_path / "a", ExportSpec(split="tracks")).code == "export-no-tracks"
    assert refusal(project, tmp_path, tmp_path / "a", ExportSpec(split="markers")).code == "export-no-markers"
    assert not (tmp_path / "a.wav").exists()


@pytest.mark.parametrize("container", list(FORMATS))
def test_a_folder_that_is_not_there_is_said(tmp_path: Path, container: Container) -> None:
    project = project_of(tmp_path, noise(1000))

    why = refusal(project, tmp_path, tmp_path / "gone" / "a.wav", ExportSpec(container=container))

    assert why.code == "folder-unwritable"
    assert str(tmp_path / "gone") in why.cause


def test_a_file_in_place_of_the_folder_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    why = refusal(project_of(tmp_path, noise(1000)), tmp_path, tmp_path / "file", ExportSpec(split="tracks"))

    assert why.code == "folder-unwritable"


FULL = """
import resource, signal, sys
from pathlib import Path
import msgspec
from studio.errors import StudioError
from studio.protocol.jobs import Export
from studio.workers.runtime import Context
from studio.workers import sound
job = msgspec.json.decode(sys.stdin.buffer.read(), type=Export)
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
try:
    sound.export(job, Context(lambda event: None), lambda fraction, stage: None)
except StudioError as error:
    print(error.explanation.code)
"""


@pytest.mark.parametrize("container", list(FORMATS))
def test_a_full_disk_is_said_and_the_file_from_before_is_kept(tmp_path: Path, container: Container) -> None:
    import msgspec

    project = project_of(tmp_path, noise(48000 * 20))
    target = tmp_path / "out" / f"mix.{container}"
    target.parent.mkdir()
    target.write_text("from before")
    job = Export(
        job=JobId(1),
        project=project,
        project_dir=str(tmp_path),
        path=str(target),
        spec=ExportSpec(container=container),
    )

    done = subprocess.run(
        [sys.executable, "-c", FULL],
        input=msgspec.json.encode(job),
        capture_output=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        check=False,
    )

    assert done.stdout.decode().strip() == "disk-full", done.stderr.decode()
    assert target.read_text() == "from before"
    assert [path.name for path in target.parent.iterdir()] == [target.name]


def test_a_cancelled_export_leaves_what_was_there(tmp_path: Path) -> None:
    project = project_of(tmp_path, noise(48000 * 10))
    target = tmp_path / "out" / "mix.wav"
    target.parent.mkdir()
    target.write_text("from before")

    def stop(fraction: float, stage: str) -> None:
        if fraction > 0.3:
            raise Cancelled

    job = Export(job=JobId(1), project=project, project_dir=str(tmp_path), path=str(target), spec=ExportSpec())
    with pytest.raises(Cancelled):
        jobs.export(job, CONTEXT, stop)
    assert target.read_text() == "from before"
    assert [path.name for path in target.parent.iterdir()] == ["mix.wav"]


@pytest.mark.parametrize("spec", [ExportSpec(), ExportSpec(container="mp3", loudness_lufs=-14.0)])
def test_progress_rises_to_one_through_every_pass(tmp_path: Path, spec: ExportSpec) -> None:
    told: list[float] = []
    job = Export(
        job=JobId(1),
        project=project_of(tmp_path, noise(48000 * 8)),
        project_dir=str(tmp_path),
        path=str(tmp_path / "mix"),
        spec=spec,
    )

    jobs.export(job, CONTEXT, lambda fraction, _stage: told.append(fraction))

    assert told == sorted(told)
    assert told[-1] == 1


def test_the_other_jobs_with_sound_answer_as_the_protocol_says(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "in.wav", noise(48000), 48000, subtype="FLOAT")
    project_dir = tmp_path / "project"

    came = jobs.import_media(
        ImportMedia(job=JobId(1), path=str(tmp_path / "in.wav"), project_dir=str(project_dir), rate_hz=0),
        CONTEXT,
        silent,
    )
    wav = project_dir / came.media.file
    drawn = jobs.build_peaks(BuildPeaks(job=JobId(2), path=str(wav), media=came.media.id), CONTEXT, silent)
    clip = Clip(id=ClipId("c"), media=came.media.id, source_start=0, start=0, length=48000)
    project = Project(tracks=(Track(id=TrackId("t"), name="", clips=(clip,)),), media=(came.media,))
    joined = jobs.render_clip(
        RenderClip(
            job=JobId(3), project=project, project_dir=str(project_dir), track="t", start=100, stop=600, name="joined"
        ),
        CONTEXT,
        silent,
    )

    assert (came.job, drawn.job, joined.job) == (1, 2, 3)
    assert Path(drawn.path).is_file()
    assert joined.media.length == 500
    assert np.array_equal(soundfile.read(project_dir / joined.media.file, dtype="float32")[0], noise(48000)[100:600, 0])


@pytest.mark.parametrize("container", ["wav", "flac", "mp3", "m4a", "opus"])
def test_a_file_with_a_cloned_voice_says_so_of_itself(tmp_path: Path, container: Container) -> None:
    project = project_of(tmp_path, buzz(48000), noise(48000))
    sung = Lineage(engine="basic-convert", settings={"voice": "otto-1", "voice_name": "Otto"})
    cleaned = Lineage(engine="rnnoise", made_from=(project.media[0].id,))
    spoken = replace(project.media[0], lineage=sung)
    derived = replace(project.media[1], lineage=cleaned)  # made from what Otto said

    def comment(*media: Media, spec: ExportSpec | None = None) -> str:
        target = tmp_path / f"out{FORMATS[container].suffix}"
        export(replace(project, media=media), tmp_path, target, spec or ExportSpec(container=container))
        with av.open(str(target)) as file:
            tags = {**file.metadata, **file.streams.audio[0].metadata}
        return next((text for name, text in tags.items() if name.lower() == "comment"), "")

    said = "Synthetic speech in the cloned voice Otto, made with Melisma Studio by the engine basic-convert."
    assert comment(*project.media) == ""
    assert comment(spoken, project.media[1]) == said
    assert comment(replace(project.media[0], lineage=None), derived) == ""
    assert comment(spoken, derived) == said  # once


def test_only_what_is_heard_is_said_of_a_file(tmp_path: Path) -> None:
    project = project_of(tmp_path, buzz(48000), noise(48000))
    sung = Lineage(engine="basic-convert", settings={"voice_name": "Otto"})
    media = (replace(project.media[0], lineage=sung), project.media[1])
    first, second = project.tracks
    silent_voice = replace(project, media=media, tracks=(replace(first, muted=True), second))
    tracks = tuple(track.id for track in silent_voice.tracks)

    assert comment_on(silent_voice, tracks[1:], 0, 48000) == ""
    assert "Otto" in comment_on(silent_voice, tracks, 0, 48000)
    assert comment_on(silent_voice, tracks, 48000, 96000) == ""
    (made,) = export(silent_voice, tmp_path, tmp_path / "out.wav", ExportSpec())
    with soundfile.SoundFile(made.path) as file:
        assert not file.comment
