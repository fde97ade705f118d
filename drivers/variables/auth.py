"""Variables of SMTP authentication."""

from __future__ import annotations

from drivers.variables.plain import CARRIED, OUTSIDE, number, plain

for position in range(1, 5):
    plain(
        f"auth{position}",
        f"Piece {position} of the data that is exchanged in the authentication in progress.\n"
        "In a server it is what the client has sent, decoded; in a client it comes from the server's "
        "challenges. "
        "Empty outside an authenticator.",
        example=("c2VjcmV0", f"${{base64d:$auth{position}}}", "secret"),
        kind="auth",
        taint=OUTSIDE,
    )
plain(
    "authenticated_id",
    "The identity that the client has proved, as the authenticator's `server_set_id` made it.\n"
    "For a message that is handed in on this machine it is the caller's login name, or the value of `-oMai`.",
    example=("alice", "${if def:authenticated_id{$authenticated_id}{nobody}}", "alice"),
    taint=CARRIED,
)
plain(
    "authenticated_fail_id",
    "The identity that was given in the last authentication that failed on this connection.",
    example=("mallory", "failed as $authenticated_fail_id", "failed as mallory"),
    since="4.82",
    taint=CARRIED,
)
plain(
    "authenticated_sender",
    "The address in the AUTH parameter of MAIL, where the client is trusted to give one.\n"
    "For a message that is handed in on this machine it is made of the login name and `$qualify_domain`, or "
    "is the value of `-oMas`.",
    example=("alice@example.org", "${domain:$authenticated_sender}", "example.org"),
    taint=CARRIED,
)
number(
    "authentication_failed",
    "1 if the client has tried to authenticate on this connection and did not succeed, otherwise 0.",
    example=("1", "${if bool{$authentication_failed}{tried}{not tried}}", "tried"),
)
plain(
    "sender_host_authenticated",
    "The name of the authenticator (not of the mechanism) by which the client has authenticated.\n"
    "Empty where it has not.",
    example=(
        "plain_server",
        "${if def:sender_host_authenticated{by $sender_host_authenticated}{not}}",
        "by plain_server",
    ),
    taint=CARRIED,
)
