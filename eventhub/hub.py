"""The hub: finds components, registers what they bring, and calls hooks so that a plugin cannot break the host.

One plugin manager per app. By default pluggy lets one raising implementation abort the whole call; here each
implementation is called on its own, measured, and left out for a while after three faults.
"""

from __future__ import annotations

import importlib
import importlib.util
import inspect
import sys
import time
import typing
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

import pluggy
import structlog
from flask import Blueprint, Flask, g, has_app_context
from sqlalchemy.exc import SQLAlchemyError

from eventhub import db, faults, hookspecs, timelimit
from eventhub.contributions import API, ApiPart, JobKind, Periodic, Permission, PersonalData, PluginInfo, ProviderKind
from eventhub.errors import Refused

if TYPE_CHECKING:
    from eventhub.events.models import Event

P = ParamSpec("P")
T = TypeVar("T")
log = structlog.get_logger(__name__)

ENTRY_POINTS = "eventhub.plugins"
FAULTS_ALLOWED = 3
REST_SECONDS = 60.0
SLOW_SECONDS = 2.0  # a fault, though it answered
LIMIT_SECONDS = 5.0  # and here a call that only reads is ended
VERBS = frozenset({"render_document"})


class HookFailed(RuntimeError):
    """A plugin's ``before_*`` hook broke; nothing was written."""

    def __init__(self, plugin: str, hook: str) -> None:
        super().__init__(f"{plugin}.{hook}")
        self.plugin, self.hook = plugin, hook


class PluginError(Exception):
    """A plugin cannot be used; the text goes into the inventory."""


@dataclass
class Component:
    """A core noun or a plugin as the hub knows it; ``reason`` says why it is not active."""

    name: str
    origin: str
    info: PluginInfo | None = None
    package: ModuleType | None = None
    reason: str = ""
    permissions: tuple[Permission, ...] = ()
    blueprints: tuple[Blueprint, ...] = ()
    api: tuple[ApiPart, ...] = ()

    @property
    def active(self) -> bool:
        return not self.reason

    @property
    def core(self) -> bool:
        return self.info is not None and self.info.core

    @property
    def title(self) -> Any:
        return self.info.title if self.info else self.name

    @property
    def routes(self) -> tuple[Blueprint, ...]:
        """Return all its blueprints, those of pages and those of the API."""
        return (*self.blueprints, *(part.blueprint for part in self.api))

    @property
    def folder(self) -> Path | None:
        file = getattr(self.package, "__file__", None)
        return Path(file).parent if file else None


@dataclass
class Breaker:
    """Counts a hook's faults in a row; open after three, for a minute."""

    faults: int = 0
    open_until: float = 0.0

    def failed(self) -> None:
        self.faults += 1
        if self.faults >= FAULTS_ALLOWED:
            self.open_until = time.monotonic() + REST_SECONDS

    def answered(self) -> None:
        self.faults = 0

    @property
    def open(self) -> bool:
        return time.monotonic() < self.open_until


