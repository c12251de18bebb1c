"""What the installation must know before the files: bases, sources, and the segment that the story asks for."""

from deploy.local.demo.people import CLINIC_X

CONSENT = {"purpose": "marketing", "topic": "newsletter", "wording": "newsletter-2023"}

BASES = (
    {"key": "main", "title": "Сеть клиник «Рассвет»"},
    {"key": "partner", "title": "Клиника-партнёр «Полдень»"},
)

SOURCES = (
    {"key": "registry", "title": "Кадровый реестр", "base": "main", "kind": "hcp", "confirms": ["email", "phone"],
     "priority": 80, "key_columns": ["external_id"], "external_id_kind": "tab-no", "country": "RU"},
    {"key": "congress", "title": "Регистрации конгресса", "base": "main", "kind": "hcp", "confirms": ["phone"],
     "priority": 40, "key_columns": ["full_name", "phone"], "external_id_kind": "", "country": "RU"},
    {"key": "newsletter", "title": "Подписчики рассылки", "base": "main", "kind": "hcp", "confirms": ["email"],
     "priority": 20, "key_columns": ["email"], "external_id_kind": "", "country": "RU", "consent": CONSENT},
    {"key": "partner", "title": "Список партнёра", "base": "partner", "kind": "hcp", "confirms": [],
     "priority": 30, "key_columns": ["full_name", "phone"], "external_id_kind": "", "country": "RU"},
)  # fmt: skip

FILES = (
    {"file": "registry.xlsx", "source": "registry"},
    {"file": "congress.csv", "source": "congress"},
    {"file": "newsletter.csv", "source": "newsletter"},
    {"file": "partner.xlsx", "source": "partner"},
)

SEGMENT = {
    "organisation": CLINIC_X, "city": "moscow", "specialty": "paediatrics",
    "consent": {"controller": "main", "channel": "email", "purpose": CONSENT["purpose"], "topic": CONSENT["topic"]},
}  # fmt: skip
