"""Demucs: files of any kind give the package's own result, or a sentence; nothing in a file is ever run."""

import json
import os
import re
import zipfile
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path
from types import MappingProxyType
from typing import cast

import demucs.states
import numpy as np
import pytest
import torch
from demucs.apply import BagOfModels, Model, apply_model
from demucs.demucs import Demucs
from demucs.hdemucs import HDemucs
from demucs.htdemucs import HTDemucs
from demucs.repo import BagOnlyRepo, LocalRepo

from studio.engines import registry
from studio.engines.base import Effort, Report, Settings, Sound, Stems, Whole
from studio.engines.demucs import loading
from studio.engines.demucs.engine import HDemucsMmi, HtDemucs, HtDemucsFineTuned, HtDemucsSixStems, Mdx, _Demucs
from studio.engines.demucs.families import FAMILIES
from studio.errors import Cancelled, StudioError
from tests.helpers.untrained import FOUR, save_safely, small
from tests.helpers.voices import noise

RATE_HZ = 44100
load_model: Callable[..., Model] = demucs.states.load_model
save_with_checksum: Callable[..., None] = demucs.states.save_with_checksum
get_state: Callable[..., dict[str, torch.Tensor]] = demucs.states.get_state

NOTHING: Settings = MappingProxyType({})


