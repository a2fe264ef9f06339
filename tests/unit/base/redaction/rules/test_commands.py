"""Secrets in command lines are masked whose options do not name them."""

from __future__ import annotations

import pytest

from matui.base.redaction.masking import mask_secrets

S, H = "Zq7Xw9Lk2mVb4Tn8", "9f86d081884c7d659a2feaa0c55ad015"
L, P = "a8Kd93hsLq02Zx7Pm4Vt6Yb1Nc5Rj9We", "S3cr3t!pw"


@pytest.mark.parametrize(
    "text",
    [
        f"-p {S} mysql -u root",
        f"net use \\\\host /user:x {S}",
        f"net use Z: \\\\host\\share {S} /user:corp\\x",
        f"curl --proxy-user x:{S} https://a",
        f"curl -U x:{S} -x p:1 https://a",
        f"curl -E cert.pem:{S} https://a",
        f"curl --cert cert.pem:{S} https://a",
        f"http -a x:{S} a",
        f"https --auth x:{S} a",
        f"cqlsh -u x -p {S} h",
        f"bcp t out f -S h -U sa -P {S}",
        f"isql dsn x {S}",
        f"lftp -u x,{S} ftp://h",
        f"lftp -e 'open -u x,{S} sftp://h'",
        f"ncftpput -u x -p {S} h / f",
        f"rclone obscure {S}",
        f"plink -ssh x@h -pw {S}",
        f"pscp -pw {S} f x@h:",
        f"putty -pw {S}",
        f"xfreerdp /u:x /p:{S} /v:h",
        f"rdesktop -u x -p {S} h",
        f"expect -c 'send \"{S}\\r\"'",
        f"openssl enc -K {H} -iv 00",
        f"keytool -storepass {S} -keypass {L} -list",
        f"jarsigner -storepass {S} a.jar x",
        f"cryptsetup open d x <<< {S}",
        f"echo {S} | cryptsetup luksOpen d x -",
        f"echo x:{S} | chpasswd",
        f"useradd -p '{S}' x",
        f"ipmitool -H h -U x -P {S} power status",
        f"snmpwalk -v2c -c {S} h",
        f"snmpget -v3 -u x -A {S} -X {L} h",
        f"wpa_passphrase net {S}",
        f"ossutil config -e e -i LTAI5tABCDEFGHIJKLMNOP -k {L}",
        f"mc config host add m https://m {S} {L}",
        f"etcdctl --user root:{S} get k",
        f"gh auth login --with-token <<< {S}",
        f"echo {S} | gh auth login --with-token",
        f"twine upload -u __token__ -p pypi-{L}{L}",
        f"twine upload -u x -p {S} d/*",
        f"poetry config http-basic.r x {S}",
        f"poetry config pypi-token.pypi {S}",
        "npm config set _auth dXNlcjpacTdYdzlMazJtVmI0VG44",
        f"kaggle config set -n key -v {H}",
        f"rabbitmqctl add_user x {S}",
        f"rabbitmqadmin -u x -p {S} list",
        f"mosquitto_pub -h h -u x -P {S} -t t",
        f"sendemail -xu x -xp {S}",
        f"psexec \\\\h -u x -p {S} cmd",
        f"schtasks /create /ru x /rp {S}",
        f"net user x {S} /add",
        f"ConvertTo-SecureString '{S}' -AsPlainText -Force",
        f"curl -su ops:{S} https://x",
        f"curl -sSfu 'ops:{S}' https://x",
        f"ossutil64 cp -i LTAI5tABCDEFGHIJKLMNOP -k {L} a oss://b",
        f"key = {L}",
        f"enable secret 5 {S}",
        f"username x password 7 {S}",
    ],
)
def test_a_secret_of_a_command_is_masked(text: str) -> None:
    masked = mask_secrets(text)
    assert "***" in masked
    assert not any(secret in masked for secret in (S, H, L, P))
