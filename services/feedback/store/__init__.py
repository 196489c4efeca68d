"""Where feedback keeps what it knows: guests, ratings, threads and answers in each shop's database, surveys and shops in its own."""
