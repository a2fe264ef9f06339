"""The simulated Qianfan account."""
