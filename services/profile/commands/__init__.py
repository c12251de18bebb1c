"""What may be asked of profile: one module per kind of command, each says only in what order things happen."""

from services.profile.commands.records import PutResult, StagedDraft, plan_records, put_records

__all__ = ["PutResult", "StagedDraft", "plan_records", "put_records"]
