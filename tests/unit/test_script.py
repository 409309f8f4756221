import pytest

from studio.model.likeness import word_errors
from studio.model.script import BETWEEN_S, LONGEST, NEW_LINE_S, Pause, marks, pieces, said, sentences, stressed


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("One. Two! Three?", ["One.", "Two!", "Three?"]),
        ("Dr. Smith met Mrs. Jones. They left.", ["Dr. Smith met Mrs. Jones.", "They left."]),
        ("It costs 3.50 dollars. That is 1.5 times more.", ["It costs 3.50 dollars.", "That is 1.5 times more."]),
        ("J. R. R. Tolkien wrote it.", ["J. R. R. Tolkien wrote it."]),
        ("He came at 5 p.m. on Monday.", ["He came at 5 p.m. on Monday."]),
        ("Apples, pears etc. We ate them.", ["Apples, pears etc.", "We ate them."]),
        ("Wait... what is it? Nothing.", ["Wait... what is it?", "Nothing."]),
        ('"Stop!" he said. "Why?"', ['"Stop!" he said.', '"Why?"']),
        ("No end here", ["No end here"]),
        ("Version 2.0 is out. See e.g. page 4.", ["Version 2.0 is out.", "See e.g. page 4."]),
        ("So did I. She left.", ["So did I.", "She left."]),
        ("", []),
    ],
)
def test_a_text_is_cut_after_sentences_and_nowhere_else(text: str, parts: list[str]) -> None:
    assert list(sentences(text)) == parts


def test_pauses_are_made_and_never_read() -> None:
    row = pieces('Well [pause:0.5s] yes [250ms] and <break time="1s"/> no.\nNext.')

    assert row == (
        "Well",
        Pause(0.5),
        "yes",
        Pause(0.25),
        "and",
        Pause(1.0),
        "no.",
        Pause(NEW_LINE_S),
        "Next.",
    )


def test_tags_that_nobody_knows_are_left_out() -> None:
    assert pieces("Oh [laugh] that <emphasis>is</emphasis> good.") == ("Oh that is good.",)


def test_a_word_can_be_said_in_another_way_in_place_and_everywhere() -> None:
    assert pieces("[Melisma](meh liz ma) here.") == ("meh liz ma here.",)
    assert said("SQL and sql, not sqlite.", {"sql": "sequel"}) == "sequel and sequel, not sqlite."


def test_stressed_words_keep_their_asterisks_in_pairs_wherever_a_sentence_ends() -> None:
    assert pieces("I *never said* that. *Stop!* Now.") == (
        "I *never* *said* that.",
        Pause(BETWEEN_S),
        "*Stop*!",
        Pause(BETWEEN_S),
        "Now.",
    )
    assert pieces("*Dr. Who?*") == ("*Dr*. *Who*?",)
    assert pieces("*sql* here", {"sql": "sequel"}) == ("*sequel* here",)


def test_an_asterisk_that_stands_alone_is_one() -> None:
    for text in ("5 * 3 * 2 is thirty.", "A footnote* here.", "**"):
        assert stressed(text) == (text, ())
        assert [mark for mark in marks(text) if mark.kind == "stress"] == []


def test_what_is_stressed_is_known_by_its_letters() -> None:
    sentence = stressed("I *never* *said* that.")

    assert sentence.text == "I never said that."
    assert [sentence.text[start:stop] for start, stop in sentence.spans] == ["never", "said"]


def test_marks_are_found_where_they_are_written() -> None:
    text = "Well [0.5s] *not at all*."

    assert [(mark.kind, text[mark.start : mark.stop]) for mark in marks(text)] == [
        ("tag", "[0.5s]"),
        ("stress", "*not at all*"),
    ]


def test_sentences_have_a_breath_between_them() -> None:
    assert pieces("One. Two.") == ("One.", Pause(BETWEEN_S), "Two.")


def test_a_very_long_sentence_comes_in_chunks_that_lose_no_word() -> None:
    long = "word, " * 300

    chunks = [piece for piece in pieces(long) if isinstance(piece, str)]

    assert max(map(len, chunks)) <= LONGEST
    assert " ".join(chunks).split() == long.split()


@pytest.mark.parametrize("text", ["", "   \n\n ", "[pause:1s]", "...", "?! —"])
def test_nothing_to_say_is_no_sentence(text: str) -> None:
    assert not [piece for piece in pieces(text) if isinstance(piece, str)]


@pytest.mark.parametrize(
    ("wanted", "heard", "errors"),
    [("The cat sat.", "the cat sat", 0), ("The cat sat", "the sat", 1), ("a b c", "x a b c d", 2), ("one two", "", 2)],
)
def test_word_errors_are_counted_as_the_fewest_changes(wanted: str, heard: str, errors: int) -> None:
    assert word_errors(wanted, heard) == (errors, len(wanted.split()))
