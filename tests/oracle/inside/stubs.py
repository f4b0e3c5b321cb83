"""Run where Django is: stands in for modules that are merely imported on the way to a migration."""

import sys
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType


class Anything(type):
    """The class of every name in a stub: it can be called, subclassed and asked for more."""

    def __getattr__(cls, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return Anything(name, (_Stub,), {"__module__": "stub"})

    def __iter__(cls):
        return iter(())

    def __or__(cls, other):
        return cls

    __ror__ = __or__

    def __getitem__(cls, _item):
        return cls

    def __call__(cls, *given, **keywords):
        if len(given) == 1 and not keywords and callable(given[0]):
            return given[0]  # as a decorator
        return super().__call__()


class _Stub(metaclass=Anything):
    def __getattr__(self, name):
        return getattr(type(self), name)

    def __call__(self, *given, **_keywords):
        return given[0] if len(given) == 1 and callable(given[0]) else self

    def __iter__(self):
        return iter(())

    def __enter__(self):
        return self

    def __exit__(self, *_error):
        return False


class StubModule(ModuleType):
    """A module in which every name is there."""

    __path__ = ()

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return Anything(name, (_Stub,), {"__module__": self.__name__})


class Stubs(MetaPathFinder, Loader):
    """Finds the modules of the packages that are listed, and nothing else."""

    def __init__(self, packages):
        self.packages = frozenset(packages)

    def find_spec(self, name, _path=None, _target=None):
        parts = name.split(".")
        heads = {".".join(parts[:count]) for count in range(1, len(parts) + 1)}
        if heads & self.packages:
            return ModuleSpec(name, self, is_package=True)
        return None

    def create_module(self, spec):
        return StubModule(spec.name)

    def exec_module(self, _module):
        pass


def install(packages):
    """Make the packages importable; those that are really there stay themselves."""
    sys.meta_path.append(Stubs(packages))


def is_stub(value):
    """Whether a value is made of a stub."""
    return isinstance(value, (Anything, _Stub))
