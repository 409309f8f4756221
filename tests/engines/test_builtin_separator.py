"""The built-in separator: what it takes apart, what it leaves whole, and the shapes it gives."""

from collections.abc import Callable

import numpy as np
import pytest
import soxr
from msgspec.structs import replace
from numpy.typing import NDArray

from studio import paths
from studio.engines import espeak, sample
from studio.engines import recipe as recipes
from studio.engines.base import Effort, Sound, Whole
from studio.engines.separation import speech
from studio.engines.separation.amounts import settle
from studio.engines.separation.belief import believed
from studio.engines.separation.builtin import BuiltinSeparator
from studio.engines.separation.cues import BANDS, pool, spread
from studio.engines.separation.spectrum import RATE_HZ, sound_of, spectrum
from studio.engines.separation.speech import Listener

_WHOLE = Whole(length_s=4.0, mean=0.0, std=0.1, peak=0.5, side_db=-200.0)
_GATE = 0.01  # -20 dB
_HAS_LISTENER = bool(speech.weights())
needs_listener = pytest.mark.skipif(not _HAS_LISTENER, reason="silero-vad is not installed")


@pytest.fixture(scope="module")
def separator() -> BuiltinSeparator:
    return BuiltinSeparator()


def vocals(separator: BuiltinSeparator, mix: Sound) -> Sound:
    parts = separator.separate(
        mix, RATE_HZ, count=2, whole=_WHOLE, settings={}, effort=Effort(), report=lambda _share, _doing: None
    )
    assert parts.shape == (1, *mix.shape)
    assert parts.dtype == np.float32
    return np.asarray(parts[0])


def speaker(name: str = "en-us") -> Sound:
    """Somebody who reads a sentence, in both channels."""
    spoken, rate_hz = espeak.speak("A boat in the harbour, a bird on the wall, and nobody else for miles.", voice=name)
    return np.repeat(soxr.resample(spoken, rate_hz, RATE_HZ).astype(np.float32)[:, None], 2, axis=1)


@pytest.fixture(scope="module")
def sung() -> Sound:
    """What the sample's singer sings first."""
    return beginning(sample.voice)


@pytest.fixture(scope="module")
def band() -> Sound:
    """How the sample's band begins."""
    return beginning(sample.backing)


def beginning(make: Callable[[recipes.Recipe], sample.Part]) -> Sound:
    """The first eight seconds of a part of the sample, in both channels."""
    recipe = recipes.load(paths.resources() / "sample" / "recipe.toml")
    frames = make(recipe).frames[: 8 * recipe.rate_hz]
    return np.asarray(
        soxr.resample(np.repeat(frames, 3 - frames.shape[1], axis=1), recipe.rate_hz, RATE_HZ), np.float32
    )


def musical_saw(length_s: float = 4.0) -> Sound:
    """A gliding, trembling tone with pauses, in the middle: it moves as a voice does, and says nothing."""
    t = np.arange(round(length_s * RATE_HZ)) / RATE_HZ
    hz = 330 * 2 ** (0.35 * np.sin(2 * np.pi * 0.31 * t) + 0.5 / 12 * np.sin(2 * np.pi * 5.6 * t))
    phase = 2 * np.pi * np.cumsum(hz) / RATE_HZ
    line = np.sum([np.sin(partial * phase) / partial**1.2 for partial in range(1, 14)], axis=0)
    line *= np.clip(3 * np.sin(2 * np.pi * 0.6 * t + 0.4) + 2, 0, 1)
    return np.repeat((0.1 * line / line.std()).astype(np.float32)[:, None], 2, axis=1)


def chords(length_s: float = 3.0) -> Sound:
    """Held notes, spread over left and right."""
    t = np.arange(round(length_s * RATE_HZ)) / RATE_HZ
    out = np.zeros((len(t), 2))
    for index, midi in enumerate((45, 52, 57, 61, 64, 69)):
        hz = 440 * 2 ** ((midi - 69) / 12)
        tone = sum(np.sin(2 * np.pi * hz * partial * t + index) / partial**1.5 for partial in range(1, 9))
        tone = tone * np.exp(-3 * (t % 0.5))
        side = 0.15 + 0.7 * (index % 2)
        out += np.asarray(tone)[:, None] * np.array([[side, 1 - side]])
    return np.asarray(0.1 * out / out.std()).astype(np.float32)


def improvement_db(truth: Sound, estimate: Sound, mix: Sound) -> float:
    """By how much the estimate is nearer to the truth than the mix is, its level left aside."""

    def ratio_db(guess: Sound) -> float:
        a, b = truth.ravel().astype(float), guess.ravel().astype(float)
        part = (a @ b) / (a @ a) * a
        return float(10 * np.log10((part @ part) / ((part - b) @ (part - b))))

    return ratio_db(estimate) - ratio_db(mix)


