"""/openapi.json: the REST routes as OpenAPI 3.1."""
import re

from .catalogue import SchemaError

TAGS = {
    "call": "Calls: make, join, follow and end them.",
    "safety": "What agents do in a call, and who says yes to it.",
    "document": "What people and agents write together.",
    "documents": "The contract itself.",
    "administration": "Accounts, users and API keys, for admins.",
    "records": "What is erased and what is held, for admins.",
    "billing": "What calls used and what that costs.",
    "instance": "For whoever runs the server.",
    "development": "Only on a development server, only for this machine.",
}
PARAMETERS = {
    "sessionId": "The call.",
    "documentId": "The document.",
    "with": "A user's id, or a call's.",
    "participantId": "The participant: the user's id.",
    "inviteId": "The invite.",
    "actionId": "The action, by the id its agent gave it.",
    "confirmationId": "The confirmation, by the id that safety.confirmation.requested gave it.",
    "accountId": "The account.",
    "grantId": "The grant.",
    "userId": "The user.",
    "keyId": "The public part of an API key, or the id of a key that signs.",
    "erasureId": "The erasure.",
    "chargeId": "The charge or adjustment: its idempotency key.",
    "budgetId": "The budget, by the word that it was set under.",
    "findingId": "The finding.",
    "runId": "The run.",
    "sink": "The sink, as the configuration names it.",
    "deadLetterId": "The dead letter.",
    "alertId": "The alert.",
    "month": "A calendar month of UTC, like `2026-02`.",
    "type": "An event type, for instance `call.started`; `x` for the application's own.",
    "code": "The code of an error, for instance `token_expired`.",
}


def parameters(catalogue, route):
    found = [{"name": name, "in": "path", "required": True, "description": PARAMETERS[name],
              "schema": {"type": "string"}} for name in captured(route)]
    for name, schema in route.get("query", {}).items():
        rest = {key: value for key, value in schema.items() if key != "description"}
        found.append({"name": name, "in": "query", "description": schema["description"],
                      "schema": rest})
    if route.get("idempotencyKey"):
        most = catalogue.limits["idempotency_key_bytes_max"]["value"]
        found.append({"name": "Idempotency-Key", "in": "header",
                      "description": "The same key makes the same thing once, however often it is sent.",
                      "schema": {"type": "string", "minLength": 1, "maxLength": most}})
    return found


def captured(route):
    """The names in the path, each explained in PARAMETERS."""
    names = re.findall(r"{(\w+)}", route["path"])
    for name in names:
        if name not in PARAMETERS:
            raise SchemaError(f"routes.json: {route['path']}: say in PARAMETERS of "
                              f"tools/schemagen/openapi.py what {{{name}}} is")
    return names


def expand(groups, names):
    """Reasons, with groups replaced by what is in them, each once."""
    found = []
    for name in names:
        found += expand(groups, groups[name]) if name in groups else [name]
    return list(dict.fromkeys(found))


def reasons_of(catalogue, route):
    general = ["any", "token"] if route["access"] == "token" else ["any"]
    found = expand(catalogue.routes["errorGroups"], [*route["errors"], *general])
    unknown = set(found) - set(catalogue.reasons)
    if unknown:
        raise SchemaError(f"routes.json: {route['path']}: {sorted(unknown)} are neither reasons of "
                          "errors.json nor groups")
    return found


def problem(catalogue, reasons):
    """Which reasons come with this status stands in the schema too, so that it can be checked."""
    listed = "; ".join(f"`{reason}`: {catalogue.reasons[reason]['meaning']}" for reason in reasons)
    schema = {"allOf": [{"$ref": "#/components/schemas/problem"},
                        {"properties": {"code": {"enum": reasons}}}]}
    return {"description": listed, "content": {"application/problem+json": {"schema": schema}}}


def success(catalogue, route):
    if route["status"] == 204:
        return {"description": "Done."}
    known = catalogue.replies.get(route.get("reply"))
    schema = ({"$ref": f"#/components/schemas/{route['reply']}"} if known
              else {"type": "object"} if route.get("reply") else {"type": "string"})
    media = route.get("media", ["application/json"])
    return {"description": known["description"] if known else "As asked.",
            "content": {name: {"schema": schema if name == "application/json" else {"type": "string"}}
                        for name in media}}


def responses(catalogue, route):
    found = {str(route["status"]): success(catalogue, route)}
    if "repeatStatus" in route:
        repeated = success(catalogue, route)
        found[str(route["repeatStatus"])] = {
            **repeated, "description": f"{repeated['description']} It stood there before."}
    by_status = {}
    for reason in reasons_of(catalogue, route):
        by_status.setdefault(str(catalogue.reasons[reason]["httpStatus"]), []).append(reason)
    for status in sorted(by_status):
        found[status] = problem(catalogue, by_status[status])
    return found


def operation(catalogue, route):
    made = {"operationId": route["operation"], "tags": [route["tag"]], "summary": route["summary"]}
    if "description" in route:
        made["description"] = route["description"]
    made["security"] = [{"bearer": []}] if route["access"] == "token" else []
    if parameters(catalogue, route):
        made["parameters"] = parameters(catalogue, route)
    if "body" in route:
        name = "envelope" if route["body"] == "event" else route["body"]
        made["requestBody"] = {"required": True, "content": {
            "application/json": {"schema": {"$ref": f"#/components/schemas/{name}"}}}}
    if "bodyMedia" in route:
        made["requestBody"] = {"required": True, "content": {
            media: {"schema": {"type": "string", "format": "binary"}}
            for media in route["bodyMedia"]}}
    made["responses"] = responses(catalogue, route)
    return made


def document(catalogue, plain):
    paths = {}
    for route in catalogue.routes["routes"]:
        paths.setdefault(route["path"], {})[route["method"].lower()] = operation(
            catalogue, route)
    schemas = {"envelope": plain(catalogue.envelope)}
    schemas.update({name: plain(schema) for name, schema in catalogue.bodies.items()})
    for name, schema in catalogue.replies.items():
        schemas[name] = rebase(plain(schema))
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Lifeline",
            "version": "1.0",
            "summary": "Realtime calls between people and an AI agent.",
            "description": "Every refusal is problem+json with a stable `code`; /errors/{code} "
                           "explains each. The WebSocket of a call is described in /asyncapi.json.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/", "description": "This server."}],
        "tags": [{"name": name, "description": text} for name, text in TAGS.items()],
        "security": [{"bearer": []}],
        "paths": paths,
        "components": {
            "securitySchemes": {"bearer": {
                "type": "http", "scheme": "bearer",
                "description": "An access token of a configured issuer, or an API key."}},
            "schemas": schemas,
        },
    }


def rebase(node):
    """References among the replies, as references among the components."""
    if isinstance(node, list):
        return [rebase(item) for item in node]
    if isinstance(node, dict):
        return {key: value.replace("#/$defs/", "#/components/schemas/") if key == "$ref"
                else rebase(value) for key, value in node.items()}
    return node
