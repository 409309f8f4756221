"""Who speaks the current line, with which voice and engine, and how: drawn from what the engine says of itself."""

import uuid
from typing import Final

from msgspec.structs import replace
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from studio.model.edits import Edit, RemoveSpeaker, SetLineSpeaker, SetSpeaker, Several
from studio.model.spoken import Speaker, SpeakerId, SpeechSettings
from studio.protocol.common import ControlCard, EngineCard
from studio.session.desk import Desk
from studio.ui.controls import Button, Text
from studio.ui.fields import NameField, NumberField
from studio.ui.sections import Choice, Section
from studio.ui.speak.script_view import ScriptView
from studio.ui.theme import Theme, wear
from studio.ui.voices.voice_rows import MANY, brought

_NEW: Final = "new"
_MODELS: Final = "models"
_SEARCH: Final = "search"
_FIELD_PX: Final = 96


class SpeakerSection(Section):
    """Everything about the speaker of the current line; a change holds for all lines of that speaker.

    `wants_search`: of an engine with many voices only those are listed that the script has; the others are searched.
    """

    wants_search = Signal()

    def __init__(self, desk: Desk, script: ScriptView, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__("Speaker", desk, theme, parent)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)  # what is said here wraps
        self._script = script
        self.who = Choice("Who speaks the line", {}, self)
        self.who.chosen.connect(self._choose)
        self.add("Line", self.who)
        self.name = NameField("Name of the speaker")
        self.name.entered.connect(lambda name: self._change(name=name))
        self.add("Name", self.name)
        self.voice = Choice("Voice", {}, self)
        self.voice.chosen.connect(self._choose_voice)
        self.add("Voice", self.voice)
        self.engine = Choice("Engine", {}, self)
        self.engine.chosen.connect(lambda engine: self._change(engine=str(engine), settings={}))
        self.add("Engine", self.engine)
        self._about = Text("", theme, size="label", tone="secondary", wrap=True)
        self.add_wide(self._about)
        self._holder = QWidget(self)
        self._line = QHBoxLayout(self._holder)
        self._line.setContentsMargins(0, 0, 0, 0)
        self.remove = Button("Remove speaker", self, kind="link")
        self.remove.clicked.connect(self._remove)
        self._line.addWidget(self.remove)
        self._line.addStretch(1)
        self._controls: tuple[ControlCard, ...] = ()
        self._turns: dict[str, NumberField] = {}
        self._settings = _inner(desk, theme, self)
        self.add_wide(self._settings)
        self.add_wide(self._holder)
        script.current_changed.connect(self.show_now)
        desk.document.changed.connect(lambda _project: self.show_now())
        desk.voices.changed.connect(self.show_now)
        desk.engines.changed.connect(self.show_now)
        self.show_now()

    @property
    def speaker(self) -> Speaker:
        """Who speaks the current line; the first one where there is none."""
        script, line = self._script.script, self._script.line
        return script.speaker(line.speaker) if line is not None else script.speakers[0]

    @property
    def listed(self) -> tuple[str, str]:
        """The voice of that speaker with the engine that brings it, "" for one of the person's own."""
        speaker = self.speaker
        return speaker.voice, speaker.engine if self._is_ready(speaker) else ""

    def use_voice(self, voice: str) -> None:
        """Let the speaker of the current line have this voice."""
        engine = self.speaker.engine
        found = self.desk.voices.voice(voice)
        if found is not None and found.by(engine) is None and found.learnt:
            engine = found.learnt[0].engine
        settings = self.speaker.settings if engine == self.speaker.engine else {}
        self._change(voice=voice, engine=engine, settings=settings)

    def use_ready(self, engine: str, voice: str) -> None:
        """Let the speaker of the current line have a voice that an engine brings."""
        settings = self.speaker.settings if engine == self.speaker.engine else {}
        self._change(voice=voice, engine=engine, settings=settings)

    def show_now(self) -> None:
        """Show what the project says."""
        script, speaker = self._script.script, self.speaker
        self.who.set_choices({**{one.id: one.name for one in script.speakers}, _NEW: "New speaker…"})
        self.who.show_value(speaker.id)
        self.who.setEnabled(self._script.line is not None)
        self.name.show_name(speaker.name)
        is_ready = self._is_ready(speaker)
        now: object = (speaker.engine, speaker.voice) if is_ready else speaker.voice
        self.voice.set_choices(self._voices(speaker, now))
        self.voice.show_value(now)
        engines: dict[object, str] = {card.id: card.name for card in self._cards if "clone" in card.can}
        if is_ready:  # such a voice is known to no other engine
            engines = {speaker.engine: self.desk.engines.name_of(speaker.engine)}
        engines.setdefault(speaker.engine, self.desk.engines.name_of(speaker.engine))
        self.engine.set_choices(engines)
        self.engine.show_value(speaker.engine)
        card = self.desk.engines.card(speaker.engine)
        self._about.setText(self._advice(speaker) or (card.about if card is not None else ""))
        self._show_controls(card.controls if card is not None else (), speaker)
        speaks = any(line.speaker == speaker.id for line in script.lines)
        self.remove.setVisible(len(script.speakers) > 1 and not speaks)

    @property
    def _cards(self) -> tuple[EngineCard, ...]:
        """The engines that can speak here."""
        return tuple(card for card in self.desk.engines.cards if card.task == "speak" and not card.missing)

    def _is_ready(self, speaker: Speaker) -> bool:
        """Whether the voice is one that its engine brings."""
        card = self.desk.engines.card(speaker.engine)
        return card is not None and any(voice.id == speaker.voice for voice in card.voices)

    def _voices(self, speaker: Speaker, now: object) -> dict[object, str]:
        """The person's voices, those that engines bring, and the way to more of them."""
        voices: dict[object, str] = {"": "Choose a voice"} if not speaker.voice else {}
        voices |= {voice.id: voice.name for voice in self.desk.voices.all}
        used = {(one.engine, one.voice) for one in self._script.script.speakers}
        has_many = False
        for card in brought(self.desk.engines.cards):
            few = len(card.voices) <= MANY
            has_many |= not few
            listed = [voice for voice in card.voices if few or (card.id, voice.id) in used]
            voices |= {(card.id, voice.id): f"{voice.name} ({card.name})" for voice in listed}
        voices.setdefault(now, "Not on this computer")
        if has_many:
            voices[_SEARCH] = "Search all voices…"
        if self.desk.engines.cards:
            has_ready = any("clone" not in card.can and 0 < len(card.voices) <= MANY for card in self._cards)
            voices[_MODELS] = "More ready voices…" if has_ready else "Install a ready voice…"
        return voices

    def _choose_voice(self, value: object) -> None:
        if value == _MODELS:
            self.show_now()
            self.desk.asks.models()
        elif value == _SEARCH:
            self.show_now()
            self.wants_search.emit()
        elif isinstance(value, tuple):
            self.use_ready(str(value[0]), str(value[1]))
        else:
            self.use_voice(str(value))

    def _advice(self, speaker: Speaker) -> str:
        voice = self.desk.voices.voice(speaker.voice)
        if voice is not None and voice.by(speaker.engine) is None:
            known = ", ".join(self.desk.engines.name_of(learnt.engine) for learnt in voice.learnt)
            return f"This engine has not learnt {voice.name} yet. Known to: {known or 'none'}."
        return ""

    def _show_controls(self, controls: tuple[ControlCard, ...], speaker: Speaker) -> None:
        if controls != self._controls:
            self._controls = controls
            self._settings.hide()
            self._settings.deleteLater()
            self._settings = _inner(self.desk, self.theme, self)
            self._turns = {}
            for control in controls:
                step = (control.high - control.low) / 20
                field = NumberField(
                    control.title, self.theme, control.low, control.high, unit=control.unit, decimals=2, step=step
                )
                field.setToolTip(f"{control.title}\n{control.about}" if control.about else control.title)
                field.edited.connect(lambda value, which=control.id: self._set(which, value))
                field.ended.connect(self.done)
                field.setFixedWidth(_FIELD_PX)
                self._settings.add_wide(_row(Text(control.title, self.theme, tone="secondary"), field))
                self._turns[control.id] = field
            self._rows.insertWidget(self._rows.count() - 1, self._settings)
            self._settings.show()
            wear(self.theme, self._settings)
        voice = self.desk.voices.voice(speaker.voice)
        learnt = voice.by(speaker.engine) if voice is not None else None
        for control in controls:
            value = speaker.settings.get(control.id)
            fact = learnt.facts.get(control.id) if learnt is not None else None
            shown = (
                value if isinstance(value, int | float) else fact if isinstance(fact, int | float) else control.default
            )
            self._turns[control.id].show_value(float(shown))
        self._settings.setVisible(bool(controls))

    def _set(self, control: str, value: float) -> None:
        settings: SpeechSettings = {**self.speaker.settings, control: round(value, 3)}
        self.do(SetSpeaker(speaker=replace(self.speaker, settings=settings), drag=f"{self.speaker.id} {control}"))

    def _change(self, **fields: str | SpeechSettings) -> None:
        self.desk.document.end_gesture()
        self.do(SetSpeaker(speaker=replace(self.speaker, **fields)))

    def _choose(self, value: object) -> None:
        line = self._script.line
        if line is None:
            return
        self.desk.document.end_gesture()
        edits: tuple[Edit, ...]
        if value == _NEW:
            like = self.speaker
            count = len(self._script.script.speakers) + 1
            new = replace(like, id=SpeakerId(f"p{uuid.uuid4().hex[:12]}"), name=f"Speaker {count}")
            edits = (SetSpeaker(speaker=new), SetLineSpeaker(line=line.id, speaker=new.id))
            self.do(Several(label_text="New speaker", edits=edits))
            self.name.setFocus()
            self.name.selectAll()
            return
        self.do(SetLineSpeaker(line=line.id, speaker=SpeakerId(str(value))))

    def _remove(self) -> None:
        self.desk.document.end_gesture()
        self.do(RemoveSpeaker(speaker=self.speaker.id))


def _inner(desk: Desk, theme: Theme, parent: QWidget) -> Section:
    """A group of rows within this one."""
    made = Section("Engine settings", desk, theme, parent)
    rows = made.layout()
    assert rows is not None
    rows.setContentsMargins(0, 4, 0, 0)
    return made


def _row(label: Text, field: NumberField) -> QWidget:
    """What is turned, and the number it stands at."""
    made = QWidget()
    row = QHBoxLayout(made)
    row.setContentsMargins(0, 0, 0, 0)
    row.addWidget(label, 1)
    row.addWidget(field)
    label.setBuddy(field)
    return made
