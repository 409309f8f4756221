"""What a project's folder holds: the newest readable generation, the edits after it, and what is wrong, in words."""

import os
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from pathlib import Path

from studio import __version__
from studio.errors import Explanation, StudioError
from studio.media import generation as generations
from studio.media import journal as journals
from studio.media.generation import NEWEST, Generation, Newer
from studio.media.journal import Journal
from studio.model.history import History


@dataclass(kw_only=True)
class Found:
    """A project as it was read.

    `mark` is where its newest readable state stands, `journal` the one that goes on from there, `generation` the
    number of the generation that was read and `highest` the highest in use. `unusual` says that the next thing
    written should be a whole new generation.
    """

    history: History
    mark: str = ""
    generation: int = 0
    highest: int = 0
    journal: Journal | None = None
    newest_digest: bytes | None = None
    newest_damaged: bool = False
    unusual: bool = False
    read_only: Explanation | None = None
    notices: tuple[Explanation, ...] = ()


def find(folder: Path) -> Found:
    """Read a project without writing anything; StudioError where there is none, or none that can be read."""
    try:
        candidates = _candidates(folder)
        behind = journals.journals(folder)
    except OSError as error:
        raise _unreadable(folder, error) from error
    damaged: list[Path] = []
    for path, data in candidates:
        state = generations.decode(data) if data is not None else None
        if isinstance(state, Newer):
            return _newer(folder, state)
        if state is not None:
            found = _after_journals(state, behind, fell_back=bool(damaged))
            found.highest = max(
                state.generation,
                *(number for number, _ in generations.older(folder)),
                *(journal.generation for journal in behind),
                0,
            )
            found.newest_damaged = bool(damaged) and (folder / NEWEST).exists()
            found.newest_digest = digest(data or b"") if path.name == NEWEST else None
            return found
        damaged.append(path)
    raise _all_damaged(folder) if any(path.exists() for path in damaged) else _no_project(folder)


def digest(data: bytes) -> bytes:
    """What tells one content of a file from another."""
    return blake2b(data, digest_size=16).digest()


def _candidates(folder: Path) -> list[tuple[Path, bytes | None]]:
    """The generations, newest first; no bytes where the newest is missing or a file cannot be read."""
    found: list[tuple[Path, bytes | None]] = []
    for path in (folder / NEWEST, *(path for _, path in generations.older(folder))):
        try:
            found.append((path, path.read_bytes()))
        except OSError:
            found.append((path, None))
    return found


def _after_journals(state: Generation, behind: tuple[Journal, ...], *, fell_back: bool) -> Found:
    """The state of a generation with every entry that leads on from it, in whichever journal it stands."""
    history, no_undo = generations.history_of(state)
    # Where two entries follow the same state, the one in the newer journal is what the person did in the end.
    next_link = {link.before: link for journal in behind for link in journal.links}
    reached = {state.mark}
    mark, count, broken = state.mark, 0, False
    while (link := next_link.get(mark)) and link.after not in reached:
        try:
            history = journals.replay(history, link.entry)
        except StudioError:
            broken = True
            break
        mark, count = link.after, count + 1
        reached.add(mark)

    newer = [journal for journal in behind if journal.generation >= state.generation]
    lost = broken or any(journal.damaged or not _is_reached(journal, reached, fell_back) for journal in newer)
    torn = any(journal.torn for journal in newer)
    for journal in newer:
        if journal.begins is not None and journal.begins.format > generations.FORMAT:
            why = _made_with_newer(journal.begins.made_with)
            return Found(history=history, read_only=why, notices=(why,))
    notices = (
        _fell_back(state, count) if fell_back else None,
        no_undo,
        _edits_lost() if lost else None,
        _torn() if torn and not lost else None,
    )
    return Found(
        history=history.end_gesture(),
        mark=mark,
        generation=state.generation,
        journal=newer[-1] if newer else None,
        unusual=fell_back or lost or no_undo is not None,
        notices=tuple(notice for notice in notices if notice),
    )


def _is_reached(journal: Journal, reached: set[str], fell_back: bool) -> bool:
    """Whether a journal holds nothing that was missed.

    The mark at which it begins counts only where its own generation could not be read: it may name a state that was
    saved whole, without entries that lead to it.
    """
    began = [journal.begins.mark] if journal.begins and fell_back else []
    return all(mark in reached for mark in (*began, *(link.after for link in journal.links)))


def _clock(state: Generation) -> str:
    try:
        return datetime.fromisoformat(state.saved).astimezone().strftime("%d %b %Y, %H:%M:%S")
    except ValueError:
        return "an earlier time"


def _fell_back(state: Generation, count: int) -> Explanation:
    edits = "one edit" if count == 1 else f"{count} edits"
    return Explanation(
        code="open.older_generation",
        title=f"The project was opened from its save of {_clock(state)} (number {state.generation}).",
        cause=f"The newest save is damaged. The journal gave back {edits} made after this one.",
        remedy="Look whether everything is there. The damaged file is kept in the project's folder.",
    )


def _torn() -> Explanation:
    return Explanation(
        code="open.torn",
        title="The very last thing you did is missing.",
        cause="It was still being saved when the studio was stopped.",
        remedy="Do it again; everything before it is there.",
    )


def _edits_lost() -> Explanation:
    return Explanation(
        code="open.journal_damaged",
        title="The last edits may be missing.",
        cause="A part of the journal is damaged, or belongs to another version of this project.",
        remedy="Look whether everything is there. The damaged journal is kept in the project's folder.",
    )


def _made_with_newer(made_with: str) -> Explanation:
    return Explanation(
        code="open.newer",
        title="This project is open for reading only.",
        cause=f"It was made with {made_with}, and this is version {__version__}.",
        remedy=f"Open it with {made_with} or newer, or save a copy to another folder and go on with that.",
    )


def _newer(folder: Path, state: Newer) -> Found:
    why = _made_with_newer(state.made_with)
    if state.project is None:
        raise StudioError(
            "open.newer",
            f"“{folder.name}” was not opened.",
            cause=f"It was made with {state.made_with}, and this is version {__version__}.",
            remedy=f"Open it with {state.made_with} or newer. It was left as it is.",
        )
    return Found(history=History(base=state.project), read_only=why, notices=(why,))


def _no_project(folder: Path) -> StudioError:
    return StudioError(
        "open.no_project",
        f"“{folder.name}” was not opened.",
        cause="There is no project in this folder.",
        remedy="Choose a folder that has a file project.json in it.",
    )


def _all_damaged(folder: Path) -> StudioError:
    return StudioError(
        "open.damaged",
        f"“{folder.name}” was not opened.",
        cause="Every save of the project in it is damaged.",
        remedy="Your recordings are in its folders media and takes: import them into a new project.",
    )


def _unreadable(folder: Path, error: OSError) -> StudioError:
    if isinstance(error, FileNotFoundError | NotADirectoryError):
        return StudioError(
            "open.no_folder",
            f"“{folder.name}” was not opened.",
            cause="There is no such folder.",
            remedy="Choose another one; it may have been moved or renamed.",
        )
    return StudioError(
        "open.unreadable",
        f"“{folder.name}” was not opened.",
        cause=f"The folder could not be read ({os.strerror(error.errno or 0)}).",
        remedy="Check that you may read it and that the drive is connected.",
    )
