"""What a column may mean: attributes, contact points, a workplace's parts, consent, the record's own key.

Promise: a target says how its cells are read and which headers usually name it; attributes that the catalogue adds
become targets of the same kind.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from services.profile.domain.normal.text import folded

Reads = Literal["name", "full_name", "text", "number", "flag", "date", "year_or_date", "moment", "consent", "email",
                "phone", "code", "external_id", "organisation"]  # fmt: skip
Part = Literal["attribute", "contact", "workplace", "consent", "record"]

REPEATABLE = frozenset({"email", "phone"})
"""Targets that several columns of one file may have."""


@dataclass(frozen=True, slots=True)
class Target:
    """A meaning of a column: how its cells are read, what they become part of, which headers name it."""

    key: str
    reads: Reads
    part: Part
    dictionary: str | None = None
    title: str = ""
    headers: tuple[str, ...] = ()


def _target(key: str, reads: Reads, part: Part, *words: str) -> Target:
    """Make a target; `words` are its title, its usual headers, and its dictionary if it has one."""
    title, headers, *of = words
    names = (title, key.replace("_", " "), *(header.strip() for header in headers.split(",")))
    dictionary = of[0] if of else None
    return Target(key, reads, part, dictionary, title, tuple(dict.fromkeys(folded(name) for name in names if name)))


_SEED = (
    _target("external_id", "external_id", "record", "Табельный номер",
            "таб номер,таб №,табельный,id,код,идентификатор,внешний код,personnel number,personal id,client id,"
            "staff id,код сотрудника,номер сотрудника,record id,doctor id"),
    _target("full_name", "full_name", "attribute", "ФИО",
            "ф и о,фамилия имя отчество,фамилия и о,фамилия инициалы,full name,name,сотрудник,участник,врач,doctor,"
            "doctor name,physician,фио врача,фио сотрудника,фио участника,employee,participant,фамилия и инициалы"),
    _target("family_name", "name", "attribute", "Фамилия", "фам,surname,last name,lastname,family,second name"),
    _target("given_name", "name", "attribute", "Имя", "first name,firstname,given,имя подписчика,имя участника"),
    _target("patronymic", "name", "attribute", "Отчество", "отч,middle name,middlename"),
    _target("sex", "code", "attribute", "Пол", "gender", "sexes"),
    _target("birth_date", "date", "attribute", "Дата рождения", "др,д р,дата рожд,date of birth,dob,birthday,рождён"),
    _target("degree", "code", "attribute", "Учёная степень", "степень,уч степень,academic degree", "degrees"),
    _target("experience_since", "year_or_date", "attribute", "Стаж с",
            "начало стажа,в профессии с,дата начала стажа,practising since,врачебный стаж с"),
    _target("city", "code", "attribute", "Город", "населённый пункт,город проживания,town,нас пункт", "cities"),
    _target("region", "code", "attribute", "Регион", "область,субъект,субъект рф,край,province,state", "regions"),
    _target("language", "code", "attribute", "Язык", "язык общения,lang", "languages"),
    _target("email", "email", "contact", "E-mail",
            "email,почта,эл почта,электронная почта,электронный адрес,mail,адрес электронной почты,e mail address,"
            "эл адрес,имейл,емейл"),
    _target("phone", "phone", "contact", "Телефон",
            "тел,мобильный,мобильный телефон,моб,моб телефон,моб тел,сотовый,сотовый телефон,контактный телефон,mobile,"
            "phone number,cell,cell phone,telephone,номер телефона,тел моб,контакт,рабочий телефон,телефон мобильный"),
    _target("organisation", "organisation", "workplace", "Место работы",
            "организация,лпу,клиника,учреждение,медицинская организация,медорганизация,мо,company,clinic,workplace,"
            "hospital,organization,employer,наименование лпу,наименование организации,больница,место работы название,"
            "название,наименование"),
    _target("specialty", "code", "workplace", "Специальность",
            "speciality,specialization,specialisation,специализация,врачебная специальность,spec", "specialties"),
    _target("position", "code", "workplace", "Должность", "job title,job,post,title", "positions"),
    _target("role", "text", "workplace", "Роль", "роль в организации"),
    _target("schedule", "text", "workplace", "График",
            "график работы,график приёма,режим работы,часы приёма,расписание,hours,working hours"),
    _target("workplace_city", "code", "workplace", "Город места работы",
            "город работы,город лпу,город клиники,clinic city,город организации", "cities"),
    _target("workplace_region", "code", "workplace", "Регион места работы", "регион работы,регион лпу", "regions"),
    _target("starts_on", "date", "workplace", "Работает с", "дата приёма,принят,принята,start date,"
            "дата приёма на работу"),
    _target("ends_on", "date", "workplace", "Работал до", "дата увольнения,уволен,end date"),
    _target("opt_in_date", "consent", "consent", "Дата подписки",
            "подписан,подписка,дата согласия,согласие,opt in,optin,subscribed,subscribed at,согласие на рассылку,"
            "согласие на e mail рассылку,subscription date,opt in date"),
    _target("opt_out_date", "consent", "consent", "Дата отписки",
            "отписан,отписка,отказ,opt out,optout,unsubscribed,unsubscribed at,отказ от рассылки,opt out date"),
    _target("observed_at", "moment", "record", "Дата сведений",
            "дата регистрации,обновлено,дата обновления,изменено,updated,updated at,last modified,registered at,"
            "registration date,дата выгрузки"),
)  # fmt: skip

TARGETS: Mapping[str, Target] = {target.key: target for target in _SEED}

TEMPLATE_TARGETS: Mapping[str, tuple[str, ...]] = {
    "hcp": ("external_id", "family_name", "given_name", "patronymic", "sex", "birth_date", "degree", "experience_since",
            "email", "phone", "organisation", "workplace_city", "specialty", "position", "schedule", "opt_in_date",
            "opt_out_date"),
    "patient": ("external_id", "family_name", "given_name", "patronymic", "sex", "birth_date", "email", "phone", "city",
                "region", "language", "opt_in_date", "opt_out_date"),
    "contact": ("external_id", "family_name", "given_name", "patronymic", "email", "phone", "organisation",
                "workplace_city", "position", "city", "opt_in_date", "opt_out_date"),
}  # fmt: skip
"""The columns of an empty workbook, by kind of person, in order."""


def catalogue_target(key: str, title: str, kind: str, dictionary: str | None) -> Target:
    """Make the target of an attribute that the catalogue adds; `kind` is the attribute's type."""
    reads: Mapping[str, Reads] = {"text": "text", "number": "number", "flag": "flag", "date": "date", "code": "code"}
    names = (folded(title), folded(key.replace("_", " ")))
    return Target(key, reads[kind], "attribute", dictionary, title, tuple(dict.fromkeys(names)))


def with_catalogue(added: Iterable[Target]) -> dict[str, Target]:
    """Give all targets: the built-in ones and the catalogue's; a built-in key keeps its meaning."""
    return {**{target.key: target for target in added}, **TARGETS}
