"""Channel's neighbours, played over real gRPC: access, profile and campaign, behind the same door as the real ones."""

import time
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from chassis.crypto import BlindIndex
from chassis.grpc import Principal, Server, Verifier, sign
from chassis.kernel import Code, Problem, derived_id
from gen.consilium.access.v1 import tokens_pb2, tokens_pb2_grpc
from gen.consilium.campaign.v1 import templates_pb2, templates_pb2_grpc
from gen.consilium.profile.v1 import (
    consents_pb2,
    consents_pb2_grpc,
    dictionaries_pb2,
    dictionaries_pb2_grpc,
    profiles_pb2,
    profiles_pb2_grpc,
)

ACTIONS = frozenset(
    {
        "messages.read", "campaigns.launch", "campaigns.test", "templates.read", "profiles.read", "segments.read",
        "dictionaries.read",
    }
)  # fmt: skip
KEY = bytes(range(32))
BODY = (
    "<mjml><mj-body><mj-section><mj-column><mj-text>Здравствуйте, {{ given_name }}!</mj-text>"
    '<mj-button href="https://site.example/congress?id=1">Программа</mj-button>'
    '<mj-text><a href="https://site.example/{{ city | url_encode }}">Ваш город</a></mj-text>'
    '<mj-text><a href="{{ unsubscribe_url }}">Отписаться</a> <a href="{{ browser_url }}">Открыть</a></mj-text>'
    "</mj-column></mj-section></mj-body></mjml>"
)
CONTENT = templates_pb2.LetterContent(
    subject="Конгресс, {{ given_name }}",
    preheader="Для вас",
    body=BODY,
    from_name="Клиника «Солнце»",
    fallbacks={"given_name": "коллега", "city": "Москва"},
    language="ru",
)


class Missing(Problem):
    """What campaign says of a template that it does not have."""

    code = Code.NOT_FOUND
    reason = "TEMPLATE_VERSION_UNKNOWN"
    template = "There is no such version."


@dataclass(slots=True)
class Keys:
    """The installation's key of principals."""

    private: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)

    @property
    def public(self) -> bytes:
        return self.private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)

    def token(self, audience: str, workspace: str = "main", kind: str = "person") -> str:
        principal = Principal("person-1", kind, (), workspace, (workspace,), ACTIONS)
        return sign(self.private, principal, audience, now=time.time())


class PlayedAccess(tokens_pb2_grpc.TokensServicer):
    """Signs for services whatever they ask."""

    def __init__(self, keys: Keys) -> None:
        self._keys = keys

    async def IssueTokens(  # noqa: N802  # proto's name
        self, request: tokens_pb2.IssueTokensRequest, context: Any
    ) -> tokens_pb2.IssueTokensResponse:
        tokens = {audience: self._keys.token(audience, request.workspace, "service") for audience in request.audiences}
        answer = tokens_pb2.IssueTokensResponse(tokens=tokens)
        answer.expire_time.FromSeconds(int(time.time()) + 60)
        return answer


@dataclass(slots=True)
class PlayedProfile(profiles_pb2_grpc.ProfilesServicer):
    """People by id; absorbed ids lead to their survivors."""

    people: dict[str, profiles_pb2.Profile] = field(default_factory=dict)
    absorbed: dict[str, str] = field(default_factory=dict)
    calls: int = 0
    away: bool = False

    async def BatchGetProfiles(  # noqa: N802  # proto's name
        self, request: profiles_pb2.BatchGetProfilesRequest, context: Any
    ) -> profiles_pb2.BatchGetProfilesResponse:
        self.calls += 1
        if self.away:
            raise Away
        known = [(asked, self.people.get(self.absorbed.get(asked, asked))) for asked in request.ids]
        return profiles_pb2.BatchGetProfilesResponse(
            profiles=[profile for _, profile in known if profile is not None],
            requested_ids=[asked for asked, profile in known if profile is not None],
        )


@dataclass(slots=True)
class PlayedConsents(consents_pb2_grpc.ConsentsServicer):
    """The choices that its profile's people have; what is chosen is written into their consents."""

    profile: PlayedProfile
    asked: list[Any] = field(default_factory=list)

    async def GetPreferences(  # noqa: N802  # proto's name
        self, request: consents_pb2.GetPreferencesRequest, context: Any
    ) -> consents_pb2.Preferences:
        return self._offered(request.chooser)

    async def SetPreferences(  # noqa: N802  # proto's name
        self, request: consents_pb2.SetPreferencesRequest, context: Any
    ) -> consents_pb2.Preferences:
        self.asked.append(request)
        for consent in self.profile.people[request.chooser.profile].consents:
            if consent.key.topic in request.granted:
                consent.status = consents_pb2.CONSENT_STATUS_GRANTED
            if consent.key.topic in request.withdrawn:
                consent.status = consents_pb2.CONSENT_STATUS_REVOKED
        return self._offered(request.chooser)

    def _offered(self, chooser: consents_pb2.Chooser) -> consents_pb2.Preferences:
        if self.profile.away:
            raise Away
        said = consents_pb2.Preferences(controller_title="Клиника «Солнце»")
        person = self.profile.people.get(chooser.profile)
        for consent in person.consents if person else ():
            said.preferences.add(
                id=consent.key.topic, key=consent.key, status=consent.status, contact_hmac=consent.contact_hmac
            )
        return said


