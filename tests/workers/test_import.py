"""Import: the same sound out of every kind of file, in the right place, in bounded memory; damage is said."""

import itertools
import os
import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import av
import numpy as np
import pytest
import soundfile

from studio import paths
from studio.audio import importing, packets
from studio.audio.downmix import to_channels, told
from studio.audio.importing import Imported, MediaWriter, import_media, remove_leftovers, render_track
from studio.errors import StudioError
from studio.media.peaks import Peaks, columns_of
from studio.media.wav import Frames, MappedWav
from studio.model.project import Clip, ClipId, Fade, Project, Track, TrackId
from tests.helpers.sounds import BY_FFMPEG, SUFFIXES, VIDEO, buzz, counter, noise, sweep, write_as, write_medium
from tests.helpers.videos import write_video

LENGTH = 48000 * 2 + 777
LOSSLESS = {"wav", "w64", "aiff", "caf", "flac", "alac.m4a", "ogg", "mka", "au", "rf64", "mov", "mkv"}
DELAY_UNSAID = {"aac", "ac3", "mp2", "avi", "wma"}  # these files do not say how long their encoder's delay is
FRAME = 2048


def silent(fraction: float, stage: str) -> None:
    """Nobody listens."""


def imported(path: Path, project_dir: Path, rate_hz: int = 48000) -> tuple[Imported, Frames]:
    result = import_media(path, project_dir, rate_hz, silent)
    return result, MappedWav.open(project_dir / result.media.file).frames


def offset_of(found: Frames, original: Frames) -> int:
    """How many frames later `found` is than `original`, by cross-correlation."""
    size = 1 << int(np.ceil(np.log2(len(found) + len(original))))
    spectrum = np.fft.rfft(found[:, 0], size) * np.conj(np.fft.rfft(original[:, 0], size))
    lag = int(np.argmax(np.fft.irfft(spectrum)))
    return lag - size if lag > size // 2 else lag


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_the_same_sound_comes_out_of_every_kind_of_file(tmp_path: Path, suffix: str) -> None:
    sound = sweep(LENGTH)
    path = write_as(suffix, tmp_path / f"sweep.{suffix}", sound)

    result, found = imported(path, tmp_path / "project")

    assert result.warning == ""
    assert (result.media.rate_hz, result.media.channels, result.media.length) == (48000, 1, len(found))
    if suffix in LOSSLESS:
        assert len(found) == LENGTH + (suffix == "w64")  # FFmpeg's writer pads this one to eight bytes
        assert np.abs(found[:LENGTH] - sound).max() < 2.0**-15
    elif suffix in DELAY_UNSAID:
        assert abs(len(found) - LENGTH) <= 2 * FRAME
    else:
        assert abs(len(found) - LENGTH) <= (128 if suffix == "vorbis.ogg" else 48)
        assert abs(offset_of(found, sound)) <= 5
        assert np.corrcoef(found[:LENGTH, 0], sound[:, 0])[0, 1] > 0.999


@pytest.mark.parametrize("suffix", ["wav", "mp3", "m4a", "mp4", "vorbis.ogg", "opus"])
def test_stereo_stays_stereo_and_its_sides_are_not_swapped(tmp_path: Path, suffix: str) -> None:
    sound = np.concatenate((sweep(LENGTH), 0.5 * buzz(LENGTH)), axis=1)

    _, found = imported(write_as(suffix, tmp_path / f"s.{suffix}", sound), tmp_path / "project")

    for side in (0, 1):
        assert np.corrcoef(found[:LENGTH, side], sound[:, side])[0, 1] > 0.99


