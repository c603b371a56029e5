"""Sealing: one key per event, made on first use, destroyed for good."""

from __future__ import annotations

import pytest

from eventhub.db import session
from eventhub.delegations.models import AccessNeed
from eventhub.encryption import KeyDestroyed, Vault, destroy_key
from eventhub.testing import World


def test_what_one_vault_of_an_event_seals_another_opens(world: World) -> None:
    with world.writing():
        first, second = Vault(world.event.id).seal({"step_free": True}), Vault(world.event.id).seal("later")

    assert (Vault(world.event.id).open(first), Vault(world.event.id).open(second)) == ({"step_free": True}, "later")


def test_asking_for_the_key_leaves_a_row_that_waits_for_its_ciphertext_alone(world: World) -> None:
    with world.writing():
        [person] = world.people(world.delegation(people=1))
        row = AccessNeed(event_id=world.event.id, participant_id=person.id)
        session().add(row)

        row.sealed = Vault(world.event.id).seal("first use makes the key")
        row.declared_at = world.event.created_at

    assert Vault(world.event.id).open(row.sealed) == "first use makes the key"


def test_a_destroyed_key_erases_what_it_sealed(world: World) -> None:
    with world.writing():
        sealed = Vault(world.event.id).seal("nothing that should stay")
    with world.writing():
        destroy_key(world.event.id)

    with pytest.raises(KeyDestroyed):
        Vault(world.event.id).open(sealed)
