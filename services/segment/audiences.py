"""What a segment asks of the index, and what stands behind its references."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from chassis.kernel import sees
from services.segment.domain.catalogue import Catalogue
from services.segment.domain.errors import RuleInvalid, SegmentUnknown
from services.segment.domain.membership import Container
from services.segment.domain.numbers import Numbers
from services.segment.domain.rule import Node, statuses_of
from services.segment.domain.rule_parsing import parse_rule
from services.segment.domain.segment import Segment, require_sound
from services.segment.ports import Absorptions, Audience, Catalogues, Memberships, NumberSets, SegmentStore


async def read_rule(tree: object, catalogues: Catalogues, field: str = "rule") -> tuple[Node, Catalogue]:
    """Read a rule; an attribute that was made a moment ago is known.

    Raises:
        RuleInvalid: with one violation per place, at most twenty.
    """
    catalogue = await catalogues.attributes()
    try:
        return parse_rule(tree, catalogue, field), catalogue
    except RuleInvalid:
        catalogue = await catalogues.attributes(fresh=True)
        return parse_rule(tree, catalogue, field), catalogue


@dataclass(frozen=True, slots=True)
class Audiences:
    """Makes audiences of segments and rules."""

    segments: SegmentStore
    memberships: Memberships
    absorptions: Absorptions
    sets: NumberSets

    async def one(self, segment: str, workspace: str) -> Segment:
        """Return a segment that a workspace sees.

        Raises:
            SegmentUnknown: there is none, as far as the workspace may know.
        """
        found = (await self.segments.get([segment])).get(segment)
        if found is None or not sees(workspace, found.workspace):
            raise SegmentUnknown(segment)
        return found

    async def reachable(self, uses: frozenset[str]) -> Mapping[str, Segment]:
        """Return every segment that references lead to, directly or not."""
        known: dict[str, Segment] = {}
        asked = set(uses)
        while asked:
            found = await self.segments.get(sorted(asked))
            known.update(found)
            asked = {used for segment in found.values() for used in segment.uses} - known.keys()
        return known

    async def members(self, segments: frozenset[str]) -> Mapping[str, Numbers]:
        """Return who is in segments, each absorbed number as its survivor's."""
        if not segments:
            return {}
        stored = await self.memberships.containers(sorted(segments))
        return {segment: await self.everybody(_of(stored, segment), "members") for segment in segments}

    async def of_rule(self, rule: Node, uses: frozenset[str], workspace: str) -> Audience:
        """Return the audience of a rule that is not saved.

        Raises:
            RuleSegmentUnknown: it refers to what the workspace does not have.
        """
        if uses:
            require_sound("", workspace, uses, await self.reachable(uses))
        return Audience(workspace, rule, members=await self.members(uses), statuses=statuses_of(rule))

    async def of_segment(self, segment: Segment, catalogue: Catalogue) -> Audience:
        """Return the audience of a segment: by its rule now where it follows, else as it was last worked out."""
        stored = _of(await self.memberships.containers([segment.id]), segment.id)
        rule = parse_rule(segment.rule, catalogue) if segment.rule is not None else None
        added = await self.everybody(stored, "added")
        removed = await self.everybody(stored, "removed")
        statuses = statuses_of(rule)
        if segment.follows or (rule is not None and segment.refreshed is None):
            return Audience(segment.workspace, rule, added, removed, statuses, await self.members(segment.uses))
        return Audience(segment.workspace, None, added | await self.everybody(stored, "ruled"), removed, statuses)

    async def everybody(self, containers: Sequence[Container], part: str) -> Numbers:
        """Return one part of all containers as one set."""
        return await self.absorptions.canonical(self.sets.union(getattr(each, part) for each in containers))


def _of(stored: Mapping[tuple[str, int], Container], segment: str) -> list[Container]:
    return [container for (owner, _), container in stored.items() if owner == segment]
