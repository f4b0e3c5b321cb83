from __future__ import annotations

import builtins
import sys

import pytest
from reader.sources import Files, module

from flake8_django_migrations.migration import UNKNOWN, Construct, Pairs, Reference

HEAD = """
import datetime, decimal, functools, itertools, textwrap, inspect, copy, uuid
import django.db.models.deletion
from django.db.models import F, Q
from django.utils import timezone
from shop.models import Status
NAME = "order"
NUMBERS = [1, 2, 3]
TABLE = {"a": 1, "b": {"c": 2}}
PAIR = ("x", "y")
def function():
    pass
class Local:
    SIZE = 10
    NAMES = ["a"]
class Sub(Local):
    OTHER = 11
class Color(models.TextChoices):
    RED = "r", "Red"
    DARK_BLUE = "b"
    def method(self):
        pass
class Level(models.IntegerChoices):
    LOW = 1, "low"
import enum
class Plain(enum.Enum):
    A = "a"
from django.utils.module_loading import import_string
Auto = import_string(settings.X)
"""


@pytest.fixture
def known(value):
    return lambda text, **given: value(text, head=HEAD, **given)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("None", None), ("True", True), ("-1", -1), ("+1", 1), ("~1", -2), ("1.5", 1.5),
        ("2j", 2j), ("b'x'", b"x"), ("'a' 'b'", "ab"), ("not 0", True), ("not NAME", False),
        ("[1, 'a']", (1, "a")), ("{1}", (1,)), ("()", ()), ("{'a': [1]}", Pairs((("a", (1,)),))),
        ("{**TABLE, 'a': 2}", Pairs((("a", 2), ("b", Pairs((("c", 2),)))))),
        ("TABLE | {'a': 3}", Pairs((("a", 3), ("b", Pairs((("c", 2),)))))),
        ("NAME", "order"), ("NAME + 's'", "orders"), ("NAME * 2", "orderorder"),
        ("2 * NAME", "orderorder"), ("[0] * 3", (0, 0, 0)), ("[1] + NUMBERS", (1, 1, 2, 3)),
        ("(1,) + PAIR", (1, "x", "y")), ("7 // 2", 3), ("7 % 4", 3), ("2 ** 31 - 1", 2**31 - 1),
        ("1 << 4", 16), ("16 >> 2", 4), ("5 & 4", 4), ("5 | 2", 7), ("5 ^ 1", 4), ("1 / 2", 0.5),
        ("f'{NAME}_{1:03d}'", "order_001"), ("f'{NAME!r}'", "'order'"), ("f'{NAME!s}'", "order"),
        ("f'{NAME!a:>7}'", "'order'"), ("f'{1:{2}d}'", " 1"),
        ("'%s-%d' % (NAME, 2)", "order-2"), ("'%s' % NAME", "order"),
        ("'%(a)s' % {'a': 1}", "1"), ("'{}-{x}'.format(1, x=2)", "1-2"),
        ("'{0}{0}'.format('a')", "aa"), ("'{x[a]}'.format(x='1', y=settings.X)", UNKNOWN),
        ("','.join(['a', NAME])", "a,order"), ("NAME.upper()", "ORDER"),
        ("NAME.replace('o', '0')", "0rder"), ("'a,b'.split(',')", ("a", "b")),
        ("' a '.strip()", "a"), ("NAME.startswith('or')", True), ("b'a'.decode()", "a"),
        ("NAME[0]", "o"), ("NAME[1:3]", "rd"), ("NAME[::-1]", "redro"), ("NUMBERS[-1]", 3),
        ("TABLE['b']['c']", 2), ("TABLE.get('a')", 1), ("TABLE.get('z', 5)", 5),
        ("TABLE.get('z')", None),
        ("list(TABLE)", ("a", "b")), ("list(TABLE.keys())", ("a", "b")),
        ("list({'a': 1}.values())", (1,)), ("list({'a': 1}.items())", (("a", 1),)),
        ("TABLE.copy()['a']", 1), ("NUMBERS.copy()", (1, 2, 3)),
        ("tuple('ab')", ("a", "b")), ("sorted([2, 1])", (1, 2)), ("list(reversed([1, 2]))", (2, 1)),
        ("len(NUMBERS)", 3), ("sum(NUMBERS)", 6), ("max(1, 2)", 2), ("min(NUMBERS)", 1),
        ("abs(-1)", 1), ("str(1)", "1"), ("int('5')", 5), ("bool('')", False), ("float('1')", 1.0),
        ("list(range(3))", (0, 1, 2)), ("list(zip('ab', [1, 2]))", (("a", 1), ("b", 2))),
        ("list(enumerate('a', 1))", ((1, "a"),)), ("dict(a=1)", Pairs((("a", 1),))),
        ("dict([('a', 1)], b=2)", Pairs((("a", 1), ("b", 2)))),
        ("dict({'a': 1})", Pairs((("a", 1),))), ("list()", ()), ("set([1])", (1,)),
        ("list(itertools.chain([1], [2]))", (1, 2)),
        ("list(itertools.chain.from_iterable([[1], [2]]))", (1, 2)),
        ("textwrap.dedent('  a')", "a"), ("inspect.cleandoc('\\n  a')", "a"),
        ("copy.deepcopy(NUMBERS)", (1, 2, 3)),
        ("[n * 2 for n in NUMBERS if n > 1]", (4, 6)), ("{n for n in NUMBERS}", (1, 2, 3)),
        ("list(n for n in NUMBERS)", (1, 2, 3)), ("{n: n for n in [1]}", Pairs(((1, 1),))),
        ("[a + b for a in 'xy' for b in '12']", ("x1", "x2", "y1", "y2")),
        ("[k for k, v in TABLE.items()]", ("a", "b")),
        ("[a for a, *rest in [(1, 2, 3)]]", (1,)), ("[b for a, *b in [(1, 2, 3)]]", ((2, 3),)),
        ("[c for *a, c in [(1, 2, 3)]]", (3,)),
        ("1 if NAME else 2", 1), ("1 if not NAME else 2", 2), ("NAME or 'x'", "order"),
        ("'' or NAME", "order"), ("NAME and 1", 1), ("0 and unknown", 0),
        ("1 < 2 < 3", True), ("1 == 2", False), ("1 != 2", True), ("2 >= 1 <= 1", True),
        ("'a' in NAME", False), ("'a' not in NAME", True), ("1 in NUMBERS", True),
        ("None is None", True), ("NAME is not None", True), ("(y := 5)", 5),
        ("Local.SIZE", 10), ("Sub.SIZE", 10), ("Sub.OTHER", 11), ("Local.NAMES[0]", "a"),
        ("getattr(Local, 'SIZE')", 10),
        ("Color.RED", "r"), ("Color.RED.value", "r"), ("Color.DARK_BLUE", "b"),
        ("Level.LOW", 1), ("Level.LOW.value", 1), ("Color.values", ("r", "b")),
        ("Color.choices", (("r", "Red"), ("b", "Dark Blue"))), ("Plain.A.value", "a"),
        ("Plain.A.name", "A"), ("connection.vendor", "postgresql"),
        ("(lambda x, y=2: x + y)(1)", 3), ("[[1], [2]] == [[1], [2]]", True),
        ("1 if TABLE else 2", 1),
    ],
)  # fmt: skip
def test_a_value_is_worked_out(known, text, expected):
    found = known(text)
    assert found == expected
    assert type(found) is type(expected)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("timezone.now", Reference("django.utils.timezone.now")),
        ("settings.AUTH_USER_MODEL", Reference("django.conf.settings.AUTH_USER_MODEL")),
        ("uuid.uuid4", Reference("uuid.uuid4")),
        ("dict", Reference("builtins.dict")),
        ("function", Reference(".function")),
        ("Local", Reference(".Local")),
        ("lambda: 1", Reference(".<lambda>")),
        ("Status.x", Reference("shop.models.Status.x")),
        ("models.CASCADE", Reference("django.db.models.CASCADE")),
        ("django.db.models.deletion.CASCADE", Reference("django.db.models.CASCADE")),
        ("datetime.datetime.now", Reference("datetime.datetime.now")),
        ("decimal.Decimal('0.00')", Construct("decimal.Decimal", ("0.00",))),
        ("models.functions.Now()", Construct("django.db.models.functions.Now")),
        ("datetime.timedelta(days=1)", Construct("datetime.timedelta", (), (("days", 1),))),
        ("Local(1)", Construct(".Local", (1,))),
        ("Plain.A", Construct(".Plain", ("a",))),
        ("F('a') + 1", Construct("django.db.models.expressions.CombinedExpression",
                                 (Construct("django.db.models.F", ("a",)), "+", 1))),
        ("1 - F('a')", Construct("django.db.models.expressions.CombinedExpression",
                                 (1, "-", Construct("django.db.models.F", ("a",))))),
        ("F('a') @ 1", Construct("django.db.models.expressions.CombinedExpression",
                                 (Construct("django.db.models.F", ("a",)), UNKNOWN, 1))),
        ("Q(a=1) | Q(b=2)", Construct("django.db.models.Q", (
            Construct("django.db.models.Q", (), (("a", 1),)),
            Construct("django.db.models.Q", (), (("b", 2),))), (("_connector", "OR"),))),
        ("~Q(a=1)", Construct("django.db.models.Q", (), (("a", 1), ("_negated", True)))),
        ("~~Q(a=1)", Construct("django.db.models.Q", (), (("a", 1),))),
        ("F('a').asc(nulls_last=True)", Construct("django.db.models.OrderBy",
            (Construct("django.db.models.F", ("a",)),), (("nulls_last", True),))),
        ("functools.partial(dict, a=1)",
         Construct("functools.partial", (Reference("builtins.dict"),), (("a", 1),))),
    ],
)  # fmt: skip
def test_what_is_only_pointed_at_or_built_is_kept_as_written(known, text, expected):
    assert known(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "unknown", "...", "await_me()", "NAME + 1", "NAME[9]", "NAME['a']", "TABLE['z']",
        "TABLE[settings.X]", "NAME.nothing()", "NAME.zfill(5)", "NAME.format_map({})",
        "'%d' % 'a'", "'%s %s' % ('a',)", "'{}'.format()", "'{'.format()", "'{0.x}'.format(1)",
        "'{:{}}'.format(1, 2)", "'%s' % settings.X", "'%s' % {1: 2}", "'%(a)s' % settings.X",
        "f'{settings.X}'", "f'{NAME:{settings.X}}'", "f'{1:q}'", "','.join([1])",
        "','.join(settings.X)", "','.join()", "NAME.upper(settings.X)", "NAME.strip(1)",
        "NAME.replace('a')", "NAME.replace('a', 1)", "1 / 0", "[1] * 'a'", "-NAME", "1 + settings.X",
        "settings.X + 1", "(1).x", "Local.nothing", "unknown.x.y", "settings.X['a']",
        "settings.DATABASES['default']['NAME']", "settings.DATABASES['default']['ENGINE']",
        "1 if settings.X else 2", "settings.X and NAME", "settings.X or NAME", "not settings.X",
        "NAME == settings.X", "NAME < 1", "settings.X in NUMBERS", "NUMBERS is NUMBERS",
        "NAME is not settings.X", "1 if NUMBERS is None else 2", "[*settings.X]",
        "NUMBERS[settings.X:]", "NUMBERS[::0]", "settings.X[1:]", "range(settings.X)", "range()",
        "list(settings.X)", "tuple(settings.X)", "sorted(settings.X)", "sorted([1, 'a'])",
        "sorted([1], key=len)", "reversed(settings.X)", "zip(settings.X)", "enumerate(settings.X)",
        "dict(settings.X)", "dict([1])", "len(settings.X)", "int('a')", "int(settings.X)",
        "itertools.chain(settings.X)", "itertools.chain.from_iterable(settings.X)",
        "list(*settings.X)", "str(**settings.X)", "[x for x in settings.X]",
        "[x for x in [1] if settings.X]", "{x: 1 for x in settings.X}", "TABLE.pop('a')",
        "TABLE.get(settings.X)", "timezone.now().date()", "Q(*settings.X)", "Local.SIZE.x",
        "F('a').resolve()", "getattr(Local, settings.X)", "getattr(timezone, 'x', 1)",
        "settings.DATABASES['default']",
        "'x' == settings.DATABASES['default']['ENGINE']", "settings.X.y[0]", "{**settings.X}['a']",
        "PAIR[settings.X]", "[a for a, b in [(1,)]]", "[a for a, b in [1]]",
        "[a for a, b, *c in [(1,)]]", "yields_nothing", "Local(*settings.X)", "'a'.encode().x",
        "(x for x in settings.X)", "Color.nothing", "[1, *settings.X][0]", "len([*settings.X])",
        "settings.DATABASES['default']['ENGINE'] == settings.X", "NUMBERS.index(1)",
        "NUMBERS.count(1)", "b'a'.casefold()", "'{}'.format(settings.X)", "Auto().x()",
"(1 if settings.X else [2])[0]", "(NAME if settings.X else 'x').y",
    ],
)  # fmt: skip
def test_what_cannot_be_known_is_unknown(known, text):
    found = known(text)
    assert found is UNKNOWN or any(
        part is UNKNOWN for part in (found if isinstance(found, tuple) else (0,))
    )


