"""Test accounts and the policies in them: one kit for every test.

`policies` writes policy documents and ARNs, `entities` users and roles. Models built with them: `small` (two
accounts and two roles, for the simulation), `tour_model` (the same with a bucket, for tours), `organization`
(for STS, with identity providers), `every_part` (every key of the account file, and a raw dump). Around them:
`bench` performs operations on a bare configuration, `decisions` asks the policy engine alone.
"""
