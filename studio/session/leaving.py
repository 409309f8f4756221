"""What is asked once before the window closes while something is running."""

from studio.errors import Explanation
from studio.session.desk import Desk


def question(desk: Desk) -> tuple[Explanation, str] | None:
    """What to ask and the verb on the button; None when nothing is lost by leaving."""
    if desk.transport.recording:
        why = Explanation(
            code="leave.recording",
            title="A take is being recorded.",
            cause="Closing the window ends it.",
            remedy="It is kept as far as it has come.",
        )
        return why, "Stop the take and close"
    running = [row for row in desk.jobs.rows if not row.is_over]
    if running:
        others = f" and {len(running) - 1} more" if len(running) > 1 else ""
        why = Explanation(
            code="leave.jobs",
            title="Work is still going on.",
            cause=f"“{running[0].title}”{others} would be stopped.",
            remedy="Your project is safe; the work can be started again later.",
        )
        return why, "Stop and close"
    return None


def may_leave(desk: Desk) -> bool:
    """Whether the window may close: nothing is running, or the person agrees."""
    asked = question(desk)
    return asked is None or desk.asks.confirm(*asked)
