"""The room to sing in: a voice that flows over the grid, its vibrato and range, a take in figures, no microphone."""

import itertools
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from scenes.base import Place, Shots, until

if TYPE_CHECKING:
    import numpy as np

    from studio.desktop import Studio
    from studio.ui.sing.page import SingPage

_RATE_HZ = 48000
MICROPHONE = "Monitor of booth"


def shots(place: Place) -> Shots:
    """Somebody sings into a microphone of a sound system of its own.

    SING_VOICE in the environment names a recording of somebody; without it, and where a vibrato is wanted, it is the
    voice of the sample.
    """
    picture, folder, sample = place
    trained = voice_of(sample)
    voice = Path(os.environ.get("SING_VOICE", trained))

    def written(theme: str) -> Callable[[Path], None]:
        def shoot(png: Path) -> None:  # in a copy: the notes would be in every picture of the sample
            copy = Path(shutil.copytree(sample, folder / f"notes {theme}" / sample.name))
            picture(copy, png, theme=theme, prepare=notes_by_hand, wait_s=300)

        return shoot

    def against_it(theme: str) -> Callable[[Path], None]:
        def shoot(png: Path) -> None:
            with on_stage(trained):
                picture(sample, png, theme=theme, prepare=lambda studio: against(enter(studio)), wait_s=300)

        return shoot

    def round_and_round(theme: str, workspace: str = "sing") -> Callable[[Path], None]:
        def shoot(png: Path) -> None:
            copy = Path(shutil.copytree(sample, folder / f"loop {workspace} {theme}" / sample.name))
            with on_stage(voice):
                prepare = in_a_loop if workspace == "sing" else in_a_loop_on_the_timeline
                picture(copy, png, theme=theme, prepare=lambda studio: prepare(enter(studio)), wait_s=300)

        return shoot

    def of(
        prepare: Callable[["SingPage"], None], theme: str = "dark", sung: Path = voice, **chosen: str
    ) -> Callable[[Path], None]:
        def shoot(png: Path) -> None:
            with on_stage(sung):
                picture(None, png, theme=theme, prepare=lambda studio: prepare(enter(studio, **chosen)), wait_s=300)

        return shoot

    return {
        "sing-notes-dark": written("dark"),
        "sing-notes-light": written("light"),
        "sing-reference-dark": against_it("dark"),
        "sing-reference-light": against_it("light"),
        "sing-empty-dark": of(lambda _page: None),
        "sing-empty-light": of(lambda _page: None, "light"),
        "sing-error-dark": of(without_microphone, microphone="Studio microphone"),
        "sing-error-light": of(without_microphone, "light", microphone="Studio microphone"),
        "sing-live-dark": of(live),
        "sing-live-light": of(live, "light"),
        "sing-range-dark": of(for_a_while),
        "sing-vibrato-dark": of(in_figures, sung=trained),
        "sing-vibrato-light": of(in_figures, "light", trained),
        "sing-loop-dark": round_and_round("dark"),
        "sing-loop-light": round_and_round("light"),
        "edit-loop-dark": round_and_round("dark", "edit"),
        "edit-loop-light": round_and_round("light", "edit"),
    }


def voice_of(sample: Path) -> Path:
    """The sound of the track that is sung."""
    from studio.media.store import ProjectStore

    opened = ProjectStore.open(sample)
    opened.store.close()
    return sample / next(media.file for media in opened.history.project.media if media.name == "Voice")


