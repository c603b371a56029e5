"""A roster comes in from a spreadsheet: tried first, then written in one transaction, and nothing the second time."""

from __future__ import annotations

import csv
import io
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from eventhub import clock, jobs, tabular
from eventhub.access.models import EventRole
from eventhub.activity import ActivityEntry
from eventhub.db import session, statement_count
from eventhub.delegations import domain
from eventhub.delegations.intake import said, staging, template, work
from eventhub.delegations.intake.staging import RosterChunk, RosterImport, RosterRow
from eventhub.delegations.models import Delegation, Direction, Participant, ParticipantState, Seat
from eventhub.testing import World, csrf_of
from tests.browsing import forms_of

FRENCH = """Délégation;Ville;Pays;Places;NOM;Prénom;Chef·fe de délégation;Fonction;Courriel;Téléphone;Langues;Arrivée;Départ;Régime alimentaire
Métropole de Gênes;Gênes;Italie;3;Rossi;Chiara;x;Urbaniste;chiara.rossi@exemple.it;+39 010 123456;italien, anglais;25/03/2025 13h30;27/03/2025 17h00
Métropole de Gênes;Gênes;Italie;;Bianchi;Élio;;Ingénieur;elio@exemple.it;;italien;;;sans gluten
Grand Chambéry;Chambéry;France;2;Dupré;Anaïs;;Élue;anais.dupre@exemple.fr;612345678;français;25/03/2025 09:00;27/03/2025 18:00;végétarien
"""  # noqa: E501  (a file as people send it)


@pytest.fixture
def desk(world: World) -> FlaskClient:
    """A browser of the welcome desk."""
    with world.writing():
        user = world.organiser(EventRole.WELCOME)
    return world.client(user)


def send(desk: FlaskClient, data: bytes, name: str = "liste.csv", language: str = "en", **choices: str) -> str:
    """Send the file, take the columns as they are recognised, and return the address of the fates."""
    start = f"/{language}/manage/test/delegations/import/"
    token = csrf_of(desk.get(start).get_data(as_text=True))
    answer = desk.post(start, data={"csrf_token": token, "file": (io.BytesIO(data), name)})
    assert answer.status_code == 302, re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True))[-3000:]
    columns = answer.headers["Location"]
    form = next(form for form in forms_of(desk.get(columns).get_data(as_text=True)) if "column-0" in form.values)
    answer = desk.post(columns, data={**form.values.to_dict(), **choices})
    assert answer.status_code == 302, re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True))[-3000:]
    return str(answer.headers["Location"])


def confirm(desk: FlaskClient, fates: str) -> str:
    token = csrf_of(desk.get(fates).get_data(as_text=True))
    answer = desk.post(f"{fates}/confirm", data={"csrf_token": token})
    assert answer.status_code == 302
    return desk.get(answer.headers["Location"]).get_data(as_text=True)


def look_again() -> None:
    """End what the test has read so far: the pages have written since."""
    session().rollback()
    session().expire_all()


def fates_of(world: World) -> list[tuple[int, str, str]]:
    """Return [(line, fate, name or delegation)] of the newest import."""
    look_again()
    newest = session().scalar(sa.select(sa.func.max(RosterImport.id)))
    rows = session().scalars(sa.select(RosterRow).where(RosterRow.import_id == newest).order_by(RosterRow.id))
    return [(row.line, row.fate, row.name or row.delegation) for row in rows]


def reasons(world: World) -> dict[int, list[str]]:
    newest = session().scalar(sa.select(sa.func.max(RosterImport.id)))
    rows = session().scalars(sa.select(RosterRow).where(RosterRow.import_id == newest).order_by(RosterRow.id))
    return {row.line: [problem[0] for problem in row.told.get("problems", ())] for row in rows}


def everything() -> list[Any]:
    """Return all that an import may write, to be compared before and after."""
    look_again()
    tables = (Delegation, Participant, Seat)
    return [session().execute(sa.select(model.__table__).order_by(model.__table__.c.id)).all() for model in tables]  # type: ignore[arg-type]


