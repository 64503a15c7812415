-- What each workflow's runs have taught a model so far. A cache: losing one costs learning it anew from the runs.
CREATE TABLE learners (
    repository TEXT   NOT NULL,
    workflow   TEXT   NOT NULL,
    model      TEXT   NOT NULL,
    body       BYTEA  NOT NULL,
    learned_at BIGINT NOT NULL,
    PRIMARY KEY (repository, workflow)
);

CREATE INDEX learners_by_age ON learners (learned_at);
