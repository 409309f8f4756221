"""The windows of the separation before anything runs: they say what is missing, and everything has its name."""

from typing import get_args

import pytest
from msgspec.structs import replace
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog, QPushButton, QWidget

from studio.commands import BY_ID
from studio.protocol.common import EngineCard, Ready
from studio.protocol.jobs import CleanStep
from studio.protocol.messages import PROTOCOL
from studio.session.desk import Desk, Separation
from studio.session.recipes import Recipe
from studio.ui.separate.clean_dialog import CleanDialog
from studio.ui.separate.separate_dialog import SeparateDialog
from studio.ui.window import MainWindow

BUILT_IN = EngineCard(id="builtin", task="separate", name="built-in (basic)", licence="GPL", about="Basic.", stems=(2,))
DEMUCS = EngineCard(id="htdemucs", task="separate", name="Demucs", licence="MIT", about="Far better.", stems=(4, 2))
RNNOISE = EngineCard(id="rnnoise", task="denoise", name="RNNoise", licence="BSD", about="For speech.")
STEADY = EngineCard(
    id="spectral", task="denoise", name="Steady noise", licence="GPL", about="For hum.", can=("noise profile",)
)
ROOM = EngineCard(id="dereverb", task="dereverb", name="Less room", licence="GPL")
LACKING = replace(DEMUCS, id="six", name="Demucs, six stems", stems=(6, 4, 2), missing="It needs its weights.")


def choose(dialog: SeparateDialog, recipe: str) -> None:
    dialog.recipe_choice.show_value(recipe)
    dialog.recipe_choice.chosen.emit(recipe)


def greet(desk: Desk, *cards: EngineCard) -> None:
    """Let the engines be known, as a worker that became ready would."""
    ready = Ready(protocol=PROTOCOL, role="compute", pid=1, engines=cards)
    desk.engines.greet(ready)


def opened(window: MainWindow, page: Separation) -> QDialog:
    clip = next(window.desk.document.project.clips)
    window.desk.selection.set_clips([clip.id], window.desk.document.project)
    return window.parts.dialogs.separation(page)


def separate(window: MainWindow) -> SeparateDialog:
    dialog = opened(window, "separate")
    assert isinstance(dialog, SeparateDialog)
    return dialog


def test_everything_in_every_window_says_its_name_and_escape_closes_it(window: MainWindow) -> None:
    greet(window.desk, BUILT_IN, DEMUCS, RNNOISE, LACKING)
    for page in get_args(Separation):
        dialog = opened(window, page)
        fields = [one for one in dialog.findChildren(QWidget) if one.focusPolicy() & Qt.FocusPolicy.TabFocus]
        own = [one for one in fields if not one.objectName().startswith("qt_")]
        assert own
        for field in own:
            assert QAccessible.queryAccessibleInterface(field).text(QAccessible.Text.Name).strip(), (page, field)
        QTest.keyClick(dialog, Qt.Key.Key_Escape)
        assert not dialog.isVisible(), page


def test_the_commands_wait_for_the_engines(window: MainWindow) -> None:
    clip = next(window.desk.document.project.clips)
    window.desk.selection.set_clips([clip.id], window.desk.document.project)
    assert BY_ID["clip.separate"].unavailable(window.desk) == "The engines are still starting"
    greet(window.desk, BUILT_IN)
    assert BY_ID["clip.separate"].unavailable(window.desk) == ""
    assert BY_ID["clip.denoise"].unavailable(window.desk) == "There is no engine here that removes noise"


def test_only_what_an_engine_can_do_is_offered(window: MainWindow) -> None:
    greet(window.desk, BUILT_IN, DEMUCS)
    dialog = separate(window)
    assert (dialog.engines.values, dialog.count) == (("builtin",), 2)
    assert not dialog.counts  # two stems are no choice

    dialog.engines.choose(["htdemucs"])
    assert dialog.counts == (2, 4)
    dialog.choose_count(4)
    assert dialog.go.text() == "Separate into 4 stems"
    assert dialog.recipe == Recipe(engine="htdemucs", stems=4)
    dialog.close()


def test_an_engine_that_is_missing_says_why_and_cannot_be_chosen(window: MainWindow) -> None:
    greet(window.desk, LACKING)
    dialog = separate(window)
    assert dialog.engines.values == ()
    assert not dialog.go.isEnabled()
    assert dialog.go.toolTip() == "Choose an engine that can run here."
    (row,) = dialog.engines.rows
    assert row.isVisible()
    assert row.button.toolTip() == "It needs its weights."
    dialog.close()


