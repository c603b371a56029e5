"""The five kinds of hook names and what a failure of each does, with plugins of three lines."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

import pytest
from flask import Blueprint, Flask, g

from eventhub import create_app, hookspecs, hub, timelimit
from eventhub.access.permissions import requires
from eventhub.contributions import Area, MenuItem, Permission, PersonalData, PluginInfo, ProviderKind
from eventhub.db import transaction
from eventhub.errors import Refused
from eventhub.hookspecs import hookimpl, hookspec
from eventhub.hub import HookFailed
from eventhub.testing import World, make_app, make_world

SEE = Permission("tiny:see", "See", roles=frozenset({"owner"}))


@pytest.fixture
def plugin() -> Iterator[Callable[..., ModuleType]]:
    """Make a plugin's package and its hooks module out of functions."""
    made: list[str] = []

    def make(name: str = "tiny", api: int = 1, requires: tuple[str, ...] = (), **hooks: Any) -> ModuleType:
        package, module = ModuleType(f"plugins.{name}"), ModuleType(f"plugins.{name}.hooks")
        package.PLUGIN = PluginInfo(name, name.title(), "A plugin of a test.", "1.0", api=api, requires=requires)  # type: ignore[attr-defined]
        for hook, function in hooks.items():
            function.__name__ = hook
            setattr(module, hook, function)
        sys.modules[package.__name__], sys.modules[module.__name__] = package, module
        made.extend((package.__name__, module.__name__))
        return package

    yield make
    for name in made:
        sys.modules.pop(name, None)


@pytest.fixture
def site(tmp_path: Any) -> Iterator[Callable[..., World]]:
    """Start a site with these plugins and an event that they are enabled on."""
    contexts = []

    def start(*plugins: ModuleType, **config: Any) -> World:
        app = make_app(f"sqlite:///{tmp_path / 'hub.db'}", tmp_path, plugins=plugins, **config)
        context = app.test_request_context()
        context.push()
        contexts.append(context)
        return make_world(app)

    yield start
    for context in contexts:
        context.pop()


def reason(app: Flask, name: str = "tiny") -> str:
    return str(app.extensions["hub"].components[name].reason)


def entry(order: int, label: str) -> MenuItem:
    return MenuItem(label, "events_manage.overview", SEE, Area.PLUGINS, order)


def test_answers_are_collected_in_order_of_their_order_then_of_the_plugin(plugin: Any, site: Any) -> None:
    second = plugin("beta", menu_items=hookimpl(lambda event: [entry(20, "b20"), entry(5, "b5")]))
    first = plugin("alpha", menu_items=hookimpl(lambda event: [entry(20, "a20")]))
    world = site(second, first)
    labels = [item.label for item in world.hooks.collect(hookspecs.menu_items, event=world.event)]
    assert [label for label in labels if label in {"a20", "b20", "b5"}] == ["b5", "a20", "b20"]


def test_a_page_hook_that_raises_is_left_out_and_the_page_says_whose_part_is_missing(plugin: Any, site: Any) -> None:
    def broken(event: Any) -> Any:
        raise ValueError("bug")

    world = site(
        plugin("tiny", menu_items=hookimpl(broken)),
        plugin("good", menu_items=hookimpl(lambda event: [entry(1, "good")])),
    )
    labels = [item.label for item in world.hooks.collect(hookspecs.menu_items, event=world.event)]
    assert "good" in labels
    assert g.hook_failures == {"tiny": "menu_items"}


def test_a_page_hook_that_returns_something_else_counts_as_failed(plugin: Any, site: Any) -> None:
    world = site(plugin(menu_items=hookimpl(lambda event: ["not a menu item"])))
    world.hooks.collect(hookspecs.menu_items, event=world.event)
    assert g.hook_failures == {"tiny": "menu_items"}