def test_an_element_that_is_not_known_leaves_the_others(known):
    assert known("[1, settings.A + 1, 2]") == (1, UNKNOWN, 2)
    assert known("{'a': unknown, unknown: 1}") == Pairs((("a", UNKNOWN), (UNKNOWN, 1)))


@pytest.mark.parametrize(
    ("text", "vendor", "expected"),
    [
        ("connection.vendor", "mariadb", "mysql"),
        ("settings.DATABASES['default']['ENGINE'] == 'django.db.backends.mysql'", "mysql", True),
        ("'sqlite' not in settings.DATABASES['default']['ENGINE']", "sqlite", False),
        ("'psycopg' in settings.DATABASES['default']['ENGINE']", "postgresql", UNKNOWN),
        ("1 in settings.DATABASES['default']['ENGINE']", "postgresql", UNKNOWN),
    ],
)
def test_a_plain_look_at_the_vendor_is_decided(known, text, vendor, expected):
    assert known(text, vendor=vendor) is expected or known(text, vendor=vendor) == expected


# Names ------------------------------------------------------------------------------------


def test_a_name_has_the_value_of_its_time(value):
    head = "A = 1\nB = A\nA = 2\nC = [B]\nC += [A]\nD = C\nC = C + [3]\n"
    assert value("(B, D, C)", head=head) == (1, (1, 2), (1, 2, 3))


