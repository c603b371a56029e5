"""Who says what they eat, who may read it back, consent, and how it is destroyed."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from eventhub.api import Delegation, Participant, activity, clock, needs, outbox, session
from eventhub.delegations import merging
from eventhub.delegations.models import Consent
from eventhub.encryption import destroy_key
from eventhub.testing import World, csrf_of
from plugins.catering import dietary
from plugins.catering.dietary import WITHHELD, Declared, Need
from plugins.catering.models import DietaryNeed


def registration(world: World, found: Delegation, stage: str = "needs") -> str:
    return f"/en/e/{world.event.slug}/registration/{found.id}/{stage}"


def own_page(world: World, person: Participant, path: str = "me", end: str = "needs") -> str:
    return f"/en/e/{world.event.slug}/{path}/{person.id}/{end}"


def answer(person: Participant, **fields: object) -> dict[str, object]:
    return {f"catering-{person.id}-{name}": value for name, value in fields.items()}


def facts_of(person: Participant) -> dict[str, object]:
    """Return what the person's own page asks besides, unchanged."""
    said = {"name": person.name, "function": person.function, "email": person.email, "languages": person.languages}
    return {f"facts-{person.id}-{name}": value for name, value in said.items()}


def post(client: FlaskClient, url: str, fields: dict[str, object]) -> int:
    page = client.get(url)
    assert page.status_code == 200
    sent = client.post(url, data={"csrf_token": csrf_of(page.text), **fields})
    session().rollback()
    return sent.status_code


def stored(world: World, person: Participant) -> Declared | None:
    session().rollback()
    return dietary.of_event(world.event, [person.id]).get(person.id)


# --- a need ---------------------------------------------------------------------------------------------------------


def test_what_is_stored_is_sealed_and_opens_again(world: World, kitchen) -> None:
    need = Need("vegan", ("sesame",), ("tree_nuts",), "no garlic")
    with world.writing():
        _delegation, (person,) = kitchen.people(1)
        kitchen.eats(person, need)
    row = session().scalars(sa.select(DietaryNeed)).one()
    assert b"vegan" not in row.sealed
    assert dietary.of_person(person) == Declared(need, confirmed=True)
    assert dietary.of_event(world.event) == {person.id: Declared(need, confirmed=True)}


def test_a_need_whose_key_was_destroyed_counts_as_nothing(world: World, kitchen) -> None:
    with world.writing():
        _delegation, (person,) = kitchen.people(1)
        kitchen.eats(person, Need("vegan"))
        destroy_key(world.event.id)
    assert dietary.of_event(world.event) == {}
    assert dietary.of_person(person) is None


# --- the head of the delegation -------------------------------------------------------------------------------------


def test_what_the_head_types_waits_for_the_person_and_is_never_shown_back(world: World, kitchen) -> None:
    with world.writing():
        found, (person, other) = kitchen.people(2)
    client, url = world.guest(found), registration(world, found)
    said = answer(person, diet="vegan", severe=["tree_nuts"], note="XYZZY", consent="y")
    assert post(client, url, said) == 302
    assert stored(world, person) == Declared(Need("vegan", severe=("tree_nuts",), note="XYZZY"), confirmed=False)
    page = client.get(url).text
    assert "Declared, and shown to nobody here." in page
    assert "XYZZY" not in page
    assert "checked" not in page
    assert '<option value="vegan" selected>' not in page
    held = needs.consents([person.id], dietary.PURPOSE)[person.id]
    assert (held.confirmed, held.text_version, held.language) == (False, dietary.CONSENT_VERSION, "en")
    assert stored(world, other) is None


def test_an_empty_part_of_the_head_changes_nothing(world: World, kitchen) -> None:
    with world.writing():
        found, (person,) = kitchen.people(1)
        kitchen.eats(person, Need("vegan"), own=False)
    assert post(world.guest(found), registration(world, found), {}) == 302
    assert stored(world, person) == Declared(Need("vegan"), confirmed=False)


def test_the_head_cannot_say_over_the_person_who_answered(world: World, kitchen) -> None:
    with world.writing():
        found, (person,) = kitchen.people(1)
        kitchen.eats(person, Need(severe=("peanuts",)))
    client, url = world.guest(found), registration(world, found)
    page = client.get(url).text
    assert "This person has answered themselves." in page
    sent = client.post(url, data={"csrf_token": csrf_of(page), **answer(person, diet="vegan", consent="y")})
    assert sent.status_code == 422
    assert "only they can change it" in sent.text
    assert stored(world, person) == Declared(Need(severe=("peanuts",)), confirmed=True)


def test_the_head_cannot_declare_without_saying_that_the_person_knows(world: World, kitchen) -> None:
    with world.writing():
        found, (person,) = kitchen.people(1)
    client, url = world.guest(found), registration(world, found)
    page = client.get(url).text
    sent = client.post(url, data={"csrf_token": csrf_of(page), **answer(person, diet="vegan")})
    assert sent.status_code == 422
    assert "only with consent" in sent.text
    assert stored(world, person) is None


