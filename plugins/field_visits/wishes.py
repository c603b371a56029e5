"""What people wish for: departures in order, or no visit at all."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from eventhub.api import Actor, Event, Participant, Refused, Verb, _l, activity, clock, events, format_moment, session

from . import places
from .models import Abstention, Wish
from .standing import Standing

WISHED = Verb("field_visits:wished", _l("Wishes for the field visits given"))


class WishesClosed(Refused):
    message = _l("Wishes could be given until %(when)s. Write to the organisers if yours must change.")


class NotOffered(Refused):
    message = _l("One of these visits is no longer on offer. Choose among those of the list.")


class TwiceTheSame(Refused):
    message = _l("The same visit stands in two places. Choose another one for one of them.")


def closed(now: Standing) -> bool:
    """Tell whether guests can give no more wishes; organisers can."""
    closes = now.settings.wishes_close_at
    return closes is not None and clock.now() > closes


def choose(
    event: Event, now: Standing, person: Participant, slots: Sequence[int], *, abstains: bool, by: Actor
) -> None:
    """Keep what the person wishes for in this wave, best first; who comes on no visit gives back a place at once."""
    events.check_not_frozen(event)
    wanted = () if abstains else tuple(slots)
    before, abstained = now.ranked(person), person.id in now.abstaining
    if (wanted, abstains) == (before, abstained):
        return
    if by.kind == "guest" and closed(now):
        assert now.settings.wishes_close_at is not None
        raise WishesClosed(when=format_moment(now.settings.wishes_close_at, event.zone))
    if len(set(wanted)) < len(wanted):
        raise TwiceTheSame
    if not set(wanted) <= {slot.id for slot in now.possible(person)}:
        raise NotOffered
    _write(event, now.wave, person, wanted, abstains)
    activity.record(by, WISHED, person, {"wishes": [list(before), list(wanted)], "abstains": [abstained, abstains]})
    if abstains:
        places.free([person.id], now.wave)


def _write(event: Event, wave: int, person: Participant, slots: Sequence[int], abstains: bool) -> None:
    forget([person.id], wave)
    session().add_all(
        Wish(event_id=event.id, participant_id=person.id, wave=wave, rank=rank, slot_id=slot)
        for rank, slot in enumerate(slots, start=1)
    )
    if abstains:
        session().add(Abstention(event_id=event.id, participant_id=person.id, wave=wave))
    session().flush()


def forget(people: Sequence[int], wave: int | None = None) -> None:
    """Remove what these people said, of one wave or of all."""
    for model in (Wish, Abstention):
        query = sa.delete(model).where(model.participant_id.in_(people))
        session().execute(query if wave is None else query.where(model.wave == wave))
