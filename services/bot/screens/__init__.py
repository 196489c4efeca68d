"""What people see: state in, words and buttons out. Pure."""
