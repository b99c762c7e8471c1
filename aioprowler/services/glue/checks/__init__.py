"""How the Data Catalog is judged, and what runs over it."""
