"""Panels of the conversation workspace: `Inbox`, and the parts it is made of."""

from widgets.composer import Composer
from widgets.contact_card import ContactCard
from widgets.conversation_list import ConversationList
from widgets.conversation_view import ConversationView
from widgets.filters import Filters
from widgets.inbox import Inbox
from widgets.new_conversation import NewConversation
from widgets.template_board import Templates

__all__ = [
    "Composer",
    "ContactCard",
    "ConversationList",
    "ConversationView",
    "Filters",
    "Inbox",
    "NewConversation",
    "Templates",
]