def test_a_french_excel_roster_is_tried_written_and_changes_nothing_the_second_time(
    world: World, desk: FlaskClient
) -> None:
    fates = send(desk, FRENCH.replace("\n", "\r\n").encode("cp1252"), language="fr")
    assert session().scalar(sa.select(sa.func.count()).select_from(Participant)) == 0
    assert fates_of(world) == [
        (2, "new", "Chiara Rossi"),
        (3, "new", "Élio Bianchi"),
        (4, "new", "Anaïs Dupré"),
        (2, "delegation_new", "Métropole de Gênes"),
        (4, "delegation_new", "Grand Chambéry"),
    ]
    page = desk.get(fates).get_data(as_text=True)
    assert "Régime alimentaire" in page
    assert "sans gluten" not in page
    confirm(desk, fates)

    look_again()
    genoa = session().scalars(sa.select(Delegation).where(Delegation.city == "Gênes")).one()
    assert (genoa.country, genoa.quota, genoa.seats_named, genoa.state) == ("IT", 3, 2, "registering")
    assert (genoa.contact_name, genoa.contact_email) == ("Chiara Rossi", "chiara.rossi@exemple.it")
    assert [(seat.position, seat.participant and seat.participant.name, seat.state) for seat in genoa.seats] == [
        (1, "Chiara Rossi", "complete"),
        (2, "Élio Bianchi", "complete"),
        (3, None, "unnamed"),
    ]
    anais = session().scalars(sa.select(Participant).where(Participant.name == "Anaïs Dupré")).one()
    assert (anais.phone, anais.languages, anais.sort_key) == ("+33 6 12 34 56 78", ["fr"], "anais dupre")
    leg = anais.leg(Direction.ARRIVAL)
    assert leg is not None
    assert leg.at == datetime(2025, 3, 25, 8, 0, tzinfo=UTC)

    before = everything()
    entries = session().scalar(sa.select(sa.func.count()).select_from(ActivityEntry))
    again = send(desk, FRENCH.encode("utf-8-sig"))
    assert {fate for _line, fate, _name in fates_of(world)} == {"same"}
    assert "There is nothing to write: all of it is there already." in desk.get(again).get_data(as_text=True)
    assert everything() == before
    look_again()
    assert session().scalar(sa.select(sa.func.count()).select_from(ActivityEntry)) == entries


# --- fates ----------------------------------------------------------------------------------------------------------


def tried(world: World, text: str, **options: bool) -> RosterImport:
    """Try a roster of these lines, and return it."""
    draft = staging.drafted("test", tabular.read_text(text))
    with world.writing():
        staged = staging.stage(world.event, draft, by=world.by)
        for name, value in options.items():
            setattr(staged, name, value)
    work.plan(world.event, staged.id)
    look_again()
    return session().get_one(RosterImport, staged.id)


def written(world: World, staged: RosterImport) -> bool:
    found = work.confirm(world.event, staged.id, by=world.by, hooks=world.hooks)
    look_again()
    return found


HEAD = "Delegation;Country;Seats;Name;E-mail;Phone;Arrival;Departure;Languages;Head\n"


@pytest.mark.parametrize(
    "line, code",
    [
        ("Ghent;BE;4;Ann Peeters;no address", "email"),
        ("Ghent;BE;4;Ann Peeters;;612345678", "phone_lost"),
        ("Ghent;BE;4;Ann Peeters;;abc", "phone"),
        ("Ghent;Belgiom;4;Ann Peeters", "country"),
        ("Ghent;BE;0;Ann Peeters", "seats"),
        ("Ghent;BE;many;Ann Peeters", "seats"),
        ("Ghent;BE;4;Ann Peeters;;;31/02/2025 10:00", "date"),
        ("Ghent;BE;4;Ann Peeters;;;03/25/2025 10:00", "date"),
        ("Ghent;BE;4;Ann Peeters;;;2025-03-30 02:30", "gap"),
        ("Ghent;BE;4;Ann Peeters;;;2025-03-25 25:00", "time"),
        ("Ghent;BE;4;Ann Peeters;;;2025-03-27 10:00;2025-03-25 10:00", "order"),
        ("Ghent;BE;4;Ann Peeters;;;;;Elvish", "language"),
        ("Ghent;BE;4;" + "x" * 201, "too_long"),
        ("Ghent;BE;4;Ann Peeters;;;;;;;one cell too many", "ragged"),
        (";BE;4;Ann Peeters", "no_delegation"),
        ("Ghent;;4;Ann Peeters", "unknown_delegation"),
        ("Ghent;BE;4;;ann@example.org", "no_name"),
    ],
)
def test_a_row_is_refused_with_its_reason(world: World, line: str, code: str) -> None:
    tried(world, f"{HEAD}{line}\n")
    assert reasons(world) == {2: [code]}
    assert code in said.MESSAGES


