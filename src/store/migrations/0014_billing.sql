-- What the cost of runs depends on beside the runs: whether everybody can see a repository, and the prices that each
-- connection's spec gives, so that whoever reads a store alone prices by them.
CREATE TABLE repositories (
    repository TEXT NOT NULL PRIMARY KEY,
    visibility TEXT NOT NULL
);

CREATE TABLE prices (
    connection TEXT NOT NULL PRIMARY KEY,
    body       TEXT NOT NULL
);
