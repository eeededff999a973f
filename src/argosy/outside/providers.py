"""Which provider the settings ask for."""

from __future__ import annotations

from typing import Protocol

from argosy.base.errors import Misconfigured
from argosy.orders.ports import Payments
from argosy.outside.simulated import SimulatedPayments
from argosy.plumbing.clock import Clock
from argosy.plumbing.config import Config


class RunningPayments(Payments, Protocol):
    """A payment provider with a life of its own: started with the server and stopped with it."""

    async def start(self) -> None:
        """Begin what runs in the background."""
        ...

    async def stop(self) -> None:
        """End it, and close connections."""
        ...


def payments_for(config: Config, clock: Clock) -> RunningPayments:
    """The provider of these settings; `Misconfigured` names the setting that is missing or wrong.

    `config.secret` must be there: a shop without one makes it before.
    """
    if config.payment_provider == "simulated":
        if not config.secret:
            raise Misconfigured("ARGOSY_SECRET is empty. The simulated payment provider signs its answers with it.")
        return SimulatedPayments(config.secret, config.base_url, clock)
    if config.payment_provider == "stripe":
        return _stripe(config)
    raise Misconfigured(
        "ARGOSY_PAYMENT_PROVIDER names no provider. Set it to `simulated` or `stripe`.",
    )


def _stripe(config: Config) -> RunningPayments:
    # A publishable key cannot take money; sk_ is the secret key, rk_ one with fewer rights.
    if not config.stripe_key.startswith(("sk_", "rk_")):
        raise Misconfigured(
            "ARGOSY_STRIPE_KEY is not a secret key of Stripe. Set it to one that begins with sk_ or rk_."
        )
    if not config.stripe_webhook_secret:
        raise Misconfigured("ARGOSY_STRIPE_WEBHOOK_SECRET is empty. Set it to the secret of the webhook endpoint.")
    # Imported only when it is used: the library takes half a second to load.
    from argosy.outside.stripe import StripePayments

    return StripePayments(config.stripe_key, config.stripe_webhook_secret, config.stripe_api_base)