def test_a_recipe_is_kept_under_its_name_and_taken_again(window: MainWindow) -> None:
    greet(window.desk, BUILT_IN, DEMUCS, RNNOISE)
    dialog = separate(window)
    dialog.engines.choose(["htdemucs"])
    dialog.choose_count(4)
    window.desk.separating.recipes.save("Band", dialog.recipe)
    dialog.engines.choose(["builtin"])
    dialog.recipe_choice.show_value("Band")
    dialog.recipe_choice.chosen.emit("Band")
    assert dialog.recipe == Recipe(engine="htdemucs", stems=4)
    dialog.close()


def test_a_ready_recipe_fills_in_the_dialog_and_says_what_it_is(window: MainWindow) -> None:
    greet(window.desk, BUILT_IN, DEMUCS, RNNOISE, ROOM)
    dialog = separate(window)
    choose(dialog, "ready: karaoke")
    assert dialog.recipe == Recipe(engine="builtin", stems=2, keep=("accompaniment",))
    assert dialog.go.text() == "Separate the accompaniment"

    choose(dialog, "ready: noisy-speech")
    chain = (CleanStep(engine="rnnoise", strength=0.9), CleanStep(engine="dereverb", strength=0.6))
    assert dialog.recipe == Recipe(engine="", stems=1, chain=chain)
    assert not dialog.engines.isVisible()
    assert (dialog.go.text(), dialog.go.isEnabled()) == ("Clean", True)

    choose(dialog, "")
    assert dialog.engines.isVisible()
    assert dialog.recipe == Recipe(engine="builtin")
    dialog.close()


def test_what_an_engine_is_lacking_for_is_not_offered(window: MainWindow) -> None:
    greet(window.desk, BUILT_IN, RNNOISE)
    dialog = separate(window)
    offered = [dialog.recipe_choice.itemText(place) for place in range(dialog.recipe_choice.count())]
    assert offered == ["As chosen here", "Karaoke"]
    dialog.close()


def test_an_own_recipe_gets_another_name_and_goes(window: MainWindow, monkeypatch: pytest.MonkeyPatch) -> None:
    greet(window.desk, BUILT_IN, ROOM)
    dialog = separate(window)
    names = iter(("Mine", "Ours"))
    monkeypatch.setattr(window.desk.asks, "text", lambda *_asked: next(names))
    choose(dialog, "ready: dry-vocal")
    buttons = {button.text(): button for button in dialog.findChildren(QPushButton)}
    assert not buttons["Rename…"].isVisible()
    buttons["Save…"].click()
    buttons["Rename…"].click()
    (own,) = window.desk.separating.recipes.all
    assert own.name == "Ours"
    assert own.recipe.keep == ("vocals",)
    assert dialog.recipe_choice.currentText() == "Ours"
    buttons["Remove"].click()
    assert window.desk.separating.recipes.all == ()
    assert not buttons["Remove"].isVisible()
    dialog.close()


def test_the_noise_is_learnt_from_a_selected_stretch_and_all_of_the_clip_is_cleaned(window: MainWindow) -> None:
    greet(window.desk, BUILT_IN, STEADY, RNNOISE)
    dialog = opened(window, "denoise")
    assert isinstance(dialog, CleanDialog)
    assert dialog.engines.values == ("spectral",)
    row, rate_hz = dialog.noise, window.desk.document.project.rate_hz
    assert not row.learn.isEnabled()

    window.desk.selection.set_range(2 * rate_hz, 3 * rate_hz)  # of clip a, which lies at 1 s and begins at 1 s
    assert [piece.clip.length for piece in dialog.pieces] == [rate_hz]
    row.learn.click()
    assert row.settings == {"noise_file": "media/tone.wav", "noise_start": 2 * rate_hz, "noise_length": rate_hz}
    assert [piece.clip.length for piece in dialog.pieces] == [3 * rate_hz]

    dialog.engines.choose(("rnnoise",))
    assert not row.isVisible()
    dialog.engines.choose(("spectral",))
    row.forget.click()
    assert row.settings == {}

    window.desk.selection.set_range(4 * rate_hz, 6 * rate_hz)  # beyond the clip
    assert not row.learn.isEnabled()
    dialog.close()