def test_a_list_is_what_was_put_in_it(value):
    head = """
        A = []
        B = A
        A.append(1)
        A.extend([2, 3])
        A.reverse()
        A.insert(0, 0)
        D = {}
        D["a"] = 1
        D.update({"b": 2}, c=3)
        D["a"] = 4
    """
    assert value("(B, D)", head=head) == (
        (0, 3, 2, 1),
        Pairs((("a", 4), ("b", 2), ("c", 3))),
    )


@pytest.mark.parametrize(
    "change",
    [
        "A.remove(1)",
        "A.extend(settings.X)",
        "A[0] = 2",
        "A.insert(settings.X, 1)",
        "if settings.X:\n    A.append(2)",
        "while settings.X:\n    A.append(2)",
        "for x in settings.X:\n    A.append(2)",
        "if settings.X:\n    A = 5",
        "try:\n    A = 5\nexcept E as e:\n    A = 6",
        "match settings.X:\n    case 1:\n        A = 5",
        "del A",
        "for A in settings.X:\n    pass",
        "with settings.X as A:\n    pass",
        "import a.b as A\nA = A.x + 1",
        "A = {}\nA.update(*settings.X)\nA = A['a']",
        "try:\n    A = [1]\nexcept E:\n    A = [2]",
    ],
)
def test_a_name_that_may_have_changed_is_unknown(value, change):
    assert value("A", head=f"A = [1]\n{change}\n") is UNKNOWN


