-- How sure the probability of success is; of older forecasts nothing is known.
ALTER TABLE forecasts ADD COLUMN success_lower_permille BIGINT NOT NULL DEFAULT 0;
ALTER TABLE forecasts ADD COLUMN success_upper_permille BIGINT NOT NULL DEFAULT 1000;