@dataclass(slots=True)
class PlayedDictionaries(dictionaries_pb2_grpc.DictionariesServicer):
    """One term of each list that a letter may speak of, a page of its own."""

    terms: dict[str, list[dictionaries_pb2.Term]] = field(
        default_factory=lambda: {
            "cities": [_term("moscow", "Москва", "Moscow"), _term("kazan", "Казань", "Kazan")],
            "specialties": [_term("cardiology", "Кардиология", "Cardiology")],
            "positions": [_term("physician", "Врач", "")],
            "topics": [_term("news", "Новости", "News")],
            "sexes": [_term("female", "Женский", "Female")],
        }
    )
    asked: list[str] = field(default_factory=list)

    async def SearchTerms(  # noqa: N802  # proto's name
        self, request: dictionaries_pb2.SearchTermsRequest, context: Any
    ) -> dictionaries_pb2.SearchTermsResponse:
        self.asked.append(request.dictionary)
        page, terms = int(request.page_token or 0), self.terms.get(request.dictionary, [])
        following = str(page + 1) if page + 1 < len(terms) else ""
        return dictionaries_pb2.SearchTermsResponse(
            terms=terms[page : page + 1], next_page_token=following, total=len(terms)
        )


def _term(code: str, russian: str, english: str) -> dictionaries_pb2.Term:
    names = {"ru": russian, "en": english}
    return dictionaries_pb2.Term(code=code, names={language: name for language, name in names.items() if name})


class Away(Problem):
    """What a service says whose engine is away."""

    code = Code.UNAVAILABLE
    reason = "DEPENDENCY_UNAVAILABLE"
    template = "Away."


@dataclass(slots=True)
class PlayedCampaign(templates_pb2_grpc.TemplatesServicer):
    """One template with two versions, of which the second is no letter."""

    calls: int = 0

    async def GetTemplateVersion(  # noqa: N802  # proto's name
        self, request: templates_pb2.GetTemplateVersionRequest, context: Any
    ) -> templates_pb2.TemplateVersion:
        self.calls += 1
        if request.version > 1:
            raise Missing
        return templates_pb2.TemplateVersion(template=request.template, version=request.version, content=CONTENT)


def person(
    profile: str,
    address: str = "",
    *,
    consent: consents_pb2.ConsentStatus.ValueType = consents_pb2.CONSENT_STATUS_GRANTED,
    state: profiles_pb2.ProfileState.ValueType = profiles_pb2.PROFILE_STATE_ACTIVE,
    name: str = "Анна",
) -> profiles_pb2.Profile:
    """Make a person with one address and the consent that the tests' campaign needs."""
    made = profiles_pb2.Profile(id=profile, state=state)
    made.attributes["given_name"].value.text = name
    made.attributes["city"].value.code = "kazan"
    made.attributes["sex"].value.code = "female"
    made.affiliations.add(organisation_name="Больница № 1", specialty="cardiology", position="physician")
    if address:
        digest = BlindIndex(KEY).digest("email", address)
        made.contacts.add(kind="email", value=address, hmac=digest, record=derived_id("record", profile))
        made.consents.add(
            key=consents_pb2.ConsentKey(
                controller="main", purpose="marketing", channel="email", topic="news", contact_kind="email",
                contact_value=address,
            ),
            status=consent,
            contact_hmac=digest,
        )  # fmt: skip
    return made


class Neighbours:
    """All of them on one port."""

    def __init__(self) -> None:
        self.keys = Keys()
        self.profile = PlayedProfile()  # type: ignore[abstract]  # plays only what channel calls
        self.consents = PlayedConsents(self.profile)  # type: ignore[abstract]  # plays only what channel calls
        self.dictionaries = PlayedDictionaries()  # type: ignore[abstract]  # plays only what channel calls
        self.campaign = PlayedCampaign()  # type: ignore[abstract]  # plays only what channel calls
        self._servers: list[Server] = []
        self.access_port = self.profile_port = self.campaign_port = 0

    async def start(self) -> "Neighbours":
        access = PlayedAccess(self.keys)
        self.access_port = await self._serve("access", tokens_pb2_grpc.add_TokensServicer_to_server, access, "Tokens")
        self.profile_port = await self._serve(
            "profile", profiles_pb2_grpc.add_ProfilesServicer_to_server, self.profile, "Profiles",
            (consents_pb2_grpc.add_ConsentsServicer_to_server, self.consents, "Consents"),
            (dictionaries_pb2_grpc.add_DictionariesServicer_to_server, self.dictionaries, "Dictionaries"),
        )  # fmt: skip
        self.campaign_port = await self._serve(
            "campaign", templates_pb2_grpc.add_TemplatesServicer_to_server, self.campaign, "Templates"
        )
        return self

    async def _serve(self, service: str, add: Any, servicer: Any, name: str, *more: tuple[Any, Any, str]) -> int:
        verifier = Verifier(self.keys.public, service)
        served = [(add, servicer, f"consilium.{service}.v1.{name}")]
        served += [(each, other, f"consilium.{service}.v1.{called}") for each, other, called in more]
        server = Server(served, verifier, host="127.0.0.1", port=0)
        await server.start()
        self._servers.append(server)
        return server.port

    async def stop(self) -> None:
        for server in self._servers:
            await server.stop(0.1)