def test_a_voice_comes_out_of_chords_in_stereo_and_in_mono(separator: BuiltinSeparator) -> None:
    voice = speaker()
    voice *= 0.1 / voice.std()
    mix = voice + chords(len(voice) / RATE_HZ)
    for truth, whole in ((voice, mix), (voice[:, :1], mix.mean(1, keepdims=True))):
        found = vocals(separator, whole)
        assert improvement_db(truth, found, whole) > 5.0
        assert 0.5 < np.square(found).sum() / np.square(truth).sum() < 1.5


@needs_listener
def test_what_sings_but_is_no_voice_is_left_in_the_band(
    separator: BuiltinSeparator, monkeypatch: pytest.MonkeyPatch
) -> None:
    mix = (musical_saw() + chords(4.0) * 0.7).mean(1, keepdims=True)
    assert np.square(vocals(separator, mix)).sum() < _GATE * np.square(mix).sum()
    monkeypatch.setattr(speech, "weights", lambda: b"")
    assert np.square(vocals(BuiltinSeparator(), mix)).sum() > 10 * _GATE * np.square(mix).sum()


def test_chords_alone_have_next_to_no_voice(separator: BuiltinSeparator) -> None:
    mix = chords()
    assert np.square(vocals(separator, mix)).sum() < 0.01 * np.square(mix).sum()


def test_a_melody_alone_is_taken_for_a_voice_and_leaves_next_to_nothing(separator: BuiltinSeparator) -> None:
    mix = musical_saw()
    assert np.square(mix - vocals(separator, mix)).sum() < 0.01 * np.square(mix).sum()


def test_a_band_alone_gives_next_to_no_vocals(separator: BuiltinSeparator, band: Sound) -> None:
    assert np.square(vocals(separator, band)).sum() < _GATE * np.square(band).sum()


@pytest.mark.parametrize("name", ["en-us", "de+f3", "it+m5"])
def test_a_speaker_alone_leaves_next_to_no_accompaniment(separator: BuiltinSeparator, name: str) -> None:
    both = speaker(name)
    for mix in (both[:, :1], both):
        assert np.square(mix - vocals(separator, mix)).sum() < _GATE * np.square(mix).sum()


