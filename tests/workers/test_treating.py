"""What the sample doctor advises, done to recordings: real engines, and the doctor looks again."""

from functools import cache
from pathlib import Path

import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray

from studio.engines import espeak
from studio.engines.base import Mono
from studio.errors import StudioError
from studio.model.voice import Finding, Treatment
from studio.protocol.common import JobId
from studio.protocol.examining import ExamineRecordings, RecordingsTreated, TreatRecordings
from studio.workers.examining import examine
from studio.workers.runtime import Context
from studio.workers.treating import treat

TEXT = "The birch canoe slid on the smooth planks. Glue the sheet to the dark blue background. Four hours faced us. "
RATE = 22050


def quiet(fraction: float, stage: str) -> None:
    del fraction, stage


def context() -> Context:
    return Context(lambda _event: None)


def said(voice: str = "en-us+m3", pitch: int = 40) -> Mono:
    return _rendered(voice, pitch).copy()


@cache
def _rendered(voice: str, pitch: int) -> Mono:
    """Once: eSpeak says the same some hundred samples longer the second time."""
    return espeak.render(TEXT, voice=voice, pitch=pitch).samples * np.float32(0.5)


def write(path: Path, sound: NDArray[np.floating]) -> str:
    soundfile.write(path, sound.astype(np.float32), RATE, subtype="FLOAT")
    return str(path)


def found(*paths: str) -> dict[str, Finding]:
    result = examine(ExamineRecordings(job=JobId(1), paths=paths, language="de"), context(), quiet)
    return {finding.kind: finding for finding in result.findings}


def treated(folder: Path, finding: Finding, *paths: str, engine: str = "") -> RecordingsTreated:
    assert finding.treatment
    treatment: Treatment = finding.treatment
    home = folder / "made"
    home.mkdir()
    job = TreatRecordings(job=JobId(1), paths=paths, treatment=treatment, folder=str(home), engine=engine)
    before = [Path(path).read_bytes() for path in paths]
    done = treat(job, context(), quiet)
    assert [Path(path).read_bytes() for path in paths] == before
    return done


def test_noise_is_taken_out_and_the_doctor_has_nothing_more_to_say_of_it(tmp_path: Path) -> None:
    noise = np.random.default_rng(0).normal(0, 0.02, len(said()))
    path = write(tmp_path / "a.wav", said() + noise)

    (one,) = treated(tmp_path, found(path)["noise"], path, engine="spectral").recordings

    assert (one.path, one.cut, one.left_out_s) == (path, False, 0.0)
    assert "noise" not in found(one.made)
    assert soundfile.info(one.made).frames == len(said())


def test_a_voice_is_taken_out_of_music(tmp_path: Path) -> None:
    at = np.arange(len(said())) / RATE
    chord = sum(np.sin(2 * np.pi * hz * at) for hz in (262, 330, 392)) * 0.02
    path = write(tmp_path / "a.wav", said() + chord)

    (one,) = treated(tmp_path, found(path)["music"], path, engine="builtin").recordings

    made, _rate = soundfile.read(one.made, dtype="float32")
    assert len(made) == len(said())
    tone = np.exp(-2j * np.pi * 330 * at)
    assert abs(np.mean(made * tone)) < 0.6 * abs(np.mean((said() + chord) * tone))


def test_silence_before_and_after_is_cut_off_and_what_is_said_stays(tmp_path: Path) -> None:
    silence = np.zeros(3 * RATE, np.float32)
    path = write(tmp_path / "a.wav", np.concatenate([silence, said(), silence]))
    finding = found(path)["silence"]
    assert finding.value == pytest.approx(6, abs=1)

    (one,) = treated(tmp_path, finding, path).recordings

    assert one.left_out_s == pytest.approx(finding.value, abs=0.1)
    assert not one.cut
    assert soundfile.info(one.made).duration == pytest.approx(len(said()) / RATE, abs=1)
    assert "silence" not in found(one.made)


def test_clipped_stretches_are_left_out_where_enough_remains(tmp_path: Path) -> None:
    hot = said()
    third = len(hot) // 3
    hot[:third] = np.clip(hot[:third] * 8, -0.6, 0.6)
    path, good = write(tmp_path / "a.wav", hot), write(tmp_path / "b.wav", said() * 0.5)
    finding = found(path, good)["clipping"]
    assert finding.treatment == "leave_clipped"

    clipped, whole = treated(tmp_path, finding, path, good).recordings

    assert clipped.cut
    assert 0.5 < clipped.left_out_s < 1.5 * third / RATE
    assert (whole.made, whole.cut, whole.is_empty) == ("", False, False)
    assert "clipping" not in found(clipped.made, good)


def test_clipping_everywhere_has_no_remedy_here(tmp_path: Path) -> None:
    path = write(tmp_path / "a.wav", np.clip(said() * 8, -0.6, 0.6))

    assert found(path)["clipping"].treatment == ""


def test_the_one_who_speaks_less_is_left_out_also_as_a_whole_recording(tmp_path: Path) -> None:
    mine, other = said(), said("en-us+f5", 80)
    both = write(tmp_path / "a.wav", np.concatenate([mine, mine, other]))
    theirs = write(tmp_path / "b.wav", other[: 3 * RATE])
    finding = found(both, theirs)["speakers"]
    assert "the lower voice speaks more and stays" in finding.remedy

    cut, gone = treated(tmp_path, finding, both, theirs).recordings

    assert cut.cut
    assert cut.left_out_s == pytest.approx(len(other) / RATE, abs=3)
    assert gone.is_empty
    assert "speakers" not in found(cut.made)


def test_what_would_leave_nothing_is_refused_with_a_reason(tmp_path: Path) -> None:
    path = write(tmp_path / "a.wav", np.clip(said()[: RATE // 2] * 50, -0.6, 0.6))
    job = TreatRecordings(job=JobId(1), paths=(path,), treatment="leave_clipped", folder=str(tmp_path))

    with pytest.raises(StudioError) as error:
        treat(job, context(), quiet)

    assert error.value.explanation.code == "voice.nothing_left"
