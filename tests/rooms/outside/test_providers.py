"""Which provider the settings give, and what they say when they are wrong."""

from __future__ import annotations

import pytest

from argosy.base.errors import Misconfigured
from argosy.outside.providers import payments_for
from argosy.plumbing.clock import SystemClock
from argosy.plumbing.config import Config

SECRET = "a secret of thirty-two characters"


@pytest.mark.parametrize(
    ("config", "name"),
    [
        (Config(secret=SECRET), "simulated"),
        (Config(payment_provider="stripe", stripe_key="sk_test_1", stripe_webhook_secret="whsec_1"), "stripe"),
        (Config(payment_provider="stripe", stripe_key="rk_live_1", stripe_webhook_secret="whsec_1"), "stripe"),
    ],
)
def test_the_provider(config: Config, name: str) -> None:
    payments = payments_for(config, SystemClock())
    assert payments.name == name
    assert not any(secret in repr(payments) for secret in (SECRET, "_1"))


@pytest.mark.parametrize(
    ("config", "variable"),
    [
        (Config(), "ARGOSY_SECRET"),
        (Config(payment_provider="stripe"), "ARGOSY_STRIPE_KEY"),
        (Config(payment_provider="stripe", stripe_key="pk_test_1"), "ARGOSY_STRIPE_KEY"),
        (Config(payment_provider="stripe", stripe_key="sk_test_1"), "ARGOSY_STRIPE_WEBHOOK_SECRET"),
        (Config(payment_provider="barter", secret=SECRET), "ARGOSY_PAYMENT_PROVIDER"),
    ],
)
def test_a_wrong_setting_is_named(config: Config, variable: str) -> None:
    with pytest.raises(Misconfigured) as wrong:
        payments_for(config, SystemClock())
    assert str(wrong.value).startswith(variable)
    assert "_1" not in str(wrong.value)
