-- How each workflow fared, beside what its runs taught: what a young workflow of the same owner is told.
ALTER TABLE learners ADD COLUMN successes BIGINT NOT NULL DEFAULT 0;
ALTER TABLE learners ADD COLUMN verdicts BIGINT NOT NULL DEFAULT 0;

CREATE INDEX learners_by_tally ON learners (repository, successes, verdicts);
