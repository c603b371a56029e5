"""What catering tells the pages of an event; figures only, never a name with a need."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from flask import current_app, url_for

from eventhub.api import (
    Card,
    Check,
    Deadline,
    Event,
    Hooks,
    ItemKind,
    Panel,
    Participant,
    PersonalData,
    Provider,
    PublicLink,
    Purpose,
    Severity,
    _,
    _l,
    clock,
    days_in_words,
    format_day,
    format_list,
    format_time,
    language,
    ngettext,
    programme,
    session,
)
from plugins.catering import dietary, domain, forecast, freezing, words
from plugins.catering.headcount import Headcount
from plugins.catering.models import Meal


def hooks_of(event: Event) -> Hooks:
    hooks: Hooks = current_app.extensions["hub"].for_event(event)
    return hooks


def when(event: Event, meal: Meal) -> str:
    """Return "Tuesday 25 March, 12:00"."""
    day = format_day(domain.day_of(event, meal), "EEEE d MMMM")
    return f"{day}, {format_time(meal.starts_at, event.zone)}"


def cards(event: Event) -> Iterable[Card]:
    """Return how many eat at the next meal."""
    now = clock.now()
    following = next((meal for meal in domain.meals(event) if meal.ends_at > now and meal.held), None)
    if following is None:
        return
    headcount = forecast.of(event, [following], hooks_of(event)).headcount(following.id)
    yield Card(
        _("At the next meal"),
        str(headcount.covers),
        note=f"{domain.title(event, following)} – {when(event, following)}",
        url=url_for("catering.show", meal_id=following.id),
        order=40,
    )


# --- what does not fit ----------------------------------------------------------------------------------------------


def checks(event: Event) -> Iterable[Check]:
    hooks = hooks_of(event)
    meals = domain.meals(event)
    for meal in meals:
        yield from _plan_checks(event, meal)
    yield from _frozen_checks(event, [meal for meal in meals if meal.snapshots and meal.held], hooks)
    yield from _programme_checks(event, hooks)
    waiting = dietary.unconfirmed(event)
    if waiting:
        yield Check(
            "catering.unconfirmed",
            "all",
            Severity.TO_COMPLETE,
            ngettext(
                "%(num)d person has not confirmed their dietary needs",
                "%(num)d people have not confirmed their dietary needs",
                waiting,
            ),
            _("Somebody else declared them. They are counted, and nobody reads them before the person agrees."),
            url_for("catering.index"),
            _("See the meals"),
            "catering",
        )


def _plan_checks(event: Event, meal: Meal) -> Iterable[Check]:
    name = domain.title(event, meal)
    edit = url_for("catering.edit", meal_id=meal.id)
    if not meal.held:
        yield Check(
            "catering.meal_not_in_programme",
            str(meal.id),
            Severity.AT_RISK,
            _("“%(meal)s” is no longer in the programme", meal=name),
            _("What it was planned for is cancelled or archived. Archive the meal, or choose another place for it."),
            edit,
            _("Edit the meal"),
            "catering",
        )
    elif meal.provider is None:
        yield Check(
            "catering.no_provider",
            str(meal.id),
            Severity.TO_COMPLETE,
            _("“%(meal)s” has no caterer yet", meal=name),
            when(event, meal),
            edit,
            _("Choose a caterer"),
            "catering",
        )
    elif domain.policy(meal) is None:
        yield Check(
            "catering.no_cutoff",
            str(meal.id),
            Severity.TO_COMPLETE,
            _("No cut-off is agreed for “%(meal)s”", meal=name),
            _("Nobody knows until when its figures may change; they will not be frozen by themselves."),
            url_for("providers.edit", provider_id=meal.provider.id),
            _("Write the cut-off"),
            "catering",
        )


def _frozen_checks(event: Event, frozen: Sequence[Meal], hooks: Hooks) -> Iterable[Check]:
    if not frozen:
        return
    counted = forecast.of(event, frozen, hooks)
    for meal in frozen:
        delta = freezing.delta(meal.snapshots, counted.headcount(meal.id))
        if delta is None or not delta.beyond:
            continue
        yield Check(
            "catering.beyond_tolerance",
            str(meal.id),
            Severity.BREAKS_RULE if delta.verdict is freezing.Verdict.ABOVE else Severity.AT_RISK,
            _(
                "“%(meal)s”: %(now)s covers now, %(told)s told to the caterer",
                meal=domain.title(event, meal),
                now=delta.now,
                told=delta.told,
            ),
            words.meaning(delta),
            url_for("catering.show", meal_id=meal.id),
            _("See the difference"),
            "catering",
        )


def _programme_checks(event: Event, hooks: Hooks) -> Iterable[Check]:
    items = programme.active_items(event)
    bare = domain.items_without_meal(event, [item for item in items if item.kind == ItemKind.MEAL])
    if bare:
        yield Check(
            "catering.nobody_caters",
            "all",
            Severity.TO_COMPLETE,
            ngettext(
                "Nobody caters for %(num)d meal of the programme",
                "Nobody caters for %(num)d meals of the programme",
                len(bare),
            ),
            format_list(item.title.label(language()) for item in bare[:5]),
            url_for("catering.create"),
            _("Plan the meal"),
            "catering",
        )
    carrying = forecast.uncovered_packs(event, [item for item in items if item.kind == ItemKind.VISIT], hooks)
    if carrying:
        yield Check(
            "catering.packed_without_meal",
            "all",
            Severity.AT_RISK,
            ngettext(
                "%(num)d person carries a packed lunch that nobody makes",
                "%(num)d people carry a packed lunch that nobody makes",
                carrying,
            ),
            _("Their visit comes with a packed lunch, but no packed lunches are planned for it."),
            url_for("catering.create"),
            _("Plan the packed lunches"),
            "catering",
        )


# --- deadlines ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Final:
    """Meals whose figures become final at one moment, counted in one way."""

    at: datetime
    rule: str
    meals: tuple[Meal, ...]


def finals(event: Event, meals: Sequence[Meal]) -> list[Final]:
    """Return the cut-offs in order, one for all the meals that share a moment and a caterer."""
    moments = domain.cutoffs(event, meals)
    groups: dict[tuple[datetime, int | None, str], list[Meal]] = {}
    for meal in meals:
        rule = domain.policy(meal)
        if meal.id in moments and rule is not None and meal.held:
            key = (moments[meal.id], meal.provider_id, days_in_words(rule.n, rule.unit.value))
            groups.setdefault(key, []).append(meal)
    return [
        Final(at, days, tuple(found))
        for (at, _provider, days), found in sorted(groups.items(), key=lambda group: group[0][0])
    ]


def deadlines(event: Event) -> Iterable[Deadline]:
    for final in finals(event, domain.meals(event)):
        alone = final.meals[0] if len(final.meals) == 1 else None
        yield Deadline(
            final.at,
            _("Figures are final: %(meals)s", meals=format_list(domain.title(event, meal) for meal in final.meals)),
            final.rule,
            url_for("catering.show", meal_id=alone.id) if alone else url_for("catering.index"),
            done=all(meal.snapshots for meal in final.meals),
            component="catering",
        )


# --- panels and links -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Supplied:
    """One line of a caterer's sheet: the figures it was told, or those of today while they are open."""

    meal: Meal
    title: str
    when: str
    headcount: Headcount
    frozen: bool


