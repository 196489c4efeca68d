"""Where identity keeps what it knows: guests per shop, the directory of shops and staff, sessions."""
