"""What src/contract is compiled with: enums, constants and flat tables."""
import json
import re

from .rules import UNLIMITED, client_frame_union, tables_for

NOTICE = "// Made from schema/v1 by tools/schemagen.py; edit the schema instead.\n"
KEYWORDS = set("""and bool break case catch char class const continue default delete do double else
enum explicit export extern false float for friend goto if inline int long namespace new not operator
or private protected public register return short signed sizeof static struct switch template this
throw true try typedef union unsigned using virtual void while xor""".split())


def snake(name):
    words = re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", name).replace(".", "_").replace("-", "_").lower()
    return words + "_" if words in KEYWORDS else words


def quote(text):
    return json.dumps(text, ensure_ascii=False)


def header(body):
    return f"{NOTICE}#pragma once\n\n#include <cstddef>\n#include <cstdint>\n\n" \
           f"namespace lifeline::contract {{\n\n{body}\n}}  // namespace lifeline::contract\n"


def enum(name, entries, base="std::uint16_t"):
    rows = "".join(f"    {entry},\n" for entry in entries)
    return f"enum class {name} : {base} {{\n{rows}}};\n"


def limits_header(limits):
    rows = "".join(f"// {limit['why']}\ninline constexpr std::int64_t {name} = {limit['value']};\n"
                   for name, limit in limits.items())
    return header(f"// Every limit of the contract with its reason.\nnamespace limits {{\n\n{rows}\n"
                  "}  // namespace limits\n")


def close_codes_header(close_codes):
    rows = "".join(f"    {name} = {code['code']},  // {code['meaning']}\n"
                   for name, code in close_codes.items())
    return header(f"enum class CloseCode : std::uint16_t {{\n{rows}}};\n")


def field_names(owners):
    """`owners`: (namespace, rule index, names of the fields)."""
    blocks = []
    for namespace, rule, names in owners:
        rows = "".join(f"inline constexpr Field {snake(name)}{{{rule}, {index}}};\n"
                       for index, name in enumerate(names))
        blocks.append(f"namespace {namespace} {{\n{rows}}}\n")
    return header("\n".join(blocks)).replace("#include <cstddef>", '#include "contract/field.h"')


def reason_names(reasons):
    rows = "".join(f"inline constexpr std::string_view {snake(name)} = {quote(name)};\n"
                   for name in reasons)
    text = header(f"namespace reason {{\n\n{rows}\n}}  // namespace reason\n")
    return text.replace("#include <cstddef>\n#include <cstdint>", "#include <string_view>")


