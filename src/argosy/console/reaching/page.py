"""Handlers of the reach map: ask, see how far it is, see the answer, stop it."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import msgspec
from litestar import Request, Response, get, post
from litestar.datastructures import UploadFile

from argosy.base.errors import Refused
from argosy.console.front import Front, admitted, redirect, render
from argosy.console.reaching import form as forms
from argosy.console.reaching.chart import layers
from argosy.console.reaching.model import Answer, Job
from argosy.delivery.model import CONFIDENCES
from argosy.delivery.reaching.acquire import read_firms

EXAMPLE = "network/candidate_firms.csv"
"""Below the shop's data."""
REFRESH_SECONDS = 3
_ROWS = 40


@get("/reach", include_in_schema=False)
async def reach_page(request: Request[Any, Any, Any]) -> Response[bytes]:
    """The form, and the questions that were asked."""
    front, session = admitted(request)
    return await _form(front, session, forms.Form(values=dict(forms.DEFAULTS)))


async def _form(front: Front, session: Any, form: forms.Form, status: int = 200, told: str = "") -> Response[bytes]:
    jobs = await asyncio.to_thread(front.jobs.all)
    return render(
        front, "reach.html", session=session, status=status, here="reach", form=form, jobs=jobs, told=told,
        confidences=CONFIDENCES, every=forms.EVERY,
    )  # fmt: skip


@post("/reach", status_code=303, include_in_schema=False)
async def ask(request: Request[Any, Any, Any]) -> Response[bytes]:
    """Begin to work a question out, then show how far it is."""
    front, session = admitted(request)
    sent = await front.door.posted(request, session)
    upload = sent.get("file")
    given = isinstance(upload, UploadFile) and bool(upload.filename)
    texts = {name: value for name, value in sent.items() if isinstance(value, str)}
    name = upload.filename if given and isinstance(upload, UploadFile) else ""
    form = forms.read(texts, name, datetime.now(UTC))
    if form.asked is None:
        return await _form(front, session, form, 400)
    firms = b""
    if form.values["firms"] == "file" and isinstance(upload, UploadFile):
        firms = await upload.read()
    elif form.values["firms"] == "example":
        firms = await asyncio.to_thread((front.config.data / EXAMPLE).read_bytes)
    try:
        if firms or form.asked.firms:
            await asyncio.to_thread(_check, firms, form.asked.firms)
        environment = {"ARGOSY_HOME": str(front.config.home), "ARGOSY_DATA": str(front.config.data)}
        job = await asyncio.to_thread(front.jobs.begin, form.asked, firms, environment)
    except Refused as wrong:
        if wrong.field == "candidates":
            form = msgspec.structs.replace(form, faults={"firms": f"{wrong.message} {wrong.remedy or ''}".strip()})
            return await _form(front, session, form, 400)
        return await _form(front, session, form, wrong.status, f"{wrong.message} {wrong.remedy or ''}")
    return redirect(f"/console/reach/{job}")


def _check(firms: bytes, name: str) -> None:
    """Refuse a file of candidates that cannot be read, with the line."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "firms.csv"
        file.write_bytes(firms)
        try:
            found = read_firms(file)
        except UnicodeDecodeError:
            raise _bad(f"{name} is not UTF-8 text.", "Save it as CSV in UTF-8.") from None
        except Refused as wrong:
            raise _bad(wrong.message.replace(file.name, name), wrong.remedy) from None
    if not found:
        raise _bad(f"{name} names no firm.", "Add a line for each thing it owns.")


def _bad(message: str, remedy: str | None) -> Refused:
    return Refused("bad_candidates", message, field="candidates", remedy=remedy)


@get("/reach/{job_id:str}", include_in_schema=False)
async def job_page(request: Request[Any, Any, Any], job_id: str) -> Response[bytes]:
    """How far a question is, or its answer."""
    front, session = admitted(request)
    job = await asyncio.to_thread(front.jobs.look, job_id)
    if job.state != "done":
        refresh = REFRESH_SECONDS if job.state == "running" else 0
        return render(front, "reach_progress.html", session=session, refresh=refresh, here="reach", job=job)
    answer = await asyncio.to_thread(front.jobs.answer, job_id)
    shown = await front.kept.get(("reach", job_id), 3600, lambda: asyncio.to_thread(_shown, front, job, answer))
    return render(front, "reach_answer.html", session=session, here="reach", **shown)


def _shown(front: Front, job: Job, answer: Answer) -> dict[str, Any]:
    bought = answer.by_country_after is not None
    place = front.shopfront.place
    return {
        "job": job,
        "told": answer.told,
        "seconds": answer.seconds,
        "land": front.shopfront.land(),
        "before": layers(answer.squares, place, after=False),
        "after": layers(answer.squares, place, after=True) if bought else [],
        "rows": _rows(answer),
        "countries": len(answer.told["by_country"]),
        "totals": [sum(row[f"within_{hours}"] for row in answer.told["by_country"].values()) for hours in (24, 48, 72)],
        "currency": answer.told["candidates"][0]["currency"] if answer.told.get("candidates") else "",
    }


def _rows(answer: Answer) -> list[tuple[str, dict[str, Any], dict[str, Any] | None]]:
    """Countries by people, with what is reached before and after; those that gain come along however small they are."""
    before, after = answer.told["by_country"], answer.by_country_after
    rows = []
    for number, (code, row) in enumerate(before.items()):
        then = after[code] if after else None
        if number < _ROWS or (then and any(then[f"within_{h}"] != row[f"within_{h}"] for h in (24, 48, 72))):
            rows.append((code, row, then))
    return rows


@post("/reach/{job_id:str}/stop", status_code=303, include_in_schema=False)
async def stop(request: Request[Any, Any, Any], job_id: str) -> Response[bytes]:
    """End a question that is being worked out, then show it."""
    front, session = admitted(request)
    await front.door.posted(request, session)
    await asyncio.to_thread(front.jobs.stop, job_id)
    return redirect(f"/console/reach/{job_id}")


REACH = [reach_page, ask, job_page, stop]