@pytest.mark.parametrize(
    "change",
    [
        "if settings.X:\n    B = 1",
        "if connection.vendor == 'mysql':\n    A = 5",
        "if not A:\n    A = 5\nelif settings.X:\n    pass",
        "for x in [1, 2]:\n    if x == 1:\n        continue\n    break\nelse:\n    A = 5",
        "while settings.X:\n    B = 1\nelse:\n    C = 1",
        "try:\n    B = 1\nfinally:\n    C = 1",
        "with open('x'):\n    B = 1",
        "async def f():\n    pass",
        "A: list",
        "print('x')",
        "unknown.append(1)",
        "global B",
        "x = y = 1\nx += 1",
        "x = 'a'\nif settings.X:\n    print(x)",
        "del settings.X",
        "settings.X['a'] = 1",
        "try:\n    B = 1\nexcept E:\n    raise\nelse:\n    C = 1",
        "settings.X = 1\nunknown[1] = 2\n(a, b), c = settings.X, 1",
        "if settings.X:\n    D = {'a': 1}\n",
        "class A2:\n    A = 6",
        "def f():\n    A = 7\nf()",
    ],
)
def test_a_name_that_is_left_alone_keeps_its_value(value, change):
    assert value("A", head=f"A = [1]\n{change}\n") == (1,)


