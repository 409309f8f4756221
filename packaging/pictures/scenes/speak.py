"""A script, spoken: empty, written, with takes; and how a voice is made."""

import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from scenes.base import Place, Shots, until

if TYPE_CHECKING:
    from studio.desktop import Studio
    from studio.model.voice import Voice
    from studio.ui.speak.page import SpeakPage

LEARNT_FROM = (
    "The birch canoe slid on the smooth planks. Glue the sheet to the dark blue background. It is easy to tell the "
    "depth of a well. These days a chicken leg is a rare dish. Rice is often served in round bowls."
)
SCRIPT = (
    ("narrator", "The lighthouse keeper counted the waves. She had counted them every night for eleven years."),
    ("keeper", "Seven hundred and *four.* [0.5s] That is one more than yesterday."),
    ("narrator", "Dr. Marsh looked up from his instruments, and said nothing for a while."),
    ("marsh", "Are you quite sure that you did not count the ferry?"),
    ("keeper", "The ferry does not come on Sundays."),
)


def shots(place: Place) -> Shots:
    """The page before and after something was said, in both themes, and the dialog with the doctor."""
    picture, folder, _sample = place

    def of(prepare: Callable[["Studio"], None], theme: str = "dark") -> Callable[[Path], None]:
        return lambda png: picture(None, png, theme=theme, prepare=prepare, wait_s=300)

    return {
        "speak-empty-dark": of(nothing_yet),
        "speak-empty-light": of(nothing_yet, "light"),
        "speak-dark": of(lambda studio: spoken(studio, folder)),
        "speak-light": of(lambda studio: spoken(studio, folder), "light"),
        "speak-voices-dark": of(lambda studio: many_voices(studio, folder)),
        "speak-voices-light": of(lambda studio: many_voices(studio, folder), "light"),
        "speak-offer-dark": of(lambda studio: broken_off(studio, folder)),
        "speak-offer-light": of(lambda studio: broken_off(studio, folder), "light"),
        "speak-error-dark": of(lambda studio: failed(studio, folder)),
        "voice-dialog-dark": of(lambda studio: doctor(studio, folder)),
        "voice-dialog-light": of(lambda studio: doctor(studio, folder), "light"),
        "voice-reading-dark": of(lambda studio: reading_aloud(studio, folder)),
        "voice-reading-light": of(lambda studio: reading_aloud(studio, folder), "light"),
    }


def a_voice(folder: Path) -> "Voice":
    """A voice of the library: one that was exported, where STUDIO_VOICE names its file, else one of eSpeak's."""
    from studio.media import voices
    from studio.protocol.common import JobId
    from studio.protocol.voices import LearnVoice, ReferenceFile
    from studio.workers.runtime import Context
    from studio.workers.voices import learn
    from tests.helpers import people

    there = [voice for voice in voices.all_voices() if voice.name == "Linda"]
    if there:
        return there[0]
    if os.environ.get("STUDIO_VOICE"):
        return voices.import_file(Path(os.environ["STUDIO_VOICE"]))
    recording = people.recording(folder / "Linda.wav", "en-us+f3", LEARNT_FROM)
    references = (ReferenceFile(path=str(recording), text=LEARNT_FROM),)
    asked = LearnVoice(
        job=JobId(1), name="Linda", consent="I agree.", references=references, language="en-us", engine="basic"
    )
    return learn(asked, Context(lambda _event: None), lambda _fraction, _stage: None).voice


def nothing_yet(studio: "Studio") -> None:
    """The workspace before there is a voice or a word."""
    from studio.media import voices

    for voice in voices.all_voices():
        voices.remove(voice)
    studio.desk.view.set_workspace("speak")


def spoken(studio: "Studio", folder: Path) -> None:
    """Five lines of three people: some spoken, one of them twice, one changed since, the others not yet."""
    from studio.model.edits import AddLines, SetLineText, SetSpeaker
    from studio.model.spoken import Line, LineId, Speaker, SpeakerId

    voice, document = a_voice(folder), studio.document
    studio.desk.view.set_workspace("speak")
    studio.desk.voices.look()
    names = {"narrator": ("Narrator", 0.25), "keeper": ("Keeper", 0.4), "marsh": ("Dr. Marsh", 0.0)}
    for who, (name, character) in names.items():
        settings: dict[str, str | float | int | bool | None] = {"character": character}
        document.do(SetSpeaker(speaker=Speaker(id=SpeakerId(who), name=name, voice=voice.id, settings=settings)))
    lines = tuple(
        Line(id=LineId(f"l{n}"), speaker=SpeakerId(who), text=text) for n, (who, text) in enumerate(SCRIPT, start=1)
    )
    document.do(AddLines(lines=lines, index=0))
    speaking = studio.desk.speaking
    speaking.speak([lines[number].id for number in (1, 0, 3)])
    until(lambda: not speaking.busy, 300_000)
    speaking.speak([lines[1].id])
    until(lambda: not speaking.busy, 120_000)
    document.do(SetLineText(line=lines[3].id, text="Are you quite sure that you did not count the last ferry?"))
    page = studio.window.parts.workspace("speak")
    from studio.ui.speak.page import SpeakPage

    assert isinstance(page, SpeakPage)
    page.script.go_to(lines[1].id)


