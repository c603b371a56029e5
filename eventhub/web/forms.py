"""Forms: errors kept beside what was typed, refusals of the domain, two people at one record, sections from plugins."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

import wtforms
from flask import request
from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from wtforms.i18n import get_translations

from eventhub.activity import plain
from eventhub.contributions import FormSection
from eventhub.errors import Refused
from eventhub.hub import HookFailed
from eventhub.i18n import format_list, format_moment, language
from eventhub.i18n import gettext as _
from eventhub.localized import LocalizedText
from eventhub.web.fields import LocalizedField, MomentField, clean

# What a form says of itself; a field of that name would hide it
TAKEN = frozenset(
    {"status", "error_rows", "refused", "refuse", "refusals", "conflicted", "dirty", "data", "errors", "meta"}
)
UNSEEN = ("CSRFTokenField", "HiddenField", "SubmitField")


@lru_cache(maxsize=8)
def _wtforms_messages(code: str) -> Any:
    return get_translations([code])


class EditedMeanwhile(Refused):
    """Somebody saved another version of the same field while this one was being written."""


def cleaned(formdata: Any) -> tuple[MultiDict[str, Any], frozenset[str]]:
    """Return the form data without control characters, and the names of the fields that held some."""
    result: MultiDict[str, Any] = MultiDict()
    dirty = set()
    for name, values in formdata.lists():
        for value in values:
            if isinstance(value, str):
                kept = clean(value)
                if len(kept) < len(value.replace("\r\n", "\n")) and any(
                    ord(c) < 32 or c in "\u202e\u202d" for c in value if c not in "\r\n\t"
                ):
                    dirty.add(name)
                value = kept
            result.add(clean(name), value)
    return result, frozenset(dirty)


class Messages(wtforms.meta.DefaultMeta):
    """Speaks the language of the request, also in forms that are parts of others."""

    def get_translations(self, form: Any) -> Any:
        return _wtforms_messages(language())


def tell_of_removed_characters(form: wtforms.Form, dirty: Iterable[str]) -> bool:
    """Put an error on fields whose invisible characters were taken out; returns whether there was one."""
    told = False
    for item in form:
        if item.name in dirty:
            message = _("Invisible control characters were removed from this text. Check it and save again.")
            item.errors = [*item.errors, message]
            told = True
    return told


@dataclass(frozen=True)
class Merge:
    """What a save changes, and the fields on which somebody else was faster."""

    changes: Mapping[str, Any]
    conflicts: tuple[str, ...]


def digest(value: object) -> str:
    """Return a short fingerprint of a field's value; equal values look equal whatever type carries them."""
    if isinstance(value, LocalizedText):
        value = {code: half.text for code, half in value}
    if isinstance(value, Mapping):
        value = {key: item for key, item in value.items() if item}
    if isinstance(value, datetime):
        value = value.astimezone(UTC)
    if isinstance(value, (list, tuple, set, frozenset)):
        value = sorted(str(item) for item in value)
    text = json.dumps(plain("" if value is None else value), sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def shown(value: object) -> str:
    """Return the other person's value as text, for the block under the field."""
    value = plain(value)
    if isinstance(value, dict):
        return " · ".join(f"{key}: {item}" for key, item in value.items())
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return "" if value is None else str(value)


def editable(form: wtforms.Form) -> list[Any]:
    return [item for item in form if item.type not in UNSEEN and item.name.rpartition("-")[2] != "base"]


def merge(form: wtforms.Form, current: Mapping[str, Any], base: Mapping[str, str]) -> Merge:
    """Compare what was typed, what the form started from (digests) and what is stored now, field by field.

    A field left alone keeps what somebody else saved; a field that only this person changed is a change; a field that
    both changed is a conflict, shown under the field.
    """
    changes: dict[str, Any] = {}
    conflicts = []
    for item in editable(form):
        name = item.short_name
        if name not in current:
            continue
        mine, theirs, seen = digest(item.data), digest(current[name]), base.get(name)
        if mine in (theirs, seen):
            continue
        if seen is None or seen == theirs:
            changes[name] = item.data
            continue
        item.other_version = shown(current[name])
        item.errors = [
            *item.errors,
            _("Somebody else saved another version meanwhile. Save again to keep yours, or write theirs over it."),
        ]
        conflicts.append(name)
    return Merge(changes, tuple(conflicts))


def start_again(form: Any, current: Mapping[str, Any], merged: Merge) -> None:
    """Let the form, shown again after a conflict, start from what is stored now.

    A field left alone shows what somebody else saved: sent again as it was, it would look like a change back.
    """
    for item in editable(form):
        name = item.short_name
        if name in current and name not in merged.changes and name not in merged.conflicts:
            item.raw_data = None
            if isinstance(item, LocalizedField):
                item.process(None, current[name])
            else:
                item.process_data(current[name])
    form.base.data, form.base.raw_data = digests(form, current), None


def digests(form: wtforms.Form, current: Mapping[str, Any]) -> str:
    """Return what the hidden ``base`` field holds: a digest per field of what the form starts from."""
    names = [item.short_name for item in editable(form)]
    return json.dumps({name: digest(current[name]) for name in names if name in current})


def read_base(text: str | None) -> dict[str, str]:
    try:
        value = json.loads(text or "{}")
    except (ValueError, RecursionError):  # a hundred thousand brackets
        return {}
    return {str(key): str(item) for key, item in value.items()} if isinstance(value, dict) else {}


class Form(FlaskForm):
    """A form of our pages: CSRF, cleaned input, our words, and the domain's refusals beside the fields."""

    class Meta(FlaskForm.Meta, Messages):
        def get_translations(self, form: Any) -> Any:
            return _wtforms_messages(language())

        def wrap_formdata(self, form: Any, formdata: Any) -> Any:
            wrapped = super().wrap_formdata(form, formdata)
            if wrapped is None:
                return None
            result, form.dirty = cleaned(wrapped)
            return result

    dirty: frozenset[str] = frozenset()
    refused: list[str]
    conflicted = False

    def __init__(self, *args: Any, languages: Iterable[str] | None = None, **kwargs: Any) -> None:
        self.refused = []
        super().__init__(*args, **kwargs)
        if clash := TAKEN & self._fields.keys():
            raise TypeError(f"{type(self).__name__}: no field can be called {', '.join(sorted(clash))}")
        self.set_up()
        if languages is not None:
            for item in self:
                if isinstance(item, LocalizedField):
                    item.speak(languages)
                    item.read()

    def set_up(self) -> None:
        """Set choices and zones that depend on the event; called once the fields exist."""

    def validate(self, extra_validators: Any = None) -> bool:
        fine = super().validate(extra_validators)
        return not tell_of_removed_characters(self, self.dirty) and fine

    @contextmanager
    def refusals(self) -> Iterator[None]:
        """Turn a refusal of the domain into an error of this form; the view then shows the form again."""
        try:
            yield
        except Refused as refusal:
            if not isinstance(refusal, EditedMeanwhile):
                self.refuse(str(refusal), refusal.field)
        except HookFailed as failure:
            self.refuse(
                _(
                    "The extension “%(plugin)s” failed while checking, so nothing was saved. "
                    "What you typed is still here: try again, or tell an administrator.",
                    plugin=failure.plugin,
                )
            )

    def refuse(self, message: str, name: str | None = None) -> None:
        if name and name in self._fields:
            self._fields[name].errors = [*self._fields[name].errors, message]
        else:
            self.refused.append(message)

    @property
    def status(self) -> int:
        """Return the HTTP status of the page that shows this form."""
        if self.conflicted:
            return 409
        return 422 if self.refused or self.errors else 200

    @property
    def error_rows(self) -> list[tuple[str, str, str]]:
        """Return (id of the field, its label, message) for the error summary; a refusal of the whole has no id."""
        return [("", "", message) for message in self.refused] + field_errors(self)


def field_errors(form: wtforms.Form, prefix: str = "") -> list[tuple[str, str, str]]:
    lines = []
    for item in form:
        if isinstance(item, LocalizedField) and item.half_errors:
            lines += [
                (f"{item.id}-{code}", f"{prefix}{item.label.text} ({code})", text)
                for code, texts in item.half_errors.items()
                for text in texts
            ]
            continue
        lines += [(item.id, f"{prefix}{item.label.text}", str(message)) for message in item.errors]
    return lines


def said(form: wtforms.Form) -> list[tuple[str, str]]:
    """Return (label, what is given) of the fields that hold something, to read where nothing can be changed."""
    lines = []
    for item in editable(form):
        if item.data in (None, "", False, []) or item.short_name == "take_off":
            continue
        if isinstance(item, wtforms.BooleanField):
            text = _("Yes")
        elif hasattr(item, "iter_choices"):
            text = format_list(str(choice.label) for choice in item.iter_choices() if choice.selected)
        elif isinstance(item, MomentField):
            text = format_moment(item.data, item.zone)
        else:
            text = str(item._value())
        lines.append((str(item.label.text), text))
    return lines


def labels_of(*forms: type[wtforms.Form]) -> dict[str, Any]:
    """Return {field: its label} of the form classes, for the history of what they change."""
    return {
        name: field.args[0]
        for form in forms
        for name, field in vars(form).items()
        if getattr(field, "args", None) and hasattr(field, "field_class")
    }


class VersionedForm(Form):
    """A form for what two organisers may edit at once: the second sees both versions and decides."""

    base = wtforms.HiddenField()

    def __init__(self, *args: Any, current: Mapping[str, Any] | None = None, **kwargs: Any) -> None:
        if current is not None:
            kwargs.setdefault("data", dict(current))
        super().__init__(*args, **kwargs)
        if current is not None and not self.is_submitted():
            self.base.data = digests(self, current)

    def changes_to(self, current: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return {field: new value} against what is stored now (read under the lock); EditedMeanwhile on a conflict."""
        merged = merge(self, current, read_base(self.base.data))
        if merged.conflicts:
            self.conflicted = True
            start_again(self, current, merged)
            raise EditedMeanwhile
        return merged.changes


class Section(wtforms.Form):
    """A part of a guest's form; CSRF belongs to the whole."""

    class Meta(Messages):
        pass

    base = wtforms.HiddenField()
    other_version: str | None = None

    def set_up(self, event: Any) -> None:
        """Set choices and zones that depend on the event."""


@dataclass
class BoundSection:
    """A section with its form, as a template shows it; one that is ``left_out`` is neither checked nor saved."""

    section: FormSection
    form: Any
    dirty: frozenset[str] = frozenset()
    left_out: bool = False

    @property
    def title(self) -> str:
        return self.section.title

    @property
    def said(self) -> list[tuple[str, str]]:
        return said(self.form)


class StackForm(Form):
    """The part of a stack that carries CSRF."""


@dataclass
class FormStack:
    """Several sections, the core's and plugins', checked together so that every error shows at once."""

    event: Any
    sections: list[FormSection]
    bound: list[BoundSection] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.own = StackForm()
        self.submitted = request.method == "POST"
        # text only: a file that is sent for a text must not become its value; a field of files reads request.files
        formdata, dirty = cleaned(request.form) if self.submitted else (None, frozenset())
        for section in self.sections:
            prefix = f"{section.name}-{section.subject_id}-" if section.subject_id is not None else f"{section.name}-"
            form = section.form(formdata, prefix=prefix, data=dict(section.values))
            if isinstance(form, Section):
                form.set_up(self.event)
                if not self.submitted:
                    form.base.data = digests(form, section.values)
            self.bound.append(BoundSection(section, form, dirty))

    def validate(self) -> bool:
        """Check everything, also after the first error."""
        fine = self.own.validate()
        for part in self.bound:
            if part.left_out:
                continue
            fine = part.form.validate() and fine
            fine = not tell_of_removed_characters(part.form, part.dirty) and fine
            if isinstance(part.form, Section):
                fine = self._unchanged_since(part) and fine
        return fine

    def _unchanged_since(self, part: BoundSection) -> bool:
        """Take over what another tab saved in fields left alone here; False when both changed the same field."""
        current = part.section.values
        merged = merge(part.form, current, read_base(part.form.base.data))
        if merged.conflicts:
            self.own.conflicted = True
            start_again(part.form, current, merged)
            return False
        for item in editable(part.form):
            if item.short_name in current and item.short_name not in merged.changes:
                item.data = current[item.short_name]
        return True

    @property
    def multipart(self) -> bool:
        """Tell whether a section asks for a file, so that the page's form must send files."""
        return any(isinstance(item, wtforms.FileField) for part in self.bound for item in part.form)

    def save(self) -> None:
        for part in self.bound:
            if not part.left_out:
                part.section.save(part.form)
        for part in self.bound:
            if not part.left_out and part.section.finish is not None:
                part.section.finish()

    @property
    def status(self) -> int:
        if self.own.conflicted:
            return 409
        return 422 if self.error_rows else 200

    @property
    def error_rows(self) -> list[tuple[str, str, str]]:
        lines = list(self.own.error_rows)
        for part in self.bound:
            lines += field_errors(part.form, prefix=f"{part.title} – " if part.title else "")
        return lines
