"""Every word can be read and every line that means something can be seen, in all themes."""

import pytest
from PySide6.QtGui import QColor

from studio.ui.theme import CONTRAST, DARK, LIGHT, Role, Theme, contrast

TEXT: tuple[Role, ...] = (
    "text",
    "secondary",
    "accent_text",
    "pitch_text",
    "engine_text",
    "good_text",
    "warning_text",
    "error_text",
)
LINES: tuple[Role, ...] = ("accent", "pitch", "engine", "good", "warning", "error", "text", "secondary")
GROUNDS: tuple[Role, ...] = ("app", "panel", "raised", "hover")
THEMES = pytest.mark.parametrize("theme", [DARK, LIGHT, CONTRAST], ids=["dark", "light", "contrast"])


def test_contrast_is_that_of_the_standard() -> None:
    assert contrast(QColor("#000000"), QColor("#FFFFFF")) == pytest.approx(21.0)
    assert contrast(QColor("#777777"), QColor("#FFFFFF")) == pytest.approx(4.48, abs=0.01)


@THEMES
@pytest.mark.parametrize("ground", GROUNDS)
@pytest.mark.parametrize("role", TEXT)
def test_words_can_be_read_on_every_ground(theme: Theme, role: Role, ground: Role) -> None:
    assert contrast(theme.role(role), theme.role(ground)) >= 4.5


@THEMES
@pytest.mark.parametrize("ground", GROUNDS)
@pytest.mark.parametrize("role", LINES)
def test_lines_that_mean_something_can_be_seen(theme: Theme, role: Role, ground: Role) -> None:
    assert contrast(theme.role(role), theme.role(ground)) >= 3.0


@THEMES
def test_words_can_be_read_on_what_is_filled_with_colour(theme: Theme) -> None:
    assert contrast(theme.on_accent, theme.accent_fill) >= 4.5
    assert min(contrast(theme.on_track, colour) for colour in theme.tracks) >= 4.5


@THEMES
def test_the_eight_tracks_stand_out_from_their_ground(theme: Theme) -> None:
    assert len(theme.tracks) == 8
    for colour in theme.tracks:
        assert contrast(colour, theme.app) >= 3.0
        assert contrast(colour, theme.panel) >= 3.0


@THEMES
def test_what_is_disabled_is_paler_than_what_is_not_and_still_there(theme: Theme) -> None:
    for ground in GROUNDS:
        assert contrast(theme.disabled, theme.role(ground)) < contrast(theme.secondary, theme.role(ground))
        assert contrast(theme.disabled, theme.role(ground)) >= 2.0


@pytest.mark.parametrize("ground", GROUNDS)
@pytest.mark.parametrize("role", TEXT)
def test_high_contrast_holds_seven_to_one_everywhere(role: Role, ground: Role) -> None:
    assert contrast(CONTRAST.role(role), CONTRAST.role(ground)) >= 7.0
    assert contrast(CONTRAST.on_accent, CONTRAST.accent_fill) >= 7.0
    assert min(contrast(CONTRAST.on_track, colour) for colour in CONTRAST.tracks) >= 7.0
    assert contrast(CONTRAST.line, CONTRAST.role(ground)) >= 3.0