def many_voices(studio: "Studio", folder: Path) -> None:
    """Voices of one's own, one of them with a long name, those of two engines, and a search among them."""
    from scenes.voices import write_piper
    from studio.media import voices
    from studio.model.edits import SetSpeaker
    from studio.model.spoken import Speaker, SpeakerId
    from tests.helpers import people
    from tests.helpers.installing import install

    if not [voice for voice in voices.all_voices() if voice.name.startswith("Wilhelmine")]:
        people.learn_roughly(folder, "Wilhelmine from the reading group, second try with the better microphone")
        write_piper(folder / "brought-voice")
        install("piper", folder / "brought-voice", "Tante Agathe")
    a_voice(folder)
    studio.desk.voices.look()
    page = written(studio)
    until(lambda: studio.desk.engines.card("espeak"))
    scottish = Speaker(id=SpeakerId("keeper"), name="Keeper", voice="en-gb-scotland+Andy", engine="espeak")
    studio.document.do(SetSpeaker(speaker=scottish))
    page.script.go_to(page.script.script.lines[1].id)


def broken_off(studio: "Studio", folder: Path) -> None:
    """What an earlier run was to say of this script is offered above it."""
    from studio.session.speaking_left import SpeechNotes

    a_voice(folder)
    studio.desk.voices.look()
    written(studio)
    place = Path(tempfile.mkdtemp(dir=folder)) / "The lighthouse"
    studio.document.save_as(place)
    lines = [line.id for line in studio.document.project.script.lines]
    studio.document.close()
    notes = SpeechNotes()
    notes.note(place, lines[2:])
    notes.close()
    studio.document.open(place)
    studio.desk.view.set_workspace("speak")
    until(lambda: studio.desk.speaking.left_behind)
    studio.desk.asks.recover(studio.desk.speaking.left_behind)


def failed(studio: "Studio", folder: Path) -> None:
    """A line that was not spoken, since its voice is gone, says so where it stands."""
    from studio.media import voices

    voice = a_voice(folder)
    studio.desk.voices.look()
    page = written(studio)
    voices.remove(voice)
    lines = page.script.script.lines
    studio.desk.speaking.speak([lines[1].id])
    until(lambda: studio.desk.speaking.why(lines[1].id) is not None)
    studio.desk.voices.look()
    page.script.go_to(lines[1].id)


def written(studio: "Studio") -> "SpeakPage":
    """Five lines of three people, all in the first voice of the library, and nothing spoken yet."""
    from studio.model.edits import AddLines, SetSpeaker
    from studio.model.spoken import Line, LineId, Speaker, SpeakerId
    from studio.ui.speak.page import SpeakPage

    studio.desk.view.set_workspace("speak")
    voice, document = studio.desk.voices.all[0], studio.document
    for who, name in (("narrator", "Narrator"), ("keeper", "Keeper"), ("marsh", "Dr. Marsh")):
        document.do(SetSpeaker(speaker=Speaker(id=SpeakerId(who), name=name, voice=voice.id)))
    lines = tuple(
        Line(id=LineId(f"l{n}"), speaker=SpeakerId(who), text=text) for n, (who, text) in enumerate(SCRIPT, start=1)
    )
    document.do(AddLines(lines=lines, index=0))
    page = studio.window.parts.workspace("speak")
    assert isinstance(page, SpeakPage)

    def is_whole() -> bool:
        try:
            return page.script.row(lines[-1].id) is not None
        except KeyError:
            return False

    until(is_whole)  # the rows are made in slices
    return page


def doctor(studio: "Studio", folder: Path) -> None:
    """A recording that is short, noisy, in part clipped, and begins too late; another one whose noise was taken out."""
    import numpy as np
    import soundfile

    from studio.engines import espeak
    from studio.ui.voices.voice_dialog import VoiceDialog

    studio.desk.view.set_workspace("speak")
    said = espeak.render("The birch canoe slid on the smooth planks. It is easy to tell the depth.", voice="en-us+f3")
    rate_hz, sound = said.rate_hz, said.samples.copy()
    sound[:rate_hz] = np.clip(sound[:rate_hz] * 6, -0.9, 0.9)
    silence = np.zeros(2 * rate_hz, np.float32)
    whole = np.concatenate([silence, sound, silence])
    noise = np.random.default_rng(0).normal(0, 0.015, len(whole))
    path = folder / "Ada, kitchen table.wav"
    soundfile.write(path, np.clip(whole + noise, -0.9, 0.9), rate_hz)
    made = folder / "made.wav"
    soundfile.write(made, said.samples * 0.5, rate_hz)
    other = folder / "Ada, on the train.wav"
    soundfile.write(other, said.samples * 0.5, rate_hz)
    dialog = studio.window.parts.dialogs.new_voice((path, other))
    assert isinstance(dialog, VoiceDialog)
    dialog.name.setText("Ada")
    until(lambda: bool(dialog.doctor.findings), 120_000)
    dialog.list.replace(other, made, "Noise taken out", keep_words=True)
    dialog.list.rows[made].show_length(len(said.samples) / rate_hz, "")


def reading_aloud(studio: "Studio", folder: Path) -> None:
    """Two sentences that were read, and the third one to read."""
    import soundfile

    from studio.engines import espeak
    from studio.media.readings import Reading
    from studio.ui.voices.voice_dialog import VoiceDialog

    studio.desk.view.set_workspace("speak")
    dialog = studio.window.parts.dialogs.new_voice()
    assert isinstance(dialog, VoiceDialog)
    dialog.read_aloud.click()
    dialog.name.setText("Ada")
    reading = dialog.reading
    for number, text in enumerate(reading.sentences[:2]):
        said = espeak.render(text, voice="en-us+f3")
        path = folder / f"{number}.wav"
        soundfile.write(path, said.samples * 0.5, said.rate_hz)
        length_s = len(said.samples) / said.rate_hz
        reading.read.emit(Reading(take=str(number), path=str(path), text=text, length_s=length_s))
        reading.go_on()
    until(lambda: bool(dialog.doctor.findings), 120_000)
