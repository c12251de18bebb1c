"""The control group: people of the audience who get no letter, so that a campaign's effect can be measured.

Promise: membership is a function of campaign and person alone, so a repeat, another worker or a later run of the same
campaign holds out the same people, and two campaigns hold out unrelated ones.
Not here: what becomes of their requests: channel ends them with the outcome "held out".
"""

from hashlib import blake2b

_SCALE = 10_000  # a hundredth of a percent; finer shares mean nothing for audiences of people


def is_held_out(campaign: str, profile: str, percent: float) -> bool:
    """Tell whether the person belongs to the control group of so many percent."""
    digest = blake2b(f"{campaign}/{profile}".encode(), digest_size=8, person=b"holdout").digest()
    return int.from_bytes(digest, "big") % _SCALE < round(percent * _SCALE / 100)
