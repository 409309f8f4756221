"""The list of models, what a file may be, models from disk, and how one goes again."""

import io
import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from studio.catalogue import entries, importing, store
from studio.catalogue.contents import wrong_with
from studio.errors import StudioError
from tests.helpers.model_server import publisher, safetensors
from tests.helpers.pickles import bare_canary, canary_arrays, torch_canary

PIPER = {"audio": {"sample_rate": 16000}, "espeak": {"voice": "en-us"}, "phoneme_id_map": {"_": [0]}}
ONNX = b"\x08\x08\x12\x05tests" + bytes(100)


@pytest.fixture(autouse=True)
def _own_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STUDIO_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("STUDIO_CONFIG", str(tmp_path / "config"))


def quiet(_fraction: float, _stage: str) -> None: ...


def test_the_list_that_ships_is_whole() -> None:
    known = entries.entries()
    assert {"pocket-tts", "kokoro", "piper"} <= {one.engine for one in known}
    for one in known:
        assert one.languages, one.id
        assert one.page.startswith("https://"), one.id
        assert all(file.url.startswith("https://") for file in one.files), one.id
        assert one.about_mb > 0, one.id
        assert one.memory_mb >= one.about_mb, one.id


def test_a_person_s_own_list_adds_and_replaces(tmp_path: Path) -> None:
    with publisher() as here:
        here.files = {"model.safetensors": safetensors(1000, 0)}
        here.write_list(tmp_path / "config", here.entry("kokoro"), here.entry("mine"))
    known = {one.id: one for one in entries.entries()}
    assert known["kokoro"].name == "Net"
    assert "mine" in known


@pytest.mark.parametrize("text", ["[[model", "[[model]]\nid = 3", '[[model]]\nid = "../up"'])
def test_a_broken_list_is_explained(tmp_path: Path, text: str) -> None:
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "models.toml").write_text(text)
    with pytest.raises(StudioError, match=r"model\.catalogue"):
        entries.entries()


def arrays() -> bytes:
    buffer = io.BytesIO()
    np.savez(buffer, a=np.zeros(3, np.float32))
    return buffer.getvalue()


GOOD = {
    "model.safetensors": safetensors(100, 0),
    "net.onnx": ONNX,
    "voices.bin": arrays(),
    "net.onnx.json": b"{}",
    "config.yaml": b"a: 1",
    "tokenizer.model": b"\n\x0e\n\x05<unk>",
}


@pytest.mark.parametrize("name", GOOD)
def test_what_a_file_is_shows_in_its_bytes(tmp_path: Path, name: str) -> None:
    path = tmp_path / "file"
    path.write_bytes(GOOD[name])
    assert wrong_with(path, name) == ""
    canary = tmp_path / "sang"
    bad = {
        "web page": b"  <html>",
        "empty": b"",
        "pickle": bare_canary(canary),
        "torch": torch_canary(canary),
        "cut": GOOD[name][:7],
    }
    for what, data in bad.items():
        if what == "cut" and name not in ("model.safetensors", "voices.bin"):
            continue
        path.write_bytes(data)
        assert wrong_with(path, name), what
    assert not canary.exists()