@dataclass
class Hub:
    """The components of one app and the calls between them."""

    strict: bool = False
    components: dict[str, Component] = field(default_factory=dict)
    provider_kinds: dict[str, ProviderKind] = field(default_factory=dict)
    personal_data: dict[str, PersonalData] = field(default_factory=dict)
    job_kinds: dict[str, JobKind] = field(default_factory=dict)
    periodic: dict[str, Periodic] = field(default_factory=dict)
    permissions: dict[str, Permission] = field(default_factory=dict)
    breakers: dict[tuple[str, str], Breaker] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.manager = pluggy.PluginManager("eventhub")
        self.manager.add_hookspecs(hookspecs)
        self.specs: list[ModuleType] = [hookspecs]

    # --- finding ----------------------------------------------------------------------------------------------------

    def add_core(self, package_name: str) -> None:
        """Take a core noun; any error stops the start."""
        package = importlib.import_module(package_name)
        info: PluginInfo = package.PLUGIN
        self.components[info.name] = Component(info.name, "core", info, package)

    def add(self, package: ModuleType, origin: str) -> None:
        """Take a plugin's package, or list it as broken."""
        name = package.__name__.rpartition(".")[2].removeprefix("eventhub_")
        component = self.components[name] = Component(name, origin, package=package)
        with self._disabling(component):
            info = getattr(package, "PLUGIN", None)
            if not isinstance(info, PluginInfo):
                raise PluginError("its __init__.py has no PLUGIN = PluginInfo(…)")
            component.info = info
            if info.name != name:
                raise PluginError(f"PLUGIN is called {info.name!r}, its package {name!r}")
            if info.api != API:
                raise PluginError(
                    f"made for version {info.api} of the plugin interface; this host speaks version {API}"
                )

    def discover(self, folder: Path, disabled: Iterable[str] = ()) -> None:
        """Take the packages in the folder, then the entry points, minus the disabled ones."""
        refused = frozenset(disabled)
        for path in sorted(folder.glob("*/__init__.py")):
            name = path.parent.name
            if name not in refused:
                self._import(name, "folder", lambda path=path: _package_at(path))  # type: ignore[misc]
        for entry in sorted(entry_points(group=ENTRY_POINTS), key=lambda entry: entry.name):
            if entry.name in refused:
                continue
            if entry.name in self.components:
                log.warning("plugin_name_taken", plugin=entry.name, origin=_origin(entry))
                continue
            self._import(entry.name, _origin(entry), entry.load)

    def _import(self, name: str, origin: str, load: Callable[[], ModuleType]) -> None:
        placeholder = self.components[name] = Component(name, origin)
        with self._disabling(placeholder):
            package = load()
            self.add(package, origin)

    def _disabling(self, component: Component) -> _Disabling:
        return _Disabling(self, component)

    def disable(self, component: Component, reason: str) -> None:
        """Take the component out and keep why."""
        component.reason = reason
        if self.manager.has_plugin(component.name):
            self.manager.unregister(name=component.name)
        log.error("plugin_disabled", plugin=component.name, reason=reason)

    # --- registering ------------------------------------------------------------------------------------------------

    def start(self, app: Flask) -> None:
        """Register hooks, then what the components bring; core first, then plugins in the order they require."""
        for component in self._in_order():
            with self._disabling(component):
                self._register_hooks(component)
        for component in self.active():
            with self._disabling(component):
                self._check_hooks(component)
        for component in self.active():
            with self._disabling(component):
                self._register_contributions(component, app)

    def _in_order(self) -> list[Component]:
        found = [c for c in self.components.values() if c.core]
        waiting = [c for c in self.components.values() if not c.core and c.active]
        while waiting:
            known = {c.name for c in found}
            ready = [c for c in waiting if c.info and set(c.info.requires) <= known]
            if not ready:
                for component in waiting:
                    absent = sorted(set(component.info.requires if component.info else ()) - known)
                    with self._disabling(component):
                        raise PluginError(f"requires {', '.join(absent)}, which is not there")
                break
            found += ready
            waiting = [c for c in waiting if c not in ready]
        return found

    def _register_hooks(self, component: Component) -> None:
        assert component.package is not None
        hooks = importlib.import_module(f"{component.package.__name__}.hooks")
        self.manager.register(hooks, name=component.name)
        if hasattr(hooks, "register_hookspecs"):
            for module in hooks.register_hookspecs():
                self.manager.add_hookspecs(module)
                self.specs.append(module)

    def _check_hooks(self, component: Component) -> None:
        """A mistyped hook name is an error, not a hook that silently never runs."""
        for caller in self.manager.get_hookcallers(self.manager.get_plugin(component.name)) or ():
            for impl in caller.get_hookimpls():
                if impl.plugin_name == component.name and not caller.has_spec() and not impl.optionalhook:
                    raise PluginError(f"implements a hook that does not exist: {caller.name}")

    def _register_contributions(self, component: Component, app: Flask) -> None:
        component.permissions = tuple(self._own(component, hookspecs.register_permissions, Permission))
        for permission in component.permissions:
            if permission.component != component.name:
                raise PluginError(f"permission {permission.name!r} must start with {component.name}:")
        component.blueprints = tuple(self._own(component, hookspecs.register_blueprints, Blueprint))
        component.api = tuple(self._own(component, hookspecs.register_api, ApiPart))
        check_routes(component)
        check_api(component)
        kinds = self._own(component, hookspecs.register_provider_kinds, ProviderKind)
        for kind in kinds:
            if kind.code in self.provider_kinds:
                raise PluginError(f"provider kind {kind.code!r} is taken")
        holdings = self._own(component, hookspecs.register_personal_data, PersonalData)
        work = self._own(component, hookspecs.register_jobs, (JobKind, Periodic))
        for item in [*holdings, *work]:
            if not item.name.startswith(f"{component.name}."):
                raise PluginError(f"{item.name!r} must start with {component.name}.")
        # nothing above has left a trace in the app: what fails, fails whole
        for blueprint in component.routes:
            app.register_blueprint(blueprint)
        self.permissions |= {permission.name: permission for permission in component.permissions}
        self.provider_kinds |= {kind.code: kind for kind in kinds}
        self.personal_data |= {item.name: item for item in holdings}
        self.job_kinds |= {item.name: item for item in work if isinstance(item, JobKind)}
        self.periodic |= {item.name: item for item in work if isinstance(item, Periodic)}

    def _own(self, component: Component, spec: Callable[[], Iterable[Any]], kind: Any) -> list[Any]:
        function = getattr(sys.modules[f"{component.package.__name__}.hooks"], spec.__name__, None)  # type: ignore[union-attr]
        items = list(function()) if function else []
        for item in items:
            if not isinstance(item, kind):
                raise PluginError(f"{spec.__name__} returned {type(item).__name__}")
        return items

    # --- asking -----------------------------------------------------------------------------------------------------

    def active(self) -> list[Component]:
        return [component for component in self._in_order() if component.active]

    def plugins(self) -> list[Component]:
        """Return the plugins, active or not, by name: the inventory."""
        return sorted((c for c in self.components.values() if not c.core), key=lambda c: c.name)

    def component_of_blueprint(self, name: str | None) -> Component | None:
        for component in self.components.values():
            if any(blueprint.name == name for blueprint in component.routes):
                return component
        return None

    def for_event(self, event: Event) -> Hooks:
        """Return the calls to the core and to the plugins that are enabled on the event."""
        enabled = {row.plugin for row in event.plugins if row.enabled}
        return Hooks(
            self, frozenset(c.name for c in self.components.values() if c.active and (c.core or c.name in enabled))
        )

    @property
    def everywhere(self) -> Hooks:
        """Return the calls to all active components, for what belongs to no event."""
        return Hooks(self, frozenset(c.name for c in self.components.values() if c.active))


