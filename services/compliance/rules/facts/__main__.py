"""Prints the JSON Schema of the facts, as committed in `facts.schema.json`."""

import json
import sys

from services.compliance.rules.facts import facts_schema

if __name__ == "__main__":
    sys.stdout.write(json.dumps(facts_schema(), ensure_ascii=False, indent=1, sort_keys=True) + "\n")
