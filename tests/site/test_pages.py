"""The site's own pages: front page, legal pages, accounts, doors of links, roles, mail, jobs, errors."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from eventhub import clock, jobs
from eventhub.access import accounts, links
from eventhub.access.models import EventMembership, EventRole, GuestLink, User
from eventhub.contributions import JobKind
from eventhub.db import Model, get, locked, session, statement_count
from eventhub.events import domain
from eventhub.events.models import EventState
from eventhub.jobs import Job, JobRun
from eventhub.mailfolder import KeptMail, kept
from eventhub.testing import World, csrf_of

PASSWORD = "a few words together"


def text_of(client: FlaskClient, path: str, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status, path
    return answer.get_data(as_text=True)


def post(client: FlaskClient, path: str, form: str | None = None, **values: object) -> tuple[int, str]:
    """Send a form with the token of the page ``form`` (by default the same address); returns status and page."""
    token = csrf_of(text_of(client, form or path))
    answer = client.post(path, data={"csrf_token": token, **values}, follow_redirects=True)
    return answer.status_code, answer.get_data(as_text=True)


def headings(page: str) -> list[str]:
    return [re.sub(r"<[^>]+>", "", text).strip() for text in re.findall(r"<h1[^>]*>(.*?)</h1>", page, re.DOTALL)]


def with_password(world: World, *roles: EventRole) -> User:
    with world.writing():
        user = world.organiser(*roles)
        user.password = accounts.hash_password(PASSWORD)
    return user


def work() -> int:
    """Do what waits, as the worker does, and return how much it was."""
    session().rollback()
    return jobs.run_due()


def mails(app: Flask) -> list[KeptMail]:
    """Send what waits and return every mail, the newest first."""
    work()
    return kept(app.config["MAIL_FOLDER"])


def link_in(text: str) -> str:
    found = re.search(r"http://localhost(/\S+)", text)
    assert found
    return found[1]


# --- every page -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["fr", "en"])
def test_each_public_page_has_one_heading_in_its_language(world: World, language: str) -> None:
    paths = ["", "legal-notice", "privacy", "accessibility", "account/login", "account/reset"]
    visitor = world.client()
    pages = {path: text_of(visitor, f"/{language}/{path}") for path in paths}
    assert {path: len(headings(page)) for path, page in pages.items()} == dict.fromkeys(paths, 1)
    assert all(f'<html lang="{language}">' in page for page in pages.values())
    other = {"fr": "en", "en": "fr"}[language]
    assert all(f'hreflang="{other}" href="/{other}/{path}"' in page for path, page in pages.items())


@pytest.mark.parametrize("language", ["fr", "en"])
def test_each_page_of_administration_has_one_heading(world: World, language: str) -> None:
    with world.writing():
        administrator = world.organiser(EventRole.OWNER, administrator=True)
    client = world.client(administrator)
    paths = [f"/{language}/{path}" for path in ("plugins", "privacy/edit", "account/change")]
    paths += [world.url(path, language) for path in ("people-and-roles/", "people-and-roles/1/take", "mail/")]
    assert {path: len(headings(text_of(client, path))) for path in paths} == dict.fromkeys(paths, 1)


def test_the_foot_of_every_page_says_how_accessible_the_site_is(world: World) -> None:
    assert "Accessibility: partially conformant" in text_of(world.client(), "/en/")
    assert "Accessibility: partially conformant" in text_of(world.client(world.owner), world.url(""))


def test_the_banner_says_that_the_clock_stands_and_that_the_event_is_invented(world: World) -> None:
    page = text_of(world.client(), world.url("", area="e"))
    assert "The clock of this site is stopped at Thursday, 13 March 2025, 09:00." in page
    assert "This event is an example" not in page
    with world.writing():
        world.event.is_fictional = True
    assert "This event is an example" in text_of(world.client(), world.url("programme", area="e"))


def test_the_root_leads_to_the_language_that_the_browser_asks_for(world: World) -> None:
    answers = [world.client().get("/", headers={"Accept-Language": wanted}) for wanted in ("en-GB,en", "de", "fr")]
    assert [answer.location for answer in answers] == ["/en/", "/fr/", "/fr/"]


# --- front page and legal pages ---------------------------------------------------------------------------------------


def test_the_front_page_lists_public_events_until_they_are_over(world: World) -> None:
    visitor = world.client()
    assert "Test event" in text_of(visitor, "/en/")
    with world.writing():
        world.event.state = EventState.DRAFT
    assert "No event is public at the moment" in text_of(visitor, "/en/")


def test_an_administrator_rewrites_a_legal_page_and_nobody_else_may(world: World) -> None:
    with world.writing():
        administrator = world.organiser(administrator=True)
    client = world.client(administrator)
    texts = {"text-fr": "## Éditeur\n\nLa Métropole <b>!</b>", "text-en": ""}
    _status, page = post(client, "/en/legal-notice/edit", **texts)
    assert "Missing in English" in page
    assert '<section class="sheet prose" lang="fr"><h2>Éditeur</h2>' in page
    assert "<b>" not in page
    assert "La Métropole &lt;b&gt;" in page
    assert "Edit this page" in page
    assert "Edit this page" not in text_of(world.client(world.owner), "/en/legal-notice")
    assert text_of(world.client(world.owner), "/en/legal-notice/edit", 404)


# --- accounts -------------------------------------------------------------------------------------------------------


def test_an_organiser_signs_in_with_a_password_and_comes_back_where_they_were(world: World) -> None:
    user, client = with_password(world, EventRole.READER), world.client()
    wanted = client.get(world.url("programme/?kind=meal"))
    status, page = post(client, wanted.location, email=user.email, password=PASSWORD)
    assert (status, headings(page)) == (200, ["Programme"])
    assert '<option value="meal" selected>' in page


def test_a_wrong_password_and_an_unknown_address_get_the_same_answer(world: World) -> None:
    user = with_password(world)
    answers = [
        post(world.client(), "/en/account/login", email=email, password="not the password")
        for email in (user.email, "nobody@example.org")
    ]
    assert [status for status, _page in answers] == [422, 422]
    sentence = "This e-mail address and this password do not go together."
    assert all(page.count(sentence) == 1 and "<title>Error: Sign in" in page for _status, page in answers)
    assert f'value="{user.email}"' in answers[0][1]
    assert "not the password" not in answers[0][1]


def test_signing_in_speaks_french_to_those_who_read_french(world: World) -> None:
    page = text_of(world.client(), "/fr/account/login")
    assert not [word for word in ("Email Address", "Password", "Remember Me", "Login") if word in page]


def test_an_account_asks_for_a_new_password_and_signs_in_with_it(world: World) -> None:
    user, client = with_password(world), world.client()
    _status, page = post(client, "/en/account/reset", email=user.email)
    assert f"If {user.email} has an account here" in page
    address = link_in(mails(world.app)[0].body)
    assert headings(text_of(client, address)) == ["Choose a new password"]
    opened = client.post(address)
    assert opened.status_code == 302
    new = "other words, together again"
    status, page = post(client, opened.location, password="short", password_confirm="short")
    assert (status, "at least 12 characters" in page) == (422, True)
    status, page = post(client, opened.location, password=new, password_confirm=new)
    assert (status, headings(page)) == (200, ["Sign in"])
    assert "Your new password is saved. Sign in with it." in page
    assert mails(world.app)[0].subject == "Your password was changed"
    assert headings(post(client, "/en/account/login", email=user.email, password=new)[1]) == ["My events"]
    assert post(world.client(), "/en/account/login", email=user.email, password=PASSWORD)[0] == 422
    assert world.client().post(address).status_code == 410


def test_no_table_holds_the_link_to_a_new_password(world: World) -> None:
    user = with_password(world)
    post(world.client(), "/en/account/reset", email=user.email)
    address = link_in(mails(world.app)[0].body)
    token = address.rpartition("/")[2]
    rows = [row for table in Model.metadata.sorted_tables for row in session().execute(table.select())]
    assert rows
    assert not [row for row in rows if token in str(row)]


def test_an_unknown_address_gets_the_same_page_and_no_mail(world: World) -> None:
    _status, page = post(world.client(), "/en/account/reset", email="nobody@example.org")
    assert "If nobody@example.org has an account here" in page
    assert mails(world.app) == []


def test_changing_the_password_signs_the_other_browsers_out(world: World) -> None:
    user = with_password(world, EventRole.READER)
    here, elsewhere = world.client(), world.client()
    for client in (here, elsewhere):
        post(client, "/en/account/login", email=user.email, password=PASSWORD)
    new = "other words, together again"
    values = {"new_password": new, "new_password_confirm": new}
    status, page = post(here, "/en/account/change", password="not this one", **values)
    assert (status, "This is not your present password." in page) == (422, True)
    status, page = post(here, "/en/account/change", password=PASSWORD, **values)
    assert (status, headings(page)) == (200, ["My events"])
    assert "Your other browsers are signed out." in page
    assert elsewhere.get(world.url("")).status_code == 302
    assert here.get(world.url("")).status_code == 200


def test_signing_out_is_a_button_and_never_a_link(world: World) -> None:
    client = world.client(world.owner)
    assert client.get("/en/account/logout").status_code == 405
    _status, page = post(client, "/en/account/logout", form="/en/manage/")
    assert headings(page) == ["Events"]
    assert client.get("/en/manage/").status_code == 302


# --- doors ----------------------------------------------------------------------------------------------------------


def door(world: World, purpose: str, subject: int, event: int | None) -> str:
    with world.writing():
        return links.mint_url(purpose, subject, event, "en").removeprefix("http://localhost")


def link_of(world: World) -> GuestLink:
    return locked(GuestLink, session().query(GuestLink.id).order_by(GuestLink.id.desc()).limit(1).scalar())


def test_looking_at_a_door_opens_nothing_and_its_button_does(world: World) -> None:
    address = door(world, "login", world.owner.id, None)
    client = world.client()
    assert [headings(text_of(client, address)) for _mail_scanner in range(3)] == [["Sign in"]] * 3
    assert "Set-Cookie" not in client.get(address).headers
    answer = client.post(address, follow_redirects=True)
    assert headings(answer.get_data(as_text=True)) == ["My events"]


def test_a_door_that_does_not_open_says_why(world: World) -> None:
    with world.writing():
        delegation = world.delegation()
    said: dict[str, tuple[int, str]] = {}

    def knock(name: str, address: str) -> None:
        for answer in (world.client().get(address), world.client().post(address)):
            said[name] = (answer.status_code, answer.get_data(as_text=True))
            assert headings(said[name][1]) == ["This link does not open anything"]

    knock("unknown", "/en/d/not-a-token")
    knock("wrong door", door(world, "delegation", delegation.id, world.event.id).replace("/d/", "/p/"))
    address = door(world, "delegation", delegation.id, world.event.id)
    with world.writing():
        link_of(world).expires_at = clock.now() - timedelta(minutes=1)
    knock("expired", address)
    address = door(world, "delegation", delegation.id, world.event.id)
    with world.writing():
        links.revoke("delegation", delegation.id)
    knock("revoked", address)
    address = door(world, "login", world.owner.id, None)
    world.client().post(address)
    knock("spent", address)
    assert {name: status for name, (status, _page) in said.items()} == {
        "unknown": 404,
        "wrong door": 404,
        "expired": 410,
        "revoked": 410,
        "spent": 410,
    }
    sentences = {
        "unknown": "This link is not one of ours",
        "wrong door": "This link is not one of ours",
        "expired": "This link has expired.",
        "revoked": "This link was withdrawn by the organisers.",
        "spent": "This link has already been used; it works once.",
    }
    assert [name for name, sentence in sentences.items() if sentence not in said[name][1]] == []


def test_a_door_names_the_event_in_the_language_of_the_mail(world: World) -> None:
    with world.writing():
        delegation = world.delegation()
    page = text_of(world.client(), door(world, "delegation", delegation.id, world.event.id).replace("/en/", "/fr/"))
    assert "Évènement d’essai" in page


# --- roles ----------------------------------------------------------------------------------------------------------


def test_an_owner_gives_a_role_and_a_newcomer_signs_in_with_the_link(world: World) -> None:
    client, path = world.client(world.owner), world.url("people-and-roles/")
    values = {"email": "New.Lead@example.org", "name": "New Lead", "role": "logistics"}
    _status, page = post(client, path, **values)
    assert "The role is given; a mail says so." in page
    assert "New Lead" in page
    newcomer = world.client()
    newcomer.post(link_in(mails(world.app)[0].body))
    assert headings(text_of(newcomer, world.url(""))) == ["Overview"]
    assert text_of(newcomer, path, 404)
    status, page = post(client, path, **values)
    assert (status, "already has this role on the event." in page) == (422, True)
    assert 'value="New.Lead@example.org"' in page or 'value="New.Lead@example.org"'.lower() in page.lower()


def test_a_role_is_taken_away_after_a_question_and_the_last_owner_stays(world: World) -> None:
    with world.writing():
        reader = world.organiser(EventRole.READER)
    client = world.client(world.owner)
    ids = {row.role: row.id for row in session().query(EventMembership)}
    session().rollback()
    status, page = post(client, world.url(f"people-and-roles/{ids['owner']}/take"))
    assert status == 422
    assert "An event keeps at least one owner." in page
    path = world.url(f"people-and-roles/{ids['reader']}/take")
    assert headings(text_of(client, path)) == ["Take the role “Reader” from Organiser?"]
    _status, page = post(client, path)
    assert "The role is taken away." in page
    assert reader.email not in page


def test_the_roles_of_another_event_cannot_be_reached(world: World) -> None:
    with world.writing():
        somebody = world.organiser()
        day = world.event.starts_on
        domain.create(
            title={"en": "Other"}, slug="other", starts_on=day, ends_on=day, languages=["en"], by=somebody, plugins=[]
        )
    foreign = session().query(EventMembership.id).filter(EventMembership.user_id == somebody.id).scalar()
    session().rollback()
    client = world.client(world.owner)
    assert text_of(client, world.url(f"people-and-roles/{foreign}/take"), 404)
    token = csrf_of(text_of(client, world.url("")))
    answer = client.post(world.url(f"people-and-roles/{foreign}/take"), data={"csrf_token": token})
    assert answer.status_code == 404
    assert get(EventMembership, foreign).user_id == somebody.id


# --- mail -----------------------------------------------------------------------------------------------------------


def test_mails_are_found_by_state_and_words_read_and_sent_again(world: World) -> None:
    client = world.client(world.owner)
    for name in ("one", "two"):
        post(client, world.url("people-and-roles/"), email=f"{name}@example.org", role="reader")
    page = text_of(client, world.url("mail/messages/?q=one@"))
    assert "one@example.org" in page
    assert "two@example.org" not in page
    assert "No mail matches these filters" in text_of(client, world.url("mail/messages/?state=failed"))
    export = client.get(world.url("mail/messages/?q=two&format=csv")).get_data(as_text=True).splitlines()
    assert [line.split(";")[1] for line in export] == ["To", "two@example.org"]
    shown = re.search(r'href="([^"]+/mail/messages/\d+)"', page)
    assert shown
    assert "[the personal link, made when the mail leaves]" in text_of(client, shown[1])
    work()
    assert "Every mail of this event has left." in text_of(client, world.url("mail/messages/"))
    assert "http://localhost/en/account/link/" in text_of(client, shown[1])
    _status, page = post(client, f"{shown[1]}/again", form=shown[1])
    assert "The mail is queued again." in page
    assert work() == 1


# --- jobs -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def counting(world: World) -> Iterator[World]:
    """A world whose site has a kind of job that counts, and finishes with a result."""

    def count(run: JobRun) -> None:
        run.progress(3, 3)
        run.result = {"url": world.url("programme/"), "text": "Three were counted."}

    hub = world.app.extensions["hub"]
    hub.job_kinds["site.count"] = JobKind("site.count", "Count", count)
    yield world
    del hub.job_kinds["site.count"]


def test_a_job_shows_its_progress_until_its_result_is_there(counting: World) -> None:
    world = counting
    with world.writing():
        job_id = jobs.enqueue("site.count", {}, event_id=world.event.id, by=world.by).id
    client, path = world.client(world.owner), world.url(f"jobs/{job_id}")
    page = text_of(client, path)
    assert "data-live" in page
    assert "Waiting its turn" in page
    with world.writing():
        job = locked(Job, job_id)
        job.state, job.done, job.total = jobs.JobState.RUNNING, 1, 3
    page = text_of(client, path)
    assert '<progress class="share" value="1" max="3"' in page
    assert "1 of 3" in page
    with world.writing():
        locked(Job, job_id).state = jobs.JobState.QUEUED
    work()
    page = text_of(client, path)
    assert "data-live" not in page
    assert "Three were counted." in page
    assert f'<a class="btn main" href="{world.url("programme/")}">Open the result</a>' in page


def test_a_job_that_waits_is_cancelled_and_never_runs(counting: World) -> None:
    world = counting
    with world.writing():
        job_id = jobs.enqueue("site.count", {}, event_id=world.event.id, by=world.by).id
    client, path = world.client(world.owner), world.url(f"jobs/{job_id}")
    _status, page = post(client, f"{path}/cancel", form=path)
    assert "What was not finished is left undone." in page
    assert "data-live" not in page
    assert work() == 0


def test_a_job_of_another_event_is_not_there(counting: World) -> None:
    world = counting
    with world.writing():
        job_id = jobs.enqueue("site.count", {}, event_id=None, by=world.by).id
    assert text_of(world.client(world.owner), world.url(f"jobs/{job_id}"), 404)


# --- errors ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path, title",
    [
        ("/fr/nulle-part", "Cette page n’existe pas"),
        ("/en/nowhere", "There is no such page"),
        ("/fr/manage/absent/", "Cette page n’existe pas"),
        ("/en/e/absent/", "There is no such page"),
    ],
)
def test_what_is_not_there_is_said_in_the_readers_language(world: World, path: str, title: str) -> None:
    client = world.client(world.owner)
    assert headings(text_of(client, path, 404)) == [title]


def test_a_guest_without_the_link_learns_how_to_come_in(world: World) -> None:
    with world.writing():
        delegation = world.delegation()
    page = text_of(world.client(), world.url(f"registration/{delegation.id}/", area="e"), 404)
    assert headings(page) == ["Open your personal link again"]


def test_a_form_without_its_token_saves_nothing_and_says_what_to_do(world: World) -> None:
    client = world.client(world.owner)
    answer = client.post(world.url("archive"), data={})
    page = answer.get_data(as_text=True)
    assert (answer.status_code, headings(page)) == (400, ["This form had been open for too long"])
    session().rollback()
    assert world.event.archived_at is None


def test_a_failure_of_ours_shows_no_trace_and_asks_nothing_of_the_database(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = world.client(world.owner)

    def fail(*_: object, **__: object) -> None:
        raise ValueError("secret detail")

    monkeypatch.setattr(domain, "venues", fail)
    answer = client.get(world.url("programme/venues"))
    page = answer.get_data(as_text=True)
    assert (answer.status_code, headings(page)) == (500, ["Something went wrong on our side"])
    assert "secret detail" not in page
    assert "Traceback" not in page
    assert "Test event" not in page


def test_pages_that_everybody_opens_take_few_statements(world: World) -> None:
    visitor = world.client()
    counts = {path: statement_count(world.app, lambda path=path: visitor.get(path)) for path in ("/en/", "/en/privacy")}  # type: ignore[misc]
    assert counts == {"/en/": 2, "/en/privacy": 3}
