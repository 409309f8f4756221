"""The list of models: what it shows of each, and that everything in it says its name."""

from pathlib import Path

import pytest
from msgspec.structs import replace
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from studio.commands import BY_ID
from studio.commands.run import run
from studio.protocol.models import ModelCard, ModelFileCard
from studio.session.models import Models
from studio.ui.models.models_dialog import ModelsDialog
from studio.ui.window import MainWindow
from tests.helpers.model_server import publisher, safetensors

ABSENT = ModelCard(
    id="net",
    name="Net",
    engine="pocket-tts",
    publisher="Here",
    licence="MIT",
    page="https://example.org",
    languages=("en",),
    about="A test.",
    size_bytes=470_000_000,
    memory_bytes=1_100_000_000,
    state="absent",
    recommended=True,
)
PARTLY = replace(ABSENT, id="partly", name="Half", state="partly", have_bytes=41_000_000)
TERMS = replace(ABSENT, id="terms", name="With terms", terms="https://example.org/terms")
HERE = replace(
    ABSENT,
    id="here",
    name="Installed one",
    state="installed",
    folder="/nowhere",
    files=(ModelFileCard(name="a.onnx", size_bytes=1, sha256="ab" * 32, checked_by="publisher"),),
)
DAMAGED = replace(HERE, id="damaged", name="Damaged one", state="damaged")


def shown(window: MainWindow, *cards: ModelCard) -> ModelsDialog:
    """The dialog as it is when the worker has answered with these; the worker itself is never started."""
    models: Models = window.desk.models
    models._worker.start = lambda: None  # type: ignore[method-assign]
    run(BY_ID["file.models"], window.desk)
    models._cards = {card.id: card for card in cards}
    models.phase = "known"
    models.changed.emit()
    return window.parts.dialogs.models()


def test_each_state_offers_what_can_be_done(window: MainWindow) -> None:
    dialog = shown(window, ABSENT, PARTLY, TERMS, HERE, DAMAGED)
    net, partly, terms, here, damaged = (dialog.model_row(card.id) for card in (ABSENT, PARTLY, TERMS, HERE, DAMAGED))
    assert (net.get.isHidden(), net.delete.isHidden(), net.page.isHidden()) == (False, True, True)
    assert partly.get.text() == "Go on"
    assert not partly.delete.isHidden()
    assert (terms.get.isHidden(), terms.page.isHidden()) == (True, False)
    assert (here.get.isHidden(), here.check.isHidden(), here.delete.isHidden()) == (True, False, False)
    assert not damaged.delete.isHidden()
    assert all(row.stop.isHidden() for row in (net, partly, terms, here, damaged))


def test_everything_says_its_name_and_escape_closes_it(window: MainWindow) -> None:
    dialog = shown(window, ABSENT, PARTLY, TERMS, HERE)
    fields = [one for one in dialog.findChildren(QWidget) if one.focusPolicy() & Qt.FocusPolicy.TabFocus]
    for field in (one for one in fields if not one.objectName().startswith("qt_")):
        assert QAccessible.queryAccessibleInterface(field).text(QAccessible.Text.Name).strip(), field
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert dialog.isHidden()


def test_a_window_that_nobody_looked_at_starts_no_worker(window: MainWindow) -> None:
    assert "models" not in window.desk.__dict__


def test_a_download_is_watched_stopped_and_gone_on_with(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STUDIO_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("STUDIO_CONFIG", str(tmp_path / "config"))
    with publisher() as here:
        here.files = {"model.safetensors": safetensors(1 << 20, 0)}
        here.write_list(tmp_path / "config", here.entry())
        here.faults = [("hold", 1 << 19)]
        models = window.desk.models
        try:
            dialog = window.parts.dialogs.models()
            qtbot.waitUntil(lambda: any(card.id == "net" for card in models.cards), timeout=60_000)
            row = dialog.model_row("net")
            row.get.click()
            qtbot.waitUntil(here.reached.is_set, timeout=60_000)
            qtbot.waitUntil(lambda: not row.stop.isHidden(), timeout=60_000)
            row.stop.click()
            qtbot.waitUntil(lambda: row.get.text() == "Go on" and not row.get.isHidden(), timeout=60_000)
            here.go_on.set()
            row.get.click()
            with qtbot.waitSignal(models.rearranged, timeout=60_000):
                pass
            assert not row.check.isHidden()
        finally:
            window.desk.close_models()
