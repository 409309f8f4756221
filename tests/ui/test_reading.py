"""Reading sentences aloud in the dialog that makes a voice: real workers, and a microphone that hears eSpeak."""

import itertools
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from pytestqt.qtbot import QtBot

from studio import desktop
from studio.desktop import Studio
from studio.engines import espeak
from studio.engines.voice.frames import resampled
from studio.media import readings, voices
from studio.media.wav import MappedWav
from studio.ui.voices.reading_panel import ReadingPanel
from studio.ui.voices.voice_dialog import VoiceDialog
from tests.helpers import pulse
from tests.helpers.pulse import Pulse
from tests.ui.conftest import NewStudio
from tests.ui.test_accessibility import nameless

WAIT_MS = 120_000
RATE = 48000

pytestmark = pytest.mark.skipif(bool(pulse.missing()), reason=pulse.missing())


@pytest.fixture
def studio(stage: Pulse, new_studio: NewStudio) -> Studio:
    made = new_studio(recording={"device": "Monitor of booth"})
    made.begin()
    return made


@pytest.fixture
def dialog(studio: Studio) -> VoiceDialog:
    """The dialog, with the sentences to read in sight."""
    assert desktop.run(studio, "view.speak")
    opened = studio.window.parts.dialogs.new_voice()
    opened.read_aloud.click()
    return opened


def panel_of(dialog: VoiceDialog) -> ReadingPanel:
    assert dialog.panel is not None
    assert dialog.panel.isVisible()
    return dialog.panel


def said(text: str) -> Iterator[NDArray[np.float32]]:
    """Somebody who says this again and again, in blocks."""
    spoken = espeak.render(text, voice="en-us+m3", words_per_minute=220)
    sound = resampled(spoken.samples, spoken.rate_hz, RATE)
    blocks = len(sound) // 480
    both = np.repeat(sound[: blocks * 480, None], 2, axis=1) * np.float32(0.8)
    return itertools.cycle(np.split(both, blocks))


def recorded(studio: Studio) -> int:
    """So much of the sentence that is being read is safe."""
    taking = studio.transport.aside
    return 0 if taking is None else taking.frames


def test_what_is_read_aloud_is_recorded_and_becomes_a_voice_with_its_words(
    qtbot: QtBot, studio: Studio, stage: Pulse, dialog: VoiceDialog
) -> None:
    panel, reading = panel_of(dialog), dialog.reading
    first, second = reading.sentences[:2]
    stage.feed("booth", said(first))
    qtbot.waitUntil(lambda: panel.meter.is_still is False, timeout=WAIT_MS)
    assert panel.sentence.text() == first
    assert nameless(dialog) == []

    panel.go.click()
    qtbot.waitUntil(lambda: recorded(studio) > 2 * RATE, timeout=WAIT_MS)
    assert panel.go.text() == "Next sentence"
    assert panel.where.text() == "● Recording, sentence 1 of 24"
    panel.go.click()
    qtbot.waitUntil(lambda: len(dialog.list.rows) == 1 and recorded(studio) > 2 * RATE, timeout=WAIT_MS)
    assert panel.sentence.text() == second
    panel.stop.click()
    qtbot.waitUntil(lambda: len(dialog.list.rows) == 2, timeout=WAIT_MS)

    assert not studio.transport.recording
    assert [row.text for row in dialog.list.rows.values()] == [first, second]
    assert panel.sentence.text() == reading.sentences[2]
    for path in dialog.list.rows:
        sound = MappedWav.open(path)
        assert sound.length > 2 * RATE
        assert np.sqrt(np.mean(np.square(sound.frames))) > 0.01
    assert studio.document.project.media == ()

    panel.again.click()
    qtbot.waitUntil(lambda: recorded(studio) > 2 * RATE, timeout=WAIT_MS)
    assert panel.sentence.text() == second
    assert len(dialog.list.rows) == 1
    panel.stop.click()
    qtbot.waitUntil(lambda: len(dialog.list.rows) == 2, timeout=WAIT_MS)

    dialog.name.setText("Ada")
    dialog.consent.setPlainText("I agree.")
    qtbot.waitUntil(dialog.learn.isEnabled, timeout=WAIT_MS)
    with qtbot.waitSignal(studio.desk.voices.learnt, timeout=WAIT_MS):
        dialog.learn.click()
    (voice,) = voices.all_voices()
    assert [sample.text for sample in voice.samples] == [first, second]
    assert all(sample.length_s > 2 and not sample.heard_by for sample in voice.samples)
    qtbot.waitUntil(lambda: not list((readings.folder() / "takes").iterdir()), timeout=WAIT_MS)
    assert not studio.transport.microphone.metering


@pytest.mark.logs_errors
def test_a_sentence_survives_the_audio_engine(qtbot: QtBot, studio: Studio, stage: Pulse, dialog: VoiceDialog) -> None:
    panel = panel_of(dialog)
    stage.feed("booth", pulse.tone(220))
    qtbot.waitUntil(lambda: panel.meter.is_still is False, timeout=WAIT_MS)
    panel.go.click()
    qtbot.waitUntil(lambda: recorded(studio) > RATE, timeout=WAIT_MS)
    kept = recorded(studio)

    with qtbot.waitSignal(dialog.reading.broken, timeout=WAIT_MS) as told:
        os.kill(studio.live.pid, signal.SIGKILL)

    assert told.args is not None
    assert told.args[0].code == "reading.interrupted"
    (path,) = dialog.list.rows
    assert dialog.list.rows[path].text == ""
    assert MappedWav.open(path).length >= kept
    assert panel.sentence.text() == dialog.reading.sentences[0]
    qtbot.waitUntil(lambda: panel.go.isEnabled() and studio.transport.state is not None, timeout=WAIT_MS)

    panel.go.click()
    qtbot.waitUntil(lambda: recorded(studio) > RATE, timeout=WAIT_MS)
    dialog.close()
    qtbot.waitUntil(lambda: len(dialog.list.rows) == 2, timeout=WAIT_MS)
    assert Path(path).exists()
