-- Who acts on which workflow right now. A claim whose holder died ends by itself.
CREATE TABLE claims (
    repository TEXT NOT NULL,
    workflow TEXT NOT NULL,
    holder TEXT NOT NULL,
    held_until BIGINT NOT NULL,
    PRIMARY KEY (repository, workflow)
);
