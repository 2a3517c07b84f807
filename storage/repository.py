"""What the other rooms write and ask while they work: plain functions, session first."""

from storage.candidates import (
    Captured,
    candidate_for,
    captured_candidates,
    count_due,
    due_candidates,
    has_candidates,
    save_candidates,
)
from storage.capture_rows import last_length
from storage.readings import Outcome, store_reading, store_readings
from storage.runs import close_dead_runs, finish_run, start_run
from storage.sites import (
    channel_state,
    channels,
    forget_answers,
    host,
    save_channel_state,
    save_host,
    save_site,
    site_id,
)
from storage.sources import load_sources
from storage.visits import mark_candidate, mark_gone, mark_unchanged, put_off, schedule_revisit

__all__ = [
    "Captured",
    "Outcome",
    "candidate_for",
    "captured_candidates",
    "channel_state",
    "channels",
    "close_dead_runs",
    "count_due",
    "due_candidates",
    "finish_run",
    "forget_answers",
    "has_candidates",
    "host",
    "last_length",
    "load_sources",
    "mark_candidate",
    "mark_gone",
    "mark_unchanged",
    "put_off",
    "save_candidates",
    "save_channel_state",
    "save_host",
    "save_site",
    "schedule_revisit",
    "site_id",
    "start_run",
    "store_reading",
    "store_readings",
]
