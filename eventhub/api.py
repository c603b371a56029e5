"""The one module that a plugin imports: re-exports, nothing else. The core never imports it."""

from __future__ import annotations

from eventhub import activity, clock, faults, hookspecs, jobs, outbox, spreadsheets
from eventhub.access.gate import may
from eventhub.access.models import EventRole, User
from eventhub.access.permissions import (
    LOGISTICS_DESK,
    OWNER_ONLY,
    PROGRAMME_DESK,
    STAFF,
    WELCOME_DESK,
    requires,
)
from eventhub.activity import SYSTEM, Actor, Verb
from eventhub.contributions import (
    AgendaItem,
    ApiPart,
    Area,
    Attendance,
    Card,
    Chapter,
    Check,
    Deadline,
    DossierSection,
    FormSection,
    JobKind,
    LocalizedEntry,
    MailPlaceholder,
    MailRecipient,
    MealAt,
    MenuItem,
    OwnFile,
    Panel,
    PeopleColumn,
    Periodic,
    Permission,
    PersonalData,
    PluginInfo,
    ProviderKind,
    PublicLink,
    Purpose,
    Severity,
    WholeEvent,
)
from eventhub.db import Json, LocalizedType, Model, UtcDateTime, afterwards, db, get, locked, session, transaction
from eventhub.delegations import domain as delegations
from eventhub.delegations import needs
from eventhub.delegations import words as delegation_words
from eventhub.delegations.models import ABSENT, Delegation, Direction, Participant
from eventhub.demo import Demo, told_at
from eventhub.documents import (
    Block,
    BulletList,
    Callout,
    CompileFailed,
    DefinitionList,
    Document,
    DocumentError,
    Figure,
    Heading,
    ListItem,
    Missing,
    PageBreak,
    Paragraph,
    Run,
    Table,
    Text,
    TimedOut,
    TooLarge,
    blocks_from_markdown,
    from_json,
    render_html,
    render_pdf,
    render_template,
    spaced,
    to_json,
)
from eventhub.encryption import KeyDestroyed, Vault
from eventhub.errors import NotFound, Refused
from eventhub.events import domain as events
from eventhub.events import programme
from eventhub.events.models import Event, ItemAudience, ItemKind, ItemState, ProgrammeItem, Room, Venue
from eventhub.events.truth import SEVERITIES
from eventhub.events.truth import TONES as SEVERITY_TONES
from eventhub.hookspecs import hookimpl, hookspec
from eventhub.hub import Hooks
from eventhub.i18n import (
    country_name,
    format_day,
    format_days,
    format_list,
    format_moment,
    format_money,
    format_number,
    format_percent,
    format_time,
    format_times,
    isolated,
    language,
    language_name,
    ngettext,
    own_name,
    pgettext,
    sort_key,
    speaking,
)
from eventhub.i18n import gettext as _
from eventhub.i18n import lazy_gettext as _l
from eventhub.i18n import lazy_pgettext as _lp
from eventhub.localized import Half, LocalizedText, State
from eventhub.privacy import notices
from eventhub.providers import cutoff
from eventhub.providers import domain as providers
from eventhub.providers.models import Order, OrderState, Provider
from eventhub.providers.words import days_in_words
from eventhub.rest import fields as api_fields
from eventhub.rest.paging import Found, PageQuery, in_pages, page_of, paged
from eventhub.rest.parts import part
from eventhub.site.flash import done
from eventhub.web.fields import (
    ChoiceField,
    DayField,
    EmailField,
    LanguageField,
    LanguagesField,
    LocalizedField,
    LongTextField,
    MomentField,
    MoneyField,
    PhoneField,
    SeveralField,
    TextField,
    WholeNumberField,
    number_or_none,
)
from eventhub.web.forms import Form, FormStack, Section, StackForm, VersionedForm
from eventhub.web.lists import Column, Page, here, paginate, table, wanted_export
from eventhub.web.pages import Audience, pages
