"""The built-in voice, learnt from another voice of eSpeak whose every phone is known exactly."""

from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from studio.engines import espeak
from studio.engines.base import Mono, Reference
from studio.engines.voice import aligning, clear, learning
from studio.engines.voice.aligning import Pair
from studio.engines.voice.engine import BasicConverter, BasicVoice, OpenVoice, character_of
from studio.engines.voice.frames import HOP_S, analysed, compared, frame_count, synthesised
from studio.engines.voice.phones import segments_of
from studio.engines.voice.phrases import phrases
from studio.engines.voice.warping import path
from studio.errors import Cancelled, StudioError

TEXTS = ("The birch canoe slid on the smooth planks.", "Glue the sheet to the dark blue background.")
SAID = "The dark canoe slid to the sheet."


def quiet(fraction: float, stage: str) -> None:
    assert 0 <= fraction <= 1


def rendered(text: str, voice: str = "en-us+m3", words_per_minute: int = 150) -> espeak.Spoken:
    return espeak.render(text, voice=voice, words_per_minute=words_per_minute, pitch=35)


def reference(text: str, spoken_text: str | None = None) -> Reference:
    spoken = rendered(text)
    return Reference(spoken.samples, spoken.rate_hz, text if spoken_text is None else spoken_text)


@pytest.fixture(scope="module")
def learnt(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("voice") / "basic"
    BasicVoice().learn([reference(text) for text in TEXTS], folder, language="en-us", seed=0, report=quiet)
    return folder


@pytest.fixture(scope="module")
def voice(learnt: Path) -> OpenVoice:
    return BasicVoice().open(learnt, {})


def say(voice: OpenVoice, text: str, seed: int = 0, **settings: str | float) -> Mono:
    blocks = list(BasicVoice().speak(text, voice, settings=settings, seed=seed, report=quiet))
    return np.concatenate(blocks) if blocks else np.zeros(0, np.float32)


def middle_hz(sound: Mono, rate_hz: int) -> float:
    f0 = analysed(sound, rate_hz, aperiodic=False).f0_hz
    return float(np.median(f0[f0 > 0]))


def test_espeak_says_the_same_in_the_same_way_whatever_it_said_before() -> None:
    first = rendered(TEXTS[0], "en-us+f3")
    rendered(TEXTS[1], "en-us+m1")

    again = rendered(TEXTS[0], "en-us+f3")

    assert np.array_equal(first.samples, again.samples)
    assert first.phones == again.phones


def test_the_phones_of_a_rendering_follow_each_other_to_its_end() -> None:
    spoken = rendered(TEXTS[0])
    segments = segments_of(spoken)

    assert segments[0].start == 0
    assert segments[-1].stop == pytest.approx(len(spoken.samples) / spoken.rate_hz / HOP_S)
    assert segments[0].is_silence
    assert segments[-1].is_silence
    assert all(a.stop == b.start for a, b in pairwise(segments))


def test_a_reading_laid_over_itself_goes_straight() -> None:
    spoken = rendered(TEXTS[0])
    rows = compared(spoken.samples, spoken.rate_hz, frame_count(len(spoken.samples), spoken.rate_hz))

    way = path(rows, rows)

    assert np.array_equal(way[:, 0], way[:, 1])
    assert len(way) == len(rows)


def test_phones_are_found_in_another_voice_at_another_pace() -> None:
    pairs, truths = [], []
    for text in TEXTS:
        theirs, ours = rendered(text, "en-us+m3", 140), rendered(text, "en-us+f2", 175)
        frames = [
            compared(one.samples, one.rate_hz, frame_count(len(one.samples), one.rate_hz)) for one in (theirs, ours)
        ]
        pairs.append(Pair(frames[0], frames[1], segments_of(ours)))
        truths.append([segment for segment in segments_of(theirs) if not segment.is_silence])

    found = aligning.align(pairs, quiet)

    off = []
    for one, truth in zip(found, truths, strict=True):
        starts = [start for segment, start in zip(one.segments, one.starts, strict=True) if not segment.is_silence]
        assert len(starts) == len(truth)
        off += [abs(start - segment.start) * HOP_S for start, segment in zip(starts, truth, strict=True)]
    assert np.median(off) < 0.02
    assert np.percentile(off, 90) < 0.06


def test_world_gives_back_what_it_was_given() -> None:
    spoken = rendered(TEXTS[0])
    again = synthesised(analysed(spoken.samples, spoken.rate_hz), spoken.rate_hz)

    assert abs(len(again) - len(spoken.samples)) < 0.02 * spoken.rate_hz
    assert middle_hz(again, spoken.rate_hz) == pytest.approx(middle_hz(spoken.samples, spoken.rate_hz), rel=0.02)


@pytest.mark.timeout(900)
@pytest.mark.parametrize("character", ["clear", "alike", 0.5])
def test_a_learnt_voice_speaks_at_its_own_height(voice: OpenVoice, character: str | float) -> None:
    sound = say(voice, SAID, character=character)

    assert 1.0 < len(sound) / voice.rate_hz < 4.0
    assert 0.05 < np.abs(sound).max() <= 1.0
    wanted = middle_hz(rendered(SAID).samples, 22050)
    assert middle_hz(sound, voice.rate_hz) == pytest.approx(wanted, rel=0.15)


@pytest.mark.timeout(900)
@pytest.mark.parametrize("character", ["clear", "alike"])
def test_the_same_seed_repeats_a_take_and_another_changes_it(voice: OpenVoice, character: str) -> None:
    first = say(voice, SAID, 1, character=character)
    say(voice, TEXTS[0], 3, character=character)

    assert np.array_equal(first, say(voice, SAID, 1, character=character))
    other = say(voice, SAID, 2, character=character)
    assert len(first) != len(other) or not np.array_equal(first, other)


@pytest.mark.parametrize("character", ["clear", "alike"])
def test_a_stressed_word_is_louder_longer_and_higher_and_the_words_before_it_stay(
    voice: OpenVoice, character: str
) -> None:
    plain = say(voice, "We saw mountains.", character=character)
    strong = say(voice, "We saw *mountains*.", character=character)
    longer = len(strong) - len(plain)

    assert 0.05 * voice.rate_hz < longer < 0.5 * voice.rate_hz
    same = int(np.argmax(plain != strong[: len(plain)]))
    assert same > 0.1 * voice.rate_hz
    word, stressed_word = plain[same:], strong[same:]
    assert middle_hz(stressed_word, voice.rate_hz) / middle_hz(word, voice.rate_hz) > 1.08
    assert np.sqrt(np.mean(stressed_word**2)) / np.sqrt(np.mean(word**2)) > 1.15
    joint = strong[same - 1 : same + round(0.02 * voice.rate_hz)]
    assert np.abs(np.diff(joint)).max() < 1.2 * np.abs(np.diff(plain)).max()  # no click where it is put in


@pytest.mark.timeout(900)
def test_alike_speech_is_made_of_the_recordings(voice: OpenVoice) -> None:
    sound = say(voice, TEXTS[0], character="alike")
    recording = np.asarray(voice.reader.material.samples)

    piece = sound[len(sound) // 2 :][:400]
    alike = np.correlate(recording, piece, "valid")
    energy = np.convolve(recording.astype(np.float64) ** 2, np.ones(len(piece)), "valid")
    score = alike / np.sqrt(np.maximum(energy, 1e-9) * (piece.astype(np.float64) ** 2).sum())

    assert score.max() > 0.99


def test_speech_that_comes_in_pieces_is_the_same_as_in_one() -> None:
    spoken = rendered(f"{TEXTS[0]} {TEXTS[1]}")
    world = analysed(spoken.samples, spoken.rate_hz)

    pieces = list(clear._streamed(world, spoken.rate_hz))

    whole = synthesised(world, spoken.rate_hz)
    joined = np.concatenate(pieces)
    assert len(pieces) > 1
    assert len(pieces[0]) < 2 * spoken.rate_hz
    assert abs(len(joined) - len(whole)) <= 2
    hop = spoken.rate_hz // 50
    loudness = [
        np.sqrt((sound[: len(whole) // hop * hop - hop].reshape(-1, hop) ** 2).mean(1)) for sound in (joined, whole)
    ]
    assert np.abs(loudness[0] - loudness[1]).max() < 0.15 * loudness[1].max()
    steps = np.abs(np.diff(joined)).max()
    assert steps < 1.5 * np.abs(np.diff(whole)).max()


@pytest.mark.timeout(900)
def test_twice_the_speed_takes_about_half_the_time(voice: OpenVoice) -> None:
    usual, fast = say(voice, SAID, character="clear"), say(voice, SAID, character="clear", speed=2.0)

    assert 0.4 < len(fast) / len(usual) < 0.65


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Yes, of course.", ("Yes, of course.",)),
        ("No, " * 30, ("No, " * 5, "No, " * 5, "No, " * 5, "No, " * 15)),
        (
            "When the sheet was dry, we glued it to the blue background, and then it lay there for four long hours.",
            (
                "When the sheet was dry,",
                "we glued it to the blue background,",
                "and then it lay there for four long hours.",
            ),
        ),
        ("It has no mark " * 10, ("It has no mark " * 10,)),
        ("It cost 1,000,000 in the end and nobody could say any more what all of it had been for", None),
    ],
)
def test_a_long_sentence_comes_in_phrases(text: str, wanted: tuple[str, ...] | None) -> None:
    assert phrases(text) == tuple(one.strip() for one in wanted or (text,))


@pytest.mark.timeout(900)
@pytest.mark.parametrize("character", ["clear", "alike"])
def test_the_first_phrase_is_heard_before_the_others_are_thought_of(
    voice: OpenVoice, monkeypatch: pytest.MonkeyPatch, character: str
) -> None:
    asked: list[str] = []
    render = espeak.render

    def noted(text: str, **how: Any) -> espeak.Spoken:  # noqa: ANN401 as it was asked
        asked.append(text)
        return render(text, **how)

    monkeypatch.setattr(espeak, "render", noted)
    text = "The birch canoe slid on the smooth planks, and the sheet was glued to the dark blue background."
    speech = BasicVoice().speak(text, voice, settings={"character": character}, seed=0, report=quiet)

    first = next(speech)

    assert asked == ["The birch canoe slid on the smooth planks,"]
    rest = np.concatenate(list(speech))
    assert len(asked) == 2
    assert 3.0 < (len(first) + len(rest)) / voice.rate_hz < 10.0


@pytest.mark.timeout(900)
@pytest.mark.parametrize("text", ["", "...", "?!"])
def test_nothing_to_say_is_no_sound(voice: OpenVoice, text: str) -> None:
    assert len(say(voice, text)) == 0


@pytest.mark.timeout(900)
def test_converting_keeps_length_and_melody_and_moves_them_by_semitones(learnt: Path) -> None:
    engine = BasicConverter()
    voice = engine.open(learnt, {})
    spoken = espeak.render(SAID, voice="en-us+f3", pitch=60)
    source_hz = middle_hz(spoken.samples, spoken.rate_hz)

    by_itself = engine.convert(spoken.samples, spoken.rate_hz, voice, settings={}, report=quiet)
    up = engine.convert(spoken.samples, spoken.rate_hz, voice, settings={"transpose": 4.0}, report=quiet)

    assert len(by_itself) == len(up) == len(spoken.samples)
    assert middle_hz(up, spoken.rate_hz) == pytest.approx(source_hz * 2 ** (4 / 12), rel=0.03)
    own_hz = float(np.exp(voice.reader.facts.log_f0))
    assert middle_hz(by_itself, spoken.rate_hz) == pytest.approx(own_hz, rel=0.05)


@pytest.mark.timeout(900)
def test_where_there_is_no_voice_a_conversion_leaves_the_recording_alone(learnt: Path) -> None:
    engine = BasicConverter()
    voice = engine.open(learnt, {})
    breath = np.random.default_rng(0).normal(0, 0.05, 22050).astype(np.float32)

    made = engine.convert(breath, 22050, voice, settings={}, report=quiet)

    assert np.mean((made - breath) ** 2) < 0.05 * np.mean(breath**2)
    silence = np.zeros(22050, np.float32)
    assert not engine.convert(silence, 22050, voice, settings={}, report=quiet).any()


def test_a_voice_without_a_text_speaks_roughly(tmp_path: Path) -> None:
    engine = BasicVoice()
    engine.learn([reference(text, "") for text in TEXTS], tmp_path / "rough", language="en-us", seed=0, report=quiet)
    voice = engine.open(tmp_path / "rough", {})

    sound = say(voice, SAID)

    assert voice.units is None
    own_hz = float(np.exp(voice.reader.facts.log_f0))
    assert middle_hz(sound, voice.rate_hz) == pytest.approx(own_hz, rel=0.1)
    stressed = say(voice, SAID.replace("canoe", "*canoe*"))
    assert 0.03 * voice.rate_hz < len(stressed) - len(sound) < 0.4 * voice.rate_hz


def test_too_little_speech_is_said_to_be_too_little(tmp_path: Path) -> None:
    short = Reference(np.full(22050, 0.1, np.float32), 22050, "Hello.")

    with pytest.raises(StudioError) as error:
        BasicVoice().learn([short], tmp_path / "short", language="en-us", seed=0, report=quiet)

    assert error.value.explanation.code == "voice.short"
    assert "1.0 s" in error.value.explanation.cause


def test_learning_can_be_called_off(tmp_path: Path) -> None:
    def stop(fraction: float, stage: str) -> None:
        if fraction > 0:
            raise Cancelled

    with pytest.raises(Cancelled):
        learning.rough([reference(text, "") for text in TEXTS], language="en-us", seed=0, report=stop)


def test_a_broken_voice_says_so(tmp_path: Path) -> None:
    (tmp_path / "reader.json").write_text("{}")

    with pytest.raises(StudioError) as error:
        BasicVoice().open(tmp_path, {})

    assert error.value.explanation.code == "voice.unreadable"


def test_more_recordings_make_it_more_alike_unless_somebody_chose() -> None:
    assert character_of({}, 10) < character_of({}, 60) < character_of({}, 130) == 1.0
    assert character_of({"character": "clear"}, 130) < 1.0
    assert character_of({"character": 0.7}, 10) == 0.7
    assert character_of({"character": 7}, 10) == 1.0
