"""What a process tells of itself: logs, traces, metrics. Never anything about a person."""
