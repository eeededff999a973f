"""What the browser side was built into: names of sheets and scripts, and the files themselves."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import structlog
from markupsafe import Markup

STATIC = Path(__file__).resolve().parent / "static"
_log = structlog.get_logger()


class Assets(msgspec.Struct, frozen=True):
    """Addresses of the built files; empty where they were not built."""

    script: str = ""
    sheets: dict[str, str] = {}
    """By name: `app` is on every page, `festival`, `board`, `console` and `supermarket` where needed."""
    symbols: Markup = Markup()
    """The icons, to stand right after `<body>`."""


def load_assets(static: Path = STATIC) -> Assets:
    """Read the manifest of the build; warns and gives empty addresses where there is none."""
    path = static / "manifest.json"
    if not path.exists():
        _log.warning("assets_not_built", remedy="Run `npm ci && npm run build` in the folder assets.")
        return Assets()
    manifest: dict[str, Any] = msgspec.json.decode(path.read_bytes())
    app = manifest["src/app.ts"]
    sheets = {"app": f"/static/{app['css'][0]}"}
    for name in ("festival", "board", "console", "supermarket"):
        if f"css/{name}.css" in manifest:
            sheets[name] = f"/static/{manifest[f'css/{name}.css']['file']}"
    symbols = (static / "inline.svg").read_text(encoding="utf-8")
    return Assets(f"/static/{app['file']}", sheets, Markup(symbols))  # noqa: S704
