"""What reports does: takes facts in, adds days up, answers questions, sends the daily report."""
