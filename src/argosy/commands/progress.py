"""How long commands tell that they are at work: on stderr, so that stdout stays the result's."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn


def say(sentence: str) -> None:
    """A remark that is not part of the result."""
    print(sentence, file=sys.stderr, flush=True)


@contextmanager
def steps(what: str, count: float) -> Iterator[Callable[[float], None]]:
    """A bar of `count` steps with the time that is left, advanced by the function given; a sentence where there is no terminal."""
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    console = Console(stderr=True)
    if not console.is_terminal:
        say(f"{what} ...")
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task(what, total=count)
        yield lambda done: progress.advance(task, done)
