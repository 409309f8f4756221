"""A clip comes apart by one button: the real window, the real worker, short sounds."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from studio import desktop, paths
from studio.desktop import Studio
from studio.errors import Explanation
from studio.media.wav import Frames, MappedWav
from studio.model.project import Clip
from studio.protocol.jobs import ExportSpec, Separated
from studio.protocol.messages import Result
from studio.session import opening
from studio.session.jobs import JobRow
from studio.session.recipes import Recipe
from studio.session.stems import pieces
from studio.ui.messages import ExplanationView
from studio.ui.separate.clean_dialog import CleanDialog
from studio.ui.separate.compare_dialog import CompareDialog
from studio.ui.separate.separate_dialog import SeparateDialog
from tests.helpers import sounds
from tests.ui.conftest import NewStudio

RATE = 44100
WAIT_MS = 60_000


def song(length_s: float) -> Frames:
    """A voice in the middle and noise at the sides."""
    length = round(length_s * RATE)
    voice = np.repeat(sounds.buzz(length, RATE, gain=0.2), 2, axis=1)
    return np.asarray(voice + sounds.noise(length, 2, gain=0.05), np.float32)


@pytest.fixture
def studio(qtbot: QtBot, new_studio: NewStudio, tmp_path: Path) -> Studio:
    """The window on a new project with three seconds of song on a track, which is selected."""
    made = new_studio()
    opening.open_new(made.desk)
    made.window.fill(made.desk)
    made.window.show()
    with qtbot.waitSignal(made.compute.ready, timeout=WAIT_MS):
        made.compute.start()
    bring(qtbot, made, tmp_path / "song.wav", 3.0)
    return made


def bring(qtbot: QtBot, studio: Studio, path: Path, length_s: float) -> Clip:
    """Import a song and select its clip."""
    soundfile.write(path, song(length_s), RATE, subtype="FLOAT")
    with qtbot.waitSignal(studio.importing.imported, timeout=WAIT_MS):
        studio.importing.add([path])
    idle(qtbot, studio)
    clip = studio.document.project.tracks[-1].clips[0]
    studio.selection.set_clips([clip.id], studio.document.project)
    return clip


def idle(qtbot: QtBot, studio: Studio) -> None:
    qtbot.waitUntil(lambda: not studio.jobs.busy, timeout=WAIT_MS)


def open_dialog(studio: Studio) -> SeparateDialog:
    assert desktop.run(studio, "clip.separate")
    dialog = studio.window.parts.dialogs.separation("separate")
    assert isinstance(dialog, SeparateDialog)
    return dialog


def try_it(qtbot: QtBot, studio: Studio, dialog: SeparateDialog) -> None:
    """Preview: it is heard, the project stays as it is, and nothing is left of it."""
    before = studio.document.project
    files = set((studio.document.folder / "media").iterdir())
    dialog.tryout.button.click()
    qtbot.waitUntil(lambda: set(dialog.tryout.versions) == {"source", "vocals", "accompaniment"}, timeout=WAIT_MS)
    idle(qtbot, studio)
    assert studio.document.project is before
    assert set((studio.document.folder / "media").iterdir()) > files

    dialog.tryout.versions["vocals"].click()
    auditioned = studio.transport.auditioned
    assert auditioned is not None
    assert [media.name for media in auditioned.media] == ["vocals"]

    dialog.close()
    assert studio.transport.auditioned is None
    assert set((studio.document.folder / "media").iterdir()) == files


def heard(studio: Studio, clip: Clip) -> Frames:
    """The samples of a clip's sound."""
    wav = MappedWav.open(studio.document.folder / studio.document.project.medium(clip.media).file)
    return np.array(wav.frames[clip.source_start : clip.source_end])


