-- How far back each workflow's history reaches. Runs created before runs_from were let go and are not recorded again;
-- of runs created before jobs_from one job each is kept.
CREATE TABLE retained (
    repository TEXT   NOT NULL,
    workflow   TEXT   NOT NULL,
    runs_from  BIGINT NOT NULL,
    jobs_from  BIGINT NOT NULL,
    PRIMARY KEY (repository, workflow)
);

-- When a view was last kept: one that nobody keeps any more is of a repository that nobody looks at.
ALTER TABLE views ADD COLUMN kept_at BIGINT NOT NULL DEFAULT 0;

CREATE INDEX views_by_repository ON views (repository, kept_at);
