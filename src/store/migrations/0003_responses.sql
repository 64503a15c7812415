-- GitHub's answers for conditional requests: a cache with two bounds, least recently used out first.
-- BYTEA is PostgreSQL's word; SQLite keeps bytes as bytes under any word.

CREATE TABLE responses (
    key  TEXT   NOT NULL PRIMARY KEY,
    etag TEXT   NOT NULL,
    link TEXT,
    body BYTEA  NOT NULL,
    size BIGINT NOT NULL,
    used BIGINT NOT NULL
);

CREATE INDEX responses_by_use ON responses (used, key);

CREATE TABLE response_totals (
    entries BIGINT NOT NULL,
    bytes   BIGINT NOT NULL
);

INSERT INTO response_totals (entries, bytes) VALUES (0, 0);
