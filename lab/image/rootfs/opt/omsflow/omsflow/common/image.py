"""What this image is: its version, and whether it initialises itself."""
import json
import re
import sys

with open("/opt/omsflow/image.json", encoding="utf-8") as f:
    _image = json.load(f)

VERSION = _image["version"]
INITIALISES_ITSELF = _image["initialiser"] == "itself"
LAST_WORDS = _image["last_words"]


def numbers(version):
    """4.2.11-CE, feature_4.2.7_ce -> (4, 2, 11): written loosely, compared by their numbers."""
    found = re.search(r"\d+(?:\.\d+)*", version or "")
    return tuple(int(n) for n in found.group().split(".")) if found else ()


if __name__ == "__main__":
    print(LAST_WORDS if "--last-words" in sys.argv else VERSION)
