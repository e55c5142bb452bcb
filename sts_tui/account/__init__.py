"""What is written: account files, checked and frozen, not yet interpreted.

Where to look, by question:

- what a file may hold: `shape`, and the tables `shapes`, `iam_shapes`, `organization_shapes`,
  `simulation_shapes`
- what it becomes: `entities` (the whole file is an `AccountModel`), `configuration` (what API calls edit)
- how it is read: `load` → `sources` (bytes to JSON) → `raw_dump` (is it AWS's?) → `shape_check` (with
  `value_checks`, `entity_checks`, and `file_check`, through which they report) → `merge` (with `unite`) →
  `required`, `references`, `top_checks` (with `known_entities`) → `build` (with `derivation`: what the file
  leaves out; `values`)
- what AWS would refuse in a policy: `policy_grammar` (with `policy_elements`, `policy_principals`,
  `policy_conditions`, `policy_sizes`, `shared_oidc_providers`); what it does not know: `vocabulary`
  (with `arn_shapes`, `global_condition_keys`); AWS's own policies: `managed_policies`
- how a fault is told: `problems`, `grammar_fault`, `suggestions`; where it stands: `findings`, `json_path`,
  `locate`
- how a model becomes text again: `export`, `difference`, `schema`, `missing`, `private_file`
- a policy as written: `policy_document`, and of which kind: `policy_kind`; names and ids: `arn`,
  `identifiers`
"""
