"""schema/v1/stable.json: the shape of what was last agreed: the envelope, every stable type and every
stable frame. From then on only what no reader and no writer can trip over may change: new optional
fields, new words of an enum, more publishers and streams, new types."""
import json

from .catalogue import SCHEMA, SchemaError

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


def entries(catalogue):
    """Name -> what is locked of it. What is no event has a name that no event can have."""
    found = {"envelope": shape(catalogue.envelope)}
    for side, frames in (("client", catalogue.client_frames), ("server", catalogue.server_frames)):
        found.update({f"{side} {op}": shape(frame) for op, frame in frames.items()
                      if frame["x-lifeline"]["stability"] == "stable"})
    found.update({event.name: entry(event) for event in catalogue.events if event.stable})
    return found


def text(catalogue):
    """One entry a line, so that a change of the lock reads as what it is."""
    rows = ",\n".join(f"  {json.dumps(name)}: {json.dumps(locked, ensure_ascii=False)}"
                      for name, locked in entries(catalogue).items())
    return f"{{\n{rows}\n}}\n"


def write(catalogue, breaking=()):
    """Agrees to what was added. What broke must be named in `breaking`, one by one."""
    broken = breaks(catalogue)
    found = [line for name, lines in broken.items() if name not in breaking for line in lines]
    if found:
        raise SchemaError("\n  ".join(["this is no addition; --break NAME agrees to it all the same:",
                                      *found]))
    if unknown := set(breaking) - broken.keys():
        raise SchemaError(f"nothing is broken about {sorted(unknown)}")
    FILE.write_text(text(catalogue))


def breaks(catalogue):
    """Name -> what broke since it was locked."""
    locked, present = json.loads(FILE.read_text()), entries(catalogue)
    found = {}
    for name, old in locked.items():
        if name not in present:
            lines = [f"{name}: was stable and is gone, or preview again"]
        elif "payload" in old:
            lines = marks_complaints(name, old, present[name])
            lines += schema_complaints(name, old["payload"], present[name]["payload"])
        else:
            lines = schema_complaints(name, old, present[name])
        if lines:
            found[name] = lines
    return found


def complaints(catalogue):
    found = [line for lines in breaks(catalogue).values() for line in lines]
    locked = json.loads(FILE.read_text())
    return found + [f"{name}: is stable and not locked: schemagen.py lock"
                    for name in entries(catalogue) if name not in locked]


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
