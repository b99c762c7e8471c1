"""Writers: what turns findings into files and terminal lines while the scan runs."""
