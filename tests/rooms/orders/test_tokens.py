"""Quotes as signed text: what comes back is what was handed out, or it is refused."""

from __future__ import annotations

import random
import string
from uuid import uuid4

import msgspec
import pytest

from argosy.base.errors import Refused
from argosy.orders.tokens import MAX_TOKEN, read_token, write_token
from argosy.plumbing.secrets import Signer
from rooms.orders.ground import MARKETS, goods, quoted

SIGNER = Signer("a secret of thirty-two characters", "quote")
# Three sizes, so that the letters end at each place that base64 can end at.
QUOTES = [quoted((goods("n" * size, limit=3), 2), (goods("other"), 1)) for size in (4, 5, 6)]
LETTERS = string.ascii_letters + string.digits + "-_"


@pytest.mark.parametrize("quote", QUOTES, ids=["4", "5", "6"])
def test_a_quote_comes_back_as_it_went(quote: object) -> None:
    token = write_token(quote, SIGNER)  # type: ignore[arg-type]
    assert set(token) <= set(LETTERS)
    assert read_token(token, SIGNER) == quote


def test_a_quote_to_each_market_fits() -> None:
    for code, market in MARKETS.items():
        if market.currency in ("CNY", "EUR", "JPY", "HKD"):
            quote = quoted(*((goods(f"{code} {n}"), 999) for n in range(50)), country=code)
            token = write_token(quote, SIGNER)
            assert len(token) <= MAX_TOKEN
            assert read_token(token, SIGNER) == quote


def refused(token: str, signer: Signer = SIGNER) -> str:
    with pytest.raises(Refused) as caught:
        read_token(token, signer)
    assert (caught.value.code, caught.value.field) == ("bad_quote", "quote")
    return caught.value.message


@pytest.mark.parametrize("quote", QUOTES, ids=["4", "5", "6"])
def test_every_letter_counts(quote: object) -> None:
    token = write_token(quote, SIGNER)  # type: ignore[arg-type]
    draw = random.Random(618)
    for place, letter in enumerate(token):
        other = draw.choice([one for one in LETTERS if one != letter])
        refused(token[:place] + other + token[place + 1 :])
    # The last letter carries a few bits that base64 does not use: they count, too.
    for other in LETTERS.replace(token[-1], ""):
        refused(token[:-1] + other)


@pytest.mark.parametrize("quote", QUOTES, ids=["4", "5", "6"])
def test_a_part_or_more_than_the_whole_is_refused(quote: object) -> None:
    token = write_token(quote, SIGNER)  # type: ignore[arg-type]
    for length in range(len(token)):
        refused(token[:length])
    for more in ("A", "AAAA", "=", "==", " ", "\n", "!", ".", "%00"):
        refused(token + more)
        refused(more + token)
        refused(token[:40] + more + token[40:])


@pytest.mark.parametrize(
    "token",
    [
        pytest.param("", id="empty"),
        pytest.param("A", id="one-letter"),
        pytest.param("=" * 40, id="padding"),
        pytest.param("né", id="beyond-ascii"),
        pytest.param("\ud800", id="half-a-character"),
        pytest.param("A" * MAX_TOKEN, id="as-long-as-may-be"),
        pytest.param("A" * (MAX_TOKEN + 1), id="too-long"),
        pytest.param(f"{uuid4()}", id="an-id"),
    ],
)
def test_other_text_is_refused(token: str) -> None:
    refused(token)


@pytest.mark.parametrize(
    "signer",
    [
        pytest.param(Signer("another secret of 32 characters.", "quote"), id="another-shop"),
        pytest.param(Signer("a secret of thirty-two characters", "order"), id="another-purpose"),
    ],
)
def test_what_another_signed_is_refused(signer: Signer) -> None:
    refused(write_token(QUOTES[0], signer))
    refused(write_token(QUOTES[0], SIGNER), signer)


def test_a_quote_of_an_earlier_version_is_refused_with_a_word() -> None:
    fields = msgspec.to_builtins(QUOTES[0])
    del fields["shipping_minor"]
    assert "earlier" in refused(SIGNER.sign(msgspec.msgpack.encode(fields)))


@pytest.mark.parametrize("body", [b"", b"\xc1", b"\xff\xff", b"not msgpack", b"\x80"])
def test_signed_bytes_that_are_no_quote_are_refused(body: bytes) -> None:
    refused(SIGNER.sign(body))
