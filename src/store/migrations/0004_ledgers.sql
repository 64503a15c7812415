-- What was planned, what was done outside, and what became of each expected fire.

CREATE TABLE timetables (
    connection TEXT   NOT NULL,
    number     BIGINT NOT NULL,
    digest     TEXT   NOT NULL,
    body       TEXT   NOT NULL,
    made_at    BIGINT NOT NULL,
    PRIMARY KEY (connection, number)
);

-- A pull of 0 stands for none: keys hold no NULL.
CREATE TABLE deeds (
    repository TEXT   NOT NULL,
    workflow   TEXT   NOT NULL,
    done_at    BIGINT NOT NULL,
    kind       TEXT   NOT NULL,
    digest     TEXT   NOT NULL,
    pull       BIGINT NOT NULL,
    PRIMARY KEY (repository, workflow, done_at, kind, digest, pull)
);

CREATE TABLE fires (
    repository TEXT   NOT NULL,
    workflow   TEXT   NOT NULL,
    fire_at    BIGINT NOT NULL,
    delivery   TEXT   NOT NULL,
    run_id     BIGINT,
    lateness   BIGINT,
    PRIMARY KEY (repository, workflow, fire_at)
);