def test_the_head_is_not_offered_to_withhold_for_somebody(world: World, kitchen) -> None:
    with world.writing():
        found, (person,) = kitchen.people(1)
    client, url = world.guest(found), registration(world, found)
    page = client.get(url).text
    assert "I prefer not to say" not in page
    sent = client.post(url, data={"csrf_token": csrf_of(page), **answer(person, diet=WITHHELD)})
    assert sent.status_code == 422


def test_the_person_is_asked_by_a_mail_that_names_no_need(world: World, kitchen) -> None:
    with world.writing():
        _found, (person,) = kitchen.people(1)
        kitchen.eats(person, Need("vegan", note="XYZZY"), own=False)
        kitchen.eats(person, Need("vegan", note="XYZZY"), own=False)  # the same again asks nobody twice
    (mail,) = session().scalars(sa.select(outbox.MailMessage).where(outbox.MailMessage.kind == "catering_confirm"))
    assert (mail.recipient, mail.link_purpose, mail.link_subject_id) == (person.email, "participant", person.id)
    assert "egan" not in mail.subject + mail.body
    assert "XYZZY" not in mail.subject + mail.body


# --- the person -----------------------------------------------------------------------------------------------------


def test_the_person_confirms_what_was_declared_for_them(world: World, kitchen) -> None:
    with world.writing():
        _found, (person,) = kitchen.people(1)
        kitchen.eats(person, Need("vegan", mild=("sesame",)), own=False)
    client, url = world.guest(person), own_page(world, person, "meals", "")
    page = client.get(url).text
    assert "Waits for you" in page
    assert "Vegan" in page
    assert "Sesame" in page
    assert post(client, url, {"answer": "confirm"}) == 302
    assert stored(world, person) == Declared(Need("vegan", mild=("sesame",)), confirmed=True)
    assert needs.consents([person.id], dietary.PURPOSE)[person.id].confirmed
    again = client.post(url, data={"csrf_token": csrf_of(client.get(url).text), "answer": "confirm"})
    assert again.status_code == 422


def test_the_person_reads_back_and_corrects_their_answer_on_their_own_page(world: World, kitchen) -> None:
    with world.writing():
        _found, (person,) = kitchen.people(1)
        kitchen.eats(person, Need("vegan", note="XYZZY"), own=False)
    client, url = world.guest(person), own_page(world, person)
    page = client.get(url).text
    assert "XYZZY" in page
    assert '<option value="vegan" selected>' in page
    said = answer(person, diet="vegetarian", mild=["gluten"], severe=["eggs"], note="", consent="y")
    assert post(client, url, {**facts_of(person), **said}) == 302
    assert stored(world, person) == Declared(Need("vegetarian", ("gluten",), ("eggs",)), confirmed=True)


def test_taking_the_consent_back_destroys_the_answer_though_its_fields_are_still_filled(world: World, kitchen) -> None:
    with world.writing():
        _found, (person,) = kitchen.people(1)
        kitchen.eats(person, Need("vegan", note="XYZZY"))
    client, url = world.guest(person), own_page(world, person)
    assert post(client, url, {**facts_of(person), **answer(person, diet="vegan", note="XYZZY")}) == 302
    assert stored(world, person) is None
    assert session().scalars(sa.select(DietaryNeed)).all() == []
    assert needs.consents([person.id], dietary.PURPOSE) == {}


def test_without_consent_nothing_is_stored(world: World, kitchen) -> None:
    with world.writing():
        _found, (person,) = kitchen.people(1)
    client, url = world.guest(person), own_page(world, person)
    page = client.get(url).text
    sent = client.post(url, data={"csrf_token": csrf_of(page), **facts_of(person), **answer(person, note="XYZZY")})
    assert sent.status_code == 422
    assert "only with consent" in sent.text
    assert "XYZZY" in sent.text  # what was typed is still there
    assert stored(world, person) is None


def test_whoever_prefers_not_to_say_need_not_consent_and_eats_the_standard_plate(world: World, kitchen) -> None:
    with world.writing():
        _found, (person,) = kitchen.people(1)
    client, url = world.guest(person), own_page(world, person)
    assert post(client, url, {**facts_of(person), **answer(person, diet=WITHHELD)}) == 302
    assert stored(world, person) == Declared(Need(WITHHELD), confirmed=True)
    assert needs.consents([person.id], dietary.PURPOSE) == {}


def test_an_answer_can_be_destroyed_after_registration_has_closed(world: World, kitchen) -> None:
    with world.writing():
        _found, (person,) = kitchen.people(1)
        kitchen.eats(person, Need("vegan"))
        world.event.registration_closes_at = clock.now().replace(year=2024)
    client, url = world.guest(person), own_page(world, person, "meals", "")
    assert post(client, url, {"answer": "withdraw"}) == 302
    assert stored(world, person) is None
    consent = session().scalars(sa.select(Consent).where(Consent.purpose == dietary.PURPOSE)).one()
    assert consent.withdrawn_at == clock.now()
    assert "Nothing is stored about what you eat." in client.get(url).text


