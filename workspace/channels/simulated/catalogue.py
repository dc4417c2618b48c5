"""The templates of the simulated provider, as a shop in three languages might have them."""

from collections.abc import Sequence

from workspace.models import (
    ParameterFormat,
    Template,
    TemplateButton,
    TemplateHeader,
)

NAMED = ParameterFormat.NAMED


def _positional(*examples: str, **more: str) -> dict[str, str]:
    """Examples of the body's numbers in their order; `more`: of header_1 and button_0."""
    own = {key.replace("_", "."): value for key, value in more.items()}
    return own | {str(n): example for n, example in enumerate(examples, 1)}


CATALOGUE: Sequence[Template] = (
    Template(
        "order_update",
        "en",
        "UTILITY",
        "APPROVED",
        "Hi {{1}}, your order {{2}} is on its way. It should reach you {{3}}.",
        TemplateHeader(text="Order {{1}}"),
        "Thank you for shopping with us",
        (
            TemplateButton("URL", "Track the parcel", "https://shop.example/track/{{1}}"),
            TemplateButton("QUICK_REPLY", "Ask a question"),
        ),
        examples=_positional(
            "Ada", "A-1042", "on Tuesday", header_1="A-1042", button_0="A-1042-7F"
        ),
    ),
    Template(
        "order_update",
        "de",
        "UTILITY",
        "APPROVED",
        "Hallo {{1}}, Ihre Bestellung {{2}} ist unterwegs. Sie kommt voraussichtlich {{3}} an.",
        TemplateHeader(text="Bestellung {{1}}"),
        "Vielen Dank für Ihren Einkauf",
        (
            TemplateButton("URL", "Sendung verfolgen", "https://shop.example/track/{{1}}"),
            TemplateButton("QUICK_REPLY", "Frage stellen"),
        ),
        examples=_positional(
            "Ada", "A-1042", "am Dienstag", header_1="A-1042", button_0="A-1042-7F"
        ),
    ),
    Template(
        "order_update",
        "es",
        "UTILITY",
        "PENDING",
        "Hola {{1}}, tu pedido {{2}} está en camino. Llegará {{3}}.",
        TemplateHeader(text="Pedido {{1}}"),
        "Gracias por tu compra",
        examples=_positional("Ada", "A-1042", "el martes", header_1="A-1042"),
        reason="Under review; this takes up to a day.",
    ),
    Template(
        "delivery_delayed",
        "en",
        "UTILITY",
        "APPROVED",
        "Hi {{customer_name}}, we're sorry: your order {{order_number}} is late. "
        "We now expect it on {{new_date}}.\n\nIf that is too late for you, just answer this "
        "message.",
        parameter_format=NAMED,
        examples={"customer_name": "Ada", "order_number": "A-1042", "new_date": "Friday, 6 March"},
    ),
    Template(
        "delivery_delayed",
        "de",
        "UTILITY",
        "APPROVED",
        "Hallo {{customer_name}}, leider verspätet sich Ihre Bestellung {{order_number}}. "
        "Wir rechnen nun mit {{new_date}}.\n\nIst Ihnen das zu spät, antworten Sie einfach.",
        parameter_format=NAMED,
        examples={"customer_name": "Ada", "order_number": "A-1042", "new_date": "Freitag, 6. März"},
    ),
    Template(
        "appointment_reminder",
        "en",
        "UTILITY",
        "APPROVED",
        "Hello {{1}}, this is a reminder of your appointment on {{2}} at {{3}}.",
        footer="Answer STOP to get no more reminders",
        buttons=(
            TemplateButton("QUICK_REPLY", "I'll be there"),
            TemplateButton("QUICK_REPLY", "Another day, please"),
            TemplateButton("PHONE_NUMBER", "Call us", phone_number="+442079460123"),
        ),
        examples=_positional("Ada", "5 March", "10:30"),
    ),
    Template(
        "appointment_reminder",
        "es",
        "UTILITY",
        "APPROVED",
        "Hola {{1}}, te recordamos tu cita del {{2}} a las {{3}}.",
        footer="Responde STOP para no recibir más avisos",
        buttons=(
            TemplateButton("QUICK_REPLY", "Allí estaré"),
            TemplateButton("QUICK_REPLY", "Mejor otro día"),
        ),
        examples=_positional("Ada", "5 de marzo", "10:30"),
    ),
    Template(
        "hello",
        "en",
        "UTILITY",
        "APPROVED",
        "Hello! You asked us to get in touch here. How can we help?",
    ),
    Template(
        "photo_of_your_order",
        "en",
        "UTILITY",
        "APPROVED",
        "Hi {{1}}, here is the photo of your finished {{2}}. Do you like it?",
        TemplateHeader("IMAGE"),
        buttons=(
            TemplateButton("QUICK_REPLY", "Looks great"),
            TemplateButton("QUICK_REPLY", "Please change it"),
        ),
        examples=_positional("Ada", "engraved teapot"),
    ),
    Template(
        "invoice",
        "de",
        "UTILITY",
        "APPROVED",
        "Hallo {{1}}, anbei Ihre Rechnung {{2}} über {{3}}.",
        TemplateHeader("DOCUMENT"),
        examples=_positional("Ada", "R-2207", "49,90 €"),
    ),
    Template(
        "welcome_voucher",
        "en",
        "MARKETING",
        "APPROVED",
        "Welcome, {{1}}! Here is {{2}} off your first order.",
        footer="Valid for 30 days",
        buttons=(
            TemplateButton("COPY_CODE", "Copy code"),
            TemplateButton("URL", "Visit the shop", "https://shop.example/new"),
        ),
        examples=_positional("Ada", "10%", button_0="WELCOME10"),
    ),
    Template(
        "feedback_request",
        "en",
        "MARKETING",
        "PAUSED",
        "Hi {{1}}, how was your order {{2}}? Your opinion helps us.",
        buttons=(TemplateButton("QUICK_REPLY", "Good"), TemplateButton("QUICK_REPLY", "Not good")),
        examples=_positional("Ada", "A-1042"),
        reason="Paused for 3 hours: customers blocked or reported it too often.",
    ),
    Template(
        "payment_failed",
        "en",
        "UTILITY",
        "REJECTED",
        "{{1}}, your payment failed. Pay now or lose your order: {{2}}",
        examples=_positional("Ada", "https://pay.example/1042"),
        reason="The text starts with a variable and threatens the customer.",
    ),
    Template(
        "payment_failed",
        "de",
        "UTILITY",
        "APPROVED",
        "Hallo {{1}}, die Zahlung für Ihre Bestellung {{2}} hat leider nicht geklappt. "
        "Bitte versuchen Sie es mit einer anderen Zahlungsart.",
        buttons=(TemplateButton("URL", "Jetzt bezahlen", "https://shop.example/pay/{{1}}"),),
        examples=_positional("Ada", "A-1042", button_0="A-1042"),
    ),
    Template(
        "summer_sale",
        "es",
        "MARKETING",
        "DISABLED",
        "¡Hola {{1}}! Hasta el {{2}}, todo a mitad de precio.",
        examples=_positional("Ada", "31 de agosto"),
        reason="Disabled after it was paused three times.",
    ),
)
"""In the order in which they were made."""
