"""Models that can be installed: what there is, and how one gets here, is checked and goes again."""
