"""The job that takes a mix apart: what comes of it, what stays of it, and that it goes on where it was stopped."""

from collections.abc import Callable
from pathlib import Path

import msgspec
import numpy as np
import pytest
import soundfile

from studio.engines import registry
from studio.engines.base import Effort, Report, Settings, Sound, Stems, Whole
from studio.engines.denoise.spectral import Spectral
from studio.errors import Cancelled, StudioError
from studio.media import measured
from studio.media.wav import Frames, MappedWav
from studio.model.project import Media
from studio.protocol.common import JobId
from studio.protocol.jobs import CleanStep, Denoise, EngineSettings, Separate, Separated, StemsGrowing
from studio.protocol.messages import Event
from studio.workers.denoising import denoise
from studio.workers.runtime import Context
from studio.workers.separation import separate
from tests.helpers.songs import song
from tests.helpers.sounds import write_medium
from tests.helpers.tiny_separator import Halver, Tiny

RATE_HZ = 44100


@pytest.fixture(autouse=True)
def engine(monkeypatch: pytest.MonkeyPatch) -> Tiny:
    tiny = Tiny()
    monkeypatch.setattr(registry, "separator", lambda _id: tiny)
    monkeypatch.setattr(registry, "denoiser", lambda _id: Halver())
    return tiny


def job(media: Media, folder: Path, **wishes: object) -> Separate:
    asked = Separate(
        job=JobId(1), media=media, project_dir=str(folder), start=0, length=media.length, engine="tiny", stems=2
    )
    return msgspec.structs.replace(asked, **wishes)


def quiet(fraction: float, stage: str) -> None:
    del fraction, stage


def run(wanted: Separate, report: Report = quiet, send: Callable[[Event], None] = lambda _event: None) -> Separated:
    return separate(wanted, Context(send), report)


def frames(folder: Path, media: Media) -> Frames:
    return MappedWav.open(folder / media.file).frames


def residual_db(folder: Path, made: Separated, mix: Frames) -> float:
    total = np.sum([frames(folder, stem).astype(np.float64) for stem in made.stems], axis=0)
    return 20 * float(np.log10(np.abs(total - mix).max() + 1e-20))


@pytest.mark.parametrize("stems", [2, 4])
@pytest.mark.parametrize("own_hz", [0, 16000])
def test_stems_add_up_to_the_mix_and_say_how_they_came_to_be(
    tmp_path: Path, engine: Tiny, stems: int, own_hz: int
) -> None:
    engine.rate_hz = own_hz
    mix = song(3.3)
    media = write_medium(tmp_path, "mix", mix, RATE_HZ)

    made = run(job(media, tmp_path, stems=stems, settings={"colour": "red"}))

    assert [stem.name for stem in made.stems] == list(engine.stems(stems))
    assert residual_db(tmp_path, made, mix) < -120
    for stem in made.stems:
        assert (stem.length, stem.channels, stem.rate_hz) == (len(mix), 2, RATE_HZ)
        assert stem.lineage is not None
        assert (stem.lineage.engine, stem.lineage.model_hash, stem.lineage.made_from) == ("tiny", "0123", ("mix",))
        assert stem.lineage.settings["stem"] == stem.name
        assert stem.lineage.settings["colour"] == "red"
        assert (tmp_path / "cache" / "peaks" / f"{stem.id}.peaks").is_file()
    there = {path.name for path in (tmp_path / "media").iterdir()}
    assert there == {"mix.wav", *(f"{stem.id}.wav" for stem in made.stems)}


def test_a_network_that_does_nothing_gives_back_what_went_in(
    tmp_path: Path, engine: Tiny, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "separate", lambda mix, rate_hz, **_rest: mix[None].copy())
    mix = song(7.77)
    media = write_medium(tmp_path, "mix", mix, RATE_HZ)

    voice = frames(tmp_path, run(job(media, tmp_path)).stems[0])

    off = np.square(voice.astype(np.float64) - mix).sum() / np.square(mix.astype(np.float64)).sum()
    assert 10 * np.log10(off + 1e-30) < -90


