"""Numbering plans and mail syntax, by the libraries that know them (phonenumbers, email-validator). No network."""

import email_validator
import phonenumbers


class NumberingPlan:
    """Says which phone numbers exist, by the metadata of libphonenumber."""

    def e164(self, digits: str, international: bool, country: str) -> str | None:
        """Give the E.164 form, None when no country has such a number.

        Without a plus the country's own reading comes first, then the one of a number whose plus was lost.
        """
        attempts = [("+" + digits, None)] if international else [(digits, country.upper()), ("+" + digits, None)]
        for text, region in attempts:
            try:
                number = phonenumbers.parse(text, region)
            except phonenumbers.NumberParseException:
                continue
            if phonenumbers.is_valid_number(number):
                return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
        return None


class AddressSyntax:
    """Says what an address may look like, by RFC 5321, 5322 and 6531; never asks DNS."""

    def normalised(self, address: str) -> str | None:
        """Give the address in its normal form: lower case, NFC, the domain in letters; None when it is none."""
        try:
            checked = email_validator.validate_email(address, check_deliverability=False, test_environment=True)
        except email_validator.EmailNotValidError:
            return None
        normal = checked.normalized.lower()
        return normal if len(normal) <= 254 else None