class _Disabling:
    """Turns an exception into a disabled plugin; in the core, or when strict, lets it stop the start."""

    def __init__(self, hub: Hub, component: Component) -> None:
        self.hub, self.component = hub, component

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: Any, error: BaseException | None, trace: Any) -> bool:
        if error is None:
            return False
        if self.component.core or self.hub.strict or not isinstance(error, Exception):
            return False
        component = self.hub.components[self.component.name]
        reason = str(error) if isinstance(error, PluginError) else f"{type(error).__name__}: {error}"
        self.hub.disable(component, reason)
        return True


def _origin(entry: EntryPoint) -> str:
    return f"{entry.dist.name} {entry.dist.version}" if entry.dist else "entry point"


def _package_at(path: Path) -> ModuleType:
    """Import the package under the same module name everywhere: ``plugins.<folder>``."""
    name = f"plugins.{path.parent.name}"
    if name in sys.modules and getattr(sys.modules[name], "__file__", None) == str(path):
        return sys.modules[name]
    spec = importlib.util.spec_from_file_location(name, path, submodule_search_locations=[str(path.parent)])
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise
    return module


def check_routes(component: Component) -> None:
    """Refuse a blueprint of another name, and a route that declares no permission of the list."""
    known = {permission.name for permission in component.permissions}
    for blueprint in component.routes:
        if blueprint.name != component.name and not blueprint.name.startswith(f"{component.name}_"):
            raise PluginError(f"blueprint {blueprint.name!r} must be called {component.name} or {component.name}_…")
        scratch = Flask("scratch", static_folder=None)
        scratch.url_map.converters["language"] = scratch.url_map.converters["default"]
        scratch.register_blueprint(blueprint)
        for endpoint, view in scratch.view_functions.items():
            permission = getattr(view, "permission", None)
            if endpoint.endswith(".static"):
                continue
            if permission is None:
                raise PluginError(f"route {endpoint} declares no permission: add @requires(…)")
            if permission.component == component.name and permission.name not in known:
                raise PluginError(
                    f"route {endpoint} asks for {permission.name}, which register_permissions does not list"
                )


def check_api(component: Component) -> None:
    """Refuse a part of the API that stands elsewhere, or that asks for what no token can be given."""
    for part in component.api:
        if not (part.blueprint.url_prefix or "").startswith("/api/v1"):
            raise PluginError(f"part {part.blueprint.name!r} of the API must be made with part(…)")
        for permission in part.permissions:
            if permission.sensitive:
                raise PluginError(f"{permission.name} is sensitive: no address of the API can ask for it")


@lru_cache(maxsize=256)
def _item_type(spec: Callable[..., Any]) -> Any:
    """Return T of a hook that returns Iterable[T], to catch an implementation that returns something else."""

    def answer() -> None: ...

    # the return annotation alone: those of the parameters may name models that only type checkers import
    answer.__annotations__ = {"return": spec.__annotations__["return"]}
    arguments = typing.get_args(typing.get_type_hints(answer, vars(sys.modules[spec.__module__]))["return"])
    return arguments[0] if arguments else object