@pytest.mark.parametrize(
    "name", ["model.pth", "model.pt", "model.ckpt", "model.pkl", "index.joblib", "run.py", "model"]
)
def test_kinds_that_can_run_programs_are_never_taken(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(b"harmless")
    assert "never loaded" in wrong_with(path, name)


def test_the_canary_does_sing_when_a_pickle_is_loaded(tmp_path: Path) -> None:
    (tmp_path / "canary").write_bytes(bare_canary(tmp_path / "sang"))
    load = "import pickle, sys; pickle.load(open(sys.argv[1], 'rb'))"
    subprocess.run([sys.executable, "-c", load, tmp_path / "canary"], check=True)
    assert (tmp_path / "sang").exists()


def test_arrays_of_objects_are_a_pickle_inside(tmp_path: Path) -> None:
    path = tmp_path / "voices.bin"
    path.write_bytes(canary_arrays(tmp_path / "sang"))
    assert wrong_with(path, path.name) == "is no archive of arrays"
    assert not (tmp_path / "sang").exists()


def test_a_model_from_disk_is_recognised_copied_and_kept(tmp_path: Path) -> None:
    source = tmp_path / "downloads"
    source.mkdir()
    (source / "kokoro-v1.0.onnx").write_bytes(ONNX)
    (source / "voices-v1.0.bin").write_bytes(arrays())

    made = importing.import_model(source / "voices-v1.0.bin", quiet)

    assert made.id == "kokoro"
    assert made.source == "import"
    assert {file.checked_by for file in made.files} == {"nothing"}
    assert (source / "kokoro-v1.0.onnx").exists()
    assert store.checked("kokoro") == store.place("kokoro")
    assert store.verify("kokoro", quiet) == made


def test_a_piper_voice_of_one_s_own_needs_no_entry(tmp_path: Path) -> None:
    (tmp_path / "aunt.onnx").write_bytes(ONNX)
    (tmp_path / "aunt.onnx.json").write_text(json.dumps(PIPER))
    made = importing.import_model(tmp_path / "aunt.onnx", quiet)
    assert (made.id, made.engine, made.languages) == ("own-aunt", "piper", ("en-us",))
    assert store.installed()["own-aunt"].files == made.files


def lonely(folder: Path) -> Path:
    (folder / "a.onnx").write_bytes(ONNX)
    return folder / "a.onnx"


def pickled(folder: Path) -> Path:
    (folder / "a.onnx").write_bytes(bare_canary(folder / "sang"))
    (folder / "a.onnx.json").write_text(json.dumps(PIPER))
    return folder


def other_json(folder: Path) -> Path:
    (folder / "a.onnx").write_bytes(ONNX)
    (folder / "a.onnx.json").write_text('{"audio": 3}')
    return folder


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (lonely, "import.unknown"),
        (pickled, "import.wrong"),
        (other_json, "import.wrong"),
        (lambda folder: folder / "nowhere", "import.missing"),
        (lambda folder: folder, "import.unknown"),
    ],
)
def test_what_is_no_model_is_refused_and_leaves_nothing(
    tmp_path: Path, make: Callable[[Path], Path], code: str
) -> None:
    source = tmp_path / "source"
    source.mkdir()
    with pytest.raises(StudioError) as refused:
        importing.import_model(make(source), quiet)
    assert refused.value.explanation.code == code
    assert not store.installed()
    assert not (source / "sang").exists()


def test_a_file_that_changed_since_is_not_loaded(tmp_path: Path) -> None:
    (tmp_path / "aunt.onnx").write_bytes(ONNX)
    (tmp_path / "aunt.onnx.json").write_text(json.dumps(PIPER))
    importing.import_model(tmp_path, quiet)
    path = store.place("own-aunt") / "aunt.onnx"
    was = path.stat()
    path.write_bytes(ONNX[:-1] + b"x")
    os.utime(path, ns=(was.st_atime_ns, was.st_mtime_ns + 1))

    with pytest.raises(StudioError, match=r"model\.damaged"):
        store.checked("own-aunt")
    with pytest.raises(StudioError, match=r"model\.damaged"):
        store.verify("own-aunt", quiet)


def test_a_deleted_model_frees_its_space(tmp_path: Path) -> None:
    (tmp_path / "aunt.onnx").write_bytes(ONNX)
    (tmp_path / "aunt.onnx.json").write_text(json.dumps(PIPER))
    importing.import_model(tmp_path, quiet)
    assert store.remove("own-aunt") > len(ONNX)
    assert not store.installed()
    assert not list(store.folder().glob("own-*"))
    with pytest.raises(StudioError, match=r"model\.absent"):
        store.remove("own-aunt")


def test_leftovers_of_killed_processes_go_and_fresh_ones_stay(tmp_path: Path) -> None:
    coming = store.folder() / ".coming"
    for name in ("old", "new"):
        (coming / name).mkdir(parents=True)
        (coming / name / "model.safetensors.part").write_bytes(b"part")
    os.utime(coming / "old" / "model.safetensors.part", (0, 0))
    (store.folder() / ".going-1-1").mkdir()

    store.sweep()

    assert [path.name for path in coming.glob("*/")] == ["new"]
    assert not list(store.folder().glob(".going-*"))
    assert store.bytes_here("new") == 4


def test_an_archive_with_arrays_is_told_from_one_with_anything_else(tmp_path: Path) -> None:
    path = tmp_path / "voices.bin"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.npy", b"something else")
    assert wrong_with(path, path.name) == "is no archive of arrays"
