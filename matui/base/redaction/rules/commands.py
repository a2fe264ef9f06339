"""Mask the secrets in the command lines of common clients, whose options do not name them. Pure."""

from __future__ import annotations

import re
from functools import partial

from matui.base.redaction.patterns import MASK, MIXED, NAME, PASSWORDS, SECRET_NAME, SECRETS, STRONG
from matui.base.redaction.rules.rule import MaskRule
from matui.base.text.regex import LazyPattern

_WORD = r"(?:\"(?!,)[^\"\n]+\"|'(?!,)[^'\n]+'|[^\s\"',;&|]+)"
_REST = r"(?:\"[^\"\n]*\"|'[^'\n]*'|[^\n;|&\"'])*"  # of a command, to the next one
_DASH_SMALL_P = ("cqlsh", "ncftp", "rdesktop", "useradd", "usermod", "twine", "rabbitmqadmin", "psexec")
_DASH_LARGE_P = ("bcp", "ipmitool", "mosquitto")
_CLIENT = r"(?:mysql(?:dump|admin|import|binlog|check|show|slap|sh)?|mariadb(?:-[a-z]+)?)"
# After a space it is the name of a database, unless it looks like a password.
_MYSQL_AFTER_SPACE = (
    r"-p\s+(?!-|[\"']?[a-z_-]+\d*(?:[\s\"']|$))(?=[\"']?[^\s\"']{8})(?=[^\s]*\d)(?=[^\s]*[A-Za-z])"
)
# Programs whose options of one letter hold a password, with their name; -p is a port or a path for others.
_OPTIONS: tuple[tuple[str, LazyPattern, LazyPattern], ...] = tuple(
    (
        name,
        LazyPattern(rf"(?<![\w-]){program}(?=[\s\"']){_REST}"),
        LazyPattern(rf"((?:(?<=\s)|(?<=[\"'])){option}){_WORD}"),
    )
    for name, program, option in (
        ("mysql", _CLIENT, "-p(?!=)"),
        ("mariadb", _CLIENT, "-p(?!=)"),
        ("mysql", _CLIENT, _MYSQL_AFTER_SPACE),
        ("mariadb", _CLIENT, _MYSQL_AFTER_SPACE),
        ("sshpass", "sshpass", r"-p\s*"),
        ("ssh-keygen", "ssh-keygen", r"-[NP]\s+"),
        ("obsutil", "obsutil(?=\\s+config)", r"--?[ikt][=\s]\s*"),
        ("redis-cli", "redis-cli", r"-a\s+"),
        (
            "curl",
            "curl",
            r"(?:-[fgikLnqsSv]{0,8}[uUE]|--(?:proxy-)?user|--cert)(?:[\"'],)?[\s=]*[\"']?[^\s:\"']+:",
        ),
        ("http", r"https?(?=\s+-)", r"(?:-a|--auth)[\s=]\s*[\"']?[^\s:\"']+:"),
        ("etcdctl", "etcdctl", r"--user[\s=][^\s:]+:"),
        ("7z", "7za?", "-p"),
        ("rar", "(?:un)?rar", "-p"),
        ("mongo", r"mongo(?:sh|dump|restore|export|import)?", r"-p\s+"),
        ("ldap", r"ldap(?:search|add|modify|delete|whoami|passwd)", r"-w\s+"),
        ("sqlcmd", "sqlcmd", r"-P\s*"),
        ("beeline", "beeline", r"-p\s+"),
        ("openssl", r"openssl(?=\s+enc)", r"-k\s+"),
        ("openssl", r"openssl(?=\s+enc)", r"-K\s+"),
        ("zip", "(?:un)?zip", r"-P\s*"),
        *((name, rf"{name}\w*", r"-p\s+") for name in _DASH_SMALL_P),
        *((name, rf"{name}\w*", r"-P\s+") for name in _DASH_LARGE_P),
        *((name, name, r"-pw\s+") for name in ("plink", "pscp", "psftp", "putty")),
        *(
            (name, name, r"-\w{0,10}pass(?:\s+(?:pass:)?|=)")
            for name in ("keytool", "jarsigner", "apksigner")
        ),
        ("lftp", "lftp", r"-u\s+[^\s,]+,"),
        ("snmp", r"snmp[a-z]+", r"-[cAX]\s+"),
        ("ossutil", r"ossutil\w*", r"-[ikt][=\s]\s*"),
        ("sendemail", "sendemail", r"-xp\s+"),
        ("poetry", r"poetry\s+publish", r"-p\s+"),
        ("openxlab", r"openxlab\s+login", r"-[as]\s+"),
        ("coscmd", r"coscmd\s+config", r"-[as]\s+"),
        ("obsutil", r"obsutil", r"-[ikt]=(?=\S*\d)(?=\S{8})"),
        ("kaggle", r"kaggle\s+config\s+set(?=[^\n]*\s-n\s+key)", r"-v\s+"),
    )
)
_STRONG = r"(?=[^\s\"']{0,300}\d)(?=[^\s\"']{0,300}[A-Za-z])[^\s\"',;:|\\]{8,}"
_STDIN_READERS = r"sudo -S|gh auth login|glab auth login|ssh-add|cryptsetup|chpasswd|kinit|(?:vnc)?passwd"

