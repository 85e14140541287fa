"""A witness of other people's logs (C2SP tlog-witness), with a folder of its own."""