@pytest.fixture(autouse=True)
def _places_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No weights but those that a test makes; the number of threads as it was."""
    for variable in ("STUDIO_DATA", "HF_HUB_CACHE", "TORCH_HOME"):
        monkeypatch.setenv(variable, str(tmp_path / variable))
    monkeypatch.setenv("STUDIO_DEVICE", "cpu")
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "STUDIO_DATA" / "models" / "demucs"
    path.mkdir(parents=True)
    return path


def package(network: Model, *, half: bool = False) -> dict[str, object]:
    """What `demucs.states.serialize_model` makes of it, whose other half wants the libraries for training."""
    args, kwargs = cast("tuple[tuple[object, ...], dict[str, object]]", network._init_args_kwargs)
    state = get_state(network, None, half)
    return {"klass": type(network), "args": args, "kwargs": kwargs, "state": state, "training_args": {"seed": 42}}


def song(seconds: float, channels: int = 2) -> Sound:
    length = round(seconds * RATE_HZ)
    return np.stack([noise(length, 0.1, seed=seed) for seed in range(channels)], axis=1) + np.float32(0.01)


def whole(mix: Sound) -> Whole:
    mono = mix.mean(axis=1)
    peak = float(np.abs(mix).max(initial=0.0))
    return Whole(length_s=len(mix) / RATE_HZ, mean=float(mono.mean()), std=float(mono.std()), peak=peak, side_db=-6.0)


def quiet(fraction: float, stage: str) -> None:
    pass


def take_apart(
    engine: _Demucs, mix: Sound, count: int = 4, *, settings: Settings = NOTHING, report: Report = quiet
) -> Stems:
    """Chunk by chunk with linear fades, as `Chunking` says; the last stem is the rest."""
    chunking = engine.chunking(settings)
    size, overlap = (round(length_s * chunking.rate_hz) for length_s in (chunking.chunk_s, chunking.overlap_s))
    out = np.zeros((count, *mix.shape), np.float32)
    weights = np.zeros(len(mix), np.float32)
    for start in range(0, max(len(mix) - overlap, 1), size - overlap):
        start = max(min(start, len(mix) - size), 0)
        chunk = mix[start : start + size]
        found = engine.separate(
            chunk, RATE_HZ, count=count, whole=whole(mix), settings=settings, effort=Effort(), report=report
        )
        assert found.shape == (count - 1, *chunk.shape)
        assert found.dtype == np.float32
        edge = np.minimum(np.arange(len(chunk)) + 1, len(chunk) - np.arange(len(chunk))) / (overlap + 1)
        fade = np.minimum(edge, 1).astype(np.float32)
        out[:-1, start : start + size] += fade[:, None] * found
        weights[start : start + size] += fade
    out[:-1] /= weights[:, None]
    out[-1] = mix - out[:-1].sum(axis=0)
    return out


def by_the_package(network: Model | BagOfModels, mix: Sound) -> dict[str, Sound]:
    """What `demucs.apply` gives without shifts, in the way `demucs.api` prepares a song."""
    known = whole(mix)
    normal = (torch.from_numpy(mix.T.copy()) - known.mean) / (known.std + 1e-8)
    if len(normal) == 1:
        normal = normal.expand(2, -1)
    stems = apply_model(network, normal[None], shifts=0)[0] * (known.std + 1e-8) + known.mean
    found = {name: stem.numpy().T for name, stem in zip(network.sources, stems, strict=True)}
    return found if mix.shape[1] == 2 else {name: stem.mean(axis=1, keepdims=True) for name, stem in found.items()}


def apart_db(wanted: Sound, found: Sound) -> float:
    return float(10 * np.log10(np.sum(wanted**2) / max(np.sum((wanted - found) ** 2), 1e-30)))


def files_of(engine: type[_Demucs], folder: Path, networks: list[Model]) -> BagOfModels:
    """Save a family as a person has it, and load it as the package does."""
    family = FAMILIES[engine.info.id]
    for name, network in zip(family.networks, networks, strict=True):
        save_with_checksum(package(network), folder / f"{name}.th")
    shares = "" if not family.shares else f"weights: {json.dumps(family.shares)}\n"
    (folder / f"{family.id}.yaml").write_text(f"models: {json.dumps(family.networks)}\n{shares}", encoding="utf-8")
    return BagOnlyRepo(folder, LocalRepo(folder)).get_model(family.id)


def test_a_segment_is_taken_apart_as_the_package_does_it(folder: Path) -> None:
    theirs = files_of(HtDemucs, folder, [small()])
    mix = song(0.45)  # all that the package does in one segment

    wanted, found = by_the_package(theirs, mix), take_apart(HtDemucs(), mix)

    for number, name in enumerate(HtDemucs().stems(4)[:-1]):
        assert apart_db(wanted[name], found[number]) > 80
    np.testing.assert_allclose(found.sum(axis=0), mix, atol=1e-6)


def test_a_long_song_is_taken_apart_as_the_package_does_it_up_to_its_last_segment(folder: Path) -> None:
    """The package lets one more segment begin where less than one is left, and fills it up; ours ends with the song."""
    theirs = files_of(HtDemucs, folder, [small()])
    mix = song(3.1)

    wanted, found = by_the_package(theirs, mix), take_apart(HtDemucs(), mix)

    same = len(mix) - round(0.6 * RATE_HZ) - 1
    for number, name in enumerate(HtDemucs().stems(4)[:-1]):
        assert apart_db(wanted[name][:same], found[number][:same]) > 80
        assert np.abs(found[number]).max() > 0.001


@pytest.mark.parametrize("kind", [HDemucs, Demucs])
def test_the_older_networks_are_taken_as_the_package_takes_them(folder: Path, kind: type[Model]) -> None:
    theirs = files_of(HDemucsMmi, folder, [small(kind)])
    mix = song(0.7)

    wanted, found = by_the_package(theirs, mix), take_apart(HDemucsMmi(), mix)

    for number, name in enumerate(HDemucsMmi().stems(4)[:-1]):
        assert apart_db(wanted[name], found[number]) > 80


@pytest.mark.parametrize("engine", [HtDemucsFineTuned, Mdx])
def test_several_networks_under_one_name_count_as_in_the_package(folder: Path, engine: type[_Demucs]) -> None:
    kind = Demucs if engine is Mdx else HTDemucs
    theirs = files_of(engine, folder, [small(kind, seed) for seed in range(4)])
    mix = song(0.4)

    wanted, found = by_the_package(theirs, mix), take_apart(engine(), mix)

    for number, name in enumerate(engine().stems(4)[:-1]):
        assert apart_db(wanted[name], found[number]) > 80


def test_networks_that_do_not_matter_to_a_stem_are_not_run(folder: Path) -> None:
    files_of(HtDemucsFineTuned, folder, [small(seed=seed) for seed in range(4)])
    stages: list[str] = []

    take_apart(HtDemucsFineTuned(), song(0.3), 2, report=lambda fraction, stage: stages.append(stage))

    assert stages.count("Loading the network") == 1  # of four: the one for voices


def test_six_stems_and_two_come_from_the_same_network(folder: Path) -> None:
    six = [*FOUR, "guitar", "piano"]
    theirs = files_of(HtDemucsSixStems, folder, [small(sources=six)])
    mix, engine = song(0.4), HtDemucsSixStems()
    wanted = by_the_package(theirs, mix)

    found, pair = take_apart(engine, mix, 6), take_apart(engine, mix, 2)

    for number, name in enumerate(engine.stems(6)[:-1]):
        assert apart_db(wanted[name], found[number]) > 80
    np.testing.assert_array_equal(pair[0], found[0])
    assert engine.stems(2) == ("vocals", "accompaniment")


def test_mono_stays_mono(folder: Path) -> None:
    theirs = files_of(HtDemucs, folder, [small()])
    mix = song(0.4, channels=1)

    found = take_apart(HtDemucs(), mix)

    assert found.shape == (4, len(mix), 1)
    assert apart_db(by_the_package(theirs, mix)["vocals"], found[0]) > 80


def test_silence_stays_silence_and_the_sound_handed_in_is_left_alone(folder: Path) -> None:
    files_of(HtDemucs, folder, [small()])
    silence, mix = np.zeros((20000, 2), np.float32), song(0.3, channels=1)
    before = mix.copy()

    assert not take_apart(HtDemucs(), silence).any()
    take_apart(HtDemucs(), mix)
    np.testing.assert_array_equal(mix, before)


@pytest.mark.parametrize("half", [False, True])
def test_all_formats_give_the_same_network(tmp_path: Path, half: bool) -> None:
    network = small()
    if half:
        network.half().float()
    torch.save(package(network, half=half), tmp_path / "a.th")
    save_safely(network, tmp_path / "b.safetensors")
    mix, settings = song(0.3), [{"weights": str(tmp_path / name)} for name in ("a.th", "b.safetensors")]

    first, other = (take_apart(HtDemucs(), mix, settings=setting) for setting in settings)

    assert apart_db(by_the_package(load_model(package(network)), mix)["vocals"], first[0]) > 80
    np.testing.assert_array_equal(first, other)


def test_what_the_hub_and_torch_keep_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "955717e8.safetensors" in HtDemucs.lacks()
    hub = tmp_path / "HF_HUB_CACHE" / "models--adefossez--HTDemucs" / "snapshots" / "abc"
    hub.mkdir(parents=True)
    save_safely(small(), hub / "955717e8.safetensors")
    assert HtDemucs.lacks() == ""

    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "none"))
    old = tmp_path / "TORCH_HOME" / "hub" / "checkpoints"
    old.mkdir(parents=True)
    assert HtDemucs.lacks()
    save_with_checksum(package(small()), old / "955717e8.th")
    assert HtDemucs.lacks() == ""
    assert take_apart(HtDemucs(), song(0.2)).any()


def test_a_card_says_which_weights_are_missing_and_what_to_do(folder: Path) -> None:
    missing = {info.id: why for info, why in registry.cards()}

    assert "https://huggingface.co/adefossez/HTDemucs-ft" in missing["htdemucs_ft"]
    assert str(folder) in missing["htdemucs_ft"]
    with pytest.raises(StudioError, match=r"demucs\.weights"):
        registry.separator("htdemucs_ft").chunking({})


def test_the_networks_behind_each_name_are_those_of_the_package() -> None:
    for family in FAMILIES.values():
        said = (Path(demucs.__file__).parent / "remote" / f"{family.id}.yaml").read_text(encoding="utf-8")

        assert tuple(re.findall(r"[0-9a-f]{8}", said)) == family.networks
        shares = re.findall(r"\[([01]\., [^\]]*)\]", said)
        assert tuple(tuple(float(share) for share in row.split(",")) for row in shares) == family.shares
        assert ("segment: 44" in said) == (family.segment_s == 44)


CANARY = "canary-that-must-not-sing"


class _Sings:
    def __reduce__(self) -> tuple[object, ...]:
        return os.mkdir, (CANARY,)


@pytest.mark.parametrize("where", ["klass", "kwargs", "state", "training_args"])
def test_a_pickle_that_wants_to_run_something_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    monkeypatch.chdir(tmp_path)
    evil = package(small())
    evil[where] = _Sings() if where == "klass" else {"anything": _Sings()}
    torch.save(evil, tmp_path / "evil.th")
    settings = {"weights": str(tmp_path / "evil.th")}
    asked = torch.serialization.get_unsafe_globals_in_checkpoint(tmp_path / "evil.th")
    assert f"{os.mkdir.__module__}.mkdir" in asked  # the file does ask for it

    with pytest.raises(StudioError, match=r"demucs\.file") as caught:
        HtDemucs().chunking(settings)

    assert not (tmp_path / CANARY).exists()
    assert "not run" in caught.value.explanation.cause


def test_a_class_that_is_no_network_is_refused_in_either_format(tmp_path: Path) -> None:
    evil = package(small())
    evil["klass"] = Fraction  # harmless, and known to the reader
    torch.save(evil, tmp_path / "evil.th")
    save_safely(small(), tmp_path / "good.safetensors")
    data = (tmp_path / "good.safetensors").read_bytes()
    (tmp_path / "evil.safetensors").write_bytes(data.replace(b"demucs.htdemucs.HTDemucs", b"webbrowser.open_new_tab."))

    for name in ("evil.th", "evil.safetensors"):
        with pytest.raises(StudioError, match=r"demucs\.file"):
            loading.network(tmp_path / name)


def test_a_damaged_file_is_named_as_one(tmp_path: Path, folder: Path) -> None:
    files_of(HtDemucs, folder, [small()])
    (file,) = folder.glob("*.th")
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    file.write_bytes(data)

    with pytest.raises(StudioError, match="damaged"):
        loading.network(file)
    torch.save(package(small()), tmp_path / "old.th", _use_new_zipfile_serialization=False)
    with pytest.raises(StudioError, match="without running"):
        loading.network(tmp_path / "old.th")
    for name, content in (("a.th", b""), ("b.th", b"nothing"), ("c.safetensors", b"\0" * 40)):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(StudioError, match=r"demucs\.file"):
            loading.network(tmp_path / name)
    with zipfile.ZipFile(tmp_path / "d.th", "w") as archive:
        archive.writestr("d/data.pkl", b"cos\nsystem\n.")
    with pytest.raises(StudioError, match=r"demucs\.file"):
        loading.network(tmp_path / "d.th")


def test_weights_packed_with_diffq_are_refused_in_words(tmp_path: Path) -> None:
    packed = package(small())
    packed["state"] = {"__quantized": True}
    torch.save(packed, tmp_path / "packed.th")

    with pytest.raises(StudioError, match="DiffQ"):
        loading.network(tmp_path / "packed.th")


def test_a_network_without_a_voice_is_explained(tmp_path: Path) -> None:
    torch.save(package(small(sources=["rain", "wind"])), tmp_path / "weather.th")

    with pytest.raises(StudioError, match=r"demucs\.stems") as caught:
        take_apart(HtDemucs(), song(0.3), settings={"weights": str(tmp_path / "weather.th")})

    assert "rain, wind" in caught.value.explanation.cause


def test_it_stops_within_a_layer_when_it_is_called_off(folder: Path) -> None:
    files_of(HtDemucs, folder, [small()])
    said: list[float] = []

    def call_off(fraction: float, stage: str) -> None:
        said.append(fraction)
        if len(said) == 40:
            raise Cancelled

    with pytest.raises(Cancelled):
        take_apart(HtDemucs(), song(0.5), report=call_off)

    assert len(said) == 40
    assert 0 < said[-1] < 1
    assert said == sorted(said)


def test_the_same_chunk_gives_the_same_result_after_anything_else(folder: Path) -> None:
    files_of(HtDemucs, folder, [small()])
    engine, mix = HtDemucs(), song(0.5)

    first = take_apart(engine, mix)
    take_apart(engine, song(0.2, channels=1), 2)

    np.testing.assert_array_equal(take_apart(engine, mix), first)


def test_half_precision_is_near_the_whole(folder: Path) -> None:
    files_of(HtDemucs, folder, [small()])
    engine, mix = HtDemucs(), song(0.3)

    def heard(effort: Effort) -> Stems:
        return engine.separate(mix, RATE_HZ, count=4, whole=whole(mix), settings={}, effort=effort, report=quiet)

    assert apart_db(heard(Effort())[0], heard(Effort(half=True, cpu=True))[0]) > 20


def test_the_hash_tells_weights_apart(tmp_path: Path) -> None:
    for seed in range(2):
        torch.save(package(small(seed=seed)), tmp_path / f"{seed}.th")

    hashes = {HtDemucs().model_hash({"weights": str(tmp_path / f"{seed}.th")}) for seed in (0, 1, 1)}

    assert len(hashes) == 2
