"""How far a part of a job is, told as how far the job is."""

from studio.engines.base import Report


def share(report: Report, first: float, last: float) -> Report:
    """A report for the part of a job that lies between two fractions of it."""
    return lambda fraction, stage: report(first + (last - first) * fraction, stage)
