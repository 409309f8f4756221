"""Overlays as they are drawn, without a screen."""

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from studio.capture.overlays import Item, Stack
from studio.capture.page_feed import Feed
from studio.capture.screen import Pixels
from studio.errors import StudioError
from studio.media.wav import Frames

SILENCE = np.zeros((48000, 2), np.float32)
VOICE = np.full((4800, 2), 0.3, np.float32)
QUIET, LOUD = (40, 80, 160), (200, 60, 20)


@pytest.fixture
def faces(tmp_path: Path) -> tuple[str, str]:
    """Two pictures of one colour each."""
    for name, colour in (("quiet.png", QUIET), ("loud.png", LOUD)):
        Image.new("RGB", (40, 40), colour).save(tmp_path / name)
    return str(tmp_path / "quiet.png"), str(tmp_path / "loud.png")


def drawn(stack: Stack, sound: Frames) -> Pixels:
    stack.hear(sound)
    (layer,) = stack.layers(0.0, 320, 240)
    return layer.picture


def middle(picture: Pixels) -> tuple[int, ...]:
    """Its colour, as red, green and blue."""
    blue, green, red = picture[10, 10, :3].tolist()
    return red, green, blue


def test_an_avatar_is_another_picture_while_somebody_speaks(faces: tuple[str, str]) -> None:
    quiet, loud = faces
    stack = Stack([Item("avatar", 0.0, 0.0, 0.5, 0.5, quiet, speaking=loud)])

    seen = [middle(drawn(stack, sound)) for sound in (SILENCE, VOICE, SILENCE)]

    assert seen == [QUIET, LOUD, QUIET]


def test_an_avatar_of_one_picture_is_brighter_while_somebody_speaks(faces: tuple[str, str]) -> None:
    stack = Stack([Item("avatar", 0.0, 0.0, 0.5, 0.5, faces[0])])

    assert max(middle(drawn(stack, SILENCE))) < 0.6 * max(QUIET)
    assert middle(drawn(stack, VOICE)) == QUIET
    assert (drawn(stack, VOICE)[..., 3][:100] == 255).any()


def test_an_avatar_without_its_picture_is_refused(faces: tuple[str, str], tmp_path: Path) -> None:
    with pytest.raises(StudioError, match=r"gone\.png"):
        Stack([Item("avatar", 0.0, 0.0, 0.5, 0.5, faces[0], speaking=str(tmp_path / "gone.png"))])


def test_a_page_has_both_pictures_of_an_avatar(faces: tuple[str, str]) -> None:
    quiet, loud = faces
    feed = Feed([Item("text", 0, 0, 0.5, 0.5, "Ada"), Item("avatar", 0, 0, 0.5, 0.5, quiet, speaking=loud)], None)
    try:
        places: list[dict[str, str]] = json.loads(json.dumps(feed.layout()["layout"]))
        text, avatar = places
        assert (text["picture"], text["speaking"]) == ("picture/1-0", "")
        assert feed.picture(avatar["picture"]) != feed.picture(avatar["speaking"])
        assert feed.picture(avatar["speaking"])
    finally:
        feed.close()


def test_lyrics_stand_in_the_middle() -> None:
    picture = drawn(Stack([Item("lyrics", 0.0, 0.0, 1.0, 0.2, "la")]), SILENCE)

    columns = np.flatnonzero(picture[..., 3].any(axis=0))
    assert abs((columns[0] + columns[-1]) / 2 - 160) < 6
    assert not drawn(Stack([Item("lyrics", 0.0, 0.0, 1.0, 0.2, "")]), SILENCE).any()
