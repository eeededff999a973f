"""Imports go down the layers only, and every package has its place among them."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from house.tree import ROOT, SOURCE

LINT = (sys.executable, "-c", "from importlinter.cli import lint_imports_command; lint_imports_command()")


def lint(source: Path, config: Path) -> tuple[int, str]:
    """Whether the contracts hold for a source folder, and what import-linter says."""
    ran = subprocess.run(
        [*LINT, "--config", str(config), "--no-cache", "--no-logo"],
        cwd=source,
        env={**os.environ, "PYTHONPATH": str(source)},
        capture_output=True,
        text=True,
    )
    return ran.returncode, ran.stdout + ran.stderr


def test_imports_go_down() -> None:
    code, said = lint(SOURCE.parent, ROOT / "pyproject.toml")
    assert code == 0, said


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the package that can be spoiled."""
    folder = tmp_path_factory.mktemp("source")
    shutil.copytree(SOURCE, folder / "argosy", ignore=shutil.ignore_patterns("static", "__pycache__", "locale"))
    return folder


@pytest.mark.parametrize(
    ("file", "text", "told"),
    [
        ("stray.py", "", "argosy.stray"),
        (
            "quotas/stray.py",
            "from argosy.orders import rules\n",
            "argosy.quotas is not allowed to import argosy.orders",
        ),
        ("base/stray.py", "import argosy.plumbing.ids\n", "argosy.base is not allowed to import argosy.plumbing"),
        ("platform/stray.py", "import argosy.storefront.seo\n", "argosy.platform is not allowed to import"),
        ("cli_stray/__init__.py", "", "argosy.cli_stray"),
    ],
    ids=["module without a place", "upwards", "base imports ours", "face imports face", "package without a place"],
)
def test_the_contract_notices(copy: Path, file: str, text: str, told: str) -> None:
    path = copy / "argosy" / file
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)
    code, said = lint(copy, ROOT / "pyproject.toml")
    path.unlink()
    if path.name == "__init__.py":
        path.parent.rmdir()
    assert code == 1
    assert told in said


def test_no_exception_is_kept() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
    assert not settings.get("exclude_type_checking_imports", False)
    for contract in settings["contracts"]:
        assert contract["exhaustive"] is True
        assert not contract.get("ignore_imports")
        assert not contract.get("exhaustive_ignores")
