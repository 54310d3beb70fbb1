PRAGMA user_version = 16;

CREATE TABLE catalogs (
    id TEXT NOT NULL PRIMARY KEY,      -- Catalog::hash
    pack TEXT NOT NULL,
    name TEXT NOT NULL,
    currency TEXT NOT NULL,
    headers TEXT NOT NULL,             -- a JSON array
    imported_at_us INTEGER NOT NULL
) STRICT;

CREATE INDEX catalogs_by_pack ON catalogs (pack, imported_at_us);

CREATE TABLE plans (
    catalog_id TEXT NOT NULL REFERENCES catalogs (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,         -- the order of the list
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    supplier TEXT NOT NULL,
    area TEXT,
    tariff TEXT NOT NULL,              -- JSON, its decimals as text
    term_months INTEGER,
    exit_fee_cents INTEGER,
    renewable_percent TEXT,            -- a decimal
    fixed_price INTEGER,
    terms TEXT NOT NULL,
    flags TEXT NOT NULL,               -- a JSON array
    columns TEXT NOT NULL,             -- a JSON object: every column of the row by its header
    line INTEGER NOT NULL,
    PRIMARY KEY (catalog_id, position)
) STRICT;

CREATE TABLE homes (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, -- never given to another home
    source TEXT NOT NULL,              -- the file's name
    home TEXT NOT NULL,                -- the home's name in the file
    imported_at_us INTEGER NOT NULL,
    UNIQUE (source, home)
) STRICT;

CREATE TABLE home_months (
    home_id INTEGER NOT NULL REFERENCES homes (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,         -- oldest first
    month INTEGER NOT NULL,            -- 1 to 12
    kwh TEXT NOT NULL,                 -- a decimal
    PRIMARY KEY (home_id, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE runs (
    number INTEGER NOT NULL PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,           -- RunId
    pipeline TEXT NOT NULL,
    pack TEXT NOT NULL,
    model TEXT NOT NULL,
    engine TEXT NOT NULL,
    device TEXT NOT NULL,
    started_at_us INTEGER NOT NULL,
    total_ms REAL NOT NULL,
    outcome TEXT NOT NULL,             -- done, degraded, failed, stopped
    cache_hit INTEGER NOT NULL
, threads INTEGER NOT NULL DEFAULT 0, quantisation TEXT NOT NULL DEFAULT '', cpu_ms REAL, peak_memory_bytes INTEGER, cache_age_ms REAL, clock_set_back INTEGER NOT NULL DEFAULT 0) STRICT;

CREATE TABLE stages (
    run INTEGER NOT NULL REFERENCES runs (number) ON DELETE CASCADE,
    position INTEGER NOT NULL,         -- the order in which they started
    name TEXT NOT NULL,
    start_ms REAL NOT NULL,
    queue_ms REAL NOT NULL,
    prompt_build_ms REAL NOT NULL,
    prefill_ms REAL NOT NULL,
    decode_ms REAL NOT NULL,
    parse_ms REAL NOT NULL,
    total_ms REAL NOT NULL,
    prompt_tokens INTEGER NOT NULL,
    cached_tokens INTEGER NOT NULL,
    completion_tokens INTEGER NOT NULL,
    attempts INTEGER NOT NULL,
    error_code TEXT,
    error_message TEXT, load_ms REAL, retrieval_ms REAL, check_ms REAL, first_token_ms REAL,
    PRIMARY KEY (run, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE cache_events (
    at_us INTEGER NOT NULL,
    run_id TEXT,                       -- RunId
    tier TEXT NOT NULL,
    event TEXT NOT NULL,               -- hit, miss, evicted
    age_ms REAL                        -- of the entry that was hit
) STRICT;

CREATE INDEX cache_events_by_time ON cache_events (at_us, tier, event);

CREATE TABLE answers (
    key TEXT NOT NULL PRIMARY KEY,     -- sha256 of the request
    body TEXT NOT NULL,                -- JSON
    stored_at_us INTEGER NOT NULL,
    used_at_us INTEGER NOT NULL
) STRICT;

CREATE INDEX answers_by_use ON answers (used_at_us);

CREATE INDEX runs_by_start ON runs (started_at_us, pipeline, model, device);

CREATE TABLE rolled_hours (
    hour INTEGER NOT NULL PRIMARY KEY, -- since 1970
    rows_kept INTEGER NOT NULL         -- 0 once deleting its runs and events has begun
) STRICT;

CREATE TABLE stage_rollups (
    number INTEGER NOT NULL PRIMARY KEY, -- the hour since 1970 * 2^20 + the position among the hour's
    pipeline TEXT NOT NULL,
    model TEXT NOT NULL,
    device TEXT NOT NULL,
    stage TEXT NOT NULL,               -- without its number
    errors INTEGER NOT NULL,
    fallbacks INTEGER NOT NULL,
    prompt_tokens INTEGER NOT NULL,
    cached_tokens INTEGER NOT NULL,
    completion_tokens INTEGER NOT NULL,
    prefill_us INTEGER NOT NULL,
    decode_us INTEGER NOT NULL,
    n INTEGER NOT NULL,
    good BLOB NOT NULL,                -- totals of those without an error
    bad BLOB NOT NULL,                 -- totals of the others
    first_token BLOB NOT NULL
) STRICT;

CREATE TABLE run_rollups (
    hour INTEGER NOT NULL,             -- since 1970
    pipeline TEXT NOT NULL,
    model TEXT NOT NULL,
    device TEXT NOT NULL,
    done INTEGER NOT NULL,
    degraded INTEGER NOT NULL,
    failed INTEGER NOT NULL,
    stopped INTEGER NOT NULL,
    clock_set_back INTEGER NOT NULL,
    good BLOB NOT NULL,                -- totals of those that computed an answer
    other BLOB NOT NULL,               -- totals of the others
    PRIMARY KEY (hour, pipeline, model, device)
) STRICT, WITHOUT ROWID;

CREATE TABLE cache_rollups (
    hour INTEGER NOT NULL,             -- since 1970
    tier TEXT NOT NULL,
    hits INTEGER NOT NULL,
    misses INTEGER NOT NULL,
    evictions INTEGER NOT NULL,
    PRIMARY KEY (hour, tier)
) STRICT, WITHOUT ROWID;
