"""Edits of the script: its lines, who speaks them, their takes, and how words are to be said."""

from typing import ClassVar

from msgspec.structs import replace

from studio.model.edits.base import EditBase
from studio.model.project import MediaId, Project
from studio.model.spoken import Line, LineId, Script, Speaker, SpeakerId, Take, TakeId


class AddLines(EditBase, frozen=True):
    """Put lines into the script, before the line at `index`; behind all others where that is too far."""

    label: ClassVar[str] = "Add lines"
    lines: tuple[Line, ...]
    index: int

    def change(self, project: Project) -> Project:
        script = project.script
        for line in self.lines:
            _check_takes(line, project)
        at = max(0, self.index)
        return _with(project, replace(script, lines=(*script.lines[:at], *self.lines, *script.lines[at:])))


class RemoveLines(EditBase, frozen=True):
    """Take lines out of the script; what was spoken of them stays in the project."""

    label: ClassVar[str] = "Remove lines"
    lines: tuple[LineId, ...]

    def change(self, project: Project) -> Project:
        script = project.script
        for line in self.lines:
            script.line(line)
        return _with(project, replace(script, lines=tuple(line for line in script.lines if line.id not in self.lines)))


class MoveLine(EditBase, frozen=True):
    """Put a line where `index` others stand before it."""

    label: ClassVar[str] = "Move line"
    line: LineId
    index: int

    def change(self, project: Project) -> Project:
        script = project.script
        moved = script.line(self.line)
        others = tuple(line for line in script.lines if line.id != self.line)
        at = max(0, self.index)
        return _with(project, replace(script, lines=(*others[:at], moved, *others[at:])))


class SetLineText(EditBase, frozen=True):
    """Write another text into a line; typing on is one undo step."""

    label: ClassVar[str] = "Edit script"
    line: LineId
    text: str

    @property
    def gesture(self) -> str:
        return f"line {self.line}"

    def change(self, project: Project) -> Project:
        script = project.script
        return _with(project, script.with_line(replace(script.line(self.line), text=self.text)))


class SetLineSpeaker(EditBase, frozen=True):
    """Let somebody else speak a line."""

    label: ClassVar[str] = "Change speaker"
    line: LineId
    speaker: SpeakerId

    def change(self, project: Project) -> Project:
        script = project.script
        return _with(project, script.with_line(replace(script.line(self.line), speaker=self.speaker)))


class AddTake(EditBase, frozen=True):
    """A line was spoken once more."""

    label: ClassVar[str] = "Speak line"
    line: LineId
    take: Take

    def change(self, project: Project) -> Project:
        script = project.script
        line = script.line(self.line)
        taken = replace(line, takes=(*(one for one in line.takes if one.id != self.take.id), self.take))
        _check_takes(taken, project)
        return _with(project, script.with_line(taken))


class RemoveTake(EditBase, frozen=True):
    """Forget a take; its sound stays in the project for undo, and where it lies on the timeline."""

    label: ClassVar[str] = "Delete take"
    line: LineId
    take: TakeId

    def change(self, project: Project) -> Project:
        script = project.script
        line = script.line(self.line)
        _take(line, self.take)
        return _with(
            project, script.with_line(replace(line, takes=tuple(take for take in line.takes if take.id != self.take)))
        )


class SetFavourite(EditBase, frozen=True):
    """Say that a take is the one that counts, or that it is not; a line has one favourite at most."""

    label: ClassVar[str] = "Choose take"
    line: LineId
    take: TakeId
    favourite: bool

    def change(self, project: Project) -> Project:
        script = project.script
        line = script.line(self.line)
        _take(line, self.take)
        takes = tuple(replace(take, favourite=self.favourite and take.id == self.take) for take in line.takes)
        return _with(project, script.with_line(replace(line, takes=takes)))


class SetSpeaker(EditBase, frozen=True):
    """Change who speaks, with which voice and how; one who is new joins the others. `drag` joins steps of a slider."""

    label: ClassVar[str] = "Change speaker"
    speaker: Speaker
    drag: str = ""

    @property
    def gesture(self) -> str:
        return self.drag

    def change(self, project: Project) -> Project:
        script = project.script
        if any(one.id == self.speaker.id for one in script.speakers):
            changed = tuple(self.speaker if one.id == self.speaker.id else one for one in script.speakers)
            return _with(project, replace(script, speakers=changed))
        return _with(project, replace(script, speakers=(*script.speakers, self.speaker)))


class RemoveSpeaker(EditBase, frozen=True):
    """Take somebody who speaks no line out of the script."""

    label: ClassVar[str] = "Remove speaker"
    speaker: SpeakerId

    def change(self, project: Project) -> Project:
        script = project.script
        gone = script.speaker(self.speaker)
        if any(line.speaker == gone.id for line in script.lines):
            raise ValueError(f"{gone.name} still speaks lines of the script")
        return _with(project, replace(script, speakers=tuple(one for one in script.speakers if one.id != gone.id)))


class SetDictionary(EditBase, frozen=True):
    """Say how words of this project are to be said."""

    label: ClassVar[str] = "Change pronunciation"
    words: dict[str, str]

    def change(self, project: Project) -> Project:
        script = project.script
        return _with(project, replace(script, dictionary=self.words))


def _with(project: Project, script: Script) -> Project:
    return replace(project, script=script)


def _take(line: Line, id: TakeId) -> Take:
    for take in line.takes:
        if take.id == id:
            return take
    raise KeyError(id)


def _check_takes(line: Line, project: Project) -> None:
    for take in line.takes:
        project.medium(MediaId(take.media))
