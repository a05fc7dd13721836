"""How the program is put together: imports go one way, and Docker is called in one place."""

import ast
import unittest
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import release_program

ROOT = Path(release_program.__file__).parent

# A file imports from its own folder, and from what stands before it.
ORDER = (
    *("failure", "clock", "output", "signals", "process", "machine", "settings", "folders", "base_images", "visitor"),
    *("record", "docker", "host", "parts", "refresh", "runner_rules", "jobs", "steps", "commands", "cli"),
)

# Who starts other programs.
STARTERS = {"process.py", "docker/command.py"}


@cache
def files() -> list[tuple[str, ast.Module]]:
    return [(str(path.relative_to(ROOT)), ast.parse(path.read_text())) for path in sorted(ROOT.rglob("*.py"))]


def imported(name: str, tree: ast.Module) -> Iterator[str]:
    """The first part of what a file imports of the program; "subprocess" for what it imports of the library."""
    folder = Path(name).parent.parts
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = folder[: len(folder) + 1 - node.level] if node.level else ()
            yield [*base, *(node.module or "").split(".")][0]


class Structure(unittest.TestCase):
    def test_imports_go_one_way(self) -> None:
        count = 0
        for name, tree in files():
            own = Path(name).with_suffix("").parts[0]
            if own == "__init__":
                continue
            for other in imported(name, tree):
                if other in ORDER:
                    count += 1
                    self.assertLessEqual(ORDER.index(other), ORDER.index(own), f"{name} imports {other}")
        self.assertGreater(count, 50)
        self.assertEqual(set(ORDER), {path.stem for path in ROOT.iterdir()} - {"__init__", "__pycache__"})

    def test_other_programs_are_started_in_one_place_and_never_by_a_shell(self) -> None:
        self.assertEqual({name for name, tree in files() if "subprocess" in imported(name, tree)}, STARTERS)
        for name, tree in files():
            for node in ast.walk(tree):
                if isinstance(node, ast.keyword):
                    self.assertNotEqual(node.arg, "shell", name)
                self.assertNotIsInstance(node, ast.Global, name)
                if isinstance(node, ast.Attribute):
                    self.assertNotIn(node.attr, ("system", "popen"), name)


if __name__ == "__main__":
    unittest.main()
