"""Real worker processes for tests: started, awaited, and gone at the end whatever happened."""

from tests.helpers.processes import make_worker

__all__ = ["make_worker"]
