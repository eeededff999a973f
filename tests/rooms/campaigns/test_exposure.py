"""What a limited promotion can cost at most."""

from __future__ import annotations

import msgspec
import pytest

from argosy.campaigns.exposure import Exposure, exposure
from argosy.campaigns.plan import Promotion

ONCE = (
    'layer = "platform_coupon"\nclaim = { uses = 100 }\n'
    'effect = { kind = "every", over_minor = { FR = 500 }, off_minor = { FR = 400, SG = 600 } }'
)
PACKET = (
    'layer = "red_packet"\nclaim = { uses = 9 }\neffect = { kind = "red_packet", low_minor = { FR = 1 }, '
    "high_minor = { FR = 5 }, budget_minor = { FR = 10000, SG = 20000 } }"
)


def percent(more: str) -> str:
    return f'layer = "platform_coupon"\nclaim = {{ uses = 10 }}\neffect = {{ kind = "percent", per_mille = 50{more} }}'


@pytest.mark.parametrize(
    ("text", "most"),
    [
        (ONCE, Exposure({"FR": 400, "SG": 600}, 100)),
        (ONCE.replace("claim = { uses = 100 }", "uses = 7"), Exposure({"FR": 400, "SG": 600}, 7)),
        (ONCE.replace("claim = { uses = 100 }", ""), None),
        (ONCE.replace('"every"', '"every", repeated = true'), None),
        (ONCE.replace('"every"', '"every", repeated = true, at_most_minor = { FR = 900 }'), Exposure({"FR": 900}, 100)),
        (percent(""), None),
        (percent(", at_most_minor = { FR = 1500 }"), Exposure({"FR": 1500}, 10)),
        (percent(", at_most_minor = { US = 1500 }"), None),
        (PACKET, Exposure({"FR": 10000, "SG": 20000}, None)),
        (
            'layer = "shop"\nshop = "a"\nuses = 3\neffect = { kind = "tiers", tiers = ['
            "{ over_minor = { FR = 1 }, off_minor = { FR = 100 } }, { over_minor = { FR = 9 }, off_minor = { FR = 250 } }] }",
            Exposure({"FR": 250}, 3),
        ),
        (
            'layer = "shop"\nshop = "a"\nuses = 3\n'
            'effect = { kind = "tiers", tiers = [{ over_minor = { FR = 1 }, per_mille = 10 }] }',
            None,
        ),
        ('layer = "item"\neffect = { kind = "flash", units = 5, unit_minor = { FR = 100 } }', None),
    ],
)
def test_the_most_it_can_cost(text: str, most: Exposure | None) -> None:
    promotion = msgspec.toml.decode(f'code = "one"\n{text}', type=Promotion)
    assert exposure(promotion, ("FR", "SG")) == most
