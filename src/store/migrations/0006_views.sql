-- What was last seen of each repository through each connection, so that a restart begins where the last process ended.
CREATE TABLE views (
    connection TEXT NOT NULL,
    repository TEXT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (connection, repository)
);
