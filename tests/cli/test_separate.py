"""`studio separate` and `studio denoise`, through the real worker and the built-in engines."""

from pathlib import Path

import av
import numpy as np
import pytest
import soundfile

from tests.cli.conftest import Studio, answer
from tests.helpers import tiny_separator
from tests.helpers.songs import song
from tests.helpers.voices import noise


def write(path: Path, seconds: float = 2.0, rate_hz: int = 44100, channels: int = 2) -> Path:
    soundfile.write(path, song(seconds, rate_hz)[:, :channels], rate_hz, subtype="PCM_16")
    return path


def residual_db(source: Path, out: Path) -> float:
    mix, rate_hz = soundfile.read(source)
    total = np.zeros_like(mix)
    for stem in out.glob("*.wav"):
        frames, stem_hz = soundfile.read(stem)
        assert (frames.shape, stem_hz) == (mix.shape, rate_hz)
        total += frames
    return 20 * float(np.log10(np.abs(total - mix).max() + 1e-20))


def test_with_nothing_chosen_the_built_in_engine_gives_two_stems_that_add_up(studio: Studio, tmp_path: Path) -> None:
    source = write(tmp_path / "song.wav")

    said = answer(studio("separate", source, "--out", tmp_path / "out", "--json"))

    assert said["ok"] is True
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["accompaniment.wav", "vocals.wav"]
    assert residual_db(source, tmp_path / "out") < -90
    assert said["stems"] == {name: str(tmp_path / "out" / f"{name}.wav") for name in ("vocals", "accompaniment")}
    assert list((tmp_path / "cache" / "separating").iterdir()) == []


def test_a_recipe_is_done_by_its_name_and_all_are_listed(studio: Studio, tmp_path: Path) -> None:
    listed = answer(studio("separate", "--recipe", "list", "--json"))
    names = [one["name"] for one in listed["recipes"]]  # type: ignore[attr-defined]
    assert names == ["dry-vocal", "karaoke", "noisy-speech", "voice-for-cloning"]

    source = write(tmp_path / "song.wav")
    said = answer(studio("separate", source, "--out", tmp_path / "out", "--recipe", "karaoke", "--json"))
    assert said["ok"] is True
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["accompaniment.wav"]

    cleaned = answer(studio("separate", source, "--out", tmp_path / "clean", "--recipe", "Noisy speech", "--json"))
    assert cleaned["stems"] == {"cleaned": str(tmp_path / "clean" / "cleaned.wav")}
    assert len(soundfile.read(tmp_path / "clean" / "cleaned.wav")[0]) == len(soundfile.read(source)[0])

    wrong = studio("separate", source, "--out", tmp_path / "never", "--recipe", "nobody's")
    assert wrong.returncode == 2
    assert "--recipe list" in wrong.stderr
    assert studio("separate", source).returncode == 2


