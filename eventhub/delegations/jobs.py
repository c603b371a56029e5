"""What the worker does for those who wait for seats."""

from __future__ import annotations

from eventhub import clock
from eventhub.contributions import Periodic
from eventhub.db import get, transaction
from eventhub.delegations import offers
from eventhub.events.models import Event


def sweep() -> None:
    """Take back what ran out, pass it on, and forget what leads to nothing; each event in a transaction of its own."""
    for event_id in offers.events_that_wait():
        with transaction():
            offers.pass_on(get(Event, event_id))
    with transaction():
        offers.forget(clock.now())


SWEEP = Periodic("delegations.waiting", sweep)
