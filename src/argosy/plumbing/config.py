"""Settings: one typed struct, read from the environment once, with a reason for each value refused."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal

import msgspec
from msgspec import Meta
from msgspec.structs import replace

from argosy.base.errors import Misconfigured

ROOT = Path(__file__).resolve().parents[3]


class Config(msgspec.Struct, frozen=True, kw_only=True):
    """Every setting. The variable of `host` is `ARGOSY_HOST`, and so on; `docs/reference/settings.md` lists them."""

    database_url: str = ""
    """`DATABASE_URL` of any PostgreSQL 16 or later; empty: Argosy runs its own in `home`."""
    home: Path = ROOT / ".argosy"
    """Folder of the embedded database, generated secrets and logs."""
    data: Path = ROOT / "data"
    """Folder of the reference data: markets, categories, exchange rates, products."""
    host: str = "127.0.0.1"
    """Address that the server listens on."""
    port: Annotated[int, Meta(ge=1, le=65535)] = 8618
    """Port that the server listens on."""
    workers: Annotated[int, Meta(ge=1, le=64)] = 2
    """Server processes."""
    cell: Annotated[int, Meta(ge=0, le=4095)] = 1
    """Number of this cell; it is part of every id."""
    secret: str = ""
    """Key that signs quotes and cookies, 32 characters or more; empty: made once and kept in `home`."""
    base_url: str = ""
    """Address that shoppers see; used in links, sitemap and payment returns. Empty: `host` and `port`."""
    promise_hub: str = "CN-HGH"
    """Hub of the delivery network that parcels leave; `none`: no delivery date is promised."""
    sourcing: Literal["earliest", "cheapest", "fewest"] = "earliest"
    """What goods that wait at several hubs are chosen by: date, cost within home's date, or number of parcels."""
    hold_minutes: Annotated[int, Meta(ge=1, le=1440)] = 15
    """How long an unpaid order keeps its goods."""
    quote_minutes: Annotated[int, Meta(ge=1, le=1440)] = 30
    """How long a quote's price stands."""
    payment_provider: str = "simulated"
    """`simulated` or `stripe`."""
    stripe_key: str = ""
    """Secret key of the Stripe account; needed with `payment_provider=stripe`."""
    stripe_api_base: str = ""
    """Another address of the Stripe API, for a local imitation; empty: Stripe's own."""
    stripe_webhook_secret: str = ""
    """Key that Stripe signs its webhooks with."""
    database_pool: Annotated[int, Meta(ge=2, le=100)] = 6
    """Connections that each server process keeps."""
    carrier: str = "simulated"
    """`simulated`: parcels travel by themselves, as drawn; `webhook`: carriers tell where they are."""
    carrier_secrets: str = ""
    """Keys that carriers sign their messages with: `name=whsec_...`, separated by commas."""
    log_json: bool = False
    """Logs as one JSON object a line instead of coloured text."""
    refund_charges: Literal["all", "law"] = "all"
    """`all`: duty and tax go back with the goods, whoever bears them; `law`: not what no law gives back."""
    operator_key: str = ""
    """Key of the operator's calls under `/v1/operator` and of the console; empty: both are off."""


_ENVIRONMENT = {"database_url": "DATABASE_URL"}


def variable(field: str) -> str:
    """The environment variable of a setting."""
    return _ENVIRONMENT.get(field, f"ARGOSY_{field.upper()}")


def read_config(environment: Mapping[str, str] | None = None) -> Config:
    """The settings of this environment; a bad or unknown one raises `Misconfigured` with its name and remedy."""
    environment = os.environ if environment is None else environment
    known = {variable(name): name for name in Config.__struct_fields__}
    # Names under ARGOSY_TEST_ are the tests' own: they run shops in the same environment.
    ours = (name for name in environment if name.startswith("ARGOSY_") and not name.startswith("ARGOSY_TEST_"))
    unknown = sorted(name for name in ours if name not in known)
    if unknown:
        raise Misconfigured(f"{unknown[0]} is not a setting. See docs/reference/settings.md for those there are.")
    given = {known[name]: environment[name] for name in known if environment.get(name, "") != ""}
    try:
        config = msgspec.convert(given, Config, strict=False, dec_hook=_decode)
    except msgspec.ValidationError as wrong:
        field = str(wrong).rpartition("$.")[2].rstrip("`")
        raise Misconfigured(f"{variable(field)}: {wrong}. See docs/reference/settings.md.") from None
    if config.secret and len(config.secret) < 32:
        raise Misconfigured("ARGOSY_SECRET is shorter than 32 characters. Take for example 32 random bytes in hex.")
    return config if config.base_url else replace(config, base_url=_own_address(config))


def _own_address(config: Config) -> str:
    """Where a shop is reached that says nothing else: one that listens everywhere, on this machine."""
    host = "127.0.0.1" if config.host in ("0.0.0.0", "::") else config.host  # noqa: S104
    return f"http://{f'[{host}]' if ':' in host else host}:{config.port}"


def _decode(wanted: type, value: object) -> object:
    if wanted is Path:
        return Path(str(value)).expanduser()
    raise NotImplementedError(f"no reading of {wanted}")
