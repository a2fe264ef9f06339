"""Secrets in logs and texts are masked by their shape or the word before them; figures and names stay."""

from __future__ import annotations

import json
import re
import time
import tomllib
from base64 import b64encode
from pathlib import Path
from urllib.parse import quote, quote_plus

import pytest

from matui.base.redaction.known import hide_in_bytes
from matui.base.redaction.masking import mask_secrets
from matui.live.capsules.collect import redact_lines

S = "Zq7Xw9Lk2mVb4Tn8"
SAMPLES = Path(__file__).parents[2] / "signals" / "shape_samples.toml"


@pytest.mark.parametrize(
    "text",
    [
        f"SK={S}",
        f'<password encrypted="false">{S}</password>',
        f"$argon2id$v=19$m=65536,t=3,p=4${S}${S}{S}",
        f"$apr1$salt${S}abcdef",
        f"ssh-keygen -N {S} -f k",
        f"java -jar a.jar -storepass {S}",
        f"THE PASSWORD IS {S}",
        f"login('{S}')",
        f'smtp.login("ops", "{S}")',
        f"mysql -u root -p {S}",
        f"mysql -u root -p '{S}' metrics",
        f"AUTH {S}",
        f"AUTH default {S}",
        f"sig={S}",
        f"wandb login {S}",
        f"wandb login --host https://w.example {S}",
        f"dsn=https://{S}@s.example/1",
        f'SENTRY_DSN: "https://{S}@s.example/1"',
        f"npm_{S}{S}",
        f"ya29.{S}{S}",
        f"dckr_pat_{S}{S}",
        f"pypi-AgEIcHlwaS5vcmc{S}{S}",
        f"LTAI5t{S}ab",
        f"password: !!str {S}",
        f"train.py --pass {S}",
        f"swanlab login -k {S}{S}",
        f"kubectl create secret generic x --from-literal=pw={S}",
        f"Password for root: {S}",
        f"requirepass {S}",
        f"CREATE USER x IDENTIFIED BY '{S}'",
        f"LDAP_BIND_PW={S}",
        f"bindpw {S}",
        f"AIzaSy{S}{S}",
        f"SG.{S}abcdef.{S}{S}",
        f"sk_live_{S}",
        f"https://hooks.slack.com/services/T00000000/B00000000/{S}abcdefgh",
        f"https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key={S}-aaaa",
        f"echo {S} | docker login --password-stdin",
        f"-e DB_PASS={S}",
        f"db_pass: {S}",
        f"password {S}",
        f'passphrase "{S}"',
        f"sk: {S}",
        f"ak={S} sk={S}",
        f'{{"password": "{S}"}}',
        f"password: {S}",
        "passwd: correcthorse",
        f"密码：{S}",
        f'DB_PASSWORD = "{S}"',
        f"--api-key {S}",
        f"securityToken: {S}",
        f"x-bce-security-token: {S}",
        f"curl -H 'X-Auth-Token: MII{S}' https://x",
        f"Authorization: Bearer {S}",
        f"Authorization: Basic {S}==",
        f"SDK-HMAC-SHA256 Access={S}, SignedHeaders=host, Signature={S}",
        f"Signature: {S}",
        f"bce-auth-v1/{S}/2025-10-09T08:53:20Z/1800//{S}",
        f"authorization=bce-auth-v1%2F{S}%2F1",
        f"https://b.obs.myhuaweicloud.com/a?AccessKeyId={S}&Expires=1&Signature={S}%3D",
        f"/a?sig={S}&x=1",
        f"https://b.s3/x?X-Amz-Credential={S}%2F2020&X-Amz-Security-Token={S}",
        f"https://u:{S}@git.example.com/r.git",
        f"https://{S}{S}@github.com/r.git",
        f"https://{S}:x-oauth-basic@github.com/r.git",
        f"/cb?next=%2Fa%3Faccess_token%3D{S}%26b%3D1",
        f"  - name: DB_PASSWORD\n    value: {S}\n",
        f'{{\\"name\\": \\"DB_PASSWORD\\", \\"value\\": \\"{S}\\"}}',
        f'{{\\"api_key\\": \\"{S}\\"}}',
        f"<db:password>{S}</db:password>",
        f"machine git.example.com login li password {S}",
        f"AccountKey={S}==;Endpoint=x",
        f'passphrase = "a b {S}"',
        f'{{"password": "a\\"b {S}"}}',
        "data: " + b64encode(f"DB_PASSWORD={S}".encode()).decode(),
        b64encode(json.dumps({"env": {"HF_TOKEN": S}}).encode()).decode().rstrip("="),
        f"https://notebook.example.com/lab?token={S}",
        f"https://smn.example.com/subscribe?token={S}",
        f"wandb: API key {S}",
        f"notebook_token {S}",
        f"hf_{S}{S}",
        f"ghp_{S}{S}",
        f"AKIA{S.upper()}",
        f"sk-{S}{S}",
        f"glpat-{S}AAAA",
        f"eyJhbGciOiJIUzI1NiJ9.eyJ{S}.{S}",
        f"docker login -u a -p {S} swr.x",
        f"Set-Cookie: session={S}",
        f"mysql -h db -u root -p{S} metrics",
        f"mysqldump -uroot '-p{S}'",
        f'["mysql", "-uroot", "-p{S}"]',
        f"mariadb -p{S}",
        f"mysql -p'a;{S}' -e 'select 1'",
        f"sshpass -p {S} ssh host",
        f"sshpass -p'{S}' ssh host",
        f"obsutil config -i={S} -k={S} -t={S} -e=obs.x",
        f"redis-cli -h r -a {S} ping",
        f"curl -u user:{S} https://x",
        f"curl --user 'user:{S}' https://x",
        f"7z x -p{S} a.7z",
        f"unzip -P {S} a.zip",
        f"kaggle key: {S}",
        f"KAGGLE_KEY={S}",
        f'kaggle.json: {{"username":"li", "key": "{S}"}}',
        f"ssh_key = {S}",
        f"redis://:{S}@h:6379/0",
        f"https://maps.example.com/x?key={S}",
        f"https://sts.example.com/cb?code={S}&state=1",
        f"obsutil config -i {S} -k {S}",
        f"mc alias set m http://h AKID {S}",
        f"vault kv put secret/db value={S}",
        f"huggingface-cli login {S}",
        f"subprocess.run(['curl', '-u', 'li:{S}'])",
        f'{{"auths": {{"swr.x": {{"auth": "{S}"}}}}}}',
        f"_auth={S}",
        f"user=li pass={S}",
        f"cred={S}",
        f"jwt={S}",
        f"passcode={S}",
        f"FERNET_KEY={S}",
        f'password := "{S}"',
        f"令牌: {S}",
        f"秘钥：{S}",
    ],
)
def test_a_secret_is_masked(text: str) -> None:
    masked = mask_secrets(text)
    assert "***" in masked
    assert S.lower() not in masked.lower()
    assert "correcthorse" not in masked


