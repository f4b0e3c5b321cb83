"""The last resort for a value: astroid's inference, on this one module and nothing else."""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final, NoReturn

from flake8_django_migrations.migration import UNKNOWN, Value
from flake8_django_migrations.reader.scope import Scalar

if TYPE_CHECKING:
    from astroid import nodes

_WANTED: Final = "_wanted_value_"
_MAX_NODES: Final = 20_000


def infer(tree: ast.Module, node: ast.expr) -> Value:
    """The one constant an expression can be; UNKNOWN where astroid sees none or several.

    astroid is shown the module without its imports, so that it has nothing to import or open:
    the answer is the same whatever is installed.
    """
    source = _isolated(tree, node)
    if source is None:
        return UNKNOWN
    import astroid

    with _fenced():
        try:
            module = astroid.parse(source, apply_transforms=False)
            wanted = module.body[-1]
            found = list(wanted.value.infer())
        except (astroid.AstroidError, RecursionError):
            return UNKNOWN
    return _value(found[0]) if len(found) == 1 else UNKNOWN


@contextmanager
def _fenced() -> Iterator[None]:
    """Keep astroid from opening what Python's own functions come from."""
    from astroid.manager import AstroidManager

    before = AstroidManager.ast_from_module_name
    AstroidManager.ast_from_module_name = _refused
    try:
        yield
    finally:
        AstroidManager.ast_from_module_name = before


def _refused(_manager: object, name: str, *_given: object, **_named: object) -> NoReturn:
    """No module: astroid holds the builtins from the start, and needs no other."""
    import astroid

    raise astroid.AstroidImportError(name)


def _isolated(tree: ast.Module, node: ast.expr) -> str | None:
    """The module's own text without imports, and the expression assigned at its end."""
    if sum(1 for _ in ast.walk(tree)) > _MAX_NODES:
        return None
    try:
        return _written(tree, node)
    except RecursionError:
        return None


def _written(tree: ast.Module, node: ast.expr) -> str | None:
    """The text, None where a name in the expression is not bound here, or more than once."""
    alone = _Alone().visit(copy.deepcopy(tree))
    names = {each.id for each in ast.walk(node) if isinstance(each, ast.Name)}
    if not names <= set(_bound(alone.body)):
        return None
    alone.body.append(ast.Assign([ast.Name(_WANTED, ast.Store())], node))
    return ast.unparse(ast.fix_missing_locations(alone))


def _bound(body: list[ast.stmt]) -> Iterator[str]:
    """The names a module binds by itself, each only once."""
    names = [
        name.id
        for statement in body
        if isinstance(statement, (ast.Assign, ast.AnnAssign))
        for name in ast.walk(statement)
        if isinstance(name, ast.Name) and isinstance(name.ctx, ast.Store)
    ]
    names += [each.name for each in body if isinstance(each, (ast.ClassDef, ast.FunctionDef))]
    return (name for name in names if names.count(name) == 1)


class _Alone(ast.NodeTransformer):
    """Takes the imports out."""

    def visit_Import(self, node: ast.Import) -> ast.stmt:
        return ast.copy_location(ast.Pass(), node)

    def visit_ImportFrom(self, node: ast.ImportFrom) -> ast.stmt:
        return ast.copy_location(ast.Pass(), node)


def _value(found: object) -> Value:
    """A constant of astroid's as ours."""
    import astroid

    if isinstance(found, astroid.nodes.Const):
        return found.value if isinstance(found.value, Scalar) else UNKNOWN
    if isinstance(found, (astroid.nodes.List, astroid.nodes.Tuple)):
        return tuple(_element(each) for each in found.elts)
    return UNKNOWN


def _element(node: nodes.NodeNG) -> Value:
    import astroid

    return node.value if isinstance(node, astroid.nodes.Const) else UNKNOWN
