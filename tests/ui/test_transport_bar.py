"""The transport shows what is on: looping, comparing, recording."""

from studio.model.edits import SetTrackGain
from studio.model.project import TrackId
from studio.session.compare import Compare
from studio.ui.theme import DARK
from studio.ui.window import MainWindow


def test_the_loop_button_is_pressed_while_looping_is_on(window: MainWindow) -> None:
    bar, transport = window.parts.transport, window.desk.transport
    dark = bar.loop.grab().toImage()

    bar.loop.click()
    assert (transport.loop_on, bar.loop.isChecked()) == (True, True)
    lit = bar.loop.grab().toImage()
    assert lit != dark
    colours = {lit.pixelColor(x, y).name() for x in range(lit.width()) for y in range(lit.height())}
    assert DARK.accent.name() in colours

    window.parts.actions.run("transport.loop")  # by its key
    assert (transport.loop_on, bar.loop.isChecked()) == (False, False)


def test_the_strip_says_which_side_is_heard_and_by_how_much_it_was_turned_down(window: MainWindow) -> None:
    compare, strip = window.desk.compare, window.parts.transport.compare
    assert strip.isHidden()

    window.desk.document.do(SetTrackGain(track=TrackId("vox"), gain_db=1.0))
    show_measured(compare, source_lufs=-20.0, result_lufs=-18.2)
    assert strip.isVisible()
    assert (strip.source.isChecked(), strip.result.isChecked()) == (True, False)
    assert strip.gain.text() == "0.0 dB matched"

    strip.result.click()
    assert (strip.source.isChecked(), strip.result.isChecked()) == (False, True)
    assert strip.gain.text() == "−1.8 dB matched"

    strip.result.click()  # the side that is heard already
    assert (strip.source.isChecked(), strip.result.isChecked()) == (False, True)

    strip.close_button.click()
    assert (strip.isVisible(), compare.comparing) == (False, False)


def show_measured(compare: Compare, *, source_lufs: float, result_lufs: float) -> None:
    """What the compute worker makes of it, which this window has not: see tests/unit/test_compare.py."""
    compare._source = compare._document.project
    compare._loudness = {"source": source_lufs, "result": result_lufs}
    compare._listen(True)
