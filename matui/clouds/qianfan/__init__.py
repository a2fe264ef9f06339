"""Baidu Qianfan: fine-tuning jobs and their tasks."""
