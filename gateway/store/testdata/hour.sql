-- The figures of a period by line and in all, written by hand as plain SQL from the definitions in words and sharing
-- nothing with the program that computes them: N is 15 s from the queue's beginning, a short abandon is under 5 s,
-- the denominator is everything offered, satisfied is 1 to 3, a repeat is within 24 hours.
WITH c AS (
    SELECT call.*,
        extract(epoch FROM coalesce(talking_at, overflowed_at, ended_at) - queued_at) AS wait,
        EXISTS (SELECT FROM offer o WHERE o.call = call.id AND o.outcome NOT IN ('', 'answered', 'withdrawn')) AS rang,
        EXISTS (SELECT FROM call p WHERE p.number_hash = call.number_hash AND p.arrived_at < call.arrived_at
            AND p.arrived_at >= call.arrived_at - interval '24 hours') AS again
    FROM call WHERE arrived_at >= $1 AND arrived_at < $2 AND ended_at IS NOT NULL
), o AS (
    SELECT *, CASE
        WHEN result = 'answered' THEN ''
        WHEN result = 'lost_system' THEN 'system'
        WHEN result = 'abandoned' AND wait < 5 THEN 'short_abandon'
        WHEN result = 'abandoned' AND rang THEN 'not_answered'
        WHEN result = 'abandoned' THEN 'abandoned'
        WHEN lost_why <> '' THEN lost_why
        WHEN refused OR result = 'refused_full' OR queued_at IS NULL OR overflowed_at = queued_at THEN 'full'
        WHEN rang THEN 'not_answered'
        ELSE 'timeout' END AS why
    FROM c
    WHERE result IN ('answered', 'abandoned', 'overflowed_out', 'refused_full', 'lost_system') OR refused
        OR result = 'message_only' AND queued_at IS NOT NULL
), held AS (
    SELECT a.call, sum(extract(epoch FROM b.at - a.at)) AS s
    FROM call_change a JOIN call_change b ON b.call = a.call AND b.seq = a.seq + 1
    WHERE a.to_state = 'held' GROUP BY a.call
), spans AS (
    SELECT agent, state, call, at, lead(at, 1, $2) OVER (PARTITION BY agent ORDER BY at, id) AS until FROM agent_change
), wrapped AS (
    SELECT call, sum(extract(epoch FROM until - at)) AS s FROM spans WHERE state = 'wrap_up' GROUP BY call
), at_work AS (
    SELECT sum(extract(epoch FROM least(until, $2) - greatest(at, $1)))
               FILTER (WHERE state IN ('reserved', 'talking', 'held', 'wrap_up')) AS busy,
           sum(extract(epoch FROM least(until, $2) - greatest(at, $1))) AS all
    FROM spans WHERE until > $1 AND at < $2 AND state IN ('ready', 'reserved', 'talking', 'held', 'wrap_up')
), every AS (
    SELECT coalesce(line, 'total') AS name, count(*) AS calls,
        count(*) FILTER (WHERE result = 'abandoned_greeting') AS greeting_abandoned,
        count(*) FILTER (WHERE result = 'callback_kept') AS callback_kept
    FROM c GROUP BY GROUPING SETS ((line), ())
), asked AS (
    SELECT coalesce(line, 'total') AS name, count(*) AS offered,
        count(*) FILTER (WHERE why = '') AS answered,
        count(*) FILTER (WHERE why = '' AND wait <= 15) AS answered_within,
        count(*) FILTER (WHERE result = 'abandoned') AS abandoned,
        count(*) FILTER (WHERE why <> '') AS lost,
        count(*) FILTER (WHERE why = 'no_agent') AS lost_no_agent,
        count(*) FILTER (WHERE why = 'timeout') AS lost_timeout,
        count(*) FILTER (WHERE why = 'full') AS lost_full,
        count(*) FILTER (WHERE why = 'abandoned') AS lost_abandoned,
        count(*) FILTER (WHERE why = 'short_abandon') AS lost_short_abandon,
        count(*) FILTER (WHERE why = 'not_answered') AS lost_not_answered,
        count(*) FILTER (WHERE why = 'system') AS lost_system,
        avg(wait) FILTER (WHERE why = '') AS asa,
        max(wait) AS longest_wait,
        avg(extract(epoch FROM ended_at - talking_at)) FILTER (WHERE why = '') AS talk,
        avg(coalesce(held.s, 0)) FILTER (WHERE why = '') AS hold,
        avg(coalesce(wrapped.s, 0)) FILTER (WHERE why = '') AS wrap,
        avg(again::int) FILTER (WHERE number_hash IS NOT NULL) AS repeat_rate,
        count(*) FILTER (WHERE rating > 0) AS rated,
        avg((rating <= 3)::int) FILTER (WHERE rating > 0) AS satisfied_rate,
        avg(rating) FILTER (WHERE rating > 0) AS rating
    FROM o LEFT JOIN held ON held.call = id LEFT JOIN wrapped ON wrapped.call = id
    GROUP BY GROUPING SETS ((line), ())
)
SELECT to_jsonb(asked) || to_jsonb(every) || jsonb_build_object(
    'answer_rate', answered::numeric / offered, 'within_rate', answered_within::numeric / offered,
    'abandon_rate', abandoned::numeric / offered, 'loss_rate', lost::numeric / offered,
    'aht', talk + wrap, 'direct_answer_rate', NULL,
    'occupancy', CASE WHEN name = 'total' THEN (SELECT busy / at_work.all FROM at_work) END)
FROM asked JOIN every USING (name)
