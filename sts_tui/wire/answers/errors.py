"""How is a denial or refusal written in each protocol, and under which code?"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Final, TypeAlias
from xml.sax.saxutils import escape

from sts_tui.sts.errors import AwsError
from sts_tui.wire.messages import HttpResponse

Encode: TypeAlias = Callable[[object], bytes]
"""Writes CBOR."""

_JSON_CODES: Final = {
    "InvalidClientTokenId": "UnrecognizedClientException",
    "ExpiredToken": "ExpiredTokenException",
    "SignatureDoesNotMatch": "InvalidSignatureException",
    "MissingAuthenticationToken": "MissingAuthenticationTokenException",
    "IncompleteSignature": "IncompleteSignatureException",
    "AccessDenied": "AccessDeniedException",
    "InvalidAction": "UnknownOperationException",
}
"""Error names of the JSON protocols, by code.
https://docs.aws.amazon.com/AmazonECS/latest/APIReference/CommonErrors.html
"""
_SHAPES_OF_CODES: Final = {"AWS.SimpleQueueService.NonExistentQueue": "QueueDoesNotExist"}
"""Errors whose name in the JSON protocol differs from their code; a header has the code of the query
protocol.
https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-json-faqs.html
"""
_KEEP_CODES: Final = frozenset({"sqs", "organizations", "iam"})
_REST_STATUS: Final = {"AccessDeniedException": 403}
_EC2_CODES: Final = {
    "InvalidClientTokenId": "AuthFailure",
    "SignatureDoesNotMatch": "AuthFailure",
    "ExpiredToken": "RequestExpired",
}
"""https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html"""
_EC2_MESSAGES: Final = {
    "InvalidClientTokenId": "AWS was not able to validate the provided access credentials",
    "SignatureDoesNotMatch": "AWS was not able to validate the provided access credentials",
}


def refusal(
    error: AwsError,
    protocol: str,
    *,
    service: str,
    namespace: str,
    request_id: str,
    method: str,
    encode: Encode,
) -> HttpResponse:
    """The response with an error."""
    match protocol:
        case "json" | "rest-json" | "cbor":
            return _json(error, protocol, service, request_id, encode)
        case "ec2":
            code, message = (
                _EC2_CODES.get(error.code, error.code),
                _EC2_MESSAGES.get(error.code, error.message),
            )
            text = (
                f"<Response><Errors><Error><Code>{escape(code)}</Code><Message>{_xml(message)}</Message></Error>"
                f"</Errors><RequestID>{request_id}</RequestID></Response>"
            )
        case "rest-xml" if service == "s3":
            text = (
                f"<Error><Code>{escape(error.code)}</Code><Message>{_xml(error.message)}</Message>"
                f"<RequestId>{request_id}</RequestId><HostId>{request_id}</HostId></Error>"
            )
        case _:
            kind = "Sender" if error.status < 500 else "Receiver"
            space = f' xmlns="{namespace}"' if namespace else ""
            text = (
                f"<ErrorResponse{space}><Error><Type>{kind}</Type><Code>{escape(error.code)}</Code>"
                f"<Message>{_xml(error.message)}</Message></Error><RequestId>{request_id}</RequestId></ErrorResponse>"
            )
    headers = {"Content-Type": "application/xml" if service == "s3" else "text/xml"}
    headers |= {"x-amzn-RequestId": request_id, "x-amz-request-id": request_id}
    body = b"" if method == "HEAD" else ('<?xml version="1.0" encoding="UTF-8"?>\n' + text).encode()
    return HttpResponse(status=error.status, headers=headers, body=body)


def _json(error: AwsError, protocol: str, service: str, request_id: str, encode: Encode) -> HttpResponse:
    code = error.code if error.decision is not None else _JSON_CODES.get(error.code, error.code)
    status = (
        error.status
        if protocol == "rest-json"
        else min(error.status, 400)
        if error.status < 500
        else error.status
    )
    headers = {"x-amzn-RequestId": request_id, "x-amzn-ErrorType": code}
    if code in _SHAPES_OF_CODES:
        headers["x-amzn-query-error"] = f"{code};Sender"
        code = headers["x-amzn-ErrorType"] = _SHAPES_OF_CODES[code]
    if protocol == "cbor":
        headers |= {
            "Content-Type": "application/cbor",
            "smithy-protocol": "rpc-v2-cbor",
            "x-amzn-query-error": f"{error.code};Sender",
        }
        return HttpResponse(
            status=status, headers=headers, body=encode({"__type": code, "message": error.message})
        )
    headers["Content-Type"] = "application/json" if protocol == "rest-json" else "application/x-amz-json-1.1"
    body = {"__type": code, "message": error.message} | ({"Message": error.message} if error.decision else {})
    return HttpResponse(status=status, headers=headers, body=json.dumps(body).encode())


def _xml(text: str) -> str:
    """Escaped text, without the characters that XML cannot contain."""
    return escape("".join(one if one >= " " or one in "\t\n\r" else "?" for one in text))
