-- How often something was recorded of each repository: whoever did not record it himself sees here that there is news.
ALTER TABLE cursors ADD COLUMN revision BIGINT NOT NULL DEFAULT 0;
