"""What the privacy component tells the pages of an event: deadlines, checks, links."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from flask import current_app, url_for

from eventhub import clock
from eventhub.contributions import Check, Deadline, PersonalData, PublicLink, Severity
from eventhub.delegations.models import Participant
from eventhub.events import domain as events
from eventhub.events.models import Event
from eventhub.i18n import format_day, format_list, ngettext
from eventhub.i18n import gettext as _
from eventhub.privacy import own, requests, retention
from eventhub.privacy.person import holdings


def deadlines(event: Event) -> Iterable[Deadline]:
    """Return the days on which data are erased, and those by which people's requests must be answered."""
    chosen = retention.rules(event.id)
    by_day: dict[date, list[PersonalData]] = {}
    for holding in holdings(current_app.extensions["hub"]):
        by_day.setdefault(retention.due_on(event, holding, chosen), []).append(holding)
    # the data of an invented event are nobody's, and stay for the demonstration
    for day, found in by_day.items() if not event.is_fictional else ():
        moment = retention.moment(event, day)
        yield Deadline(
            moment,
            _("Personal data are erased: %(kinds)s", kinds=format_list(str(holding.title) for holding in found)),
            _("EventHub does it by itself, and makes a certificate."),
            url_for("privacy.index"),
            done=moment <= clock.now(),
            component="privacy",
        )
    for row in requests.open_requests(event):
        yield Deadline(
            retention.moment(event, row.due_on),
            _("Answer a request about personal data"),
            _("received on %(day)s; the law gives one month", day=format_day(row.received_on, "long")),
            url_for("privacy_requests.show", request_id=row.id),
            component="privacy",
        )


def checks(event: Event) -> Iterable[Check]:
    late = [row for row in requests.open_requests(event) if row.due_on < clock.today(event.zone)]
    if late:
        yield Check(
            "privacy.request_late",
            "all",
            Severity.BREAKS_RULE,
            ngettext(
                "%(num)d request about personal data is not answered in time",
                "%(num)d requests about personal data are not answered in time",
                len(late),
            ),
            _("The law gives one month to answer (GDPR art. 12.3)."),
            url_for("privacy_requests.index", state="open"),
            _("Answer"),
            "privacy",
        )


def own_links(event: Event, participant: Participant) -> Iterable[PublicLink]:
    """Return the link to what waits for the person's yes or no, and to their data."""
    if own.waiting(event, participant.id):
        yield PublicLink(
            _("Consent: please answer again"), url_for("privacy_me.show", participant_id=participant.id), 5
        )


def public_links(event: Event) -> Iterable[PublicLink]:
    if events.is_public(event):
        yield PublicLink(_("Personal data"), url_for("privacy_public.show"), 90)
