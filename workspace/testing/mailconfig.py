"""The private configuration of the mail servers in `mailserver`."""

import pwd
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SUPPORT = "support@example.test"
CUSTOMER = "customer@customer.example"
COLLEAGUE = "colleague@customer.example"
USERS = (SUPPORT, CUSTOMER, COLLEAGUE)
NOBODY = "nobody@customer.example"
"""Accepted by the server, then bounced: there is no such user."""
REFUSED = "refused@customer.example"
"""Refused for good while the mail is handed over."""
LATER = "later@customer.example"
"""Refused for now: greylisted."""

DETACHED: dict[str, Any] = {
    "stdin": subprocess.DEVNULL,
    "stdout": subprocess.DEVNULL,
    "stderr": subprocess.DEVNULL,
    "start_new_session": True,
}
"""How daemons are started: one keeps the streams it was given, and a pipe would wait for it."""


@dataclass(frozen=True, slots=True)
class Ports:
    imap: int
    """STARTTLS, or clear text on loopback."""
    imaps: int
    submission: int
    """STARTTLS and login."""
    smtps: int
    inbound: int
    """Takes mail from anyone for the users, as a mail exchanger does."""


def configure(folder: Path, ports: Ports, password: str) -> None:
    """Writes everything the two servers need into `folder`."""
    folder.chmod(0o755)
    owner = pwd.getpwnam("nobody")
    for name in ("mail", "postfix", "queue", "queue/private", "data", "run"):
        (folder / name).mkdir(exist_ok=True)
    shutil.chown(folder / "mail", owner.pw_uid, owner.pw_gid)
    for name in ("data", "queue/private"):
        shutil.chown(folder / name, "postfix")
    _certificate(folder)
    users = "".join(
        f"{user}:{{PLAIN}}{password}:{owner.pw_uid}:{owner.pw_gid}::{folder}/mail/{user}\n"
        for user in USERS
    )
    (folder / "users").write_text(users)
    (folder / "dovecot.conf").write_text(_dovecot(folder, ports))
    (folder / "postfix" / "main.cf").write_text(_main_cf(folder, owner.pw_uid, owner.pw_gid))
    (folder / "postfix" / "master.cf").write_text(_master_cf(ports))


def _certificate(folder: Path) -> None:
    command = (
        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 30 "
        "-subj /CN=localhost -addext subjectAltName=DNS:localhost "
        f"-keyout {folder}/key.pem -out {folder}/cert.pem"
    )
    subprocess.run(command.split(), check=True, **DETACHED)


def _dovecot(folder: Path, ports: Ports) -> str:
    return f"""
base_dir = {folder}/run
state_dir = {folder}/run
log_path = {folder}/dovecot.log
protocols = imap
listen = 127.0.0.1
ssl = yes
ssl_cert = <{folder}/cert.pem
ssl_key = <{folder}/key.pem
disable_plaintext_auth = no
mail_location = maildir:~/Maildir
first_valid_uid = 1
auth_failure_delay = 0
mail_fsync = never
auth_mechanisms = plain login
passdb {{
  driver = passwd-file
  args = {folder}/users
}}
# A static userdb would accept everyone, and nothing would ever bounce.
userdb {{
  driver = passwd-file
  args = {folder}/users
}}
namespace inbox {{
  inbox = yes
  mailbox Sent {{
    special_use = \\Sent
  }}
}}
service imap-login {{
  inet_listener imap {{
    port = {ports.imap}
  }}
  inet_listener imaps {{
    port = {ports.imaps}
    ssl = yes
  }}
}}
# After a wrong password every login of the same address would wait.
service anvil {{
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
# Postfix asks here whether a login is right.
service auth {{
  unix_listener {folder}/queue/private/auth {{
    mode = 0666
  }}
}}
"""


def _main_cf(folder: Path, uid: int, gid: int) -> str:
    boxes = ", ".join(f"{{ {user} = {user}/Maildir/ }}" for user in USERS)
    return f"""
compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
maillog_file = {folder}/maillog
maillog_file_prefixes = {folder}
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = mail.example.test
mydestination =
alias_maps =
alias_database =
mynetworks =
local_transport = error:5.1.1 no local users
default_transport = error:5.1.2 no way to that domain
virtual_mailbox_domains = {", ".join(sorted({user.partition("@")[2] for user in USERS}))}
virtual_mailbox_base = {folder}/mail
virtual_mailbox_maps = inline:{{ {boxes} }}
virtual_uid_maps = static:{uid}
virtual_gid_maps = static:{gid}
virtual_minimum_uid = 1
virtual_mailbox_limit = 0
message_size_limit = 50000000
# Take mail for unknown users, as a gateway does, so that it bounces.
smtpd_reject_unlisted_recipient = no
smtpd_recipient_restrictions = check_recipient_access inline:{{
    {{ {REFUSED} = 550 5.1.1 this mailbox is not known here }},
    {{ {LATER} = 450 4.7.1 greylisted, come back later }} }}
smtpd_relay_restrictions = permit_sasl_authenticated, reject_unauth_destination
smtpd_sasl_type = dovecot
smtpd_sasl_path = private/auth
smtpd_sender_login_maps = inline:{{ {", ".join(f"{{ {u} = {u} }}" for u in USERS)} }}
smtpd_tls_cert_file = {folder}/cert.pem
smtpd_tls_key_file = {folder}/key.pem
smtpd_tls_security_level = may
smtpd_client_connection_rate_limit = 0
smtpd_error_sleep_time = 0
"""


def _master_cf(ports: Ports) -> str:
    submission = """ inet n - n - - smtpd
  -o smtpd_sasl_auth_enable=yes
  -o smtpd_tls_auth_only=yes
  -o smtpd_sender_restrictions=reject_sender_login_mismatch
  -o smtpd_client_restrictions=permit_sasl_authenticated,reject
"""
    return f"""
127.0.0.1:{ports.inbound} inet n - n - - smtpd
127.0.0.1:{ports.submission}{submission}
127.0.0.1:{ports.smtps}{submission.rstrip()}
  -o smtpd_tls_wrappermode=yes
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
proxywrite unix - - n - 1 proxymap
showq unix n - n - - showq
error unix - - n - - error
retry unix - - n - - error
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
postlog unix-dgram n - n - 1 postlogd
"""