@contextmanager
def on_stage(voice: Path) -> Iterator[None]:
    """A microphone that hears a recording, again and again."""
    from tests.helpers.pulse import Pulse

    before = dict(os.environ)
    try:
        with Pulse() as pulse:
            os.environ.update(pulse.environment)
            pulse.feed("booth", again_and_again(voice))
            yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def again_and_again(voice: Path) -> Iterator["np.ndarray"]:
    """The recording in stereo blocks of ten milliseconds."""
    import numpy as np
    import soundfile
    import soxr

    sound, rate_hz = soundfile.read(voice, dtype="float32", always_2d=True)
    mono = soxr.resample(sound.mean(axis=1), rate_hz, _RATE_HZ)
    mono *= 0.4 / max(float(np.abs(mono).max()), 1e-6)
    block = _RATE_HZ // 100
    both = np.repeat(mono[: len(mono) // block * block, None], 2, axis=1)
    return itertools.cycle(np.split(np.ascontiguousarray(both), len(both) // block))


def enter(studio: "Studio", microphone: str = MICROPHONE) -> "SingPage":
    """Open the room."""
    from studio.ui.sing.page import SingPage

    studio.settings.change("appearance", theme=studio.window.theme.name)  # a change of any setting looks there
    studio.settings.change("recording", device=microphone)
    studio.live.start()
    studio.desk.view.set_workspace("sing")
    page = studio.window.parts.workspace("sing")
    assert isinstance(page, SingPage)
    until(lambda: studio.desk.transport.equipment.devices)
    return page


def without_microphone(page: "SingPage") -> None:
    """A microphone that is not there."""
    page.start()
    until(lambda: page.why)


def live(page: "SingPage") -> None:
    """In the middle of a phrase, with a vibrato."""
    page.start()
    until(lambda: len(page.sung) > 10 * 200)
    page.canvas.show_notes(*notes_of(page))
    until(lambda: is_whole(page) and page.reading.sings and page.sung.swing(page.canvas.now_s), 90_000)


def against(page: "SingPage") -> None:
    """Along with the voice of the sample while it plays, half a second late."""
    desk = page.desk
    clips = desk.document.project.tracks[0].clips
    until(lambda: desk.document.project.melody_in(clips[0]), 120_000)
    desk.singing.set_reference(clips[1].id)
    page.start()
    until(lambda: page.reading.sings, 60_000)
    desk.transport.play(clips[1].start)
    until(lambda: len(page.canvas.reference.heard) > 4.2 * 200 and page.canvas.sings, 60_000)


def is_whole(page: "SingPage") -> bool:
    """Whether nothing of what is in sight was dropped by a computer that has other things to do."""
    seen = page.sung.after(page.canvas.now_s - page.canvas.window_s)
    return len(seen.time_s) > 0.97 * page.canvas.window_s * 200


def for_a_while(page: "SingPage") -> None:
    """Long enough to have shown what the voice can do."""
    page.start()
    until(lambda: page.range.range.sung_s > 30, 90_000)
    page.canvas.show_notes(*notes_of(page))
    until(lambda: is_whole(page) and page.reading.sings, 60_000)


def notes_of(page: "SingPage") -> tuple[float, float]:
    """Between which notes most of it lay."""
    ends = page.range.range.ends(440.0)
    return ends.usual_low - 2, ends.usual_high + 4


def notes_by_hand(studio: "Studio") -> None:
    """The notes of the voice in the pitch lane, one of them snapped, one just cut in two."""
    from studio.commands import BY_ID, run
    from studio.session.noting import InHand

    desk, clip = studio.desk, studio.document.project.tracks[0].clips[0]
    media, rate_hz = clip.media, studio.document.project.rate_hz
    studio.selection.set_clips((clip.id,), studio.document.project)
    until(lambda: studio.document.project.melody_in(clip), 120_000)
    run(BY_ID["pitch.find_notes"], desk)
    until(lambda: studio.document.project.sheet_of(media), 120_000)
    sheet = studio.document.project.sheet_of(media)
    assert sheet is not None
    seen = sheet.within(clip.source_start, clip.source_end - rate_hz)
    long = sorted(seen, key=lambda note: -note.length)
    desk.noting.pick(InHand(clip.id, long[1].start))
    run(BY_ID["pitch.note_snap"], desk)
    desk.noting.pick(InHand(clip.id, long[0].start))
    at = clip.start - clip.source_start + (long[0].start + long[0].stop) // 2
    desk.transport.seek(at)
    desk.noting.split(at)
    studio.selection.set_clips((clip.id,))


def record(page: "SingPage", seconds: float) -> None:
    """A take that is so long."""
    desk = page.desk
    takes = len(desk.document.project.media)
    desk.transport.record()
    until(lambda: desk.transport.take_frames > seconds * _RATE_HZ)
    desk.transport.stop_recording()
    until(lambda: len(desk.document.project.media) > takes)


def in_a_loop(page: "SingPage") -> None:
    """Three passes that have landed, and the middle of the third pass after them."""
    from studio.session.looping import Loop

    transport, loop = page.desk.transport, Loop(4 * _RATE_HZ, 8 * _RATE_HZ)
    page.start()
    until(lambda: page.reading.sings, 60_000)
    for landed in (0, 3):
        until(lambda: len(page.takes.cards) >= landed and not transport.recording)  # noqa: B023 it is waited for here
        transport.record_loop(loop)
        until(lambda: transport.take_frames > 2.6 * loop.length)
        if not landed:
            transport.stop()


def in_a_loop_on_the_timeline(page: "SingPage") -> None:
    """The same, on the timeline."""
    in_a_loop(page)
    page.desk.view.set_workspace("edit")


def in_figures(page: "SingPage") -> None:
    """Two takes, and in one of them a note with a vibrato in hand."""
    desk = page.desk
    desk.settings.change("recording", play_along=False)
    page.start()
    for seconds in (3, 12):
        until(lambda: page.reading.sings)
        record(page, seconds)
    page.stop()
    page.takes.cards[0].click()
    until(lambda: page.take.state == "notes" and page.take.figures.rows)
    shaken = [number for number, note in enumerate(page.take.notes) if note.vibrato is not None]
    longest = max(
        shaken or range(len(page.take.notes)), key=lambda n: page.take.notes[n].end_s - page.take.notes[n].start_s
    )
    page.take.canvas.pick(longest)