def test_a_name_bound_alike_in_both_branches_is_known(value):
    head = "if settings.X:\n    A = 1\n    D = {}\nelse:\n    A = 1\n    D = {}\n"
    assert value("A", head=head) == 1


def test_a_dict_that_no_branch_changes_is_known(value):
    head = "D = {'a': 1}\nif settings.X:\n    print(D)\n"
    assert value("D['a']", head=head) == 1


def test_a_loop_over_what_is_known_is_gone_through(value):
    head = "A = []\nfor a, b in [('x', 1), ('y', 2)]:\n    A.append(a * b)\n"
    assert value("A", head=head) == ("x", "yy")


# Functions --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("function", "call", "expected"),
    [
        ("def f():\n    return 1", "f()", 1),
        ("def f():\n    pass", "f()", None),
        ("def f():\n    return", "f()", None),
        ("def f(a, b=2, *, c=3):\n    return (a, b, c)", "f(1)", (1, 2, 3)),
        ("def f(a, /, *rest, **more):\n    return (a, rest, more)", "f(1, 2, x=3)",
         (1, (2,), Pairs((("x", 3),)))),
        (("def f(a):\n    x = []\n    for n in a:\n        if n > 1:\n            x.append(n)\n"
         "    return x"), "f([1, 2])", (2,)),
        ("def f(a):\n    for n in a:\n        return n", "f([1, 2])", 1),
        ("def f(a):\n    if a:\n        return 1\n    return 2", "f(0)", 2),
        ("def f(a):\n    raise ValueError\n    return 1", "f(0)", None),
        ("def f():\n    def g():\n        return 5\n    return g", "f()()", 5),
        ("def f(x):\n    x = x + 1\n    return x", "f(1)", 2),
        ("@staticmethod\ndef f():\n    return 1", "f()", 1),
        ("@functools.lru_cache(maxsize=None)\ndef f():\n    return 1", "f()", 1),
        ("def g(a, b):\n    return (a, b)\nf = functools.partial(g, 1, b=2)", "f()", (1, 2)),
        ("def f(a):\n    if settings.X:\n        return a\n    return a", "f(1)", 1),
        ("def f(a):\n    if settings.X:\n        return 1\n    else:\n        return 1", "f(1)", 1),
        ("def f():\n    try:\n        return 1\n    finally:\n        x()", "f()", 1),
        ("def f():\n    try:\n        x()\n    finally:\n        return 1", "f()", 1),
        ("def f():\n    try:\n        return 1\n    except E:\n        return 1", "f()", 1),
        (("def f():\n    if settings.X:\n        a = f'a{1}'\n    else:\n        a = f'a{1}'\n"
         "    return a"), "f()", "a1"),
        ("def f(n=3):\n    return 1 if n == 0 else f(n - 1)", "f()", 1),
    ],
)  # fmt: skip
def test_a_function_at_hand_is_gone_through(value, function, call, expected):
    assert value(call, head=f"import functools\n{function}\n") == expected


