"""Finding in one journey: the newest that fit, in spans of time that the planner's own estimate chooses.

An index of words cannot give its rows in the order of time, and whatever is found by 水果 would all be read to be
sorted. What is rare is read at once; of what is much only spans of time are read, the newest first, until enough is
found. The states and prices of cards get indexes, so that a search by these alone need not read the table.
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

INDEXES = (
    """CREATE INDEX ix_search_entry_state_newest ON catalog.search_entry
    ((card->>'state'), published_at DESC, id DESC)""",
    "CREATE INDEX ix_search_entry_price ON catalog.search_entry (((card->>'price_from_fen')::bigint))",
    # A list of what is not yet in the index would be read through by every search.
    "ALTER INDEX catalog.ix_search_entry_words SET (fastupdate = off)",
    "SELECT gin_clean_pending_list('catalog.ix_search_entry_words')",
    "ANALYZE catalog.search_entry",
)

FIND = """
CREATE FUNCTION catalog.find_newest(
  asked tsquery, rough tsquery, wanted_state text, from_fen bigint, to_fen bigint,
  before_at timestamptz, before_id text, most integer
) RETURNS TABLE (card jsonb, published_at timestamptz, id text, expected bigint) LANGUAGE plpgsql AS $$
DECLARE
  fits constant text := '($1 IS NULL OR words @@ $1) AND ($2 IS NULL OR card->>''state'' = $2)
    AND ($3 IS NULL OR (card->>''price_from_fen'')::bigint >= $3)
    AND ($4 IS NULL OR (card->>''price_from_fen'')::bigint <= $4)';
  rows constant text := 'SELECT card, published_at, id, $8 FROM catalog.search_entry WHERE ' || fits
    || ' AND ($5 IS NULL OR (published_at, id) < ($5, $6)) %s ORDER BY published_at%s DESC, id DESC LIMIT $7';
  -- An order that no index has. To walk along the newest costs more than the planner thinks: it counts no unpacking.
  looked_up constant text := ' + interval ''0''';
  plan json;
  total real;
  everything interval;
  since timestamptz;
  upper timestamptz;
  lower timestamptz;
  reach interval;
  marks tsquery;
  missing integer := most;
  got integer;
BEGIN
  -- The values are known while a statement is planned, and what is not asked falls out of it.
  EXECUTE 'EXPLAIN (FORMAT JSON) SELECT 1 FROM catalog.search_entry WHERE ' || fits
    INTO plan USING rough, wanted_state, from_fen, to_fen;
  expected := (plan->0->'Plan'->>'Plan Rows')::bigint;
  SELECT greatest(c.reltuples, 1) INTO total FROM pg_class c WHERE c.oid = 'catalog.search_entry'::regclass;
  SELECT min(e.published_at), max(e.published_at) INTO since, upper FROM catalog.search_entry e;
  everything := upper - since;
  IF before_at < upper THEN upper := before_at; END IF;
  IF asked IS NOT NULL AND expected > greatest(1000, 2 * most) AND since < upper THEN
    -- Enough but for chance, of what comes evenly.
    reach := greatest(everything * ((most + 3 * sqrt(most)) / expected), interval '1 hour');
    upper := upper + interval '1 microsecond';
    LOOP
      lower := upper - reach;
      EXIT WHEN lower <= since OR missing <= 0;
      marks := NULL;
      IF expected < total * 0.15 THEN
        SELECT string_agg('''@t' || CASE WHEN reach < '4 days' THEN 'd' || to_char(at, 'YYYYMMDD')
          WHEN reach < '30 days' THEN 'w' || to_char(at, 'IYYYIW') ELSE 'm' || to_char(at, 'YYYYMM') END || '''', '|')
        INTO marks
        FROM generate_series(
          date_trunc(CASE WHEN reach < '4 days' THEN 'day' WHEN reach < '30 days' THEN 'week' ELSE 'month' END,
            lower AT TIME ZONE 'UTC'), upper AT TIME ZONE 'UTC',
          CASE WHEN reach < '4 days' THEN interval '1 day' WHEN reach < '30 days' THEN '7 days' ELSE '1 month' END) at;
      END IF;
      RETURN QUERY EXECUTE format(rows, 'AND published_at >= $9 AND published_at < $10',
          CASE WHEN marks IS NOT NULL THEN looked_up END)
        USING CASE WHEN marks IS NULL THEN asked ELSE asked && marks END, wanted_state, from_fen, to_fen,
          before_at, before_id, missing, expected, lower, upper;
      GET DIAGNOSTICS got = ROW_COUNT;
      missing := missing - got;
      upper := lower;
      reach := reach * 4;
    END LOOP;
  END IF;
  IF missing > 0 THEN
    RETURN QUERY EXECUTE format(rows, CASE WHEN missing < most OR lower IS NOT NULL THEN 'AND published_at < $9' END,
        CASE WHEN lower IS NULL AND asked IS NOT NULL THEN looked_up END)
      USING asked, wanted_state, from_fen, to_fen, before_at, before_id, missing, expected, upper;
  END IF;
END $$"""


def upgrade() -> None:
    """Two indexes, and a function; a change of it is a new function, because the old code still calls the old one."""
    for statement in (*INDEXES, FIND):
        op.execute(sa.text(statement.replace(":", r"\:")))
