"""What disclosure decides and reckons, without database or clock."""
