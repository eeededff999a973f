"""Print declarations: one PDF a parcel, real text, in the layout of its form."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import msgspec

from argosy.landed.papers import cn22, cn23
from argosy.landed.papers.fonts import is_latin
from argosy.landed.papers.model import Declaration
from argosy.landed.papers.sheet import Sheet

_FORMS = {"CN22": cn22, "CN23": cn23}


class Printed(msgspec.Struct, frozen=True):
    """A form as a file."""

    pdf: bytes
    unprintable: tuple[str, ...]
    """What is not on it as it was written, and why: to be mended before the parcel goes."""
    remarks: tuple[str, ...] = ()
    """What is on it and may still be asked about."""


def print_declaration(declaration: Declaration, fonts: Sequence[Path] = ()) -> Printed:
    """The form of a parcel; `fonts` are folders whose fonts go before those of the system.

    Letters that no font has are left out and told, never guessed; Latin letters lose their accents only.
    """
    form = _FORMS[declaration.form]
    sheet = Sheet(declaration, form.WIDTH, form.HEIGHT, fonts)
    form.draw(sheet)
    return Printed(sheet.bytes(), tuple(dict.fromkeys(sheet.unprintable)), _remarks(declaration))


def _remarks(declaration: Declaration) -> tuple[str, ...]:
    recipient = declaration.recipient
    shown = (recipient.name, *(recipient.latin or recipient.address))
    if all(is_latin(text) for text in shown):
        return ()
    return ("recipient: parts are in another script than Latin; posts abroad ask for Latin letters beside it",)