COMMANDS: tuple[MaskRule, ...] = (
    MaskRule(("mysql", "mariadb"), LazyPattern(rf"((?<!\S)-p\s*){_STRONG}(?=\s+{_CLIENT}\b)")),
    MaskRule(
        "net use",
        LazyPattern(r"(\bnet use(?=[^\n]*\\\\)(?:\s+(?:\\\\\S+|\w:|/\S+))*\s+)(?![/\\*-]|\w:(?:\s|$))\S+"),
    ),
    MaskRule("net user ", LazyPattern(r"(\bnet user \S+ )(?![/*])\S+")),
    MaskRule("wpa_passphrase ", LazyPattern(r"(\bwpa_passphrase (?:\"[^\"\n]+\"|\S+) )\S+")),
    MaskRule("config host add ", LazyPattern(r"(\bmc config host add \S+ \S+ )\S+ \S+"), rf"\1{MASK} {MASK}"),
    MaskRule("poetry config ", LazyPattern(r"(\bpoetry config http-basic\.\S+ \S+ )\S+")),
    MaskRule("poetry config ", LazyPattern(r"(\bpoetry config pypi-token\.\S+ )\S+")),
    MaskRule("cargo login ", LazyPattern(rf"(\bcargo login (?:--\S+ )*){_STRONG}")),
    MaskRule(
        "gh secret set ", LazyPattern(r"(\bgh secret set [^\n]{0,80}?(?:--body[= ]|-b ?)[\"']?)[^\s\"']+")
    ),
    MaskRule("/t/", LazyPattern(r"(://[\w.:-]+/t/)(?=(?:[\w-]*\d){3})[\w-]{12,}(?=/)")),  # of conda
    MaskRule("> user ", LazyPattern(rf"(> user \S+ ){_STRONG}")),  # of FTP
    MaskRule("npm config set ", LazyPattern(r"(\bnpm config set \S*_auth[= ])\S+")),
    MaskRule("rabbitmqctl ", LazyPattern(r"(\brabbitmqctl (?:add_user|change_password) \S+ )\S+")),
    MaskRule("rclone obscure ", LazyPattern(r"(\brclone obscure )[^\s-]\S+")),
    MaskRule("isql ", LazyPattern(rf"(\bisql \S+ \S+ ){_STRONG}")),
    MaskRule("SecureString", LazyPattern(r"(ConvertTo-SecureString\s+(?:-String\s+)?[\"'])[^\"'\n]+")),
    MaskRule("signtool ", LazyPattern(r"(\bsigntool\b[^\n]{0,200}?\s/p\s+)\S+")),
    MaskRule("/rp ", LazyPattern(r"(\s/rp )\S+")),  # of schtasks
    MaskRule("freerdp", LazyPattern(r"(\b\w?freerdp\b[^\n]{0,300}?\s/p:)\S+")),
    MaskRule('send "', LazyPattern(rf"(\bsend \"){_STRONG}(?=\\+r)")),  # of expect
    MaskRule("sqlplus ", LazyPattern(r"(\bsqlplus (?:-\S+ )*[\w.-]+/)[^\s/@]+")),
    MaskRule("open -u ", LazyPattern(r"(\bopen -u [^\s,]+,)[^\s\"']+")),  # of lftp
    MaskRule("<<<", LazyPattern(rf"(\b(?:{_STDIN_READERS})\b[^\n|;]{{0,80}}?<<<\s*)\S+")),
    *(
        MaskRule(
            f"| {word}",
            LazyPattern(rf"(\becho\s+(?:-n\s+)?)[^\n|]+?(?=\s*\|\s*(?:sudo )?(?:{_STDIN_READERS}))"),
        )
        for word in ("sudo", "gh auth", "glab auth", "cryptsetup", "chpasswd", "kinit", "passwd")
    ),
    MaskRule(
        "wandb login",
        LazyPattern(r"(wandb login\s+(?:--?[\w-]+(?:[= ]https?://\S+)?\s+){0,3})(?:\w{20,}|(?=\w*\d)\w{6,})"),
    ),
    *(
        MaskRule(word, LazyPattern(rf"(\b{word}{SECRET_NAME}\s+[\"']?)[^\s\"';&]{{4,}}", re.IGNORECASE))
        for word in ("setenv ", "set -x ", "set -gx ", "set -Ux ")
    ),
    MaskRule("-auth", LazyPattern(r"(--?(?:basic-)?auth[= ][\"']?[\w.@-]+:)[^\s\"']{4,}")),
    MaskRule("--creds", LazyPattern(r"(--creds[= ][\"']?[\w.@-]+:)[^\s\"']{4,}")),
    MaskRule(
        "--password-stdin",
        LazyPattern(r"(\b(?:echo\s+(?:-n\s+)?|printf\s+(?:[\"']?%s\S*\s+)?))[^\n|]+?(?=\s*\|)"),
    ),
    MaskRule("<(echo ", LazyPattern(rf"(<\(echo\s+(?:-n\s+)?[\"']?)(?![\w.]+=\w){_STRONG}(?=[\"')])")),
    MaskRule("--login", LazyPattern(rf"(--login[= ][\"']?[\w.@-]+:){MIXED}")),
    MaskRule("--from-literal", LazyPattern(r"(--from-literal[= ][\"']?[^\s=]+=)[^\s\"']+")),
    MaskRule("--pass", LazyPattern(rf"(--pass(?:[= ]|[\"'], ?)[\"']?){MIXED}")),
    MaskRule("swanlab login", LazyPattern(rf"(swanlab login\s[^\n]{{0,80}}?-k\s*){MIXED}")),
    MaskRule("vault login", LazyPattern(rf"(\bvault login (?:-\S+ )*){MIXED}")),
    MaskRule("pass:", LazyPattern(r"(\s-pass(?:in|out)?\s+pass:)\S+")),
    MaskRule("pass ", LazyPattern(r"(\s?-(?:(?:src|dest)?(?:store|key)|new|jks)pass\s+)\S{4,}")),  # of Java
    MaskRule("htpasswd", LazyPattern(r"(\bhtpasswd\s+-\w*b\w*\s+\S+\s+\S+\s+)\S+")),
    MaskRule("smbclient", LazyPattern(r"(\bsmbclient\b[^\n]{0,200}?-U\s*[\"']?[\w.\\-]+%)[^\s\"']+")),
    MaskRule("smbclient", LazyPattern(r"(\bsmbclient(?:\s+-\w\s+\S+)*\s+(?://|\\\\)\S+\s+)[^\s-]\S{3,}")),
    MaskRule(
        ("dvc remote modify ", "nmcli "),
        LazyPattern(
            rf"(\b(?:dvc remote modify|nmcli)\s[^\n]{{0,200}}?(?:{PASSWORDS}|{SECRETS})\s+)[^\s-]\S{{3,}}"
        ),
    ),
    MaskRule("addauth digest ", LazyPattern(r"(\baddauth digest [^\s:]+:)\S+")),  # of ZooKeeper
    MaskRule("qshell account ", LazyPattern(r"(\bqshell account )\S+ \S+"), rf"\1{MASK} {MASK}"),
    MaskRule("vault token ", LazyPattern(rf"(\bvault token \w+ (?:-\S+ )*?(?:-id=)?)(?!-){_STRONG}")),
    MaskRule(
        "--value",
        LazyPattern(rf"(--name[= ]{NAME}\s[^\n]{{0,200}}?--value[= ])\S+", re.IGNORECASE),
    ),
    MaskRule("--auth", LazyPattern(rf"(--auth[= ]){STRONG}")),
    MaskRule("--key", LazyPattern(rf"(--key[= ]){STRONG}")),
    MaskRule("login", LazyPattern(r"(\blogin\b[^\n]{0,500}?\s-p\s*)[^\s-]\S*")),
    MaskRule("username", LazyPattern(r"(\"username\":\s*\"[^\"]*\",\s*\"key\":\s*\")[^\"]+")),
    MaskRule(" login ", LazyPattern(rf"(\b(?:huggingface-cli|hf auth) login\s+){MIXED}")),
    MaskRule("alias set ", LazyPattern(r"(\bmc alias set \S+ \S+ )\S+ \S+"), rf"\1{MASK} {MASK}"),
    MaskRule(
        "$(echo ",
        LazyPattern(
            rf"((?:{PASSWORDS}|{SECRETS})\w{{0,40}}=[\"']?\$\(echo\s+(?:-n\s+)?[\"']?)[^\s|)\"']{{4,}}",
            re.IGNORECASE,
        ),
    ),
    MaskRule("vault kv ", LazyPattern(r"(\bvault kv (?:put|patch) [^\n=]{1,80}=)[^\n]+")),
)
"""Secrets that stand after a command at a fixed place."""


def mask_options(text: str) -> str:
    """Return a text with ``***`` for secrets in options of the programs of the table."""
    for name, program, option in _OPTIONS:
        if name in text:
            text = program.compiled.sub(partial(_mask_options, option), text)
    return text


def _mask_options(option: LazyPattern, command: re.Match[str]) -> str:
    return option.compiled.sub(rf"\1{MASK}", command[0])
