"""Claims of one server process, committed together: those that come while others are written form the next transaction."""

from __future__ import annotations

import asyncio
import hashlib
from collections import deque
from collections.abc import MutableMapping
from typing import Any

from argosy.base.errors import Refused
from argosy.campaigns.wallet.claim import claim
from argosy.campaigns.wallet.model import ClaimAnswer, ClaimWish
from argosy.orders.desk import Desk

MOST_AT_ONCE = 500
MOST_WAITING = 20_000


class Claims:
    """Answers claims once they are committed; at an opening thousands of them want the same few counters."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self._waiting: deque[tuple[ClaimWish, asyncio.Future[ClaimAnswer]]] = deque()
        self._task: asyncio.Task[None] | None = None

    async def claim(self, wish: ClaimWish) -> ClaimAnswer:
        """The answer to a claim; refuses (`busy`) when far too many wait. The promotion has to be one that is claimed."""
        if len(self._waiting) >= MOST_WAITING:
            raise Refused("busy", "Too many claims are waiting.", remedy="Send it again shortly.", status=503)
        answer: asyncio.Future[ClaimAnswer] = asyncio.get_running_loop().create_future()
        self._waiting.append((wish, answer))
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._run(), name="claims")
        return await answer

    async def _run(self) -> None:
        while self._waiting:
            batch = [self._waiting.popleft() for _ in range(min(len(self._waiting), MOST_AT_ONCE))]
            try:
                answers = await self._commit([wish for wish, _ in batch])
            except Exception as wrong:
                for _, waiting in batch:
                    if not waiting.done():
                        waiting.set_exception(wrong)
                continue
            for (_, waiting), answer in zip(batch, answers, strict=True):
                if not waiting.done():
                    waiting.set_result(answer)

    async def _commit(self, wishes: list[ClaimWish]) -> list[ClaimAnswer]:
        desk = self.desk
        async with desk.database.transaction() as tx:
            return await claim(
                tx,
                desk.cell,
                wishes,
                plans=desk.charts.campaigns.plans,
                markets=desk.charts.markets,
                seed_of=self.seed_of,
                new_id=desk.new_id,
            )

    def seed_of(self, promotion: str) -> bytes:
        """The secret that a promotion's red packets are drawn with; telling it afterwards tells nothing else."""
        told = self.desk.signer.sign(f"red packets of {promotion}".encode())
        return hashlib.blake2b(told.encode(), digest_size=32).digest()


def claims_of(state: MutableMapping[str, Any], desk: Desk) -> Claims:
    """The claims of the app whose state this is, made when first asked for: one for all of its faces."""
    found: Claims | None = state.get("claims")
    if found is None or found.desk is not desk:
        found = state["claims"] = Claims(desk)
    return found