@pytest.mark.parametrize(
    "name", ["pin=", "PIN: ", '"pin": "', "otp=", "OTP: ", "totp=", "passcode=", "passcode: "]
)
def test_a_short_code_is_masked(name: str) -> None:
    assert mask_secrets(f"check {name}482913") == f"check {name}***"
    assert "482913" not in mask_secrets(f"check {name}482913.")


@pytest.mark.parametrize(
    "text",
    [
        "pin_memory=True pin=True pin=0 gpio pin: 18",
        "pin: 4096 MB mapping: 123456 spin=123456",
        "signal=9 sig=9 sig=SIGTERM sig=SIGRTMIN+1 sig=0.12345678",
        "optimizer: 123456 adopt=123456",
        "AUTH failed for 10.0.0.1:6379",
        "SMTP AUTH XOAUTH2 is not supported",
        "AUTH sha256: ok",
        "wandb login failed: retry",
        "run wandb login instructions",
        "login('alice') login(request) after login(s)",
        "mysql -u root -p metrics2024",
        "mysql -u root -p -h db10.example",
        "dsn=https://s.example/1",
        "skipped_steps=3 skip=abc",
        "[Modelarts Service Log]pwd: /home/work",
        "OLDPWD=/root PWD=/home/ma-user",
        "--skip-steps 100",
        "tokens=4096 loss=1",
        "num_tokens=1,234",
        "tokens: 12.5k",
        "throughput_tokens_per_s=100.5 ",
        "tokens/s: 1234.5 loss/token: 1.2e-3",
        "Unexpected token: }",
        "--tokenizer-path /cache/llama2-7b --max-tokens 4096",
        "KeyError: 'model.layers.12.weight'",
        "Loading tokenizer from llama2-7b-hf-2024",
        "consumed tokens:   4194304 | elapsed",
        "token id 12345",
        "password authentication failed for user",
        "mysql -P 3306 -h db -p metrics",
        "mysql-exporter -port 9104 -path /metrics",
        "ssh -p 2222 host",
        "mkdir -p /cache/mysql/data",
        "docker run -p 8080:80 mysql",
        "python -m pdb -p x1y2z3",
        "obsutil cp obs://b/a -r -f -j=5",
        "curl -u user https://x:80/a",
        "zip -r a.zip data -x b",
        "cache key: 0123456789abcdef0123",
        "https://h/x?code=404&key=name",
        "auth=aksk pass: 3/10 sacred=0.8.4b12345",
        "obsutil ls obs://b -k 2 -t 1",
        "kaggle datasets download key-points-2024",
        '{"username": "li", "name": "job-1"}',
        "token expired at 2025-10-09T08:00:00Z",
        "<max_tokens>4096</max_tokens> <tokenizer>bert</tokenizer>",
        "- name: max_tokens\n  value: 4096",
        "https://git@github.com/r.git",
        "sha256 " + b64encode(b"an ordinary text without any of them").decode(),
        "/home/work/user/job/code/models/transformer/run",
        "Password for 'https://x@y.invalid': ",
        "mode: !!str fast",
        "unet --pass 12 --from-literals",
        "identified by the name of the node",
        "SIZE_PW=12",
    ],
)
def test_figures_and_names_stay(text: str) -> None:
    assert mask_secrets(text) == text