@pytest.mark.parametrize(
    ("function", "call"),
    [
        ("async def f():\n    return 1", "f()"),
        ("def f(*, a):\n    return a", "f()"),
        ("def f(a):\n    return a", "f()"),
        ("def f(a):\n    return a", "f(*settings.X)"),
        ("def f(*a, **k):\n    return a", "f(*settings.X)"),
        ("def f(*a, **k):\n    return k", "f(**settings.X)"),
        ("@decorated\ndef f():\n    return 1", "f()"),
        ("def f():\n    if settings.X:\n        return 1\n    return 2", "f()"),
        ("def f():\n    while True:\n        return 1", "f()"),
        ("def f():\n    return f()", "f()"),
        ("def f(n=30):\n    return 1 if n == 0 else f(n - 1)", "f()"),
        ("def f():\n    yield from settings.X", "f()"),
        ("A = A", "A"),
        ("A = B\nB = A", "A"),
    ],
)
def test_a_function_whose_value_cannot_be_told_is_unknown(value, function, call):
    found = value(call, head=f"{function}\n")
    assert found in {UNKNOWN, None} or UNKNOWN in found
    assert found is not None or "while" in function


def test_a_generator_is_its_values(value):
    head = "def f():\n    yield 1\n    yield\n    yield from [2, 3]\n"
    assert value("list(f())", head=head) == (1, None, 2, 3)


# Instances and inference ------------------------------------------------------------------

INSTANCES = """
class Sizes:
    factor = 2
    def __init__(self, small):
        self.small = small
    def large(self):
        return self.small * self.factor
    @staticmethod
    def fixed():
        return 7
    @property
    def medium(self):
        return 5
sizes = Sizes(10)
class Empty:
    x = 1
"""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("sizes.small", 10),
        ("sizes.factor", 2),
        ("sizes.large()", 20),
        ("sizes.fixed()", 7),
        ("Empty().x", 1),
    ],
)
def test_an_instance_of_a_class_at_hand_is_read(value, text, expected):
    assert value(text, head=INSTANCES) == expected


def test_what_only_an_inference_can_know_is_inferred(value):
    head = """
        class Base:
            def fill(self):
                self.size = 12
                self.names = ["a", ("b",)]
                self.many = 1
            def other(self):
                self.many = 2
        base = Base()
    """
    assert value("base.size", head=head) == 12
    assert value("base.names", head=head) == ("a", UNKNOWN)
    assert value("base.many", head=head) is UNKNOWN
    assert value("base.nothing", head=head) is UNKNOWN
    assert value("[base.size] * 7", head=head)[:5] == (12,) * 5


def test_inference_sees_no_import(value, monkeypatch):
    head = """
        import settings_of_the_project
        class Base:
            def fill(self):
                self.size = settings_of_the_project.SIZE
                self.path = open("x").read()
        base = Base()
        twice = Base()
        twice = Base()
    """
    value("base.size", head=head)  # astroid itself is imported by now
    opened = []
    monkeypatch.setattr(builtins, "open", lambda *given, **_: opened.append(given))
    before = set(sys.modules)
    assert value("base.size", head=head) is UNKNOWN
    assert value("base.path", head=head) is UNKNOWN
    assert value("twice.size", head=head) is UNKNOWN
    assert opened == []
    assert "settings_of_the_project" not in set(sys.modules) - before


