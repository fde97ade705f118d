"""Options of authenticators: the generic ones and those of each driver."""

from __future__ import annotations

from drivers.options.declare import authenticator_option

authenticator_option(
    "*.client_condition",
    "string",
    "",
    "A text that must expand to a true value for the client to use this authenticator.",
    expanded=True,
    since="4.68",
)
authenticator_option(
    "*.client_set_id",
    "string",
    "",
    "The id that is logged when the client has authenticated; expanded.",
    expanded=True,
    since="4.82",
)
authenticator_option(
    "*.driver", "string", "", "The name of the driver, which must be set before any of its private options."
)
authenticator_option("*.public_name", "string", "", "The name of the mechanism as it is offered.")
authenticator_option(
    "*.server_advertise_condition",
    "string",
    "",
    "A text that must expand to a true value for the mechanism to be offered.",
    expanded=True,
)
authenticator_option(
    "*.server_condition",
    "string",
    "",
    "A text whose expansion says whether the server accepts the client.",
    expanded=True,
    since="4.64",
)
authenticator_option(
    "*.server_debug_print",
    "string",
    "",
    "A text that is expanded and printed when authentication is debugged.",
    expanded=True,
)
authenticator_option(
    "*.server_mail_auth_condition",
    "string",
    "",
    "A text whose expansion says whether the AUTH parameter of MAIL is believed.",
    expanded=True,
)
authenticator_option(
    "*.server_set_id", "string", "", "The text that becomes $authenticated_id; expanded.", expanded=True
)
authenticator_option(
    "cram_md5.client_name",
    "string",
    "",
    "The name that the client sends; expanded.",
    expanded=True,
    feature="auth_cram_md5",
)
authenticator_option(
    "cram_md5.client_secret",
    "string",
    "",
    "The secret that the client uses; expanded.",
    expanded=True,
    feature="auth_cram_md5",
)
authenticator_option(
    "cram_md5.server_secret",
    "string",
    "",
    "The secret of the user in $auth1; expanded.",
    expanded=True,
    feature="auth_cram_md5",
)
authenticator_option(
    "cyrus_sasl.server_hostname",
    "string",
    "$primary_hostname",
    "The host name that the SASL library is given; expanded.",
    expanded=True,
    feature="auth_cyrus_sasl",
)
authenticator_option(
    "cyrus_sasl.server_mech",
    "string",
    "CRAM-MD5",
    "The mechanism that the SASL library is asked for.",
    feature="auth_cyrus_sasl",
)
authenticator_option(
    "cyrus_sasl.server_realm",
    "string",
    "",
    "The realm that the SASL library is given; expanded.",
    expanded=True,
    feature="auth_cyrus_sasl",
)
authenticator_option(
    "cyrus_sasl.server_service",
    "string",
    "smtp",
    "The service name that the SASL library is given.",
    feature="auth_cyrus_sasl",
)
authenticator_option(
    "dovecot.server_socket",
    "string",
    "",
    "The socket of Dovecot's authentication server; expanded.",
    since="4.64",
    feature="auth_dovecot",
)
authenticator_option(
    "external.client_send",
    "string",
    "",
    "The text that the client sends; expanded.",
    expanded=True,
    since="4.93",
    feature="auth_external",
)
authenticator_option(
    "external.server_param2",
    "string",
    "",
    "The text that becomes $auth2; expanded.",
    expanded=True,
    since="4.93",
    feature="auth_external",
)
authenticator_option(
    "external.server_param3",
    "string",
    "",
    "The text that becomes $auth3; expanded.",
    expanded=True,
    since="4.93",
    feature="auth_external",
)
authenticator_option(
    "gsasl.client_authz",
    "string",
    "",
    "The identity that the client asks to act for; expanded.",
    expanded=True,
    since="4.94",
    feature="auth_gsasl",
)
authenticator_option(
    "gsasl.client_channelbinding",
    "bool",
    "false",
    "Whether the client binds authentication to the TLS channel.",
    since="4.94",
    feature="auth_gsasl",
)
authenticator_option(
    "gsasl.client_password",
    "string",
    "",
    "The password that the client uses; expanded.",
    expanded=True,
    since="4.94",
    feature="auth_gsasl",
)
authenticator_option(
    "gsasl.client_spassword",
    "string",
    "",
    "The salted password that the client uses; expanded.",
    expanded=True,
    since="4.94",
    feature="auth_gsasl",
)
authenticator_option(
    "gsasl.client_username",
    "string",
    "",
    "The name that the client sends; expanded.",
    expanded=True,
    since="4.94",
    feature="auth_gsasl",
)
authenticator_option(
    "gsasl.server_channelbinding",
    "bool",
    "false",
    "Whether the server binds authentication to the TLS channel.",
    since="4.80",
    feature="auth_gsasl",
)
authenticator_option(
    "gsasl.server_hostname",
    "string",
    "$primary_hostname",
    "The host name that the library is given; expanded.",
    expanded=True,
    since="4.80",
    feature="auth_gsasl",
)
authenticator_option(
    "gsasl.server_key",
    "string",
    "",
    "The server key of SCRAM mechanisms; expanded.",
    expanded=True,
    since="4.94",
    feature="gsasl_scram_s_key",
)
authenticator_option(
    "gsasl.server_mech",
    "string",
    "",
    "The mechanism that the library is asked for.",
    since="4.80",
    feature="auth_gsasl",
)
authenticator_option(
    "gsasl.server_password",
    "string",
    "",
    "The password of the user; expanded.",
    expanded=True,
    since="4.80",
    feature="auth_gsasl",
)
authenticator_option(
    "gsasl.server_realm",
    "string",
    "",
    "The realm that the library is given; expanded.",
    expanded=True,
    since="4.80",
    feature="auth_gsasl",
)
authenticator_option(
    "gsasl.server_scram_iter",
    "string",
    "4096",
    "The iteration count of SCRAM mechanisms; expanded.",
    expanded=True,
    since="4.80",
    feature="auth_gsasl",
)
authenticator_option(
    "gsasl.server_scram_salt",
    "string",
    "",
    "The salt of SCRAM mechanisms; expanded.",
    expanded=True,
    since="4.80",
    feature="auth_gsasl",
)
authenticator_option(
    "gsasl.server_service",
    "string",
    "smtp",
    "The service name that the library is given.",
    since="4.80",
    feature="auth_gsasl",
)
authenticator_option(
    "gsasl.server_skey",
    "string",
    "",
    "The stored key of SCRAM mechanisms; expanded.",
    expanded=True,
    since="4.94",
    feature="gsasl_scram_s_key",
)
authenticator_option(
    "heimdal_gssapi.server_hostname",
    "string",
    "$primary_hostname",
    "The host name of the service's principal; expanded.",
    expanded=True,
    since="4.80",
    feature="auth_heimdal_gssapi",
)
authenticator_option(
    "heimdal_gssapi.server_keytab",
    "string",
    "",
    "The file with the service's keys; expanded.",
    expanded=True,
    since="4.80",
    feature="auth_heimdal_gssapi",
)
authenticator_option(
    "heimdal_gssapi.server_service",
    "string",
    "smtp",
    "The service part of the principal; expanded.",
    expanded=True,
    since="4.80",
    feature="auth_heimdal_gssapi",
)
authenticator_option(
    "plaintext.client_ignore_invalid_base64",
    "bool",
    "false",
    "Whether challenges that are no base64 are taken as they are.",
    since="4.61",
    feature="auth_plaintext",
)
authenticator_option(
    "plaintext.client_send",
    "string",
    "",
    "The texts that the client sends, as a list; expanded.",
    expanded=True,
    feature="auth_plaintext",
)
authenticator_option(
    "plaintext.server_prompts",
    "string",
    "",
    "The prompts that the server sends, as a list; expanded.",
    kind="string list",
    expanded=True,
    feature="auth_plaintext",
)
authenticator_option(
    "spa.client_domain",
    "string",
    "",
    "The domain that the client sends; expanded.",
    expanded=True,
    feature="auth_spa",
)
authenticator_option(
    "spa.client_password",
    "string",
    "",
    "The password that the client uses; expanded.",
    expanded=True,
    feature="auth_spa",
)
authenticator_option(
    "spa.client_username",
    "string",
    "",
    "The name that the client sends; expanded.",
    expanded=True,
    feature="auth_spa",
)
authenticator_option(
    "spa.server_password",
    "string",
    "",
    "The password of the user in $auth1; expanded.",
    expanded=True,
    feature="auth_spa",
)
authenticator_option(
    "tls.server_param",
    "string",
    "",
    "Another spelling of server_param1.",
    expanded=True,
    since="4.86",
    feature="auth_tls",
)
authenticator_option(
    "tls.server_param1",
    "string",
    "",
    "The text that becomes $auth1; expanded.",
    expanded=True,
    since="4.86",
    feature="auth_tls",
)
authenticator_option(
    "tls.server_param2",
    "string",
    "",
    "The text that becomes $auth2; expanded.",
    expanded=True,
    since="4.86",
    feature="auth_tls",
)
authenticator_option(
    "tls.server_param3",
    "string",
    "",
    "The text that becomes $auth3; expanded.",
    expanded=True,
    since="4.86",
    feature="auth_tls",
)
