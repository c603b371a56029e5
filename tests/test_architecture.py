"""The rules of the tree, held by reading its source: who may import whom, where transactions are, what runs at import.

Each rule is a function from a source tree to its breaches, in words that name the place. It is run on the real tree,
and on small planted trees: those that break the rule must be caught, those that keep it must pass.
"""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatch
from functools import cache
from pathlib import Path, PurePosixPath

import pytest

ROOT = Path(__file__).resolve().parent.parent
CODE = ("eventhub", "plugins")

Tree = dict[str, str]  # path: source


# --- reading a tree -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Module:
    """One Python file: where it is, its dotted name, its syntax."""

    path: PurePosixPath
    syntax: ast.Module

    @property
    def name(self) -> str:
        parts = self.path.with_suffix("").parts
        return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)

    @property
    def package(self) -> str:
        return ".".join(self.path.parent.parts)

    @property
    def component(self) -> str:
        """Return "eventhub.events" or "plugins.catering"; a module of the core's top level is its own."""
        return ".".join(self.name.split(".")[:2])

    def is_called(self, *names: str) -> bool:
        """Tell whether the module, or a package it is in, has one of these names."""
        return any(part in names for part in self.name.split(".")[1:])


@cache
def parse(source: str) -> ast.Module:
    return ast.parse(source)


def modules(root: Path, *folders: str) -> Iterator[Module]:
    for folder in folders:
        for path in sorted((root / folder).rglob("*.py")):
            yield Module(PurePosixPath(path.relative_to(root)), parse(path.read_text(encoding="utf-8")))


@dataclass(frozen=True)
class Import:
    """One imported name, absolute: `from ..db import get` in eventhub/events/views.py is eventhub.db.get."""

    target: str
    line: int

    def is_of(self, *names: str) -> bool:
        """Tell whether this is one of the names or something in it."""
        return any(self.target == name or self.target.startswith(name + ".") for name in names)


def imports(module: Module, nodes: Iterator[ast.AST] | None = None) -> Iterator[Import]:
    """Yield what the nodes import (by default all of the module, inside functions too, by name of a string too)."""
    for node in ast.walk(module.syntax) if nodes is None else nodes:
        match node:
            case ast.Import(names=names):
                yield from (Import(alias.name, node.lineno) for alias in names)
            case ast.ImportFrom(module=base, names=names, level=level):
                package = module.package.split(".")
                above = package[: len(package) - level + 1] if level else []
                start = ".".join([*above, *([base] if base else [])])
                yield from (Import(f"{start}.{alias.name}", node.lineno) for alias in names)
            case ast.Call(func=called, args=[ast.Constant(value=str(name)), *_]) if last_name(called) in (
                "import_module",
                "__import__",
            ):
                yield Import(name, node.lineno)
            case _:
                pass


def last_name(node: ast.AST) -> str:
    """Return "commit" for `db.session.commit`, "session" for `session`, "" for what has no name."""
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case ast.Call(func=func):
            return last_name(func)
        case _:
            return ""


def first_name(node: ast.AST) -> str:
    """Return "db" for `db.session.commit` and for `db.session().commit`."""
    while not isinstance(node, ast.Name):
        match node:
            case ast.Attribute(value=inner) | ast.Call(func=inner):
                node = inner
            case _:
                return ""
    return node.id


def run_at_import(node: ast.AST) -> Iterator[ast.AST]:
    """Yield what runs when the module is imported: no body of a function, none of `if TYPE_CHECKING`, no `__main__`."""
    yield node
    match node:
        case ast.FunctionDef(args=args) | ast.AsyncFunctionDef(args=args) | ast.Lambda(args=args):
            children = [*getattr(node, "decorator_list", []), *args.defaults, *filter(None, args.kw_defaults)]
        case ast.If(test=test, orelse=otherwise) if last_name(test) == "TYPE_CHECKING" or is_main(test):
            children = list(otherwise)
        case ast.AnnAssign(value=value):  # annotations are strings
            children = [value] if value else []
        case _:
            children = list(ast.iter_child_nodes(node))
    for child in children:
        yield from run_at_import(child)


def is_main(test: ast.expr) -> bool:
    return isinstance(test, ast.Compare) and last_name(test.left) == "__name__"