def test_a_folder_goes_on_after_a_file_that_is_no_sound(
    studio: Studio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tiny_separator.install(monkeypatch, tmp_path / "plug-ins")
    songs = tmp_path / "songs"
    songs.mkdir()
    first = write(songs / "a.wav", 1.5, 8000, 1)
    (songs / "b.mp3").write_text("Dear Ada,\n" * 50)
    last = write(songs / "c.wav", 1.5, 96000)

    done = studio("separate", songs, "--out", songs / "stems", "--stems", 4, "--engine", "tiny", "--json")

    assert done.returncode == 1
    assert [line for line in done.stderr.splitlines() if "b.mp3" in line]
    said = answer(done)
    assert said["failed"] == 1
    assert residual_db(first, songs / "stems" / "a") < -90
    assert residual_db(last, songs / "stems" / "c") < -90
    assert len(list((songs / "stems" / "c").iterdir())) == 4


def test_a_preview_is_that_stretch_and_the_chain_cleans_it(
    studio: Studio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tiny_separator.install(monkeypatch, tmp_path / "plug-ins")
    source = write(tmp_path / "song.wav", 4.0)
    words = ("--engine", "tiny", "--preview", "0:01:2", "--chain", "mix:halver:1")

    done = studio("separate", source, "--out", tmp_path / "out", *words)

    assert done.returncode == 0, done.stderr
    stems = [soundfile.read(tmp_path / "out" / f"{name}.wav")[0] for name in ("vocals", "accompaniment")]
    mix, _ = soundfile.read(source)
    np.testing.assert_allclose(np.sum(stems, axis=0), mix[44100 : 3 * 44100] / 2, rtol=0, atol=1e-6)


def test_denoise_writes_one_file_of_the_same_shape(
    studio: Studio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tiny_separator.install(monkeypatch, tmp_path / "plug-ins")
    source = write(tmp_path / "voice.wav", 1.5, 16000, 1)

    done = studio("denoise", source, "--out", tmp_path / "clean.wav", "--engine", "halver", "--strength", "0.5")

    assert done.returncode == 0, done.stderr
    clean, rate_hz = soundfile.read(tmp_path / "clean.wav")
    assert rate_hz == 16000
    np.testing.assert_allclose(clean, soundfile.read(source)[0] * 0.75, rtol=0, atol=1e-6)


@pytest.mark.parametrize(
    "words",
    [("--engine", "moses"), ("--stems", "6"), ("--chain", "nobody")],
)
def test_a_wrong_call_ends_with_status_2(studio: Studio, tmp_path: Path, words: tuple[str, ...]) -> None:
    source = write(tmp_path / "song.wav", 0.5)

    assert studio("separate", source, "--out", tmp_path / "out", *words).returncode == 2


def test_a_noise_that_is_shown_goes_further_down(studio: Studio, tmp_path: Path) -> None:
    rate_hz = 44100
    sound = noise(3 * rate_hz, 0.05)
    time_s = np.arange(rate_hz) / rate_hz
    sound[rate_hz : 2 * rate_hz] += (0.3 * np.sin(2 * np.pi * 440 * time_s)).astype(np.float32)
    source = tmp_path / "noisy.wav"
    soundfile.write(source, sound, rate_hz, subtype="FLOAT")

    def left_db(*more: object) -> float:
        said = answer(studio("denoise", source, "--out", tmp_path / "clean.wav", "--json", *more))
        assert said["ok"] is True
        cleaned, _ = soundfile.read(tmp_path / "clean.wav")
        end = slice(round(2.3 * rate_hz), round(2.9 * rate_hz))
        return float(10 * np.log10(np.mean(cleaned[end] ** 2) / np.mean(sound[end] ** 2)))

    by_itself, shown = left_db(), left_db("--noise", "0:0.9")
    assert shown < -20
    assert shown < by_itself - 5

    wrong = studio("denoise", source, "--out", tmp_path / "no.wav", "--engine", "dereverb", "--noise", "0:1")
    assert wrong.returncode == 2
    assert "--noise is for spectral" in wrong.stderr
    short = studio("denoise", source, "--out", tmp_path / "no.wav", "--noise", "0:0.05")
    assert short.returncode == 1
    assert "too short" in short.stderr


def test_a_surround_film_is_taken_apart_in_stereo_and_that_is_said(studio: Studio, tmp_path: Path) -> None:
    source = tmp_path / "film.flac"
    with av.open(str(source), "w") as film:
        stream = film.add_stream("flac", rate=44100, layout="5.1")
        sound = (np.tile(song(1.0), (1, 3)) * 2**15).astype(np.int16)
        frame = av.AudioFrame.from_ndarray(sound.reshape(1, -1), format="s16", layout="5.1")
        frame.sample_rate = 44100
        film.mux([*stream.encode(frame), *stream.encode(None)])

    done = studio("separate", source, "--out", tmp_path / "out")
    assert done.returncode == 0
    assert "Its 6 channels (5.1 surround) were mixed down to stereo, without the bass channel." in done.stdout
    assert soundfile.info(tmp_path / "out" / "vocals.wav").channels == 2
