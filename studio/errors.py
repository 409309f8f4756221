"""The one vocabulary in which the studio explains a failure to a person."""

import traceback

import msgspec


class Explanation(msgspec.Struct, frozen=True, kw_only=True):
    """What a person is told when something did not happen.

    `title` says what did not happen, `cause` why, `remedy` what to do now: three short sentences without
    jargon. `code` is stable and can be searched for. `detail` (a traceback, a device report) goes to the log
    and behind the "Details" button, never into the other three.
    """

    code: str
    title: str
    cause: str
    remedy: str
    detail: str = ""

    @property
    def sentence(self) -> str:
        """All three as one line, for a terminal or a toast."""
        return " ".join(part for part in (self.title, self.cause, self.remedy) if part)


class StudioError(Exception):
    """A failure that was foreseen. Raise it anywhere; the process boundary turns it into an `Explanation`."""

    def __init__(self, code: str, title: str, *, cause: str, remedy: str) -> None:
        super().__init__(f"{code}: {title} {cause}")
        self.explanation = Explanation(code=code, title=title, cause=cause, remedy=remedy)


class Cancelled(Exception):
    """The person no longer wants the result. Raised by `report`, caught only at the process boundary."""


def out_of_memory(detail: str) -> Explanation:
    """Return what is said whenever memory ran out, whoever noticed: Python or torch."""
    return Explanation(
        code="memory.out",
        title="There was not enough memory.",
        cause="The work needed more than this computer has free.",
        remedy="Close other programs, or choose a smaller model or a shorter stretch, then try again.",
        detail=detail,
    )


def is_out_of_memory(error: BaseException) -> bool:
    """Whether memory ran out. torch says so in two ways of its own, which are told apart without importing it."""
    if isinstance(error, MemoryError):
        return True
    names = {kind.__name__ for kind in type(error).__mro__}
    words = ("can't allocate memory", "out of memory", "not enough memory")
    return "OutOfMemoryError" in names or (
        isinstance(error, RuntimeError) and any(word in str(error).lower() for word in words)
    )


def explain(error: BaseException) -> Explanation:
    """Return the explanation of any exception; one that nobody foresaw is named as our bug, not the person's."""
    detail = "".join(traceback.format_exception(error))
    if isinstance(error, StudioError):
        return msgspec.structs.replace(error.explanation, detail=detail)
    if is_out_of_memory(error):
        return out_of_memory(detail)
    return Explanation(
        code="bug",
        title="Something went wrong inside the studio.",
        cause="This is our mistake, not yours.",
        remedy="Your project is safe. Try again; if it happens twice, send us the details.",
        detail=detail,
    )
