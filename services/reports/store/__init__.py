"""Where reports keeps what it knows: facts and days in each shop's database, shops in its own."""
