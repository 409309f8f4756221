"""The script as a page: a row a line, made a few at a time, and the edits that writing in them makes."""

from typing import Final

from PySide6.QtCore import QElapsedTimer, Qt, QTimer, Signal
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from studio.errors import StudioError, explain
from studio.model.edits import AddLines, Edit, RemoveLines, SetLineText, Several
from studio.model.project import Media, MediaId
from studio.model.spoken import Line, LineId, Script
from studio.session import speaking_place
from studio.session.desk import Desk
from studio.session.listening import Listening, alone
from studio.session.speaking_place import new_line_id
from studio.ui.speak.line_row import LineRow
from studio.ui.theme import Theme, wear

_SLICE_MS: Final = 5
_QUIETEST_DB: Final = -24.0


class ScriptView(QScrollArea):
    """Keeps a row for each line of the project's script. One line is the current one; its takes are unfolded."""

    current_changed = Signal()

    def __init__(self, desk: Desk, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk, self._theme = desk, theme
        self._rows: dict[LineId, LineRow] = {}
        self._shown: dict[LineId, tuple[object, ...]] = {}
        self._order: tuple[LineId, ...] = ()
        self._to_make: list[LineId] = []
        self._go_to: tuple[LineId, int] | None = None
        self.listening = Listening(desk.transport, desk.document, self)
        self._offered: tuple[object, ...] = ()
        self._measured: tuple[Media, ...] = ()
        self._lengths: dict[str, float] = {}
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._paper = QWidget(self)
        self._column = QVBoxLayout(self._paper)
        self._column.setContentsMargins(8, 12, 8, 48)
        self._column.setSpacing(4)
        self._column.addStretch(1)
        self.setWidget(self._paper)
        self._making = QTimer(self, interval=0)
        self._making.timeout.connect(self._make_some)
        desk.document.changed.connect(lambda _project: self.show_script())
        desk.speaking.changed.connect(self._show_states)
        self.listening.changed.connect(self._show_states)
        self.show_script()

    def set_theme(self, theme: Theme) -> None:
        """What is made later is made in it."""
        self._theme = theme

    @property
    def current(self) -> LineId | None:
        """The line that is being worked on, by its id."""
        return self._desk.speaking.current

    @property
    def script(self) -> Script:
        """What is written."""
        return self._desk.document.project.script

    @property
    def line(self) -> Line | None:
        """The line that is being worked on."""
        return next((line for line in self.script.lines if line.id == self.current), None)

    def row(self, line: LineId) -> LineRow:
        """The row of a line; KeyError as long as it was not made."""
        return self._rows[line]

    def show_script(self) -> None:
        """Bring the rows to what the project says; those that are not there yet follow when there is time."""
        script = self.script
        order = tuple(line.id for line in script.lines)
        if order != self._order:
            self._order = order
            for gone in [line for line in self._rows if line not in order]:
                row = self._rows.pop(gone)
                self._shown.pop(gone, None)
                self._column.removeWidget(row)
                row.hide()
                row.deleteLater()
            for place, line in enumerate(order):
                row_there = self._rows.get(line)
                if row_there is not None and self._column.indexOf(row_there) != self._place(line, place):
                    self._column.removeWidget(row_there)
                    self._column.insertWidget(self._place(line, place), row_there)
            self._to_make = [line for line in order if line not in self._rows]
            if self.current not in order:
                self._desk.speaking.current = order[0] if order else None
                self.current_changed.emit()
        if self._to_make:
            self._make_some()
        self._refresh()

    def go_to(self, line: LineId, at: int = -1) -> None:
        """Write on in a line, behind so many letters of it."""
        row = self._rows.get(line)
        if row is None:
            self._go_to = (line, at)
            return
        self._go_to = None
        row.text.setFocus(Qt.FocusReason.OtherFocusReason)
        row.text.place(at)
        self.ensureWidgetVisible(row, 0, 24)

    def add_line(self) -> None:
        """A new line behind the current one, with the same speaker."""
        line = self.line
        speaker = line.speaker if line is not None else self.script.speakers[0].id
        new = Line(id=new_line_id(), speaker=speaker)
        index = len(self.script.lines) if line is None else self.script.index(line.id) + 1
        if self.do(AddLines(lines=(new,), index=index)):
            self.go_to(new.id)

    def remove_line(self) -> None:
        """Take the current line out of the script."""
        line = self.line
        if line is None:
            return
        index = self.script.index(line.id)
        if self.do(RemoveLines(lines=(line.id,))) and self.script.lines:
            self.go_to(self.script.lines[max(0, index - 1)].id)

    def do(self, edit: Edit) -> bool:
        """Make an edit, or say why not."""
        try:
            self._desk.document.do(edit)
        except StudioError as error:
            self._desk.asks.show(explain(error))
            return False
        return True

    def hear(self, line: LineId, take: str = "") -> None:
        """Play a take, or the one that counts; takes of one line are equally loud, and switch at the same place."""
        if self.current != line:
            self._choose(line)
        self._offer()
        chosen = self.script.line(line).take
        self.listening.hear(take or (chosen.id if chosen is not None else ""))

    def _place(self, _line: LineId, place: int) -> int:
        return sum(1 for other in self._order[:place] if other in self._rows)

    def _make_some(self) -> None:
        clock = QElapsedTimer()
        clock.start()
        while self._to_make and clock.elapsed() < _SLICE_MS:
            self._make(self._to_make.pop(0))
        if self._to_make:
            self._making.start()
            return
        self._making.stop()
        if self._go_to is not None:
            QTimer.singleShot(0, self, self._catch_up)

    def _catch_up(self) -> None:
        """Go where somebody wanted to go before its row was there."""
        if self._go_to is not None:
            self.go_to(*self._go_to)

    def _make(self, id: LineId) -> None:
        script = self.script
        line = script.line(id)
        row = LineRow(line, self._theme, self._paper)
        row.chosen.connect(lambda: self._choose(id))
        row.play.connect(lambda: self.hear(id))
        row.heard.connect(lambda take: self.hear(id, take))
        row.loved.connect(lambda take: self._love(id, take))
        row.dropped.connect(lambda take: self._drop(id, take))
        row.again.connect(lambda words: self._desk.speaking.speak_sentence(id, words))
        row.text.edited.connect(lambda text: self._write(id, text))
        row.text.done.connect(self._desk.document.end_gesture)
        row.text.split.connect(lambda before, after: self._insert(id, before, (), after))
        row.text.pasted.connect(lambda before, lines, after: self._paste(id, before, lines, after))
        row.text.joined.connect(lambda: self._join(id))
        row.text.left.connect(lambda step: self._step(id, step))
        self._column.insertWidget(self._place(id, self._order.index(id)), row)
        self._rows[id] = row
        wear(self._theme, row)
        self._refresh_row(line, script)

    def _refresh(self) -> None:
        script = self.script
        for line in script.lines:
            if line.id in self._rows:
                self._refresh_row(line, script)

    def _refresh_row(self, line: Line, script: Script) -> None:
        row, number = self._rows[line.id], self._order.index(line.id) + 1
        speaker = script.speaker(line.speaker)
        shown = (line, speaker, number)
        if self._shown.get(line.id) != shown:
            self._shown[line.id] = shown
            row.show_line(line, speaker, script.speakers.index(speaker), number)
        self._show_state(line)

    def _show_states(self) -> None:
        for line in self.script.lines:
            if line.id in self._rows:
                self._show_state(line)

    def _show_state(self, line: Line) -> None:
        row, speaking = self._rows[line.id], self._desk.speaking
        running = speaking.row
        take, lengths_s = line.take, self._lengths_s
        length_s = lengths_s.get(take.media, 0.0) if take is not None else 0.0
        heard = self.listening.heard
        sounds = take is not None and heard == take.id
        row.show_state(speaking.state(line), running.fraction if running is not None else 0.0, length_s, sounds)
        row.show_takes(lengths_s, heard, current=line.id == self.current)

    @property
    def _lengths_s(self) -> dict[str, float]:
        """How long each sound of the project is."""
        project = self._desk.document.project
        if project.media is not self._measured:
            self._measured = project.media
            self._lengths = {media.id: media.length / project.rate_hz for media in project.media}
        return self._lengths

    def _choose(self, line: LineId) -> None:
        if self.current != line:
            self._desk.speaking.current = line
            self._show_states()
            self.current_changed.emit()

    def _offer(self) -> None:
        """Make the takes of the current line ready to be heard, as loud as the quietest of them."""
        line, project = self.line, self._desk.document.project
        if line is None or self._offered == (line.takes,):
            return
        self._offered = (line.takes,)
        loud = [take.card.loudness_lufs for take in line.takes if take.card.loudness_lufs is not None]
        quietest = min(loud, default=0.0)
        there = speaking_place.clip_of(project, line)
        start = there.start if there is not None else 0
        versions, longest = {}, 1
        for take in line.takes:
            media, own = project.medium(MediaId(take.media)), take.card.loudness_lufs
            gain_db = max(quietest - own, _QUIETEST_DB) if own is not None else 0.0
            versions[str(take.id)] = alone(project, media, start, 0, media.length, gain_db)
            longest = max(longest, media.length)
        self.listening.offer(versions, start, start + longest)

    def _love(self, id: LineId, take_id: str) -> None:
        take = next(take for take in self.script.line(id).takes if take.id == take_id)
        self._desk.document.end_gesture()
        self.do(speaking_place.chosen(self._desk.document.project, id, take))
        self._show_states()

    def _drop(self, id: LineId, take_id: str) -> None:
        take = next(take for take in self.script.line(id).takes if take.id == take_id)
        self._desk.document.end_gesture()
        if self.do(speaking_place.removed(self._desk.document.project, id, take)):
            self._desk.asks.toast("The take was deleted", "Undo", self._desk.document.undo)

    def _write(self, id: LineId, text: str) -> None:
        if not self.do(SetLineText(line=id, text=text)):
            self._rows[id].text.show_text(self.script.line(id).text)

    def _paste(self, id: LineId, before: str, lines: tuple[str, ...], after: str) -> None:
        self._insert(id, before + lines[0], lines[1:-1], lines[-1] + after, at=len(lines[-1]))

    def _insert(self, id: LineId, first: str, between: tuple[str, ...], last: str, at: int = 0) -> None:
        """Let a line end, and others begin behind it."""
        line = self.script.line(id)
        new = tuple(Line(id=new_line_id(), text=text, speaker=line.speaker) for text in (*between, last))
        edits: list[Edit] = [AddLines(lines=new, index=self.script.index(id) + 1)]
        if first != line.text:
            edits.insert(0, SetLineText(line=id, text=first))
        self._desk.document.end_gesture()
        if self.do(Several(label_text="Add lines", edits=tuple(edits))):
            self.go_to(new[-1].id, at)

    def _join(self, id: LineId) -> None:
        """Write on at the end of the line before."""
        index = self.script.index(id)
        if not index:
            return
        before, line = self.script.lines[index - 1], self.script.line(id)
        joined = f"{before.text.rstrip()} {line.text}".strip() if line.text else before.text
        edits: tuple[Edit, ...] = (RemoveLines(lines=(id,)),)
        if joined != before.text:
            edits = (SetLineText(line=before.id, text=joined), *edits)
        self._desk.document.end_gesture()
        if self.do(Several(label_text="Join lines", edits=edits)):
            self.go_to(before.id, len(before.text.rstrip()))

    def _step(self, id: LineId, step: int) -> None:
        index = self.script.index(id) + step
        if 0 <= index < len(self.script.lines):
            self.go_to(self.script.lines[index].id, 0 if step > 0 else -1)
