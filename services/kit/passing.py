"""What a background loop waits out and then goes on with."""

from nats.errors import Error as NatsError

from services.kit.db_problem import DATABASE_ERRORS

# The database, NATS or the way to them was away, or a pool was empty. Anything else is a defect of ours.
PASSING_ERRORS: tuple[type[Exception], ...] = (*DATABASE_ERRORS, NatsError, OSError)