class Writer:
    """Collects the rules of everything that is checked, then writes the headers and the tables."""

    def __init__(self, catalogue):
        self.catalogue = catalogue
        self.tables = tables_for(catalogue.words)
        self.envelope = self.tables.add(with_deferred_payload(catalogue.envelope), "envelope")
        self.client_frame = self.tables.add(client_frame_union(catalogue.client_frames), "frames")
        self.payloads = {event.name: self.tables.add(event.schema, event.name)
                         for event in catalogue.events}
        self.requests = {name: schema for name, schema in catalogue.bodies.items()
                         if schema["x-lifeline"]["direction"] == "request"}
        self.bodies = {name: self.tables.add(schema, name) for name, schema in self.requests.items()}
        self.union = client_frame_union(catalogue.client_frames)

    def files(self):
        catalogue = self.catalogue
        owners = [("envelope", self.envelope, list(catalogue.envelope["properties"])),
                  ("client_frame", self.client_frame, list(self.union["properties"]))]
        owners += [(f"field::{event.symbol}", self.payloads[event.name],
                    list(event.schema.get("properties", {}))) for event in catalogue.events]
        owners += [(f"body::{name}", self.bodies[name], list(schema.get("properties", {})))
                   for name, schema in self.requests.items()]
        return {
            "event_type_list.h": header(enum("EventType", [e.symbol for e in catalogue.events])),
            "body_type_list.h": header(enum("BodyType", self.requests)),
            "op_list.h": header(enum("Op", catalogue.client_frames, "std::uint8_t")),
            "field_names.h": field_names(owners),
            "reason_names.h": reason_names(catalogue.reasons),
            "limits.h": limits_header(catalogue.limits),
            "close_code_list.h": close_codes_header(catalogue.close_codes),
            "tables.cpp": self.tables_source(),
        }

    def tables_source(self):
        catalogue, tables = self.catalogue, self.tables
        parts = [NOTICE, '#include "contract/tables.h"\n\nnamespace lifeline::contract::tables {\n']
        parts.append(array("Rule", "rules", [self.rule_row(rule) for rule in tables.rules]))
        parts.append(array("FieldRule", "fields",
                           [f"{{{quote(name)}, {rule}}}" for name, rule in tables.fields]))
        parts.append(array("std::string_view", "words",
                           ['""' if word is None else quote(word) for word in tables.words]))
        parts.append(array("std::uint64_t", "choices", [hex(mask) for mask in tables.choices] or ["0"]))
        parts.append(array("EventType", "superseding", self.superseding_rows()))
        parts.append(array("TypeInfo", "types", self.type_rows()))
        parts.append(array("LegacyType", "legacy_types",
                           [f"{{{quote(old)}, {quote(new)}}}" for old, new in catalogue.legacy.items()]))
        parts.append(array("OpInfo", "ops", self.op_rows()))
        parts.append(array("BodyInfo", "bodies",
                           [f"{{{quote(name)}, {rule}}}" for name, rule in self.bodies.items()]))
        parts.append(array("ReasonInfo", "reasons", self.reason_rows()))
        parts.append(array("CloseCodeInfo", "close_codes", self.close_code_rows()))
        parts.append(f"const std::uint16_t envelope_rule = {self.envelope};\n"
                     f"const std::uint16_t client_frame_rule = {self.client_frame};\n")
        parts.append("}  // namespace lifeline::contract::tables\n")
        return "\n".join(parts)

    @staticmethod
    def rule_row(rule):
        high = "unlimited" if rule.high == UNLIMITED else f"{rule.high}"
        low = "-unlimited" if rule.low == -UNLIMITED else f"{rule.low}"
        flags = f"{str(rule.nullable).lower()}, {str(rule.closed).lower()}"
        return (f"{{Kind::{rule.kind}, Form::{snake(rule.form)}, {flags}, {rule.first}, {rule.count}, "
                f"{rule.choices_first}, {rule.choices_count}, {hex(rule.required)}, {low}, {high}}}")

    def superseding_rows(self):
        return [f"EventType::{self.symbol(other)}" for event in self.catalogue.events
                for other in self.superseders(event)]

    @staticmethod
    def superseders(event):
        if event.marks["class"] == "durable":
            return []
        return event.marks.get("supersededBy", [event.name])

    @staticmethod
    def symbol(name):
        return name.replace(".", "_")

    def type_rows(self):
        rows, first = [], 0
        for event in self.catalogue.events:
            marks, names = event.marks, list(event.schema.get("properties", {}))
            roles = "{" + ", ".join(f"Role::{snake(role)}" for role in marks["publishers"]) + "}"
            streams = "{" + ", ".join(f"StreamKind::{name}" for name in marks["streams"]) + "}"
            key = names.index(marks["supersedeKey"]) if "supersedeKey" in marks else -1
            call = names.index("callId") if "callId" in names else -1
            count = len(self.superseders(event))
            rows.append(
                f"{{.name = {quote(event.name)}, .supersede_key = {quote(marks.get('supersedeKey', ''))}, "
                f".publishers = {roles}, .streams = {streams}, "
                f".supersedable = {flag(marks['class'] == 'supersedable')}, "
                f".stable = {flag(event.stable)}, .may_follow_end = {flag(marks['mayFollowEnd'])}, "
                f".payload_rule = {self.payloads[event.name]}, .supersede_field = {key}, "
                f".call_id_field = {call}, .superseding_first = {first}, .superseding_count = {count}}}")
            first += count
        return rows

    def op_rows(self):
        names = list(self.union["properties"])
        def mask(fields):
            return hex(sum(1 << names.index(name) for name in fields))
        return [f"{{{quote(op)}, {mask(frame['properties'])}, {mask(frame['required'])}}}"
                for op, frame in self.catalogue.client_frames.items()]

    def reason_rows(self):
        return [f"{{.reason = {quote(name)}, .code = Code::{entry['code']}, "
                f".http_status = {entry['httpStatus']}, .close_code = {entry.get('closeCode', 0)}, "
                f".retryable = {flag(entry['retryable'])}, "
                f".outcome_unknown = {flag(entry['outcome'] == 'unknown')}, "
                f".meaning = {quote(entry['meaning'])}, .fix = {quote(entry['fix'])}}}"
                for name, entry in sorted(self.catalogue.reasons.items())]

    def close_code_rows(self):
        return [f"{{CloseCode::{name}, {quote(name)}, Reconnect::{entry['reconnect']}, "
                f"{flag(entry['resume'])}, {quote(entry['meaning'])}}}"
                for name, entry in self.catalogue.close_codes.items()]


def flag(value):
    return "true" if value else "false"


def array(kind, name, rows):
    body = "".join(f"    {row},\n" for row in rows)
    return (f"static constexpr {kind} {name}_list[] = {{\n{body}}};\n"
            f"const std::span<const {kind}> {name} = {name}_list;\n")


def with_deferred_payload(envelope):
    """The payload is checked by the rule of its type, once the type is known."""
    properties = {**envelope["properties"], "payload": {"type": "object", "x-lifeline-deferred": True}}
    return {**envelope, "properties": properties}


def write(catalogue, folder):
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in Writer(catalogue).files().items():
        path = folder / name
        if not path.exists() or path.read_text() != text:  # Untouched files rebuild nothing.
            path.write_text(text)
