"""Huawei Cloud ModelArts, as its 2020 API reference describes it (api = "v1")."""
