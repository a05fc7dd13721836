"""Prints what Python 3.8 can't load of the files that are given: syntax, and types that are written in a newer way."""

import ast
import sys

NEWER = {"dict", "list", "tuple", "set", "frozenset", "type", "deque", "Callable", "Iterable", "Iterator", "Mapping", "Sequence"}

METHODS = {"removeprefix", "removesuffix"}


def that_runs(node, with_annotations):
    """The parts of a module that run when it is imported, or when a function of it is called."""
    for name, value in ast.iter_fields(node):
        if name in ("annotation", "returns") and not with_annotations:
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST):
                yield child
                yield from that_runs(child, with_annotations)


for path in sys.argv[1:]:
    with open(path) as file:
        text = file.read()
    try:
        tree = ast.parse(text, path, feature_version=(3, 8))
    except SyntaxError as error:
        print(f"{path}:{error.lineno}: {error.msg}")
        continue
    typed = {alias.asname or alias.name for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module == "typing"
             for alias in node.names}
    are_texts = "from __future__ import annotations" in text
    for node in that_runs(tree, not are_texts):
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr) and "None" in (ast.unparse(node.left), ast.unparse(node.right)):
            print(f"{path}:{node.lineno}: {ast.unparse(node)}")
        if isinstance(node, ast.Attribute) and node.attr in METHODS:
            print(f"{path}:{node.lineno}: {ast.unparse(node)}")
        if isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name) and node.value.id in NEWER - typed:
            print(f"{path}:{node.lineno}: {ast.unparse(node)}")
