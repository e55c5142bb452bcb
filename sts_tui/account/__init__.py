"""How is an account file read, checked and turned into a model? Nothing here interprets policies.

Where to look, by question:

- What may a file contain? `format`, a table with a row for each key. What does it become? `entities` (the
  whole file is an `AccountModel`) and `configuration` (the part that API calls edit).
- How is a file read? `loading.load` → `sources` (bytes to JSON) → `raw_dump` (is it AWS's?) →
  `checks.format_check` → `merge` → `checks.completeness`, `checks.references`, `checks.organization_checks` →
  `build`.
- What would AWS refuse in a policy? `policies.policy_grammar` and `policies.rule_book`. Which actions,
  resources and condition keys does AWS not have? `policies.unknown_words`; AWS's lists are in
  `policies.vocabulary`.
- How is an error reported? `diagnostics`.
- How does a model become text again? `writing`.

Imports point down: writing, loading, checks, format, policies, diagnostics, then the modules of this folder.
"""
