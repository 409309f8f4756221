"""Which voices a list shows: few are read, many are searched, and the one in use is always there."""

from studio.protocol.common import EngineCard, VoiceCard
from studio.ui.voices.voice_rows import MANY, VoiceRow, rows


def engine(id: str, *voices: tuple[str, str, str], missing: str = "") -> EngineCard:
    cards = tuple(VoiceCard(id=voice, name=name, language=language) for voice, name, language in voices)
    return EngineCard(id=id, task="speak", name=id.title(), licence="", voices=cards, missing=missing)


LANGUAGES = tuple((f"x{number}", f"Language {number}", f"x{number}") for number in range(MANY))
MANY_VOICES = engine(
    "many", ("de", "German", "de"), ("de+f", "German, Annie", "de"), ("en-us", "English (America)", "en-us"), *LANGUAGES
)
FEW_VOICES = engine("few", ("aunt", "Tante Agathe", "de"))
GONE = engine("gone", ("nobody", "Nobody", "de"), missing="It is not installed.")


def names(found: tuple[VoiceRow, ...], kind: str = "voice") -> list[str]:
    return [row.text for row in found if row.kind == kind]


def test_of_many_voices_those_in_the_persons_language_are_read_and_the_others_searched() -> None:
    cards = (MANY_VOICES, GONE, FEW_VOICES)
    found = rows((), cards, "", ("", ""), "de-at")

    assert names(found) == ["Tante Agathe", "German", "German, Annie"]
    assert names(found, "title") == ["Few", "Many"]
    assert names(found, "note") == [f"{MANY + 1} more: search by language"]
    assert names(rows((), cards, "", ("", ""), "en-us")) == ["Tante Agathe", "English (America)"]
    assert names(rows((), cards, "annie GERMAN", ("", ""), "en-us")) == ["German, Annie"]
    assert names(rows((), cards, "few", ("", ""), "en-us")) == ["Tante Agathe"]
    assert rows((), cards, "Klingon", ("", ""), "en-us") == (VoiceRow("note", "No voice is called that"),)


def test_the_voice_in_use_is_listed_whatever_language_it_speaks() -> None:
    found = rows((), (MANY_VOICES,), "", ("many", "x3"), "de")

    assert names(found) == ["German", "German, Annie", "Language 3"]
    assert names(found, "note") == [f"{MANY} more: search by language"]


def test_without_engines_and_voices_there_is_nothing() -> None:
    assert rows((), (), "", ("", ""), "de") == ()
