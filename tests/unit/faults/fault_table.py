"""What happens under each fault: one row each, held by the headless and the console tests alike.

``says`` is the one line a user reads (a regular expression), ``code`` the exit status of ``matui get``,
``word`` what the console's status bar says of the data it keeps. Every fault of the simulator is recovered
from by itself once it has gone; ``retried`` tells whether a single one is not even noticed.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """One fault: its name (and the simulator's spec for it) and what follows from it."""

    name: str
    says: str
    code: int
    word: str
    retried: bool = False


NETWORK = (
    Row("refusing", r"refuses the connection", 4, "offline"),
    Row("nowhere", r"The name \S+ cannot be resolved", 4, "offline"),
    Row("not_accepting", r"No connection to \S+ within the time limit", 4, "timed out"),
    Row("thief", r"redirects to another place, \S+/login; it was not followed", 1, "301"),
)
TLS = (
    Row("wrong host", r"certificate of \S+ is for another host", 4, "TLS failed"),
    Row("expired", r"certificate of \S+ has expired", 4, "TLS failed"),
    Row("unknown CA", r"comes from a CA this machine does not know", 4, "TLS failed"),
)
_PAGE = "A web page came instead of an answer of the API, titled"
SERVED = (
    Row("hang", r"took the request but did not answer in time", 4, "timed out", retried=True),
    Row("drip", r"was not complete after 0\.9 s", 4, "timed out", retried=True),
    Row("reset", r"broke before the answer was complete", 4, "offline", retried=True),
    Row("truncate", r"broke before the answer was complete", 4, "offline", retried=True),
    Row("301", r"redirects to another place, http://elsewhere\.invalid", 1, "301"),
    Row("redirect", r"redirects to another place, http://elsewhere\.invalid", 1, "302"),
    Row("400", r"breaks the rules of its field.*ModelArts\.0107, HTTP 400", 1, "400"),
    Row("401", r"does not recognise the token.*ModelArts\.0203, HTTP 401", 3, "not signed in"),
    Row("403", r"This needs the permission modelarts:notebook:list", 3, "no permission"),
    Row("404", r"no resource with this id.*HTTP 404", 1, "not found"),
    Row("409", r"does not permit this action.*HTTP 409", 1, "409"),
    Row("429", r"policy user over ratelimit,limit:100,time:1 minute.*HTTP 429", 1, "429", retried=True),
    Row("429bare", r"policy user over ratelimit,limit:100,time:1 minute.*HTTP 429", 1, "429", retried=True),
    Row("0114", r"Too many requests reached ModelArts.*ModelArts\.0114", 1, "429", retried=True),
    Row("500", r"ModelArts failed and does not say why.*HTTP 500", 1, "500", retried=True),
    Row("501", r"could not map the request.*HTTP 501", 1, "501"),
    Row("502", rf"{_PAGE} '502 Bad Gateway'. \(HTTP 502", 1, "502", retried=True),
    Row("503", r"not available at the moment\..*Backend unavailable.*HTTP 503", 1, "503", retried=True),
    Row("504", r"took too long\. The cloud says: Backend timeout.*HTTP 504", 1, "504", retried=True),
    Row("html", rf"{_PAGE} 'Welcome'", 1, "bad answer"),
    Row("proxy", rf"{_PAGE} 'Web proxy login'.*proxy or login page is in between", 1, "bad answer"),
    Row("empty", r"The answer is empty where JSON was due", 1, "bad answer"),
    Row("garbage", r"JSON that breaks off before its end", 1, "bad answer"),
    Row("wrongtype", r"The answer holds no list of instances", 1, "bad answer"),
    Row("huge", r"larger than 16\.0 MiB and was not read to its end", 1, "bad answer"),
    Row("skew:1200", r"This machine's clock is 20m behind the cloud's; set it right", 3, "not signed in"),
    Row("skew:-1200", r"This machine's clock is 20m ahead of the cloud's; set it right", 3, "not signed in"),
)