def test_after_a_preview_one_button_puts_stems_below_the_clip_that_add_up_to_it(qtbot: QtBot, studio: Studio) -> None:
    (source,) = studio.document.project.clips
    dialog = open_dialog(studio)
    try_it(qtbot, studio, dialog)

    steps = studio.document.position
    dialog = open_dialog(studio)
    assert dialog.go.isEnabled()
    with qtbot.waitSignal(studio.desk.separating.landed, timeout=WAIT_MS):
        dialog.go.click()
    assert not dialog.isVisible()

    first, *made = studio.document.project.tracks
    assert [track.name for track in made] == ["Vocals, built-in (basic)", "Accompaniment, built-in (basic)"]
    assert first.muted
    assert [(track.clips[0].start, track.clips[0].length) for track in made] == [(source.start, source.length)] * 2
    residual = heard(studio, source) - sum(heard(studio, track.clips[0]) for track in made)
    assert 20 * np.log10(np.abs(residual).max() + 1e-12) < -90

    assert studio.document.position == steps + 1
    studio.document.undo()
    assert [track.muted for track in studio.document.project.tracks] == [False]


def test_the_inspector_mixes_the_stems_and_makes_them_again(qtbot: QtBot, studio: Studio) -> None:
    (source,) = studio.document.project.clips
    with qtbot.waitSignal(studio.desk.separating.landed, timeout=WAIT_MS):
        studio.desk.separating.separate([source.id], Recipe())
    mixer = studio.window.parts.right.inspector.stems
    assert not mixer.isHidden()
    vocals = next(iter(mixer.rows.values()))
    vocals.solo.click()
    assert [track.soloed for track in studio.document.project.tracks] == [False, True, False]
    vocals.gain.setValue(-60)
    assert studio.document.project.tracks[1].gain_db == -6.0

    mixer.hear.click()
    assert [track.muted for track in studio.document.project.tracks] == [False, True, True]
    mixer.hear.click()
    assert [track.muted for track in studio.document.project.tracks] == [True, False, False]

    with qtbot.waitSignal(studio.desk.separating.landed, timeout=WAIT_MS):
        mixer.again.click()
    assert len(studio.document.project.tracks) == 5
    again = studio.document.project.tracks[1].clips[0]
    assert np.array_equal(heard(studio, again), heard(studio, studio.document.project.tracks[3].clips[0]))


def test_what_was_stopped_goes_on_where_it_was(qtbot: QtBot, studio: Studio, tmp_path: Path) -> None:
    long = bring(qtbot, studio, tmp_path / "long.wav", 30.0)
    results: list[Result] = []
    studio.jobs.finished.connect(lambda _row, result: results.append(result))
    with qtbot.waitSignal(studio.desk.separating.grew, timeout=WAIT_MS):
        (job,) = studio.desk.separating.separate([long.id], Recipe())
    inspector = studio.window.parts.right.inspector
    assert not inspector.growing.isHidden()
    timeline = studio.window.parts.timeline
    lanes, heads = timeline.canvas.growing.lanes, timeline.heads.lanes
    assert [lane.title for lane in lanes] == ["Vocals", "Accompaniment"]
    source = timeline.sight.rows.all[-1]
    assert [head.y() for head in heads] == [source.bottom, source.bottom + source.height]
    qtbot.waitUntil(lambda: all(lane.wave.length_s > 1 for lane in lanes), timeout=WAIT_MS)
    loudest = [lane.wave.columns(0.0, 1.0, 1)[0, 0] for lane in lanes]
    assert all(0.01 < peak < 0.9 for peak in loudest), loudest
    heads[0].hear.click()
    auditioned = studio.transport.auditioned
    assert auditioned is not None
    assert [media.name for media in auditioned.media] == ["vocals"]
    assert heads[0].hear.isChecked()
    heads[0].hear.click()
    assert studio.transport.auditioned is None
    studio.jobs.cancel(job)
    qtbot.waitUntil(lambda: state(studio.jobs.row(job)) == "stopped", timeout=WAIT_MS)
    assert inspector.growing.isHidden()
    assert timeline.heads.lanes == ()
    assert timeline.sight.rows.height == timeline.sight.rows.all[-1].bottom
    assert len(studio.document.project.tracks) == 2

    with qtbot.waitSignal(studio.desk.separating.landed, timeout=WAIT_MS):
        studio.jobs.retry(job)
    idle(qtbot, studio)
    (done,) = [result for result in results if isinstance(result, Separated)]
    assert done.spent.resumed > 0.3
    assert len(studio.document.project.tracks) == 4