def test_nothing_is_inferred_in_what_is_too_large(value):
    head = "class Base:\n    def fill(self):\n        self.size = 12\nbase = Base()\n"
    assert value("base.size", head=f"{head}X = [{'1, ' * 30_000}]\n") is UNKNOWN


# First-party constants --------------------------------------------------------------------

PROJECT = {
    "shop/__init__.py": "",
    "shop/models/__init__.py": "from .order import *\nfrom shop.models.order import MAX as LIMIT\n",
    "shop/models/order.py": """
        from django.db import models
        MAX = 30
        ROWS = {"a": 1}
        class Status(models.TextChoices):
            NEW = "n", "New"
        def get_default():
            return 1
        LAZY = get_default()
        ELSEWHERE = models.CASCADE
    """,
    "shop/loop.py": "from shop.loop2 import A\n",
    "shop/loop2.py": "from shop.loop import A\n",
    "shop/broken.py": "A = (",
}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("shop.models.order.MAX", 30),
        ("shop.models.LIMIT", 30),
        ("shop.models.MAX", 30),
        ("shop.models.order.ROWS", Pairs((("a", 1),))),
        ("shop.models.order.Status.NEW", "n"),
        ("shop.models.order.LAZY", 1),
        ("shop.models.order.MAX + 1", 31),
        ("shop.models.order.get_default", Reference("shop.models.order.get_default")),
        ("shop.models.order.Status", Reference("shop.models.order.Status")),
        ("shop.models.order.ELSEWHERE", Reference("shop.models.order.ELSEWHERE")),
        ("shop.models.NOTHING", Reference("shop.models.NOTHING")),
        ("shop.models.order.MAX.A", Reference("shop.models.order.MAX.A")),
        ("shop.models.order.NOTHING.A", Reference("shop.models.order.NOTHING.A")),
        ("shop.loop.A", Reference("shop.loop.A")),
        ("shop.broken.A", Reference("shop.broken.A")),
        ("shop.nowhere.A", Reference("shop.nowhere.A")),
        ("shop.broken", Reference("shop.broken")),
        ("A", Reference("A")),
        ("shop.models.order.TypeError.A", Reference("shop.models.order.TypeError.A")),
        ("near.A", Reference("shop.near.A")),
    ],
)
def test_a_constant_of_the_project_is_looked_up(value, text, expected):
    head = "import A, shop.models.order, shop.loop, shop.broken\nfrom .. import near\n"
    assert value(text, head=head, files=PROJECT) == expected


def test_a_star_import_of_the_project_is_followed(value):
    head = "from shop.models.order import *\nfrom nowhere import *\n"
    assert value("MAX", head=head, files=PROJECT) == 30
    assert value("NOTHING", head=head, files=PROJECT) is UNKNOWN
    assert value("MAX", head=head) is UNKNOWN


def test_a_comparison_looks_a_constant_up(value):
    head = "from shop.models import order\n"
    assert value("order.MAX == 30", head=head, files=PROJECT) is True


def test_django_and_python_are_never_asked_for(migration):
    files = Files({})
    head = "import uuid\nfrom django.contrib.auth import models as auth\n"
    migration(
        module("operations = [migrations.RunSQL(auth.X), migrations.RunSQL(uuid.Y)]", head),
        files=files,
    )
    assert files.asked == []


def test_what_no_column_depends_on_opens_no_module(migration):
    files = Files({"shop/fields.py": "class F: pass\n", "shop/texts.py": "X = 'x'\n"})
    head = "import shop.fields\nimport shop.texts\n"
    text = "operations = [migrations.AddField('a', 'b', shop.fields.F(help_text=shop.texts.X))]"
    migration(module(text, head), files=files)
    assert files.asked == ["shop.fields"]


