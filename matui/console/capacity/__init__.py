"""The screens of capacity: the pools, and the workloads of one."""