def test_no_line_that_a_recogniser_reads_is_masked() -> None:
    samples = tomllib.loads(SAMPLES.read_text("utf-8"))
    lines = [line for shape in samples.values() for one in shape for line in one.get("lines", ())]
    assert len(lines) > 100
    assert [line for line in lines if mask_secrets(line) != line] == []


def test_a_private_key_over_lines_is_masked() -> None:
    lines = ["a", "-----BEGIN RSA PRIVATE KEY-----", f"MII{S}", S, "-----END RSA PRIVATE KEY-----", "b"]
    data, hidden = redact_lines(lines)
    assert S.encode() not in data
    assert hidden == 4
    assert data.splitlines()[0::5] == [b"a", b"b"]


@pytest.mark.parametrize("word", ["token", "password", "login ", 'password: "', "<a:", "name: key"])
def test_a_long_line_of_one_word_takes_no_time(word: str) -> None:
    start = time.process_time()
    mask_secrets(word * 3000 + "value login: password </")
    assert time.process_time() - start < 0.5


@pytest.mark.parametrize(
    "text",
    [
        f"os.environ['WANDB_API_KEY'] = '{S}'",
        f'config["db"]["password"] = "{S}"',
        f"[['DB_PASSWORD', '{S}']]",
        f"('api_key', '{S}')",
        f'argv: ["--hf-token", "{S}"]',
        f'"x-amz-security-token": ["{S}"]',
        f"headers={{'X-Auth-Token': b'{S}'}}",
        f"auth=('user', '{S}')",
        f'credentials: ["user", "{S}"]',
        f"password%3A%20{S}",
        f"%22password%22%3A%22{S}%22%7D",
        f"AZURE_STORAGE_KEY={S}",
        f"encryption_key={S}",
        f"signing-key: {S}",
        f"license_key={S}",
        f"OPENAI_KEY={S}",
        f"Namespace(lr=0.1, wandb_key='{S}')",
        f"spark.hadoop.fs.obs.secret.key={S}",
        f"fs.obs.access.key={S}",
        f"wandb login {S}{S}abcdefgh",
        f"https://open.feishu.cn/open-apis/bot/v2/hook/{S}{S}",
    ],
)
def test_secrets(text: str) -> None:
    masked = mask_secrets(text)
    assert S not in masked
    assert "***" in masked
    assert S not in redact_lines([text])[0].decode()


def test_hex_of_a_text_that_names_a_secret() -> None:
    assert mask_secrets(f"env {f'DB_PASSWORD={S}'.encode().hex()}") == "env ***"


def test_a_name_and_its_value_on_two_lines() -> None:
    data, hidden = redact_lines(
        ["  - name: DB_PASSWORD", f"    value: {S}", "  - name: LR", "    value: 0.1"]
    )
    assert (S in data.decode(), hidden) == (False, 1)
    assert "value: 0.1" in data.decode()


