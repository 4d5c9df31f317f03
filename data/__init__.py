"""Stores and sources: the warehouse of facts, the ledger of what people write, the intake of files.

Nothing in here knows the metrics, the layouts or Dash.
"""
