"""How does DeleteObjects answer? Key by key, because some objects may be deleted and others denied.

https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjects.html
"""

from __future__ import annotations

from collections.abc import Collection
from xml.sax.saxutils import escape

from sts_tui.wire.authorization.templates import texts
from sts_tui.wire.messages import HttpResponse
from sts_tui.wire.requests.recognition import Recognized


def deleted(recognized: Recognized, denied: Collection[str], request_id: str) -> HttpResponse:
    """The response. `denied`: the ARNs of the objects that may not be deleted."""
    bucket, lines = recognized.members["Bucket"], []
    endings = {arn.partition(":::")[2] for arn in denied}
    for key in texts("Delete.Object[].Key", recognized.members):
        name = f"<Key>{escape(key)}</Key>"
        if f"{bucket}/{key}" in endings:
            lines.append(f"<Error>{name}<Code>AccessDenied</Code><Message>Access Denied</Message></Error>")
        else:
            lines.append(f"<Deleted>{name}</Deleted>")
    text = f"<DeleteResult>{''.join(lines)}</DeleteResult>"
    headers = {"Content-Type": "application/xml", "x-amz-request-id": request_id}
    return HttpResponse(headers=headers, body=('<?xml version="1.0" encoding="UTF-8"?>\n' + text).encode())
