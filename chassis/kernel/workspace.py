"""Workspaces: from where somebody looks, and whose a thing is.

The one convention of the house: a caller works in one base, or in the whole installation ("*"). From a base one sees
that base's things; from the whole everything, in lists as by id, and what is done from there to a thing happens in
the workspace that the thing belongs to. What is made from the whole belongs to the whole.
"""

WHOLE = "*"
"""The whole installation, as a workspace."""


def sees(workspace: str, owner: str) -> bool:
    """Tell whether from a workspace one may know of what another owns."""
    return workspace in {WHOLE, owner}


def seen_from(workspace: str, field: str = "workspace") -> dict[str, str]:
    """Give the filter of what a workspace may know of, where documents name their owner in `field`."""
    return {} if workspace == WHOLE else {field: workspace}
