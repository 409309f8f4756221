"""Our icons: drawn to one measure, there for every command, crisp and greyed where they should be."""

import re
from pathlib import Path

import pytest
from PySide6.QtGui import QIcon, QImage
from pytestqt.qtbot import QtBot

from studio import paths
from studio.commands import ALL
from studio.ui.icons import icon, picture
from studio.ui.theme import DARK, LIGHT

FILES = sorted((paths.resources() / "icons").glob("*.svg"))


@pytest.mark.parametrize("file", FILES, ids=[file.stem for file in FILES])
def test_an_icon_keeps_to_the_measure(file: Path) -> None:
    text = file.read_text(encoding="utf-8")

    assert 'viewBox="0 0 20 20"' in text
    assert 'stroke-width="1.5"' in text
    assert 'stroke-linecap="round"' in text
    assert set(re.findall(r"#[0-9a-fA-F]{3,8}", text)) == set(), "colours come from the theme"


def test_every_command_that_names_a_picture_has_one() -> None:
    drawn = {file.stem for file in FILES}
    assert {command.icon for command in ALL if command.icon} <= drawn


def pixels(image: QImage) -> list[int]:
    return [image.pixel(x, y) for x in range(image.width()) for y in range(image.height())]


def test_an_icon_is_drawn_anew_for_a_sharp_screen(qtbot: QtBot) -> None:
    assert picture("play", DARK, ratio=1.0).width() == 20
    assert picture("play", DARK, ratio=2.0).width() == 40
    assert picture("play", DARK, ratio=2.0).deviceIndependentSize().width() == 20


def test_an_icon_takes_the_colour_of_its_role(qtbot: QtBot) -> None:
    image = picture("record", DARK, "error", ratio=1.0).toImage()
    assert image.pixelColor(10, 10) == DARK.error


def test_what_is_disabled_looks_so(qtbot: QtBot) -> None:
    made = icon("record", LIGHT, "text")
    normal = made.pixmap(20, 20, QIcon.Mode.Normal).toImage().pixelColor(10, 10)
    disabled = made.pixmap(20, 20, QIcon.Mode.Disabled).toImage().pixelColor(10, 10)
    assert (normal, disabled) == (LIGHT.text, LIGHT.disabled)
