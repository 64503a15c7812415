-- Forecasts are of scheduled runs, so no other run is scored by one.
UPDATE runs SET unscored = 0 WHERE event <> 'schedule' AND unscored = 1;
