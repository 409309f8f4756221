"""The library of voices on the disk, and a voice as one file."""

import zipfile
from pathlib import Path

import pytest

from studio.errors import StudioError
from studio.media import voices
from studio.model.voice import Consent, Learnt, Sample, Voice


@pytest.fixture(autouse=True)
def _library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STUDIO_DATA", str(tmp_path / "data"))


def make(name: str = "Ada") -> Voice:
    voice = Voice(
        id=voices.new_id(name),
        name=name,
        language="en-us",
        created="2026-01-01T00:00:00+00:00",
        consent=Consent(text="I agree to everything that is fair.", given="2026-01-01T00:00:00+00:00"),
        samples=(Sample(file="samples/001.wav", text="Hello.", length_s=1.0),),
        learnt=(Learnt(engine="basic", engine_version="1", seed=0, wall_s=1.0, cpu_s=1.0),),
    )
    with voices.making(voice.id) as folder:
        (folder / "samples").mkdir()
        (folder / "samples" / "001.wav").write_bytes(b"sound")
        (folder / "basic").mkdir()
        (folder / "basic" / "reader.safetensors").write_bytes(bytes(range(256)) * 50)
        voices.write_profile(voice, folder)
    return voice


def code_of(error: pytest.ExceptionInfo[StudioError]) -> str:
    return error.value.explanation.code


def test_a_voice_is_found_by_name_and_by_id() -> None:
    voice = make("Ada")

    assert voices.find("ada") == voice
    assert voices.find(voice.id) == voice
    assert voices.all_voices() == (voice,)


def test_a_name_that_two_voices_have_is_not_guessed() -> None:
    first, second = make("Ada"), make("Ada")

    with pytest.raises(StudioError) as error:
        voices.find("Ada")

    assert code_of(error) == "voice.ambiguous"
    assert first.id in error.value.explanation.remedy
    assert second.id in error.value.explanation.remedy


def test_a_voice_that_could_not_be_finished_is_not_there() -> None:
    def fail() -> None:
        with voices.making("half") as folder:
            (folder / "profile.json").write_text("{}")
            raise ValueError("on the way")

    with pytest.raises(ValueError, match="on the way"):
        fail()

    assert not list(voices.folder().iterdir())


def test_a_voice_travels_in_one_file_with_its_consent(tmp_path: Path) -> None:
    voice = make()
    voices.export(voice, tmp_path / "ada.voice")
    voices.remove(voice)
    assert voices.all_voices() == ()

    back = voices.import_file(tmp_path / "ada.voice")

    assert back.id != voice.id
    assert back.consent == voice.consent
    assert voices.find("Ada") == back
    learnt = voices.folder_of(back) / "basic" / "reader.safetensors"
    assert learnt.read_bytes() == bytes(range(256)) * 50


@pytest.mark.parametrize(
    "name",
    [
        "../evil.json",
        "/evil.json",
        "a/../../evil.wav",
        "..\\evil.wav",
        "C:evil.wav",
        "run.py",
        "weights.pkl",
        ".bashrc.json",
    ],
)
def test_a_file_that_would_leave_its_folder_or_is_no_part_of_a_voice_is_refused(tmp_path: Path, name: str) -> None:
    voice = make()
    voices.export(voice, tmp_path / "ada.voice")
    with zipfile.ZipFile(tmp_path / "ada.voice", "a") as packed:
        packed.writestr(name, "evil")
    before = sorted(path for path in tmp_path.rglob("*"))

    with pytest.raises(StudioError) as error:
        voices.import_file(tmp_path / "ada.voice")

    assert code_of(error) == "voice.import"
    assert sorted(path for path in tmp_path.rglob("*")) == before


def test_a_link_in_the_file_is_refused(tmp_path: Path) -> None:
    voices.export(make(), tmp_path / "ada.voice")
    link = zipfile.ZipInfo("link.json")
    link.external_attr = 0o120777 << 16
    with zipfile.ZipFile(tmp_path / "ada.voice", "a") as packed:
        packed.writestr(link, "/etc/passwd")

    with pytest.raises(StudioError):
        voices.import_file(tmp_path / "ada.voice")


@pytest.mark.parametrize("cut", [0, 10, 200])
def test_a_damaged_file_leaves_nothing_behind(tmp_path: Path, cut: int) -> None:
    voice = make()
    path = tmp_path / "ada.voice"
    voices.export(voice, path)
    path.write_bytes(path.read_bytes()[:cut])

    with pytest.raises(StudioError) as error:
        voices.import_file(path)

    assert code_of(error) == "voice.import"
    assert voices.all_voices() == (voice,)


def test_a_flipped_byte_is_noticed(tmp_path: Path) -> None:
    voices.export(make(), tmp_path / "ada.voice")
    with zipfile.ZipFile(tmp_path / "ada.voice") as packed:
        entry = packed.getinfo("basic/reader.safetensors")
    raw = bytearray((tmp_path / "ada.voice").read_bytes())
    raw[entry.header_offset + 80] ^= 0xFF
    (tmp_path / "ada.voice").write_bytes(raw)

    with pytest.raises(Exception) as error:  # noqa: PT011 told below
        voices.import_file(tmp_path / "ada.voice")

    assert isinstance(error.value, StudioError)
