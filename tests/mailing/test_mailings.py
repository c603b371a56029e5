"""Mailings through the browser: drafted, read as their readers will, confirmed, and sent to exactly those chosen."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from eventhub import jobs, outbox
from eventhub.access.models import EventRole
from eventhub.db import session, statement_count
from eventhub.delegations import domain as delegations
from eventhub.delegations.models import Delegation
from eventhub.mailing import domain, selection
from eventhub.mailing.models import Mailing
from eventhub.outbox import MailMessage
from eventhub.testing import World, csrf_of


def text_of(client: FlaskClient, path: str, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status
    return unescape(answer.get_data(as_text=True))


def post(client: FlaskClient, path: str, form: str = "", **values: Any) -> tuple[int, str]:
    token = csrf_of(client.get(form or path).get_data(as_text=True))
    answer = client.post(path, data={"csrf_token": token, **values}, follow_redirects=True)
    return answer.status_code, unescape(answer.get_data(as_text=True))


def drafted(world: World, client: FlaskClient, query: str = "", **values: Any) -> str:
    """Save a draft through its form and return the address of its page."""
    texts = {
        "subject-fr": "Bonjour",
        "subject-en": "Hello",
        "body-fr": "Chère équipe de {delegation} : {link}",
        "body-en": "Dear {name} of {delegation}: {link}",
        "to": "heads",
        "segment": "all",
        "quiet_hours": "24",
    }
    status, page = post(client, world.url(f"mail/new?{query}"), **{**texts, **values})
    assert (status, "The draft is saved." in page) == (200, True), re.findall(r'class="error".*?</p>', page)
    session().rollback()
    newest = session().scalar(sa.select(sa.func.max(Mailing.id)))
    session().rollback()
    return world.url(f"mail/{newest}")


def confirm(client: FlaskClient, address: str, **values: Any) -> tuple[int, str]:
    page = client.get(f"{address}/send").get_data(as_text=True)
    seen = re.search(r'name="seen" value="([^"]*)"', page)
    assert seen
    return post(client, f"{address}/send", seen=seen[1], **values)


def mails(**scope: Any) -> list[MailMessage]:
    session().rollback()
    return list(session().scalars(sa.select(MailMessage).filter_by(**scope).order_by(MailMessage.id)))


def work() -> int:
    """Do the jobs that wait and return how many those were."""
    session().rollback()
    return jobs.run_due()


@pytest.fixture
def client(world: World) -> FlaskClient:
    return world.client(world.owner)


def three(world: World) -> list[Delegation]:
    with world.writing():
        return [
            world.delegation("Bonn", people=2, contact_email="bonn@example.org", contact_name="Berta"),
            world.delegation("Grenoble", contact_email="grenoble@example.org", contact_language="fr", country="FR"),
            world.delegation("Porto", contact_email="", country="PT"),
        ]


# --- drafts ---------------------------------------------------------------------------------------------------------


def test_from_the_incomplete_to_a_reminder_that_says_what_is_missing_in_each_readers_language(
    world: World, client: FlaskClient, inbox: Any
) -> None:
    three(world)
    form = text_of(client, world.url("mail/new?kind=reminder&segment=incomplete"))
    texts = dict(re.findall(r'name="((?:subject|body)-\w\w)"[^>]*value="([^"]*)"', form))
    texts |= dict(re.findall(r'<textarea[^>]*name="((?:subject|body)-\w\w)"[^>]*>\n?(.*?)</textarea>', form, re.S))
    assert "{missing}" in texts["body-fr"]
    address = drafted(world, client, "kind=reminder", segment="incomplete", **texts)
    page = text_of(client, address)
    assert "2 mails: 1 in English, 1 in French" in re.sub(r"<[^>]+>", "", page)
    assert "Bonn Person 1: arrival and departure" in page
    assert "No e-mail address: 1 left out" in page
    french = text_of(client, f"{address}?at=2")
    assert "La place 1 n’a pas encore de nom" in french
    assert "[the personal link, made when the mail leaves]" in french
    assert (inbox.mails, mails()) == ([], [])
    status, page = confirm(client, address)
    assert (status, "Confirmed. The mails leave now." in page) == (200, True)
    work()
    english, french = inbox.to("bonn@example.org"), inbox.to("grenoble@example.org")
    assert "The registration is not handed in yet" in english.get_content()
    assert re.search(r"http://localhost/en/d/\S+", english.get_content())
    assert "Bonn Person 1" not in french.get_content()
    assert re.search(r"http://localhost/fr/d/\S+", french.get_content())
    assert "Sent: 2" in re.sub(r"<[^>]+>", "", text_of(client, address))


def test_a_placeholder_that_means_nothing_is_refused_with_those_that_mean_something(
    world: World, client: FlaskClient
) -> None:
    path = world.url("mail/new")
    values = {"subject-fr": "Salut {nom}", "subject-en": "", "body-fr": "x", "body-en": "y", "to": "heads"}
    status, page = post(client, path, segment="all", **values)
    assert status == 422
    assert "{nom} means nothing here. These can be written in braces: {name}, {delegation}, {link}" in page
    assert "Salut {nom}" in page
    status, page = post(client, path, segment="all", **values | {"subject-fr": "Votre lien : {link}"})
    assert (status, "A personal link does not belong in the subject" in page) == (422, True)


def test_what_readers_are_called_is_never_evaluated_and_never_a_header(
    world: World, client: FlaskClient, inbox: Any
) -> None:
    names = ["{link}", "{{ 7 * 7 }}", "⟦link⟧", "<b>Bold</b> & Co", "محمد 🎉", "Eve\r\nBcc: all@example.org"]
    with world.writing():
        for number, name in enumerate(names):
            world.delegation(f"D{number}", contact_name=name, contact_email=f"h{number}@example.org")
    address = drafted(
        world, client, **{"subject-en": "For {name}", "body-en": "{name}|{link}|end", "subject-fr": "F", "body-fr": "F"}
    )
    assert "<b>Bold</b>" not in client.get(f"{address}?at=4").get_data(as_text=True)
    confirm(client, address)
    work()
    bodies = [inbox.to(f"h{number}@example.org").get_content() for number in range(len(names))]
    assert [body.split("|")[0] for body in bodies] == [
        "{link}",
        "{{ 7 * 7 }}",
        "[link]",
        "<b>Bold</b> & Co",
        "محمد 🎉",
        bodies[5].split("|")[0],
    ]
    assert all(body.count("http://localhost/en/d/") == 1 for body in bodies)
    assert [mail["Bcc"] for mail in inbox.mails] == [None] * len(names)
    assert inbox.to("h4@example.org")["Subject"] == "For محمد 🎉"


def test_a_draft_keeps_the_filters_of_the_list_that_it_comes_from(world: World, client: FlaskClient) -> None:
    three(world)
    form = text_of(client, world.url("mail/new?list=delegations&q=bonn&page=3"))
    assert "Only those that the list showed:" in form
    address = drafted(world, client, "list=delegations&q=bonn")
    page = re.sub(r"<[^>]+>", "", text_of(client, address))
    assert "1 mail: 1 in English" in page
    assert "Reader 1 of 1: Bonn, bonn@example.org" in page


def test_the_people_of_a_list_are_written_to_themselves_and_their_heads_instead(
    world: World, client: FlaskClient, inbox: Any
) -> None:
    three(world)
    address = drafted(world, client, "list=people&q=person&to=people", to="people")
    assert "Reader 1 of 2: Bonn Person 1" in text_of(client, address)
    confirm(client, address)
    work()
    links = [re.search(r"http://localhost/en/(\w)/", mail.get_content()) for mail in inbox.mails]
    assert [link and link[1] for link in links] == ["d", "d"]
    heads = drafted(world, client, "list=people&q=person", to="heads")
    assert "Reader 1 of 1: Bonn, bonn@example.org" in text_of(client, heads)


def test_two_organisers_at_one_draft_see_each_others_version(world: World, client: FlaskClient) -> None:
    address = drafted(world, client)
    page = client.get(f"{address}/edit").get_data(as_text=True)
    base = re.search(r'name="base" value="([^"]*)"', page)
    assert base
    values = {"base": unescape(base[1]), "to": "heads", "segment": "all", "body-fr": "F", "body-en": "E"}
    assert post(client, f"{address}/edit", **values, **{"subject-fr": "Un", "subject-en": "One"})[0] == 200
    status, page = post(client, f"{address}/edit", **values, **{"subject-fr": "Deux", "subject-en": "Two"})
    assert (status, "Somebody else saved another version meanwhile" in page) == (409, True)


def test_a_draft_is_thrown_away_after_a_question(world: World, client: FlaskClient) -> None:
    address = drafted(world, client)
    assert "Throw this draft away?" in text_of(client, f"{address}/delete")
    _status, page = post(client, f"{address}/delete")
    assert "The draft is thrown away." in page
    assert "No mailing yet" in page
    text_of(client, address, 404)


# --- confirming -----------------------------------------------------------------------------------------------------


def test_who_came_and_left_since_the_page_was_shown_is_named_before_anything_is_sent(
    world: World, client: FlaskClient
) -> None:
    bonn, grenoble, _porto = three(world)
    address = drafted(world, client)
    stale = selection.written_keys({("delegation", bonn.id), ("delegation", grenoble.id)})
    with world.writing():
        world.delegation("Turin", contact_email="turin@example.org")
        found = delegations.locked_delegation(world.event, bonn.id)
        delegations.withdraw(world.event, found, "", by=world.by, hooks=world.hooks)
    status, page = post(client, f"{address}/send", seen=stale)
    assert status == 422
    assert "Now also: Turin" in page
    assert "No longer: Bonn" in page
    assert mails(mailing_id=int(address.rpartition("/")[2])) == []
    assert confirm(client, address)[0] == 200
    assert [mail.recipient for mail in mails()] == ["grenoble@example.org", "turin@example.org"]


@pytest.mark.parametrize("seen", ["", "d999999 p1", "x" * 5000, "d1 d1 d²", "{}"])
def test_a_confirmation_that_names_others_sends_nothing(world: World, client: FlaskClient, seen: str) -> None:
    three(world)
    address = drafted(world, client)
    assert post(client, f"{address}/send", seen=seen)[0] == 422
    assert mails() == []


def test_confirming_twice_sends_once(world: World, client: FlaskClient) -> None:
    three(world)
    address = drafted(world, client)
    page = client.get(f"{address}/send").get_data(as_text=True)
    seen = re.search(r'name="seen" value="([^"]*)"', page)
    assert seen
    data = {"csrf_token": csrf_of(page), "seen": seen[1]}
    assert [client.post(f"{address}/send", data=data).status_code for _twice in range(2)] == [302, 302]
    assert len(mails()) == 2


def test_a_missing_half_holds_everything_back_until_the_organiser_chooses(
    world: World, client: FlaskClient, inbox: Any
) -> None:
    three(world)
    address = drafted(world, client, **{"body-fr": "Bonjour", "body-en": ""})
    assert "The text is missing in English, the language of 1 reader." in text_of(client, address)
    status, page = confirm(client, address)
    assert (status, "The text is missing in English, in which some of the readers" in page) == (422, True)
    assert mails() == []
    assert confirm(client, address, other_language="y")[0] == 200
    work()
    assert {mail["Content-Language"] for mail in inbox.mails} == {"fr"}


def test_delegations_that_share_an_address_get_one_mail_with_a_link_each(
    world: World, client: FlaskClient, inbox: Any
) -> None:
    with world.writing():
        world.delegation("Bonn", contact_email="Desk@example.org", contact_name="Ana")
        world.delegation("Porto", contact_email="desk@example.org", contact_name="Ana")
    address = drafted(world, client)
    assert "1 address is shared: it gets one mail for all" in text_of(client, address)
    confirm(client, address)
    work()
    [mail] = inbox.mails
    assert mail.get_content().startswith("Dear Ana of Bonn and Porto: Bonn: http://localhost/en/d/")
    links = re.findall(r"http://localhost(/en/d/\S+)", mail.get_content())
    opened = [world.client().post(link).location for link in links]
    assert len(set(opened)) == 2


def test_an_invitation_of_many_marks_them_invited_and_leaves_out_those_who_declined(
    world: World, client: FlaskClient
) -> None:
    bonn, grenoble, _porto = three(world)
    with world.writing():
        found = delegations.locked_delegation(world.event, grenoble.id)
        delegations.decline(world.event, found, "no", by=world.by, hooks=world.hooks)
    address = drafted(world, client, "kind=invitation", segment="all")
    assert "Declined or withdrew: 1 left out" in text_of(client, address)
    confirm(client, address)
    session().rollback()
    invited = {row.name: row.invited_at is not None for row in session().scalars(sa.select(Delegation))}
    assert invited == {"Bonn": True, "Grenoble": False, "Porto": False}
    assert "Invitation sent" in text_of(client, world.url(f"delegations/{bonn.id}"))
    assert "Nobody gets this mailing" in text_of(
        client, drafted(world, client, "kind=invitation", segment="not_invited")
    )


def test_nobody_is_reminded_twice_within_the_hours_unless_asked(world: World, client: FlaskClient) -> None:
    three(world)
    values = {"segment": "incomplete", "body-fr": "{missing}", "body-en": "{missing}"}
    confirm(client, drafted(world, client, "kind=reminder", **values))
    assert len(mails()) == 2
    again = drafted(world, client, "kind=reminder", **values)
    assert "Had a reminder lately: 2 left out" in text_of(client, again)
    asked = drafted(world, client, "kind=reminder", **values | {"quiet_hours": "0"})
    confirm(client, asked)
    assert len(mails()) == 4


def test_whoever_owes_nothing_gets_no_reminder(world: World, client: FlaskClient) -> None:
    three(world)
    address = drafted(
        world, client, "kind=reminder&to=people", to="people", segment="travel", **{"body-en": "{missing}"}
    )
    assert "Reader 1 of 2: Bonn Person 1" in text_of(client, address)
    needs = drafted(world, client, "kind=reminder&to=people", to="people", segment="needs", **{"body-en": "{missing}"})
    assert "Nobody gets this mailing as things stand" in text_of(client, needs)


# --- urgent ---------------------------------------------------------------------------------------------------------


def test_an_urgent_message_reaches_exactly_those_expected_at_the_item(
    world: World, client: FlaskClient, inbox: Any
) -> None:
    with world.writing():
        coach = world.item("Coach to the site", kind="transfer", audience="guests")
        guests = world.delegation("Bonn", people=2, contact_email="bonn@example.org")
        world.people(guests)[1].email = ""
        hosts = world.delegation("Host team", people=1, role="host")
        host_email = world.people(hosts)[0].email
    values = {
        "subject-en": "Change: {item}",
        "body-en": "The coach leaves 15 minutes earlier ({hours}).",
        "to": "people",
    }
    address = drafted(world, client, "kind=urgent", **values, item=str(coach.id))
    page = text_of(client, address)
    assert "1 person has no address: the head of their delegation is written to instead." in page
    confirm(client, address)
    work()
    recipients = {mail["To"] for mail in inbox.mails}
    assert len(recipients) == 2
    assert "bonn@example.org" in recipients
    assert host_email not in recipients
    assert inbox.to("bonn@example.org")["Subject"] == "Change: Coach to the site"
    assert "(14:00\u202f–\u202f15:00)" in inbox.to("bonn@example.org").get_content()


def test_an_item_and_a_delegation_at_once_are_refused(world: World, client: FlaskClient) -> None:
    with world.writing():
        item, bonn = world.item(), world.delegation("Bonn")
    values = {"subject-fr": "a", "body-fr": "b", "to": "people", "item": str(item.id), "delegation": str(bonn.id)}
    status, page = post(client, world.url("mail/new?kind=urgent"), **values)
    assert (status, "Choose a programme item or a delegation, not both." in page) == (422, True)


# --- many -----------------------------------------------------------------------------------------------------------


def many(world: World, count: int) -> None:
    with world.writing():
        for number in range(count):
            world.delegation(f"City {number:03}", contact_email=f"h{number}@example.org")


def test_many_mails_are_written_by_a_job_that_can_be_stopped(world: World, client: FlaskClient) -> None:
    many(world, 130)
    address = drafted(world, client)
    assert confirm(client, address)[0] == 200
    assert mails() == []
    assert "The mails are being written" in text_of(client, address)
    session().rollback()
    writing = session().scalars(sa.select(jobs.Job).where(jobs.Job.kind == domain.WRITE_JOB)).one()
    jobs.run(writing.id)
    written = mails()
    assert (len(written), len({mail.recipient for mail in written})) == (130, 130)
    _status, page = post(client, f"{address}/cancel")
    assert "What had not left is held back." in page
    assert {mail.state for mail in mails()} == {"cancelled"}
    assert work() == 0


def test_a_mailing_held_back_while_it_is_written_writes_no_more(world: World, client: FlaskClient) -> None:
    many(world, 130)
    address = drafted(world, client)
    confirm(client, address)
    post(client, f"{address}/cancel")
    work()
    assert mails() == []
    assert "Held back" in text_of(client, address)


def test_the_writing_job_run_again_after_a_crash_writes_nothing_twice(
    world: World, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    many(world, 130)
    address = drafted(world, client)
    confirm(client, address)
    session().rollback()
    writing = session().scalars(sa.select(jobs.Job).where(jobs.Job.kind == domain.WRITE_JOB)).one().id
    real, calls = outbox.queue, []

    def dies_at_the_second(messages: Any, *, by: Any) -> None:
        calls.append(len(messages))
        if len(calls) == 2:
            raise RuntimeError
        real(messages, by=by)

    monkeypatch.setattr(outbox, "queue", dies_at_the_second)
    jobs.run(writing)
    assert len(mails()) == 100
    monkeypatch.undo()
    with world.writing():
        session().get_one(jobs.Job, writing).not_before = world.event.created_at
    jobs.run(writing)
    recipients = [mail.recipient for mail in mails()]
    assert (len(recipients), len(set(recipients))) == (130, 130)


def test_writing_takes_as_many_statements_for_a_hundred_as_for_ten(world: World) -> None:
    def cost(count: int) -> int:
        with world.writing():
            for number in range(count):
                world.delegation(f"{count} City {number:03}", contact_email=f"h{count}-{number}@example.org")
            facts = {"kind": "message", "to": "heads", "filters": {"q": f"{count} City"}}
            facts |= {"subject": {"en": "Hello"}, "body": {"en": "{name} {missing} {link}"}}
            made = domain.create(world.event, facts, by=world.by, hooks=world.hooks)

        def send() -> None:
            with world.writing():
                found = domain.locked_mailing(world.event, made.id)
                keys = selection.choose(world.event, found, hooks=world.hooks).keys
                domain.confirm(world.event, found, keys, other_language=False, by=world.by, hooks=world.hooks)

        return statement_count(world.app, send)

    few, lots = cost(10), cost(100)
    assert lots == few
    assert few <= 22


@pytest.mark.parametrize("path", ["mail/", "mail/messages/", "mail/{id}", "mail/{id}/send", "mail/{id}/edit"])
def test_a_page_asks_the_same_few_questions_however_long_the_list(world: World, client: FlaskClient, path: str) -> None:
    three(world)
    values = {"segment": "incomplete", "body-fr": "{missing}", "body-en": "{missing}", "quiet_hours": "0"}
    address = drafted(world, client, "kind=reminder", **values)
    place = world.url(path.format(id=address.rpartition("/")[2]))
    text_of(client, place)  # what does not fit on the event is counted once for each change
    few = statement_count(world.app, lambda: text_of(client, place))
    for _more in range(3):
        confirm(client, drafted(world, client, "kind=reminder", **values))
    many(world, 20)
    text_of(client, place)
    assert statement_count(world.app, lambda: text_of(client, place)) == few
    assert few <= 10


# --- who may --------------------------------------------------------------------------------------------------------


def test_a_reader_sees_no_mail_and_the_welcome_desk_only_what_organisers_wrote(
    world: World, client: FlaskClient
) -> None:
    three(world)
    confirm(client, drafted(world, client))
    with world.writing():
        reader, welcome = world.organiser(EventRole.READER), world.organiser(EventRole.WELCOME)
        other = outbox.draft("catering_confirm", "x@example.org", "en", "Secret", "order", event=world.event)
        outbox.queue([other], by=world.by)
    text_of(world.client(reader), world.url("mail/"), 404)
    page = text_of(world.client(welcome), world.url("mail/messages/"))
    assert "bonn@example.org" in page
    assert "Secret" not in page
    text_of(world.client(welcome), world.url(f"mail/messages/{other.id}"), 404)
    assert "Secret" in text_of(client, world.url("mail/messages/"))


def test_a_mailing_of_another_event_is_not_there(world: World, client: FlaskClient) -> None:
    address = drafted(world, client)
    number = address.rpartition("/")[2]
    with world.writing():
        from eventhub.events import domain as events

        day = world.event.starts_on
        other = events.create(
            title={"en": "Other"},
            slug="other",
            starts_on=day,
            ends_on=day,
            languages=["en"],
            by=world.owner,
            plugins=[],
        )
    for path in ("", "/edit", "/send", "/delete", "/cancel"):
        text_of(client, f"/en/manage/{other.slug}/mail/{number}{path}", 404)
