"""The proxy of the environment, and the endpoints that NO_PROXY excludes."""

from __future__ import annotations

import httpx
import pytest

from matui.base.errors import ConfigError
from matui.base.redaction.known import get_known_secrets
from matui.clouds.http.proxies import find_ignored_entries, find_proxy, is_excluded

ENDPOINT = httpx.URL("https://modelarts.cn-north-4.myhuaweicloud.com")


@pytest.fixture(autouse=True)
def no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.mark.parametrize(
    ("endpoint", "entry", "excluded"),
    [
        ("https://a.example.com", "[::1]", False),
        ("https://a.example.com", "fd00::/8,10.0.0.0/8", False),
        ("https://a.example.com", "::1 , [fe80::1%eth0] ,,", False),
        ("https://a.example.com", "example.com", True),
        ("https://a.example.com", ".example.com", True),
        ("https://a.example.com", "x;a.example.com", True),
        ("https://a.example.com", "'a.example.com'", True),
        ("https://example.com", ".example.com", False),
        ("https://example.com", "*.example.com", False),
        ("https://a.example.com", "*.example.com", True),
        ("https://a.example.com", "A.Example.COM.", True),
        ("https://a.example.com", "a.example.com:443", True),
        ("https://a.example.com", "*.example.com:443", True),
        ("https://a.example.com", "a.example.com:8443", False),
        ("https://a.example.com:8443", "a.example.com:8443", True),
        ("https://a.example.com", "ple.com", False),
        ("https://a.example.com", "other.org, example.com", True),
        ("https://a.example.com", "other.org example.com", True),
        ("https://a.example.com", "https://example.com", True),
        ("https://a.example.com", "https://example.com/v1/x", True),
        ("https://a.例子.中国", "例子.中国", True),
        ("https://a.例子.中国", ".xn--fsqu00a.xn--fiqs8s", True),
        ("https://a.example.com", "*", True),
        ("https://10.1.2.3", "10.0.0.0/8", True),
        ("https://10.1.2.3", "10.1.2.3/24", True),
        ("https://10.1.2.3", "192.168.0.0/16", False),
        ("https://10.1.2.3", "10.0.0.0/99", False),
        ("https://10.1.2.3", "10.1.*", True),
        ("https://10.1.2.3", "10.", True),
        ("https://10.1.2.3", "10.1.", True),
        ("https://100.1.2.3", "10.", False),
        ("https://192.168.7.7", "10.,192.168.", True),
        ("https://10.example.com", "10.", False),
        ("https://a.example.com", " .EXAMPLE.com. ", True),
        ("https://10.1.2.3:6443", "10.1.2.3:6443", True),
        ("https://[fd00::1]", "fd00::/8", True),
        ("https://[fd00::1]", "[fd00::]/8", True),
        ("https://[fd00::1]", "[fd00::1]", True),
        ("https://[fd00::1]", "[FD00:0::1]:443", True),
        ("https://[fd00::1]", "[fd00::1]:80", False),
    ],
)
def test_no_proxy_in_every_form(
    endpoint: str, entry: str, excluded: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = httpx.URL(endpoint)
    assert is_excluded(url, entry) is excluded
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.test:3128")
    monkeypatch.setenv("NO_PROXY", entry)
    assert (find_proxy(url) is None) is excluded


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("http://user:pa#SECRETss@proxy:3128", "a # in a password has to be written %23"),
        ("http://user:pa/SECRETss@proxy:3128", "a / in a password has to be written %2F"),
        ("user:pa?SECRETss@proxy:3128", "a \\? in a password has to be written %3F"),
        ("http://user:SECRET@proxy:99999", "its port"),
        ("http://user:SECRET@proxy:0", "its port"),
        ("http://user:SECRET@proxy:port", "not a URL"),
        ("::1:3128", "not a URL"),
        ("http://", "no host"),
        ("http://user:SECRET@", "no host"),
        ("ftp://user:SECRET@proxy", "scheme"),
        ("http://user:SECRET\x01@proxy", "not a URL"),
    ],
)
def test_a_proxy_that_cannot_be_read_is_named_by_its_variable_alone(
    value: str, reason: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", value)
    with pytest.raises(ConfigError, match=f"address in HTTPS_PROXY cannot be read.*{reason}") as caught:
        find_proxy(ENDPOINT)
    assert "SECRET" not in str(caught.value)


@pytest.mark.parametrize(
    ("value", "address"),
    [
        ("proxy:3128", "proxy:3128"),
        ("http://user:p@ss@proxy", "proxy:80"),
        ("http://[::1]:3128/", "[::1]:3128"),
        ("https://proxy", "proxy:443"),
        ("socks5h://127.0.0.1", "127.0.0.1:1080"),
        ("socks://127.0.0.1:1081/", "127.0.0.1:1081"),
        (" http://proxy:3128 ", "proxy:3128"),
    ],
)
def test_the_address_shows_neither_user_nor_password(
    value: str, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ALL_PROXY", value)
    proxy = find_proxy(ENDPOINT)
    assert proxy is not None
    assert (proxy.address, proxy.variable) == (address, "ALL_PROXY")
    assert "p@ss" not in repr(proxy)


def test_the_schemes_own_variable_goes_before_that_of_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALL_PROXY", "socks5://a:1")
    monkeypatch.setenv("https_proxy", "http://b:2")
    proxy = find_proxy(ENDPOINT)
    assert proxy is not None
    assert (proxy.address, proxy.variable) == ("b:2", "https_proxy")


def test_the_password_of_a_proxy_is_a_known_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://user:Hunter%232222@proxy:1")
    find_proxy(ENDPOINT)
    assert {"Hunter%232222", "Hunter#2222"} <= get_known_secrets()


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "[::1]", "169.254.169.254"])
def test_this_machine_and_the_metadata_service_have_no_proxy(
    host: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://user:pa#ss@broken")
    assert find_proxy(httpx.URL(f"https://{host}")) is None


@pytest.mark.parametrize("value", ["http:/proxy:1", "http//proxy:1", "SOCKS5:/proxy"])
def test_a_cut_scheme_is_not_taken_for_the_host(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", value)
    with pytest.raises(ConfigError, match="its scheme has to end in :"):
        find_proxy(ENDPOINT)


@pytest.mark.parametrize(
    ("no_proxy", "ignored"),
    [
        ("*,.a.com,*.b.com,a.com:443,10.0.0.0/8,10.", []),
        ("[fd00::1]:443,fd00::/8,<local>,https://x.com/y,例子.中国", []),
        ("10.0.0.0/99 a.com", ["10.0.0.0/99"]),
        ("10.0.0.1-10.0.0.9", ["10.0.0.1-10.0.0.9"]),
        ("a.com:99999,a.com:x", ["a.com:99999", "a.com:x"]),
        ("a..com, a|b, ftp://a.com", ["a..com", "a|b", "ftp://a.com"]),
        ("", []),
    ],
)
def test_entries_that_match_nothing_are_found(no_proxy: str, ignored: list[str]) -> None:
    assert find_ignored_entries(no_proxy) == ignored
