"""The allocation of an event too large to be computed while somebody waits for the page."""

from __future__ import annotations

from eventhub.api import Event, JobKind, _l, jobs, locked, ngettext, session, speaking, transaction

from . import allocation

# Above so many people a plan is computed by the worker: 60 take a second, some thousands a minute
PEOPLE_WITHOUT_WAITING = 400
PATIENCE = 60.0  # seconds for the search, and as many for the explanations: within the lease of a job


def run(work: jobs.JobRun) -> None:
    """Compute and propose the plan of the wave that the payload names; the page to look at it comes with it."""
    wave: int = work.payload["wave"]
    work.progress(0, 1)
    event = session().get_one(Event, work.event_id)
    event_id = event.id
    now, problem = allocation.current(event, wave)
    plan = allocation.solved(now, problem, seconds=PATIENCE)
    with transaction():
        event = locked(Event, event_id)
        allocation.propose(event, wave, plan, by=work.asked_by)
    work.progress(1, 1)
    with speaking(work.payload["language"]):
        text = ngettext(
            "%(num)d person has a place in this plan.",
            "%(num)d people have a place in this plan.",
            len(plan.placements),
        )
    work.result = {"url": work.payload["url"], "text": text}


ALLOCATE = JobKind("field_visits.allocate", _l("Compute the allocation of field visits"), run, attempts=2, lease=300.0)
