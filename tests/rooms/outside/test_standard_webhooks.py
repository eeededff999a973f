"""Signatures against the published vector, and against whoever changes or repeats a message."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from argosy.base.errors import Refused
from argosy.outside.standard_webhooks import new_secret, sign, signed_headers, verify

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
BODY = b'{"test": 2432232314}'
NOW = datetime.fromtimestamp(1614265330, UTC)
HEADERS = {
    "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
    "webhook-timestamp": "1614265330",
    "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
}


def test_the_vector_of_the_reference_libraries() -> None:
    assert sign(SECRET, HEADERS["webhook-id"], 1614265330, BODY) == HEADERS["webhook-signature"]
    assert verify([SECRET], HEADERS, BODY, NOW) == HEADERS["webhook-id"]


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"webhook-id": "msg_other"}, "webhook_signature_invalid"),
        ({"webhook-timestamp": "1614265331"}, "webhook_signature_invalid"),
        ({"webhook-timestamp": "-1"}, "webhook_signature_invalid"),
        ({"webhook-timestamp": "١٦١٤٢٦٥٣٣٠"}, "webhook_signature_invalid"),
        ({"webhook-signature": "v1,é"}, "webhook_signature_invalid"),
        ({"webhook-signature": HEADERS["webhook-signature"].replace("v1,", "v1a,")}, "webhook_signature_invalid"),
        ({"webhook-signature": "v1," + "A" * 43 + "="}, "webhook_signature_invalid"),
        ({"webhook-id": ""}, "webhook_headers_missing"),
        ({"webhook-timestamp": ""}, "webhook_headers_missing"),
        ({"webhook-signature": " "}, "webhook_headers_missing"),
    ],
)
def test_a_changed_header_is_refused(changed: dict[str, str], code: str) -> None:
    with pytest.raises(Refused) as refused:
        verify([SECRET], HEADERS | changed, BODY, NOW)
    assert refused.value.code == code


@given(body=some.binary(max_size=200), at=some.integers(0, 199), flip=some.integers(1, 255))
def test_any_changed_byte_is_refused(body: bytes, at: int, flip: int) -> None:
    headers = signed_headers([SECRET], "msg_1", NOW, body)
    assert verify([SECRET], headers, body, NOW) == "msg_1"
    changed = bytearray(body or b"\0")
    changed[at % len(changed)] ^= flip
    with pytest.raises(Refused):
        verify([SECRET], headers, bytes(changed), NOW)


@pytest.mark.parametrize(("seconds", "good"), [(-301, False), (-300, True), (0, True), (300, True), (301, False)])
def test_old_and_early_messages(seconds: int, good: bool) -> None:
    now = NOW + timedelta(seconds=seconds)
    if good:
        assert verify([SECRET], HEADERS, BODY, now) == HEADERS["webhook-id"]
    else:
        with pytest.raises(Refused) as refused:
            verify([SECRET], HEADERS, BODY, now)
        assert refused.value.code == "webhook_too_old"


def test_one_secret_replaces_another() -> None:
    old, new = new_secret(), new_secret()
    headers = signed_headers([old, new], "msg_1", NOW, BODY)
    for keys in ([old], [new], [new_secret(), new]):
        assert verify(keys, headers, BODY, NOW) == "msg_1"
    with pytest.raises(Refused):
        verify([new_secret()], headers, BODY, NOW)


def test_names_of_headers_in_any_case() -> None:
    assert verify([SECRET], {name.title(): value for name, value in HEADERS.items()}, BODY, NOW)
