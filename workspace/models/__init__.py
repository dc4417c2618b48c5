"""Values of the domain. Frozen, without behaviour beyond their own fields.

The same names are used in JSON, JavaScript and on screen; the views of the SQL schema `v1` have
longer ones where a column must speak for itself (`unread_count`). Ids are 64-bit integers allocated
by the hub's writer from one sequence for messages and events alike, so that comparing ids compares
log order; JSON carries them as strings because JavaScript numbers lose digits above 2**53. Times
are aware UTC datetimes. What customers say and are called is left out of a value's repr, since the
last line of a notebook cell is saved with the notebook.
"""

from workspace.models.channels import (
    Capabilities,
    Channel,
    Check,
    MediaRule,
    Rate,
    TemplateRule,
    TextLimit,
)
from workspace.models.conversations import (
    Address,
    Attachment,
    Contact,
    Contents,
    Conversation,
    ConversationEvent,
    ConversationPage,
    Message,
    MessagePage,
    Outcome,
    Preview,
    Reaction,
    SavedView,
    TabCounts,
)
from workspace.models.hub import (
    Change,
    HubInfo,
    Replayed,
)
from workspace.models.kinds import (
    SYSTEM,
    Actor,
    ActorKind,
    AddressKind,
    DeliveryStatus,
    Direction,
    EventKind,
    FailureKind,
    Id,
    MediaKind,
    Origin,
    ParameterFormat,
    StartRule,
    Status,
    Tab,
    TextUnit,
    VariablePlace,
)
from workspace.models.templates import (
    PLACEHOLDER,
    Template,
    TemplateButton,
    TemplateChoice,
    TemplateHeader,
    TemplateUse,
    TemplateVariable,
)
from workspace.models.writing import (
    CannedReply,
    SavedDraft,
    Upload,
)

__all__ = [
    "PLACEHOLDER",
    "SYSTEM",
    "Actor",
    "ActorKind",
    "Address",
    "AddressKind",
    "Attachment",
    "CannedReply",
    "Capabilities",
    "Change",
    "Channel",
    "Check",
    "Contact",
    "Contents",
    "Conversation",
    "ConversationEvent",
    "ConversationPage",
    "DeliveryStatus",
    "Direction",
    "EventKind",
    "FailureKind",
    "HubInfo",
    "Id",
    "MediaKind",
    "MediaRule",
    "Message",
    "MessagePage",
    "Origin",
    "Outcome",
    "ParameterFormat",
    "Preview",
    "Rate",
    "Reaction",
    "Replayed",
    "SavedDraft",
    "SavedView",
    "StartRule",
    "Status",
    "Tab",
    "TabCounts",
    "Template",
    "TemplateButton",
    "TemplateChoice",
    "TemplateHeader",
    "TemplateRule",
    "TemplateUse",
    "TemplateVariable",
    "TextLimit",
    "TextUnit",
    "Upload",
    "VariablePlace",
]
