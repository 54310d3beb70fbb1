PRAGMA user_version = 28;

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

CREATE TABLE item_catalogs (
    number INTEGER NOT NULL PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,           -- ItemCatalog::hash
    pack TEXT NOT NULL,
    name TEXT NOT NULL,
    items INTEGER NOT NULL,            -- how many
    currency TEXT NOT NULL,
    price_unit TEXT NOT NULL,
    imported_at_us INTEGER NOT NULL
) STRICT;

CREATE TABLE items (
    catalog INTEGER NOT NULL REFERENCES item_catalogs (number) ON DELETE CASCADE,
    position INTEGER NOT NULL,         -- the order of the list
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    brand TEXT NOT NULL,
    category TEXT NOT NULL,
    price_cents INTEGER,
    rating TEXT,                       -- a decimal
    description TEXT NOT NULL,
    attributes TEXT NOT NULL,          -- a JSON array, its decimals as text
    line INTEGER NOT NULL,
    PRIMARY KEY (catalog, position)
) STRICT;

CREATE TABLE item_texts (
    catalog INTEGER NOT NULL REFERENCES item_catalogs (number) ON DELETE CASCADE,
    field TEXT NOT NULL,               -- name, brand, category, or an attribute's folded name behind a colon
    text TEXT NOT NULL,                -- folded; never empty
    positions BLOB NOT NULL,           -- of the items that have it, packed
    PRIMARY KEY (catalog, field, text)
) STRICT, WITHOUT ROWID;

CREATE TABLE item_numbers (
    catalog INTEGER NOT NULL REFERENCES item_catalogs (number) ON DELETE CASCADE,
    field TEXT NOT NULL,               -- price, rating, or an attribute's folded name behind a colon
    number TEXT NOT NULL,              -- sorts as the number does
    positions BLOB NOT NULL,           -- of the items that have it, packed
    PRIMARY KEY (catalog, field, number)
) STRICT, WITHOUT ROWID;

CREATE VIRTUAL TABLE item_words USING fts5 (
    name, brand, category, rest,
    content = '', contentless_delete = 1, tokenize = 'ascii'
);

CREATE TABLE 'item_words_data'(id INTEGER PRIMARY KEY, block BLOB);

CREATE TABLE 'item_words_idx'(segid, term, pgno, PRIMARY KEY(segid, term)) WITHOUT ROWID;

CREATE TABLE 'item_words_docsize'(id INTEGER PRIMARY KEY, sz BLOB, origin INTEGER);

CREATE TABLE 'item_words_config'(k PRIMARY KEY, v) WITHOUT ROWID;

CREATE TABLE conversations (
    number INTEGER NOT NULL PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,           -- ConversationId
    pack TEXT NOT NULL,
    catalog TEXT,                      -- ItemCatalog::hash, which may have been deleted
    title TEXT NOT NULL,
    created_at_us INTEGER NOT NULL,
    updated_at_us INTEGER NOT NULL,    -- of the last message
    deleted INTEGER NOT NULL DEFAULT 0 -- goes for good when the database is next opened
) STRICT;

CREATE INDEX conversations_by_time ON conversations (updated_at_us);

CREATE VIRTUAL TABLE conversation_titles USING fts5 (
    title,
    content = 'conversations', content_rowid = 'number', tokenize = 'unicode61 remove_diacritics 2'
);

CREATE TABLE 'conversation_titles_data'(id INTEGER PRIMARY KEY, block BLOB);

CREATE TABLE 'conversation_titles_idx'(segid, term, pgno, PRIMARY KEY(segid, term)) WITHOUT ROWID;

CREATE TABLE 'conversation_titles_docsize'(id INTEGER PRIMARY KEY, sz BLOB);

CREATE TABLE 'conversation_titles_config'(k PRIMARY KEY, v) WITHOUT ROWID;

CREATE TRIGGER conversation_titled AFTER INSERT ON conversations BEGIN
    INSERT INTO conversation_titles (rowid, title) VALUES (new.number, new.title);
END;

CREATE TRIGGER conversation_renamed AFTER UPDATE OF title ON conversations BEGIN
    INSERT INTO conversation_titles (conversation_titles, rowid, title) VALUES ('delete', old.number, old.title);
    INSERT INTO conversation_titles (rowid, title) VALUES (new.number, new.title);
END;

