-- The oldest schema whose programs can use this store. A migration that their statements do not survive raises it.
CREATE TABLE compatibility (
    least BIGINT NOT NULL
);

INSERT INTO compatibility (least) VALUES (10);
