"""What the processes of the tests' system export of themselves."""

from collections.abc import Sequence

from deploy.local.traces.receiver import Span


class Told:
    """Every span that any process exported."""

    def __init__(self) -> None:
        self.spans: list[Span] = []

    def take(self, spans: Sequence[Span]) -> None:
        """Take what came."""
        self.spans.extend(spans)

    def traces(self, name: str) -> list[list[Span]]:
        """Give the traces that began with a request to a route."""
        spans = list(self.spans)
        begun: dict[str, list[Span]] = {span.trace: [] for span in spans if span.name == name and not span.parent}
        for span in spans:
            if span.trace in begun:
                begun[span.trace].append(span)
        return list(begun.values())