def test_a_quota_is_never_exceeded_silently(world: World) -> None:
    with world.writing():
        found = world.delegation("Ghent", people=3, quota=4)
    roster = f"{HEAD}Ghent;;;One More;;\nGhent;;;Two Many;;\n"
    staged = tried(world, roster)
    assert fates_of(world) == [(2, "new", "One More"), (3, "refused", "Two Many")]
    assert reasons(world)[3] == ["no_seat"]

    staged = tried(world, roster, raise_quota=True)
    assert fates_of(world) == [
        (2, "new", "One More"),
        (3, "new", "Two Many"),
        (2, "delegation_changed", "Ghent"),
    ]
    assert written(world, staged)
    found = session().get_one(Delegation, found.id)
    assert (found.quota, found.seats_named) == (5, 5)
    assert [seat.position for seat in found.seats if seat.participant is not None] == [1, 2, 3, 4, 5]


def test_one_person_twice_with_other_accents_is_told(world: World) -> None:
    staged = tried(
        world,
        f"{HEAD}Ghent;BE;4;José García;jose@example.org\nGhent;BE;4;Jose Garcia;jose@example.org;+32 9 266 70 00\n"
        "Ghent;BE;4;José García;jose@example.org\nGhent;BE;4;Bob Other;jose@example.org\n",
    )
    assert [(line, fate) for line, fate, _name in fates_of(world)] == [
        (2, "new"),
        (3, "refused"),
        (4, "repeated"),
        (5, "refused"),
        (2, "delegation_new"),
    ]
    assert (reasons(world)[3], reasons(world)[5]) == (["person_twice"], ["address_twice"])
    assert staged.count("refused") == 2


def test_a_person_of_another_delegation_is_told(world: World) -> None:
    with world.writing():
        ghent = world.delegation("Ghent", people=1)
        world.delegation("Turin", country="IT")
        address = world.people(ghent)[0].email
    tried(world, f"{HEAD}Turin;;;Somebody;{address.upper()}\nTurin;;;Ghent Person 1;other@example.org\n")
    assert fates_of(world) == [(2, "refused", "Somebody"), (3, "new", "Ghent Person 1")]
    assert reasons(world)[2] == ["elsewhere"]
    page = staging.rows_query(session().scalars(sa.select(RosterImport)).one(), remarked=True)
    assert [note[0] for row in session().scalars(page) for note in row.told["notes"]] == ["namesake"]


def test_another_name_under_a_known_address_is_a_substitution_and_left_to_the_desk(world: World) -> None:
    with world.writing():
        ghent = world.delegation("Ghent", people=1)
        address = world.people(ghent)[0].email
    tried(world, f"{HEAD}Ghent;;;Jana Novak;{address}\n")
    assert reasons(world)[2] == ["substitution"]


