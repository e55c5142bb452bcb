"""Signing a workload in at an identity provider: a fresh token or assertion for its first hop."""

from __future__ import annotations

from typing import Any

from sts_tui.simulation.world import World


class SignInError(Exception):
    """The provider does not sign this user in; the message says why."""


def sign_in(provider: str, user: str, world: World, seed: int) -> tuple[str, dict[str, Any]]:
    """Action and parameters of the AssumeRoleWith… call that trades the provider's word for a session."""
    raise SignInError(f"{provider}/{user} cannot be signed in yet")
