"""Secrets that are made once and kept."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from argosy.plumbing.config import Config
from argosy.plumbing.secrets import OPERATOR_KEY_FILE, operator_key, signing_secret


def test_a_key_is_made_once_for_all_and_is_the_owners_alone(tmp_path: Path) -> None:
    config = Config(home=tmp_path / "home")
    with ThreadPoolExecutor(8) as pool:
        keys = set(pool.map(lambda _: operator_key(config), range(32)))
    (key,) = keys
    file = tmp_path / "home" / OPERATOR_KEY_FILE
    assert file.stat().st_mode & 0o777 == 0o600
    assert file.read_text().strip() == key
    assert len(key) == 64
    assert key != signing_secret(config)
    assert sorted(one.name for one in (tmp_path / "home").iterdir()) == ["operator-key", "secret"]


def test_a_key_of_the_settings_is_taken_as_it_is(tmp_path: Path) -> None:
    assert operator_key(Config(home=tmp_path, operator_key="mine")) == "mine"
    assert list(tmp_path.iterdir()) == []
