"""What licences a package may have to be installed with the product, and how packages spell them.

Promise: GPL, AGPL and SSPL are not among the allowed, whatever else a package offers beside "AND"; what cannot be read
is refused, not guessed.
"""

import re
from collections.abc import Iterable

ALLOWED = frozenset(
    {
        "0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "BlueOak-1.0.0", "CC0-1.0", "ISC", "MIT", "MIT-0",
        "MPL-2.0", "OFL-1.1", "PSF-2.0", "Python-2.0", "Unlicense", "Zlib",
    }
)  # fmt: skip
"""By SPDX's names. MPL-2.0 binds its own files only; OFL-1.1 is the typeface's."""

_SPOKEN = {
    "3-clause bsd license": "BSD-3-Clause",
    "apache 2.0": "Apache-2.0",
    "apache software license": "Apache-2.0",
    "bsd": "BSD-3-Clause",
    "bsd license": "BSD-3-Clause",
    "isc license": "ISC",
    "mit license": "MIT",
    "mozilla public license 2.0 (mpl 2.0)": "MPL-2.0",
    "psfl": "PSF-2.0",
    "python software foundation license": "PSF-2.0",
    "the unlicense (unlicense)": "Unlicense",
}
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9.+-]*")


def expression(stated: str | None, spoken: str | None, classifiers: Iterable[str]) -> str:
    """Give a package's licence by SPDX's names out of what its record says, best source first; "" when it says nothing.

    Args:
        stated: the field License-Expression, an SPDX expression.
        spoken: the older field License, a name or the whole text.
        classifiers: the record's classifiers, of which those of licences count.
    """
    if stated:
        return stated
    named = (spoken or "").strip()
    if named in ALLOWED:
        return named
    if named.lower() in _SPOKEN:
        return _SPOKEN[named.lower()]
    endings = [text.rpartition(" :: ")[2].lower() for text in classifiers if text.startswith("License ::")]
    known = sorted({_SPOKEN[ending] for ending in endings if ending in _SPOKEN})
    return " OR ".join(known)


def allowed(spdx: str) -> bool:
    """Tell whether an expression leaves a choice that is allowed throughout."""
    plain = spdx.replace("(", " ").replace(")", " ").strip()
    if not plain or ("(" in spdx and " AND " in spdx):
        return False  # nested expressions are read by a person
    return any(
        all(_ID.fullmatch(part.strip()) is not None and part.strip() in ALLOWED for part in choice.split(" AND "))
        for choice in plain.split(" OR ")
    )
