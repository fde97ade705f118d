"""Variables of content scanning: viruses, spam, MIME parts and other scanners."""

from __future__ import annotations

from typing import Any

from drivers.variables.plain import OUTSIDE, number, plain

SCAN: dict[str, Any] = {"feature": "content_scan", "section": "Content scanning at ACL time"}
MIME: dict[str, Any] = SCAN | {"taint": OUTSIDE}
DCC: dict[str, Any] = {"since": "4.70", "feature": "dcc", "section": "DCC"}
BRIGHTMAIL: dict[str, Any] = {"until": "4.97", "feature": "brightmail", "section": "Brightmail AntiSpam"}

plain(
    "malware_name", "The name of the virus that the `malware` condition has found.", taint="carries", **SCAN
)
number(
    "av_failed",
    "1 if the virus scanner could not do its work in the `malware` condition, otherwise 0.",
    since="4.77",
    **SCAN,
)
plain("spam_score", "The score that the spam daemon gives the message, with one decimal.", **SCAN)
plain(
    "spam_score_int",
    "The score that the spam daemon gives the message, times ten, for comparing numbers.",
    **SCAN,
)
plain(
    "spam_bar",
    "The score as a row of at most 50 characters: `+` for each whole point, `-` for each point below "
    "zero, `/` for zero.",
    **SCAN,
)
plain("spam_report", "The spam daemon's report in several lines.", taint="carries", **SCAN)
plain(
    "spam_action",
    "What the spam daemon would have done: `reject` or `no action` from SpamAssassin, more words from "
    "rspamd.",
    since="4.86",
    **SCAN,
)

number(
    "mime_anomaly_level",
    "How badly formed the MIME part is: 0 not at all, 1 a detail, 2 seriously, 3 not to be parsed.",
    **SCAN,
)
plain("mime_anomaly_text", "What is wrong with the form of the MIME part.", **SCAN)
plain("mime_boundary", "The boundary of the multipart whose part this is, without quotes.", **MIME)
plain("mime_charset", "The character set of the part, as its Content-Type names it.", **MIME)
plain("mime_content_description", "The text of the part's Content-Description, decoded.", **MIME)
plain(
    "mime_content_disposition",
    "The part's Content-Disposition without its parameters, such as `attachment`.",
    **MIME,
)
plain("mime_content_id", "The part's Content-ID.", **MIME)
number(
    "mime_content_size",
    "The size of the decoded part in kilobytes; 0 until the `decode` condition has been used.",
    **SCAN,
)
plain("mime_content_transfer_encoding", "How the part is encoded, in lower case, such as `base64`.", **MIME)
plain("mime_content_type", "The type and subtype of the part in lower case, such as `text/plain`.", **MIME)
plain(
    "mime_decoded_filename",
    "The path of the file that the `decode` condition has written; empty before.",
    **SCAN,
)
plain(
    "mime_filename", "The file name that the part proposes, from Content-Disposition or Content-Type.", **MIME
)
number(
    "mime_is_coverletter",
    "1 if the part is likely to be the letter and not an attachment, otherwise 0.",
    **SCAN,
)
number("mime_is_multipart", "1 if the part is itself a container of parts, otherwise 0.", **SCAN)
number(
    "mime_is_rfc822", "1 if the part belongs to a message that is attached to this one, otherwise 0.", **SCAN
)
number(
    "mime_part_count",
    "The number of the part, counted from 0 through the whole message; -1 outside the MIME ACL.",
    default="-1",
    **SCAN,
)

plain("dcc_header", "The header line `X-DCC` that the DCC daemon proposes.", **DCC)
plain(
    "dcc_result",
    "What the DCC daemon makes of the message: `A` accept, `R` reject, `G` greylist, `S` some rejected.",
    **DCC,
)
plain(
    "bmi_alt_location",
    "Where Brightmail would have the message delivered for this recipient; empty for the usual place.",
    **BRIGHTMAIL,
)
plain("bmi_base64_tracker_verdict", "The rules that Brightmail has found to apply, in Base64.", **BRIGHTMAIL)
plain("bmi_base64_verdict", "Brightmail's whole verdict for this recipient, in Base64.", **BRIGHTMAIL)
number(
    "bmi_deliver",
    "0 if Brightmail says not to deliver to this recipient, otherwise 1.",
    default="1",
    **BRIGHTMAIL,
)