def domain_modules(root: Path) -> Iterator[Module]:
    """Yield domain.py and models.py of each component, and what they use of its other modules but those of the edge."""
    edge = ("views", "forms", "hooks", "jobs", "commands", "api")
    known = {module.name: module for module in modules(root, *CODE)}
    waiting = [module for module in known.values() if module.is_called("domain", "models")]
    seen: set[str] = set()
    while waiting:
        module = waiting.pop(0)
        if module.name in seen:
            continue
        seen.add(module.name)
        yield module
        for used in imports(module):
            found = known.get(used.target) or known.get(used.target.rpartition(".")[0])
            if found and found.component == module.component and not found.is_called(*edge):
                waiting.append(found)


# --- who imports whom -----------------------------------------------------------------------------------------------


def core_imports_of_plugins(root: Path) -> list[str]:
    return [
        f"{module.path}:{used.line} imports {used.target}"
        for module in modules(root, "eventhub")
        for used in imports(module)
        if used.is_of("plugins")
    ]


def imports_between_plugins(root: Path) -> list[str]:
    return [
        f"{module.path}:{used.line} imports {used.target}"
        for module in modules(root, "plugins")
        for used in imports(module)
        if used.is_of("plugins") and not used.is_of(module.component)
    ]


def private_doors(root: Path) -> list[str]:
    return [
        f"{module.path}:{used.line} imports {used.target}"
        for module in modules(root, "plugins")
        for used in imports(module)
        if used.is_of("eventhub") and not used.is_of("eventhub.api")
    ]


def core_imports_of_the_api(root: Path) -> list[str]:
    return [
        f"{module.path}:{used.line} imports {used.target}"
        for module in modules(root, "eventhub")
        for used in imports(module)
        if used.is_of("eventhub.api")
    ]


def web_in_the_domain(root: Path) -> list[str]:
    def is_web(used: Import) -> bool:
        if used.is_of("flask", "flask_wtf", "werkzeug", "wtforms"):
            return True
        return used.is_of(*CODE) and bool({"views", "forms"} & set(used.target.split(".")))

    return [
        f"{module.path}:{used.line} imports {used.target}"
        for module in domain_modules(root)
        for used in imports(module)
        if is_web(used)
    ]


# --- transactions ---------------------------------------------------------------------------------------------------

SESSION_METHODS = frozenset(
    "add add_all begin begin_nested commit connection delete execute expire expunge flush get_one merge query refresh "
    "rollback scalar scalars".split()
)


def sessions_in_views(root: Path) -> list[str]:
    """Find the database's session in views; Flask's, which holds a visitor's choices, is another thing."""
    found = []
    for module in modules(root, *CODE):
        if not module.is_called("views"):
            continue
        names = {used.target: used for used in imports(module) if used.target.endswith(".session")}
        found += [
            f"{module.path}:{used.line} imports {name}" for name, used in names.items() if not used.is_of("flask")
        ]
        for node in ast.walk(module.syntax):
            match node:
                case ast.Attribute(attr="session", value=owner) if first_name(owner) != "flask":
                    found.append(f"{module.path}:{node.lineno} uses {ast.unparse(node)}")
                case ast.Attribute(attr="query", value=ast.Name(id=model)) if model[:1].isupper():
                    found.append(f"{module.path}:{node.lineno} uses {ast.unparse(node)}")
                case ast.Attribute(attr=method, value=ast.Name(id="session")) if method in SESSION_METHODS:
                    found.append(f"{module.path}:{node.lineno} uses {ast.unparse(node)}")
                case _:
                    pass
    return found


def commits_in_the_domain(root: Path) -> list[str]:
    return [
        f"{module.path}:{node.lineno} calls {last_name(node.func)}()"
        for module in domain_modules(root)
        for node in ast.walk(module.syntax)
        if isinstance(node, ast.Call) and last_name(node.func) in ("commit", "rollback", "transaction")
    ]


# --- hooks ----------------------------------------------------------------------------------------------------------