@pytest.mark.parametrize(("from_hz", "to_hz"), [(44100, 48000), (48000, 44100), (22050, 48000), (96000, 44100)])
def test_another_rate_keeps_length_place_and_pitch(tmp_path: Path, from_hz: int, to_hz: int) -> None:
    path = tmp_path / "s.wav"
    soundfile.write(path, sweep(from_hz * 2, from_hz), from_hz, subtype="FLOAT")

    result, found = imported(path, tmp_path / "project", to_hz)

    assert result.media.original_rate_hz == from_hz
    assert len(found) == to_hz * 2
    expected = sweep(to_hz * 2, to_hz)
    middle = slice(to_hz // 4, to_hz * 7 // 4)
    assert np.abs(found - expected)[middle].max() < 2e-3


@pytest.mark.parametrize(("rate_hz", "taken_hz"), [(44100, 44100), (96000, 96000), (22050, 48000), (192000, 48000)])
def test_an_empty_project_takes_the_rate_of_the_file_where_it_may(tmp_path: Path, rate_hz: int, taken_hz: int) -> None:
    soundfile.write(tmp_path / "s.wav", noise(rate_hz // 4), rate_hz)

    result, _ = imported(tmp_path / "s.wav", tmp_path / "project", rate_hz=0)

    assert result.media.rate_hz == taken_hz


def test_peaks_are_there_with_the_sound(tmp_path: Path) -> None:
    result, found = imported(write_as("mp3", tmp_path / "s.mp3", sweep(LENGTH)), tmp_path / "project")

    peaks = Peaks.open(paths.peaks() / f"{result.media.id}.peaks")

    expected = columns_of(found, 0, 256, len(found) // 256, None)
    assert peaks.length == len(found)
    assert np.allclose(peaks.columns(0, 256, len(found) // 256, None), expected, rtol=1e-4)


def test_the_same_sound_is_kept_once_whatever_its_file(tmp_path: Path) -> None:
    sound = np.round(sweep(LENGTH) * 2**15) / np.float32(2**15)
    first, _ = imported(write_as("wav", tmp_path / "a.wav", sound), tmp_path / "project")
    written = (tmp_path / "project" / first.media.file).stat()

    second, _ = imported(write_as("flac", tmp_path / "b.flac", sound), tmp_path / "project")

    assert second.media.id == first.media.id
    assert (tmp_path / "project" / first.media.file).stat().st_ino == written.st_ino
    assert [path.name for path in (tmp_path / "project" / "media").iterdir()] == [f"{first.media.id}.wav"]


def test_surround_is_mixed_down_by_the_usual_coefficients() -> None:
    names = ("FL", "FR", "FC", "LFE", "SL", "SR")
    alone = np.eye(6, dtype=np.float32)

    left, right = to_channels(alone, names, 2).T

    assert left == pytest.approx([1, 0, 0.7071, 0, 0.7071, 0], abs=1e-4)
    assert right == pytest.approx([0, 1, 0.7071, 0, 0, 0.7071], abs=1e-4)


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (("FL",), ""),
        (("FL", "FR"), ""),
        (("FL", "FR", "FC"), "Its 3 channels were mixed down to stereo."),
        (
            ("FL", "FR", "FC", "LFE", "BL", "BR"),
            "Its 6 channels (5.1 surround) were mixed down to stereo, without the bass channel.",
        ),
        (("A", "B", "C", "D"), "Its 4 channels were mixed down to one sound in the middle."),
    ],
)
def test_channels_that_are_mixed_down_are_said(names: tuple[str, ...], said: str) -> None:
    assert told(names) == said


@pytest.mark.parametrize("channels", [3, 4, 6, 8])
def test_files_of_many_channels_become_stereo(tmp_path: Path, channels: int) -> None:
    soundfile.write(tmp_path / "s.wav", np.repeat(0.1 * buzz(LENGTH), channels, axis=1), 48000)

    result, found = imported(tmp_path / "s.wav", tmp_path / "project")

    assert result.media.channels == 2
    assert f"Its {channels} channels" in result.note
    assert result.warning == ""
    for side in (0, 1):
        assert np.corrcoef(found[:, side], buzz(LENGTH)[:, 0])[0, 1] > 0.999


def test_sound_that_starts_after_the_picture_stays_with_it(tmp_path: Path) -> None:
    path = tmp_path / "late.mkv"
    with av.open(str(path), "w", format="matroska") as out:
        picture = out.add_stream("libx264", rate=10)
        assert isinstance(picture, av.VideoStream)
        picture.width, picture.height, picture.pix_fmt = 64, 64, "yuv420p"
        sound = out.add_stream("pcm_f32le", rate=48000)
        assert isinstance(sound, av.AudioStream)
        sound.codec_context.layout = "mono"
        for index in range(30):
            out.mux(picture.encode(av.VideoFrame.from_ndarray(np.full((64, 64, 3), index, np.uint8), "rgb24")))
        out.mux(picture.encode(None))
        for at in range(0, 48000, 4800):  # from 0.5 s on, and again from 2 s on: there is a gap between
            frame = av.AudioFrame.from_ndarray(counter(4800, 1, at + 1).T.copy(), "flt", "mono")
            frame.sample_rate = 48000
            frame.pts = 24000 + at + (48000 if at >= 24000 else 0)
            out.mux(sound.encode(frame))
        out.mux(sound.encode(None))

    _, found = imported(path, tmp_path / "project")

    assert len(found) == 24000 + 48000 + 48000
    assert not found[:24000].any()
    assert np.array_equal(found[24000:48000], counter(24000, 1, 1))
    assert not found[48000:96000].any()
    assert np.array_equal(found[96000:], counter(24000, 1, 24001))


def test_a_video_without_sound_comes_with_silence_and_two_of_them_are_not_one(tmp_path: Path) -> None:
    first = write_video(tmp_path / "first.mp4", 0.4)
    second = Path(shutil.copy(first, tmp_path / "second.mp4"))

    assert refusal(first, tmp_path) == "import-no-sound"
    made = [import_media(path, tmp_path / "project", 48000, silent, may_be_mute=True) for path in (first, second)]

    assert [one.media.pictures is not None and one.media.pictures.path for one in made] == [str(first), str(second)]
    assert made[0].media.id != made[1].media.id
    for one in made:
        sound = MappedWav.open(tmp_path / "project" / one.media.file)
        assert 0.4 <= sound.length / 48000 < 0.43
        assert not sound.frames.any()
        assert "no sound" in one.note


def refusal(path: Path, tmp_path: Path) -> str:
    with pytest.raises(StudioError) as refused:
        import_media(path, tmp_path / "project", 48000, silent)
    explanation = refused.value.explanation
    assert explanation.title
    assert explanation.cause
    assert explanation.remedy
    media = tmp_path / "project" / "media"
    assert not list(media.iterdir() if media.exists() else ())
    return explanation.code


def test_a_file_that_is_not_there_or_no_file_or_no_sound_says_so(tmp_path: Path) -> None:
    (tmp_path / "letter.wav").write_text("Dear Ada, " * 100)
    (tmp_path / "empty.mp3").touch()

    assert refusal(tmp_path / "gone.wav", tmp_path) == "import-missing"
    assert refusal(tmp_path, tmp_path) == "import-unreadable"
    assert refusal(tmp_path / "letter.wav", tmp_path) == "import-unreadable"
    assert refusal(tmp_path / "empty.mp3", tmp_path) == "import-unreadable"


def test_a_playlist_does_not_make_the_studio_call_an_address(tmp_path: Path) -> None:
    (tmp_path / "list.m3u8").write_text("#EXTM3U\n#EXTINF:10,\nhttp://127.0.0.1:9/a.mp3\n#EXT-X-ENDLIST\n")

    assert refusal(tmp_path / "list.m3u8", tmp_path) == "import-unreadable"


@pytest.mark.parametrize("suffix", ["wav", "flac", "mp3", "aiff", "mkv", "au"])
def test_of_a_file_cut_short_what_is_there_is_imported_and_the_loss_is_said(tmp_path: Path, suffix: str) -> None:
    sound = noise(48000 * 20)
    path = write_as(suffix, tmp_path / f"s.{suffix}", sound)
    whole = path.stat().st_size
    with path.open("r+b") as file:
        file.truncate(whole // 2)

    result, found = imported(path, tmp_path / "project")

    assert 48000 * 8 < len(found) < 48000 * 12
    assert "damaged" in result.warning
    if suffix != "mkv":  # which only knows the length of the whole when it was closed
        assert "of about 0:20 could be read" in result.warning


def test_samples_that_are_no_numbers_become_silence_and_that_is_said(tmp_path: Path) -> None:
    sound = noise(48000)
    sound[100], sound[200], sound[300], sound[400] = np.nan, np.inf, -np.inf, 1e30
    soundfile.write(tmp_path / "bad.wav", sound, 48000, subtype="FLOAT")

    result, found = imported(tmp_path / "bad.wav", tmp_path / "project")

    assert np.isfinite(found).all()
    assert not found[[100, 200, 300, 400]].any()
    assert np.array_equal(found[500:], sound[500:])
    assert result.warning == "4 samples were not numbers and are silent now."


def test_bad_samples_stay_few_through_a_change_of_rate(tmp_path: Path) -> None:
    sound = 0.1 * buzz(44100, 44100)
    sound[20000] = np.nan
    soundfile.write(tmp_path / "bad.wav", sound, 44100, subtype="FLOAT")

    result, found = imported(tmp_path / "bad.wav", tmp_path / "project", 48000)

    assert np.isfinite(found).all()
    assert result.warning == "One sample was not a number and is silent now."
    assert np.abs(found[24000:]).max() > 0.01


def test_progress_rises_to_one(tmp_path: Path) -> None:
    path = write_as("mp3", tmp_path / "s.mp3", noise(48000 * 30))
    told: list[float] = []

    import_media(path, tmp_path / "project", 44100, lambda fraction, _stage: told.append(fraction))

    assert told == sorted(told)
    assert told[0] == 0
    assert told[-1] == 1
    assert len({round(fraction, 1) for fraction in told}) >= 9


def test_the_part_of_an_import_that_still_runs_is_left_alone(tmp_path: Path) -> None:
    with MediaWriter(tmp_path, 48000, 1, title="") as writer:
        remove_leftovers(tmp_path / "media")
        writer.write(noise(100))
        media = writer.finish(name="kept")

    assert MappedWav.open(tmp_path / media.file).length == 100


def test_a_full_disk_is_told_before_and_while_importing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_as("wav", tmp_path / "s.wav", noise(48000))
    monkeypatch.setattr(importing, "_SPARE_BYTES", 1 << 60)
    assert refusal(path, tmp_path) == "disk-full"

    monkeypatch.undo()
    monkeypatch.setenv("STUDIO_CACHE", str(tmp_path / "cache"))
    full = subprocess.run(
        [sys.executable, "-c", FULL, path, tmp_path / "project"], env=_environment(), capture_output=True, text=True
    )
    assert full.stdout.strip() == "disk-full", full.stderr
    assert not list((tmp_path / "project" / "media").iterdir())


FULL = """
import resource, signal, sys
from pathlib import Path
from studio.audio.importing import import_media
from studio.errors import StudioError
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000))
try:
    import_media(Path(sys.argv[1]), Path(sys.argv[2]), 48000, lambda fraction, stage: None)
except StudioError as error:
    print(error.explanation.code)
"""


def test_a_lie_about_the_length_does_not_make_the_disk_too_small(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_as("flac", tmp_path / "s.flac", noise(48000))
    raw = bytearray(path.read_bytes())
    raw[21] |= 0x0F  # the number of samples in STREAMINFO: now sixteen days
    raw[22:26] = b"\xff" * 4
    path.write_bytes(raw)
    monkeypatch.setattr(importing, "_SPARE_BYTES", 1 << 60)

    result, found = imported(path, tmp_path / "project")

    assert np.abs(found - noise(48000)).max() < 2.0**-15
    assert "0:01 of about" in result.warning


def test_a_file_that_gives_no_sound_for_ten_seconds_is_given_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = write_as("mka", tmp_path / "s.mka", noise(48000 * 4))
    path = remuxed_with_holes(whole, tmp_path / "holes.mka")
    twenty_seconds_a_look = itertools.count(step=20)
    assert "short pieces could not be read" in imported(path, tmp_path / "project")[0].warning

    monkeypatch.setattr(packets, "time", SimpleNamespace(monotonic=lambda: next(twenty_seconds_a_look)))
    result, found = imported(path, tmp_path / "project")

    assert 48000 < len(found) < 48000 * 2.5
    assert result.warning == "This file is damaged: 0:02 of about 0:04 could be read."


def remuxed_with_holes(whole: Path, path: Path) -> Path:
    """The same sound as FLAC in Matroska, where after two seconds every packet is rubbish, to three seconds."""
    with av.open(str(whole)) as source, av.open(str(path), "w", format="matroska") as out:
        stream = out.add_stream("flac", rate=48000)
        assert isinstance(stream, av.AudioStream)
        stream.codec_context.layout = "mono"
        stream.codec_context.format = av.AudioFormat("s16")
        resampler = av.AudioResampler("s16", "mono", 48000, 4096)
        for frame in [*source.decode(audio=0), None]:
            for ready in resampler.resample(frame):
                for packet in stream.encode(ready):
                    if packet.pts is not None and 96000 <= packet.pts < 144000:
                        packet.update(b"\x55" * packet.size)
                    out.mux(packet)
        out.mux(stream.encode(None))
    return path


def test_a_project_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    path = write_as("wav", tmp_path / "s.wav", noise(480))
    (tmp_path / "file").touch()

    with pytest.raises(StudioError) as refused:
        import_media(path, tmp_path / "file" / "project", 48000, silent)
    assert refused.value.explanation.code == "folder-unwritable"


ODD_NAMES = [
    "Пение.wav", "歌.wav", "emoji 🎤.wav", "quotes \" ' `.wav", "new\nline.wav", "-leading dash.wav", "100 %d.wav",
    "http:colon.wav", "concat:a|b.wav", "rtl \u202eabc.wav", "עברית.wav", "zero\u200bwidth.wav", "a#b?c&d.wav",
    "e\u0301.wav", " spaces .wav", "x" * 240 + ".wav",
]  # fmt: skip


@pytest.mark.parametrize("name", ODD_NAMES)
def test_any_name_can_be_imported(tmp_path: Path, name: str) -> None:
    path = write_as("wav", tmp_path / "plain", noise(480)).rename(tmp_path / name)

    result, found = imported(path, tmp_path / "project")

    assert len(found) == 480
    assert result.media.original == str(path)
    assert result.media.name
    assert "\n" not in result.media.name


def test_a_name_that_is_not_unicode_is_refused_politely(tmp_path: Path) -> None:
    path = Path(str(tmp_path) + "/caf\udce9.wav")
    write_as("wav", tmp_path / "plain", noise(480)).rename(path)

    assert refusal(path, tmp_path) == "import-name"


def test_a_stretch_of_a_track_becomes_one_medium_at_the_level_of_its_clips(tmp_path: Path) -> None:
    medium = write_medium(tmp_path, "m", noise(1000))
    clips = tuple(
        Clip(
            id=ClipId(f"c{start}"),
            media=medium.id,
            source_start=0,
            start=start,
            length=400,
            gain_db=-6.0,
            fade_in=Fade(length=50),
        )
        for start in (100, 700)
    )
    track = Track(id=TrackId("t"), name="Vox", clips=clips, gain_db=-12.0, pan=0.5, muted=True)
    project = Project(tracks=(track,), media=(medium,))

    joined = render_track(project, tmp_path, "t", 100, 1100, "joined", silent)

    found = MappedWav.open(tmp_path / joined.file).frames
    assert (joined.length, joined.channels, joined.name) == (1000, 1, "joined")
    expected = noise(1000)[:400] * np.float32(10 ** (-6 / 20))
    assert np.allclose(found[50:400], expected[50:], atol=1e-6)
    assert np.all(np.abs(found[:50]) <= np.abs(expected[:50]) + 1e-6)
    assert not found[400:600].any()
    assert np.allclose(found[600:], found[:400], atol=1e-6)


def _environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": ":".join(sys.path)}


def test_every_kind_of_file_is_covered() -> None:
    assert set(BY_FFMPEG) | set(VIDEO) < set(SUFFIXES)
    assert set(SUFFIXES) > LOSSLESS | DELAY_UNSAID
