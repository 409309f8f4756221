"""Finding a command by a few letters."""

from hypothesis import given
from hypothesis import strategies as st

from studio.ui.fuzzy import ranked, score

TITLES = ["Zoom in", "Zoom out", "Zoom to selection", "Normal zoom", "Export sound…", "Select all", "Split", "Undo"]


def best(query: str) -> str:
    return ranked(query, TITLES, str)[0]


def test_the_first_letters_of_words_find_it() -> None:
    assert best("zi") == "Zoom in"
    assert best("zs") == "Zoom to selection"
    assert best("sel") == "Select all"
    assert best("exp") == "Export sound…"
    assert best("zoom") == "Zoom in"


def test_a_letter_that_is_missing_finds_nothing() -> None:
    assert score("xq", "Zoom in") is None
    assert ranked("qqq", TITLES, str) == []


def test_nothing_typed_leaves_the_order_alone() -> None:
    assert ranked("", TITLES, str) == TITLES


@given(text=st.text(min_size=1, max_size=30), data=st.data())
def test_letters_in_order_are_always_found(text: str, data: st.DataObject) -> None:
    places = sorted(data.draw(st.sets(st.integers(0, len(text) - 1), min_size=1)))
    query = "".join(text[place] for place in places)
    if query.casefold() == query and text.casefold() == text:  # ß becomes ss, and more letters than there were places
        assert score(query, text) is not None


@given(query=st.text(max_size=8), text=st.text(max_size=30))
def test_a_score_is_given_exactly_when_the_letters_are_there_in_order(query: str, text: str) -> None:
    rest = iter(text.casefold())
    there = all(letter in rest for letter in "".join(query.casefold().split()))
    assert (score(query, text) is not None) == there
