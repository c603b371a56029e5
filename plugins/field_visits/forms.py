"""Forms of the catalogue, of the rules, of wishes and of moving one person."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import wtforms
from flask import g

from eventhub.api import (
    ChoiceField,
    Form,
    LanguagesField,
    LocalizedField,
    MomentField,
    Section,
    TextField,
    VersionedForm,
    WholeNumberField,
    _,
    _l,
    number_or_none,
)

from . import domain, words
from .models import Slot, SlotState


class Catalogued(VersionedForm):
    """The facts of a visit."""

    title = LocalizedField(_l("Title"))
    description = LocalizedField(_l("Description"), required=False, maximum=4000, multiline=True)
    site = TextField(_l("Site"), required=False)
    host = TextField(_l("Received by"), required=False, description=_l("Who welcomes the group on the spot."))
    guide_id = ChoiceField(_l("Guide"), required=False, blank=_l("No guide yet"), coerce=number_or_none)
    meeting_point = LocalizedField(_l("Meeting point"), required=False, maximum=500)
    way_there = ChoiceField(_l("Way there"))
    languages = LanguagesField(
        _l("Languages spoken or interpreted"),
        required=True,
        description=_l("Nobody is sent to a visit of which they understand no language."),
    )
    walking_level = ChoiceField(_l("Walking"), coerce=number_or_none)
    step_free = wtforms.BooleanField(_l("Step-free from the meeting point and back"))
    packed_lunch = wtforms.BooleanField(_l("With a packed lunch"))

    def set_up(self) -> None:
        super().set_up()
        self.way_there.offer([(str(code), title) for code, title in words.WAYS.items()])
        self.walking_level.offer(words.LEVELS.items())
        self.guide_id.offer(domain.guides(g.event))
        first = list(dict.fromkeys([*g.event.languages, *(self.languages.data or [])]))
        self.languages.put_first(first)
        self.languages.folded = len(first)


class Departing(VersionedForm):
    """The facts of a departure."""

    item_id = ChoiceField(
        _l("When"),
        coerce=number_or_none,
        description=_l("A programme item of kind “Field visit”; its time includes the way there and back."),
    )
    minimum = WholeNumberField(
        _l("Minimum"), maximum=10_000, description=_l("With fewer people the departure stays closed.")
    )
    maximum = WholeNumberField(
        _l("Maximum"), minimum=1, maximum=10_000, description=_l("Such as the seats of the coach.")
    )
    state = ChoiceField(_l("State"))
    wave = WholeNumberField(
        _l("Round"),
        minimum=1,
        maximum=20,
        description=_l("Everybody gets one place per round. Leave 1 when all visits run at the same time."),
    )

    own_item: int | None = None

    def set_up(self) -> None:
        super().set_up()
        items = domain.free_items(g.event, self.own_item)
        self.item_id.offer([(item.id, words.item_name(g.event, item)) for item in items])
        states = [SlotState.DRAFT, SlotState.OPEN, SlotState.CANCELLED]
        if self.state.data and self.state.data not in states:
            states.insert(0, SlotState(self.state.data))
        self.state.offer([(code.value, words.SLOT_STATES[code]) for code in states])


class VisitForm(Catalogued):
    """A visit that is there already."""


class SlotForm(Departing):
    """A departure; ``slot`` is the one that it changes."""

    def __init__(self, *args: Any, slot: Slot | None = None, **kwargs: Any) -> None:
        self.own_item = slot.item_id if slot else None
        super().__init__(*args, **kwargs)


class NewVisitForm(Catalogued, Departing):
    """A visit with its first departure."""


class SettingsForm(VersionedForm):
    """How places are given."""

    per_delegation = WholeNumberField(
        _l("People of one delegation on one departure, at most"),
        minimum=1,
        maximum=1000,
        required=False,
        description=_l(
            "So that people of several cities meet. Leave empty for no limit; the host team is not counted."
        ),
    )
    wishes_asked = WholeNumberField(_l("Wishes asked of each person"), minimum=1, maximum=10)
    wishes_close_at = MomentField(
        _l("Wishes can be given until"),
        required=False,
        description=_l("In the event's time zone. Leave empty to take them as long as the registration is open."),
    )

    def set_up(self) -> None:
        self.wishes_close_at.zone = g.event.zone


class MoveForm(Form):
    """The place that one person gets by hand."""

    slot_id = ChoiceField(_l("Visit"), required=False, coerce=number_or_none)
    keep = wtforms.BooleanField(_l("Keep this place whatever the next plans say"), default=True)


class PublishForm(Form):
    """Which plan is published."""

    run_id = wtforms.HiddenField()


# --- wishes ---------------------------------------------------------------------------------------------------------


class WishSection(Section):
    """What one person wishes for, best first; ``offer`` are the departures as (id, label)."""

    def __init__(self, *args: Any, offer: Sequence[tuple[int, str]] = (), closed: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for one in self.ranks:
            one.offer(offer)
            one.flags.disabled = closed
        if closed:
            del self.abstains

    @property
    def ranks(self) -> list[Any]:
        return [one for one in self if one.short_name.startswith("rank_")]

    @property
    def ranked(self) -> list[str]:
        """Return what is stored in the ranks, in words."""
        return [label for one in self.ranks for value, label in one.choices if value and value == one.object_data]

    @property
    def chosen(self) -> list[int]:
        """Return the departures in order; a rank left open between two is closed up."""
        return [one.data for one in self.ranks if one.data]

    def validate(self, extra_validators: Any = None) -> bool:
        fine = super().validate(extra_validators)
        if "abstains" in self and self.abstains.data:
            return bool(fine)
        seen: set[int] = set()
        for one in self.ranks:
            if one.data in seen:
                one.errors = [
                    *one.errors,
                    _("This visit stands in an earlier place already. Choose another one, or none."),
                ]
                fine = False
            seen |= {one.data} if one.data else set()
        return bool(fine)


@lru_cache(maxsize=16)
def wish_section(ranks: int) -> type[WishSection]:
    """Return the section that asks for so many wishes."""
    fields: dict[str, Any] = {
        f"rank_{number}": ChoiceField(
            words.RANKS[number - 1], required=False, blank=_l("No choice yet"), coerce=number_or_none
        )
        for number in range(1, ranks + 1)
    }
    fields["abstains"] = wtforms.BooleanField(_l("Takes part in no visit"))
    return type(f"WishSection{ranks}", (WishSection,), fields)
