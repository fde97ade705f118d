"""The names under which the services of mail are known."""

from __future__ import annotations

SERVICES = frozenset("smtp smtps submission submissions ssmtp urd lmtp mail atrn odmr".split())
