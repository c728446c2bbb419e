"""A courier that carries nothing: waybills, scans on the way, a signature, signed callbacks."""
