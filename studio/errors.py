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


def explain(error: BaseException) -> Explanation:
    """Return the explanation of any exception; one that nobody foresaw is named as our bug, not the person's."""
    detail = "".join(traceback.format_exception(error))
    if isinstance(error, StudioError):
        return msgspec.structs.replace(error.explanation, detail=detail)
    return Explanation(
        code="bug",
        title="Something went wrong inside the studio.",
        cause="This is our mistake, not yours.",
        remedy="Your project is safe. Try again; if it happens twice, send us the details.",
        detail=detail,
    )