def provider_panels(event: Event, provider: Provider) -> Iterable[Panel]:
    """Return the caterer's meals with quantities; figures only."""
    meals = list(session().scalars(domain.list_query(event, provider_id=provider.id)))
    if not meals:
        return
    counted = forecast.of(event, meals, hooks_of(event))
    lines = [
        Supplied(
            meal,
            domain.title(event, meal),
            when(event, meal),
            Headcount.from_json(meal.snapshots[-1].counts) if meal.snapshots else counted.headcount(meal.id),
            bool(meal.snapshots),
        )
        for meal in meals
    ]
    yield Panel(_("Meals"), "catering/provider_panel.html", {"lines": lines, "words": words})


def own_links(event: Event, participant: Participant) -> Iterable[PublicLink]:
    yield PublicLink(
        _("My meals: see, confirm or withdraw"), url_for("catering_me.show", participant_id=participant.id), 30
    )


# --- personal data --------------------------------------------------------------------------------------------------


def export_needs(ids: Iterable[int]) -> Mapping[int, Mapping[str, Any]]:
    """Return what is stored about these people, for the archive that each of them may ask for."""
    people = session().scalars(sa.select(Participant).where(Participant.id.in_(list(ids))))
    found: dict[int, Mapping[str, Any]] = {}
    for person in people:
        declared = dietary.of_person(person)
        if declared is not None:
            found[person.id] = {
                _("Diet"): str(words.ANSWERS.get(declared.need.diet, "")),
                _("Allergies and intolerances"): words.allergens(declared.need.allergens),
                _("Something else for the kitchen"): declared.need.note,
                _("Confirmed by the person"): declared.confirmed,
            }
    return found


PERSONAL_DATA = (
    PersonalData(
        "catering.needs",
        _l("Dietary needs: diet, allergens, note"),
        _l("To serve each person what they can eat"),
        _l("Explicit consent (GDPR art. 9.2.a)"),
        dietary.RETENTION_DAYS,
        export_needs,
        dietary.erase,
        sensitive=True,
        holders=dietary.holders,
        recipients=_l("The catering team; caterers as numbers without names"),
    ),
)

PURPOSES = (
    Purpose(
        dietary.PURPOSE,
        _l("Dietary needs"),
        dietary.WORDINGS,
        asks=True,
        withdrawn=dietary.withdrawn_on_the_page,
        confirmed=dietary.confirmed_on_the_page,
        order=30,
    ),
)
