"""Python's cycle collector in processes that make many objects and few cycles."""

import gc


def quiet_collector() -> None:
    """Let Python's cycle collector look less often.

    Bulks make hundreds of thousands of objects without cycles; at the default of 700 allocations the collector took a
    quarter of a bulk's time (0.40 ms a record against 0.30 ms).
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)