CREATE TRIGGER conversation_purged AFTER DELETE ON conversations BEGIN
    INSERT INTO conversation_titles (conversation_titles, rowid, title) VALUES ('delete', old.number, old.title);
END;

CREATE TABLE messages (
    number INTEGER NOT NULL PRIMARY KEY, -- in the order in which they were written
    id TEXT NOT NULL UNIQUE,           -- MessageId
    conversation INTEGER NOT NULL REFERENCES conversations (number) ON DELETE CASCADE,
    parent TEXT,                       -- MessageId, of the same conversation
    author TEXT NOT NULL,              -- person, assistant
    text TEXT NOT NULL,
    state TEXT NOT NULL,               -- writing, done, stopped, failed, interrupted
    at TEXT NOT NULL,                  -- RFC 3339, as it was given
    answer TEXT                        -- JSON of ChatAnswer
) STRICT;

CREATE INDEX messages_by_conversation ON messages (conversation);

CREATE INDEX messages_being_written ON messages (number) WHERE state = 'writing';

CREATE VIRTUAL TABLE message_texts USING fts5 (
    text,
    content = 'messages', content_rowid = 'number', tokenize = 'unicode61 remove_diacritics 2'
);

CREATE TABLE 'message_texts_data'(id INTEGER PRIMARY KEY, block BLOB);

CREATE TABLE 'message_texts_idx'(segid, term, pgno, PRIMARY KEY(segid, term)) WITHOUT ROWID;

CREATE TABLE 'message_texts_docsize'(id INTEGER PRIMARY KEY, sz BLOB);

CREATE TABLE 'message_texts_config'(k PRIMARY KEY, v) WITHOUT ROWID;

CREATE TRIGGER message_added AFTER INSERT ON messages WHEN new.state <> 'writing' BEGIN
    INSERT INTO message_texts (rowid, text) VALUES (new.number, new.text);
END;

CREATE TRIGGER message_forgotten AFTER UPDATE OF text, state ON messages WHEN old.state <> 'writing' BEGIN
    INSERT INTO message_texts (message_texts, rowid, text) VALUES ('delete', old.number, old.text);
END;

CREATE TRIGGER message_learnt AFTER UPDATE OF text, state ON messages WHEN new.state <> 'writing' BEGIN
    INSERT INTO message_texts (rowid, text) VALUES (new.number, new.text);
END;

CREATE TRIGGER message_deleted AFTER DELETE ON messages WHEN old.state <> 'writing' BEGIN
    INSERT INTO message_texts (message_texts, rowid, text) VALUES ('delete', old.number, old.text);
END;

CREATE TABLE message_parts (
    message INTEGER NOT NULL REFERENCES messages (number) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    text TEXT NOT NULL,
    PRIMARY KEY (message, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE documents (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL UNIQUE,
    hash TEXT NOT NULL,                -- sha256 of the file
    passages_hash TEXT NOT NULL,       -- sha256 of what an index is made of
    format TEXT NOT NULL,
    text TEXT NOT NULL,
    characters INTEGER NOT NULL,
    imported_at_us INTEGER NOT NULL
) STRICT;

CREATE TABLE passages (
    document INTEGER NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,         -- their order in the document
    start INTEGER NOT NULL,            -- in characters of the document's text
    end INTEGER NOT NULL,
    heading TEXT NOT NULL,
    text TEXT NOT NULL,
    PRIMARY KEY (document, position)
) STRICT;

CREATE TABLE vectors (
    model TEXT NOT NULL,
    text_hash BLOB NOT NULL,           -- sha256
    vector BLOB NOT NULL,              -- four bytes each, the lowest first
    stored_at_us INTEGER NOT NULL,
    used_at_us INTEGER NOT NULL,       -- to the hour
    PRIMARY KEY (model, text_hash)
) STRICT;

CREATE INDEX vectors_by_use ON vectors (used_at_us, length(vector));

CREATE INDEX vectors_by_age ON vectors (stored_at_us);

CREATE TABLE answers (
    tier TEXT NOT NULL,                -- CacheTier, as in cache_events
    key TEXT NOT NULL,                 -- sha256 of the request
    body TEXT NOT NULL,                -- JSON
    stored_at_us INTEGER NOT NULL,
    used_at_us INTEGER NOT NULL,
    PRIMARY KEY (tier, key)
) STRICT;

CREATE INDEX answers_by_use ON answers (tier, used_at_us);
