"""A payment provider that charges nobody: payments with legs, a hosted checkout page, refunds, signed callbacks."""
