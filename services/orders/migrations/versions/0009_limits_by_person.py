"""A limit counts a person together, whichever of their accounts orders; the functions that sell know the person."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """An address is kept with its person from now on; one of before counts by account and household, as it did.

    The functions keep their parameters, so code of before calls them as well.
    """
    op.execute("ALTER TABLE orders.address ADD COLUMN person text")
    op.execute("CREATE INDEX ix_address_person ON orders.address (person) WHERE person IS NOT NULL")
    for statement in FUNCTIONS.split("$$;\n"):
        if statement.strip():
            # The driver reads a colon as the beginning of a parameter.
            op.execute(sa.text((statement + "$$").replace(":", r"\:")))


FUNCTIONS = """
CREATE OR REPLACE FUNCTION orders.place(
  p_broadcast text, p_lot text, p_at timestamptz, p_seconds integer, p_checkouts text[], p_orders text[],
  p_accounts text[], p_keys text[], p_bodies text[], p_units bigint[], p_prices bigint[], p_addresses text[],
  p_placed jsonb[]
) RETURNS TABLE (n bigint, outcome text, checkout_id text, number bigint, ticket bigint, freight_fen bigint,
  reserved_until timestamptz, created_at timestamptz) LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
  k orders.stock;
  s orders.sale;
  r record;
  v_now timestamptz;
  v_reason text;
  v_left bigint;
  v_mine bigint;
  v_taken bigint := 0;
  v_tickets bigint;
  v_won bigint[] := '{}';
  v_ticket_of bigint[] := '{}';
  v_household_of text[] := '{}';
  v_person_of text[] := '{}';
