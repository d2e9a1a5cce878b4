"""schema/v1/stable.json: the shape of every stable type as it was last agreed. From then on only what
no reader and no writer can trip over may change: new optional fields, new words of an enum, more
publishers and streams, new types."""
import json

from .catalogue import SCHEMA

FILE = SCHEMA / "stable.json"
NOTES = {"$schema", "title", "description", "examples", "x-lifeline", "x-word"}


def shape(schema):
    """A schema without its words for people."""
    if isinstance(schema, list):
        return [shape(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    return {key: {name: shape(field) for name, field in value.items()} if key == "properties"
            else shape(value) for key, value in schema.items() if key not in NOTES}


def entry(event):
    marks = {key: value for key, value in event.marks.items()
             if key not in ("stability", "invalidExamples")}
    return {**marks, "payload": shape(event.schema)}


def text(catalogue):
    """One type a line, so that a change of the lock reads as what it is."""
    rows = ",\n".join(f"  {json.dumps(event.name)}: {json.dumps(entry(event), ensure_ascii=False)}"
                      for event in catalogue.events if event.stable)
    return f"{{\n{rows}\n}}\n"


def complaints(catalogue):
    locked = json.loads(FILE.read_text())
    present = {event.name: event for event in catalogue.events}
    found = []
    for name, old in locked.items():
        if name not in present or not present[name].stable:
            found.append(f"{name}: was stable and is gone, or preview again")
        else:
            found += marks_complaints(name, old, entry(present[name]))
            found += schema_complaints(name, old["payload"], entry(present[name])["payload"])
    found += [f"{event.name}: is stable and not locked: schemagen.py lock"
              for event in catalogue.events if event.stable and event.name not in locked]
    return found


def marks_complaints(name, old, new):
    found = []
    for key in ("class", "supersedeKey", "supersededBy", "maxPayloadBytes"):
        if old.get(key) != new.get(key):
            found.append(f"{name}: {key} was {old.get(key)} and is {new.get(key)}")
    for key in ("publishers", "streams"):
        if not set(old[key]) <= set(new[key]):
            found.append(f"{name}: {key} lost {sorted(set(old[key]) - set(new[key]))}")
    if old["mayFollowEnd"] and not new["mayFollowEnd"]:
        found.append(f"{name}: may no longer follow the end")
    return found


def schema_complaints(where, old, new):
    if isinstance(old, bool) or isinstance(new, bool):
        return [] if old == new else [f"{where}: was {old} and is {new}"]
    found = []
    for key in sorted((old.keys() | new.keys()) - {"properties", "items", "enum", "required"}):
        if old.get(key) != new.get(key):
            found.append(f"{where}: {key} was {old.get(key)} and is {new.get(key)}")
    if sorted(old.get("required", [])) != sorted(new.get("required", [])):
        found.append(f"{where}: what is required changed")
    if not set(map(str, old.get("enum", []))) <= set(map(str, new.get("enum", []))):
        found.append(f"{where}: words were taken away")
    if ("enum" in old) != ("enum" in new):
        found.append(f"{where}: enum was {old.get('enum')} and is {new.get('enum')}")
    for name, field in old.get("properties", {}).items():
        if name not in new.get("properties", {}):
            found.append(f"{where}/{name}: is gone")
        else:
            found += schema_complaints(f"{where}/{name}", field, new["properties"][name])
    if "items" in old and "items" in new:
        found += schema_complaints(f"{where}[]", old["items"], new["items"])
    return found
