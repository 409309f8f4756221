"""The models of this computer and those that can be fetched: what there is, what is on its way, what went wrong."""

from collections.abc import Callable
from pathlib import Path
from typing import Literal

from msgspec.structs import replace
from PySide6.QtCore import QObject, Signal

from studio.errors import Explanation
from studio.protocol.common import JobId
from studio.protocol.messages import Job, Result
from studio.protocol.models import (
    ImportModel,
    InstallModel,
    ListModels,
    ModelCard,
    ModelChanged,
    ModelRemoved,
    ModelsListed,
    RemoveModel,
    VerifyModel,
)
from studio.session.jobs import JobRow, Jobs
from studio.supervision.worker import Worker

Phase = Literal["unknown", "looking", "known", "failed"]


class Models(QObject):
    """Asks the models worker, which starts when it is first needed, and keeps what it answers. UI thread only.

    The phase goes unknown → looking → known, or failed with `why`; a list that was known stays while it is looked
    up again.
    """

    changed = Signal()
    arrived = Signal(object)  # ModelCard: it was downloaded, imported or checked
    rearranged = Signal()  # another set of models is installed: the engines have to look again

    def __init__(self, parent: QObject | None = None, *, worker: Worker | None = None) -> None:
        super().__init__(parent)
        self._worker = worker or Worker("models", parent=self)
        self._jobs = Jobs(self._worker, self)
        self._cards: dict[str, ModelCard] = {}
        self._latest: dict[str, JobId] = {}
        self._listing: JobId | None = None
        self.importing: JobId | None = None
        self.phase: Phase = "unknown"
        self.why: Explanation | None = None
        self.folder = ""
        self.free_bytes = 0
        self._jobs.changed.connect(self._note)

    @property
    def cards(self) -> tuple[ModelCard, ...]:
        """Every model, in the order of the list."""
        return tuple(self._cards.values())

    @property
    def busy(self) -> bool:
        """Whether something is being downloaded, imported, checked or deleted."""
        return any(not row.is_over for row in self._jobs.rows)

    def row(self, id: str) -> JobRow | None:
        """The last thing that was done with a model, or is being done; None where that is over and forgotten."""
        job = self._latest.get(id)
        return None if job is None else self._jobs.row(job)

    @property
    def import_row(self) -> JobRow | None:
        """The import of which nobody knows yet which model it is."""
        return None if self.importing is None else self._jobs.row(self.importing)

    def look(self) -> None:
        """Ask what there is, starting the worker where it does not run yet."""
        self._worker.start()
        if self._listing is None:
            self.phase = "looking" if not self._cards else "known"
            self._listing = self._jobs.start(lambda job: ListModels(job=job), "Looking for models", self._listed)
            self.changed.emit()

    def install(self, id: str) -> None:
        """Download a model, or go on with it."""
        self._begin(id, f"Downloading {self._name(id)}", lambda job: InstallModel(job=job, model=id))

    def verify(self, id: str) -> None:
        """Read a model and hold it against what was installed."""
        self._begin(id, f"Checking {self._name(id)}", lambda job: VerifyModel(job=job, model=id))

    def remove(self, id: str) -> None:
        """Delete a model, or what is here of it."""
        self._begin(id, f"Deleting {self._name(id)}", lambda job: RemoveModel(job=job, model=id))

    def import_from(self, path: Path) -> None:
        """Install the model that lies in a folder or beside a file."""
        self._worker.start()
        title = f"Importing {path.name}"
        self.importing = self._jobs.start(lambda job: ImportModel(job=job, path=str(path)), title, self._deliver)

    def cancel(self, id: str) -> None:
        """Stop what is being done with a model; what was downloaded stays."""
        job = self._latest.get(id)
        if job is not None:
            self._jobs.cancel(job)

    def forget(self, id: str) -> None:
        """Say no more of what was done with a model."""
        job = self._latest.get(id)
        if job is not None:
            self._jobs.dismiss(job)

    def close(self) -> None:
        """End the worker; what was downloaded stays for the next time."""
        self._worker.finish(500)

    def _begin(self, id: str, title: str, make: Callable[[JobId], Job]) -> None:
        row = self.row(id)
        if row is not None and not row.is_over:
            return
        self.forget(id)
        self._worker.start()
        self._latest[id] = self._jobs.start(make, title, self._deliver, goes_on=True)
        self.changed.emit()

    def _listed(self, result: Result) -> None:
        assert isinstance(result, ModelsListed)
        self._cards = {card.id: card for card in result.models}
        self.folder, self.free_bytes = result.folder, result.free_bytes
        self.phase, self.why = "known", None

    def _deliver(self, result: Result) -> None:
        before = self._installed
        match result:
            case ModelChanged():
                self._cards[result.model.id] = result.model
                self.arrived.emit(result.model)
            case ModelRemoved():
                if result.model in self._cards:
                    gone = replace(self._cards[result.model], state="absent", have_bytes=0, files=())
                    self._cards[result.model] = gone
            case _:
                raise AssertionError(f"{type(result).__name__} is no answer to this")
        after = self._installed
        self.look()
        if before != after:
            self.rearranged.emit()

    def _note(self) -> None:
        listing = None if self._listing is None else self._jobs.row(self._listing)
        if listing is not None and listing.is_over:
            if listing.state != "done":
                self.why = listing.why
                self.phase = "failed" if not self._cards else "known"
            self._listing = None
            self._jobs.dismiss(listing.id)
            return
        stopped = [one for one in self._latest if (row := self.row(one)) is not None and row.state == "stopped"]
        for one in stopped:
            self.forget(one)
            del self._latest[one]
        if stopped:
            self.look()
        self.changed.emit()

    @property
    def _installed(self) -> set[str]:
        return {card.id for card in self._cards.values() if card.state == "installed"}

    def _name(self, id: str) -> str:
        card = self._cards.get(id)
        return id if card is None else card.name
