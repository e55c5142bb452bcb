"""How is a success written in each protocol: an operation's response, or the smallest one that its shape
allows?
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from xml.sax.saxutils import escape

from sts_tui.wire.answers.errors import Encode
from sts_tui.wire.answers.shapes import Output, as_text
from sts_tui.wire.messages import HttpResponse
from sts_tui.wire.requests.recognition import Recognized

_DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'


def performed(
    recognized: Recognized, answer: Mapping[str, object], request_id: str, encode: Encode
) -> HttpResponse:
    """The response of an operation that the simulation performed. `answer`: its members by name."""
    output = Output(recognized.service.name, recognized.operation)
    if recognized.protocol in ("json", "cbor", "rest-json"):
        body_json = output.json(answer)
        if recognized.protocol == "rest-json" and output.payload and isinstance(body_json, Mapping):
            body_json = body_json.get(output.payload, {})
        status = recognized.row.answer.status if recognized.protocol == "rest-json" else 200
        return _json(recognized, body_json, request_id, encode, status=status)
    if recognized.protocol == "rest-xml":
        status = recognized.row.answer.status
        if output.payload:
            body = as_text(answer.get(output.payload, "")).encode()
            return HttpResponse(status=status, headers=_headers(request_id, "application/json"), body=body)
        return HttpResponse(status=status, headers=_headers(request_id, "application/xml"), body=b"")
    return _query(recognized, output.xml(answer), request_id, has_result=bool(output.shape))


def least(recognized: Recognized, request_id: str, encode: Encode, fill: Mapping[str, str]) -> HttpResponse:
    """The smallest valid response of an operation that is only authorized. `fill`: values for `{names}` in
    it.
    """
    answer = recognized.row.answer
    match recognized.protocol:
        case "json" | "cbor" | "rest-json":
            value = _with_values({} if answer.json is None else answer.json, recognized.protocol, fill)
            response = _json(recognized, value, request_id, encode, status=answer.status)
        case "query" | "ec2":
            text = _filled(answer.xml, fill)
            response = _query(recognized, text, request_id, has_result=True)
        case _:
            body = (_DECLARATION + _filled(answer.xml, fill)).encode() if answer.xml else b""
            headers = _headers(request_id, "application/xml")
            response = HttpResponse(status=answer.status, headers=headers, body=body)
    return HttpResponse(
        status=response.status, headers={**response.headers, **answer.head}, body=response.body
    )


def _query(recognized: Recognized, inner: str, request_id: str, *, has_result: bool) -> HttpResponse:
    name, space = recognized.operation, recognized.service.namespace
    around = f' xmlns="{space}"' if space else ""
    if recognized.protocol == "ec2":
        text = f"<{name}Response{around}><requestId>{request_id}</requestId>{inner}</{name}Response>"
    else:
        result = f"<{name}Result>{inner}</{name}Result>" if has_result else ""
        metadata = f"<ResponseMetadata><RequestId>{request_id}</RequestId></ResponseMetadata>"
        text = f"<{name}Response{around}>{result}{metadata}</{name}Response>"
    return HttpResponse(headers=_headers(request_id, "text/xml"), body=(_DECLARATION + text).encode())


def _json(
    recognized: Recognized, value: object, request_id: str, encode: Encode, *, status: int
) -> HttpResponse:
    if recognized.protocol == "cbor":
        headers = _headers(request_id, "application/cbor") | {"smithy-protocol": "rpc-v2-cbor"}
        return HttpResponse(status=status, headers=headers, body=encode(value))
    kind = "application/json" if recognized.protocol == "rest-json" else "application/x-amz-json-1.1"
    body = b"" if status == 204 else json.dumps(value).encode()
    return HttpResponse(status=status, headers=_headers(request_id, kind), body=body)


def _headers(request_id: str, kind: str) -> dict[str, str]:
    return {"Content-Type": kind, "x-amzn-RequestId": request_id, "x-amz-request-id": request_id}


def _with_values(value: object, protocol: str, fill: Mapping[str, str]) -> object:
    """A value with the placeholders of the tables replaced as this protocol writes them; CBOR has types for
    timestamps and bytes.
    """
    match value:
        case {"$time": int(seconds)}:
            from datetime import UTC, datetime

            return datetime.fromtimestamp(seconds, UTC) if protocol == "cbor" else seconds
        case {"$blob": str(text)}:
            return text.encode() if protocol == "cbor" else text
        case dict():
            return {key: _with_values(one, protocol, fill) for key, one in value.items()}
        case list():
            return [_with_values(one, protocol, fill) for one in value]
        case str():
            return _filled(value, fill, is_xml=False)
    return value


def _filled(text: str, fill: Mapping[str, str], *, is_xml: bool = True) -> str:
    def value(found: re.Match[str]) -> str:
        given = fill.get(found[1], "")
        return escape(given) if is_xml else given

    return re.sub(r"\{([$\w-]+)\}", value, text)
