"""Where purchases keeps what it knows: accounts and ledger in each shop's database, programs and shops in its own, codes in Redis."""