def test_a_stretch_is_that_of_the_sound(tmp_path: Path) -> None:
    mix = song(4)
    media = write_medium(tmp_path, "mix", mix, RATE_HZ)

    made = run(job(media, tmp_path, start=RATE_HZ, length=2 * RATE_HZ))

    assert residual_db(tmp_path, made, mix[RATE_HZ : 3 * RATE_HZ]) < -120


def test_only_the_stems_that_are_wanted_become_media(tmp_path: Path) -> None:
    media = write_medium(tmp_path, "mix", song(2), RATE_HZ)
    both = run(job(media, tmp_path))

    made = run(job(media, tmp_path, keep=("accompaniment",)))

    assert [stem.id for stem in made.stems] == [both.stems[1].id]
    assert made.stems[0].lineage is not None
    assert made.stems[0].lineage.settings["keep"] == "accompaniment"
    assert not list((tmp_path / "media").glob("making-*"))


def test_with_one_stem_it_is_only_cleaned_step_by_step(tmp_path: Path) -> None:
    mix = song(2)
    media = write_medium(tmp_path, "mix", mix, RATE_HZ)
    twice = (CleanStep(engine="halver", strength=1.0), CleanStep(engine="halver", strength=0.5))

    (made,) = run(job(media, tmp_path, engine="", stems=1, chain=twice)).stems

    assert np.allclose(frames(tmp_path, made), mix * 0.375, atol=1e-6)
    assert made.name == media.name
    assert made.lineage is not None
    assert (made.lineage.engine, made.lineage.made_from) == ("halver", (media.id,))
    assert made.lineage.settings["chain"] == "mix:halver:1 mix:halver:0.5"
    assert "stem" not in made.lineage.settings


@pytest.mark.parametrize(
    ("wishes", "code"),
    [
        ({"stems": 1, "engine": ""}, "stems.nothing"),
        ({"stems": 1, "engine": "", "chain": (CleanStep(engine="halver", stem="vocals"),)}, "stems.chain"),
        ({"keep": ("drums",)}, "stems.chain"),
    ],
)
def test_what_makes_no_sense_is_said_before_anything_is_done(
    tmp_path: Path, wishes: dict[str, object], code: str
) -> None:
    media = write_medium(tmp_path, "mix", song(1), RATE_HZ)
    with pytest.raises(StudioError) as caught:
        run(job(media, tmp_path, **wishes))
    assert caught.value.explanation.code == code


def noisy(folder: Path) -> Media:
    """A second of noise, then a second of noise and song."""
    sound = np.random.default_rng(3).normal(0, 0.02, (2 * RATE_HZ, 2)).astype(np.float32)
    sound[RATE_HZ:] += song(1)
    return write_medium(folder, "noisy", sound, RATE_HZ)


def test_the_noise_that_the_settings_name_is_learnt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "denoiser", lambda _id: Spectral())
    media = noisy(tmp_path)
    shown: EngineSettings = {"noise_start": 0, "noise_length": RATE_HZ // 2, "noise_file": media.file}

    def left_db(settings: EngineSettings) -> float:
        made = denoise(clean_job(media, tmp_path, settings), Context(lambda _event: None), quiet).media
        assert made.lineage is not None
        assert made.lineage.settings.items() >= settings.items()
        part = slice(round(0.55 * RATE_HZ), round(0.85 * RATE_HZ))
        power = [np.mean(frames(tmp_path, one)[part] ** 2) for one in (made, media)]
        return 10 * float(np.log10(power[0] / power[1]))

    assert left_db(shown) < -20
    assert left_db(shown) < left_db({}) - 5


@pytest.mark.parametrize(
    ("settings", "code"),
    [
        ({"noise_start": 0, "noise_length": 100}, "denoise.noise_short"),
        ({"noise_start": -5, "noise_length": RATE_HZ}, "denoise.noise_range"),
        ({"noise_start": RATE_HZ, "noise_length": 2 * RATE_HZ}, "denoise.noise_range"),
        ({"noise_start": 0, "noise_length": RATE_HZ, "noise_file": "../../elsewhere.wav"}, "denoise.noise_range"),
    ],
)
def test_a_noise_that_is_not_there_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: EngineSettings, code: str
) -> None:
    monkeypatch.setattr(registry, "denoiser", lambda _id: Spectral())
    with pytest.raises(StudioError) as caught:
        denoise(clean_job(noisy(tmp_path), tmp_path, settings), Context(lambda _event: None), quiet)
    assert caught.value.explanation.code == code