@pytest.mark.parametrize(
    "text",
    [
        "required: ['access_token', 'secret_key', 'password']",
        "('max_tokens', '4096')",
        "tokens['input'] = 'step 100 of 2000'",
        "sha256 2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae",
        "author=('Li Wei', 'Wang Fang')",
        "primary_key=id12345678, foreign_key: user12345",
        "loss%3A%200.25",
        '"tokenizer": ["bert-base-uncased2"]',
        "  - name: learning_rate",
    ],
)
def test_what_is_no_secret(text: str) -> None:
    assert mask_secrets(text) == text


def quote_in_small_letters(text: str) -> str:
    return re.sub("%..", lambda found: found[0].lower(), quote(text, safe=""))


@pytest.mark.parametrize("encode", [quote, quote_plus, quote_in_small_letters])
def test_a_known_secret_that_is_encoded_for_an_address(encode) -> None:
    secret = "kN0wn/cred+ential=77231xy"
    text = json.dumps({"url": f"https://x/?a={encode(secret)}&b=1"}).encode()
    assert b"77231xy" not in hide_in_bytes(text, frozenset([secret]))


@pytest.mark.parametrize("word", ["token=[", "--auth="])
def test_a_word_repeated_without_a_space_takes_no_time(word: str) -> None:
    began = time.process_time()
    mask_secrets(word * 5000)
    assert time.process_time() - began < 1


H, L, P = "9f86d081884c7d659a2feaa0c55ad015", "a8Kd93hsLq02Zx7Pm4Vt6Yb1Nc5Rj9We", "S3cr3t!pw"
W = "riverstonehill"


@pytest.mark.parametrize(
    "text",
    [
        f"KEY={L}",
        f"SALT={S}",
        f"dbPwdProd={P}",
        f"export PWDROOT={P}",
        f"pwdold: {P}",
        f"userpwdold={P}",
        f"IMAGE_TOKEN={S}",
        f"VIDEO_TOKEN: {S}",
        f"sqlplus x/{S}@db",
        f"jdbc:oracle:thin:x/{S}@h:1521:x",
        f"cookies={{'sessionid': '{S}'}}",
        f"oauth: 1//0g{L}{L}",
        f"APP_KEY=base64:{L}{S}=",
        f"PEPPER={S}",
        f"NONCE_SALT='{L}'",
        f"salt: {H}",
        f"encryption_iv_key={S}",
        f"KEY: {L}",
        f"export KEY='{L}'",
        f"AppKey: {H}",
        f"authcode={S}",
        f"pass_phrase={S}",
        f"rootpw {S}",
        f"admin_pw={S}",
        f"PSK={S}",
        f'psk="{P}"',
        f"wpa-psk {S}",
        f"--auth x:{S}",
        f"--basic-auth x:{S}",
        "-----BEGIN PGP PRIVATE KEY BLOCK-----\n\nMIIEvQ{S}\n-----END PGP PRIVATE KEY BLOCK-----".replace(
            "{S}", S
        ),
        f"PuTTY-User-Key-File-3: x\nPrivate-Lines: 1\n{S}\nPrivate-MAC: {H}",
        f"mysql+pymysql://x:p@ss{S}@h/db",
        f"tls.key: {b64encode(f'-----BEGIN PRIVATE KEY-----{S}'.encode()).decode()}",
        f".dockerconfigjson: {b64encode(json.dumps({'auths': {'r': S}}).encode()).decode()}",
        f"oss2.Auth('LTAI5tQwErTyUiOpAsDfGh', '{L}')",
        f'BceCredentials("x", "{L}")',
        f"wandb.login(key='{H}')",
        f"curl --cookie 'sid={L}' https://h",
        f'curl -b "a=b; sid={L}" https://h',
        f'["--sk", "{L}"]',
        f"password: &pw {P}",
        f"setenv PASSWORD {P}",
        f"set -gx DB_PASSWORD {P}",
        f'variable "token" {{\n  default = "{L}"\n}}',
        f"to\bken={L}".replace("\b", "\bo"),
        f"('password', '{W}')",
        f'[["db_password","{W}"]]',
        f"<property><name>fs.obs.secret.key</name><value>{L}</value></property>",
        f"<property><name>fs.obs.secret.key</name>\n<value>{W}</value></property>",
        f"<property name='password'>{W}</property>",
        f'"token" => "{L}"',
        f"'password' => '{W}'",
        f"auth=root:{W}",
        f"credentials root:{W}@db",
        f"root:$6$rounds=5000${S}${L}{L}:19000:0:99999:7:::",
        f"$2y$10${L}{S}",
        f"requirepass {W}",
        f"CONFIG SET masterauth {W}",
        f"spring.datasource.pass={W}",
        f"smtp:\n  pass: {W}",
        f"password:\n  {W}",
        f"wandb: login key {H}{H[:8]}",
    ],
)
def test_a_secret_after_a_name_is_masked(text: str) -> None:
    masked = mask_secrets(text)
    assert not any(secret in masked for secret in (S, H, L, P, W))


