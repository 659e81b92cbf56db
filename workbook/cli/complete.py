"""What the shell completes: examples' names, the keys of --set, languages.

``eval "$(_WORKBOOK_COMPLETE=bash_source workbook)"`` in ``~/.bashrc`` switches it on; ``zsh_source``, ``fish_source`` for others.
"""

from __future__ import annotations

from contextlib import suppress

import click
from click.shell_completion import CompletionItem


def names(_context: click.Context, _argument: click.Parameter, typed: str) -> list[CompletionItem]:
    """Complete the name of an example, or else of a file."""
    from workbook.discovery import names as all_names

    found = [CompletionItem(name) for name in all_names() if name.startswith(typed)]
    return found or [CompletionItem(typed, type="file")]


def keys(context: click.Context, _option: click.Parameter, typed: str) -> list[CompletionItem]:
    """Complete the key of a setting of the examples that have been named."""
    from workbook.discovery import find_scenario, scenarios
    from workbook.errors import UsageError

    asked = [*context.args]  # where an option waits for its value, the arguments are still here
    for key in ("names", "source", "left", "right"):
        value = context.params.get(key) or ()
        asked += [value] if isinstance(value, str) else value
    wanted = []
    for name in asked:
        with suppress(UsageError):
            wanted.append(find_scenario(name))
    parameters = [p for each in wanted or scenarios(lambda _line: None).values() for p in each.parameters]
    found = {f"{p.key}=": p.label for p in parameters if p.key.startswith(typed)}
    return [CompletionItem(key, help=title) for key, title in found.items()]


def languages(_context: click.Context, _option: click.Parameter, typed: str) -> list[CompletionItem]:
    """Complete the code of a language."""
    from workbook.text import languages as all_languages

    return [CompletionItem(code) for code in all_languages() if code.startswith(typed)]
