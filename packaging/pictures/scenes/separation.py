"""A song that comes apart."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from scenes.base import ROOT, Place, Shots

if TYPE_CHECKING:
    from studio.desktop import Studio
    from studio.model.project import TrackId
    from studio.session.desk import Separation
    from studio.ui.separate.separate_dialog import SeparateDialog


def shots(place: Place) -> Shots:
    """A song that comes apart: asked how, landed, several files at once, compared, and what can go wrong."""
    picture, folder, sample = place
    mix = sample.parent / "mix.wav"

    def of(prepare: Callable[["Studio"], None], theme: str = "dark") -> Callable[[Path], None]:
        return lambda png: picture(None, png, theme=theme, files=[mix], prepare=prepare, wait_s=300)

    return {
        "separate-dialog-dark": of(ask_how),
        "separate-dialog-light": of(ask_how, "light"),
        "separate-missing-dark": of(ask_what_is_missing),
        "separate-stems-dark": of(take_apart),
        "separate-stems-light": of(take_apart, "light"),
        "separate-growing-dark": lambda png: while_it_grows(picture, mix, png, "dark"),
        "separate-growing-light": lambda png: while_it_grows(picture, mix, png, "light"),
        "separate-recipe-dark": of(take_a_recipe),
        "separate-recipe-light": of(take_a_recipe, "light"),
        "separate-noise-dark": of(learn_the_noise),
        "separate-noise-light": of(learn_the_noise, "light"),
        "separate-listening-dark": of(compare_two),
        "separate-listening-light": of(compare_two, "light"),
        "separate-unfinished-dark": of(offer_to_go_on),
        "separate-unfinished-light": of(offer_to_go_on, "light"),
        "separate-compare-dark": of(lambda studio: open_page(studio, "compare")),
        "separate-error-dark": of(take_apart_what_is_gone),
        "separate-files-dark": of(lambda studio: work_on_files(studio, folder, mix)),
        "separate-files-empty-light": of(lambda studio: open_page(studio, "batch"), "light"),
    }


def open_page(studio: "Studio", page: "Separation") -> None:
    """Select the song and open one of the windows beside the window."""
    studio.selection.set_clips((next(studio.document.project.clips).id,), studio.document.project)
    studio.desk.asks.separation(page)


def ask_how(studio: "Studio") -> None:
    """The dialog with a preview that is ready to be heard."""
    opened(studio).tryout.button.click()


def ask_what_is_missing(studio: "Studio") -> None:
    """The dialog with the engines that cannot run here unfolded."""
    opened(studio).engines.unfold()


def take_a_recipe(studio: "Studio") -> None:
    """The dialog with one of the recipes that come with the program."""
    dialog = opened(studio)
    dialog.recipe_choice.show_value("ready: voice-for-cloning")
    dialog.recipe_choice.chosen.emit("ready: voice-for-cloning")


def opened(studio: "Studio") -> "SeparateDialog":
    """The dialog that asks how the song should come apart."""
    from studio.ui.separate.separate_dialog import SeparateDialog

    open_page(studio, "separate")
    dialog = studio.window.parts.dialogs.separation("separate")
    assert isinstance(dialog, SeparateDialog)
    return dialog


def learn_the_noise(studio: "Studio") -> None:
    """The dialog after it was shown where nothing but the noise is heard."""
    from studio.ui.separate.clean_dialog import CleanDialog

    open_page(studio, "denoise")
    rate_hz = studio.document.project.rate_hz
    studio.selection.set_range(31 * rate_hz, 32 * rate_hz)
    dialog = studio.window.parts.dialogs.separation("denoise")
    assert isinstance(dialog, CleanDialog)
    dialog.noise.learn.click()


def compare_two(studio: "Studio") -> None:
    """Two engines to be heard without their names: the built-in one, and a small untrained network as Demucs."""
    from PySide6.QtCore import QEventLoop

    from studio import paths
    from studio.ui.separate.compare_dialog import CompareDialog

    weights = paths.data() / "models" / "demucs" / "htdemucs.safetensors"
    weights.parent.mkdir(parents=True, exist_ok=True)
    if not weights.is_file():
        subprocess.run([sys.executable, "-m", "tests.helpers.untrained", str(weights)], cwd=ROOT, check=True)
    loop = QEventLoop()
    studio.compute.ready.connect(loop.quit)
    studio.compute.restart()
    loop.exec()
    studio.settings.change("separation", preview_s=10.0)
    open_page(studio, "compare")
    dialog = studio.window.parts.dialogs.separation("compare")
    assert isinstance(dialog, CompareDialog)
    dialog.engines.choose(("builtin", "htdemucs"))
    dialog.go.click()


def offer_to_go_on(studio: "Studio") -> None:
    """What an earlier run did not finish, above the work."""
    from studio.session.recovery import LeftBehind

    when = "2026-11-21T08:12:00+00:00"
    folder = str(studio.document.folder)
    studio.desk.asks.recover(
        (
            LeftBehind(kind="work", folder=folder, name="Separating mix", length_s=33.0, found_at=when),
            LeftBehind(
                kind="files", folder=folder, name="Separating an evening.wav and 2 more", length_s=0.0, found_at=when
            ),
        )
    )


def take_apart(studio: "Studio") -> None:
    """Stems below their source, the mixer of one of them in the inspector."""
    from studio.session.recipes import Recipe

    def look(tracks: tuple["TrackId", ...]) -> None:
        project = studio.document.project
        studio.selection.set_clips((project.track(tracks[0]).clips[0].id,), project)

    studio.desk.separating.landed.connect(look)
    studio.desk.separating.separate([next(studio.document.project.clips).id], Recipe())


def while_it_grows(picture: Callable[..., None], mix: Path, png: Path, theme: str) -> None:
    """Stems on their lanes, half of them made."""
    from PySide6.QtCore import QEventLoop

    from studio.session.recipes import Recipe

    def take(studio: "Studio") -> None:
        clip = next(studio.document.project.clips)
        studio.selection.set_clips((clip.id,), studio.document.project)
        (job,) = studio.desk.separating.separate([clip.id], Recipe())
        growing = studio.window.parts.timeline.canvas.growing
        loop = QEventLoop()

        def look() -> None:
            if growing.lanes and all(lane.wave.length_s > 17 for lane in growing.lanes):
                loop.quit()

        growing.changed.connect(look)
        loop.exec()
        studio.window.parts.timeline.finish()
        studio.window.grab().save(str(png))
        studio.jobs.cancel(job)

    picture(None, png.with_stem(f"{png.stem}-after"), theme=theme, files=[mix], prepare=take, wait_s=300)
    png.with_stem(f"{png.stem}-after").unlink()


def take_apart_what_is_gone(studio: "Studio") -> None:
    """The sound was moved away by somebody else."""
    from studio.session.recipes import Recipe

    clip = next(studio.document.project.clips)
    (studio.document.folder / studio.document.project.medium(clip.media).file).unlink()
    studio.desk.separating.separate([clip.id], Recipe())


def work_on_files(studio: "Studio", folder: Path, mix: Path) -> None:
    """Three files, one of which is no sound."""
    import shutil

    from studio.protocol.jobs import ExportSpec
    from studio.session.recipes import Recipe

    inbox = folder / "inbox"
    inbox.mkdir()
    shutil.copy(mix, inbox / "01 Every breath a wave.wav")
    shutil.copy(mix, inbox / "02 Every breath a wave, from the balcony of the parish hall, second evening, encore.wav")
    (inbox / "03 Voice memo.m4a").write_bytes(b"This was a recording once. " * 400)
    open_page(studio, "batch")
    batch = studio.desk.separating.batch
    batch.add([inbox])
    batch.start(Recipe(), folder / "stems", ExportSpec(container="wav", sample_format="int24"))
