"""What producers make and where: products, sites, certificates, rights to signs."""
