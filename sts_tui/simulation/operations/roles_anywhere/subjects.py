"""Subjects: which certificates got sessions so far?

https://docs.aws.amazon.com/rolesanywhere/latest/APIReference/API_ListSubjects.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sts_tui.simulation.operations.responses import instant
from sts_tui.simulation.operations.roles_anywhere.create_session import subject_arn
from sts_tui.sts.errors import AwsError
from sts_tui.sts.operation import Answer, Call, Perform
from sts_tui.sts.session import Session

if TYPE_CHECKING:
    from sts_tui.simulation.operations.shapes import rolesanywhere as shapes


def list_subjects(call: Call[shapes.ListRequest]) -> Answer[shapes.ListSubjectsResponse]:
    """Subjects of the account, in one page."""
    call.authorize(call.operation, resource_account=call.account)
    return Answer(response={"subjects": [_summary(arn, seen) for arn, seen in _subjects(call).items()]})


def get_subject(call: Call[shapes.ScalarSubjectRequest]) -> Answer[shapes.SubjectDetailResponse]:
    """Raises ResourceNotFoundException for a subject that was not seen yet."""
    wanted = call.params["subjectId"]
    for arn, seen in _subjects(call).items():
        if arn.rpartition("/")[2] == wanted:
            call.authorize(call.operation, arn, resource_account=call.account)
            credentials = [_credential(one) for one in seen]
            shape: Any = {**_summary(arn, seen), "credentials": credentials, "instanceProperties": []}
            return Answer(response={"subject": shape})
    raise AwsError("ResourceNotFoundException", f"Subject not found: {wanted}", 404)


def _subjects(call: Call) -> dict[str, list[Session]]:
    """Sessions by the ARN of the subject, in the order of issue."""
    found: dict[str, list[Session]] = {}
    for session in call.sessions.values():
        proof = session.proof
        if proof is not None and proof.kind == "certificate" and proof.through.split(":")[4] == call.account:
            found.setdefault(subject_arn(proof.through, proof.subject), []).append(session)
    return found


def _summary(arn: str, seen: list[Session]) -> Any:
    proof = seen[-1].proof
    return {
        "subjectArn": arn,
        "subjectId": arn.rpartition("/")[2],
        "enabled": True,
        "x509Subject": "" if proof is None else proof.subject,
        "createdAt": instant(seen[0].issued_at),
        "updatedAt": instant(seen[-1].issued_at),
        "lastSeenAt": instant(seen[-1].issued_at),
    }


def _credential(session: Session) -> Any:
    proof = session.proof
    assert proof is not None  # only such sessions are listed
    return {
        "seenAt": instant(session.issued_at),
        "serialNumber": proof.serial,
        "issuer": proof.issuer,
        "enabled": True,
        "failed": False,
    }


PERFORMS: dict[str, Perform] = {"ListSubjects": list_subjects, "GetSubject": get_subject}
