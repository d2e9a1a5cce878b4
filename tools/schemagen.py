#!/usr/bin/env python3
"""Everything that is derived from schema/v1, the single source of the event contract.

  schemagen.py build DIR       DIR/contract: tables and enums of src/contract; DIR/documents: what is
                               served as /v1/schema, /openapi.json and /asyncapi.json
  schemagen.py all             what is committed: sdk/src/contract.ts (`typescript`) and
                               docs/protocol.md (`protocol`)
  schemagen.py check           is what is committed fresh, and did stable types only grow?
  schemagen.py lock            agree to what was added to stable types and frames: schema/v1/stable.json
                               --break NAME, as often as needed: agree to what broke about NAME too
"""
import sys

from schemagen.cli import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
