"""The commands of the API's guide work as they stand there."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import httpx

from argosy.plumbing.config import ROOT
from conftest import OPERATOR

GUIDE = ROOT / "docs" / "reference" / "api.md"


def test_the_commands_of_the_guide_do_what_it_says(shop_url: str, tmp_path: Path) -> None:
    blocks = re.findall(r"```bash\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)
    shown = "\necho ----\n".join(blocks)
    environment = {**os.environ, "ARGOSY": shop_url, "ARGOSY_OPERATOR_KEY": OPERATOR}
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", shown],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    said = [part.strip() for part in done.stdout.split("----\n")]
    assert len(said) == len(blocks) == 13
    _, around, searches, product, price, coupons, paid, order, cancelled, parcel, refunded, stores, campaigns = said
    assert '"country":"JP"' in around
    assert searches.count('"products":[{') == 3
    assert '"variants":[{' in product
    assert int(price) > 0
    assert coupons.startswith("[") and coupons.endswith("[]")
    assert paid == "paid"
    assert '"state":"paid"' in order
    assert '"code":"order_not_open"' in cancelled
    assert refunded == "refunded"
    assert parcel in ("announced", "picked", "packed")
    assert '"store":"hk"' in stores
    assert campaigns.startswith("[")


def test_the_guide_names_every_call(shop_url: str) -> None:
    text = GUIDE.read_text(encoding="utf-8")
    paths = httpx.get(f"{shop_url}/schema/openapi.json").json()["paths"]
    said = re.sub(r"\$(ORDER|HANDLE|NUMBER)|JP(?=\")|\{\w+\}", "*", text)
    assert [path for path in paths if re.sub(r"\{\w+\}", "*", path) not in said] == []
