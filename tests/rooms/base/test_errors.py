"""Errors: a stable code, a sentence, and the way on."""

from __future__ import annotations

import pytest

from argosy.base.errors import NotFound, Refused


@pytest.mark.parametrize(
    ("error", "said", "status"),
    [
        pytest.param(Refused("busy", "Too many."), "Too many.", 400, id="plain"),
        pytest.param(Refused("busy", "Too many.", status=503), "Too many.", 503, id="its-own-status"),
        pytest.param(Refused("x", "Bad.", field="lines[2]"), "lines[2]: Bad.", 400, id="with-its-field"),
        pytest.param(Refused("x", "Bad.", remedy="Send 1."), "Bad. Send 1.", 400, id="with-its-remedy"),
        pytest.param(NotFound("gone", "Not here.", field="id", remedy="Ask."), "id: Not here. Ask.", 404, id="missing"),
    ],
)
def test_an_error_says_where_what_and_what_to_do(error: Refused, said: str, status: int) -> None:
    assert (str(error), error.status) == (said, status)


def test_what_is_missing_is_a_refusal_with_a_code() -> None:
    with pytest.raises(Refused) as caught:
        raise NotFound("unknown_order", "There is no such order.", field="order_id")
    assert (caught.value.code, caught.value.field, caught.value.remedy) == ("unknown_order", "order_id", None)
