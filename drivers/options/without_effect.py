"""Options that are read and checked, and change nothing of what eximulate does.

Those of `UNSUPPORTED` change what people see of Exim; the checker names each that is set. Those of `UNSEEN`
are about what eximulate has nothing of: processes, sockets that wait, libraries, or builds that nobody has.
"""

from __future__ import annotations

from collections.abc import Mapping

NO_BUILD = "it is for a build of Exim that nobody has"
NO_DAEMON = "there is no daemon"
OF_TLS = "it is about the library that does the work of TLS"
OF_SOCKETS = "it is about how sockets are handled"
OF_ITSELF = "the authenticator or its mechanism says by itself that it is not supported"
OF_PROCESSES = "it is about the processes of Exim"

UNSUPPORTED: Mapping[str, Mapping[str, str]] = {
    "main-option": {
        "allow_insecure_tainted_data": "tainted data is refused all the same",
        "local_scan_timeout": "there is no function local_scan()",
        "log_ports": "ports are logged as log_selector says",
        "tls_early_banner_hosts": "the banner comes behind the handshake",
        "tls_ocsp_file": "clients are told nothing of the state of the certificate",
    },
    "router-option": {},
    "transport-option": {},
    "authenticator-option": {
        "gsasl.client_channelbinding": "there is no channel binding",
        "gsasl.server_channelbinding": "there is no channel binding",
    },
}
"""By family and name: what eximulate does instead."""

SELECTORS: Mapping[str, str] = {
    "spf_verbose": "no line with the details of SPF is written",
    "tls_on_connect": "connections that begin with TLS are not marked",
}
"""Items of ``log_selector`` of which nothing comes, and what that means; no Exim at hand has them."""

UNSEEN: Mapping[str, Mapping[str, str]] = {
    "main-option": {
        "bmi_config_file": NO_BUILD,
        "bounce_return_message": "bounces of Exim have the message all the same",
        "daemon_modules_load": NO_DAEMON,
        "daemon_smtp_ports": NO_DAEMON,
        "daemon_startup_retries": NO_DAEMON,
        "daemon_startup_sleep": NO_DAEMON,
        "debug_store": "Exim's memory is not managed",
        "disable_fsync": NO_BUILD,
        "drop_cr": "Exim itself passes over it",
        "dns_csa_search_limit": "Exim does not ask for the domains above a client's name either",
        "finduser_retries": "users are found the first time, or not at all",
        "gnutls_allow_auto_pkcs11": OF_TLS,
        "gnutls_compat_mode": OF_TLS,
        "ibase_servers": "the lookup type ibase says by itself that it is not supported",
        "notifier_socket": NO_DAEMON,
        "oracle_servers": "the lookup type oracle says by itself that it is not supported",
        "pid_file_path": NO_DAEMON,
        "panic_coredump": OF_PROCESSES,
        "queue_fast_ramp": NO_DAEMON,
        "queue_only_load_latch": "the load is looked at for each message",
        "smtp_accept_keepalive": OF_SOCKETS,
        "smtp_backlog_monitor": NO_DAEMON,
        "smtp_connect_backlog": OF_SOCKETS,
        "tcp_nodelay": OF_SOCKETS,
        "tcp_wrappers_daemon_name": NO_BUILD,
        "tls_dh_max_bits": OF_TLS,
        "tls_dhparam": OF_TLS,
        "tls_eccurve": OF_TLS,
    },
    "router-option": {
        "*.bmi_deliver_alternate": NO_BUILD,
        "*.bmi_deliver_default": NO_BUILD,
        "*.bmi_dont_deliver": NO_BUILD,
        "*.bmi_rule": NO_BUILD,
        "dnslookup.same_domain_copy_routing": "it saves work alone",
        "manualroute.same_domain_copy_routing": "it saves work alone",
    },
    "transport-option": {
        "appendfile.*expand_maildir_use_size_file": "it is how -bP shows maildir_use_size_file",
        "smtp.keepalive": OF_SOCKETS,
    },
    "authenticator-option": {
        "cyrus_sasl.server_service": OF_ITSELF,
        "gsasl.server_service": OF_ITSELF,
        "heimdal_gssapi.server_keytab": OF_ITSELF,
        "heimdal_gssapi.server_service": OF_ITSELF,
    },
}
"""By family and name: why nobody could see a difference."""