def form_classes_in_hooks(root: Path) -> list[str]:
    """Find hooks that are given a form class: they would change it for everyone."""
    found = []
    for module in modules(root, *CODE):
        for node in ast.walk(module.syntax):
            if not isinstance(node, ast.FunctionDef) or not {"hookspec", "hookimpl"} & set(
                map(last_name, node.decorator_list)
            ):
                continue
            for argument in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs):
                annotation = ast.unparse(argument.annotation) if argument.annotation else ""
                if re.search(r"form_?(class|cls)", argument.arg) or re.search(
                    r"\b[Tt]ype\[['\"\w.]*Form\b", annotation
                ):
                    found.append(f"{module.path}:{node.lineno} {node.name}() receives {ast.unparse(argument)}")
    return found


# --- at import ------------------------------------------------------------------------------------------------------

HEAVY = ("alembic", "authlib", "docxtpl", "fontTools", "highspy", "holidays", "typst", "webauthn", "xlsxwriter")
IO_FUNCTIONS = frozenset({"create_app", "create_engine", "getaddrinfo", "input", "listdir", "open", "sleep", "urlopen"})
IO_METHODS = frozenset(
    "execute glob is_dir is_file iterdir mkdir read_bytes read_text rglob stat unlink write_bytes write_text".split()
)
IO_MODULES = frozenset({"httpx", "pysqlite3", "requests", "smtplib", "socket", "sqlite3", "subprocess"})


def work_at_import(root: Path) -> list[str]:
    """Find what makes an import slow or able to fail: files, networks, databases, libraries that few pages need."""
    found = []
    for module in modules(root, *CODE):
        at_import = list(run_at_import(module.syntax))
        for node in at_import:
            if isinstance(node, ast.Call):
                name, owner = last_name(node.func), first_name(node.func)
                if name in IO_FUNCTIONS | IO_METHODS or owner in IO_MODULES:
                    found.append(f"{module.path}:{node.lineno} calls {ast.unparse(node.func)}() at import")
        runs_alone = any(isinstance(node, ast.If) and is_main(node.test) for node in at_import)  # a process of its own
        heavy = [
            name
            for name in HEAVY
            if not (name == "alembic" and {"migrations", "ledger"} & set(module.path.parent.parts))
        ]
        if not runs_alone:
            found += [
                f"{module.path}:{used.line} imports {used.target} at the top"
                for used in imports(module, iter(at_import))
                if used.is_of(*heavy)
            ]
    return found


# --- words and markup -----------------------------------------------------------------------------------------------

FOREIGN_WORDS = {
    # A reference such as pallets-eco/flask-sqlalchemy#1420 has a word before its number: it names another's tracker.
    "a number of our tracker": re.compile(r"\b(?:issues?|tickets?|[Ff]ixe[sd]|[Cc]lose[sd]|[Rr]esolve[sd]) #?\d+\b"),
    "a bare number of a tracker": re.compile(r"(?<![\w&#/\"'=:;.-])(?<!\]\()#\d{1,4}\b(?![\w;-])"),
    "a writing session": re.compile(r"\bsession \d+\b"),
    "a path of one workplace": re.compile(r"(?<![\w.}>*])/wor[k]/"),
    "a registry's host": re.compile(r"\b(?:pypi\.org|pythonhosted\.org|npmjs\.(?:org|com)|deb\.debian\.org)\b"),
}
PROSE = {".py", ".md", ".cfg", ".toml", ".sh", ".txt", ""}  # elsewhere a # before a number makes a colour or an anchor


