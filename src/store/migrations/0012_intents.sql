-- What is about to be opened, written before it is. A row that outlives its act tells that nobody knows how the act ended.
CREATE TABLE intents (
    repository TEXT   NOT NULL,
    workflow   TEXT   NOT NULL,
    begun_at   BIGINT NOT NULL,
    PRIMARY KEY (repository, workflow)
);
