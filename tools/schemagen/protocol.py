"""docs/protocol.md: schema/protocol.md with its {{tables}} filled in."""
import re

from .catalogue import ROOT, SchemaError

FILE = ROOT / "docs" / "protocol.md"
TEMPLATE = ROOT / "schema" / "protocol.md"

FAMILIES = {
    "call": "The call itself: its life, who is in it, what happens on the line.",
    "transcript": "What was said and written.",
    "orchestration": "What the agent does: its turns, intents and actions.",
    "document": "Documents that people and agents edit together; in streams of their own (`doc_`).",
    "safety": "What was allowed, what was stopped, and who said so.",
    "billing": "What was measured and what it costs.",
    "identity": "Who is who; in the instance's stream (`sys_instance`), read by nobody in a call.",
    "record": "What became of the record itself: what was erased, and what is held.",
    "system": "What the server says of itself; in a stream of the instance (`sys_`).",
    "x": "The application's own.",
}


def text(catalogue):
    fill = {
        "limits": limits(catalogue), "close_codes": close_codes(catalogue),
        "reasons": reasons(catalogue), "types": types(catalogue),
        "client_frames": frames(catalogue.client_frames),
        "server_frames": frames(catalogue.server_frames), "legacy": legacy(catalogue),
    }
    head = "<!-- Made from schema/ by tools/schemagen.py protocol; edit there. -->\n"
    return head + re.sub(r"{{(\w+)}}", lambda name: fill[name[1]].strip(), TEMPLATE.read_text())


def table(head, rows):
    lines = [" | ".join(head), " | ".join("---" for _ in head)] + [" | ".join(row) for row in rows]
    return "".join(f"| {line} |\n" for line in lines)


def cell(words):
    return str(words).replace("|", "\\|").replace("\n", " ")


def limits(catalogue):
    return table(["limit", "value", "why"],
                 [[f"`{name}`", f"{limit['value']:,}", cell(limit["why"])]
                  for name, limit in catalogue.limits.items()])


def close_codes(catalogue):
    words = {"never": "no", "backoff": "with backoff", "now": "at once, with jitter"}
    return table(["code", "name", "reconnect", "resume", "meaning"],
                 [[str(code["code"]), f"`{name}`", words[code["reconnect"]],
                   "yes" if code["resume"] else "no", cell(code["meaning"])]
                  for name, code in catalogue.close_codes.items()])


def reasons(catalogue):
    rows = []
    for name, reason in sorted(catalogue.reasons.items()):
        again = "yes" if reason["retryable"] else "no"
        if reason["outcome"] == "unknown":
            again += ", outcome unknown"
        rows.append([f"`{name}`", str(reason["httpStatus"]), str(reason.get("closeCode", "")), again,
                     cell(reason["meaning"]), cell(reason["fix"])])
    return table(["reason", "HTTP", "close", "retry", "meaning", "what to do"], rows)


def legacy(catalogue):
    return table(["was", "is"], [[f"`{old}`", f"`{new}`"] for old, new in catalogue.legacy.items()])


def frames(frames_of_side):
    made = ""
    for op, schema in frames_of_side.items():
        note = {"stable": "*stable*", "preview": "*preview*, not served yet"}
        made += f"\n#### `{op}`\n\n{note[schema['x-lifeline']['stability']]}\n\n"
        made += f"{schema['description']}\n\n{fields(schema, skip=('op',))}"
    return made


def types(catalogue):
    unknown = {event.name.split(".")[0] for event in catalogue.events} - FAMILIES.keys()
    if unknown:
        raise SchemaError(f"say in FAMILIES of tools/schemagen/protocol.py what {sorted(unknown)} is "
                          "about, or docs/protocol.md would not have it")
    made = ""
    for family, words in FAMILIES.items():
        mine = [event for event in catalogue.events if event.name.split(".")[0] == family]
        made += f"\n### `{family}.*`\n\n{words}\n"
        for event in mine:
            made += f"\n#### `{event.name}`\n\n{facts(event)}\n\n{event.schema['description']}\n\n"
            made += fields(event.schema)
    return made


def facts(event):
    marks = event.marks
    publishers = [role for role in marks["publishers"] if role != "server"]
    who = "the server alone" if not publishers else ", ".join(publishers)
    if publishers and "server" in marks["publishers"]:
        who += " and the server"
    if marks["class"] == "durable":
        kind = "durable"
    else:
        by = " or ".join(f"`{name}`" for name in marks.get("supersededBy", [event.name]))
        kind = f"supersedable by {by} of the same `{marks['supersedeKey']}`"
    after = " · may follow the end" if marks["mayFollowEnd"] else ""
    return f"*{marks['stability']}* · {kind} · published by {who}{after}"


def fields(schema, skip=()):
    rows = []

    def walk(node, path):
        required = node.get("required", [])
        for name, field in node.get("properties", {}).items():
            if name in skip:
                continue
            rows.append([f"`{path}{name}`" + ("" if name in required else "?"), cell(kind(field)),
                         cell(field.get("description", ""))])
            inner = field.get("items", field)
            if "x-lifeline-deferred" not in field:
                walk(inner, f"{path}{name}{'[]' if 'items' in field else ''}.")

    walk(schema, "")
    choice = "".join(f" {' and '.join(f'`{name}`' for name in each['required'])}" + ";"
                     for each in schema.get("oneOf", []))
    note = f"\nExactly one of:{choice.rstrip(';')}.\n" if choice else ""
    return table(["field", "is", "meaning"], rows) + note if rows else "Any object.\n" if (
        "properties" not in schema) else "No fields.\n"


def kind(schema):
    words = schema.get("enum", [schema["const"]] if "const" in schema else None)
    if words is not None:
        return " \\| ".join(f"`{word}`" for word in words).replace("\\|", "|")
    declared = schema.get("type", "anything")
    nullable = isinstance(declared, list)
    if nullable:
        declared = next(name for name in declared if name != "null")
    span = schema.get("x-word") if "pattern" in schema else None
    made = {"array": f"list of {kind(schema['items'])}" if declared == "array" else "",
            "string": span or "text"}.get(declared, declared)
    low, high = (schema.get(key) for key in {
        "string": ("minLength", "maxLength"), "array": ("minItems", "maxItems"),
        "integer": ("minimum", "maximum"), "number": ("minimum", "maximum"),
    }.get(declared, ("", "")))
    if high is not None:
        made += f", {low or 0} to {high}" + (" characters" if declared == "string" else "")
    elif low is not None and declared in ("integer", "number"):
        made += f", {low} or more"
    return made + (" or null" if nullable else "")
