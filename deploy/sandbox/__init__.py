"""Stand-ins for others outside: a payment provider and a courier that invent everything, and a witness that does not.

Each is a program of its own with its own state, its own secrets and its own addresses. Sunfair knows them only through
its ports (docs/payment-port.md); nobody is charged and nothing is carried.
"""