def test_words_that_restore_a_wallet_are_masked() -> None:
    words = "abandon ability able about above absent absorb abstract"
    assert mask_secrets(f"mnemonic: {words}") == "mnemonic: ***"
    assert mask_secrets(f"SEED_PHRASE='{words}'") == "SEED_PHRASE='***'"
    assert mask_secrets(f"prompt: {words}") == f"prompt: {words}"


HEALTHY = (
    "pad_token='<pad>' eos_token='</s>' unk_token='<unk>'",
    "special_tokens={'pad_token': '[PAD]', 'sep_token': '[SEP]'}",
    "image_token='<image>' video_token: <|video_pad|> image_token_id=151655",
    "key: model.layers.12.self_attn.q_proj.weight",
    "key=Qwen2ForConditionalGeneration value=1",
    "KEY=layer12_attn_3",
    "cache key: 2c26b46b68ffc68ff99b453c1d30413413422d70",
    "salt lake city run 12; pepper data set v2; basalt_3: salted=True",
    "salt = randfunc(8)",
    "psk modulation qpsk8 dpsk=62 8psk",
    "the net use of memory is 12 GiB; net used 12%",
    "docker run -p 3306:3306 mysql:8.0",
    "docker run -d -p 127.0.0.1:3307:3306 mysql",
    "http 200 GET /v1/jobs/2c26b46b68ffc68ff99b453c1d304134",
    "enable secret 5 times; password 7 characters",
    "integrity sha512-7cNgqhHaBp8cshtwPkhdM996G5rfDLI7jChGi4s6AKsrpVfVIs1DNSKoPymJTxD5==",
    "layer m4vpwdbexgik: Pull complete",
    "r8_1 gsk_2 hv.3 do_v1_4 AKIDNAPPED AKIA LTAI",
    "task-aZ3xY7 on disk-usage ms-12",
    "mosquitto_pub -h h -p 1883 -t t/1",
    "auth code 404: refused",
    f"Auth('basic', 'v2') curl -b cookies.txt https://h/x?a=1 {S}",
    "certificate-authority-data: LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCk1JSURCVENDQWUyZ0F3SUI",
    "set -x TRAINING setenv EPOCHS 12",
    "the option requirepass is not set",
    "unit.pass=true  pass: true  fail: 0",
    "tests:\n  pass: 12\n  fail: 0",
    "password:\nusername:",
    "('loss', 'accuracy') ['password', 'username']",
    "<name>fs.obs.endpoint</name><value>obs.example.com</value>",
    "<name>hadoop.security.token.service.use_ip</name><value>true</value>",
    "Access denied for user 'a'@'h' (using password: YES)",
    "password: none",
    "-newpass -1 keypass ok",
    "'epoch' => 'twelve', cost $6 to $12",
    "auth=none auth=oauth2",
)


@pytest.mark.parametrize("text", HEALTHY)
def test_a_healthy_line_stays(text: str) -> None:
    assert mask_secrets(text) == text


@pytest.mark.parametrize(
    "text",
    [
        f"token?={S}",
        f"API_TOKEN ?= {S}",
        f"invalid token ({S})",
        f"access key ({S})",
        f"GET https://api.example/v1/apikey/{S}/jobs",
        f"GET /access_token/{S}",
        f"https://x.example/?st=CAIS{S}{S}&x=1",
        f"api_key:\n  {S}",
        f'token:\n    "{S}"',
    ],
)
def test_less_common_forms_are_masked(text: str) -> None:
    assert S not in mask_secrets(text)
    assert "***" in mask_secrets(text)


