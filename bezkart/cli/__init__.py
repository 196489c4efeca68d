"""The `bezkart` command: runs shops, imports and questions through the gateway's API, and the local stack."""