def test_an_engine_that_cannot_be_shown_a_noise_says_so(tmp_path: Path) -> None:
    wanted = clean_job(noisy(tmp_path), tmp_path, {"noise_length": RATE_HZ})
    with pytest.raises(StudioError) as caught:
        denoise(wanted, Context(lambda _event: None), quiet)
    assert caught.value.explanation.code == "denoise.no_profile"


def clean_job(media: Media, folder: Path, settings: EngineSettings) -> Denoise:
    return Denoise(
        job=JobId(1),
        media=media,
        project_dir=str(folder),
        start=0,
        length=media.length,
        engine="spectral",
        settings=settings,
    )


def test_stopped_at_any_moment_it_goes_on_and_ends_with_the_same_samples(tmp_path: Path) -> None:
    media = write_medium(tmp_path, "mix", song(4.2), RATE_HZ)
    reports: list[float] = []
    whole = run(job(media, tmp_path), lambda fraction, stage: reports.append(fraction))
    resumed = []
    for stop in range(1, len(reports)):
        for stem in whole.stems:
            (tmp_path / stem.file).unlink()
        left = stop

        def until_then(fraction: float, stage: str) -> None:
            nonlocal left
            left -= 1
            if not left:
                raise Cancelled

        with pytest.raises(Cancelled):
            run(job(media, tmp_path), until_then)
        again = run(job(media, tmp_path))
        assert [stem.id for stem in again.stems] == [stem.id for stem in whole.stems], stop
        assert not list((tmp_path / "media").glob("making-*"))
        resumed.append(again.spent.resumed)
    assert resumed == sorted(resumed)
    assert resumed[-1] == 1.0


def test_what_was_written_beyond_the_last_whole_chunk_is_cut_off(tmp_path: Path) -> None:
    media = write_medium(tmp_path, "mix", song(4.2), RATE_HZ)
    whole = run(job(media, tmp_path))
    for stem in whole.stems:
        (tmp_path / stem.file).unlink()

    def halfway(fraction: float, stage: str) -> None:
        if fraction > 0.6:
            raise Cancelled

    with pytest.raises(Cancelled):
        run(job(media, tmp_path), halfway)
    (work,) = (tmp_path / "media").glob("making-*")
    with (work / "vocals.wav").open("ab") as torn:
        torn.write(b"\x12" * 12345)

    again = run(job(media, tmp_path))

    assert [stem.id for stem in again.stems] == [stem.id for stem in whole.stems]
    assert 0 < again.spent.resumed < 1


@pytest.mark.parametrize("broken", ["vocals.wav", "state.json", "*.tail"])
def test_what_does_not_fit_together_any_more_is_made_anew(tmp_path: Path, broken: str) -> None:
    media = write_medium(tmp_path, "mix", song(4.2), RATE_HZ)
    whole = run(job(media, tmp_path))

    def halfway(fraction: float, stage: str) -> None:
        if fraction > 0.6:
            raise Cancelled

    with pytest.raises(Cancelled):
        run(job(media, tmp_path), halfway)
    (file,) = (tmp_path / "media").glob(f"making-*/{broken}")
    file.write_bytes(b"")

    again = run(job(media, tmp_path))

    assert [stem.id for stem in again.stems] == [stem.id for stem in whole.stems]


def test_other_wishes_do_not_go_on_with_this_work(tmp_path: Path) -> None:
    media = write_medium(tmp_path, "mix", song(3), RATE_HZ)

    def halfway(fraction: float, stage: str) -> None:
        if fraction > 0.6:
            raise Cancelled

    with pytest.raises(Cancelled):
        run(job(media, tmp_path), halfway)

    assert run(job(media, tmp_path, settings={"colour": "red"})).spent.resumed == 0
    assert run(job(media, tmp_path)).spent.resumed > 0


