"""Handlers of the console's door and of its first page."""

from __future__ import annotations

import asyncio
from typing import Any

from litestar import Request, Response, get, post

from argosy.base.errors import Refused
from argosy.campaigns.waiting.look import look as look_at_rooms
from argosy.console.campaigns import festivals, first_market
from argosy.console.front import admitted, front_of, redirect, render
from argosy.console.timeline import PHASES

HOME = "/console"


@get("/", include_in_schema=False)
async def home(request: Request[Any, Any, Any]) -> Response[bytes]:
    """What runs, what waits, and where to go."""
    front, session = admitted(request)
    async with front.desk.database.read() as reader:
        rooms = await look_at_rooms(reader, front.desk.cell, front.now)
    told = await festivals(front)
    jobs = await asyncio.to_thread(front.jobs.all)
    return render(
        front, "home.html", session=session, here="home", rooms=rooms, unsure=len(front.desk.charts.unsure),
        festivals=[(one, standing, first_market(front, one)) for one, standing in told[:4]], phases=PHASES,
        jobs=jobs[:3], now=front.now, zone=front.desk.charts.markets.home.calendar.time_zone,
    )  # fmt: skip


@get("/sign-in", include_in_schema=False)
async def sign_in_page(request: Request[Any, Any, Any]) -> Response[bytes]:
    """The door."""
    front = front_of(request)
    if front.door.session(request) is not None:
        return redirect(HOME)
    if not front.door.open:
        return render(front, "closed.html", status=404)
    return render(front, "sign_in.html", wrong="")


@post("/sign-in", status_code=303, include_in_schema=False)
async def sign_in(request: Request[Any, Any, Any]) -> Response[bytes]:
    """Let the operator in who shows the key."""
    front = front_of(request)
    if not front.door.open:
        return render(front, "closed.html", status=404)
    form = await front.door.posted(request, None)
    try:
        cookie = front.door.sign_in(request, str(form.get("key", ""))[:1_000])
    except Refused as wrong:
        return render(front, "sign_in.html", status=wrong.status, wrong=f"{wrong.message} {wrong.remedy}")
    if cookie is None:
        return render(front, "sign_in.html", status=403, wrong="This is not the operator's key.")
    return redirect(HOME, cookie)


@post("/sign-out", status_code=303, include_in_schema=False)
async def sign_out(request: Request[Any, Any, Any]) -> Response[bytes]:
    """End the session in this browser."""
    front, session = admitted(request)
    await front.door.posted(request, session)
    return redirect("/console/sign-in", front.door.sign_out())


ENTRY = [home, sign_in_page, sign_in, sign_out]
