-- Changes of numbers that wait for their people tell all addresses that they leave.
UPDATE parked
SET event = replace(replace(event, '"before":{', '"before":[{'), '},"after":[', '}],"after":[')
WHERE strpos(event, '"before":{') > 0;