# Bounds -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "[0] * 10 ** 9",
        "'x' * 10 ** 9",
        "10 ** 10 ** 10",
        "2 ** 1000000",
        "1 << 10 ** 9",
        "2.0 ** 3.0 ** 9",
        "'%1000000000d' % 1",
        "'%*d' % (10 ** 9, 1)",
        "'{:1000000000}'.format(1)",
        "f'{1:1000000000}'",
        "list(range(10 ** 12))",
        "'x'.join(['y' * 9000] * 9000)",
        "('a' * 9000).replace('a', 'b' * 9000)",
        "[[x for x in range(10000)] for y in range(10000)]",
        "[a for a in range(10000) for b in range(10000)]",
        "(lambda f: f(f))(lambda f: f(f))",
        "(10 ** 100) * (10 ** 1000) * (10 ** 1000) * (10 ** 1000) * (10 ** 1000)",
    ],
)
def test_what_would_take_too_much_is_unknown(value, text):
    assert value(text) is UNKNOWN or UNKNOWN in value(text)


def test_a_tower_of_names_is_not_built(value):
    head = "A0 = [1, 1]\n" + "".join(f"A{n + 1} = [A{n}, A{n}]\n" for n in range(60))
    assert value("len(A3)", head=head) == 2
    assert value("len(A35)", head=head) is UNKNOWN

    def depth(found):
        return 1 + depth(found[0]) if isinstance(found, tuple) and found else 0

    assert depth(value("A60", head=head)) < 30


@pytest.mark.parametrize(
    "text",
    [
        "[" * 150 + "]" * 150,
        "-" * 150 + "1",
        "not " * 150 + "1",
        "1" + ".x" * 3000,
        "f" + "()" * 3000,
        "lambda: " * 200 + "1",
        "1 if a else " * 200 + "1",
        "(" + "a or (" * 150 + "b" + ")" * 151,
    ],
)
def test_what_nests_too_deep_is_read_without_a_crash(migration, text):
    found = migration(module(f"operations = [migrations.RunSQL({text})]"))
    assert found is None or found.operations[0].sql in {UNKNOWN, ()} or found.operations[0].sql


def test_what_a_loop_nests_too_deep_is_cut(value):
    found = value("[" * 40 + "A" + "]" * 40, head="A = []\nfor n in range(80):\n    A = [A]\n")
    while isinstance(found, tuple):
        (found,) = found
    assert found is UNKNOWN
    found = value("A", head="A = []\nfor n in range(500):\n    A = [A]\n")
    while isinstance(found, tuple):
        (found,) = found
    assert found is UNKNOWN


def test_a_chain_of_conditions_too_long_to_be_read_leaves_its_names_unknown(value):
    chain = "if settings.X:\n    A = 1\n" + "elif settings.X:\n    A = 1\n" * 400
    assert value("A", head=f"A = 1\n{chain}") is UNKNOWN


def test_a_loop_that_takes_too_long_is_left(value):
    head = "n = 0\nfor a in range(9999):\n    for b in range(9999):\n        n += 1\n"
    assert value("n", head=head) is UNKNOWN


def test_what_nests_too_deep_to_be_copied_is_not_inferred(value):
    head = (
        f"class Base:\n    def fill(self):\n        self.a = 1\nbase = Base()\nX = {'-' * 400}1\n"
    )
    assert value("base.a", head=head) is UNKNOWN


def test_a_long_concatenation_is_read(value):
    assert value(" + ".join(["'a'"] * 400)) == "a" * 400


def test_what_nests_past_the_parser_is_no_migration(migration):
    assert migration(module(f"x = {'-' * 100_000}1\noperations = []")) is None


def test_a_module_of_megabytes_is_not_read(migration):
    assert migration(module("operations = []") + "#" * 2_000_001) is None