def test_a_change_is_told_field_by_field_and_an_empty_cell_changes_nothing(world: World) -> None:
    with world.writing():
        ghent = world.delegation("Ghent", people=1)
        person = world.people(ghent)[0]
    staged = tried(world, f"{HEAD}GHENT;;;ghent person 1;{person.email};;2025-03-25 14:00;;fr, en\n")
    row = session().scalars(sa.select(RosterRow)).one()
    assert row.told["changes"] == {
        "name": ["Ghent Person 1", "ghent person 1"],
        "languages": [["en"], ["fr", "en"]],
        "arrival": [None, "2025-03-25T13:00:00+00:00"],
    }
    assert written(world, staged)
    person = session().get_one(Participant, person.id)
    assert (person.name, person.languages, person.function) == ("ghent person 1", ["fr", "en"], "Planner")
    told = session().scalars(sa.select(ActivityEntry).where(ActivityEntry.subject_kind == "participant"))
    assert [entry.verb for entry in told][-2:] == ["delegations:person_changed", "delegations:person_changed"]
    assert session().scalar(sa.select(sa.func.count()).where(ActivityEntry.verb == "delegations:imported")) == 1


def test_somebody_who_was_taken_off_is_named_again_with_what_they_had(world: World) -> None:
    with world.writing():
        ghent = world.delegation("Ghent", people=1)
        person = world.people(ghent)[0]
        domain.save_people(world.event, ghent, [domain.Person(ghent.seats[0].id, "")], by=world.by, hooks=world.hooks)
    staged = tried(world, f"{HEAD}Ghent;;;Ghent Person 1;\n")
    assert fates_of(world) == [(2, "back", "Ghent Person 1")]
    assert written(world, staged)
    again = session().get_one(Participant, person.id)
    assert (again.state, again.function) == (ParticipantState.REGISTERED, "Planner")
    ghent = session().get_one(Delegation, ghent.id)
    assert (ghent.seats_named, ghent.seats[0].participant_id, ghent.seats[0].state) == (1, person.id, "complete")


def test_delegations_alone_can_be_imported(world: World) -> None:
    staged = tried(
        world,
        "Delegation;City;Country;Role;Seats;Head of delegation;E-mail\n"
        "Ghent;Gent;Belgique;observer;3;Ann Peeters;ann@example.org\nTurin;Torino;IT;;2;;\nGhent;;;;;;\n",
    )
    assert fates_of(world) == [
        (4, "repeated", "Ghent"),
        (2, "delegation_new", "Ghent"),
        (3, "delegation_new", "Turin"),
    ]
    assert written(world, staged)
    ghent = session().scalars(sa.select(Delegation).where(Delegation.name == "Ghent")).one()
    assert (ghent.country, ghent.role, ghent.quota, ghent.contact_name, ghent.contact_email, ghent.state) == (
        "BE",
        "observer",
        3,
        "Ann Peeters",
        "ann@example.org",
        "invited",
    )
    assert [seat.state for seat in ghent.seats] == ["unnamed"] * 3


def test_an_empty_delegation_cell_may_mean_the_one_above(world: World) -> None:
    roster = f"{HEAD}Ghent;BE;4;Ann Peeters\n;;;Bob Claes\n"
    tried(world, roster)
    assert reasons(world)[3] == ["no_delegation"]
    tried(world, roster, fill_down=True)
    assert fates_of(world)[:2] == [(2, "new", "Ann Peeters"), (3, "new", "Bob Claes")]


def test_a_day_without_its_hour_is_told_and_left_out(world: World) -> None:
    staged = tried(world, f"{HEAD}Ghent;BE;4;Ann Peeters;;;25/03/2025\n")
    row = session().scalars(sa.select(RosterRow).where(RosterRow.fate == "new")).one()
    assert [note[0] for note in row.told["notes"]] == ["no_hour"]
    assert "arrival" not in row.told["write"]
    assert staged.count("remarked") == 1


