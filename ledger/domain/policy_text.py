"""The policy that `ledger init --policy` writes: one paragraph of good practice as rules that only warn."""

from __future__ import annotations

DEFAULT = """\
# What `ledger check` holds changes against. Every rule is off, warn or fail; docs/policy.md tells of each.
#
# It follows one paragraph: implement with one strong agent; have a second, independent model review when the stakes are
# high; scout with a cheap model; match the model to the step; keep changes small, specified, tested.

[policy]
level = "warn"                      # of every rule that has none of its own

# Match the model to the step: a model or family, or a pattern of them, and the roles it may have. The first that fits
# decides; what fits none may implement, review and scout.
[policy.roles.allow]
"claude-haiku*" = ["scout"]
"gpt-*-mini" = ["scout"]
"gpt-*-nano" = ["scout"]
"gemini-*flash*" = ["scout"]

# What touches an area of high stakes ([areas]) is reviewed by a model of another provider after its last commit.
[policy.review]

# Specified: what kind of work it is was said before it began, as ledger use MODEL --task fix does.
[policy.trailers]
required = ["Ledger-Task"]
of = "models"                       # of commits that a model had a part in; or all

# Small: one change that a reviewer can hold in mind.
[policy.size]
files = 20
lines = 500
without = ["*.lock", "*-lock.json", "*-lock.yaml", "go.sum", "*.snap", "*.min.js", "vendor/", "dist/"]

# Tested: who changes the source changes the tests.
[policy.tests]
not_for = ["docs", "refactor", "style", "build", "ci", "chore", "revert"]
# source = ["src/"]                 # in place of what is known as source by its path
# tests = ["tests/", "*_test.go"]

# What goes together, as often as you like.
# [[policy.paths]]
# when = ["src/api/"]
# then = ["CHANGELOG.md"]
# because = "users read there what changed"

# What a change may cost in USD, by task type; any is for those not listed. Git alone cannot tell.
# [policy.cost.bands]
# any = { warn = 5, fail = 25 }
# docs = { warn = 1 }
"""