def test_nobody_elses_page_opens(world: World, kitchen) -> None:
    with world.writing():
        found, (person, other) = kitchen.people(2)
        kitchen.eats(person, Need("vegan"))
    url = own_page(world, person, "meals", "")
    for client in (world.guest(other), world.guest(found), world.client(), world.client(world.owner)):
        assert client.get(url).status_code == 404


# --- the journal ----------------------------------------------------------------------------------------------------


def test_the_journal_tells_that_a_question_was_answered_and_not_how(world: World, kitchen) -> None:
    with world.writing():
        _found, (person,) = kitchen.people(1)
        kitchen.eats(person, Need("vegan"), own=False)
        kitchen.eats(person, Need("vegan"))
        kitchen.eats(person, Need("vegan"))
        dietary.withdraw(person, by=world.by)
    query = sa.select(activity.ActivityEntry).where(activity.ActivityEntry.verb.like("catering:%"))
    entries = session().scalars(query.order_by(activity.ActivityEntry.id)).all()
    assert [(entry.verb, entry.subject_kind, entry.changes) for entry in entries] == [
        ("catering:answered", "catering_need", None),
        ("catering:confirmed", "catering_need", None),
        ("catering:withdrawn", "catering_need", None),
    ]
    about_the_person = [entry.verb for entry in activity.history(person) if entry.verb.startswith("catering")]
    assert about_the_person == []


def test_a_named_read_is_recorded_and_tells_how_many(world: World, kitchen) -> None:
    with world.writing():
        _found, people = kitchen.people(4)
        kitchen.eats(people[0], Need("vegan"))
        kitchen.eats(people[1], Need("vegetarian"))
        kitchen.eats(people[2], Need("vegan"), own=False)
        kitchen.eats(people[3], Need(WITHHELD))
        lines = dietary.named(world.event, by=world.by)
        vegans = dietary.named(world.event, by=world.by, wanted=dietary.Wanted(diet="vegan"))
    assert {line.person.id: line.need for line in lines} == {
        people[0].id: Need("vegan"),
        people[1].id: Need("vegetarian"),
        people[2].id: None,  # not before the person agrees
    }
    assert [line.person.id for line in vegans] == [people[0].id]
    assert [(entry.actor_id, entry.changes) for entry in dietary.readings(world.event)] == [
        (world.owner.id, {"people": [None, 1]}),
        (world.owner.id, {"people": [None, 3]}),
    ]


@pytest.mark.parametrize(
    "wanted, expected",
    [
        (dietary.Wanted(), "abc"),
        (dietary.Wanted(search="ZOÉ"), "a"),
        (dietary.Wanted(diet="vegan"), "a"),
        (dietary.Wanted(allergen="sesame"), "ab"),
        (dietary.Wanted(allergen="sesame", severe=True), "a"),
        (dietary.Wanted(diet="no_pork"), ""),
    ],
)
def test_the_named_list_is_filtered(world: World, kitchen, wanted: dietary.Wanted, expected: str) -> None:
    with world.writing():
        _found, people = kitchen.people(3)
        people[0].name, people[0].sort_key = "Zoé", "zoe"
        kitchen.eats(people[0], Need("vegan", severe=("sesame",)))
        kitchen.eats(people[1], Need(mild=("sesame",)))
        kitchen.eats(people[2], Need("vegetarian"))
        found = {line.person.id for line in dietary.named(world.event, by=world.by, wanted=wanted)}
    assert "".join(letter for letter, person in zip("abc", people, strict=True) if person.id in found) == expected


def test_merging_two_records_of_a_person_loses_no_allergen_and_asks_to_confirm(world: World) -> None:
    with world.writing():
        first = world.people(world.delegation("Ghent", people=1))[0]
        second = world.people(world.delegation("Prague", people=1))[0]
        third = world.people(world.delegation("Turin", people=1))[0]
        own = Need("vegetarian", mild=("milk", "fish"))
        other = Need(dietary.STANDARD, mild=("eggs",), severe=("fish",))
        dietary.declare(world.event, first, own, own=True, by=world.by)
        dietary.declare(world.event, second, other, own=True, by=world.by)
    with world.writing():
        merging.merge(world.event, first.id, second.id, {}, by=world.by, hooks=world.hooks)
    both = Need("vegetarian", mild=("eggs", "milk"), severe=("fish",))
    assert dietary.of_event(world.event) == {first.id: Declared(both, confirmed=False)}
    with world.writing():
        merging.merge(world.event, third.id, first.id, {}, by=world.by, hooks=world.hooks)
    assert dietary.of_event(world.event) == {third.id: Declared(both, confirmed=False)}
