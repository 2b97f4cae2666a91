"""Write docs/lint.md: how `kbassist lint` is used, and every rule as it declares itself."""

from __future__ import annotations

from pathlib import Path

from kbassist.lint.model import Rule
from kbassist.lint.registry import FAMILIES, RULES

TARGET = Path(__file__).parent / "lint.md"

_HEAD = """# Article health

Written by `make docs` from the rules' own declarations (`src/kbassist/lint/rules/`).

`kbassist lint [KB]` reads the articles themselves; no index is needed. Every finding has a code, a
severity, file and line, the reason, and what mends it.

```console
$ kbassist lint kb
kb/zh/wallet/fees.md
  31  error    link '#daily': this article has no anchor 'daily'  KB202 broken-anchor
      → Did you mean #daily-limits?

170 articles: 1 error
```

| to | write |
|---|---|
| apply some rules, or leave some out | `--select broken-anchor --select KB8`, `--ignore KB602` |
| mend what is mechanical, or see what would change | `--fix`, `--fix --dry-run` |
| fail a pipeline: exit code 6 | `--fail-on error` (the default), `warning`, `info`, `never` |
| annotate a pull request | `--format github` |
| hand findings to a program | `--json` (`kbassist schema lint`) |
| read about a rule here and now | `--rules --select KB202` |
| judge dates on another day | `--today 2026-11-21`, or `KBASSIST_TODAY` |

In CI, the two lines that matter:

```yaml
- run: kbassist build kb
- run: kbassist lint kb --format github --fail-on warning
```

`--fix` changes only the characters that a finding is about: line endings, a byte order mark and
everything else stay as they are. A file is replaced by one rename, and not where somebody changed
it meanwhile. What could be meant in two ways is never changed. A second `--fix` finds nothing.

## Silencing

A finding that is right but meant is silenced where it stands; what follows the names is the reason,
for people:

```markdown
<!-- kbassist-lint: disable=long-section (terms of use, by law in one piece) -->   the whole file
<!-- kbassist-lint: disable-next-line=KB204 -->    the next line that is not blank
An address.   <!-- kbassist-lint: disable-line=unofficial-link -->
```

In front matter, a YAML comment does the same: `# kbassist-lint: disable-next-line=overdue-review`.
A silence that silences nothing is itself a finding (KB901).

What holds for the whole knowledge base stands in its `kbassist.toml`:

```toml
[lint]
official_domains = ["harbor.example"]   # subdomains count too; without this, KB204 is off
ignore = ["unknown-term"]               # rules that are off; --select turns them on again
known_terms = ["BTC", "USDT"]           # need no glossary entry (KB603)
max_section_tokens = 1200               # KB408

[lint.severity]
inconsistent-term = "warning"

[lint.per_path]                         # `*` also matches a slash
"zh/notices/*" = ["overdue-review"]
```

From Python, `kbassist.lint.run.lint("kb")` returns the same findings.

## Rules

"""


def _table() -> str:
    rows = ["| code | rule | severity | `--fix` |", "|---|---|---|---|"]
    rows += [
        f"| [{rule.code}](#{rule.code.lower()}-{rule.name}) | {rule.name} | {rule.severity} |"
        f" {'yes' if rule.fixable else ''} |"
        for rule in RULES.values()
    ]
    return "\n".join(rows)


def _described(rule: Rule) -> str:
    fence = "````" if "```" in rule.example else "```"
    return "\n".join(
        (
            f"#### {rule.code} {rule.name}",
            "",
            f"{rule.severity.capitalize()}. {rule.what}",
            "",
            f"{fence}markdown\n{rule.example}\n{fence}",
            "",
            f"Why: {rule.why}",
            "",
            f"Fix: {rule.fix}{' `--fix` does what is plain.' if rule.fixable else ''}",
            "",
        )
    )


def page() -> str:
    """The whole page."""
    parts = [_HEAD + _table() + "\n"]
    for family, title in FAMILIES.items():
        parts.append(f"### {family}: {title}\n")
        parts += [_described(rule) for code, rule in RULES.items() if code.startswith(family)]
    return "\n".join(parts)


if __name__ == "__main__":
    TARGET.write_text(page(), encoding="utf-8", newline="\n")