def test_a_sound_that_is_gone_is_called_by_the_name_that_the_person_knows(qtbot: QtBot, studio: Studio) -> None:
    project = studio.document.project
    clip = project.tracks[0].clips[0]
    (studio.document.folder / project.medium(clip.media).file).unlink()
    with qtbot.waitSignal(studio.jobs.failed, timeout=WAIT_MS):
        studio.desk.separating.separate([clip.id], Recipe())
    (banner,) = studio.window.parts.banners.findChildren(ExplanationView)
    said = [label.text() for label in banner.findChildren(QLabel)]
    assert "“song” was not found." in said


def state(row: JobRow | None) -> str:
    return row.state if row is not None else ""


def test_a_cleaned_clip_takes_the_place_of_the_noisy_one_and_is_compared_with_it(qtbot: QtBot, studio: Studio) -> None:
    (noisy,) = studio.document.project.clips
    assert desktop.run(studio, "clip.denoise")
    dialog = studio.window.parts.dialogs.separation("denoise")
    assert isinstance(dialog, CleanDialog)
    assert dialog.engines.values == ("spectral",)
    dialog.slider.setValue(100)
    with qtbot.waitSignal(studio.desk.separating.landed, timeout=WAIT_MS):
        dialog.go.click()

    (clean,) = studio.document.project.clips
    assert (clean.start, clean.length) == (noisy.start, noisy.length)
    lineage = studio.document.project.medium(clean.media).lineage
    assert lineage is not None
    assert (lineage.engine, lineage.settings["strength"]) == ("spectral", 1.0)
    assert not np.array_equal(heard(studio, clean), heard(studio, noisy))
    assert studio.desk.compare.why_not() == ""
    assert studio.desk.compare.position == studio.document.position - 1
    studio.document.undo()
    assert list(studio.document.project.clips) == [noisy]


def test_engines_get_letters_until_the_ear_has_chosen(qtbot: QtBot, studio: Studio) -> None:
    dialog = studio.window.parts.dialogs.separation("compare")
    assert isinstance(dialog, CompareDialog)
    assert not dialog.go.isEnabled()  # one engine alone is no comparison

    (piece,) = pieces(studio.document.project, studio.selection.clips)
    failures: list[Explanation] = []
    dialog.trial.failed.connect(failures.append)
    dialog.trial.begin(piece, ["builtin", "no such engine"], 2)
    qtbot.waitUntil(lambda: [why.code for why in failures] == ["trial.too_few"], timeout=WAIT_MS)

    dialog.trial.begin(piece, ["builtin", "builtin"], 2)
    qtbot.waitUntil(lambda: dialog.trial.state == "listening", timeout=WAIT_MS)
    assert [dialog.trial.engine_of(letter) for letter in dialog.trial.letters] == ["", ""]
    assert dialog.trial.media("A", "vocals")[1] == dialog.trial.media("B", "vocals")[1] == 0.0
    dialog.trial.choose("B")
    assert dialog.trial.engine_of("B") == "builtin"
    assert dialog.go.text() == "Separate with built-in (basic)"
    with qtbot.waitSignal(studio.desk.separating.landed, timeout=WAIT_MS):
        dialog.go.click()
    assert len(studio.document.project.tracks) == 3


