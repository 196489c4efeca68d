"""The language between services: one module per publisher, and who listens to what (`subscriptions`).

`python -m bezkart.contracts` writes the JSON Schemas and the AsyncAPI document under `schemas/`; a contract test keeps them true.
"""
