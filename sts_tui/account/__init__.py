"""What is written: account files, checked and frozen, not yet interpreted.

Where to look, by question:

- What may a file hold? `format`, a table with a row for each key; what it becomes: `entities` (the whole file
  is an `AccountModel`), `configuration` (what API calls edit).
- How is a file read? `loading.load` → `sources` (bytes to JSON) → `raw_dump` (is it AWS's?) →
  `checks.format_check` → `merge` → `checks.completeness`, `checks.references`, `checks.organization_checks` →
  `build`.
- What would AWS refuse in a policy? `policies.policy_grammar` and `policies.rule_book`; which words does AWS
  not know? `policies.unknown_words`; AWS's lists: `policies.vocabulary`.
- How is an error reported? `diagnostics`.
- How does a model become text again? `writing`.

Imports point down: writing, loading, checks, format, policies, diagnostics, then the modules beside them.
"""
