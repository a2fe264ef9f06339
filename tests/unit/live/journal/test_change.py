"""The accounts of profiles are asked for at each use."""

from __future__ import annotations

from matui.live.journal.change import Account, Accounts


def test_an_account_may_be_resolved_later() -> None:
    project = [""]
    accounts = Accounts()
    accounts.add("prod", lambda: Account("modelarts", project=project[0]))
    assert accounts.get_account("prod").project == ""
    project[0] = "p1"
    assert accounts.get_account("prod") == Account("modelarts", project="p1")


def test_profiles_of_one_account_are_one_account() -> None:
    accounts = Accounts()
    accounts.add("first", lambda: Account("modelarts"))
    accounts.add("second", lambda: Account("modelarts"))
    assert accounts.all == (Account("modelarts"),)
    assert accounts.list_profiles(Account("modelarts")) == ("first", "second")
    assert accounts.list_profiles(Account("qianfan")) == ()
    assert accounts.get_account("other") == Account("")