def test_stems_can_be_heard_while_they_grow(tmp_path: Path) -> None:
    mix = song(4)
    media = write_medium(tmp_path, "mix", mix, RATE_HZ)
    said: list[int] = []

    def look(event: Event) -> None:
        if not isinstance(event, StemsGrowing):
            return  # a heartbeat that asks for patience
        said.append(event.frames)
        for stem in event.stems:
            heard, rate_hz = soundfile.read(tmp_path / stem.file)
            assert (len(heard), rate_hz) == (event.frames, RATE_HZ)

    run(job(media, tmp_path), send=look)

    assert said == sorted(said)
    assert len(said) == 5
    assert said[-1] == len(mix)


@pytest.mark.parametrize(
    ("longest_s", "with_half", "words"),
    [(0.6, False, "shorter chunks"), (0.2, True, "half precision"), (0.2, False, "on the CPU")],
)
def test_out_of_memory_steps_down_and_says_so(
    tmp_path: Path, engine: Tiny, monkeypatch: pytest.MonkeyPatch, longest_s: float, with_half: bool, words: str
) -> None:
    plain = engine.separate

    def short_of_memory(
        mix: Sound,
        rate_hz: int,
        *,
        count: int,
        whole: Whole,
        settings: Settings,
        effort: Effort,
        report: Report,
    ) -> Stems:
        enough = len(mix) <= longest_s * rate_hz or effort.cpu or (with_half and effort.half)
        if not enough:
            raise RuntimeError("CUDA out of memory. Tried to allocate 20.00 MiB")
        return plain(mix, rate_hz, count=count, whole=whole, settings=settings, effort=effort, report=report)

    monkeypatch.setattr(engine, "separate", short_of_memory)
    monkeypatch.setattr("studio.workers.ladder._SHORTEST_S", 0.5)
    mix = song(3)
    media = write_medium(tmp_path, "mix", mix, RATE_HZ)
    stages: list[str] = []

    made = run(job(media, tmp_path), lambda fraction, stage: stages.append(stage))

    assert residual_db(tmp_path, made, mix) < -120
    assert any(words in note for note in made.notes)
    assert sum(words in stage for stage in stages) == 1, "told once: later chunks begin where this one ended"


def test_memory_that_never_suffices_is_explained_and_nothing_is_lost(
    tmp_path: Path, engine: Tiny, monkeypatch: pytest.MonkeyPatch
) -> None:
    def greedy(mix: Sound, rate_hz: int, **_rest: object) -> Stems:
        raise MemoryError

    plain = engine.separate
    media = write_medium(tmp_path, "mix", song(3), RATE_HZ)
    monkeypatch.setattr(engine, "separate", greedy)
    with pytest.raises(MemoryError):
        run(job(media, tmp_path))
    monkeypatch.setattr(engine, "separate", plain)

    assert residual_db(tmp_path, run(job(media, tmp_path)), song(3)) < -120


def test_the_chain_cleans_the_mix_before_and_a_stem_after(tmp_path: Path) -> None:
    mix = song(3)
    media = write_medium(tmp_path, "mix", mix, RATE_HZ)
    before = (CleanStep(engine="halver"),)
    after = (CleanStep(engine="halver", stem="vocals", strength=0.5),)

    plain = run(job(media, tmp_path))
    halved = run(job(media, tmp_path, chain=before))
    softer = run(job(media, tmp_path, chain=after))

    assert residual_db(tmp_path, halved, mix * np.float32(0.5)) < -120
    np.testing.assert_allclose(
        frames(tmp_path, softer.stems[0]), frames(tmp_path, plain.stems[0]) * 0.75, rtol=0, atol=1e-6
    )
    assert softer.stems[1].id == plain.stems[1].id
    assert softer.stems[0].lineage is not None
    assert softer.stems[0].lineage.settings["chain"] == "vocals:halver:0.5"


