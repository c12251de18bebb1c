"""Commands on what the installation knows of itself: bases, sources, attributes. The same again answers the same."""

from services.profile.app import App
from services.profile.domain.catalogue import Attribute
from services.profile.domain.errors import AttributeTaken, BaseTaken, BaseUnknown, SourceTaken
from services.profile.domain.sources import CONSOLE, EVERYWHERE, Base, Source


async def create_base(base: Base, app: App) -> Base:
    """Create a base.

    Raises:
        BaseTaken: one of this key exists with another title.
    """
    known = await app.settings.add_base(base)
    if known != base:
        raise BaseTaken(base.key)
    return known


async def create_source(source: Source, workspace: str, app: App) -> Source:
    """Create a source of a base.

    Raises:
        BaseUnknown: there is no such base, or the caller works in another.
        SourceTaken: one of this key exists with other properties, or the key is the console's.
    """
    bases = {base.key for base in await app.settings.bases()}
    if source.base not in bases or workspace not in {EVERYWHERE, source.base}:
        raise BaseUnknown(source.base)
    if source.key == CONSOLE or await app.settings.add_source(source) != source:
        raise SourceTaken(source.key)
    return source


async def create_attribute(attribute: Attribute, app: App) -> Attribute:
    """Create an attribute, usable at once.

    Raises:
        AttributeTaken: one of this key exists with other properties.
        CatalogueFull: the index can hold no more.
    """
    catalogue = await app.settings.catalogue()
    known = catalogue.get(attribute.key)
    if known == attribute:
        return attribute
    catalogue.admit(attribute)
    if await app.settings.add_attribute(attribute) != attribute:
        raise AttributeTaken(attribute.key)
    return attribute