@pytest.mark.parametrize("channels", [1, 2])
@pytest.mark.parametrize("samples", [0, 1, 700, RATE_HZ // 10])
def test_a_short_sound_keeps_its_shape(separator: BuiltinSeparator, samples: int, channels: int) -> None:
    mix = np.random.default_rng(1).normal(0, 0.1, (samples, channels)).astype(np.float32)
    assert np.isfinite(vocals(separator, mix)).all()


def test_silence_stays_silent(separator: BuiltinSeparator) -> None:
    assert not vocals(separator, np.zeros((RATE_HZ, 2), np.float32)).any()


def test_the_same_sound_gives_the_same_voice_whatever_came_before(separator: BuiltinSeparator) -> None:
    mix = musical_saw(2.0) + chords(2.0)
    first = vocals(separator, mix)
    vocals(separator, chords(1.0))
    assert np.array_equal(first, vocals(separator, mix))
    assert np.array_equal(first, vocals(BuiltinSeparator(), mix))


def test_clipped_input_gives_a_finite_voice(separator: BuiltinSeparator) -> None:
    assert np.isfinite(vocals(separator, np.clip(20 * (musical_saw(1.0) + chords(1.0)), -1, 1))).all()


@pytest.mark.parametrize("channels", [1, 2])
def test_a_spectrum_turns_back_into_its_sound(channels: int) -> None:
    sound = np.random.default_rng(2).normal(0, 0.1, (30_001, channels)).astype(np.float32)
    back = sound_of(spectrum(sound), len(sound))
    assert np.square(back - sound).sum() < 1e-9 * np.square(sound).sum()


def test_bands_spread_back_over_every_bin() -> None:
    ones = spread(np.ones((BANDS, 3), np.float32))
    assert np.allclose(ones, 1, atol=1e-5)
    assert np.allclose(pool(ones), 1, atol=1e-5)


def test_a_part_only_imagined_is_put_down_and_a_sure_one_kept() -> None:
    power = np.ones((8, 400), np.float32)
    faint = np.full_like(power, 0.3)
    (voice,) = settle(power, faint)
    assert np.allclose(voice, 10 ** (-24 / 20), rtol=0.02)
    (voice,) = settle(power, 1 - faint)
    assert np.allclose(1 - voice, 10 ** (-24 / 20), rtol=0.02)
    half = np.zeros_like(power)
    half[:4] = 1
    assert np.array_equal(settle(power, half)[0], half)


def test_a_sure_voice_that_does_not_sound_like_one_is_put_down_unless_it_is_alone() -> None:
    power = np.ones((8, 400), np.float32)
    half = np.zeros_like(power)
    half[:4] = 1
    assert np.array_equal(settle(power, half, heard=0.9)[0], half)
    (voice,) = settle(power, half, heard=0.1)
    assert np.allclose(voice[:4].mean(), 10 ** (-24 / 20) * 2**0.5, rtol=0.02)
    (voice,) = settle(power, np.full_like(power, 0.9), heard=0.0)
    assert (voice > 0.92).all()


def test_what_is_left_of_a_voice_for_a_moment_is_no_band_and_what_lasts_is_one() -> None:
    power = np.ones((8, 860), np.float32)
    mask = np.full_like(power, 0.95)
    mask[:2, -25:] = 0
    (voice,) = settle(power, mask)
    assert np.square(1 - voice[:, -25:]).mean() < _GATE
    mask[:2, -300:] = 0
    assert np.array_equal(settle(power, mask)[0][:, -200:], mask[:, -200:])


def test_both_who_listen_have_a_say_and_a_sure_listener_is_not_overruled() -> None:
    assert believed(1.0, 0.5) == believed(0.1, 0.8) == believed(0.6, None) == 1.0
    assert believed(0.1, 0.5) == believed(1.0, 0.1) == believed(0.1, None) == 0.0
    assert 0 < believed(1.0, 0.25) < 1
    assert 0 < believed(0.3, None) < 1


@pytest.mark.parametrize("has_listener", [True, False])
def test_the_samples_singer_is_believed_and_its_band_is_not(
    sung: Sound, band: Sound, monkeypatch: pytest.MonkeyPatch, has_listener: bool
) -> None:
    if not has_listener:
        monkeypatch.setattr(speech, "_PACKAGE", "silero_vad_is_not_installed")
    separator = BuiltinSeparator()

    def listened(sound: Sound) -> float:
        return separator.listen(sound, RATE_HZ, settings={}, report=lambda _share, _doing: None)

    assert listened(band + sung) > 0.5
    assert listened(sung) > 0.5
    assert listened(band) < 0.5


def test_the_samples_singer_alone_leaves_next_to_no_accompaniment(separator: BuiltinSeparator, sung: Sound) -> None:
    assert np.square(sung - vocals(separator, sung)).sum() < _GATE * np.square(sung).sum()


def test_what_was_heard_elsewhere_in_the_song_counts_here(separator: BuiltinSeparator) -> None:
    mix = (musical_saw() + chords(4.0) * 0.7).mean(1, keepdims=True)
    parts = separator.separate(
        mix,
        RATE_HZ,
        count=2,
        whole=replace(_WHOLE, heard=1.0),
        settings={},
        effort=Effort(),
        report=lambda _share, _doing: None,
    )
    assert np.square(parts).sum() > 10 * _GATE * np.square(mix).sum()


@needs_listener
def test_speech_is_heard_and_a_melody_or_chords_are_not() -> None:
    listener = Listener()

    def heard(sound: NDArray[np.float32]) -> float:
        found = listener.heard(sound)
        assert found is not None
        return found

    assert heard(speaker()[:, 0]) > 0.9
    assert heard(0.01 * speaker()[:, 0]) > 0.9
    for sound in (musical_saw()[:, 0], chords()[:, 0], np.zeros(RATE_HZ, np.float32), np.zeros(0, np.float32)):
        assert heard(np.ascontiguousarray(sound)) < 0.3


def test_without_its_package_the_listener_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    before = BuiltinSeparator().model_hash({})
    monkeypatch.setattr(speech, "_PACKAGE", "silero_vad_is_not_installed")
    assert speech.weights() == b""
    assert Listener().heard(np.zeros(RATE_HZ, np.float32)) is None
    assert (BuiltinSeparator().model_hash({}) == before) == (not _HAS_LISTENER)


def test_what_is_imagined_around_a_voice_is_put_down_where_it_is_far_from_it() -> None:
    power = np.ones((8, 1200), np.float32)
    mask = np.full_like(power, 0.2)
    mask[:4, 500:700] = 1
    mask[4:, 500:700] = 0
    (voice,) = settle(power, mask)
    assert np.array_equal(voice[:, 520:680], mask[:, 520:680])
    assert (voice[:, :300] < 0.1).all()
    assert (voice[:, 900:] < 0.1).all()
    assert np.abs(np.diff(voice[:, :490], axis=1)).max() < 0.02


def test_it_makes_two_stems_only(separator: BuiltinSeparator) -> None:
    assert separator.stems(2) == ("vocals", "accompaniment")
    with pytest.raises(ValueError, match="2 stems"):
        separator.stems(4)
    assert separator.model_hash({}) == BuiltinSeparator().model_hash({})