@pytest.mark.parametrize(
    ("rate_hz", "seconds", "channels", "gain"),
    [(8000, 2.0, 1, 1.0), (96000, 2.0, 2, 1.0), (44100, 0.1, 2, 1.0), (44100, 2.5, 2, 0.0), (48000, 2.0, 1, 20.0)],
    ids=["8 kHz mono", "96 kHz", "a tenth of a second", "silence", "clipped"],
)
def test_unusual_sounds_have_stems_of_their_own_shape(
    tmp_path: Path, engine: Tiny, rate_hz: int, seconds: float, channels: int, gain: float
) -> None:
    mix = np.clip(song(seconds, rate_hz)[:, :channels] * np.float32(gain), -1, 1)
    media = write_medium(tmp_path, "mix", mix, rate_hz)

    for engine.rate_hz in (0, 44100):
        made = run(job(media, tmp_path, settings={"try": engine.rate_hz}))

        assert {(stem.length, stem.channels, stem.rate_hz) for stem in made.stems} == {(len(mix), channels, rate_hz)}
        assert residual_db(tmp_path, made, mix) < -110


@pytest.mark.parametrize(
    ("wishes", "code"),
    [
        ({"stems": 3}, "stems.count"),
        ({"start": 44100, "length": 10 * 44100}, "stretch.range"),
        ({"length": 0}, "stretch.range"),
        ({"chain": (CleanStep(engine="halver", stem="flute"),)}, "stems.chain"),
        ({"chain": (CleanStep(engine="halver", strength=2.0),)}, "denoise.strength"),
    ],
)
def test_what_cannot_be_done_is_explained(tmp_path: Path, wishes: dict[str, object], code: str) -> None:
    media = write_medium(tmp_path, "mix", song(2), RATE_HZ)

    with pytest.raises(StudioError) as caught:
        run(job(media, tmp_path, **wishes))

    assert caught.value.explanation.code == code
    assert caught.value.explanation.remedy


def test_six_channels_are_refused_in_words(tmp_path: Path) -> None:
    media = write_medium(tmp_path, "mix", np.zeros((44100, 6), np.float32), RATE_HZ)

    with pytest.raises(StudioError, match=r"stretch\.channels"):
        run(job(media, tmp_path))


def test_an_engine_that_gives_nonsense_is_named_as_such(
    tmp_path: Path, engine: Tiny, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "separate", lambda mix, rate_hz, **_rest: mix[None, :-1])
    media = write_medium(tmp_path, "mix", song(2), RATE_HZ)

    with pytest.raises(StudioError, match=r"engine\.nonsense"):
        run(job(media, tmp_path))


def test_cleaning_gives_one_medium_and_says_how_strongly(tmp_path: Path) -> None:
    mix = song(5)
    media = write_medium(tmp_path, "mix", mix, RATE_HZ)
    asked = Denoise(
        job=JobId(1), media=media, project_dir=str(tmp_path), start=0, length=len(mix), engine="halver", strength=0.5
    )

    made = denoise(asked, Context(lambda _event: None), quiet)

    np.testing.assert_allclose(frames(tmp_path, made.media), mix * 0.75, rtol=0, atol=1e-6)
    assert made.media.lineage is not None
    assert made.media.lineage.settings["strength"] == 0.5
    assert not list((tmp_path / "media").glob("making-*"))


def test_what_it_took_says_what_the_next_one_will_take(tmp_path: Path) -> None:
    media = write_medium(tmp_path, "mix", song(6), RATE_HZ)
    assert measured.estimate(measured.speeds(), "tiny", 2, "CPU", 60.0) is None

    made = run(job(media, tmp_path))

    (name,) = measured.speeds()
    foreseen = measured.estimate(measured.speeds(), "tiny", 2, name.rpartition(" ")[2], 60.0)
    assert foreseen is not None
    assert 0 < foreseen.wall_s <= 10 * made.spent.wall_s + 1e-6
    assert foreseen.memory_bytes > 10_000_000
