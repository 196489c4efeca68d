"""From what a person types to a phone number as it is kept (F3)."""

import phonenumbers

from bezkart.kernel.masking import last_four, mask_phone
from bezkart.kit.vault import Vault
from services.identity.domain.errors import InvalidPhone
from services.identity.domain.guest import SealedPhone

HOME_REGION = "RU"


def read_phone(text: str, *, region: str = HOME_REGION) -> tuple[str, str]:
    """E.164 and the country code of a number typed in the region's or the international way. Raises InvalidPhone."""
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        raise InvalidPhone(pointer="/phone") from None
    if not phonenumbers.is_valid_number(number):
        raise InvalidPhone(pointer="/phone")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164), str(number.country_code)


def seal_phone(text: str, shop: str, vault: Vault) -> SealedPhone:
    """Encrypted, masked and indexed for this shop. Raises InvalidPhone."""
    e164, country_code = read_phone(text)
    return SealedPhone(
        sealed=vault.seal(e164),
        index=vault.blind_index(shop, e164),
        masked=mask_phone(e164, country_code=country_code),
        last4=last_four(e164),
    )
