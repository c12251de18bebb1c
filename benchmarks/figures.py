"""What a benchmark gives, and how it is told.

A figure is a ratio: what the system does divided by what the engines alone do with the identical work, prepared
beforehand, with the same write concern, in the same run. Absolutes belong to the machine that they were taken on.
"""

import os
import platform
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the table.

    Args:
        job: what was done, with its size.
        ours: our rate or time, with `unit`.
        ceiling: the raw one, same unit.
        reach: the wanted ratio in words, such as "≥ 0.40".
        ratio: ours in terms of the ceiling; for times ceiling-relative too (1.5 means half as long again).
        holds: whether the wanted ratio was reached.
        note: what held it back, or what the ceiling is.
    """

    job: str
    ours: float
    ceiling: float
    unit: str
    reach: str
    ratio: float
    holds: bool
    note: str = ""


def rate(job: str, ours: float, ceiling: float, unit: str, least: float, note: str = "") -> Figure:
    """Give a figure of throughput: the ratio shall be at least `least`."""
    ratio = ours / ceiling
    return Figure(job, ours, ceiling, unit, f"≥ {least:.2f}", ratio, ratio >= least, note)


def rates(job: str, rounds: Sequence[tuple[float, float]], unit: str, least: float, note: str = "") -> Figure:
    """Give a figure of throughput from rounds of (ours, ceiling), taken in turns: the round of the middle ratio.

    What else the machine does slows both sides of a round, and other rounds not.
    """
    ours, ceiling = sorted(rounds, key=lambda each: each[0] / each[1])[len(rounds) // 2]
    return rate(job, ours, ceiling, unit, least, note)


def latency(job: str, ours: float, ceiling: float, unit: str, most: float, note: str = "") -> Figure:
    """Give a figure of time: the ratio shall be at most `most`."""
    ratio = ours / ceiling
    return Figure(job, ours, ceiling, unit, f"≤ {most:.2f}", ratio, ratio <= most, note)


def percentile(samples: Sequence[float], share: float) -> float:
    """Give the sample below which `share` (0 to 1) of them lie."""
    ordered = sorted(samples)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def median(samples: Sequence[float]) -> float:
    """Give the middle sample."""
    return statistics.median(samples)


def machine() -> str:
    """Describe the machine in one line."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") >> 30
    model = ""
    info = Path("/proc/cpuinfo")
    if info.exists():
        model = next(
            (line.partition(":")[2].strip() for line in info.read_text().splitlines() if "model name" in line), ""
        )
    return f"{os.cpu_count()} cores ({model or platform.machine()}), {memory} GiB, Python {platform.python_version()}"


def table(figures: Sequence[Figure]) -> str:
    """Give the figures as a Markdown table."""
    lines = [
        "| job | ours | ceiling | unit | ratio | wanted | | note |",
        "|---|---:|---:|---|---:|---|---|---|",
    ]
    for one in figures:
        verdict = "reached" if one.holds else "**missed**"
        lines.append(
            f"| {one.job} | {one.ours:,.2f} | {one.ceiling:,.2f} | {one.unit} | {one.ratio:.2f} | {one.reach} "
            f"| {verdict} | {one.note} |"
        )
    return "\n".join(lines)
