"""The accounts of a scan on the workers of a Dask cluster: one coordinator, and no scheduler of our own.

https://distributed.dask.org/
"""
