"""Variables of content scanning: viruses, spam, MIME parts and other scanners."""

from __future__ import annotations

from typing import Any

from drivers.variables.plain import OUTSIDE, number, plain

SCAN: dict[str, Any] = {"feature": "content_scan", "section": "Content scanning at ACL time"}
MIME: dict[str, Any] = SCAN | {"taint": OUTSIDE}
DCC: dict[str, Any] = {"since": "4.70", "feature": "dcc", "section": "DCC"}
BRIGHTMAIL: dict[str, Any] = {"until": "4.97", "feature": "brightmail", "section": "Brightmail AntiSpam"}

plain(
    "malware_name",
    "The name of the virus that the `malware` condition has found.",
    example=(
        "Eicar-Test-Signature",
        "550 This message has $malware_name",
        "550 This message has Eicar-Test-Signature",
    ),
    taint="carries",
    **SCAN,
)
number(
    "av_failed",
    "1 if the virus scanner could not do its work in the `malware` condition, otherwise 0.",
    example=("1", "${if bool{$av_failed}{scanner is down}{scanned}}", "scanner is down"),
    since="4.77",
    **SCAN,
)
plain(
    "spam_score",
    "The score that the spam daemon gives the message, with one decimal.",
    example=("7.5", "X-Spam-Score: $spam_score", "X-Spam-Score: 7.5"),
    **SCAN,
)
plain(
    "spam_score_int",
    "The score that the spam daemon gives the message, times ten, for comparing numbers.",
    example=("75", "${if >{$spam_score_int}{50}{spam}{ham}}", "spam"),
    **SCAN,
)
plain(
    "spam_bar",
    "The score as a row of at most 50 characters: `+` for each whole point, `-` for each point below "
    "zero, `/` for zero.",
    example=("+++++++", "${strlen:$spam_bar} points", "7 points"),
    **SCAN,
)
plain(
    "spam_report",
    "The spam daemon's report in several lines.",
    example=(
        "Spam detection software\nhas found 2 points",
        "${sg{$spam_report}{\\n}{ / }}",
        "Spam detection software / has found 2 points",
    ),
    taint="carries",
    **SCAN,
)
plain(
    "spam_action",
    "What the spam daemon would have done: `reject` or `no action` from SpamAssassin, more words from "
    "rspamd.",
    example=("add header", "${if eq{$spam_action}{reject}{550}{250}}", "250"),
    since="4.86",
    **SCAN,
)

