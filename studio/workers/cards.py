"""The engines of this installation, as the desktop is told of them."""

from studio.engines import registry
from studio.protocol.common import EngineCard


def cards() -> tuple[EngineCard, ...]:
    """One card an engine, also for those that cannot run here; imports none of their libraries."""
    return tuple(
        EngineCard(
            id=info.id,
            task=info.task,
            name=info.name,
            licence=info.licence,
            languages=info.languages,
            can=info.can,
            missing=missing,
            about=info.about,
            stems=info.stems,
        )
        for info, missing in registry.cards()
    )