def tracked_files(root: Path) -> list[Path]:
    """Return the files of the tree that git knows; where there is no git, all but those that it is told to ignore."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=root, capture_output=True, text=True, check=False)
    if listed.returncode == 0:
        return [root / name for name in listed.stdout.split("\0") if name and (root / name).is_file()]
    rules = root / ".gitignore"
    ignored = [line.rstrip("/") for line in rules.read_text().splitlines()] if rules.exists() else []
    return [
        path
        for path in sorted(root.rglob("*"))
        if path.is_file() and not any(fnmatch(part, rule) for part in path.relative_to(root).parts for rule in ignored)
    ]


def foreign_words(root: Path) -> list[str]:
    found = []
    for path in tracked_files(root):
        if "vendor" in path.parts or path.name in ("LICENSE", "requirements.lock"):
            continue
        try:
            lines = path.read_text(encoding="utf-8").splitlines()
        except UnicodeDecodeError:
            continue
        for number, line in enumerate(lines, start=1):
            for what, pattern in FOREIGN_WORDS.items():
                if what == "a bare number of a tracker" and path.suffix not in PROSE:
                    continue
                if match := pattern.search(line):
                    found.append(f"{path.relative_to(root)}:{number} has {what}: {match.group()}")
                    break
    return found


EVENT_HANDLER = (
    r"on(?:abort|before\w+|blur|cancel|change|click|close|contextmenu|copy|cut|dblclick|drag\w*|drop|error|focus\w*|input"
    r"|invalid|key(?:down|press|up)|load|mouse\w+|paste|pointer\w+|reset|scroll|select|submit|toggle|touch\w+|wheel)"
)
REFUSED_BY_THE_POLICY = {
    "a style attribute": re.compile(r"<[a-z][^<>]*?\sstyle\s*=", re.IGNORECASE),
    "a style element": re.compile(r"<style\b", re.IGNORECASE),
    "an event handler": re.compile(rf"[\s\"'(,]{EVENT_HANDLER}\s*=", re.IGNORECASE),
    "a script of its own": re.compile(r"<script\b(?![^>]*\ssrc\s*=)", re.IGNORECASE),
    "a script as an address": re.compile(r"[\"']\s*javascript:", re.IGNORECASE),
    "a script for htmx": re.compile(r"\bhx-on\b|\bhx-\w+\s*=\s*[\"']js:", re.IGNORECASE),
}


def markup_that_the_policy_refuses(root: Path) -> list[str]:
    """Find what a browser drops under a content security policy without unsafe-inline."""
    found = []
    for folder in CODE:
        for path in sorted((root / folder).rglob("templates/**/*.*")):
            if path.suffix not in (".html", ".svg", ".jinja", ".j2"):
                continue
            keep_lines = lambda match: "\n" * match.group().count("\n")  # noqa: E731 - so that numbers stay right
            text = re.sub(r"\{#.*?#\}", keep_lines, path.read_text(encoding="utf-8"), flags=re.DOTALL)
            # < and > of Jinja's own would end or open a tag for the patterns
            text = re.sub(r"\{[{%].*?[}%]\}", lambda match: re.sub("[<>]", " ", match.group()), text, flags=re.DOTALL)
            for what, pattern in REFUSED_BY_THE_POLICY.items():
                found += [
                    f"{path.relative_to(root)}:{text.count(chr(10), 0, match.end()) + 1} has {what}"
                    for match in pattern.finditer(text)
                ]
    return found


# --- the guards and what they must see ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Guard:
    """A rule in words, its function, trees that break it and trees that keep it."""

    rule: str
    violations: Callable[[Path], list[str]]
    broken: tuple[Tree, ...]
    kept: tuple[Tree, ...] = ()


GUARDS = [
    Guard(
        "the core imports no plugin",
        core_imports_of_plugins,
        broken=(
            {"eventhub/hub.py": "import plugins.catering"},
            {"eventhub/events/views.py": "def show():\n    from plugins.catering.domain import meals"},
            {"eventhub/hub.py": "importlib.import_module('plugins.catering')"},
        ),
        kept=({"eventhub/hub.py": "importlib.import_module(f'plugins.{name}')\nfrom eventhub import plugins_page"},),
    ),
    Guard(
        "no plugin imports another",
        imports_between_plugins,
        broken=(
            {"plugins/dossiers/hooks.py": "from plugins.glossary.domain import terms"},
            {"plugins/dossiers/hooks.py": "from plugins import glossary"},
            {"plugins/dossiers/domain.py": "from ..glossary import domain"},
        ),
        kept=({"plugins/dossiers/hooks.py": "from plugins.dossiers import domain\nfrom . import views"},),
    ),
    Guard(
        "a plugin imports eventhub.api and nothing else of EventHub",
        private_doors,
        broken=(
            {"plugins/catering/domain.py": "from eventhub.db import session"},
            {"plugins/catering/domain.py": "from eventhub import create_app"},
            {"plugins/catering/hooks.py": "def menu():\n    import eventhub.events.models"},
            {"plugins/catering/hooks.py": "from eventhub import *"},
        ),
        kept=({"plugins/catering/domain.py": "from eventhub.api import Refused\nfrom eventhub import api"},),
    ),
    Guard(
        "the core imports nothing of its own façade",
        core_imports_of_the_api,
        broken=(
            {"eventhub/events/views.py": "from eventhub.api import requires"},
            {"eventhub/events/views.py": "from .. import api"},
        ),
        kept=({"eventhub/api.py": "from eventhub.db import transaction", "eventhub/rest/api.py": "import json"},),
    ),
    Guard(
        "rules and tables know neither the web nor its forms",
        web_in_the_domain,
        broken=(
            {"eventhub/events/domain.py": "from flask import g"},
            {"eventhub/events/models.py": "import werkzeug.security"},
            {"plugins/catering/domain.py": "import wtforms"},
            {"plugins/catering/domain.py": "def bind():\n    from .forms import MealForm"},
            {"plugins/catering/domain/meals.py": "from ..views import show"},
            {"plugins/visits/domain.py": "from .solver import solve", "plugins/visits/solver.py": "import flask"},
        ),
        kept=(
            {"eventhub/events/views.py": "from flask import g", "eventhub/events/domain.py": "import sqlalchemy"},
            {"plugins/visits/domain.py": "from . import jobs", "plugins/visits/jobs.py": "import flask"},
        ),
    ),
    Guard(
        "a view leaves the session to its transaction and to the domain",
        sessions_in_views,
        broken=(
            {"eventhub/events/views.py": "from eventhub.db import session"},
            {"eventhub/events/views.py": "from eventhub import db\ndef show():\n    db.session().add(1)"},
            {"eventhub/events/views.py": "from eventhub.db import db\ndef show():\n    db.session.commit()"},
            {"plugins/catering/views/meals.py": "from eventhub import api\ndef show():\n    api.session()"},
            {"plugins/catering/views.py": "def show(session):\n    session.execute(1)"},
            {"plugins/catering/views.py": "def show():\n    return Meal.query.all()"},
        ),
        kept=(
            {"eventhub/events/views.py": "from flask import session\nsession['language'] = session.get('x')"},
            {"eventhub/events/views.py": "def show():\n    with transaction():\n        domain.rename(event)"},
            {"eventhub/events/domain.py": "from eventhub.db import session\ndef rename(): session().flush()"},
        ),
    ),
    Guard(
        "rules and tables neither commit nor roll back",
        commits_in_the_domain,
        broken=(
            {"eventhub/events/domain.py": "def rename():\n    session().commit()"},
            {"plugins/catering/models.py": "def drop():\n    db.session.rollback()"},
            {"plugins/catering/domain.py": "def serve():\n    with transaction():\n        pass"},
            {"plugins/visits/domain.py": "from . import plan", "plugins/visits/plan.py": "def p(s): s.commit()"},
        ),
        kept=({"eventhub/events/domain.py": "def rename():\n    with session().begin_nested():\n        flush()"},),
    ),
    Guard(
        "no hook receives a form class",
        form_classes_in_hooks,
        broken=(
            {"eventhub/hookspecs.py": "@hookspec\ndef sections(event, form_class): ..."},
            {"eventhub/hookspecs.py": "@hookspec\ndef sections(event, base: type[DelegationForm]): ..."},
            {"plugins/dossiers/hookspecs.py": "@hookspec(firstresult=True)\ndef s(base: 'type[wtforms.Form]'): ..."},
            {"plugins/catering/hooks.py": "@hookimpl(optionalhook=True)\ndef s(*, base: Type[Form] | None): ..."},
        ),
        kept=(
            {"eventhub/hookspecs.py": "@hookspec\ndef sections(event: Event, form: Form) -> list[FormSection]: ..."},
            {"eventhub/web/forms.py": "def stack(form_class: type[Form]): ..."},
        ),
    ),
    Guard(
        "importing a module does no work",
        work_at_import,
        broken=(
            {"eventhub/config.py": "KEY = open('key').read()"},
            {"eventhub/config.py": "class Config:\n    key = Path('key').read_text()"},
            {"eventhub/config.py": "try:\n    KEY = [p for p in Path('.').iterdir()]\nexcept OSError:\n    pass"},
            {"eventhub/db.py": "engine = sa.create_engine(URL)"},
            {"plugins/catering/domain.py": "def meals(menu=requests.get(MENU)): ..."},
            {"plugins/catering/domain.py": "@cached(Path(MENU).stat())\ndef meals(): ..."},
            {"plugins/visits/solver.py": "import highspy"},
            {"eventhub/documents/pdf.py": "from fontTools.ttLib import TTFont"},
            {"eventhub/migrations.py": "from alembic import command"},
            {"eventhub/events/migrations/0001.py": "import typst"},
        ),
        kept=(
            {"eventhub/config.py": "def key():\n    return open('key').read()\nHERE = Path(__file__).parent"},
            {"plugins/visits/solver.py": "if TYPE_CHECKING:\n    import highspy\ndef solve():\n    import highspy"},
            {"eventhub/events/migrations/0001.py": "from alembic import op"},
            {"eventhub/documents/child.py": "import typst\nif __name__ == '__main__':\n    print(open('x').read())"},
        ),
    ),
    Guard(
        "the files speak of EventHub, not of how it was written",
        foreign_words,
        broken=(
            {"eventhub/db.py": "# see issue" + " 12"},
            {"docs/changes.md": "Mended, " + "closes #" + "7."},
            {"docs/changes.md": "The seats are right (#" + "12)."},
            {"Makefile": "# written in session" + " 4"},
            {"tests/test_x.py": "PATH = '/work" + "/main'"},
            {"README.md": "Get it from https://pypi" + ".org/simple"},
        ),
        kept=(
            {"eventhub/db.py": "# MappedAsDataclass crashes (pallets-eco/flask-sqlalchemy" + "#1420)"},
            {
                "eventhub/web/static/eventhub.css": "a { color: #" + "333 }",
                "README.md": "## 1. The idea\n&#" + "160; [1](#" + "1)",
            },
            {"docs/deploy.md": "Put it in /srv/eventhub/work" + "/main"},
            {".gitignore": ".venv/\n*.log", ".venv/lib/x.py": "# session" + " 4", "a.log": "# session" + " 4"},
        ),
    ),
    Guard(
        "templates hold nothing that the content security policy refuses",
        markup_that_the_policy_refuses,
        broken=(
            {"eventhub/web/templates/base.html": '<p class="x"\n   style="color: red">'},
            {"eventhub/web/templates/base.html": '<p {% if a > 1 %}hidden{% endif %} style="color: red">'},
            {"eventhub/web/templates/base.html": "<style>p { color: red }</style>"},
            {"plugins/catering/templates/catering/meals.html": '<button onclick="serve()">'},
            {"plugins/catering/templates/catering/meals.html": '{{ form.name(onchange="this.form.submit()") }}'},
            {"eventhub/web/templates/base.html": "<script>serve()</script>"},
            {"eventhub/web/templates/base.html": '<a href="javascript:history.back()">'},
            {"eventhub/web/templates/base.html": '<form data-hx-on:submit="serve()">'},
        ),
        kept=(
            {"eventhub/web/templates/base.html": '<script src="/x.js" defer></script>{# <style> is refused #}'},
            {"eventhub/web/templates/base.html": '{{ date(day, style="long") }}{{ badge(once=1) }}<p data-style="x">'},
        ),
    ),
]
IDS = [guard.rule for guard in GUARDS]


def plant(root: Path, tree: Tree) -> None:
    for name, source in tree.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(source, encoding="utf-8")


@pytest.mark.parametrize("guard", GUARDS, ids=IDS)
def test_the_tree_keeps_the_rule(guard: Guard) -> None:
    assert guard.violations(ROOT) == []


@pytest.mark.parametrize("guard", GUARDS, ids=IDS)
def test_the_guard_sees_each_planted_breach(guard: Guard, tmp_path: Path) -> None:
    for number, tree in enumerate(guard.broken):
        planted = tmp_path / str(number)
        plant(planted, tree)
        assert len(guard.violations(planted)) == 1, tree


@pytest.mark.parametrize("guard", GUARDS, ids=IDS)
def test_the_guard_lets_pass_what_keeps_the_rule(guard: Guard, tmp_path: Path) -> None:
    for number, tree in enumerate(guard.kept):
        planted = tmp_path / str(number)
        plant(planted, tree)
        assert guard.violations(planted) == [], tree
