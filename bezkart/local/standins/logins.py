"""What opens the stand-ins. No secrets: behind them is nobody."""

from typing import Final

TELEGRAM_TOKEN: Final = "7001001:stand-in-for-a-bot-nobody-else-has"  # the one bot this Telegram knows
TELEGRAM_USERNAME: Final = "bezkart_bot"
SMS_LOGIN: Final = "standin@bezkart.invalid"
SMS_PASSWORD: Final = "stand-in-gateway-password"  # for SMS.RU it is the api_id