number(
    "mime_anomaly_level",
    "How badly formed the MIME part is: 0 not at all, 1 a detail, 2 seriously, 3 not to be parsed.",
    example=("2", "${if >={$mime_anomaly_level}{2}{serious}{bearable}}", "serious"),
    **SCAN,
)
plain(
    "mime_anomaly_text",
    "What is wrong with the form of the MIME part.",
    example=("Unterminated header", "550 $mime_anomaly_text", "550 Unterminated header"),
    **SCAN,
)
plain(
    "mime_boundary",
    "The boundary of the multipart whose part this is, without quotes.",
    example=("=_frontier", "--$mime_boundary", "--=_frontier"),
    **MIME,
)
plain(
    "mime_charset",
    "The character set of the part, as its Content-Type names it.",
    example=("iso-8859-1", "${if eqi{$mime_charset}{utf-8}{new}{old}}", "old"),
    **MIME,
)
plain(
    "mime_content_description",
    "The text of the part's Content-Description, decoded.",
    example=("Holiday pictures", "part: $mime_content_description", "part: Holiday pictures"),
    **MIME,
)
plain(
    "mime_content_disposition",
    "The part's Content-Disposition without its parameters, such as `attachment`.",
    example=(
        "attachment",
        "${if eqi{$mime_content_disposition}{attachment}{to be saved}{to be shown}}",
        "to be saved",
    ),
    **MIME,
)
plain(
    "mime_content_id",
    "The part's Content-ID.",
    example=("<part1@example.org>", "cid:${sg{$mime_content_id}{[<>]}{}}", "cid:part1@example.org"),
    **MIME,
)
number(
    "mime_content_size",
    "The size of the decoded part in kilobytes; 0 until the `decode` condition has been used.",
    example=("300", "${if >{$mime_content_size}{256}{large}{small}}", "large"),
    **SCAN,
)
plain(
    "mime_content_transfer_encoding",
    "How the part is encoded, in lower case, such as `base64`.",
    example=(
        "base64",
        "${if inlist{$mime_content_transfer_encoding}{base64:quoted-printable}{encoded}{plain}}",
        "encoded",
    ),
    **MIME,
)
plain(
    "mime_content_type",
    "The type and subtype of the part in lower case, such as `text/plain`.",
    example=("text/html", "${extract{1}{/}{$mime_content_type}}", "text"),
    **MIME,
)
plain(
    "mime_decoded_filename",
    "The path of the file that the `decode` condition has written; empty before.",
    example=("/var/spool/exim/scan/1a/1a-00001", "${sg{$mime_decoded_filename}{.*/}{}}", "1a-00001"),
    **SCAN,
)
plain(
    "mime_filename",
    "The file name that the part proposes, from Content-Disposition or Content-Type.",
    example=("invoice.exe", "${if match{$mime_filename}{\\N\\.(exe|scr)$\\N}{$1 refused}}", "exe refused"),
    **MIME,
)
number(
    "mime_is_coverletter",
    "1 if the part is likely to be the letter and not an attachment, otherwise 0.",
    example=("1", "${if bool{$mime_is_coverletter}{letter}{attachment}}", "letter"),
    **SCAN,
)
number(
    "mime_is_multipart",
    "1 if the part is itself a container of parts, otherwise 0.",
    example=("1", "${if bool{$mime_is_multipart}{container}{part}}", "container"),
    **SCAN,
)
number(
    "mime_is_rfc822",
    "1 if the part belongs to a message that is attached to this one, otherwise 0.",
    example=("1", "${if bool{$mime_is_rfc822}{attached message}{own part}}", "attached message"),
    **SCAN,
)
number(
    "mime_part_count",
    "The number of the part, counted from 0 through the whole message; -1 outside the MIME ACL.",
    example=("101", "${if >{$mime_part_count}{100}{too many parts}{fine}}", "too many parts"),
    default="-1",
    **SCAN,
)

plain(
    "dcc_header",
    "The header line `X-DCC` that the DCC daemon proposes.",
    example=(
        "X-DCC-example-Metrics: mail 1; Body=many",
        "${if match{$dcc_header}{=many}{bulk}{single}}",
        "bulk",
    ),
    **DCC,
)
plain(
    "dcc_result",
    "What the DCC daemon makes of the message, in words.",
    example=("Rejected by DCC", "${if match{$dcc_result}{^Rejected}{bulk}{fine}}", "bulk"),
    **DCC,
)
plain(
    "bmi_alt_location",
    "Where Brightmail would have the message delivered for this recipient; empty for the usual place.",
    example=("spam-folder", "to $bmi_alt_location", "to spam-folder"),
    **BRIGHTMAIL,
)
plain(
    "bmi_base64_tracker_verdict",
    "The rules that Brightmail has found to apply, in Base64.",
    example=("cnVsZQ==", "${base64d:$bmi_base64_tracker_verdict}", "rule"),
    **BRIGHTMAIL,
)
plain(
    "bmi_base64_verdict",
    "Brightmail's whole verdict for this recipient, in Base64.",
    example=("c3BhbQ==", "${base64d:$bmi_base64_verdict}", "spam"),
    **BRIGHTMAIL,
)
number(
    "bmi_deliver",
    "0 if Brightmail says not to deliver to this recipient, otherwise 1.",
    example=("0", "${if bool{$bmi_deliver}{deliver}{drop}}", "drop"),
    default="1",
    **BRIGHTMAIL,
)
