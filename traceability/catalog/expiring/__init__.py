"""What ends soon: certificates, rights and whatever rooms above add."""
