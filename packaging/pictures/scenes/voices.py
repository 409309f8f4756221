"""A voice for what was said or sung, and the models that engines can load."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from scenes.base import Place, Shots, until
from scenes.separation import open_page

if TYPE_CHECKING:
    from studio.desktop import Studio
    from studio.ui.convert.convert_dialog import ConvertDialog


def shots(place: Place) -> Shots:
    """The song again in another voice: asked for, tried, landed; the models; and both with nothing there yet."""
    picture, folder, sample = place
    mix = sample.parent / "mix.wav"

    def of(prepare: Callable[["Studio"], None], theme: str = "dark") -> Callable[[Path], None]:
        return lambda png: picture(None, png, theme=theme, files=[mix], prepare=prepare, wait_s=300)

    def with_voice(prepare: Callable[["Studio"], None], theme: str = "dark") -> Callable[[Path], None]:
        def learnt(studio: "Studio") -> None:
            learn(folder)
            prepare(studio)

        return of(learnt, theme)

    return {
        "convert-empty-dark": of(lambda studio: open_page(studio, "convert")),
        "convert-dark": with_voice(tried),
        "convert-light": with_voice(tried, "light"),
        "convert-song-dark": with_voice(sung),
        "models-dark": of(lambda studio: look_at_models(studio, folder)),
        "models-light": of(lambda studio: look_at_models(studio, folder), "light"),
    }


def learn(folder: Path) -> None:
    """Put a voice into the library, once."""
    from studio.media import voices
    from tests.helpers import people

    if not voices.all_voices():
        people.learn_roughly(folder, "Otto")


def opened(studio: "Studio") -> "ConvertDialog":
    """The dialog that asks for the voice."""
    from studio.ui.convert.convert_dialog import ConvertDialog

    open_page(studio, "convert")
    dialog = studio.window.parts.dialogs.separation("convert")
    assert isinstance(dialog, ConvertDialog)
    until(lambda: dialog.engines.card is not None)
    return dialog


def tried(studio: "Studio") -> None:
    """A song, a preview of which can be heard."""
    dialog = opened(studio)
    dialog.sound.show_value("song")
    dialog.sound.chosen.emit("song")
    dialog.formant.show_value(-1.5)
    dialog.tryout.button.click()
    until(lambda: bool(dialog.tryout.versions))


def sung(studio: "Studio") -> None:
    """The sung vocals and what accompanies them, below their source."""
    dialog = opened(studio)
    dialog.sound.show_value("song")
    dialog.sound.chosen.emit("song")

    def look(tracks: tuple[object, ...]) -> None:
        project = studio.document.project
        track = next(one for one in project.tracks if one.id == tracks[1])
        studio.selection.set_clips((track.clips[0].id,), project)

    studio.desk.converting.landed.connect(look)
    dialog.go.click()


def look_at_models(studio: "Studio", folder: Path) -> None:
    """What can be had, one that was brought from disk among it."""
    from tests.helpers.installing import install

    source = folder / "brought"
    if not source.is_dir():
        write_piper(source)
        install("piper", source, "aunt")
    studio.desk.asks.models()
    until(lambda: studio.desk.models.phase == "known")


def write_piper(folder: Path) -> None:
    """A small Piper voice, untrained."""
    import json

    from tests.helpers.onnx_writer import piper_network

    folder.mkdir()
    (folder / "aunt.onnx").write_bytes(piper_network())
    card = {"audio": {"sample_rate": 16000}, "espeak": {"voice": "en-us"}, "num_symbols": 256, "num_speakers": 1}
    (folder / "aunt.onnx.json").write_bytes(json.dumps(card | {"phoneme_id_map": {}, "inference": {}}).encode())