def test_two_engines_are_compared_blindly_and_equally_loud_on_a_part_of_a_long_clip(
    qtbot: QtBot, studio: Studio, tmp_path: Path
) -> None:
    """The built-in engine beside a small network of Demucs's architecture that was never trained."""
    weights = paths.data() / "models" / "demucs" / "htdemucs.safetensors"
    weights.parent.mkdir(parents=True)
    subprocess.run([sys.executable, "-m", "tests.helpers.untrained", str(weights)], check=True)
    with qtbot.waitSignal(studio.compute.ready, timeout=WAIT_MS):
        studio.compute.restart()
    studio.settings.change("separation", preview_s=5.0)
    long = bring(qtbot, studio, tmp_path / "long.wav", 40.0)
    studio.selection.set_clips([long.id], studio.document.project)
    studio.transport.seek(30 * studio.document.project.rate_hz)
    before = set((studio.document.folder / "media").iterdir())

    assert desktop.run(studio, "clip.compare_engines")
    dialog = studio.window.parts.dialogs.separation("compare")
    assert isinstance(dialog, CompareDialog)
    dialog.engines.choose(("builtin", "htdemucs"))
    assert dialog.go.text() == "Compare 2 engines"
    trial, whys = dialog.trial, []
    studio.jobs.failed.connect(lambda row: whys.append(row.why))
    dialog.go.click()
    qtbot.waitUntil(lambda: trial.state == "listening" or bool(whys), timeout=4 * WAIT_MS)
    assert whys == []

    assert trial.letters == ("A", "B")
    assert trial.piece is not None
    rate_hz = studio.document.project.rate_hz
    assert (trial.piece.clip.start - long.start, trial.piece.clip.length) == (30 * rate_hz, 5 * rate_hz)
    assert dialog._page.height() >= dialog._page.sizeHint().height() >= 3 * dialog._hears["A"].height()
    words = " ".join(label.property("text") or "" for label in dialog.findChildren(QLabel) if label.isVisible())
    assert "Demucs" not in words
    assert "built-in" not in words
    heard_db = []
    for letter in trial.letters:
        media, gain_db = trial.media(letter, "vocals")
        sound = MappedWav.open(studio.document.folder / media.file).frames
        heard_db.append(10 * np.log10(np.mean(np.square(sound, dtype=np.float64))) + gain_db)
        assert gain_db <= 0
    assert trial.media("A", "vocals")[0].id != trial.media("B", "vocals")[0].id
    assert abs(heard_db[0] - heard_db[1]) < 0.1
    for letter in ("A", "B", "source"):
        dialog._hears[letter].click()
        assert studio.transport.auditioned is not None
    dialog._hears["source"].click()

    dialog._prefers["A"].click()
    assert {trial.engine_of(letter) for letter in trial.letters} == {"builtin", "htdemucs"}
    dialog.close()
    assert set((studio.document.folder / "media").iterdir()) == before


def test_a_batch_writes_stems_of_every_file_and_tries_a_broken_one_again(
    qtbot: QtBot, studio: Studio, tmp_path: Path
) -> None:
    folder, out = tmp_path / "in", tmp_path / "out"
    folder.mkdir()
    good, broken = folder / "a good one.wav", folder / "broken.wav"
    soundfile.write(good, song(2.0), RATE)
    broken.write_bytes(b"This was a song once. " * 100)
    batch = studio.desk.separating.batch
    assert batch.add([folder]) == 2
    with qtbot.waitSignal(batch.ended, timeout=WAIT_MS):
        batch.start(Recipe(), out, ExportSpec(container="wav", sample_format="int16"))
    assert [row.state for row in batch.rows] == ["done", "failed"]
    assert batch.rows[1].why is not None
    assert batch.rows[1].why.cause
    assert sorted(path.name for path in (out / "a good one").iterdir()) == ["accompaniment.wav", "vocals.wav"]
    assert soundfile.info(out / "a good one" / "vocals.wav").samplerate == RATE

    soundfile.write(broken, song(2.0), RATE)
    with qtbot.waitSignal(batch.ended, timeout=WAIT_MS):
        batch.retry_failed()
    assert [row.state for row in batch.rows] == ["done", "done"]
    assert (out / "broken" / "vocals.wav").is_file()
