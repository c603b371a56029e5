"""What a delegation or a person still owes, in words: what reminders say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from eventhub.contributions import FormSection, MailRecipient
from eventhub.delegations import completeness, domain, registration
from eventhub.delegations.completeness import Missing
from eventhub.delegations.models import COMPLETE, Delegation, Participant
from eventhub.events.models import Event
from eventhub.hub import Hooks
from eventhub.i18n import format_list, isolated
from eventhub.i18n import gettext as _

MOST = 30  # lines of a mail


def of(
    event: Event, recipients: Sequence[MailRecipient], *, hooks: Hooks
) -> Mapping[tuple[str, int], Sequence[Missing]]:
    """Return {key: what is missing} of these recipients, in the present language.

    Heads have their seats, people and travel loaded; people their travel. Plugins are asked once for all.
    """
    persons: list[Participant] = []
    for one in recipients:
        persons += [one.participant] if one.participant else registration.people_of(one.delegation)
    asked: dict[int | None, list[FormSection]] = {}
    for section in registration.plugin_sections(event, persons, hooks=hooks):
        asked.setdefault(section.subject_id, []).append(section)
    found: dict[tuple[str, int], Sequence[Missing]] = {}
    for one in recipients:
        if one.participant:
            found["participant", one.participant.id] = of_person(one.participant, asked)
        else:
            found["delegation", one.delegation.id] = of_delegation(one.delegation, asked)
    return found


def of_delegation(found: Delegation, asked: Mapping[int | None, Sequence[FormSection]]) -> Sequence[Missing]:
    sections = [section for person in registration.people_of(found) for section in asked.get(person.id, ())]
    missing = list(completeness.of(found, sections).missing)
    if found.state not in COMPLETE and not domain.is_submitted(found):
        what = (
            _("The changes made since are not handed in yet")
            if found.submitted_at
            else _("The registration is not handed in yet")
        )
        missing.append(Missing(what, "summary"))
    return missing


def of_person(person: Participant, asked: Mapping[int | None, Sequence[FormSection]]) -> Sequence[Missing]:
    missing = []
    for stage, gaps in (
        ("people", completeness.person_missing(person)),
        ("travel", completeness.travel_missing(person)),
    ):
        if gaps:
            what = _("%(name)s: %(gaps)s", name=isolated(person.name), gaps=format_list(gaps))
            missing.append(Missing(what, stage))
    for section in asked.get(person.id, ()):
        missing += [Missing(text, section.stage) for text in section.missing]
    return missing