def test_a_generator_that_breaks_half_way_gives_nothing(plugin: Any, site: Any) -> None:
    def half(event: Any) -> Iterator[MenuItem]:
        yield entry(1, "half")
        raise ValueError("bug")

    world = site(plugin(menu_items=hookimpl(half)))
    labels = [item.label for item in world.hooks.collect(hookspecs.menu_items, event=world.event)]
    assert "half" not in labels


def test_after_three_faults_the_hook_rests_and_comes_back(
    plugin: Any, site: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = []

    def broken(event: Any) -> Any:
        calls.append(1)
        if len(calls) <= 3:
            raise ValueError("bug")
        return [entry(1, "mended")]

    world = site(plugin(menu_items=hookimpl(broken)))
    for _n in range(5):
        world.hooks.collect(hookspecs.menu_items, event=world.event)
    assert len(calls) == 3
    later = time.monotonic() + hub.REST_SECONDS + 1
    monkeypatch.setattr(hub.time, "monotonic", lambda: later)
    assert "mended" in [item.label for item in world.hooks.collect(hookspecs.menu_items, event=world.event)]


def test_what_a_failing_page_hook_wrote_is_not_kept(plugin: Any, site: Any) -> None:
    from eventhub.db import session

    def writes_then_raises(event: Any) -> Any:
        event.city = "Elsewhere"
        session().flush()
        raise ValueError("bug")

    world = site(plugin(menu_items=hookimpl(writes_then_raises)))
    with transaction():
        world.event.city = "Grenoble"
        world.hooks.collect(hookspecs.menu_items, event=world.event)
    session().rollback()
    session().refresh(world.event)
    assert world.event.city == "Grenoble"


def test_a_before_hook_vetoes_with_its_message(plugin: Any, site: Any) -> None:
    def veto(event: Any, delegation: Any) -> None:
        raise Refused("Not on a Sunday.")

    world = site(plugin(before_registration=hookimpl(veto)))
    with pytest.raises(Refused) as refusal, transaction():
        world.hooks.before(hookspecs.before_registration, event=world.event, delegation=world.delegation())
    assert str(refusal.value) == "Not on a Sunday."


def test_a_before_hook_that_breaks_names_its_plugin_and_rolls_back(plugin: Any, site: Any) -> None:
    def broken(event: Any, delegation: Any) -> None:
        raise ZeroDivisionError

    world = site(plugin(before_registration=hookimpl(broken)))
    with pytest.raises(HookFailed) as failure, transaction():
        world.event.city = "Elsewhere"
        world.hooks.before(hookspecs.before_registration, event=world.event, delegation=world.delegation())
    assert (failure.value.plugin, failure.value.hook) == ("tiny", "before_registration")
    assert world.event.city == ""


def test_an_after_hook_runs_after_the_commit_and_its_crash_loses_nothing(plugin: Any, site: Any) -> None:
    seen = []

    def follow(event: Any, delegation: Any) -> None:
        from eventhub.db import session

        seen.append(session().info.get("writing"))
        raise ZeroDivisionError

    world = site(plugin(after_registration=hookimpl(follow)))
    with transaction():
        delegation = world.delegation()
        world.hooks.after(hookspecs.after_registration, event=world.event, delegation=delegation)
        assert seen == []
    assert seen == [False]
    assert delegation.id is not None


def test_an_after_hook_is_forgotten_when_the_transaction_rolls_back(plugin: Any, site: Any) -> None:
    seen = []
    world = site(plugin(after_registration=hookimpl(lambda event, delegation: seen.append(1))))
    with pytest.raises(Refused), transaction():
        world.hooks.after(hookspecs.after_registration, event=world.event, delegation=world.delegation())
        raise Refused("no")
    assert seen == []


def test_a_verb_has_the_first_answer_that_is_one(plugin: Any, site: Any) -> None:
    def none(document: Any, media_type: str, moment: Any) -> None:
        return None

    def odt(document: Any, media_type: str, moment: Any) -> bytes | None:
        return b"odt" if media_type == "application/vnd.oasis.opendocument.text" else None

    world = site(plugin("alpha", render_document=hookimpl(odt)), plugin("beta", render_document=hookimpl(none)))
    answer = world.hooks.first(
        hookspecs.render_document, document=None, media_type="application/vnd.oasis.opendocument.text", moment=None
    )
    assert answer == b"odt"


def test_a_plugin_disabled_on_the_event_is_not_asked(plugin: Any, site: Any) -> None:
    from eventhub.events import domain as events

    world = site(plugin(menu_items=hookimpl(lambda event: [entry(1, "tiny")])))
    with transaction():
        events.switch_plugin(world.event, "tiny", False, by=world.by)
    assert "tiny" not in [item.label for item in world.hooks.collect(hookspecs.menu_items, event=world.event)]


def test_a_mistyped_hook_name_disables_the_plugin(plugin: Any, site: Any) -> None:
    world = site(plugin(menu_item=hookimpl(lambda event: [])))
    assert reason(world.app) == "implements a hook that does not exist: menu_item"


def test_an_optional_hook_of_an_absent_owner_is_fine(plugin: Any, site: Any) -> None:
    world = site(plugin(dossier_pages=hookimpl(optionalhook=True)(lambda event: [])))
    assert reason(world.app) == ""


def test_a_plugin_owns_hooks_that_others_implement(plugin: Any, site: Any) -> None:
    owned = ModuleType("plugins.owner.hookspecs")

    def badges(event: Any) -> Any:
        """Return badges."""

    badges.__module__ = owned.__name__
    owned.badges = hookspec(badges)  # type: ignore[attr-defined]
    owner = plugin("owner", register_hookspecs=lambda: [owned])
    other = plugin("other", badges=hookimpl(optionalhook=True)(lambda event: ["A6"]))
    world = site(owner, other)
    assert (reason(world.app, "owner"), reason(world.app, "other")) == ("", "")
    assert world.app.extensions["hub"].manager.hook.badges(event=world.event) == [["A6"]]


def test_an_exception_while_registering_disables_that_plugin_and_leaves_no_trace(plugin: Any, site: Any) -> None:
    def broken() -> Any:
        raise OSError("no such printer")

    world = site(
        plugin(
            register_provider_kinds=lambda: [ProviderKind("printer_of_badges", "Printer")],
            register_personal_data=broken,
        )
    )
    assert reason(world.app) == "OSError: no such printer"
    assert "printer_of_badges" not in world.app.extensions["hub"].provider_kinds


def test_a_route_without_a_permission_disables_the_plugin(plugin: Any, site: Any) -> None:
    pages = Blueprint("tiny", __name__)
    pages.add_url_rule("/tiny", "open", lambda: "open to all")
    world = site(plugin(register_blueprints=lambda: [pages]))
    assert reason(world.app) == "route tiny.open declares no permission: add @requires(…)"
    assert world.client().get("/tiny").status_code == 404


def test_a_route_with_a_permission_that_is_not_listed_disables_the_plugin(plugin: Any, site: Any) -> None:
    pages = Blueprint("tiny", __name__)
    pages.add_url_rule("/tiny", "see", requires(SEE)(lambda: "seen"))
    world = site(plugin(register_blueprints=lambda: [pages]))
    assert reason(world.app) == "route tiny.see asks for tiny:see, which register_permissions does not list"


def test_a_core_route_without_a_permission_stops_the_start(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from eventhub.site import hooks, views

    extra = Blueprint("site_extra", __name__)
    extra.add_url_rule("/extra", "open", lambda: "open")
    monkeypatch.setattr(hooks, "register_blueprints", lambda: (views.bp, views.manage, views.health, extra))
    with pytest.raises(hub.PluginError, match=r"route site_extra\.open declares no permission"):
        make_app(f"sqlite:///{tmp_path / 'x.db'}", tmp_path, plugins=[])


@pytest.mark.parametrize(
    "options, expected",
    [
        ({"api": 2}, "made for version 2 of the plugin interface; this host speaks version 1"),
        ({"requires": ("lighthouse",)}, "requires lighthouse, which is not there"),
        (
            {"register_permissions": lambda: [Permission("other:see", "See")]},
            "permission 'other:see' must start with tiny:",
        ),
        ({"register_provider_kinds": lambda: [ProviderKind("venue", "Venue")]}, "provider kind 'venue' is taken"),
        ({"register_provider_kinds": lambda: ["venue"]}, "register_provider_kinds returned str"),
        (
            {"register_personal_data": lambda: [PersonalData("x", "x", "x", "x", 1, lambda ids: {}, lambda ids: None)]},
            "'x' must start with tiny.",
        ),
    ],
)
def test_what_is_wrong_with_a_plugin_is_said_in_the_inventory(
    plugin: Any, site: Any, options: Any, expected: str
) -> None:
    assert reason(site(plugin(**options)).app) == expected


def test_when_strict_a_broken_plugin_stops_the_start(plugin: Any, site: Any) -> None:
    with pytest.raises(hub.PluginError):
        site(plugin(api=2), STRICT=True)


def test_a_plugin_that_cannot_be_imported_is_a_line_of_the_inventory(tmp_path: Any) -> None:
    folder = tmp_path / "plugins"
    (folder / "cracked").mkdir(parents=True)
    (folder / "cracked" / "__init__.py").write_text("import a_module_that_is_not_there\n")
    app = create_app({"DATA_DIR": tmp_path, "QUEUE_URL": "memory", "PLUGINS_DIR": folder, "LOG_LEVEL": "CRITICAL"})
    assert reason(app, "cracked") == "ModuleNotFoundError: No module named 'a_module_that_is_not_there'"


def test_a_disabled_plugin_is_not_even_imported(tmp_path: Any) -> None:
    folder = tmp_path / "plugins"
    (folder / "cracked").mkdir(parents=True)
    (folder / "cracked" / "__init__.py").write_text("raise SystemExit\n")
    app = create_app(
        {"DATA_DIR": tmp_path, "QUEUE_URL": "memory", "PLUGINS_DIR": folder, "DISABLED_PLUGINS": ("cracked",)}
    )
    assert "cracked" not in app.extensions["hub"].components


def test_a_read_hook_that_hangs_loses_its_part_of_the_page_and_the_page_stands(
    plugin: Callable[..., ModuleType], site: Callable[..., World], monkeypatch: pytest.MonkeyPatch
) -> None:
    @hookimpl
    def menu_items(event: Any) -> list[MenuItem]:
        while True:
            try:
                time.sleep(0.01)
            except TimeoutError:
                pass

    monkeypatch.setattr(hub, "LIMIT_SECONDS", 0.3)
    world = site(plugin(menu_items=menu_items))
    began = time.monotonic()
    answer = world.client(world.owner).get(world.url("delegations/"))
    assert answer.status_code == 200
    assert "The part of “Tiny” is missing on this page" in answer.text
    assert time.monotonic() - began < 10


def test_a_call_that_ends_in_time_is_never_hit_afterwards() -> None:
    watch = timelimit.Watch()
    for wait in (0.0, 0.24, 0.25, 0.26, 0.3):  # around the moment at which the watcher looks
        try:
            watch.call(lambda wait=wait: time.sleep(wait), 0.2)  # type: ignore[misc]
        except timelimit.TimeLimit:
            assert wait > 0.2
        time.sleep(0.05)  # where a late exception would arrive
    assert watch.running == {}


def test_a_call_that_catches_everything_is_told_again() -> None:
    caught = []

    def stubborn() -> None:
        while True:
            try:
                time.sleep(0.01)
            except Exception:
                caught.append(1)
                if len(caught) > 1:
                    raise

    with pytest.raises(timelimit.TimeLimit):
        timelimit.Watch().call(stubborn, 0.1)
    assert len(caught) == 2