HOSTILE = [
    "=1+1", "=cmd|'/C calc'!A0", "+1+1", "-2+3", "@SUM(A1)", "\t=1", "'=1", "<script>alert(1)</script>",
    "{{ 7*1111 }}", "{% raw %}", "%(name)s", "%s%s%s", "${7*1111}", "' OR 1=1 --", "\"; DROP TABLE delegation; --",
    "../../etc/passwd", "\x00", "A\x00B", "\x07bell", "\x1b[31m", "\u202egnp.exe", "\u2066abc\u2069", "\ufeffbom",
    "\u200b", "\u00ad", "e\u0301", "\u0130stanbul", "ß" * 150, "ﬃ" * 150, "x" * 200, "x" * 201, "x" * 32_000,
    "שלום", "مرحبا بالعالم", "你好", "Ελλάδα", "Łódź", "😀" * 20, "👩‍👩‍👧‍👦", "Z̸̧̛a̴͇͝l̶̰g̶o̷", "\u2028line", "a\u00a0b",
    "NULL", "None", "nan", "Infinity", "1e309", "-0", "0x41", "true", "1/0", "2025-03-25", "#REF!", "#N/A",
    "http://[::1]", "javascript:alert(1)", "data:text/html,x", "mailto:a@b",
    "a@b", "\\", "a;b", 'a"b', "a|b", "  padded  ",
    "Dr. med. Élio von und zu Beispiel-Müller", "O’Brien", "d'Artagnan",
]  # fmt: skip


@pytest.mark.parametrize("place", ["Delegation", "Name", "E-mail", "Phone", "Arrival", "Languages", "Seats", "Country"])
def test_no_value_breaks_the_import_or_gets_out_unescaped(world: World, desk: FlaskClient, place: str) -> None:
    headings = ["Delegation", "Country", "Seats", "Name", "E-mail", "Phone", "Arrival", "Languages"]
    rows = []
    for number, value in enumerate(HOSTILE):
        row = dict(zip(headings, (f"City {number}", "BE", "4", f"Person {number}", "", "", "", ""), strict=True))
        row[place] = value
        rows.append([row[name] for name in headings])
    stream = io.StringIO()
    csv.writer(stream, delimiter=";").writerows([headings, *rows])
    assert len(HOSTILE) >= 60
    fates = send(desk, stream.getvalue().encode("utf-8", "surrogatepass"))
    for number in (1, 2):
        answer = desk.get(f"{fates}?page={number}")
        text = answer.get_data(as_text=True)
        assert answer.status_code == 200
        assert "<script>alert" not in text
        assert "7777" not in text
    refused = desk.get(f"{fates}/refused.csv")
    if refused.status_code == 200:
        cells = csv.reader(io.StringIO(refused.get_data().decode("utf-8-sig")), delimiter=";")
        assert not [cell for row in cells for cell in row if cell.startswith(("=", "@", "\t", "\r"))]
    if "/confirm" in desk.get(fates).get_data(as_text=True):
        confirm(desk, fates)
        look_again()
        counted = (
            session()
            .execute(
                sa.select(Delegation.seats_named, sa.func.count(Seat.participant_id)).join(Seat).group_by(Delegation.id)
            )
            .all()
        )
        assert counted
        assert all(named == seated for named, seated in counted)


def test_health_data_never_stand_in_the_file_or_the_database(world: World, desk: FlaskClient, tmp_path: Path) -> None:
    sentinel = "SENTINELLE-ARACHIDE"
    send(desk, f"Délégation;Pays;Nom;Allergies\nGand;BE;Ann Peeters;{sentinel}\n".encode())
    look_again()
    assert session().scalar(sa.select(sa.func.count()).select_from(RosterChunk)) == 1
    for path in tmp_path.iterdir():
        if path.is_file():
            assert sentinel.encode() not in path.read_bytes(), path
    staged = session().scalars(sa.select(RosterImport)).one()
    assert [cells[:3] + [""] for _line, cells in next(iter(staging.chunks(staged)))] == [
        ["Gand", "BE", "Ann Peeters", ""]
    ]


# --- the life of an import ------------------------------------------------------------------------------------------


def test_what_was_sent_is_deleted_when_it_is_written_and_refused_rows_after_a_day(world: World) -> None:
    staged = tried(world, f"{HEAD}Ghent;BE;4;Ann Peeters\nGhent;BE;4;Bob;nowhere\n")
    assert written(world, staged)
    count = sa.select(sa.func.count())
    assert session().scalar(count.select_from(RosterChunk)) == 0
    assert [row.fate for row in session().scalars(sa.select(RosterRow))] == ["refused"]
    with world.writing():
        session().execute(sa.update(RosterImport).values(expires_at=clock.system_now() - timedelta(seconds=1)))
    jobs.sweep()
    look_again()
    assert [session().scalar(count.select_from(model)) for model in (RosterImport, RosterChunk, RosterRow)] == [0, 0, 0]


