"""No file and no folder imports another that imports it back."""

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path

ROOT = Path(__file__).parents[1]
ROOMS = ("data", "model", "training", "serve", "shedlight")


def modules() -> dict[str, Path]:
    """Dotted names of all modules with their files, relative to the repository."""
    files = (file for room in ROOMS for file in (ROOT / room).rglob("*.py"))
    paths = [file.relative_to(ROOT) for file in files]
    return {".".join(path.with_suffix("").parts).removesuffix(".__init__"): path for path in paths}


def imports(path: Path, known: Mapping[str, Path]) -> Iterator[Path]:
    """The files that a file imports, also those inside its functions."""
    for node in ast.walk(ast.parse((ROOT / path).read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            module = node.module or ""
            inside = [f"{module}.{alias.name}" for alias in node.names]
            names = [name if name in known else module for name in inside]
        else:
            continue
        yield from (known[name] for name in names if name in known and known[name] != path)


def cycles(graph: Mapping[Path, set[Path]]) -> list[list[str]]:
    """The strongly connected parts with more than one member (Tarjan)."""
    index: dict[Path, int] = {}
    low: dict[Path, int] = {}
    stack: list[Path] = []
    found: list[list[str]] = []

    def visit(node: Path) -> None:
        index[node] = low[node] = len(index)
        stack.append(node)
        for other in graph.get(node, set()):
            if other not in index:
                visit(other)
                low[node] = min(low[node], low[other])
            elif other in stack:
                low[node] = min(low[node], index[other])
        if low[node] == index[node]:
            at = stack.index(node)
            if len(stack) - at > 1:
                found.append(sorted(str(each) for each in stack[at:]))
            del stack[at:]

    for node in graph:
        if node not in index:
            visit(node)
    return found


def test_a_cycle_is_found() -> None:
    a, b, c = Path("a"), Path("b"), Path("c")
    assert cycles({a: {b}, b: {c}, c: set()}) == []
    assert cycles({a: {b}, b: {c, a}, c: set()}) == [["a", "b"]]


def test_no_cycle_between_files() -> None:
    known = modules()
    assert len(known) > 100
    assert cycles({path: set(imports(path, known)) for path in known.values()}) == []


def test_no_cycle_between_folders() -> None:
    """The files right in a folder that has folders inside count one by one."""
    known = modules()
    folders = {path.parent for path in known.values()}
    parents = {parent for folder in folders for parent in folder.parents}

    def unit(path: Path) -> Path:
        return path if path.parent in parents else path.parent

    graph: dict[Path, set[Path]] = {}
    for path in known.values():
        others = {unit(other) for other in imports(path, known)} - {unit(path)}
        graph.setdefault(unit(path), set()).update(others)
    assert cycles(graph) == []
