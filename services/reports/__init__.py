"""Reports: what happened in the shop, in figures; days, periods, cohorts, charts and the daily report."""
