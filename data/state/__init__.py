"""What people enter: workshop sessions, rounds of answers, and named documents; one SQLite file beside the snapshots.

::

    STORE/state.sqlite         (with -wal and -shm while it is open); made with the first thing that is saved

Figures never depend on it: where it cannot be read or written, a StateError says so in one line and the dashboard goes
on serving. Every row has a version; who writes with the version they read never overwrites what someone else wrote.
"""

from data.errors import StateConflict, StateError
from data.state._database import State
from data.state.documents import (
    Document,
    delete_document,
    list_documents,
    read_document,
    save_document,
)
from data.state.rounds import (
    Answers,
    Live,
    Participant,
    Round,
    answers_of,
    close_round,
    close_workshop,
    find_live,
    give_answers,
    join_workshop,
    live_workshop,
    open_round,
    open_workshop,
    own_answers,
    read_participant,
    read_round,
    rounds_of,
    tally_agencies,
)
from data.state.sessions import (
    Change,
    Session,
    Value,
    change_values,
    copy_session,
    delete_session,
    delete_value,
    history_of,
    list_sessions,
    lock_session,
    new_session,
    put_value,
    put_values,
    read_session,
    read_values,
    rename_session,
)

__all__ = [
    "Answers",
    "Change",
    "Document",
    "Live",
    "Participant",
    "Round",
    "Session",
    "State",
    "StateConflict",
    "StateError",
    "Value",
    "answers_of",
    "change_values",
    "close_round",
    "close_workshop",
    "copy_session",
    "delete_document",
    "delete_session",
    "delete_value",
    "find_live",
    "give_answers",
    "history_of",
    "join_workshop",
    "list_documents",
    "list_sessions",
    "live_workshop",
    "lock_session",
    "new_session",
    "open_round",
    "open_workshop",
    "own_answers",
    "put_value",
    "put_values",
    "read_document",
    "read_participant",
    "read_round",
    "read_session",
    "read_values",
    "rename_session",
    "rounds_of",
    "save_document",
    "tally_agencies",
]
