-- What has become otherwise about each workflow of which anything has. Found anew whenever its runs are learned from.
CREATE TABLE anomalies (
    repository TEXT   NOT NULL,
    workflow   TEXT   NOT NULL,
    body       TEXT   NOT NULL,
    kept_at    BIGINT NOT NULL,
    PRIMARY KEY (repository, workflow)
);

CREATE INDEX anomalies_by_age ON anomalies (kept_at);
