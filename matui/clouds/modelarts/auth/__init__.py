"""Authentication for Huawei Cloud: AK/SK signatures, IAM tokens and agencies."""