@dataclass(frozen=True)
class Hooks:
    """The hook calls to a set of components."""

    hub: Hub
    names: frozenset[str]

    def enabled(self, component: str) -> bool:
        return component in self.names

    def collect(self, spec: Callable[P, Iterable[T]], *args: P.args, **kwargs: P.kwargs) -> list[T]:
        """Return what all components answer, sorted by (order, plugin); a failing one is noted and left out."""
        found: list[tuple[int, str, T]] = []
        kind = _item_type(spec)
        for impl, values in self._calls(spec, args, kwargs):
            answer = self._isolated(impl, values, kind)
            found += [(getattr(item, "order", 50), impl.plugin_name, item) for item in answer]
        return [item for _order, _name, item in sorted(found, key=lambda entry: entry[:2])]

    def first(self, spec: Callable[P, T | None], *args: P.args, **kwargs: P.kwargs) -> T | None:
        """Return the first answer that is not None; a failing plugin is passed over, the core's own error rises."""
        for impl, values in self._calls(spec, args, kwargs):
            core = self.hub.components[impl.plugin_name].core
            for answer in [impl.function(*values)] if core else self._isolated(impl, values, None):
                if answer is not None:
                    return typing.cast(T, answer)
        return None

    def before(self, spec: Callable[P, None], *args: P.args, **kwargs: P.kwargs) -> None:
        """Let every component veto; Refused passes through, anything else becomes HookFailed, and both roll back."""
        for impl, values in self._calls(spec, args, kwargs):
            try:
                faults.hit(f"hook:{impl.plugin_name}.{spec.__name__}")
                impl.function(*values)
            except Refused:
                raise
            except Exception as error:
                log.exception("hook_failed", plugin=impl.plugin_name, hook=spec.__name__)
                if self.hub.components[impl.plugin_name].core:
                    raise
                raise HookFailed(impl.plugin_name, spec.__name__) from error

    def after(self, spec: Callable[P, None], *args: P.args, **kwargs: P.kwargs) -> None:
        """Call every component once the present transaction is committed, each isolated."""

        def call() -> None:
            for impl, values in self._calls(spec, args, kwargs):
                self._isolated(impl, values, None)

        db.afterwards(call)

    def _calls(
        self, spec: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> Iterator[tuple[pluggy.HookImpl, list[Any]]]:
        caller = getattr(self.hub.manager.hook, spec.__name__)
        bound = inspect.signature(spec).bind(*args, **kwargs).arguments if args else kwargs
        for impl in reversed(caller.get_hookimpls()):
            if impl.plugin_name in self.names:
                yield impl, [bound[name] for name in impl.argnames]

    def _isolated(self, impl: pluggy.HookImpl, values: list[Any], kind: Any) -> list[Any]:
        """Return the answer as a list (of one, when ``kind`` is None); [] when the component fails or rests."""
        plugin, hook = impl.plugin_name, impl.function.__name__
        breaker = self.hub.breakers.setdefault((plugin, hook), Breaker())
        if breaker.open:
            note_failure(plugin, hook)
            return []
        began = time.perf_counter()
        current = db.session()
        writing = current.info.get("writing")
        savepoint = current.begin_nested() if writing else None
        try:
            answer = self._answer(impl, values, kind, limited=kind is not None and not writing)
            if kind is not None and kind is not object and not all(isinstance(item, kind) for item in answer):
                raise TypeError(f"{hook} must return {kind}")
        except Exception:
            if self.hub.components[plugin].core and isinstance(sys.exc_info()[1], SQLAlchemyError):
                raise  # the core's own database error is the page's error
            if savepoint is not None:
                savepoint.rollback()
            else:
                current.rollback()
            breaker.failed()
            note_failure(plugin, hook)
            log.exception("hook_failed", plugin=plugin, hook=hook)
            return []
        if savepoint is not None:
            savepoint.commit()
        if time.perf_counter() - began > SLOW_SECONDS:
            breaker.failed()
            log.warning("hook_slow", plugin=plugin, hook=hook, seconds=round(time.perf_counter() - began, 2))
        else:
            breaker.answered()
        return answer

    def _answer(self, impl: pluggy.HookImpl, values: list[Any], kind: Any, *, limited: bool) -> list[Any]:
        """Call the implementation; collecting only reads and has a time limit, what writes is measured afterwards."""

        def call() -> list[Any]:
            faults.hit(f"hook:{impl.plugin_name}.{impl.function.__name__}")
            result: Any = impl.function(*values)
            return [result] if kind is None else list(result or ())

        return timelimit.watch.call(call, LIMIT_SECONDS) if limited else call()


def note_failure(plugin: str, hook: str) -> None:
    """Remember for the present page that a plugin's part of it is missing."""
    if has_app_context():
        g.setdefault("hook_failures", {})[plugin] = hook
