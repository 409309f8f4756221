"""The engines of this installation, as the desktop is told of them."""

from studio.engines import registry
from studio.protocol.common import ControlCard, EngineCard


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
            controls=tuple(
                ControlCard(
                    id=one.id,
                    title=one.title,
                    low=one.low,
                    high=one.high,
                    default=one.default,
                    unit=one.unit,
                    about=one.about,
                )
                for one in info.controls
            ),
        )
        for info, missing in registry.cards()
    )
