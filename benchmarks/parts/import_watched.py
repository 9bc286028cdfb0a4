"""An import that tells how long it compared versions: `import_watched.py PLACE SOURCE [--until WHEN]`.

Ends with JSON on standard error: seconds of processor time, `comparing` and `all`.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

from monitor.app import read_documents
from monitor.cli.main import run


def main(place: Path, source: str, *more: str) -> int:
    compare = read_documents.compare
    spent = 0.0

    def watched(*versions: Any) -> Any:
        nonlocal spent
        began = time.process_time()
        try:
            return compare(*versions)
        finally:
            spent += time.process_time() - began

    read_documents.compare = watched
    status = run(["-C", str(place), "import", source, "--format", "json", *more])
    print(json.dumps({"comparing": spent, "all": time.process_time()}), file=sys.stderr)
    return status


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), *sys.argv[2:]))