def test_the_refused_rows_can_be_mended_and_sent_again(world: World, desk: FlaskClient) -> None:
    fates = send(desk, f"{HEAD}Ghent;BE;4;Ann Peeters;nowhere\n".encode())
    text = desk.get(f"{fates}/refused.csv").get_data().decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text), delimiter=";"))
    assert rows[0] == ["Line", *HEAD.strip().split(";"), "What to mend"]
    assert rows[1][:6] == ["2", "Ghent", "BE", "4", "Ann Peeters", "nowhere"]
    assert rows[1][-1].startswith("Column E (E-mail): This does not look like an e-mail address.")
    send(desk, text.replace("nowhere", "ann@example.org").encode())
    assert fates_of(world)[0] == (2, "new", "Ann Peeters")


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_template_is_read_back_with_every_column_known_and_its_example_left_out(
    world: World, desk: FlaskClient, kind: str, language: str
) -> None:
    answer = desk.get(f"/{language}/manage/test/delegations/import/template.{kind}")
    assert answer.status_code == 200
    rows = list(tabular.read(answer.get_data()))
    assert len(rows) == 2
    filled = [*rows, tabular.Row(3, ["Ghent", "Gent", "BE"])]
    draft = staging.drafted("template", filled)
    assert [column.field for column in draft.layout] == [field.code for field in template.fields()]
    assert draft.row_count == 1


def test_columns_can_be_corrected_by_hand(world: World, desk: FlaskClient) -> None:
    start = "/en/manage/test/delegations/import/"
    token = csrf_of(desk.get(start).get_data(as_text=True))
    answer = desk.post(start, data={"csrf_token": token, "pasted": "Who\tFrom where\tLand\nAnn Peeters\tGhent\tBE\n"})
    columns = answer.headers["Location"]
    token = csrf_of(desk.get(columns).get_data(as_text=True))
    answer = desk.post(columns, data={"csrf_token": token, "column-0": "name", "column-1": "name"})
    assert answer.status_code == 422
    assert "Columns A + B are both “Name”." in answer.get_data(as_text=True)
    assert "No column is “Delegation”." in answer.get_data(as_text=True)
    choices = {"column-0": "name", "column-1": "delegation", "column-2": "country"}
    assert desk.post(columns, data={"csrf_token": token, **choices}).status_code == 302
    assert fates_of(world)[0] == (2, "new", "Ann Peeters")


def test_a_large_roster_is_tried_and_written_by_jobs(
    world: World, desk: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(work, "WITHOUT_WAITING", 2)
    progress = send(desk, FRENCH.encode())
    assert "/jobs/" in progress
    look_again()
    jobs.run_due()
    page = desk.get(progress).get_data(as_text=True)
    fates = re.search(r"/en/manage/test/delegations/import/\d+", page)
    assert fates
    assert "Write 5 rows" in desk.get(fates[0]).get_data(as_text=True)
    page = confirm(desk, fates[0])
    assert "Write a roster" in page
    look_again()
    jobs.run_due()
    look_again()
    assert session().scalar(sa.select(sa.func.count()).select_from(Participant)) == 3
    assert "The roster is written" in desk.get(fates[0]).get_data(as_text=True)


def test_the_pages_take_ten_statements_at_most(world: World, desk: FlaskClient) -> None:
    few = send(desk, FRENCH.encode())
    many = send(desk, (HEAD + "".join(f"City {n};BE;4;Person {n}\n" for n in range(200))).encode())
    for page in (few, many, f"{many}?fate=new&page=2", f"{many}/columns", "/en/manage/test/delegations/import/"):
        assert statement_count(world.app, lambda page=page: desk.get(page)) <= 10, page  # type: ignore[misc]


def test_somebody_without_the_right_sees_no_import(world: World) -> None:
    with world.writing():
        reader = world.organiser(EventRole.READER)
    assert world.client(reader).get("/en/manage/test/delegations/import/").status_code == 404