BEGIN
  -- The lock comes first and alone: what follows then sees all that was sold before, by whichever process.
  SELECT * INTO k FROM orders.stock WHERE broadcast_id = p_broadcast AND lot_id = p_lot FOR UPDATE;
  SELECT * INTO s FROM orders.sale WHERE broadcast_id = p_broadcast;
  v_now := clock_timestamp();
  v_reason := orders.refusal(s, k, COALESCE(p_at, v_now));
  v_left := LEAST(k.available, COALESCE(k.limit_units - k.reserved - k.sold, k.available));
  v_tickets := k.tickets;
  FOR r IN
    SELECT a.n, a.units, a.account, c.id AS known_id, c.body_sha256 = a.body AS known_body, a.price, d.household,
      COALESCE(d.person, a.account) AS person,
      CASE WHEN k.units_per_buyer IS NOT NULL THEN GREATEST(
        (SELECT COALESCE(sum(o.units), 0) FROM orders."order" o WHERE o.account_id = a.account
          AND o.broadcast_id = p_broadcast AND o.lot_id = p_lot AND o.state NOT IN ('expired', 'cancelled')),
        (SELECT COALESCE(sum(o.units), 0) FROM orders."order" o WHERE o.household = d.household
          AND o.broadcast_id = p_broadcast AND o.lot_id = p_lot AND o.state NOT IN ('expired', 'cancelled')),
        (SELECT COALESCE(sum(o.units), 0) FROM orders."order" o
          WHERE o.account_id IN (SELECT w.account_id FROM orders.address w WHERE w.person = d.person)
          AND o.broadcast_id = p_broadcast AND o.lot_id = p_lot AND o.state NOT IN ('expired', 'cancelled')))
      END AS had,
      count(*) OVER (PARTITION BY COALESCE(d.person, a.account)) + count(*) OVER (PARTITION BY a.account)
        + count(*) OVER (PARTITION BY d.household) > 3 AS meets_itself
    FROM unnest(p_accounts, p_keys, p_bodies, p_units, p_prices, p_addresses)
      WITH ORDINALITY AS a(account, key, body, units, price, address, n)
    LEFT JOIN orders.checkout c ON c.account_id = a.account AND c.idempotency_key = a.key
    LEFT JOIN orders.address d ON d.id = a.address AND d.account_id = a.account AND d.gone_at IS NULL
    ORDER BY a.n
  LOOP
    n := r.n; checkout_id := NULL; number := NULL; ticket := NULL; freight_fen := NULL;
    reserved_until := NULL; created_at := NULL;
    v_mine := NULL;
    IF k.units_per_buyer IS NOT NULL THEN
      v_mine := r.had;
      IF r.meets_itself THEN
        -- The same person or household stands in the batch more than once: what it just got counts too.
        SELECT v_mine + COALESCE(sum(p_units[w.n]), 0) INTO v_mine
          FROM unnest(v_won, v_household_of, v_person_of) AS w(n, household, person)
          WHERE p_accounts[w.n] = r.account OR w.household = r.household OR w.person = r.person;
      END IF;
    END IF;
    IF r.known_id IS NOT NULL THEN
      outcome := CASE WHEN r.known_body THEN 'again' ELSE 'key_reused' END;
      checkout_id := r.known_id;
    ELSIF v_reason IS NOT NULL THEN
      outcome := v_reason;
    ELSIF r.price <> k.price_fen THEN
      outcome := 'price_changed'; number := k.price_fen;
    ELSIF r.household IS NULL THEN
      outcome := 'address_unknown';
    ELSIF v_mine + r.units > k.units_per_buyer THEN
      outcome := 'over_limit'; number := GREATEST(k.units_per_buyer - v_mine, 0);
    ELSIF v_taken + r.units > v_left THEN
      outcome := 'sold_out'; number := GREATEST(v_left - v_taken, 0);
    ELSE
      v_taken := v_taken + r.units;
      v_tickets := v_tickets + 1;
      v_won := v_won || r.n;
      v_ticket_of := v_ticket_of || v_tickets;
      v_household_of := v_household_of || r.household;
      v_person_of := v_person_of || r.person;
      outcome := 'placed'; checkout_id := p_checkouts[r.n]; ticket := v_tickets;
      freight_fen := k.freight_fen * r.units;
      reserved_until := v_now + make_interval(secs => p_seconds); created_at := v_now;
    END IF;
    RETURN NEXT;
  END LOOP;
  IF v_taken = 0 THEN
    RETURN;
  END IF;
  INSERT INTO orders.checkout (id, broadcast_id, account_id, idempotency_key, body_sha256, state, version, address_id,
      total_fen, placed, reserved_until, created_at, changed_at)
    SELECT p_checkouts[w.n], p_broadcast, p_accounts[w.n], p_keys[w.n], p_bodies[w.n], 'reserved', 1, p_addresses[w.n],
      p_units[w.n] * (k.price_fen + k.freight_fen), p_placed[w.n], v_now + make_interval(secs => p_seconds),
      v_now, v_now
    FROM unnest(v_won) AS w(n);
  INSERT INTO orders."order" (broadcast_id, id, checkout_id, account_id, household, lot_id, lot_version, ticket, units,
      unit_grams, unit_price_fen, freight_fen, amount_fen, page_sha256, state, version, created_at, changed_at)
    SELECT p_broadcast, p_orders[w.n], p_checkouts[w.n], p_accounts[w.n], w.household, p_lot, k.lot_version, w.ticket,
      p_units[w.n], k.unit_grams, k.price_fen, p_units[w.n] * k.freight_fen,
      p_units[w.n] * (k.price_fen + k.freight_fen), k.page_sha256, 'reserved', 1, v_now, v_now
    FROM unnest(v_won, v_ticket_of, v_household_of) AS w(n, ticket, household);
  UPDATE orders.stock SET available = available - v_taken, reserved = reserved + v_taken, tickets = v_tickets,
    version = version + 1 WHERE broadcast_id = p_broadcast AND lot_id = p_lot;
END
$$;
CREATE OR REPLACE FUNCTION orders.place_basket(
  p_broadcast text, p_at timestamptz, p_seconds integer, p_checkout text, p_account text, p_key text, p_body text,
  p_address text, p_placed jsonb, p_orders text[], p_lots text[], p_units bigint[], p_prices bigint[]
) RETURNS TABLE (lot_id text, outcome text, checkout_id text, number bigint, ticket bigint, freight_fen bigint,
  reserved_until timestamptz, created_at timestamptz) LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
  s orders.sale;
  r record;
  v_now timestamptz;
  v_household text;
  v_person text;
  v_left bigint;
  v_had bigint;
  v_good boolean := true;
