"""The models worker: downloads, checks and deletes models, so that neither the window nor a job waits for a network.

It is started when somebody first looks at the models, and takes one job after the other, as the compute worker does.
"""

import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from studio import paths
from studio.catalogue import entries, importing, store
from studio.catalogue.entries import Entry
from studio.catalogue.store import Installed
from studio.protocol.common import Ready
from studio.protocol.messages import PROTOCOL, Job
from studio.protocol.models import (
    ImportModel,
    InstallModel,
    ListModels,
    ModelCard,
    ModelChanged,
    ModelFileCard,
    ModelRemoved,
    ModelsListed,
    ModelState,
    RemoveModel,
    VerifyModel,
)
from studio.workers.compute import Compute
from studio.workers.runtime import Context, Report

_MB: Final = 1_000_000
_STALL_S: Final = float(os.environ.get("STUDIO_STALL_S", "30"))

HANDLERS: Final[Mapping[type[Job], str]] = {
    ListModels: "studio.workers.models:list_models",
    InstallModel: "studio.workers.models:install",
    ImportModel: "studio.workers.models:import_model",
    VerifyModel: "studio.workers.models:verify",
    RemoveModel: "studio.workers.models:remove",
}


class Models(Compute):
    """The queue of the compute worker with jobs of its own."""

    def __init__(self) -> None:
        super().__init__(HANDLERS)
        store.sweep()

    def ready(self) -> Ready:
        return Ready(protocol=PROTOCOL, role="models", pid=os.getpid())


def list_models(job: ListModels, context: Context, report: Report) -> ModelsListed:
    """Every entry of the list, then what is installed without one."""
    del context
    report(0.0, "Looking for models")
    there = store.installed()
    known = entries.entries()
    cards = [_card(one, there.get(one.id)) for one in known]
    cards += [_own_card(one) for one in there.values() if one.id not in {entry.id for entry in known}]
    return ModelsListed(
        job=job.job,
        models=tuple(cards),
        folder=str(store.folder()),
        free_bytes=shutil.disk_usage(paths.data()).free,
    )


def install(job: InstallModel, context: Context, report: Report) -> ModelChanged:
    """Download a model."""
    del context
    report(0.0, "Asking the server")
    entry = entries.entry(job.model)
    return ModelChanged(job=job.job, model=_card(entry, store.install(entry, report, stall_s=_STALL_S)))


def import_model(job: ImportModel, context: Context, report: Report) -> ModelChanged:
    """Install a model from disk."""
    del context
    return _changed(job, importing.import_model(Path(job.path), report, id=job.model))


def verify(job: VerifyModel, context: Context, report: Report) -> ModelChanged:
    """Read a model and hold it against what was installed."""
    del context
    return _changed(job, store.verify(job.model, report))


def remove(job: RemoveModel, context: Context, report: Report) -> ModelRemoved:
    """Delete a model."""
    del context
    report(0.0, "Deleting")
    return ModelRemoved(job=job.job, model=job.model, freed_bytes=store.remove(job.model))


def _changed(job: ImportModel | VerifyModel, one: Installed) -> ModelChanged:
    entry = next((entry for entry in entries.entries() if entry.id == one.id), None)
    return ModelChanged(job=job.job, model=_own_card(one) if entry is None else _card(entry, one))


def _card(entry: Entry, one: Installed | None) -> ModelCard:
    here = store.bytes_here(entry.id) if one is None else 0
    known = sum(file.size_bytes for file in entry.files)
    return ModelCard(
        id=entry.id,
        name=entry.name,
        engine=entry.engine,
        publisher=entry.publisher,
        licence=entry.licence,
        page=entry.page,
        languages=entry.languages,
        about=entry.about,
        size_bytes=one.size_bytes if one is not None else known or entry.about_mb * _MB,
        memory_bytes=entry.memory_mb * _MB,
        state=_state(one) if one is not None else "partly" if here else "absent",
        have_bytes=here,
        folder=str(store.place(entry.id)) if one is not None else "",
        source=one.source if one is not None else "",
        when=one.when if one is not None else "",
        revision=one.revision if one is not None else entry.revision,
        terms=entry.terms,
        recommended=entry.recommended,
        files=_files(one),
    )


def _own_card(one: Installed) -> ModelCard:
    return ModelCard(
        id=one.id,
        name=one.name,
        engine=one.engine,
        publisher=one.publisher,
        licence=one.licence,
        page=one.page,
        languages=one.languages,
        about=one.about,
        size_bytes=one.size_bytes,
        memory_bytes=one.memory_mb * _MB,
        state=_state(one),
        folder=str(store.place(one.id)),
        source=one.source,
        when=one.when,
        revision=one.revision,
        files=_files(one),
    )


def _state(one: Installed) -> ModelState:
    return "installed" if store.seems_whole(one) else "damaged"


def _files(one: Installed | None) -> tuple[ModelFileCard, ...]:
    return tuple(
        ModelFileCard(name=file.name, size_bytes=file.size_bytes, sha256=file.sha256, checked_by=file.checked_by)
        for file in (one.files if one is not None else ())
    )
