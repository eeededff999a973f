"""Accounts, addresses and follows on a real database."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import TypeVar
from uuid import UUID

import pytest

from argosy.base.errors import NotFound, Refused
from argosy.markets.addresses import check_address
from argosy.markets.model import Address
from argosy.plumbing.database import Database, open_database
from argosy.plumbing.ids import new_id
from argosy.shoppers import addresses, follows
from argosy.shoppers.change_password import change_password
from argosy.shoppers.forget import forget_failures
from argosy.shoppers.levels import give_level, level_of
from argosy.shoppers.look import account, by_email, note_place
from argosy.shoppers.model import (
    Account,
    EmailTaken,
    Faulty,
    PasswordChanged,
    RegisterAnswer,
    Registered,
    SignedIn,
    SignInAnswer,
    TooManyTries,
    WrongPassword,
)
from argosy.shoppers.register import register
from argosy.shoppers.rules import FREE_TRIES, MAX_ADDRESSES
from argosy.shoppers.sign_in import sign_in

CELL = 1
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
PASSWORD = "four unrelated words"
Answer = TypeVar("Answer")


def run(dsn: str, story: Callable[[Database], Awaitable[Answer]]) -> Answer:
    """Let a story happen on a database."""

    async def happen() -> Answer:
        database = await open_database(dsn, size=4)
        try:
            return await story(database)
        finally:
            await database.close()

    return asyncio.run(happen())


async def join(database: Database, email: str = "aoife@example.com", password: str = PASSWORD) -> RegisterAnswer:
    return await register(
        database, CELL, new_id(CELL), name="Aoife Byrne", email=email, password=password, market="FR", language="en",
        now=NOW,
    )  # fmt: skip


async def joined(database: Database) -> Account:
    answer = await join(database)
    assert isinstance(answer, Registered)
    return answer.account


def place(street: str) -> Address:
    found = check_address(
        "FR",
        {"name": "Aoife Byrne", "phone": "06 12 34 56 78", "street": street, "city": "Paris", "postal_code": "75002"},
    )
    assert isinstance(found, Address)
    return found


def test_an_account_is_opened_once_and_its_password_is_not_kept(dsn: str) -> None:
    async def story(database: Database) -> tuple[RegisterAnswer, RegisterAnswer, RegisterAnswer, str]:
        first = await join(database)
        second = await join(database, email=" AOIFE@example.com ", password="other words altogether")
        bad = await join(database, email="b@example.com", password="short")
        async with database.read() as reader:
            stored = await reader.connection.fetchval("SELECT password_hash FROM accounts")
        return first, second, bad, stored

    first, second, bad, stored = run(dsn, story)
    assert isinstance(first, Registered) and first.account.email == "aoife@example.com"
    assert second == EmailTaken("aoife@example.com")
    assert isinstance(bad, Faulty) and [fault.code for fault in bad.faults] == ["too_short"]
    assert stored.startswith("$argon2id$") and PASSWORD not in stored


def test_two_who_register_one_address_at_the_same_time_get_one_account(dsn: str) -> None:
    answers = run(dsn, lambda database: asyncio.gather(*(join(database) for _ in range(4))))
    assert sorted(type(answer).__name__ for answer in answers) == ["EmailTaken"] * 3 + ["Registered"]


def test_only_the_right_password_opens_the_door(dsn: str) -> None:
    async def story(database: Database) -> list[SignInAnswer]:
        await joined(database)
        tries = [
            ("Aoife@Example.com", PASSWORD), ("aoife@example.com", PASSWORD + "!"), ("nobody@example.com", PASSWORD),
            ("", ""), ("x" * 300, PASSWORD), ("a\0@example.com", PASSWORD), ("aoife@example.com", "x" * 1000),
        ]  # fmt: skip
        return [await sign_in(database, CELL, email, password, NOW) for email, password in tries]

    right, *others = run(dsn, story)
    assert isinstance(right, SignedIn) and right.account.name == "Aoife Byrne"
    assert others == [WrongPassword()] * 6


def test_who_guesses_has_to_wait_even_with_the_right_password(dsn: str) -> None:
    async def story(database: Database) -> tuple[list[SignInAnswer], SignInAnswer, SignInAnswer, SignInAnswer]:
        await joined(database)
        wrong = [await sign_in(database, CELL, "aoife@example.com", "wrong", NOW) for _ in range(FREE_TRIES)]
        early = await sign_in(database, CELL, "aoife@example.com", PASSWORD, NOW + timedelta(seconds=29))
        later = await sign_in(database, CELL, "aoife@example.com", PASSWORD, NOW + timedelta(seconds=30))
        again = await sign_in(database, CELL, "aoife@example.com", "wrong", NOW + timedelta(seconds=31))
        return wrong, early, later, again

    wrong, early, later, again = run(dsn, story)
    assert wrong == [WrongPassword()] * FREE_TRIES
    assert early == TooManyTries(NOW + timedelta(seconds=30))
    assert isinstance(later, SignedIn)
    assert again == WrongPassword(), "a good try forgives the bad ones before it"


def test_many_guesses_at_once_gain_nothing(dsn: str) -> None:
    async def story(database: Database) -> list[SignInAnswer]:
        await joined(database)
        return await asyncio.gather(
            *(sign_in(database, CELL, "aoife@example.com", f"guess {n}", NOW) for n in range(12))
        )

    answers = run(dsn, story)
    assert sum(isinstance(answer, WrongPassword) for answer in answers) == FREE_TRIES


def test_failed_tries_are_forgotten_after_a_day(dsn: str) -> None:
    async def story(database: Database) -> tuple[int, int, SignInAnswer]:
        for _ in range(FREE_TRIES + 1):
            await sign_in(database, CELL, "nobody@example.com", "wrong", NOW)
        async with database.transaction() as tx:
            early = await forget_failures(tx, CELL, NOW + timedelta(hours=23))
        after = await sign_in(database, CELL, "nobody@example.com", "wrong", NOW + timedelta(hours=25))
        async with database.transaction() as tx:
            late = await forget_failures(tx, CELL, NOW + timedelta(hours=50))
        return early, late, after

    assert run(dsn, story) == (0, 1, WrongPassword())


def test_another_password_needs_the_present_one(dsn: str) -> None:
    async def story(database: Database) -> list[object]:
        her = await joined(database)
        return [
            await change_password(database, CELL, her, "wrong", "seven other words here", NOW),
            await change_password(database, CELL, her, PASSWORD, "short", NOW),
            await change_password(database, CELL, her, PASSWORD, "seven other words here", NOW),
            await sign_in(database, CELL, her.email, PASSWORD, NOW),
            await sign_in(database, CELL, her.email, "seven other words here", NOW),
        ]

    wrong, faulty, changed, old, new = run(dsn, story)
    assert (wrong, changed, old) == (WrongPassword(), PasswordChanged(), WrongPassword())
    assert isinstance(faulty, Faulty) and isinstance(new, SignedIn)


def test_an_account_remembers_where_it_was_last(dsn: str) -> None:
    async def story(database: Database) -> tuple[Account | None, Account | None]:
        her = await joined(database)
        async with database.transaction() as tx:
            await note_place(tx, CELL, her.account_id, "AE", "ar")
        async with database.read() as reader:
            return await account(reader, CELL, her.account_id), await account(reader, CELL + 1, her.account_id)

    here, elsewhere = run(dsn, story)
    assert here is not None and (here.market, here.language) == ("AE", "ar")
    assert elsewhere is None


def test_one_address_is_the_default_as_long_as_there_is_any(dsn: str) -> None:
    async def story(database: Database) -> list[list[tuple[str, bool]]]:
        her, seen = await joined(database), []
        keys = [new_id(CELL) for _ in range(3)]

        async def note() -> None:
            async with database.read() as reader:
                kept = await addresses.addresses(reader, CELL, her.account_id)
            seen.append([(one.address.street[0], one.is_default) for one in kept])

        for number, key in enumerate(keys):
            async with database.transaction() as tx:
                at = NOW + timedelta(minutes=number)
                await addresses.keep(tx, CELL, her.account_id, key, place(f"{number + 1} rue Bleue"), at)
        await note()
        async with database.transaction() as tx:
            await addresses.choose_default(tx, CELL, her.account_id, keys[1])
        await note()
        async with database.transaction() as tx:
            await addresses.drop(tx, CELL, her.account_id, keys[1])
        await note()
        async with database.transaction() as tx:
            await addresses.keep(tx, CELL, her.account_id, new_id(CELL), place("1 rue Bleue"), NOW, default=True)
        await note()
        for key in keys:
            async with database.transaction() as tx:
                await addresses.drop(tx, CELL, her.account_id, key)
        await note()
        return seen

    assert run(dsn, story) == [
        [("1 rue Bleue", True), ("3 rue Bleue", False), ("2 rue Bleue", False)],
        [("2 rue Bleue", True), ("3 rue Bleue", False), ("1 rue Bleue", False)],
        [("3 rue Bleue", True), ("1 rue Bleue", False)],
        [("1 rue Bleue", True), ("3 rue Bleue", False)],
        [],
    ]


def test_an_address_book_has_an_end_and_an_owner(dsn: str) -> None:
    async def story(database: Database) -> None:
        her = await joined(database)

        async def keep(owner: UUID, number: int) -> None:
            async with database.transaction() as tx:
                await addresses.keep(tx, CELL, owner, new_id(CELL), place(f"{number} rue Bleue"), NOW)

        for number in range(MAX_ADDRESSES):
            await keep(her.account_id, number + 1)
        await keep(her.account_id, 1)
        with pytest.raises(Refused) as full:
            await keep(her.account_id, 100)
        assert full.value.code == "too_many_addresses"
        with pytest.raises(NotFound) as nobody:
            await keep(new_id(CELL), 1)
        assert nobody.value.code == "unknown_account"
        with pytest.raises(NotFound) as not_hers:
            async with database.transaction() as tx:
                await addresses.choose_default(tx, CELL, her.account_id, new_id(CELL))
        assert not_hers.value.code == "unknown_address"

    run(dsn, story)


def test_what_a_guest_follows_goes_to_her_account(dsn: str) -> None:
    async def story(database: Database) -> tuple[list[str], list[str], bool, int]:
        guest, her = new_id(CELL), new_id(CELL)
        async with database.transaction() as tx:
            await follows.follow(tx, CELL, guest, "kiara", NOW)
            await follows.follow(tx, CELL, guest, "kiara", NOW)
            await follows.follow(tx, CELL, guest, "fossil", NOW + timedelta(minutes=1))
            await follows.follow(tx, CELL, her, "fossil", NOW - timedelta(days=1))
            await follows.unfollow(tx, CELL, guest, "nike")
            await follows.hand_over(tx, CELL, guest, her)
            await follows.hand_over(tx, CELL, her, her)
        async with database.read() as reader:
            return (
                [one.brand_slug for one in await follows.followed(reader, CELL, guest)],
                [one.brand_slug for one in await follows.followed(reader, CELL, her)],
                await follows.follows(reader, CELL, her, "kiara"),
                await follows.followers(reader, CELL, "fossil"),
            )

    assert run(dsn, story) == ([], ["kiara", "fossil"], True, 1)


def test_a_level_is_given_and_taken_away(dsn: str) -> None:
    async def story(database: Database) -> list[str]:
        made = await join(database)
        assert isinstance(made, Registered)
        assert made.account.level == ""
        seen = []
        for level in ("gold", "club-2", ""):
            async with database.transaction() as tx:
                assert (await give_level(tx, CELL, " Aoife@Example.com ", level)).email == "aoife@example.com"
            async with database.read() as reader:
                seen.append(await level_of(reader, CELL, made.account.account_id))
                found = await by_email(reader, CELL, "aoife@example.com")
                assert found is not None
                assert found.level == level
        async with database.read() as reader:
            assert await level_of(reader, CELL, new_id(CELL)) == ""
        for email, level, code in (("nobody@example.com", "gold", NotFound), ("aoife@example.com", "Gold!", Refused)):
            with pytest.raises(code):
                async with database.transaction() as tx:
                    await give_level(tx, CELL, email, level)
        return seen

    assert run(dsn, story) == ["gold", "club-2", ""]