BEGIN
  PERFORM 1 FROM orders.stock k WHERE k.broadcast_id = p_broadcast AND k.lot_id = ANY(p_lots)
    ORDER BY k.lot_id FOR UPDATE;
  v_now := clock_timestamp();
  SELECT CASE WHEN c.body_sha256 = p_body THEN 'again' ELSE 'key_reused' END, c.id INTO outcome, checkout_id
    FROM orders.checkout c WHERE c.account_id = p_account AND c.idempotency_key = p_key;
  IF FOUND THEN
    RETURN NEXT;
    RETURN;
  END IF;
  SELECT * INTO s FROM orders.sale WHERE broadcast_id = p_broadcast;
  SELECT d.household, d.person INTO v_household, v_person FROM orders.address d
    WHERE d.id = p_address AND d.account_id = p_account AND d.gone_at IS NULL;
  FOR r IN
    SELECT a.lot, a.units, a.price, k AS stock, k.price_fen, k.available, k.limit_units, k.reserved, k.sold,
      k.units_per_buyer, k.tickets, k.freight_fen
    FROM unnest(p_lots, p_units, p_prices) AS a(lot, units, price)
    LEFT JOIN orders.stock k ON k.broadcast_id = p_broadcast AND k.lot_id = a.lot ORDER BY a.lot
  LOOP
    lot_id := r.lot; checkout_id := p_checkout; number := NULL; ticket := NULL; freight_fen := NULL;
    reserved_until := NULL; created_at := NULL;
    outcome := orders.refusal(s, r.stock, COALESCE(p_at, v_now));
    v_left := LEAST(r.available, COALESCE(r.limit_units - r.reserved - r.sold, r.available));
    IF r.units_per_buyer IS NOT NULL THEN
      SELECT GREATEST(
        (SELECT COALESCE(sum(o.units), 0) FROM orders."order" o WHERE o.account_id = p_account
          AND o.broadcast_id = p_broadcast AND o.lot_id = r.lot AND o.state NOT IN ('expired', 'cancelled')),
        (SELECT COALESCE(sum(o.units), 0) FROM orders."order" o WHERE o.household = v_household
          AND o.broadcast_id = p_broadcast AND o.lot_id = r.lot AND o.state NOT IN ('expired', 'cancelled')),
        (SELECT COALESCE(sum(o.units), 0) FROM orders."order" o
          WHERE o.account_id IN (SELECT w.account_id FROM orders.address w WHERE w.person = v_person)
          AND o.broadcast_id = p_broadcast AND o.lot_id = r.lot AND o.state NOT IN ('expired', 'cancelled')))
        INTO v_had;
    END IF;
    IF outcome IS NOT NULL THEN
      NULL;
    ELSIF r.price <> r.price_fen THEN
      outcome := 'price_changed'; number := r.price_fen;
    ELSIF v_household IS NULL THEN
      outcome := 'address_unknown';
    ELSIF r.units_per_buyer IS NOT NULL AND v_had + r.units > r.units_per_buyer THEN
      outcome := 'over_limit'; number := GREATEST(r.units_per_buyer - v_had, 0);
    ELSIF r.units > v_left THEN
      outcome := 'sold_out'; number := GREATEST(v_left, 0);
    ELSE
      outcome := 'placed'; ticket := r.tickets + 1; freight_fen := r.freight_fen * r.units;
      reserved_until := v_now + make_interval(secs => p_seconds); created_at := v_now;
    END IF;
    v_good := v_good AND outcome = 'placed';
    RETURN NEXT;
  END LOOP;
  IF NOT v_good THEN
    RETURN;
  END IF;
  INSERT INTO orders.checkout (id, broadcast_id, account_id, idempotency_key, body_sha256, state, version, address_id,
      total_fen, placed, reserved_until, created_at, changed_at)
    SELECT p_checkout, p_broadcast, p_account, p_key, p_body, 'reserved', 1, p_address,
      sum(a.units * (k.price_fen + k.freight_fen)), p_placed, v_now + make_interval(secs => p_seconds), v_now, v_now
    FROM unnest(p_lots, p_units) AS a(lot, units)
    JOIN orders.stock k ON k.broadcast_id = p_broadcast AND k.lot_id = a.lot;
  INSERT INTO orders."order" (broadcast_id, id, checkout_id, account_id, household, lot_id, lot_version, ticket, units,
      unit_grams, unit_price_fen, freight_fen, amount_fen, page_sha256, state, version, created_at, changed_at)
    SELECT p_broadcast, a.id, p_checkout, p_account, v_household, a.lot, k.lot_version, k.tickets + 1, a.units,
      k.unit_grams, k.price_fen, a.units * k.freight_fen, a.units * (k.price_fen + k.freight_fen), k.page_sha256,
      'reserved', 1, v_now, v_now
    FROM unnest(p_orders, p_lots, p_units) AS a(id, lot, units)
    JOIN orders.stock k ON k.broadcast_id = p_broadcast AND k.lot_id = a.lot;
  UPDATE orders.stock k SET available = k.available - a.units, reserved = k.reserved + a.units, tickets = k.tickets + 1,
    version = k.version + 1
    FROM unnest(p_lots, p_units) AS a(lot, units) WHERE k.broadcast_id = p_broadcast AND k.lot_id = a.lot;
END
$$;
"""
