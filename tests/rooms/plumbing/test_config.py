"""Settings are read once from the environment; a bad one is refused by its name."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from argosy.base.errors import Misconfigured
from argosy.plumbing.config import Config, read_config, variable
from argosy.plumbing.secrets import Signer, signing_secret
from argosy.running import environment

SOURCE = Path(__file__).parents[3] / "src"
LONG = "0123456789abcdef0123456789abcdef"
MAKER = """
import sys
from pathlib import Path
from argosy.plumbing.config import Config
from argosy.plumbing.secrets import signing_secret
print("ready", flush=True)
sys.stdin.readline()
print(signing_secret(Config(home=Path(sys.argv[1]))))
"""


@pytest.mark.parametrize(
    ("name", "text", "field", "value"),
    [
        ("DATABASE_URL", "postgresql://shop@db/argosy", "database_url", "postgresql://shop@db/argosy"),
        ("ARGOSY_HOME", "/var/lib/argosy", "home", Path("/var/lib/argosy")),
        ("ARGOSY_HOME", "~/argosy", "home", Path.home() / "argosy"),
        ("ARGOSY_PORT", "1", "port", 1),
        ("ARGOSY_PORT", "65535", "port", 65535),
        ("ARGOSY_WORKERS", "64", "workers", 64),
        ("ARGOSY_CELL", "0", "cell", 0),
        ("ARGOSY_CELL", "4095", "cell", 4095),
        ("ARGOSY_SECRET", LONG, "secret", LONG),
        ("ARGOSY_LOG_JSON", "true", "log_json", True),
        ("ARGOSY_LOG_JSON", "1", "log_json", True),
        ("ARGOSY_LOG_JSON", "False", "log_json", False),
        ("ARGOSY_OPERATOR_KEY", "12345", "operator_key", "12345"),
        ("ARGOSY_HOLD_MINUTES", "", "hold_minutes", 15),
    ],
)
def test_a_good_setting(name: str, text: str, field: str, value: object) -> None:
    config = read_config({name: text})
    assert getattr(config, field) == value
    # Without an address of its own the shop is found where it listens.
    assert config.base_url == f"http://127.0.0.1:{config.port}"
    plain = msgspec.structs.replace(config, base_url="", **{field: getattr(Config(), field)})
    assert plain == Config()


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("ARGOSY_PORT", "0"),
        ("ARGOSY_PORT", "65536"),
        ("ARGOSY_PORT", "http"),
        ("ARGOSY_PORT", "80.5"),
        ("ARGOSY_WORKERS", "0"),
        ("ARGOSY_WORKERS", "-1"),
        ("ARGOSY_CELL", "4096"),
        ("ARGOSY_HOLD_MINUTES", "0"),
        ("ARGOSY_QUOTE_MINUTES", "1441"),
        ("ARGOSY_DATABASE_POOL", "1"),
        ("ARGOSY_LOG_JSON", "perhaps"),
        ("ARGOSY_SECRET", "too short"),
        ("ARGOSY_SECRET", LONG[:31]),
        ("ARGOSY_PROT", "8618"),
        ("ARGOSY_DATABASE_URL", "postgresql://db/argosy"),
    ],
)
def test_a_bad_setting_is_refused_by_its_name(name: str, text: str) -> None:
    with pytest.raises(Misconfigured) as refused:
        read_config({name: text})
    told = str(refused.value)
    assert name in told
    assert "settings.md" in told or "SECRET" in name
    if text == "too short":
        assert text not in told


def test_what_is_not_ours_is_left_alone() -> None:
    assert read_config({"PATH": "/bin", "argosy_port": "1", "ARGOSY_TEST_ANYTHING": "1"}) == read_config({})


def test_a_server_process_finds_the_same_settings(tmp_path: Path) -> None:
    config = Config(
        home=tmp_path,
        port=9000,
        workers=3,
        cell=0,
        secret=LONG,
        log_json=True,
        operator_key="k",
        hold_minutes=1,
        data=tmp_path,
    )
    config = msgspec.structs.replace(config, base_url="https://shop.example")
    found = read_config(environment(config, "postgresql://somewhere/shop"))
    assert found == msgspec.structs.replace(config, database_url="postgresql://somewhere/shop")
    assert read_config(environment(read_config({}), "postgresql://a/b")) == read_config(
        {"DATABASE_URL": "postgresql://a/b"}
    )


def test_every_setting_has_its_own_variable() -> None:
    names = [variable(name) for name in Config.__struct_fields__]
    assert len(set(names)) == len(names)


def test_a_secret_is_made_once_for_its_owner_only(tmp_path: Path) -> None:
    config = Config(home=tmp_path / "deep" / "home")
    secret = signing_secret(config)
    assert len(secret) >= 32
    assert signing_secret(config) == secret
    path = config.home / "secret"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [entry.name for entry in config.home.iterdir()] == ["secret"]
    assert signing_secret(Config(home=tmp_path / "another")) != secret
    assert signing_secret(Config(home=tmp_path / "third", secret=LONG)) == LONG
    assert not (tmp_path / "third").exists()


def test_processes_that_start_at_once_agree_on_the_secret(tmp_path: Path) -> None:
    ambient = {**os.environ, "PYTHONPATH": str(SOURCE)}
    command = [sys.executable, "-c", MAKER, str(tmp_path / "home")]
    children = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=ambient)
        for _ in range(4)
    ]
    for child in children:
        assert child.stdout is not None
        assert child.stdout.readline() == "ready\n"
    for child in children:
        assert child.stdin is not None
        child.stdin.write("\n")
        child.stdin.flush()
    secrets = {child.communicate()[0] for child in children}
    assert len(secrets) == 1
    assert [entry.name for entry in (tmp_path / "home").iterdir()] == ["secret"]


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_what_was_signed_opens(body: bytes) -> None:
    signer = Signer(LONG, "quote")
    token = signer.sign(body)
    assert signer.open(token) == body
    assert token.isascii()
    assert not set(token) & set("+/= ")


@settings(deadline=None)
@given(st.binary(max_size=60), st.data())
def test_what_was_changed_does_not_open(body: bytes, data: st.DataObject) -> None:
    signer = Signer(LONG, "quote")
    token = signer.sign(body)
    place = data.draw(st.integers(0, len(token) - 1))
    letter = data.draw(st.sampled_from("ABCabc019-_"))
    changed = token[:place] + letter + token[place + 1 :]
    assert changed == token or signer.open(changed) is None
    for longer in (
        token + "=",
        token + "A",
        token + "\n",
        f"{token[:place]} {token[place:]}",
        f"{token[:place]}!{token[place:]}",
    ):
        assert signer.open(longer) is None
    assert signer.open(token[:place]) is None
    assert Signer(LONG, "order").open(token) is None
    assert Signer(LONG[::-1], "quote").open(token) is None


@settings(deadline=None)
@given(st.text(max_size=60))
def test_any_other_text_does_not_open(text: str) -> None:
    assert Signer(LONG, "quote").open(text) is None
