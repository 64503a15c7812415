-- What was said before a run, and how it compared with the run. Rows are never changed.
-- A number tells forecasts of the same second apart.

CREATE TABLE forecasts (
    repository         TEXT   NOT NULL,
    workflow           TEXT   NOT NULL,
    made_at            BIGINT NOT NULL,
    number             BIGINT NOT NULL,
    model              TEXT   NOT NULL,
    duration_p50       BIGINT NOT NULL,
    duration_p90       BIGINT NOT NULL,
    interval_lower     BIGINT NOT NULL,
    interval_upper     BIGINT NOT NULL,
    queue_p50          BIGINT NOT NULL,
    queue_p90          BIGINT NOT NULL,
    lateness_p50       BIGINT NOT NULL,
    lateness_p90       BIGINT NOT NULL,
    success_permille   BIGINT NOT NULL,
    confidence_percent BIGINT NOT NULL,
    samples            BIGINT NOT NULL,
    drift_since        BIGINT,
    PRIMARY KEY (repository, workflow, made_at, number)
);

CREATE TABLE scores (
    repository       TEXT   NOT NULL,
    workflow         TEXT   NOT NULL,
    run_id           BIGINT NOT NULL,
    finished_at      BIGINT NOT NULL,
    forecast_made_at BIGINT NOT NULL,
    model            TEXT   NOT NULL,
    duration_p50     BIGINT,
    duration_p90     BIGINT,
    duration_naive   BIGINT,
    duration_actual  BIGINT,
    error_permille   BIGINT,
    covered          BIGINT,
    success_permille BIGINT NOT NULL,
    succeeded        BIGINT NOT NULL,
    PRIMARY KEY (repository, workflow, run_id)
);

CREATE INDEX scores_by_end ON scores (repository, workflow, finished_at, run_id);
