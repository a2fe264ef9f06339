"""Alibaba OpenSearch: the instances of algorithm functions and their trainings."""
