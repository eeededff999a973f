"""What tests of the Stripe adapter stand on: a running localstripe, and an account at a server."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx

from argosy.base.money import Money
from argosy.orders.ports import Charge, Means
from argosy.outside.stripe import StripePayments

KEY = "sk_test_of_this_shop"
WEBHOOK_SECRET = "whsec_of_this_shop"
AMOUNT = Money(12900, "EUR")
BACK = "https://shop.example/fr/fr/thanks"
VISA = "pm_card_visa"
DECLINING = "pm_card_chargeCustomerFail"
ERROR = {"type": "api_error", "message": "Something went wrong."}


@contextmanager
def localstripe() -> Iterator[str]:
    """Its address."""
    script = Path(__file__).with_name("localstripe_server.py")
    with subprocess.Popen([sys.executable, str(script)], stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield f"http://127.0.0.1:{int(process.stdout.readline())}"
        finally:
            process.terminate()


def run(scene: Callable[[], Coroutine[Any, Any, None]]) -> None:
    asyncio.run(scene())


@asynccontextmanager
async def account(address: str, key: str = KEY, patience: float = 10.0) -> AsyncIterator[StripePayments]:
    payments = StripePayments(key, WEBHOOK_SECRET, address, patience_seconds=patience)
    await payments.start()
    try:
        yield payments
    finally:
        await payments.stop()


async def pay(payments: StripePayments, order: UUID, token: str = VISA, key: str | None = None) -> Charge:
    return await payments.charge(order, key or f"{order}-1", AMOUNT, Means(token=token), BACK)


def post(address: str, path: str, data: Mapping[str, str]) -> dict[str, Any]:
    answer = httpx.post(address + path, data=data, headers={"Authorization": f"Bearer {KEY}"}, trust_env=False)
    answer.raise_for_status()
    return answer.json() if answer.content else {}
