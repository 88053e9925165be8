#!/usr/bin/env python3
"""Writes the page's files as C++ strings.

usage: embed.py OUTPUT.cc NAME=FILE... NAME FILE...

The files after the last NAME are joined in their order. The strings are those that page_assets.h
declares.
"""

import sys

# Compilers need only take 64 KiB for one literal (C++17, annex B).
PIECE = 60_000
DELIMITER = "skerry_asset"


def literal(text):
    if DELIMITER in text:
        sys.exit(f"embed.py: a file contains {DELIMITER!r}, which ends a literal")
    pieces = [text[at : at + PIECE] for at in range(0, len(text), PIECE)] or [""]
    return "\n    ".join(f'R"{DELIMITER}({piece}){DELIMITER}"' for piece in pieces)


def read(path):
    with open(path, encoding="utf-8", newline="") as file:
        return file.read()


def main():
    output, *arguments = sys.argv[1:]
    assets = {}
    while "=" in arguments[0]:
        name, path = arguments.pop(0).split("=", 1)
        assets[name] = read(path)
    name, *paths = arguments
    assets[name] = "".join(read(path) for path in paths)
    parts = [
        '#include "experiments/report/page_assets.h"\n\nnamespace skerry::experiments::assets {\n'
    ]
    for name, text in assets.items():
        parts.append(f"const std::string_view {name} =\n    {literal(text)};\n")
    parts.append("}  // namespace skerry::experiments::assets\n")
    with open(output, "w", encoding="utf-8", newline="") as file:
        file.write("\n".join(parts))


if __name__ == "__main__":
    main()