@pytest.mark.parametrize(
    "text",
    [
        "signature key (sha256-rsa2048)",
        "pad token (id 151643)",
        "next token (<|endoftext|>)",
        "primary key (layer_norm)",
        "loading tokens/checkpoint-120000",
        "GET /v1/api_key/list",
        "https://x.example/?st=2026-01-01T00:00:00Z&se=2026-01-02",
        "st=5 loss=2",
        "tokens:\n  vocabulary",
        "token:\n  kind: access",
    ],
)
def test_what_only_looks_like_less_common_forms_stays(text: str) -> None:
    assert mask_secrets(text) == text


@pytest.mark.parametrize(
    "text",
    [
        f"auth: ops:{S}",
        f"  auth: 'ops:{S}'",
        f'"auth": "ops:{S}"',
        f'username="ops", realm="r", nonce="abc", uri="/x", response="{H}", opaque="5ccc"',
        f'<entry key="password">{S}</entry>',
        f'<setting name="apiToken"><value>{S}</value></setting>',
        f"{{SSHA}}{L}==",
        f"userPassword: {{SSHA512}}{L}{L}",
        f"{{PBKDF2-SHA256}}10000$abcdefgh${L}",
        f"{{SMD5}}{L}",
        f"$7$C6..../....{L}{L}",
        f"$7$101$abc==${L}",
        f"$8$dsYGNam3K1SIJO${L}",
        f"pbkdf2_sha256$260000$salt1234${L}=",
        f"$pbkdf2-sha256$29000$N2YMIWQ${L}",
        f"pbkdf2:sha256:260000$salt${H}{H}",
        f"scrypt:32768:8:1$salt${H}{H}{H}{H}",
        f"$scrypt$ln=16,r=8,p=1$aM15713r3Xsvxbi31lqr1Q${L}",
        f"db.example.com:5432:metrics:ops:{S}",
        f"*:*:*:ops:{W}",
        f"set-cookie: sid={S}; path=/",
        f"'Set-Cookie': 'sid={S}'",
        f'"Cookie": "sid={S}"',
        f"PHPSESSID={S}",
        f"connect.sid=s%3A{S}",
        f"ObsClient('{S}', '{S}{S}', server='x')",
        f"AcsClient('{S}', '{S}{S}', 'cn-hangzhou')",
        f"AcsClient('LTAI5t{S}', '{S}{S}', 'cn-hangzhou')",
        f"oss2.StsAuth('{S}', '{S}', '{S}')",
        f"BasicCredentials(ak, sk).with_ak('{S}').with_sk('{S}')",
        f"credentials.with_security_token('{S}')",
        f"qianfan.AK('{S}'); qianfan.SK('{S}')",
        f"os.environ['QIANFAN_SK']='{S}'",
        f"auth : ops:{S}",
        f"basicAuth: 'ops:{S}'",
        f"credentials: ops:{S}",
        f"<Password><![CDATA[{S}]]></Password>",
        f"export TOKEN=$(echo {S} | base64)",
        f"BceCredentials('{S}', '{S}')",
        f"Access Key ID []: {S}",
        f"Access Key Secret [None]: {S}",
        f"SET PASSWORD FOR 'ops'@'%' = PASSWORD('{S}')",
        f"db.auth('ops', '{S}')",
        f"SASL PLAIN AGpv{S}{S}",
        f"AUTH PLAIN {b64encode(S.encode()).decode()}",
        f"> PASS {S}",
        f"radius-server key {S}",
        f"snmp-server community {S} RO",
        f"PresharedKey = {L}=",
        f"client_assertion={S}",
        f"code_verifier={S}",
        f"device_code={S}",
    ],
)
def test_a_secret_of_a_protocol_or_a_store_is_masked(text: str) -> None:
    masked = mask_secrets(text)
    assert "***" in masked
    assert not any(secret in masked for secret in (S, H, L, W, b64encode(S.encode()).decode()))


@pytest.mark.parametrize(
    "text",
    [
        "auth: enabled auth: user auth: host:8080 author: li:wang2020",
        'response="ok" response=200 response = model.generate(x)',
        '<entry key="epoch">12</entry><entry key="max_tokens">4096</entry>',
        "{SHARD}0123456789abcdef0123 {shape} scrypt pbkdf2_sha256 $7 $8 million",
        "10.0.0.1:5432:up:ok:done nccl:0:1:2:3 *:*:*:*",
        "cookies enabled; cookie: none",
        "AUTH PLAIN is refused; ObsClient('a', 'b')",
        "PASS src/app.test.js",
        "AssertionError: assertion=failed",
    ],
)
def test_what_only_looks_like_a_protocol_stays(text: str) -> None:
    assert mask_secrets(text) == text
