"""`argosy members`: an account gets a level that a plan names, no other."""

from __future__ import annotations

import argparse

import msgspec
import pytest

from argosy.base.errors import NotFound
from argosy.commands import members
from argosy.plumbing.config import Config
from rooms.shoppers.test_accounts import joined, run

EMAIL = "aoife@example.com"


def command(dsn: str, words: str) -> int:
    """Run `argosy members`."""
    parser = argparse.ArgumentParser()
    members.add(parser.add_subparsers())
    given = parser.parse_args(["members", *words.split()])
    return int(given.run(Config(database_url=dsn), given))


def test_levels_are_those_that_plans_name(dsn: str, capsys: pytest.CaptureFixture[str]) -> None:
    run(dsn, joined)
    for words, level in ((f"give {EMAIL} gold", "gold"), (f"look {EMAIL}", "gold"), (f"take {EMAIL}", None)):
        assert command(dsn, f"{words} --json") == 0
        assert msgspec.json.decode(capsys.readouterr().out) == {"email": EMAIL, "level": level}
    for words, field, remedy in (
        (f"give {EMAIL} golden", "level", "The plans have gold"),
        (f"give nobody-{EMAIL} gold", "email", ""),
        (f"look nobody-{EMAIL}", "email", ""),
    ):
        with pytest.raises(NotFound) as wrong:
            command(dsn, words)
        assert wrong.value.field == field and remedy in (wrong.value.remedy or "")
