-- What GitHub reported: runs, their jobs, and where each repository's listing stopped.
-- Times are seconds since 1970 in UTC; repositories are in lower case; workflows are file names.

CREATE TABLE runs (
    repository  TEXT   NOT NULL,
    workflow    TEXT   NOT NULL,
    run_id      BIGINT NOT NULL,
    attempt     BIGINT NOT NULL,
    event       TEXT   NOT NULL,
    status      TEXT   NOT NULL,
    conclusion  TEXT,
    created_at  BIGINT NOT NULL,
    started_at  BIGINT NOT NULL,
    updated_at  BIGINT NOT NULL,
    head_branch TEXT,
    head_sha    TEXT   NOT NULL,
    quarantined TEXT,
    unscored    BIGINT NOT NULL,
    revision    BIGINT NOT NULL,
    PRIMARY KEY (repository, workflow, run_id, attempt)
);

CREATE INDEX runs_by_creation ON runs (repository, workflow, created_at, run_id, attempt);
CREATE INDEX runs_incomplete ON runs (repository, created_at) WHERE status <> 'completed';
CREATE INDEX runs_unscored ON runs (repository, workflow, created_at) WHERE unscored = 1;
CREATE INDEX runs_quarantined ON runs (quarantined) WHERE quarantined IS NOT NULL;

CREATE TABLE cursors (
    repository   TEXT   NOT NULL PRIMARY KEY,
    created_from BIGINT NOT NULL
);

CREATE TABLE jobs (
    repository   TEXT   NOT NULL,
    run_id       BIGINT NOT NULL,
    attempt      BIGINT NOT NULL,
    job_id       BIGINT NOT NULL,
    name         TEXT   NOT NULL,
    labels       TEXT   NOT NULL,
    created_at   BIGINT NOT NULL,
    started_at   BIGINT,
    completed_at BIGINT,
    conclusion   TEXT,
    PRIMARY KEY (repository, run_id, attempt, job_id)
);
